internal import Wording

/// The name of an unknown key as an error message shows it: up to the first `=`, `:` or blank, because who writes
/// `sasl.password=...` where a key belongs has put a secret into the name.
package func quotedName(_ name: String) -> String {
  let end = name.unicodeScalars.firstIndex { "=: \t\n".unicodeScalars.contains($0) }
  guard let end else { return quoted(name) }
  return quoted(name[..<end] + "...")
}
