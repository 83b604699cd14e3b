import Foundation
import Kafka
import TestSupport
import Testing

/// `router acl` as a process: what it prints, and what it makes of nonsense. It needs no broker.
@Suite(.timeLimit(.minutes(1))) struct AclCommandTests {
  private static let start = "kafka-acls.sh --bootstrap-server kafka.example.org:9093 --add --allow-principal"

  private func site(_ more: String = "") throws -> CheckSite {
    try CheckSite(
      """
      kafka:
        bootstrap.servers: "kafka.example.org:9093"
        security.protocol: sasl_ssl
        sasl.mechanism: PLAIN
        sasl.username: ldms-router
        sasl.password: {env: PASSWORD}
      \(more)

      """)
  }

  private func run(
    _ words: [String], _ more: String = "", environment: [String: String?] = [:]
  ) async throws -> (code: CInt?, output: String, errors: String) {
    let site = try site(more)
    var variables: [String: String?] = ["PASSWORD": "secret", "ROUTER_CONFIG": nil]
    for (name, value) in environment { variables.updateValue(value, forKey: name) }
    let process = try await RouterProgram.run(
      ["acl"] + words, environment: variables, directory: site.directory.path)
    guard case .exited(let code) = process.status else { return (nil, process.outputText, process.errorText) }
    return (code, process.outputText, process.errorText)
  }

  @Test func usersAreGivenTheirTopicsAndGroups() async throws {
    let acl = try await run(
      ["--user", "al", "--user", "a_l", "--user", "al", "--user", "user$", "--command-config", "/etc/my admin"],
      "topics: {prefix: site}\nacl-principal: \"User:CN={user},OU=hpc\"")
    let start =
      "kafka-acls.sh --bootstrap-server kafka.example.org:9093 --command-config '/etc/my admin' --add --allow-principal"
    #expect(
      acl.output == """
        # al (User:CN=al,OU=hpc)
        \(start) User:CN=al,OU=hpc --operation Read --topic site.user.al. --group al. --resource-pattern-type prefixed
        # a_l (User:CN=a_l,OU=hpc)
        \(start) User:CN=a_l,OU=hpc --operation Read --topic site.user.a-5fl. --group a-5fl. --resource-pattern-type prefixed
        # user$ (User:CN=user$,OU=hpc)
        \(start) 'User:CN=user$,OU=hpc' --operation Read --topic site.user.user-24. --group user-24. --resource-pattern-type prefixed

        """)
    #expect(acl.code == 0 && acl.errors.isEmpty)
  }

  @Test func theRouterIsGivenWhatItNeeds() async throws {
    let inputs = ["dstat", "loadavg", "meminfo", "procinterrupts", "procnetdev2", "procstat2", "vmstat"]
    let basic = """
      # read the input topics, as a member of its group, and commit
      \(Self.start) User:ldms-router --operation Read\(inputs.map { " --topic \($0)" }.joined()) --group ldms-router
      # create its topics, write to them, read the job index and waiting rows, find idle topics, change topics to match topics/ ('router topics apply'), delete them
      \(Self.start) User:ldms-router --operation Create --operation Write --operation Read --operation AlterConfigs \
      --operation Alter --operation Delete --topic ldms. --resource-pattern-type prefixed

      """
    let off = try await run(["--router"])
    #expect(off.output == basic)
    #expect(off.code == 0 && off.errors.isEmpty)
    let exactly = try await run(["--router"], "delivery: exactly-once")
    #expect(
      exactly.output
        == basic + """
          # deliver exactly once, with transactions
          \(Self.start) User:ldms-router --operation Write --transactional-id ldms-router- --resource-pattern-type prefixed

          """)
    let slurm = try await run(["--router"], environment: ["ROUTER_JOBS_EVENTS": "hpc,hpc-job-start"])
    #expect(
      slurm.output
        == basic + """
          # read Slurm's messages about jobs (jobs.events)
          \(Self.start) User:ldms-router --operation Read --topic hpc --topic hpc-job-start

          """)
    let on = try await run(["--router"], environment: ["ROUTER_ACL": "on"])
    #expect(
      on.output == basic + """
        # grant permissions to users (acl: on)
        \(Self.start) User:ldms-router --operation Alter --cluster

        """)
    #expect(
      on.errors
        == "Note: With ALTER on the cluster, the router could grant any permission to anybody. acl: off does not need it.\n"
    )
    #expect(on.code == 0)
  }

  @Test func theRoutersPrincipalIsGivenWhereTheConfigurationHasNone() async throws {
    let environment = ["ROUTER_KAFKA_SECURITY_PROTOCOL": "ssl"]
    let unknown = try await run(["--router"], environment: environment)
    #expect(unknown.code == 64 && unknown.output.isEmpty)
    #expect(
      unknown.errors.hasPrefix(
        "router: the configuration does not contain the router's Kafka principal: it has no sasl.username\n"))
    #expect(unknown.errors.contains("--principal User:CN=ldms-router"))
    let known = try await run(
      ["--router", "--principal", "User:CN=r,OU=hpc"], "inputs: [\"^meminfo_.*\"]", environment: environment)
    #expect(
      known.output.contains(
        "\n\(Self.start) User:CN=r,OU=hpc --operation Read --topic meminfo_ --resource-pattern-type prefixed\n"
          + "\(Self.start) User:CN=r,OU=hpc --operation Read --group ldms-router\n"), "\(known.output)")
    #expect(known.errors.contains("for \"^meminfo_.*\", the router can read every topic that begins with \"meminfo_\""))
  }

  /// Nothing but the rows of users: not the input topics, nor the dead letters.
  @Test func anExportReadsTheTopicsOfUsers() async throws {
    let acl = try await run(["--export", "--principal", "User:ldms-export"], "topics: {prefix: site}\ngroup: hpc")
    #expect(
      acl.output == """
        # read the topics of all users, in no group
        \(Self.start) User:ldms-export --operation Read --topic site.user. --resource-pattern-type prefixed
        \(Self.start) User:ldms-export --operation Read --group hpc

        """)
    #expect(acl.code == 0 && acl.errors.isEmpty)
  }

  @Test func scriptsGetJSON() async throws {
    let acl = try await run(["--user", "a.l", "--json"])
    #expect(
      acl.output == """
        {
          "acls": [
            {
              "principal": "User:a.l",
              "host": "*",
              "resource_type": "Topic",
              "pattern_type": "Prefixed",
              "resource_name": "ldms.user.a-2el.",
              "operation": "Read",
              "permission": "Allow"
            },
            {
              "principal": "User:a.l",
              "host": "*",
              "resource_type": "Group",
              "pattern_type": "Prefixed",
              "resource_name": "a-2el.",
              "operation": "Read",
              "permission": "Allow"
            }
          ]
        }

        """)
    let router = try await run(["--router", "--json"], "acl: required")
    let document = try JSONSerialization.jsonObject(with: Data(router.output.utf8)) as? [String: Any]
    let rules = try #require(document?["acls"] as? [[String: String]])
    #expect(rules.count == 15)
    #expect(rules.last?["resource_type"] == "Cluster" && rules.last?["operation"] == "Alter")
  }

  @Test(arguments: [
    [
      "*", "\u{1b}[31m", "a\nrm -rf x", "a b", "a'b", "$(reboot)", "-a", "a:b", "a;b", "CN=x", "{user}", "a,b",
      "a\u{202e}b",
    ]
  ])
  func hostileNamesAreRejected(_ names: [String]) async throws {
    for name in names {
      let acl = try await run(["--user", "al", "--user=\(name)"])
      #expect(acl.code == 65, "\(name): \(acl.errors)")
      #expect(acl.output.isEmpty)
      #expect(acl.errors.contains("the router does not route rows to"), "\(acl.errors)")
      #expect(CheckProgram.isSafe(acl.errors))
    }
  }

  @Test(
    arguments: [
      ([], 64, "--user, --router or --export is missing"),
      (["--user", "al", "--router"], 64, "--user and --router"),
      (["--user", ""], 64, "--user"),
      (["--user"], 64, "--user"),
      (["al"], 64, "al"),
      (["--user", "al", "--principal", "User:x"], 64, "acl-principal in router.yaml"),
      (["--router", "--principal", "x"], 64, "User:ldms-router"),
      (["--router", "--principal", "User:*"], 64, "* stands for everybody"),
      (["--router", "--principal", "User:a\u{1b}b"], 64, "control characters"),
      (["--router", "--json", "--command-config", "x"], 64, "--command-config has no effect with --json"),
      (["--router", "--command-config", "a\nb"], 78, "control characters"),
      (["--user", String(repeating: "x", count: 250)], 65, "longer than the 249 bytes"),
      (["--user", "al", "--config", "nowhere.yaml"], 66, "nowhere.yaml"),
      (["--usr", "al"], 64, "did you mean"),
    ] as [([String], CInt, String)])
  func invalidInputIsRejected(_ words: [String], _ code: CInt, _ complaint: String) async throws {
    let acl = try await run(words)
    #expect(acl.code == code, "\(acl.errors)")
    #expect(acl.output.isEmpty)
    #expect(acl.errors.lowercased().contains(complaint.lowercased()), "\(acl.errors)")
    #expect(CheckProgram.isSafe(acl.errors))
  }

  @Test func aWrongConfigurationIsNamed() async throws {
    let template = try await run(["--user", "al"], "acl-principal: User:al")
    #expect(template.code == 78 && template.output.isEmpty)
    #expect(template.errors.contains("acl-principal: \"User:al\" names no user"))
    let decomposition = try await run(["--router"], "decomposition: nowhere.json")
    #expect(decomposition.code == 66 && decomposition.errors.contains("nowhere.json"))
    // Users' permissions have nothing to do with it.
    #expect(try await run(["--user", "al"], "decomposition: nowhere.json").code == 0)
  }

  /// Who may use the router's group can take its partitions away.
  @Test func theRoutersGroupIsGivenToNobody() async throws {
    for user in ["ldms", "ldm"] {
      let acl = try await run(["--user", user], "group: ldms.router")
      #expect(acl.code == 78 && acl.output.isEmpty)
      #expect(acl.errors.contains("the group \"ldms.router\" would belong to the user \"ldms\""), "\(acl.errors)")
    }
  }

  @Test func itIsHelpedWithAndCompleted() async throws {
    let help = try await RouterProgram.run(["acl", "--help"])
    #expect(help.outputText.hasPrefix("Usage: router acl (--user USER | --router | --export) [OPTION]...\n"))
    let options = try await RouterProgram.run(["complete", "--", "acl", "--router", "--p"])
    #expect(options.outputText.hasPrefix("words\n--principal\t"), "\(options.outputText)")
    let files = try await RouterProgram.run(["complete", "--", "acl", "--router", "--command-config", ""])
    #expect(files.outputText == "files\n")
    let broker = try EmbeddedBroker()
    try broker.createTopic("ldms.user.a-5fl.rows", partitions: 1)
    let users = try await RouterProgram.run(
      ["complete", "--", "acl", "--user", ""],
      environment: ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "ROUTER_CONFIG": nil])
    #expect(users.outputText == "words\na_l\t\n")
    let manual = try await RouterProgram.run(["help", "acl"])
    #expect(manual.outputText == help.outputText)
  }
}
