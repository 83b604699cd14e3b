extension ClientProperties {
  /// These properties for a consumer that reads partitions of its own choice and is no member of a group.
  ///
  /// It reads committed rows, from the oldest that are left where its offset is gone, learns of the ends of partitions and
  /// creates no topic. A caller that wants something else sets it afterwards.
  ///
  /// - Parameter group: a `group.id` where these properties have none. A consumer must have one; this one does not join it.
  public func forReader(group: String) -> ClientProperties {
    var properties = self
    if properties["group.id"] == nil { properties["group.id"] = group }
    // Those of a member: another client of the same instance would shut it out, and the list keeps a router from its own
    // topics, which may be what is read here.
    properties["group.instance.id"] = nil
    properties["topic.blacklist"] = nil
    properties["enable.partition.eof"] = "true"
    properties["isolation.level"] = "read_committed"
    properties["auto.offset.reset"] = "earliest"
    properties["allow.auto.create.topics"] = "false"
    // A broker answers the requests of one connection in turn: what is asked on it meanwhile waits for the fetch of an idle
    // topic, with librdkafka's default for half a second.
    if properties["fetch.wait.max.ms"] == nil { properties["fetch.wait.max.ms"] = "100" }
    return properties
  }
}
