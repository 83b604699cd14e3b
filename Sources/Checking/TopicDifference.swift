internal import ConfigurationFiles
internal import Kafka
internal import Topics

/// A setting of a topic that is not what `topics/` declares, where that matters to the rows in it.
struct TopicDifference: Hashable {
  var setting: String
  var declared: String
  var found: String
  /// The place of the declaration.
  var place: ConfigurationPlace
  /// What comes of it.
  var consequence: String

  /// The differences that matter: others change how long rows are kept or how much they cost, not whether they arrive.
  static func between(_ declaration: TopicDeclaration, _ settings: [TopicSetting]) -> [TopicDifference] {
    var differences: [TopicDifference] = []
    for name in ["cleanup.policy", "max.message.bytes", "message.timestamp.type"] {
      guard let declared = declaration.setting(name),
        let found = settings.first(where: { $0.name == name })?.value, found != declared.value
      else { continue }
      // A topic that takes more than is declared refuses nothing.
      if name == "max.message.bytes", let larger = Int(found), let least = Int(declared.value), larger >= least {
        continue
      }
      let consequence =
        switch name {
        case "cleanup.policy": "rows with the same key would be dropped, or rows never deleted"
        case "max.message.bytes": "larger rows are rejected and dead-lettered"
        default: "after a long outage, rows older than the retention would be deleted as soon as they are written"
        }
      differences.append(
        TopicDifference(
          setting: name, declared: declared.value, found: found, place: declared.place, consequence: consequence))
    }
    return differences
  }
}
