import Foundation
import MetricRouter
import Replay
import TestSupport
import Testing

@Suite struct CheckCommandConfigurationTests {
  @Test(.timeLimit(.minutes(2))) func foundConfigurationIsChecked() async throws {
    let site = try CheckSite(
      """
      group: my-group
      instance: here
      kafka: {bootstrap.servers: "kafka1:9092", sasl.username: router, sasl.password: hunter2}
      topics: {prefix: site.ldms}
      """)
    for (arguments, environment) in [
      ([], [:]), (["--config", "router.yaml"], [:]), ([], ["ROUTER_CONFIG": "\(site.directory.path)/router.yaml"]),
      ([], ["ROUTER_CONFIG": ""]),
    ] as [([String], [String: String?])] {
      let check = try await site.run(arguments, environment: environment)
      #expect(check.code == 0, "\(check.errors)")
      #expect(check.output.contains("router.yaml: a router can start with it"))
      #expect(check.output.contains("group            my-group"))
      #expect(check.output.contains("instance         here"))
      #expect(check.output.contains("dstat, loadavg, meminfo, procinterrupts, procnetdev2, procstat2, vmstat"))
      #expect(check.output.contains("site.ldms.user.<user>.rows, site.ldms.user.<user>.job.<job>"))
      #expect(check.output.contains("site.ldms.router.dead-letter"))
      #expect(check.output.contains("sasl.password: (hidden)"))
      #expect(!(check.output + check.errors).contains("hunter2"))
    }
    let json = try await site.run(["--json"])
    #expect(!json.output.contains("hunter2"))
    let configuration = try #require(try json.json()["configuration"] as? [String: Any])
    #expect(configuration["group"] as? String == "my-group")
    #expect((configuration["inputs"] as? [String])?.count == 7)
    #expect((configuration["outputs"] as? [String: Any])?["dead_letter"] as? String == "site.ldms.router.dead-letter")
  }

  @Test(.timeLimit(.minutes(2))) func environmentCounts() async throws {
    let site = try CheckSite("")
    let good = try await site.run([], environment: ["ROUTER_GROUP": "from-environment"])
    #expect(good.code == 0)
    #expect(good.output.contains("from-environment"))
    let bad = try await site.run([], environment: ["ROUTER_GRUP": "x"])
    #expect(bad.code == 78)
    #expect(bad.errors.contains("ROUTER_GRUP: error: no key has this environment variable; did you mean ROUTER_GROUP?"))
  }

  @Test(.timeLimit(.minutes(2))) func allProblemsAreShown() async throws {
    let site = try CheckSite(
      """
      decomposition: [decomp.json, missing.json]
      kafka:
        no.such.property: 1
      identity: {nodes: "c[3-1]"}
      """)
    let check = try await site.run([])
    #expect(check.code == 78)
    #expect(check.output.isEmpty)
    #expect(check.errors.contains("router.yaml:1:30: error: decomposition: the file \"missing.json\" cannot be read"))
    #expect(check.errors.contains("missing.json: error: cannot open"))
    #expect(check.errors.contains("router.yaml:4:19: error: identity.nodes: "))

    try site.directory.write("kafka:\n  no.such.property: 1\n", to: "router.yaml")
    let property = try await site.run([])
    #expect(property.code == 78)
    #expect(
      property.errors.contains("router.yaml:2:3: error: librdkafka rejects the property \"no.such.property\": No such"))
  }

  @Test(.timeLimit(.minutes(2))) func rulesOfTheConfigurationHold() async throws {
    let site = try CheckSite("identity: {topic: \"ldms.{schema}.{producer}\"}\ninputs: [\"^ldms\\\\..*\"]\n")
    let asIs = Capture.asIs.path("decomp.json")
    let check = try await site.run([asIs, "--config", "router.yaml", "--strict"])
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.output.contains("by the topic's name"))

    let rows = try CheckSite("identity: {producers: \"{user}-{node}\", nodes: \"c[1-9]\"}\n")
    let row = try rows.directory.write(
      #"{"timestamp":1.000000,"producer":"jean-luc-c2"}"#, to: "row")
    let decomposition = try rows.directory.write(
      """
      {"type":"static","rows":[{"schema":"x","cols":[
        {"src":"timestamp","type":"ts"},{"src":"producer","type":"char_array"}]}]}
      """, to: "x.json")
    let guessing = try await rows.run([decomposition, "--row", row])
    #expect(guessing.code == 1)
    #expect(guessing.output.contains("bad-producer"))
    let knowing = try await rows.run([decomposition, "--row", row, "--config", "router.yaml"])
    #expect(knowing.code == 0, "\(knowing.output)")
    #expect(knowing.output.contains("user        jean-luc"))
  }

  /// A host must not become a user because its name has a dash: without the nodes, nobody could know.
  @Test(.timeLimit(.minutes(2))) func aTemplateWithADashNeedsTheNodes() async throws {
    let site = try CheckSite("identity: {producers: [\"{user}:{job}:{node}\", \"{user}-{node}\"]}\n")
    let sentence =
      "router.yaml:1:47: error: identity.producers: pattern `{user}-{node}`, character 1: it needs identity.nodes, since "
      + "without a list of the nodes a host such as `orion-01`, or a daemon that LDMS calls `orion-01:411`, could be read "
      + "as a user; list the nodes as a Slurm hostlist under identity.nodes"
    let check = try await site.run([])
    #expect(check.code == 78)
    #expect(check.errors.contains(sentence), "\(check.errors)")
    let run = try await RouterProgram.run(
      ["run", "--config", site.directory.path + "/router.yaml"], within: .seconds(30))
    #expect(run.status == .exited(78))
    #expect(run.errorText.contains("it needs identity.nodes"), "\(run.errorText)")
  }

  /// What LDMS's own `sampler.conf` makes of a host: its rows are its jobs', not the user's before the dash.
  @Test(.timeLimit(.minutes(2)), arguments: ["orion-01", "gpu-01.hpc.example.org", "gpu-01", "orion-02.example.org"])
  func aHostIsNoUser(host: String) async throws {
    let site = try CheckSite(
      "identity: {producers: \"{user}-{node}\", nodes: \"orion-[01-08],gpu-[01-16].hpc.example.org,01\"}\n")
    let columns = try site.directory.write(
      #"{"type":"static","rows":[{"schema":"x","cols":[{"src":"producer","type":"char_array"},"#
        + #"{"src":"job_id","type":"u64"}]}]}"#, to: "x.json")
    let row = try site.directory.write("{\"producer\":\"\(host)\",\"job_id\":701}", to: "row")
    let check = try await site.run([columns, "--row", row, "--config", "router.yaml"])
    #expect(check.code == 0, "\(check.output) \(check.errors)")
    #expect(check.output.contains("It depends on job 701"), "\(check.output)")
    #expect(!check.output.contains("user topic"))
  }

  @Test(.timeLimit(.minutes(2))) func inputsThatLeadNowhereAreWarnings() async throws {
    let site = try CheckSite("inputs: [meminfo, nonsense]\n")
    let check = try await site.run([])
    #expect(check.code == 0)
    #expect(
      check.errors.contains(
        "router.yaml:1:19: warning: inputs: \"nonsense\" is no row schema's topic, so rows of all 7 row schemas are expected"
      ),
      "\(check.errors)")
    let missing = try await CheckSite("inputs: [meminfo]\n").run([])
    #expect(missing.errors.contains("inputs: the topic \"vmstat\" of the decomposition is not among them"))
    #expect(try await site.run(["--strict"]).code == 1)
  }

  /// `topic=ldms.%S` of store_avro_kafka, as in LDMS's own manual.
  @Test(.timeLimit(.minutes(2))) func topicsMayBeNamedAfterTheRowSchemaWithMore() async throws {
    let site = try CheckSite("identity: {topic: \"ldms.{schema}\"}\n")
    let check = try await site.run(["--strict"])
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.output.contains("ldms.dstat, ldms.loadavg, ldms.meminfo, ldms.procinterrupts"), "\(check.output)")
    #expect(check.output.contains("topics named     ldms.{schema}"))
    #expect(check.output.contains("by producer"))
    let row = try site.directory.write(
      String(
        decoding: try #require(try Capture.recording.read().rows.first { $0.topic == "meminfo" }).payload,
        as: UTF8.self), to: "row.json")
    for (topic, code) in [("ldms.meminfo", 0), ("meminfo", 0), ("ldms", 1)] as [(String, CInt)] {
      let told = try await site.run(["--row", row, "--topic", topic])
      #expect(told.code == code, "\(topic): \(told.output)\(told.errors)")
    }
    let any = try await CheckSite("identity: {topic: \"{any}.{schema}\"}\n").run([])
    #expect(any.code == 0)
    #expect(any.output.contains("^[A-Za-z0-9._-]+\\.meminfo$"), "\(any.output)")
    let missing = try await CheckSite("identity: {topic: \"ldms.{schema}\"}\ninputs: [ldms.meminfo]\n").run([])
    #expect(missing.errors.contains("the topic \"ldms.vmstat\" of the decomposition is not among them"))
  }

  /// `topic=ldms`: all row schemas in one topic.
  @Test(.timeLimit(.minutes(2))) func oneTopicForAllRowSchemasIsSaidToHoldThem() async throws {
    let site = try CheckSite("inputs: [ldms]\n")
    let check = try await site.run(["--strict"])
    #expect(check.code == 0, "\(check.errors)")
    #expect(
      check.output.contains(
        "The input \"ldms\" is no row schema's topic: rows of all 7 row schemas are expected in it, each recognized by its"
          + " columns."), "\(check.output)")
    #expect(check.output.contains(/meminfo +\d+  producer, instance, job_id  ldms +by producer/))
    let row = try site.directory.write(
      String(
        decoding: try #require(try Capture.recording.read().rows.first { $0.topic == "meminfo" }).payload,
        as: UTF8.self), to: "row.json")
    for (topic, code) in [("ldms", 0), ("meminfo", 0), ("loadavg", 1), ("other", 1)] as [(String, CInt)] {
      let told = try await site.run(["--row", row, "--topic", topic])
      #expect(told.code == code, "\(topic): \(told.output)\(told.errors)")
      if topic == "ldms" { #expect(told.output.contains("row schema  meminfo (")) }
      if topic == "other" {
        #expect(told.output.contains("if it holds rows of several row schemas, list it in inputs"))
      }
    }
    let json = try await site.run(["--json"])
    let configuration = try #require(try json.json()["configuration"] as? [String: Any])
    #expect(configuration["shared_inputs"] as? [String] == ["ldms"])
    let near = try await CheckSite("inputs: [loadavgs]\n").run(["--strict"])
    #expect(near.code == 1)
    #expect(near.errors.contains("rows of all 7 row schemas are expected in it; did you mean \"loadavg\"?"))
  }

  /// Whose a row is comes first: which of two row schemas it is of need not be known.
  @Test(.timeLimit(.minutes(2))) func rowSchemasWithTheSameColumnsAreNamed() async throws {
    let site = try CheckSite("inputs: [ldms]\n")
    func schema(_ name: String) -> String {
      #"{"schema":"\#(name)","cols":[{"src":"timestamp","type":"ts"},{"src":"producer","type":"char_array"},"#
        + #"{"src":"job_id","type":"u64"}]}"#
    }
    let file = try site.directory.write(
      #"{"type":"static","rows":[\#(schema("one")),\#(schema("two"))]}"#, to: "twins.json")
    let row = try site.directory.write(
      #"{"timestamp":1.000000,"producer":"alice:7:c1","job_id":7}"#, to: "row.json")
    let check = try await site.run(["--config", "router.yaml", file])
    #expect(
      check.output.contains("Rows of \"one\" and \"two\" have the same columns and are counted as those of \"one\"."),
      "\(check.output)\(check.errors)")
    let told = try await site.run(["--config", "router.yaml", file, "--row", row, "--topic", "ldms"])
    #expect(told.code == 0)
    #expect(told.output.contains("one (3 columns), or two"), "\(told.output)")
  }

  /// Kafka has one metric for both names, and makes only one of the topics.
  @Test(.timeLimit(.minutes(2))) func namesThatKafkaTakesForOneAreWarnings() async throws {
    let site = try CheckSite(
      "jobs: {events: [proc.stat2, slurm-start]}\ninputs: [proc_stat2, ldms_router_jobs, meminfo]\n")
    let check = try await site.run([])
    #expect(check.code == 0)
    #expect(
      check.errors.contains(
        "router.yaml:1:17: warning: Kafka treats the names of the input \"proc_stat2\" and \"proc.stat2\" of jobs.events as one, so only one of the two topics can exist"
      ))
    #expect(
      check.errors.contains(
        "router.yaml:2:22: warning: Kafka treats the names of the input \"ldms_router_jobs\" and the router's own topic \"ldms.router.jobs\" as one"
      ))
    #expect(check.output.contains("job events       proc.stat2, slurm-start"))
    let refused = try CheckSite("jobs: {events: [meminfo, ldms.router.events]}\n")
    let problems = try await refused.run([])
    #expect(problems.code == 78)
    #expect(problems.errors.contains("router.yaml:1:17: error: jobs.events: \"meminfo\" is also one of the inputs"))
    #expect(
      problems.errors.contains(
        "router.yaml:1:26: error: jobs.events: \"ldms.router.events\" is a topic that the router"))
  }

  @Test(.timeLimit(.minutes(2))) func nothingToCheckIsAUsageError() async throws {
    let directory = try TemporaryDirectory()
    let check = try await CheckProgram.run([], directory: directory.path)
    #expect(check.code == 64)
    #expect(check.errors.contains("there is nothing to check"))
    #expect(check.errors.contains("--config"))
    for arguments in [["--config", "nothing.yaml"], ["--config", directory.path]] {
      let check = try await CheckProgram.run(arguments, directory: directory.path)
      #expect(check.code == 78)
      #expect(check.errors.contains("cannot read the configuration file"))
    }
  }

  @Test(.timeLimit(.minutes(2))) func environmentAloneCanBeTheConfiguration() async throws {
    let site = try CheckSite("no: configuration\n")
    let directory = try TemporaryDirectory()
    let environment = [
      "ROUTER_DECOMPOSITION": Capture.recording.path("decomp.json"),
      "ROUTER_TOPICS_DIRECTORY": site.directory.path + "/topics",
    ]
    let check = try await CheckProgram.run([], environment: environment, directory: directory.path)
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.output.contains("environment: a router can start with it"))
  }

  @Test(.timeLimit(.minutes(2))) func unknownOptionsAreRejectedWithTheNearest() async throws {
    for (option, near) in [("--stric", "--strict"), ("--jsn", "--json"), ("--rwo", "--row"), ("--topics", "--topic")] {
      let check = try await CheckProgram.run([option, "x"])
      #expect(check.code == 64)
      #expect(check.errors.contains(near), "\(check.errors)")
    }
    let help = try await CheckProgram.run(["--help"])
    #expect(help.code == 0)
    for words in ["--row FILE", "--topic TOPIC", "--strict", "--json", "ROUTER_CONFIG", "newline at"] {
      #expect(help.output.contains(words), "\(words)")
    }
  }

  @Test(.timeLimit(.minutes(2))) func fullDiskIsNoticed() async throws {
    let full = try RunningProcess(
      RouterProgram.path, ["check", Capture.recording.path("decomp.json")], log: "/dev/full")
    #expect(try await full.wait() == .exited(74))
  }
}
