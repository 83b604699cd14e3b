/// A positional argument of any type, so that a command can list its arguments together.
protocol DeclaredArgument: Sendable {
  var declaration: ArgumentDeclaration { get }
}
