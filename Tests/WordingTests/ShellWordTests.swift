import Foundation
import Testing
import Wording

@Suite struct ShellWordTests {
  @Test(arguments: [
    ("alice", "alice"), ("User:CN=a,OU=hpc", "User:CN=a,OU=hpc"), ("ldms.user.a-5fl.", "ldms.user.a-5fl."), ("", "''"),
    ("a b", "'a b'"), ("*", "'*'"), ("it's", "'it'\\''s'"), ("$HOME", "'$HOME'"), ("~", "'~'"), ("é", "'é'"),
  ])
  func wordsAreQuotedWhereTheyNeedIt(_ text: String, _ word: String) {
    #expect(ShellWord.quoted(text) == word)
  }

  /// A shell hands them on as they were.
  @Test(arguments: [
    "", "it's", "''", "'", "a'; touch /nowhere/x; 'b", "$(id)", "`id`", "\\", "\\'", "\"", "a\nb", "a\tb", "!x", "#x",
    "~root",
    "{a,b}", "[a]", "a;b&c|d>e<f", "'\u{301}", "a'\u{301}$(id)'\u{301}b", "-n", "=x", "é", "%s",
  ])
  func aShellReadsThemBack(_ text: String) throws {
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", "printf '%s' " + ShellWord.quoted(text)]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let read = try output.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()
    #expect(Array(read) == Array(text.utf8))
  }
}
