internal import Access
internal import Jobs
internal import Logging
internal import MetricRouter
internal import RouterConfiguration
internal import Runtime
internal import Topics

/// `router run`: the service.
enum RunCommand {
  static let command = Command(
    name: "run",
    abstract: "Route the rows of the input topics until stopped",
    discussion: """
      Reads rows that LDMS stored into Kafka and sends each, byte for byte, to the topics of its user and its job. A row \
      without a clear owner goes to the dead-letter topic, with the reason. The router commits an offset only after every \
      row before it has arrived. When a job has ended, the router writes a last message to its topic, and later deletes \
      the topic (jobs in router.yaml).

      The log goes to standard error. On SIGTERM or SIGINT, the router drains the rows under way, commits, leaves the \
      consumer group and exits within ten seconds; a second signal ends it at once. SIGHUP, SIGUSR1 and SIGUSR2 are \
      logged and change nothing: a new configuration needs a restart. A router that was started from a terminal also \
      stops when the terminal is closed. The router waits for brokers that are down.

      Unless http.listen in router.yaml says otherwise, http://127.0.0.1:9464 serves /livez, /readyz, /metrics for \
      Prometheus, /v1/jobs, /v1/topics, and a page that shows the jobs as they run. Two routers on one machine need \
      different ports.

      An environment variable can set any key of router.yaml: ROUTER_TOPICS_PREFIX sets topics.prefix.
      """,
    options: [SharedOptions.config],
    examples: [
      CommandExample("router run --config /etc/ldms-router/router.yaml", "Start as a service manager does."),
      CommandExample(
        "ROUTER_KAFKA_BOOTSTRAP_SERVERS=broker:29092 router run",
        "Use the defaults, and the broker from the environment."),
    ],
    exits: [
      CommandExit(.inputMissing, "A configuration file cannot be read (yet)."),
      CommandExit(.temporary, "The address of http.listen is in use, or not available yet."),
      CommandExit(.refused, "The router lacks a permission that it requires."),
      CommandExit(.configuration, "The configuration, or a file that it names, is wrong."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, if --config is not given."),
      EnvironmentVariable("NOTIFY_SOCKET", "Set by systemd for Type=notify: the socket to notify when ready."),
      EnvironmentVariable("ROUTER_...", "Any key of the configuration; 'router check' shows the result."),
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
    let index = JobIndex(setup.settings.jobIndex)
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
    let jobs = JobIndexService.start(setup.settings.jobIndex, feed: feed, index: index, creator: indexCreator, log: log)
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
    _ configuration: RouterConfiguration.Configuration.HTTP, _ status: RouterStatus, _ index: JobIndex,
    _ stop: StopSignal,
    _ log: Log
  ) throws(CommandFailure) -> StatusServer? {
    do {
      return try StatusServer.start(configuration, status: status, jobs: index, stop: stop, log: log)
    } catch {
      throw ConfiguredSetup.failure(error)
    }
  }

  /// Keeps the service manager informed, where there is one that wants to be.
  private static func startNotifying(_ status: RouterStatus, _ log: Log, _ context: CommandContext) {
    do {
      guard let notification = try ServiceNotification(environment: context.environment) else { return }
      ServiceNotifier.start(notification, status, log)
    } catch {
      log.warning("cannot notify the service manager", [.error: error.description])
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
