/// What an export has told.
final class Notes {
  var all: [String] = []
}
