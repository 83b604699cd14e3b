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
      name: "ConfigurationFiles", dependencies: ["Runtime", "Wording", "YAMLC"], swiftSettings: settings),
    .target(
      name: "Topics", dependencies: ["ConfigurationFiles", "Kafka", "Naming", "Runtime", "Wording"],
      swiftSettings: settings),
    .target(
      name: "Access", dependencies: ["Kafka", "Logging", "Naming", "Runtime", "Topics", "Wording"],
      swiftSettings: settings),
    .target(name: "Reading", dependencies: ["Kafka", "Runtime"], swiftSettings: settings),
    .target(
      name: "Jobs",
      dependencies: ["Decomp", "Kafka", "Logging", "Naming", "Reading", "Runtime", "Topics", "Wording"],
      swiftSettings: settings),
    .target(
      name: "RouterConfiguration",
      dependencies: [
        "Access", "ConfigurationFiles", "Decomp", "HTTP", "Jobs", "Kafka", "Logging", "Naming", "Runtime", "Topics",
        "Wording",
      ],
      swiftSettings: settings),
    .target(
      name: "MetricRouter",
      dependencies: [
        "Access", "ConfigurationFiles", "Decomp", "HTTP", "Jobs", "Kafka", "Logging", "Naming", "RouterConfiguration",
        "Runtime", "Topics", "Wording",
      ],
      // Into the program itself, so that it stays one file.
      resources: [.embedInCode("Status/Page"), .embedInCode("Status/API")], swiftSettings: settings),
    .target(
      name: "Checking",
      dependencies: [
        "Access", "ConfigurationFiles", "Decomp", "HTTP", "Jobs", "Kafka", "Logging", "MetricRouter", "Naming",
        "RouterConfiguration", "Runtime", "Topics", "Wording",
      ],
      swiftSettings: settings),
    .target(
      name: "Auditing",
      dependencies: ["Decomp", "Jobs", "Kafka", "MetricRouter", "Naming", "Reading", "Runtime", "Wording"],
      swiftSettings: settings),
    .target(
      name: "Redrive",
      dependencies: ["Kafka", "MetricRouter", "Naming", "Reading", "Runtime"],
      swiftSettings: settings),
    .target(
      name: "Tailing",
      dependencies: ["Decomp", "Kafka", "MetricRouter", "Naming", "Wording"],
      swiftSettings: settings),
    .target(
      name: "Exporting",
      dependencies: ["MetricRouter", "Naming"],
      swiftSettings: settings),
    .executableTarget(
      name: "RouterCLI",
      dependencies: [
        "Access", "Auditing", "Checking", "ConfigurationFiles", "Decomp", "Exporting", "HTTP", "Jobs", "Kafka",
        "Logging",
        "MetricRouter", "Naming", "Reading", "Redrive", "Replay", "RouterConfiguration", "Runtime", "Tailing", "Topics",
        "Wording",
      ],
      swiftSettings: settings),

    .target(
      name: "TestSupport", dependencies: ["Logging", "Replay", "Runtime"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .target(
      name: "FuzzSupport", dependencies: ["Decomp", "Replay", "TestSupport"], path: "Tests/FuzzSupport",
      swiftSettings: settings),
    .executableTarget(name: "fuzz", dependencies: ["FuzzSupport"], path: "Tests/Fuzz", swiftSettings: settings),
    .target(name: "AllocationCount", path: "Benchmarks/AllocationCount"),
    .executableTarget(
      name: "bench",
      dependencies: [
        "AllocationCount", "Auditing", "Decomp", "HTTP", "Jobs", "Kafka", "Logging", "MetricRouter", "Naming", "Replay",
        "RouterConfiguration", "Runtime", "TestSupport", "Topics", "Wording",
      ],
      path: "Benchmarks/Bench", swiftSettings: settings),
    .testTarget(name: "WordingTests", dependencies: ["Wording"], swiftSettings: settings),
    .testTarget(
      name: "NamingTests", dependencies: ["Naming", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ExportingTests",
      dependencies: ["Exporting", "MetricRouter", "Naming", "Replay", "Tailing", "TestSupport"],
      swiftSettings: settings),
    .testTarget(name: "RuntimeTests", dependencies: ["Runtime"], swiftSettings: settings),
    .testTarget(
      name: "LoggingTests", dependencies: ["Kafka", "Logging", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ReplayTests", dependencies: ["Decomp", "Replay", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "HTTPTests", dependencies: ["HTTP", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "KafkaTests", dependencies: ["Kafka", "Runtime", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "DecompTests", dependencies: ["Decomp", "FuzzSupport", "Replay", "TestSupport"], swiftSettings: settings),
    .target(
      name: "PlanSupport",
      dependencies: ["ConfigurationFiles", "Decomp", "MetricRouter", "RouterConfiguration", "TestSupport"],
      path: "Tests/PlanSupport", swiftSettings: settings),
    .testTarget(
      name: "AccessTests",
      dependencies: ["Access", "Kafka", "Logging", "MetricRouter", "Naming", "Runtime", "TestSupport", "Topics"],
      swiftSettings: settings),
    .testTarget(
      name: "AuditingTests",
      dependencies: [
        "Auditing", "Checking", "Jobs", "Kafka", "MetricRouter", "Naming", "PlanSupport", "Replay", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "CheckingTests",
      dependencies: [
        "Checking", "ConfigurationFiles", "Decomp", "Jobs", "Kafka", "MetricRouter", "Naming", "PlanSupport", "Replay",
        "RouterConfiguration", "TestSupport", "Topics",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "JobsTests",
      dependencies: [
        "Decomp", "Jobs", "Kafka", "MetricRouter", "Naming", "Replay", "Runtime", "TestSupport", "Wording",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ConfigurationFilesTests", dependencies: ["ConfigurationFiles", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ReadingTests", dependencies: ["Kafka", "Reading", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "RedriveTests",
      dependencies: ["Kafka", "MetricRouter", "Naming", "Redrive", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "RouterConfigurationTests",
      dependencies: [
        "Access", "Checking", "ConfigurationFiles", "Decomp", "Jobs", "Kafka", "MetricRouter", "RouterConfiguration",
        "TestSupport", "Topics",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "TailingTests",
      dependencies: ["Decomp", "Kafka", "MetricRouter", "Naming", "Replay", "Tailing", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TopicsTests",
      dependencies: ["Kafka", "MetricRouter", "Naming", "Topics"],
      swiftSettings: settings),
    .testTarget(
      name: "MetricRouterTests",
      dependencies: [
        "Access", "ConfigurationFiles", "Decomp", "HTTP", "Jobs", "Kafka", "Logging", "MetricRouter", "Naming",
        "RouterConfiguration", "Runtime", "TestSupport", "Topics",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RouterCLITests",
      dependencies: [
        "Auditing", "Jobs", "Kafka", "MetricRouter", "Naming", "Redrive", "Replay", "RouterCLI", "RouterConfiguration",
        "Runtime", "TestSupport", "Wording",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Access", "Auditing", "ConfigurationFiles", "Decomp", "HTTP", "Jobs", "Kafka", "Logging",
        "MetricRouter", "Naming", "Redrive", "Replay", "RouterConfiguration", "Runtime", "Tailing", "TestSupport",
        "Topics", "Wording",
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
