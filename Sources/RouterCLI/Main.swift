import MetricRouter

/// The `router` executable.
@main
enum Main {
  static func main() {
    print("router \(routerVersion)")
  }
}
