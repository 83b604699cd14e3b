internal import Foundation
internal import Glibc

/// Kafka's classes in the form that Java maps into memory instead of loading them (class data sharing): with it, a broker or
/// a tool of Kafka's needs half of the CPU time to start.
///
/// A broker makes it when it ends. That happens once for each Java and Kafka; the file stays in `.build`. Java ignores an
/// archive that does not fit, and without one everything works as well, later.
actor ClassArchive {
  static let shared = ClassArchive()

  private var making: Task<Void, Never>?

  /// Makes the archive where it is missing, unless another process is making it.
  func make(_ home: KafkaHome) async {
    let task = making ?? Task { await Self.makeIfMissing(home) }
    making = task
    await task.value
  }

  private static func makeIfMissing(_ home: KafkaHome) async {
    let path = home.classArchive
    guard access(path, F_OK) != 0 else { return }
    try? FileManager.default.createDirectory(
      at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { return }
    defer { close(lock) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0, access(path, F_OK) != 0 else { return }
    let unfinished = path + ".unfinished"
    do {
      let deadline = Deadline(within: .seconds(60))
      let broker = try BrokerNode.makeNodes(.one, home: home, certificates: nil, settings: [:])[0]
      try await broker.format(deadline)
      try broker.launch(options: ["-XX:ArchiveClassesAtExit=\(unfinished)"])
      try await broker.waitUntilReady(deadline)
      // Java crashes on an archive that was cut short: it counts only if Java came to its own end, after SIGTERM.
      if try await broker.stop(within: deadline.remaining) == .exited(143) { rename(unfinished, path) }
    } catch {
      // The brokers of the tests say what is wrong.
    }
    unlink(unfinished)
  }
}

extension KafkaHome {
  /// Where the archive of the classes of this Kafka and this Java is, or would be.
  var classArchive: String {
    var text = ""
    for file in [path + "/libs", URL(filePath: java).resolvingSymlinksInPath().path(percentEncoded: false)] {
      var status = stat()
      _ = stat(file, &status)
      text += "\(file) \(status.st_mtim.tv_sec) \(status.st_ino)\n"
    }
    // FNV-1a: the name is the same in each process.
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return Repository.root.appending(path: ".build/kafka-classes/\(String(hash, radix: 16)).jsa")
      .path(percentEncoded: false)
  }

  /// The options by which Java uses the archive, where there is one.
  var archiveOptions: [String] {
    let archive = classArchive
    guard access(archive, R_OK) == 0 else { return [] }
    // What Java says of an archive that does not fit would stand in the output of Kafka's tools.
    return ["-XX:SharedArchiveFile=\(archive)", "-Xlog:disable"]
  }
}
