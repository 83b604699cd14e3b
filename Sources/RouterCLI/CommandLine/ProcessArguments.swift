import Glibc

/// What the system handed to the process.
enum ProcessArguments {
  /// The words after the program's name.
  ///
  /// - Throws: `usage` where one is not UTF-8: Swift would replace its bytes, and a file of another name be looked for.
  static func words() throws(CommandFailure) -> [String] {
    var words: [String] = []
    for (index, pointer) in UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
      .enumerated()
    {
      guard index > 0, let pointer else { continue }
      guard let word = String(validatingCString: pointer) else {
        let bytes = UnsafeRawBufferPointer(start: pointer, count: strlen(pointer))
        throw CommandFailure(
          .usage, "argument \(index) is not UTF-8: \(PrintableText.escaped(bytes: bytes))",
          hint: "Rename the file, or set the terminal to UTF-8.")
      }
      words.append(word)
    }
    return words
  }

  /// The environment; of a name that occurs twice, the first, as `getenv` has it.
  static var environment: [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        let name = String(text[..<equals])
        if result[name] == nil { result[name] = String(text[text.index(after: equals)...]) }
      }
      entry += 1
    }
    return result
  }
}
