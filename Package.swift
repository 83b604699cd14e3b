// swift-tools-version: 6.2
// The LDMS metric router. Every dependency is a C library of the system's (CONTRIBUTING.md says why):
// nothing here is downloaded.

import PackageDescription

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "ldms-metric-router",
  products: [
    .executable(name: "router", targets: ["RouterCLI"])
  ],
  targets: [
    .systemLibrary(name: "KafkaC", providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(name: "JanssonC", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "YAMLC", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "HTTPC", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "NettleC", providers: [.apt(["nettle-dev"])]),

    .target(name: "Runtime", swiftSettings: settings),
    // jansson reads what a token says.
    .target(name: "Kafka", dependencies: ["JanssonC", "KafkaC", "Runtime"], swiftSettings: settings),
    .target(name: "Wording", swiftSettings: settings),
    .target(name: "Naming", dependencies: ["Wording"], swiftSettings: settings),
    .target(name: "Logging", dependencies: ["Kafka", "Runtime", "Wording"], swiftSettings: settings),
    .target(name: "Decomp", dependencies: ["JanssonC", "NettleC", "Wording"], swiftSettings: settings),
    .target(name: "Replay", dependencies: ["Decomp", "Kafka", "Runtime"], swiftSettings: settings),
    .target(name: "HTTP", dependencies: ["HTTPC", "Runtime", "Wording"], swiftSettings: settings),
    .target(
      name: "MetricRouter",
      dependencies: ["Decomp", "HTTP", "Kafka", "Logging", "Naming", "Runtime", "Wording", "YAMLC"],
      // Into the program itself, so that it stays one file.
      resources: [.embedInCode("Status/Page"), .embedInCode("Status/API")], swiftSettings: settings),
    .executableTarget(
      name: "RouterCLI",
      dependencies: [
        "Decomp", "HTTP", "Kafka", "Logging", "MetricRouter", "Naming", "Replay", "Runtime", "Wording",
      ],
      swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Kafka", "Logging", "Replay", "Runtime"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .target(
      name: "FuzzSupport", dependencies: ["Decomp", "Replay", "TestSupport"], path: "Tests/FuzzSupport",
      swiftSettings: settings),
    .executableTarget(name: "fuzz", dependencies: ["FuzzSupport"], path: "Tests/Fuzz", swiftSettings: settings),
    .target(name: "AllocationCount", path: "Benchmarks/AllocationCount"),
    .executableTarget(
      name: "bench",
      dependencies: [
        "AllocationCount", "Decomp", "HTTP", "Kafka", "Logging", "MetricRouter", "Naming", "Replay", "Runtime",
        "TestSupport", "Wording",
      ],
      path: "Benchmarks/Bench", swiftSettings: settings),
    .testTarget(name: "WordingTests", dependencies: ["Wording"], swiftSettings: settings),
    .testTarget(
      name: "NamingTests", dependencies: ["Naming", "TestSupport"], swiftSettings: settings),
    .testTarget(name: "RuntimeTests", dependencies: ["Runtime"], swiftSettings: settings),
    .testTarget(
      name: "LoggingTests", dependencies: ["Kafka", "Logging", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ReplayTests", dependencies: ["Decomp", "Replay", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "HTTPTests", dependencies: ["HTTP", "Runtime", "TestSupport", "Wording"], swiftSettings: settings),
    .testTarget(
      name: "KafkaTests", dependencies: ["Kafka", "Runtime", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "DecompTests", dependencies: ["Decomp", "FuzzSupport", "Replay", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "MetricRouterTests",
      dependencies: [
        "Decomp", "HTTP", "Kafka", "Logging", "MetricRouter", "Naming", "Replay", "Runtime", "TestSupport",
        "Wording",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RouterCLITests", dependencies: ["Logging", "Naming", "Replay", "RouterCLI", "Runtime", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Decomp", "HTTP", "Kafka", "Logging", "MetricRouter", "Naming", "Replay", "Runtime", "TestSupport",
        "Wording",
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
