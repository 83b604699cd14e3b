import Foundation
import Jobs
import Kafka
import MetricRouter
import Naming
import TestSupport
import Testing

/// The scripts of `docs/site.md`, run as slurmd and an administrator run them. A stand-in takes the place of LDMS's
/// `ldmsd`; what LDMS accepts is checked by its own rules.
@Suite(.timeLimit(.minutes(1))) struct SiteDocumentTests {
  private let node: TemporaryDirectory

  init() throws {
    node = try TemporaryDirectory()
    for name in ["prolog.d/50-ldms", "epilog.d/50-ldms"] { try install("/etc/slurm/\(name)", as: name) }
    try install("/etc/ldms/make-agg-conf", as: "make-agg-conf")
    // What it was started with, and in which environment; then it runs until it is told to end.
    let ldmsd = try node.write(
      """
      #!/bin/bash
      { echo "$*"; echo "libraries=$LD_LIBRARY_PATH job=${SLURM_JOB_ID-none}"; } >>'\(node.path)/started'
      exec -a "ldmsd $*" sleep 60
      """, to: "ovis/sbin/ldmsd")
    chmod(ldmsd, 0o755)
  }

  /// A file of the page, as `scripts/site-file` prints it.
  private func block(_ file: String) throws -> String {
    let outcome = try RouterExecutable.run(
      executable: Repository.root.appending(path: "scripts/site-file"), [file])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return outcome.output
  }

  private func install(_ file: String, as name: String) throws {
    chmod(try node.write(try block(file), to: name), 0o755)
  }

  /// Runs a script as slurmd does: with these variables, and without a search path.
  @discardableResult
  private func slurmd(
    _ script: String, job: Int, user: String = "alice", node name: String = "c12", ldms: String = "ovis"
  ) async throws -> RunningProcess {
    let process = try await RunningProcess.run(
      "/usr/bin/env",
      [
        "-i", "SLURM_JOB_ID=\(job)", "SLURM_JOB_USER=\(user)", "SLURMD_NODENAME=\(name)",
        "LDMS_JOB_STATE=\(node.path)/state", "LDMS_JOB_LOG=\(node.path)/log", "LDMS_PREFIX=\(node.path)/\(ldms)",
        "\(node.path)/\(script).d/50-ldms",
      ], within: .seconds(20))
    #expect(process.status == .exited(0), "\(script) may never fail")
    #expect(process.outputText.isEmpty && process.errors.isEmpty, "\(process.errorText)")
    return process
  }

  private func text(_ path: String) -> String {
    (try? String(contentsOf: node.url.appending(path: path), encoding: .utf8)) ?? ""
  }

  /// The jobs of the slots.
  private var slots: [String: String] {
    var slots: [String: String] = [:]
    for slot in 1...9 {
      let job = text("state/\(slot)/job").trimmingCharacters(in: .whitespacesAndNewlines)
      if !job.isEmpty { slots["\(slot)"] = job }
    }
    return slots
  }

  private func samplerID(_ slot: Int) -> pid_t? {
    pid_t(text("state/\(slot)/pid").trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private func waitForSampler(_ slot: Int) async throws {
    try await eventually("the sampler of slot \(slot)", within: .seconds(20)) {
      guard let pid = samplerID(slot) else { return false }
      let line = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)) ?? ""
      return line.contains("ldmsd -F -c \(node.path)/state/\(slot)/sampler.conf")
    }
  }

  /// As if the slot had been taken so long ago.
  private func age(_ slot: Int, minutes: Double) throws {
    let date = Date.now.addingTimeInterval(-minutes * 60)
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: "\(node.path)/state/\(slot)")
  }

  private func isAlive(_ pid: pid_t) -> Bool {
    // One that has ended may wait for its parent.
    let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return !state.isEmpty && !state.contains(") Z ")
  }

  private func endAll() {
    for slot in 1...9 {
      if let pid = samplerID(slot) { kill(pid, SIGKILL) }
    }
  }

  @Test func aJobGetsItsSamplerAndLosesIt() async throws {
    defer { endAll() }
    try await slurmd("prolog", job: 4711)
    try await waitForSampler(1)
    let configuration = text("state/1/sampler.conf")
    #expect(configuration.hasPrefix("listen xprt=sock port=411\nload name=meminfo\n"))
    #expect(
      configuration.contains(
        "config name=meminfo producer=alice:4711:c12 instance=alice:4711:c12/meminfo component_id=12\n"))
    #expect(configuration.contains("start name=procnetdev2 interval=1000000 offset=0\n"))
    // LDMS is found where it is often installed, with its libraries.
    #expect(text("started").contains("libraries=\(node.path)/ovis/lib:\(node.path)/ovis/lib64 job=none"))
    #expect(text("log").isEmpty)
    // Nodes whose number ends in 5 to 9 are sampled half a second later.
    try await slurmd("prolog", job: 4712, user: "bob", node: "c17")
    #expect(text("state/2/sampler.conf").contains("start name=meminfo interval=1000000 offset=500000\n"))
    try await waitForSampler(2)
    let sampler = try #require(samplerID(1))
    try await slurmd("epilog", job: 4711)
    #expect(slots == ["2": "4712"])
    #expect(!isAlive(sampler))
    try await slurmd("epilog", job: 4712)
    #expect(slots.isEmpty)
  }

  @Test func nonsenseHoldsUpNoJob() async throws {
    defer { endAll() }
    try await slurmd("prolog", job: 1, user: "a b")
    try await slurmd("prolog", job: 2, user: String(repeating: "u", count: 64))
    try await slurmd("prolog", job: 3, ldms: "nowhere")
    try await slurmd("epilog", job: 99)
    #expect(slots.isEmpty)
    #expect(text("log").contains("job 1: 'a b:1:c12' cannot be the name of a producer"))
    #expect(text("log").contains("job 3: there is no ldmsd in \(node.path)/nowhere/sbin:"))
  }

  /// The state cannot be written: the job is not sampled, and nothing else happens.
  @Test func aStateThatCannotBeWrittenHoldsUpNoJob() async throws {
    try node.write("a file where a directory should be\n", to: "state")
    try await slurmd("prolog", job: 1)
    try await slurmd("epilog", job: 1)
    #expect(text("started").isEmpty)
    #expect(text("log").contains("cannot create directory"))
  }

  /// A log that cannot be written stops neither the sampler's start nor its end.
  @Test func aLogThatCannotBeWrittenStopsNothing() async throws {
    defer { endAll() }
    try FileManager.default.createDirectory(at: node.url.appending(path: "log"), withIntermediateDirectories: false)
    try await slurmd("prolog", job: 4711)
    try await waitForSampler(1)
    let sampler = try #require(samplerID(1))
    try await slurmd("epilog", job: 4711)
    #expect(slots.isEmpty && !isAlive(sampler))
    let (message, _) = try await slurmctld("ldms-job-start", Self.job)
    #expect(try SlurmMessage.read(message).get().job == 4711)
  }

  @Test func theEpilogKillsASamplerThatDoesNotEnd() async throws {
    defer { endAll() }
    try node.write(
      """
      #!/bin/bash
      trap '' TERM
      exec -a "ldmsd $*" sleep 60
      """, to: "ovis/sbin/ldmsd")
    try await slurmd("prolog", job: 4711)
    try await waitForSampler(1)
    let sampler = try #require(samplerID(1))
    try await slurmd("epilog", job: 4711)
    #expect(slots.isEmpty)
    try await eventually("the sampler's end") { !isAlive(sampler) }
  }

  /// The sampler has died, and its number is now that of another process.
  @Test func theEpilogKillsNobodyElse() async throws {
    let other = try RunningProcess("/bin/sleep", ["60"])
    defer { other.kill() }
    try node.write("4711\n", to: "state/1/job")
    try node.write("\(other.id)\n", to: "state/1/pid")
    try await slurmd("epilog", job: 4711)
    #expect(slots.isEmpty)
    #expect(isAlive(other.id))
  }

  /// A sampler that died would keep its port for ever, where the epilog of its job did not run.
  @Test func aSlotWhoseSamplerHasDiedIsGivenToTheNextJob() async throws {
    defer { endAll() }
    for job in 1...4 { try await slurmd("prolog", job: job) }
    for slot in 1...4 { try await waitForSampler(slot) }
    try await slurmd("prolog", job: 5)
    #expect(slots == ["1": "1", "2": "2", "3": "3", "4": "4"])
    #expect(text("log").contains("job 5: all 4 slots are taken; it is not sampled"))
    let dead = try #require(samplerID(3))
    kill(dead, SIGKILL)
    try await eventually("the sampler's end") { !isAlive(dead) }
    // One that has only just been taken may be about to start its sampler.
    try await slurmd("prolog", job: 6)
    #expect(slots["3"] == "3")
    try age(3, minutes: 2)
    try await slurmd("prolog", job: 7)
    #expect(slots == ["1": "1", "2": "2", "3": "7", "4": "4"])
    try await waitForSampler(3)
    // The epilog of the job that lost the slot leaves the new one alone.
    try await slurmd("epilog", job: 3)
    #expect(slots["3"] == "7")
  }

  @Test func aSlotWhoseJobHasGoneIsGivenToTheNextJobWhereAllAreTaken() async throws {
    defer { endAll() }
    for job in 900_001...900_004 { try await slurmd("prolog", job: job) }
    for slot in 1...4 { try await waitForSampler(slot) }
    for slot in 1...4 { try age(slot, minutes: 30) }
    // Jobs 1, 2 and 4 have a process on this node.
    var processes: [RunningProcess] = []
    for job in [900_001, 900_002, 900_004] {
      processes.append(try RunningProcess("/bin/sleep", ["60"], environment: ["SLURM_JOB_ID": String(job)]))
    }
    let orphan = try #require(samplerID(3))
    try await slurmd("prolog", job: 900_005)
    #expect(slots == ["1": "900001", "2": "900002", "3": "900005", "4": "900004"])
    try await eventually("the orphan's end") { !isAlive(orphan) }
    for process in processes { process.kill() }
  }

  /// Two prologs at once never share a slot.
  @Test func prologsAtOnceGetSlotsOfTheirOwn() async throws {
    defer { endAll() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for job in 1...4 { group.addTask { try await slurmd("prolog", job: job) } }
      try await group.waitForAll()
    }
    #expect(slots.values.sorted() == ["1", "2", "3", "4"], "\(text("log"))")
  }

  // MARK: - Slurm's messages

  /// Runs the script as slurmctld does.
  private func runAtSlurmctld(_ script: String, _ variables: [String: String]) async throws {
    try install("/etc/slurm/ldms-job-start", as: "ldms-job-start")
    try? FileManager.default.createSymbolicLink(
      atPath: "\(node.path)/ldms-job-end", withDestinationPath: "ldms-job-start")
    let environment = variables.merging(
      ["LDMS_JOB_LOG": "\(node.path)/log", "LDMS_JOB_KCAT": "\(node.path)/kcat.conf"]) { $1 }
    // In a session of its own: what it leaves running goes on when it has ended.
    let process = try await RunningProcess.run(
      "/usr/bin/setsid",
      ["-w", "/usr/bin/env", "-i"] + environment.map { "\($0.key)=\($0.value)" } + ["\(node.path)/\(script)"],
      within: .seconds(20))
    #expect(process.status == .exited(0), "\(script) may never fail")
    #expect(process.output.isEmpty && process.errors.isEmpty, "\(process.errorText)")
  }

  /// What a stand-in for kcat was given, and with which arguments.
  private func slurmctld(
    _ script: String, _ variables: [String: String]
  ) async throws -> (message: [UInt8], arguments: String) {
    let kcat = try node.write(
      """
      #!/bin/bash
      echo "$*" >'\(node.path)/arguments'
      cat >'\(node.path)/part' && mv '\(node.path)/part' '\(node.path)/message'
      """, to: "kcat")
    chmod(kcat, 0o755)
    try? FileManager.default.removeItem(atPath: "\(node.path)/message")
    try await runAtSlurmctld(script, variables.merging(["KCAT": kcat]) { $1 })
    try await eventually("the message", within: .seconds(20)) {
      FileManager.default.fileExists(atPath: "\(node.path)/message")
    }
    return (Array(try Data(contentsOf: node.url.appending(path: "message"))), text("arguments"))
  }

  private static let job = [
    "SLURM_JOB_ID": "4711", "SLURM_JOB_USER": "alice", "SLURM_JOB_NODELIST": "c[1-3,7],gpu01",
    "SLURM_JOB_NAME": "train",
    "SLURM_JOB_ACCOUNT": "physics", "SLURM_JOB_PARTITION": "normal", "SLURM_JOB_START_TIME": "1795872601",
    "SLURM_JOB_EXIT_CODE2": "2:0",
  ]

  @Test func slurmctldAnnouncesAJobAndItsEnd() async throws {
    let (bytes, arguments) = try await slurmctld("ldms-job-start", Self.job)
    #expect(
      bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1 && bytes.last == UInt8(ascii: "\n"),
      "kcat sends a message a line")
    let start = try SlurmMessage.read(bytes).get()
    #expect(start.kind == .start && start.job == 4711 && start.user == Name("alice"))
    #expect(start.slurm.started == 1_795_872_601_000 && start.slurm.ended == nil)
    #expect(start.slurm.name == "train" && start.slurm.account == "physics" && start.slurm.partition == "normal")
    #expect(start.nodes?.contains("c7".utf8) == true && start.nodes?.contains("gpu01".utf8) == true)
    #expect(start.nodes?.contains("c4".utf8) == false)
    #expect(arguments == "-P -q -F \(node.path)/kcat.conf -X message.timeout.ms=60000 -t slurm-jobs\n")
    let before = Int64(Date.now.timeIntervalSince1970)
    let end = try SlurmMessage.read(try await slurmctld("ldms-job-end", Self.job).message).get()
    #expect(end.kind == .end && end.job == 4711 && end.user == Name("alice") && end.slurm.exitCode == "2:0")
    #expect(end.slurm.started == 1_795_872_601_000)
    #expect((before * 1000...before * 1000 + 20_000).contains(try #require(end.slurm.ended)))
    #expect(end.nodes?.contains("c2".utf8) == true)
  }

  /// Versions of Slurm differ in what they tell.
  @Test func slurmctldNeedNotKnowWhenAJobStarted() async throws {
    let job = Self.job.filter { ["SLURM_JOB_ID", "SLURM_JOB_USER", "SLURM_JOB_NODELIST"].contains($0.key) }
    let now = Int64(Date.now.timeIntervalSince1970) * 1000
    let start = try SlurmMessage.read(try await slurmctld("ldms-job-start", job).message).get()
    #expect(start.kind == .start)
    #expect((now...now + 20_000).contains(try #require(start.slurm.started)))
    let end = try SlurmMessage.read(try await slurmctld("ldms-job-end", job).message).get()
    #expect(end.kind == .end && end.slurm.started == nil && end.slurm.ended != nil)
    // Slurm 22.05 says so of a job without an account.
    let none = job.merging(["SLURM_JOB_ACCOUNT": "(null)", "SLURM_JOB_PARTITION": "normal"]) { $1 }
    let slurm = try SlurmMessage.read(try await slurmctld("ldms-job-start", none).message).get().slurm
    #expect(slurm.account == nil && slurm.partition == "normal")
  }

  /// kcat ends as soon as no broker can be reached: while Kafka restarts, it has to be run again.
  @Test func aMessageWaitsForTheBrokers() async throws {
    let kcat = try node.write(
      """
      #!/bin/bash
      echo try >>'\(node.path)/tries'
      [ "$(wc -l <'\(node.path)/tries')" -ge 2 ] || exit 1
      cat >'\(node.path)/part' && mv '\(node.path)/part' '\(node.path)/message'
      """, to: "kcat")
    chmod(kcat, 0o755)
    try await runAtSlurmctld("ldms-job-start", Self.job.merging(["KCAT": kcat]) { $1 })
    try await eventually("the message", within: .seconds(20)) {
      FileManager.default.fileExists(atPath: "\(node.path)/message")
    }
    let message = try Data(contentsOf: node.url.appending(path: "message"))
    #expect(try SlurmMessage.read(Array(message)).get().job == 4711)
  }

  /// Nor does a kcat that hangs, or that is not there, hold up slurmctld.
  @Test func slurmctldNeverWaitsForKcat() async throws {
    let kcat = try node.write("#!/bin/bash\necho $$ >'\(node.path)/hangs'\nexec sleep 60\n", to: "kcat")
    chmod(kcat, 0o755)
    let start = ContinuousClock.now
    try await runAtSlurmctld("ldms-job-start", Self.job.merging(["KCAT": kcat]) { $1 })
    try await runAtSlurmctld("ldms-job-end", Self.job.merging(["KCAT": "\(node.path)/nowhere"]) { $1 })
    #expect(ContinuousClock.now - start < .seconds(15))
    try await eventually("what the log says") { text("log").contains("there is no \(node.path)/nowhere in ") }
    #expect(text("log").contains("lost the message {\"jobid\":4711,"))
    try await eventually("kcat's start") { pid_t(text("hangs").trimmingCharacters(in: .whitespacesAndNewlines)) != nil }
    // The script would run it again for ten minutes: both are in the process group that the script made for them.
    let hanging = try #require(pid_t(text("hangs").trimmingCharacters(in: .whitespacesAndNewlines)))
    let group = getpgid(hanging)
    #expect(group > 1 && group != getpgrp())
    kill(-group, SIGKILL)
  }

  /// With kcat itself, which sends each line as a message.
  @Test(.requiresKafka) func kcatStoresWhatTheScriptSays() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let topic = "slurm-\(UUID().uuidString.prefix(8).lowercased())"
    let new = NewTopic(name: topic, partitions: 1, replication: nil)
    #expect(try CheckConnection.admin(cluster).createTopics([new], timeoutMilliseconds: 30000)[0].error == nil)
    try node.write("bootstrap.servers=\(cluster.bootstrap)\n", to: "kcat.conf")
    for script in ["ldms-job-start", "ldms-job-end"] {
      try await runAtSlurmctld(script, Self.job.merging(["LDMS_JOB_TOPIC": topic]) { $1 })
    }
    var messages: [Kcat.Message] = []
    try await eventually("both messages", within: .seconds(30)) {
      messages = try await Kcat(cluster).read(topic)
      return messages.count >= 2
    }
    let read = try messages.map { try SlurmMessage.read($0.payload ?? []).get() }
    #expect(Set(read.map(\.kind)) == [.start, .end], "\(text("log"))")
    #expect(read.allSatisfy { $0.job == 4711 && $0.user == Name("alice") })
  }

  /// A name that a user chose must not become a member, or a message.
  @Test(arguments: [
    "\",\"username\":\"bob", "x\n{\"jobid\":1,\"username\":\"bob\"}", "\\", "\u{1}\t", "é", "$(touch x)`id`%s%n", "",
  ])
  func aJobsNameForgesNothing(_ name: String) async throws {
    let (bytes, _) = try await slurmctld("ldms-job-start", Self.job.merging(["SLURM_JOB_NAME": name]) { $1 })
    #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    let start = try SlurmMessage.read(bytes).get()
    #expect(start.user == Name("alice") && start.job == 4711)
    #expect(start.slurm.name?.utf8.count == name.utf8.count)
  }

  /// LDMS refuses an updater whose offset is more than half of its interval (status 22).
  @Test func theAggregatorTakesEverySlotOfEveryNodeAtAMomentThatLDMSAllows() async throws {
    let made = try await RunningProcess.run("\(node.path)/make-agg-conf")
    #expect(made.status == .exited(0))
    let lines = made.outputText.split(separator: "\n").map(String.init)
    func value(_ key: String, _ line: String) -> String? {
      line.split(separator: " ").first { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
    }
    let producers = lines.filter { $0.hasPrefix("prdcr_add ") }
    let expected = ["c1", "c2", "c3"].flatMap { node in (1...4).map { "\(node).\($0) \(node) \(410 + $0)" } }
    #expect(
      producers.map { "\(value("name", $0) ?? "") \(value("host", $0) ?? "") \(value("port", $0) ?? "")" } == expected)
    for producer in producers {
      #expect(lines.contains("prdcr_start name=\(value("name", producer) ?? "")"))
    }
    // The prolog has as many slots.
    #expect(try block("/etc/slurm/prolog.d/50-ldms").contains("\nslots=4\n"))
    var moments: [String: Int] = [:]
    for updater in lines.filter({ $0.hasPrefix("updtr_add ") }) {
      let interval = try #require(value("interval", updater).flatMap { Int($0) })
      let offset = try #require(value("offset", updater).flatMap { Int($0) })
      #expect(abs(offset) <= interval / 2, "\(updater)")
      moments[try #require(value("name", updater))] = (offset + interval) % interval
    }
    // Each 0.2 s after its samplers.
    #expect(moments == ["early": 200_000, "late": 700_000])
    // Each producer belongs to one updater: that of the half that the prolog puts its node into.
    let updaters = lines.filter { $0.hasPrefix("updtr_prdcr_add ") }
    for name in ["c1.1", "c4.2", "c5.1", "c9.4", "c10.1", "c12.3", "c17.4"] {
      let owners = updaters.filter { line in
        let pattern = value("regex", line) ?? ""
        return name.range(of: pattern, options: .regularExpression) != nil
      }
      let digit = try #require(name.split(separator: ".").first?.last?.wholeNumberValue)
      #expect(owners.compactMap { value("name", $0) } == [digit < 5 ? "early" : "late"], "\(name)")
    }
  }
}
