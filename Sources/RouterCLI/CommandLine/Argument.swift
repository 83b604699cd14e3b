/// A positional argument that a command declares once and reads type-safely: `arguments[Self.file]`.
///
/// Made by the functions in `Argument+Kinds.swift`. A command's repeating argument comes last, its optional ones after
/// the required ones.
struct Argument<Value: Sendable>: DeclaredArgument {
  let declaration: ArgumentDeclaration
  /// The typed value of the words given.
  let value: @Sendable ([ParsedValue]) -> Value
}
