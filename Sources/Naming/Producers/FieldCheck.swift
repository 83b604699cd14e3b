/// What a field must be as a whole, beyond its characters.
///
/// Looked at only once the reading is decided. Were it part of the reading, `a--c` would have one reading (no node
/// begins with `-`) and be decided by a rule that nobody had in mind when naming it.
enum FieldCheck {
  /// What is wrong with a reading, safe to print.
  ///
  /// `nil` where it stands.
  static func problem(with reading: ProducerReading) -> String? {
    if let problem = problem(withUser: reading.user) { return problem }
    let node = reading.node.bytes
    if let first = node.first, let last = node.last, isPunctuation(first) || isPunctuation(last) {
      return "the node `\(reading.node)` begins or ends with a `-` or `.`"
    }
    if let job = reading.job {
      if job.bytes.count > 1, job.bytes.first == UInt8(ascii: "0") { return "the job `\(job)` begins with a 0" }
      if job.bytes.count > 20 { return "the job `\(job)` has more digits than a job id can have" }
    }
    return nil
  }

  /// What is wrong with a user's name, safe to print.
  ///
  /// `nil` where it stands.
  static func problem(withUser user: Name) -> String? {
    let scalars = Array(user.text.unicodeScalars)
    if let first = scalars.first, first == "-" || first == "@" || first == "$" || NameCharacters.isMark(first) {
      return "the user `\(user)` does not begin with a letter, digit, `_` or `.`"
    }
    if scalars.dropLast().contains("$") { return "the user `\(user)` has a `$` that is not at its end" }
    return nil
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}
