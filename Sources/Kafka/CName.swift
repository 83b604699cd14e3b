/// Refuses a name that C would read only up to its first NUL, so that `a\0b` cannot come to mean `a`.
func checkName(_ name: String, _ operation: @autoclosure () -> String) throws(KafkaError) {
  guard name.utf8.contains(0) else { return }
  let operation = String(operation().map { $0 == "\0" ? "\u{FFFD}" : $0 })
  throw KafkaError(.invalidArgument, operation: operation, reason: "the name holds a NUL character")
}
