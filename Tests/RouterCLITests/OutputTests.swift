import Glibc
import Testing

@testable import RouterCLI

struct OutputTests {
  private func withPipe(_ body: (_ reader: Int32, _ writer: Int32) throws -> Void) throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe2Compatible(&ends))
    try body(ends[0], ends[1])
  }

  private func pipe2Compatible(_ ends: inout [Int32]) -> Bool {
    guard pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return true
  }

  @Test func buffersUntilItIsFlushed() throws {
    try withPipe { reader, writer in
      defer { close(reader) }
      let output = Output(descriptor: writer, name: "standard output", terminal: .none)
      try output.line("one")
      var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
      #expect(poll(&entry, 1, 0) == 0)
      try output.flush()
      #expect(poll(&entry, 1, 0) == 1)
      try output.close()
      var bytes = [UInt8](repeating: 0, count: 10)
      #expect(read(reader, &bytes, 10) == 4)
      #expect(read(reader, &bytes, 10) == 0)
    }
  }

  @Test func aFullDiskIsAnError() throws {
    let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let output = Output(descriptor: descriptor, name: "standard output", terminal: .none)
    try output.line("one")
    let failure = #expect(throws: CommandFailure.self) { try output.flush() }
    #expect(failure?.exitCode == .writeFailed)
    #expect(failure?.message == "cannot write to standard output: No space left on device")
    #expect(failure?.hint == "Free space on the target device, and run the command again.")
    // It stays an error: nothing pretends to have been written after it.
    #expect(throws: CommandFailure.self) { try output.write("two") }
  }

  @Test func aFullDiskIsNoticedWhileWritingMuch() {
    let descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(descriptor) }
    let output = Output(descriptor: descriptor, name: "standard output", terminal: .none)
    #expect(throws: CommandFailure.self) {
      for _ in 0..<10_000 { try output.line("a line that fills the buffer sooner or later") }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aClosedPipeEndsQuietly() async {
    await #expect(processExitsWith: .exitCode(ExitCode.closedPipe.rawValue)) {
      ProcessStart.secure()
      var ends: [Int32] = [-1, -1]
      pipe(&ends)
      close(ends[0])
      let output = Output(descriptor: ends[1], name: "standard output", terminal: .none)
      do throws(CommandFailure) {
        try output.line("one")
        try output.flush()
      } catch {
        exit(error.message.isEmpty ? error.exitCode.rawValue : 1)
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func waitsForASlowReader() throws {
    try withPipe { reader, writer in
      // Non-blocking, as another process can make it that shares the pipe.
      _ = fcntl(writer, F_SETFL, O_NONBLOCK)
      let argument = UnsafeMutableRawPointer(bitPattern: Int(reader))
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { argument in
          let reader = Int32(Int(bitPattern: argument))
          var chunk = [UInt8](repeating: 0, count: 1000)
          var total = 0
          while true {
            let count = read(reader, &chunk, chunk.count)
            if count <= 0 { break }
            total += count
          }
          return UnsafeMutableRawPointer(bitPattern: total)
        }, argument)
      let output = Output(descriptor: writer, name: "standard output", terminal: .none)
      let line = String(repeating: "x", count: 99)
      for _ in 0..<10_000 { try output.line(line) }
      try output.close()
      var total: UnsafeMutableRawPointer?
      pthread_join(thread, &total)
      #expect(Int(bitPattern: total) == 1_000_000)
      close(reader)
    }
  }
}
