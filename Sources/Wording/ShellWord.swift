/// Words of a command line for a POSIX shell.
public enum ShellWord {
  /// The text as one word that the shell hands on as it is.
  ///
  /// In single quotes, where nothing means anything to a shell, unless it has only characters that mean nothing anyway.
  public static func quoted(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ".", ",", ":", "/", "@", "%", "+", "-", "=": true
        default: false
        }
      }
    guard !isPlain else { return text }
    var word = "'"
    // By scalars: a quote with an accent on it is another character to Swift, but not to the shell.
    for scalar in text.unicodeScalars {
      if scalar == "'" { word += "'\\''" } else { word.unicodeScalars.append(scalar) }
    }
    return word + "'"
  }
}
