internal import Wording

extension ConfigurationKey {
  /// Every key of `router.yaml`, in the order in which the documentation and the example show them.
  public static let all: [ConfigurationKey] =
    kafkaKeys + rowKeys + topicKeys + identityKeys + jobKeys + accessKeys
    + logKeys + keysToCome

  private static let kafkaKeys: [ConfigurationKey] = [
    ConfigurationKey(
      path: "kafka", expectation: "a mapping of librdkafka's properties",
      standard: "{bootstrap.servers: \"localhost:9092\"}",
      example: "{bootstrap.servers: \"kafka1:9093,kafka2:9093\", security.protocol: ssl}",
      documentation: """
        How to reach Kafka: any property of librdkafka, by its own name and with its own meaning. The mappings \
        consumer and producer below it hold properties for one side only, which go before the common ones. A value is \
        a text or a number and is handed on as it is written; a secret is better kept out of this file, as \
        {file: PATH}, which takes the contents of a file without a line break at its end, or as {env: NAME}, which \
        takes another environment variable. A property has the environment variable ROUTER_KAFKA_ and its name in \
        upper case with _ for every dot (ROUTER_KAFKA_BOOTSTRAP_SERVERS, ROUTER_KAFKA_CONSUMER_FETCH_MIN_BYTES); with \
        _FILE at its end, the variable names a file that holds the value. Properties on which the promises of the \
        router rest, such as enable.auto.commit, are refused with the reason.
        """,
      valuesToCome: [], featureToCome: nil, isList: false, meaning: .kafkaProperties)
  ]

  private static let rowKeys: [ConfigurationKey] = [
    .setting(
      "group",
      .plainText("the name of a consumer group") { name in
        if name.isEmpty { return "a group needs a name; remove the key for the default" }
        return name.utf8.count > 200 ? "\(quoted(name)) is too long: use at most 200 bytes" : nil
      }, \.group,
      example: "ldms-router-test",
      """
      The consumer group. Routers of the same group share the partitions of the input topics, and Kafka keeps the \
      offsets that were reached under this name: with another name the router starts at the beginning of the rows that \
      Kafka still has.
      """),
    .setting(
      "instance",
      .plainText("a name of letters, digits and . _ -, or \"\" for the host's name") { name in
        name.isEmpty ? nil : TopicNameRule.complaint(name)
      }, \.instance, standard: "the host's name",
      example: "router-2",
      """
      The name of this router in its group, different for each that runs. It must stay the same over a restart \
      (group.instance.id): then a restarted router has its partitions back at once. Containers should set it, because \
      their host's name changes.
      """),
    .setting(
      "decomposition",
      .list(
        "the path of a file, or a list of them",
        of: .text("the path of a file") { path in
          path.isEmpty ? "a path must not be empty; name the decomp.json of the aggregator" : nil
        }, allowsSingle: true), \.decomposition,
      example: "[meminfo.json, slurm.json]",
      """
      The decomp.json files with which the LDMS aggregator stores rows; the same files, since they say which columns a \
      row has. One path, or a list of them where the aggregator has several storage policies. Relative paths start at \
      the directory of router.yaml.
      """),
    .setting(
      "inputs",
      .list(
        "a list of topics",
        of: .text("the name of a topic, or a regular expression that begins with ^") { name in
          name.hasPrefix("^") ? TopicNameRule.patternComplaint(name) : TopicNameRule.complaint(name)
        }, allowsEmpty: true), \.inputs,
      example: "[meminfo, \"^procstat2_[0-9a-f]{7}$\"]",
      """
      The topics to read. If the list is empty, these are the topics that the decomposition names, which is right for \
      store_kafka; stores that put more into the name of a topic need them listed. An entry that begins with ^ is a \
      POSIX extended regular expression; new topics that match are found within \
      topic.metadata.refresh.interval.ms, 30 seconds unless set below kafka. In the environment, entries are \
      separated by commas and hence cannot contain one. Topics that the router writes cannot be inputs.
      """),
    .setting(
      "delivery", .choice(Configuration.Delivery.self), \.delivery,
      example: "exactly-once",
      """
      What is promised when something fails. at-least-once: an offset is committed only when every row before it is \
      acknowledged by Kafka, so no row is lost; after a crash the last rows may come twice, recognisable by their key. \
      exactly-once: rows and offsets are written in transactions, and consumers that read committed rows \
      (isolation.level: read_committed) see each row once, whatever fails. It costs more for every active topic, and \
      one topic that refuses rows holds up all others for a moment: meant for sites with up to some hundreds of active \
      jobs. It needs the right WRITE on transactional ids that begin with the group's name and a dash.
      """),
    .setting(
      "producers", .located(.integer(1...64)), \.producers, valuesToCome: ["auto"],
      example: "4",
      """
      How many producers share the output topics. One is best up to some hundreds of active jobs; use 4 at a thousand \
      and 16 at ten thousand, with linger.ms of 50 to 200 below kafka.producer. With delivery: exactly-once there is \
      one, since a transaction belongs to one producer.
      """),
  ]

  private static let topicKeys: [ConfigurationKey] = [
    .setting(
      "topics.prefix",
      .text("the first part of the topics' names", complaint: TopicNameRule.prefixComplaint), \.topics.prefix,
      example: "cluster1",
      """
      The first part of the name of every topic that the router writes: ldms gives ldms.user.alice.rows. Letters, \
      digits, - and dots. Change it only before the first row: users' rights in Kafka are given to these names.
      """),
    .setting(
      "topics.directory",
      .text("the path of a directory") { $0.isEmpty ? "a path must not be empty" : nil }, \.topics.directory,
      example: "/etc/ldms-router/topics",
      """
      The directory with the declarations of the topics: user.yaml, job.yaml, dead-letter.yaml and inputs.yaml say how \
      many partitions each kind of topic has, how long rows are kept, and so on. A relative path starts at the \
      directory of router.yaml.
      """),
  ]

  private static let identityKeys: [ConfigurationKey] = [
    .setting(
      "identity.producers",
      .list(
        "a list of templates for producer names",
        of: .text("a template such as \"{user}-{node}\"") { template in
          template.isEmpty ? "a template must not be empty" : nil
        }, allowsSingle: true), \.identity.producers,
      example: "[\"{user}:{job}:{node}\"]",
      """
      How user, job and node are written in the names of LDMS producers: a list of templates, tried in order. In the \
      default, {user}:{job}:{node} cannot be misread, since no user's name contains a colon; {user}-{node} is \
      accepted only where there is exactly one way to read it (see identity.nodes). Rows that no template fits, or \
      that can be read in two ways, go to the dead-letter topic.
      """),
    .setting(
      "identity.nodes", .text("a Slurm hostlist"), \.identity.nodes,
      example: "\"c[1-128],gpu[01-16]\"",
      """
      The names of the compute nodes as a Slurm hostlist, the one of slurm.conf. With it, a producer such as \
      jean-luc-c2 can be read although it contains two dashes: only one of the possible nodes exists.
      """),
    .setting(
      "identity.topic", .text("a pattern such as \"ldms.{schema}.{producer}\""), \.identity.topic,
      example: "\"ldms.{schema}.{producer}\"",
      """
      A pattern for the names of input topics, for stores that put the producer there instead of into the rows \
      (store_avro_kafka with topic=ldms.%S.%P). If it is empty, topic names are not looked at.
      """),
  ]

  private static let jobKeys: [ConfigurationKey] = [
    .setting(
      "jobs.ended-after", .duration(.seconds(1) ... .seconds(86_400 * 7)), \.jobs.endedAfter,
      example: "30m",
      """
      After how long without a row from any of its nodes a job counts as ended. Its topic then gets a last message that \
      says so, with the header event: job-ended. Time counts only while the router keeps up with its input: a backlog \
      ends no job. Choose more than the longest interval of your samplers and than a restart of the aggregator takes; a \
      job whose rows come again after all goes on in the same topic. It needs the right READ on the topics of users, to \
      see what their last message is.
      """),
    .setting(
      "jobs.topic-ttl", .duration(.seconds(0) ... .seconds(86_400 * 30)), \.jobs.topicTTL,
      example: "7d",
      """
      How long the topic of a job is kept after the message that says that the job has ended; then the router deletes \
      it, rows included. 0s: topics are never deleted, and 'router topics prune' does it by hand. The rows of the job \
      stay in the user's topic as long as that keeps them. Of several routers one does the deleting. It needs the right \
      DELETE on the topics of users.
      """),
    .setting(
      "jobs.max-topics", .integer(1...200_000), \.jobs.maxTopics,
      example: "2000",
      """
      How many jobs may have a topic at a time, of those that had a row in the last hour. Rows of further jobs go to \
      their users' topics alone, which is logged; they get a topic when there is room again. What a cluster bears: some \
      thousand partitions a broker.
      """),
  ]

  private static let accessKeys: [ConfigurationKey] = [
    .setting(
      "acl", .switchable(on: Configuration.AccessMode.on, off: .off), \.acl,
      example: "on",
      """
      Whether the router gives users the right to read their topics. on: with the first topic of a user it makes two \
      ACLs, READ on topics that begin with ldms.user.<user>. and READ on consumer groups that begin with <user>., the \
      name written as in topics. Where it may not, it says so in the log and routes on; router acl --user prints the \
      commands for somebody who may. required: the router also refuses to start where that would be in vain: the \
      brokers have no authorizer, let everybody do what no ACL is about, or refuse it the right. Both need the right \
      ALTER on the cluster, with which the router could give anybody any right; hence the default, off.
      """),
    .setting(
      "acl-principal",
      .text("a principal with {user} in it", complaint: PrincipalTemplate.complaint(aboutTemplate:)), \.aclPrincipal,
      example: "\"User:CN={user},OU=hpc\"",
      """
      Who a user is to Kafka, for acl and for router acl: {user} stands for the name in the rows. User:{user} is right \
      where users log in under the name that they have on the cluster; with mutual TLS it is the subject of their \
      certificates, unless ssl.principal.mapping.rules of the brokers makes something shorter of it.
      """),
  ]

  private static let logKeys: [ConfigurationKey] = [
    .setting(
      "log.level", .choice(Configuration.Log.Level.self), \.log.level,
      example: "debug",
      """
      The least important messages that are written: error, warning, info or debug. A router without trouble is silent \
      after its start at every level but debug.
      """),
    .setting(
      "log.format", .choice(Configuration.Log.Format.self), \.log.format,
      example: "json",
      """
      How messages are written to standard error: text for people, or json with one object a line for a log collector.
      """),
  ]

  private static let keysToCome: [ConfigurationKey] = [
    .toCome(
      "jobs.silent-after", .duration(.seconds(1) ... .seconds(86_400)), standard: .seconds(15), feature: jobIndex,
      example: "30s", "After how long without a row a node of a job counts as silent."),
    .toCome(
      "jobs.keep-ended", .duration(.seconds(0) ... .seconds(86_400 * 30)), standard: .seconds(86_400),
      feature: jobIndex,
      example: "7d", "How long an ended job stays in the index."),
    .toCome(
      "jobs.events",
      .text("the name of a topic, or \"\"") { name in
        name.isEmpty ? nil : TopicNameRule.complaint(name)
      }, standard: Located(""), feature: "reading job events",
      example: "slurm.jobs", "A topic with messages of Slurm's jobcomp/kafka plugin, which say when jobs ended."),
    .toCome(
      "http.listen", .text("an address with its port"),
      standard: Located("127.0.0.1:9464"), feature: "the HTTP interface",
      example: "\"0.0.0.0:9464\"", "Where health, metrics and the job index are served."),
  ]

  private static let jobIndex = "the job index"
}
