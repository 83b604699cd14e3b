internal import MetricRouter

/// `router run`: the service.
enum RunCommand {
  static let command = Command(
    name: "run",
    abstract: "Route the rows of the input topics until told to stop",
    discussion: """
      Reads rows that LDMS stored into Kafka and sends each, byte for byte, to the topic of its user and of its job. \
      A row whose owner cannot be told goes to the dead-letter topic, with the reason. Offsets are committed only when \
      every row before them has arrived. When a job has ended, its topic says so, and is deleted later (jobs in \
      router.yaml).

      The log goes to standard error. SIGTERM and SIGINT drain what is under way, commit, leave the consumer group and \
      end it within ten seconds; a second one ends it at once. SIGHUP, SIGUSR1 and SIGUSR2 change nothing, which is \
      logged: a new configuration takes effect with a restart. A router that was started from a terminal also stops \
      when that is closed. Brokers that are away are waited for.

      Health and metrics are served at http://127.0.0.1:9464 unless http.listen in router.yaml says otherwise: /livez, \
      /readyz, /metrics for Prometheus, /v1/jobs and /v1/topics, and a page that shows the jobs as they run. Two routers on one machine need different ports.

      Every key of router.yaml can be set by an environment variable instead: topics.prefix by ROUTER_TOPICS_PREFIX.
      """,
    options: [SharedOptions.config],
    examples: [
      CommandExample("router run --config /etc/ldms-router/router.yaml", "As a service manager starts it."),
      CommandExample(
        "ROUTER_KAFKA_BOOTSTRAP_SERVERS=broker:29092 router run", "Defaults, and the broker from the environment."),
    ],
    exits: [
      CommandExit(.inputMissing, "A file of the configuration cannot be read, or not yet."),
      CommandExit(.temporary, "Another program has the address of http.listen, or the network does not have it yet."),
      CommandExit(.refused, "The brokers refuse the router a right that it cannot do without."),
      CommandExit(.configuration, "The configuration, or something that it names, is wrong."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, where --config is not given."),
      EnvironmentVariable("NOTIFY_SOCKET", "Set by systemd for Type=notify: where to say that the router is ready."),
      EnvironmentVariable("ROUTER_...", "Any key of the configuration; 'router check' shows what holds."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    // Before any thread: they inherit which signals are held back.
    let signals = ServiceSignals()
    let setup = try ConfiguredSetup.load(arguments, context, serves: true)
    try Interruption.watch(exceptHangUp: true)
    let log = Log(setup.configuration.log)
    signals.watch(log)
    StartReport(setup).write(to: log)
    let stop = StopSignal()
    StopSignalWatcher.start(stop)
    let status = RouterStatus()
    let index = JobIndex(setup.settings)
    let server = try startServer(setup.configuration.http, status, index, stop, log)
    defer { server?.stop() }
    startNotifying(status, log, context)
    let administration = setup.settings.administration
    let loginAdvice = LoginAdvice.advice(for: administration)
    let creator: KafkaTopicCreator
    let indexCreator: KafkaTopicCreator
    let granter: KafkaAccessGranter?
    do {
      let observer = KafkaLog(log, loginAdvice: loginAdvice)
      creator = try KafkaTopicCreator(
        properties: administration, observer: observer, verifiesWriting: setup.settings.delivery == .exactlyOnce)
      indexCreator = try KafkaTopicCreator(properties: administration, observer: observer)
      granter =
        setup.settings.accessMode == .off
        ? nil : try KafkaAccessGranter(properties: administration, observer: observer)
    } catch {
      throw failure(.configuration(error))
    }
    InputWatch.start(setup.settings, status: status, log: log, stop: stop)
    TopicCleaner.start(setup.settings, status: status, log: log, stop: stop)
    let feed = JobFeed()
    let jobs = JobIndexService.start(setup.settings, feed: feed, index: index, creator: indexCreator, log: log)
    // Docker kills ten seconds after it said so; the rows come first.
    defer { jobs.finish(milliseconds: 1500) }
    do {
      let router = MetricRouter.Router(
        settings: setup.settings, creator: creator, granter: granter, log: log, status: status, feed: feed,
        stop: stop)
      _ = try router.run()
    } catch {
      throw failure(error)
    }
    return .ok
  }

  /// Serves health and metrics, unless the configuration says not to.
  private static func startServer(
    _ configuration: MetricRouter.Configuration.HTTP, _ status: RouterStatus, _ index: JobIndex, _ stop: StopSignal,
    _ log: MetricRouter.Log
  ) throws(CommandFailure) -> StatusServer? {
    do {
      return try StatusServer.start(configuration, status: status, jobs: index, stop: stop, log: log)
    } catch {
      throw ConfiguredSetup.failure(error)
    }
  }

  /// Keeps the service manager informed, where there is one that wants to be.
  private static func startNotifying(_ status: RouterStatus, _ log: MetricRouter.Log, _ context: CommandContext) {
    do {
      guard let notification = try ServiceNotification(environment: context.environment) else { return }
      ServiceNotifier.start(notification, status, log)
    } catch {
      log.warning("the service manager cannot be told how the router gets on", [.error: error.description])
    }
  }

  /// What ends the service, as the shell sees it.
  static func failure(_ error: RouterError) -> CommandFailure {
    let code: ExitCode =
      switch error {
      case .configuration, .ownTopic: .configuration
      case .deadLetterTopic, .group, .transactionalID, .access: .refused
      case .conservation: .internalError
      }
    return CommandFailure(code, error.description)
  }
}
