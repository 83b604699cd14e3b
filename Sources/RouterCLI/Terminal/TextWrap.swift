/// Breaks prose into lines that fit.
enum TextWrap {
  /// The words of one paragraph, in lines of at most so many columns; a word that is longer has its line to itself.
  static func lines(_ text: String, columns: Int) -> [String] {
    lines(words: text.split { $0 == " " || $0 == "\n" }.map { String($0) }, columns: columns)
  }

  /// The lines of words that may contain blanks and are kept together.
  static func lines(words: [String], columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var width = 0
    for word in words {
      let wordWidth = DisplayWidth.columns(word)
      if !line.isEmpty, width + 1 + wordWidth > columns {
        lines.append(line)
        line = ""
        width = 0
      }
      width += wordWidth + (line.isEmpty ? 0 : 1)
      line += line.isEmpty ? word : " " + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Paragraphs that empty lines separate; lines that begin with a blank are kept as they are.
  static func paragraphs(_ text: String, columns: Int) -> [String] {
    var result: [String] = []
    for block in blocks(of: text) {
      switch block {
      case .gap: result.append("")
      case .verbatim(let line): result.append(line)
      case .prose(let prose): result += lines(prose, columns: columns)
      }
    }
    return result
  }

  /// A piece of a discussion.
  enum Block: Equatable {
    case prose(String)
    /// A line with its indentation.
    case verbatim(String)
    /// One or more empty lines.
    case gap
  }

  static func blocks(of text: String) -> [Block] {
    var blocks: [Block] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy({ $0 == " " }) {
        if blocks.last != .gap, !blocks.isEmpty { blocks.append(.gap) }
      } else if line.hasPrefix(" ") {
        blocks.append(.verbatim(String(line)))
      } else if case .prose(let before) = blocks.last {
        blocks[blocks.count - 1] = .prose(before + " " + line)
      } else {
        blocks.append(.prose(String(line)))
      }
    }
    if blocks.last == .gap { blocks.removeLast() }
    return blocks
  }
}
