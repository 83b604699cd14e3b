/// How large rows may be on their way: what the outputs and the router's producer take, to be compared with an input.
package struct RowSizeLimits {
  /// `max.message.bytes` of users' topics, as declared.
  var user: Int
  /// `max.message.bytes` of job topics, as declared.
  var job: Int
  /// `max.message.bytes` of the dead-letter topic, as declared.
  var deadLetter: Int
  /// `message.max.bytes` of the router's producers.
  var producer: Int

  /// A row that fits an input topic and not what is behind it: what becomes of it, and what to do.
  struct Misfit: Equatable {
    var message: String
    var remedy: String
  }

  /// - Parameter input: `max.message.bytes` of an input topic.
  /// - Returns: `nil` where each of its rows fits users' and jobs' topics.
  func misfit(input: Int) -> Misfit? {
    let lost = min(deadLetter, producer)
    if input > lost {
      let (what, setting) =
        producer < deadLetter
        ? ("the router's producer", "message.max.bytes under kafka: producer:")
        : ("the dead-letter topic", "max.message.bytes in dead-letter.yaml, and of the topic itself,")
      return Misfit(
        message: "it takes rows of \(input) bytes, and \(what) of \(lost): larger rows are dead-lettered without"
          + " their bytes",
        remedy: "Increase \(setting) to \(input), or decrease max.message.bytes of the input topic.")
    }
    let least = min(user, job)
    guard input > least else { return nil }
    let (what, file) = user <= job ? ("users' topics", "user.yaml") : ("jobs' topics", "job.yaml")
    return Misfit(
      message: "it takes rows of \(input) bytes, and \(what) of \(least): larger rows go to the dead-letter topic",
      remedy: "Increase max.message.bytes in \(file), and of the existing topics ('router topics apply').")
  }
}
