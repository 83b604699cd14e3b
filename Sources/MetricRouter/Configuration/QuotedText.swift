/// `text` as an error message shows it: in quotes, on one line, at most `limit` characters of it.
func quoted(_ text: some StringProtocol, limit: Int = 60) -> String {
  var result = "\""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    default:
      if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }
  return result + (text.unicodeScalars.count > limit ? "...\"" : "\"")
}

/// A path as an error message shows it: whole, as far as the system allows paths.
func quotedPath(_ path: String) -> String {
  quoted(path, limit: 4096)
}

/// The name of an unknown key as an error message shows it: up to the first `=`, `:` or blank, because who writes
/// `sasl.password=...` where a key belongs has put a secret into the name.
func quotedName(_ name: String) -> String {
  let end = name.unicodeScalars.firstIndex { "=: \t\n".unicodeScalars.contains($0) }
  guard let end else { return quoted(name) }
  return quoted(name[..<end] + "...")
}
