internal import KafkaC

/// Access control. Needs ALTER on the cluster, which lets its holder give anyone any right.
extension AdminClient {
  /// Adds rules. An existing rule is no error.
  ///
  /// - Throws: for all of them, before anything is sent, where one cannot be sent as it is meant: rules about
  ///   transactional ids need librdkafka 2.6 (`unsupportedFeature`).
  /// - Returns: the rules that were refused, and why.
  public func createAccessRules(
    _ rules: [AccessRule], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [(rule: AccessRule, error: KafkaError)] {
    guard !rules.isEmpty else { return [] }
    var bindings: [OpaquePointer?] = []
    defer { for binding in bindings { rd_kafka_AclBinding_destroy(binding) } }
    for rule in rules {
      let operation = "create an ACL for \(rule.principal) on \"\(rule.name)\""
      try rule.check(operation)
      var binding: OpaquePointer?
      let reason = withErrorText { text, size in
        binding = rd_kafka_AclBinding_new(
          rule.resource.cValue, rule.name, rule.pattern.cValue, rule.principal, rule.host, rule.operation.cValue,
          rule.isAllowed ? RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW : RD_KAFKA_ACL_PERMISSION_TYPE_DENY, text, size)
        return binding != nil
      }
      guard let binding else { throw KafkaError(.invalidArgument, operation: operation, reason: reason) }
      bindings.append(binding)
    }
    return try perform(
      "create ACLs", kind: RD_KAFKA_ADMIN_OP_CREATEACLS, timeoutMilliseconds: timeoutMilliseconds,
      send: { rd_kafka_CreateAcls(client.handle, &bindings, bindings.count, $0, $1) },
      read: { event in
        var count = 0
        let results = rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event), &count)
        var refused: [(rule: AccessRule, error: KafkaError)] = []
        for index in 0..<min(count, rules.count) {
          guard let error = rd_kafka_acl_result_error(results?[index]) else { continue }
          let rule = rules[index]
          let reason = String(cString: rd_kafka_error_string(error))
          let operation = "create an ACL for \(rule.principal) on \"\(rule.name)\""
          refused.append(
            (rule, KafkaError(KafkaErrorCode(rd_kafka_error_code(error)), operation: operation, reason: reason)))
        }
        return refused
      })
  }

  /// The rules about one kind of resource, of one principal or of all.
  ///
  /// librdkafka does not pass on why a broker shows none: without permission to see them (DESCRIBE on the cluster), or
  /// without an authorizer, the list is empty. `createAccessRules` tells.
  public func accessRules(
    on resource: AccessRule.Resource, principal: String? = nil, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [AccessRule] {
    try resource.check("describe ACLs")
    if let principal { try checkName(principal, "describe the ACLs of \(principal)") }
    var filter: OpaquePointer?
    let reason = withErrorText { text, size in
      filter = rd_kafka_AclBindingFilter_new(
        resource.cValue, nil, RD_KAFKA_RESOURCE_PATTERN_ANY, principal, nil, RD_KAFKA_ACL_OPERATION_ANY,
        RD_KAFKA_ACL_PERMISSION_TYPE_ANY, text, size)
      return filter != nil
    }
    guard let filter else { throw KafkaError(.invalidArgument, operation: "describe ACLs", reason: reason) }
    defer { rd_kafka_AclBinding_destroy(filter) }
    return try perform(
      "describe ACLs", kind: RD_KAFKA_ADMIN_OP_DESCRIBEACLS, timeoutMilliseconds: timeoutMilliseconds,
      send: { rd_kafka_DescribeAcls(client.handle, filter, $0, $1) },
      read: { event in
        var count = 0
        let results = rd_kafka_DescribeAcls_result_acls(rd_kafka_event_DescribeAcls_result(event), &count)
        return (0..<count).compactMap { index in
          results?[index].flatMap { AccessRule(binding: $0, resource: resource) }
        }
      })
  }

  /// Takes rules away.
  ///
  /// - Returns: how many there were.
  public func deleteAccessRules(
    _ rules: [AccessRule], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> Int {
    guard !rules.isEmpty else { return 0 }
    var filters: [OpaquePointer?] = []
    defer { for filter in filters { rd_kafka_AclBinding_destroy(filter) } }
    for rule in rules {
      try rule.check("delete an ACL of \(rule.principal) on \"\(rule.name)\"")
      var filter: OpaquePointer?
      let reason = withErrorText { text, size in
        filter = rd_kafka_AclBindingFilter_new(
          rule.resource.cValue, rule.name, rule.pattern.cValue, rule.principal, rule.host, rule.operation.cValue,
          rule.isAllowed ? RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW : RD_KAFKA_ACL_PERMISSION_TYPE_DENY, text, size)
        return filter != nil
      }
      guard let filter else { throw KafkaError(.invalidArgument, operation: "delete ACLs", reason: reason) }
      filters.append(filter)
    }
    let answer: Result<Int, KafkaError> = try perform(
      "delete ACLs", kind: RD_KAFKA_ADMIN_OP_DELETEACLS, timeoutMilliseconds: timeoutMilliseconds,
      send: { rd_kafka_DeleteAcls(client.handle, &filters, filters.count, $0, $1) },
      read: { event in
        var count = 0
        let responses = rd_kafka_DeleteAcls_result_responses(rd_kafka_event_DeleteAcls_result(event), &count)
        var deleted = 0
        for index in 0..<count {
          if let error = rd_kafka_DeleteAcls_result_response_error(responses?[index]) {
            let reason = String(cString: rd_kafka_error_string(error))
            return .failure(
              KafkaError(KafkaErrorCode(rd_kafka_error_code(error)), operation: "delete ACLs", reason: reason))
          }
          var matching = 0
          _ = rd_kafka_DeleteAcls_result_response_matching_acls(responses?[index], &matching)
          deleted += matching
        }
        return .success(deleted)
      })
    return try answer.get()
  }
}

extension AccessRule {
  /// `nil` where the broker has a kind of rule that this type cannot express.
  fileprivate init?(binding: OpaquePointer, resource: Resource) {
    let patternType = rd_kafka_AclBinding_resource_pattern_type(binding)
    let operationType = rd_kafka_AclBinding_operation(binding)
    guard let name = rd_kafka_AclBinding_name(binding), let principal = rd_kafka_AclBinding_principal(binding),
      let host = rd_kafka_AclBinding_host(binding),
      let pattern = Pattern.allCases.first(where: { $0.cValue == patternType }),
      let operation = Operation.allCases.first(where: { $0.cValue == operationType })
    else { return nil }
    self.init(
      resource, pattern, String(cString: name), principal: String(cString: principal), host: String(cString: host),
      operation: operation,
      isAllowed: rd_kafka_AclBinding_permission_type(binding) == RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW)
  }
}
