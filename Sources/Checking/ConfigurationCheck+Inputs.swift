internal import ConfigurationFiles
internal import Decomp
public import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Topics
internal import Wording

/// What the configured inputs leave out, or name for nothing.
extension ConfigurationCheck {
  static func inputWarnings(
    about settings: RouterSettings, _ configuration: Configuration
  ) -> [ConfigurationProblem] {
    let plan = settings.plan
    let shared = plan.sharedInputs
    var warnings = configuration.inputs.compactMap { input in
      warning(
        about: input, isShared: shared.contains(input.value), hasOthers: shared.count < configuration.inputs.count, plan
      )
    }
    // Where topics are named by a pattern, or carry the rows of all row schemas, nothing says which there are.
    guard plan.topicIdentity?.saysWhose != true, shared.isEmpty, let first = configuration.inputs.first else {
      return warnings
    }
    let patterns = configuration.inputs.map { TopicPattern($0.value) }
    for name in plan.schemaNames.map({ plan.input(ofSchema: $0) })
    where TopicNameRule.validationError(name) == nil {
      if !plan.names.owns(name), !patterns.contains(where: { $0.matches(name) }) {
        warnings.append(
          ConfigurationProblem(
            first.place,
            "inputs: the topic \(quoted(name)) of the decomposition is not among them, so its rows are not routed;"
              + " add it"))
      }
    }
    let readsAsIs = patterns.contains { $0.isExpression || Decomposition.asIsSchema(ofTopic: $0.text) != nil }
    if plan.storesAsIs, !readsAsIs {
      warnings.append(
        ConfigurationProblem(
          first.place,
          "inputs: the decomposition stores sets as they are, but no topic of such rows is among them; add"
            + " \(quoted(plan.asIsInput))"))
    }
    return warnings
  }

  /// - Parameter hasOthers: whether there are inputs that are topics of row schemas.
  private static func warning(
    about input: Located<String>, isShared: Bool, hasOthers: Bool, _ plan: RoutingPlan
  ) -> ConfigurationProblem? {
    let name = quoted(input.value)
    if isShared {
      let near = nearestName(to: input.value, among: plan.schemaNames.map { plan.input(ofSchema: $0) })
      // Who has a topic for each row schema has none for all of them.
      if near != nil || hasOthers {
        return ConfigurationProblem(
          input.place,
          "inputs: \(name) is no row schema's topic, so \(plan.rowsOfAllSchemas) are expected in it; "
            + (near.map { "did you mean \(quoted($0))?" } ?? "if that is not so, correct the name, or remove it"))
      }
      if plan.storesAsIs, !plan.schemaNames.isEmpty {
        return ConfigurationProblem(
          input.place,
          "inputs: rows of \(name) can be of any row schema, and the decomposition also stores sets as they are; rows that"
            + " fit both will be dead-lettered as \(DeadLetterReason.ambiguousRow.rawValue); remove the as_is part, or"
            + " give each row schema its own topic (with store_avro_kafka, topic=%S)")
      }
      return nil
    }
    guard !TopicPattern(input.value).isExpression,
      case .refused(let reason, let detail) = plan.input(topic: input.value).rows
    else { return nil }
    return ConfigurationProblem(
      input.place,
      "inputs: all rows of \(name) will be dead-lettered as \(reason.rawValue), because \(detail);"
        + " \(reason.explanation)")
  }
}

extension RoutingPlan {
  /// What a topic carries that is no row schema's, in a phrase: `rows of all 7 row schemas`.
  public var rowsOfAllSchemas: String {
    switch schemaNames.count {
    case 1: "rows of the row schema \(quoted(schemaNames[0]))"
    default: "rows of all \(schemaNames.count) row schemas"
    }
  }

  /// What the inputs that are no row schema's carry; empty where there are none.
  public var sharedInputsSentence: String {
    let inputs = sharedInputs
    guard let first = inputs.first else { return "" }
    let isOne = inputs.count == 1
    let names = isOne ? quoted(first) : inputs.map { quoted($0) }.joined(separator: ", ")
    let whose = isOne ? "The input \(names) is no row schema's topic" : "The inputs \(names) are no row schema's topics"
    let twins = schemasWithSameColumns.map { group in
      " Rows of \(group.map { quoted($0) }.joined(separator: " and ")) have the same columns and are counted as those of"
        + " \(quoted(group[0]))."
    }.joined()
    return
      "\(whose): \(rowsOfAllSchemas) are expected in \(isOne ? "it" : "them"), each recognized by its columns.\(twins)"
  }
}
