internal import Wording

extension ConfigurationKey {
  /// Every key of `router.yaml`, in the order in which the documentation and the example show them.
  public static let all: [ConfigurationKey] =
    kafkaKeys + rowKeys + topicKeys + identityKeys + jobKeys + accessKeys
    + httpKeys + logKeys

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
        _FILE at its end, the variable names a file that holds the value. Paths of ssl.*.location and \
        sasl.kerberos.keytab start, like all others, at the directory of router.yaml. For sasl.mechanism: \
        OAUTHBEARER, sasl.oauthbearer.token says where tokens come from: {file: PATH} is a file that somebody keeps \
        up to date, {command: COMMAND} is run by /bin/sh and prints a token within 30 seconds. A token is a JSON \
        Web Token with the claim exp; the next one is fetched when four fifths of its life are over, and after a \
        failure every 10 seconds. Their variables are ROUTER_KAFKA_SASL_OAUTHBEARER_TOKEN_FILE and \
        ..._TOKEN_COMMAND. Where librdkafka is built with OpenID Connect (Debian 12's is not), \
        sasl.oauthbearer.method: oidc works as well. Properties on which the promises of the router rest, such as \
        enable.auto.commit, are refused with the reason.
        """,
      valuesToCome: [], isList: false, meaning: .kafkaProperties)
  ]

  private static let rowKeys: [ConfigurationKey] = [
    .setting(
      "group",
      .plainText("the name of a consumer group") { name in
        if name.isEmpty { return "a group needs a name; remove the key for the default" }
        if let user = UserAccess.userWhoseGroup(includes: name) {
          return
            "the group \(quoted(name)) would be one of the user \(quoted("\(user)")), who could take its partitions"
            + " away from the router; name a group without a dot"
        }
        return name.utf8.count > 200 ? "\(quoted(name)) is too long: use at most 200 bytes" : nil
      }, \.group,
      example: "ldms-router-test",
      """
      The consumer group. Routers of the same group share the partitions of the input topics, and Kafka keeps the \
      offsets that were reached under this name: with another name the router starts at the beginning of the rows that \
      Kafka still has. Groups that begin with the name of a user and a dot are that user's, so such a name is refused, \
      whoever gives users their rights.
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
      store_kafka; for stores that put more into the name of a topic, identity.topic says how they are called. An \
      entry that begins with ^ is a POSIX extended regular expression; new topics that match are found within \
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
    .setting(
      "topics.new-per-minute", .integer(1...1_000_000), \.topics.newPerMinute,
      example: "2000",
      """
      How many new topics, of users and jobs together, this router makes in a minute, and at once after a quiet minute. \
      Names come from rows, so whoever sends rows can invent them. Rows of further names go to the dead-letter topic as \
      too-many-new-names until there is room again; topics that exist never wait for it.
      """),
    .setting(
      "topics.new-per-user", .integer(1...1_000_000), \.topics.newPerUser,
      example: "500",
      """
      How many of them may belong to one user, so that nobody uses up what belongs to others. Choose more than the \
      largest job array of which all jobs start within a minute.
      """),
    .setting(
      "topics.max-users", .integer(1...200_000), \.topics.maxUsers,
      example: "2000",
      """
      How many users may have a topic: those that exist count, whoever made them. Rows of further users go to the \
      dead-letter topic as too-many-new-names. 'router topics prune' deletes topics that nobody needs.
      """),
  ]

  private static let identityKeys: [ConfigurationKey] = [
    .setting(
      "identity.producers",
      .list(
        "a list of templates for producer names",
        of: .text("a template such as \"{user}:{job}:{node}\"") { template in
          template.isEmpty ? "a template must not be empty" : nil
        }, allowsSingle: true), \.identity.producers,
      example: "[\"{user}:{job}:{node}\", \"{user}-{node}\"]",
      """
      How user, job and node are written in the names of LDMS producers: a list of templates, tried in order. The \
      default cannot be misread, since no user's name contains a colon. A template such as {user}-{node}, in which a \
      character that names may contain separates user and node, needs identity.nodes and fits only producers whose \
      node is listed there. Rows that no template fits, or that can be read in two ways, go to the dead-letter topic.
      """),
    .setting(
      "identity.nodes", .text("a Slurm hostlist"), \.identity.nodes,
      example: "\"c[1-128],gpu[01-16]\"",
      """
      The names of all nodes that run a sampler, as a Slurm hostlist, written as producers name them. A producer \
      that is one of them, in its short or its full form (c1, c1.example.org), is a host and never a user: its rows \
      go where their job's number leads. With the list, a producer such as jean-luc-c2 can be read by \
      {user}-{node}: only one of the possible nodes exists.
      """),
    .setting(
      "identity.topic", .text("a pattern such as \"ldms.{schema}\""), \.identity.topic,
      example: "\"ldms.{schema}.{producer}\"",
      """
      A pattern for the names of input topics, for stores that put more into them than the row schema's name. \
      "ldms.{schema}" is for store_avro_kafka with topic=ldms.%S; the rows' own columns say whose they are. \
      "ldms.{schema}.{producer}" (topic=ldms.%S.%P) takes the producer from the topic's name where the rows do not \
      have it. {any} stands for a part that need not be read. Where inputs is empty, the topics are those that the \
      pattern makes of the row schemas of the decomposition: ldms.meminfo, or a regular expression. If the pattern is \
      empty, each row schema has the topic of its own name.
      """),
    .setting(
      "identity.users",
      .list(
        "any, system, or a list of users",
        of: .text("any, system, or the name of a user") { $0.isEmpty ? "a user's name must not be empty" : nil },
        allowsSingle: true, complaint: UserRule.complaint), \.identity.users,
      example: "system",
      """
      Which users may have topics. any: whoever a producer's name says. system: users that the machine of the router \
      knows (getent passwd, so whatever /etc/nsswitch.conf names); answers are remembered for 10 minutes, 1 minute for \
      a user that does not exist, and while the database does not answer, rows of new users wait. A list names them. Rows \
      of others go to the dead-letter topic as unknown-user.
      """),
  ]

  private static let jobKeys: [ConfigurationKey] = [
    .setting(
      "jobs.silent-after", .duration(.seconds(1) ... .seconds(86_400)), \.jobs.silentAfter,
      example: "30s",
      """
      After how long without a row a node of a job counts as silent in the index, and a job of which no node sends rows. \
      Choose more than the longest interval of your samplers and than a restart of the aggregator takes. Time is that of \
      the rows: while a backlog is read, nothing becomes silent that was not.
      """),
    .setting(
      "jobs.ended-after", .duration(.seconds(1) ... .seconds(86_400 * 7)), \.jobs.endedAfter,
      example: "10m",
      """
      After how long without a row from any of its nodes a job counts as ended, in the index and for its topic, which \
      then gets a last message that says so, with the header event: job-ended. Time counts only while the router keeps up \
      with its input: a backlog ends no job. Choose more than jobs.silent-after; a job whose rows come again after all \
      goes on in the same topic. It needs the right READ on the topics of users, to see what their last message is.
      """),
    .setting(
      "jobs.keep-ended", .duration(.seconds(0) ... .seconds(86_400 * 30)), \.jobs.keepEnded,
      example: "7d", "How long an ended job stays in the index."),
    .setting(
      "jobs.events",
      .list(
        "the name of a topic, or a list of them",
        of: .text("the name of a topic", complaint: TopicNameRule.eventsComplaint), allowsSingle: true,
        allowsEmpty: true), \.jobs.events,
      example: "[hpc, hpc-job-start]",
      """
      The topics of Slurm's jobcomp/kafka plugin. Slurm writes a message at the end of each job to the topic \
      <ClusterName> and, since 25.05 with enable_job_start, one at its start to <ClusterName>-job-start, unless its \
      JobCompParams name others; list both. The index then knows from Slurm itself when jobs start and end, their names, \
      accounts and partitions. The order in which the messages are read does not matter. Each router reads the topics \
      from their beginning, without a group; it needs READ permission on them.
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
      How many jobs may have a topic at a time: topics that exist count, written or not, until jobs.topic-ttl deletes \
      them. Rows of further jobs go to their users' topics alone, which is logged; they get a topic when there is room \
      again. What a cluster bears: some thousand partitions a broker.
      """),
    .setting(
      "jobs.columns",
      .list(
        "a list of columns of rows",
        of: .text("a column such as loadavg/load1min", complaint: JobColumn.complaint), allowsEmpty: true,
        complaint: JobColumns.complaint), \.jobs.columns,
      example: "[loadavg/load1min, \"rate(netdev/rx_bytes{name=ib0})\"]",
      """
      The columns whose last values the index keeps of each job and node, at most 8. Each is written SCHEMA/COLUMN. \
      SCHEMA is the name of a row schema, or what it begins with before a character that is no letter or digit: loadavg \
      means loadavg_s and loadavg_8be3781, too. COLUMN is the name that the column has in the rows, or the metric that \
      it comes from: user means cpu_list[user], too. Where a sampler makes several rows, one for each CPU or device, \
      {COLUMN=VALUE} behind it chooses one by a column that is a text. rate(...) around it keeps by how much it grows \
      in a second. Values are kept where the decomposition declares the columns (static), not from as_is rows.
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

  private static let httpKeys: [ConfigurationKey] = [
    .setting(
      "http.listen", .text("an IP address and a port, or off", complaint: Configuration.HTTP.complaint(aboutListen:)),
      \.http.listen,
      example: "\"0.0.0.0:9464\"",
      """
      Where the router serves its health (/livez and /readyz), its metrics for Prometheus (/metrics) and what it does for \
      users and jobs (/v1/...). In the default, programs on this machine alone can connect: whoever can sees the jobs of \
      all users. 0.0.0.0 stands for all networks of the machine, [::] for those of IPv6 as well; with either, set \
      http.token-file. Port 0 takes any that is free, which the log tells; two routers on one machine need different \
      ports. off serves nothing. On a loopback address without a token, requests are answered only under the names \
      localhost, 127.0.0.1 and [::1], so that no web page can read them through the browser of somebody on this machine; \
      a proxy has to send one of these as Host. Forwarding by ssh -L or kubectl port-forward does.
      """),
    .setting(
      "http.token-file", .text("the path of a file, or \"\" for no token"), \.http.tokenFile,
      example: "/etc/ldms-router/http-token",
      """
      A file with a token of at least 16 characters on one line, as openssl rand -hex 32 makes it. Clients have to send \
      it as Authorization: Bearer TOKEN; health alone is answered without. The file must not be open to every user of \
      the machine. It is read at the start. The token is not encrypted on its way: over networks that are not trusted, \
      put a proxy with TLS in front. If it is empty, no token is needed. A relative path starts at the directory of \
      router.yaml.
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
}
