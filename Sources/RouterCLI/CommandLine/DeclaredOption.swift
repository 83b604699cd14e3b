/// An option of any type, so that a command can list its options together.
protocol DeclaredOption: Sendable {
  var declaration: OptionDeclaration { get }
}
