internal import Foundation

// The threads behind a process hold its state, not the object, so that its last reference can go while they run.
extension RunningProcess {
  func collectOutput(of descriptor: CInt) {
    Thread.detachNewThread { [state] in
      Self.drain(descriptor) { bytes in state.withLock { $0.output += bytes } }
      state.withLock { $0.openOutputs -= 1 }
    }
  }

  func collectErrors(of descriptor: CInt) {
    Thread.detachNewThread { [state] in
      Self.drain(descriptor) { bytes in state.withLock { $0.errors += bytes } }
      state.withLock { $0.openOutputs -= 1 }
    }
  }

  func awaitEnd() {
    Thread.detachNewThread { [state, id] in
      // Wait without reaping: until then nobody else can get the id, or that of the group.
      var info = siginfo_t()
      while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
      _ = Glibc.kill(-id, SIGKILL)
      Watchdog.shared.forget(.group(id))
      state.withLock { state in
        var status: CInt = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        let number = status & 0x7f
        state.status = number == 0 ? .exited((status >> 8) & 0xff) : .signalled(number)
      }
    }
  }

  static func write(_ bytes: [UInt8], to state: Guarded<State>) throws {
    guard let descriptor = state.withLock({ $0.input }) else { throw SystemError("write to a process", code: EBADF) }
    var written = 0
    while written < bytes.count {
      let (count, code) = withoutBrokenPipeSignal {
        bytes.withUnsafeBytes { buffer -> (Int, CInt) in
          let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
          let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
          return (count, errno)
        }
      }
      if count >= 0 {
        written += count
      } else if code != EINTR {
        throw SystemError("write to a process", code: code)
      }
    }
  }

  static func closeInput(of state: Guarded<State>) {
    state.withLock { state in
      if let descriptor = state.input.take() { close(descriptor) }
    }
  }

  private static func drain(_ descriptor: CInt, into sink: (ArraySlice<UInt8>) -> Void) {
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        sink(buffer[..<count])
      } else if count == 0 || errno != EINTR {
        return
      }
    }
  }
}
