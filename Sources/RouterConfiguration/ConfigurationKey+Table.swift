internal import Access
internal import ConfigurationFiles
internal import Jobs
internal import Logging
internal import Naming
internal import Topics
internal import Wording

extension ConfigurationKey {
  /// Every key of `router.yaml`, in the order in which the documentation and the example show them.
  public static let all: [ConfigurationKey] =
    kafkaKeys + rowKeys + topicKeys + identityKeys + jobKeys + accessKeys
    + httpKeys + logKeys

  private static let kafkaKeys: [ConfigurationKey] = [
    ConfigurationKey(
      path: "kafka", expectation: "a mapping of librdkafka's properties",
      defaultValue: "{bootstrap.servers: \"localhost:9092\"}",
      example: "{bootstrap.servers: \"kafka1:9093,kafka2:9093\", security.protocol: ssl}",
      documentation: """
        How to reach Kafka: any librdkafka property, by its own name and with its own meaning. Properties below consumer \
        and producer apply to one side only and override the common ones. A value is a text or a number, passed on as \
        written. To keep a secret out of this file, write {file: PATH} for the contents of a file without a final line \
        break, or {env: NAME} for an environment variable. Each property has an environment variable: ROUTER_KAFKA_ and \
        its name in upper case with _ for every dot (ROUTER_KAFKA_BOOTSTRAP_SERVERS, \
        ROUTER_KAFKA_CONSUMER_FETCH_MIN_BYTES); with _FILE at its end, the variable names a file that holds the value. \
        Paths of ssl.*.location and sasl.kerberos.keytab, like all others, are relative to the directory of router.yaml. \
        For sasl.mechanism: OAUTHBEARER, sasl.oauthbearer.token names the source of tokens: {file: PATH} is a file that \
        another program keeps up to date, {command: COMMAND} runs a command with /bin/sh that prints a token within 30 \
        seconds. A token is a JSON Web Token with the claim exp. The router fetches the next token after four fifths of \
        its lifetime, and every 10 seconds after a failure. The environment variables are \
        ROUTER_KAFKA_SASL_OAUTHBEARER_TOKEN_FILE and ..._TOKEN_COMMAND. If librdkafka is built with OpenID Connect \
        (Debian 12's is not), sasl.oauthbearer.method: oidc works as well. Properties that the router's guarantees depend \
        on, such as enable.auto.commit, are rejected with the reason.
        """,
      isList: false, meaning: .kafkaProperties)
  ]

  private static let rowKeys: [ConfigurationKey] = [
    .setting(
      "group",
      .plainText("the name of a consumer group") { name in
        if name.isEmpty { return "a group needs a name; remove the key for the default" }
        if let user = UserAccess.userWhoseGroup(includes: name) {
          return
            "the group \(quoted(name)) would belong to the user \(quoted("\(user)")), who could take its partitions"
            + " away from the router; name a group without a dot"
        }
        return name.utf8.count > 200 ? "\(quoted(name)) is too long: use at most 200 bytes" : nil
      }, \.group,
      example: "ldms-router-test",
      """
      The consumer group. Routers of the same group share the partitions of the input topics, and Kafka stores their \
      committed offsets under this name: with another name, the router starts with the oldest rows that Kafka still has. \
      Groups that begin with a user name and a dot belong to that user, so such a name is rejected, whatever acl says.
      """),
    .setting(
      "instance",
      .plainText("a name of letters, digits and . _ -, or \"\" for the host name") { name in
        name.isEmpty ? nil : TopicNameRule.validationError(name)
      }, \.instance, defaultValue: "the host's name",
      example: "router-2",
      """
      The name of this router in its group, different for each running router. If it stays the same over a restart \
      (group.instance.id), a restarted router gets its partitions back at once. Containers should set it, because their \
      host name changes.
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
      The decomp.json files of the LDMS aggregator: the same files, because they declare the columns of the rows. One \
      path, or a list if the aggregator has several storage policies. Relative paths start at the directory of \
      router.yaml.
      """),
    .setting(
      "inputs",
      .list(
        "a list of topics",
        of: .text("the name of a topic, or a regular expression that begins with ^") { name in
          name.hasPrefix("^") ? TopicNameRule.patternError(name) : TopicNameRule.validationError(name)
        }, allowsEmpty: true), \.inputs,
      example: "[meminfo, \"^procstat2_[0-9a-f]{7}$\"]",
      """
      The topics to read. An empty list means the topics that the decomposition names, which is right for store_kafka. \
      For stores that put more into topic names, identity.topic is their pattern. A topic in the list that is not named after a row \
      schema may hold rows of all row schemas (store_avro_kafka with topic=ldms): the router recognizes each row by its columns. So \
      may the topics of a regular expression that matches no row schema's topic. An entry that begins with ^ is a POSIX \
      extended regular expression; new matching topics are found within topic.metadata.refresh.interval.ms, 30 seconds \
      unless set below kafka. In the environment, commas separate the entries, so an entry cannot contain a comma. Topics \
      that the router writes cannot be inputs.
      """),
    .setting(
      "delivery", .choice(Configuration.Delivery.self), \.delivery,
      example: "exactly-once",
      """
      The delivery guarantee. at-least-once: the router commits an offset only after Kafka has acknowledged every row \
      before it, so no row is lost; after a crash, the last rows may arrive twice, with the same key. exactly-once: the \
      router writes rows and offsets in transactions, and consumers that read committed rows (isolation.level: \
      read_committed) see each row once, whatever fails. This costs more for every active topic, and a topic that rejects \
      rows delays all others for a moment: use it with up to some hundreds of active jobs. It needs WRITE permission on \
      transactional ids that begin with the group name and a dash.
      """),
    .setting(
      "producers", .located(.integer(1...64, words: ["auto": 0])), \.producers,
      example: "8",
      """
      The number of producers that share the output topics. auto: one for every few hundred topics that are written; the \
      router opens producers as topics come and closes them as topics go. delivery: exactly-once uses one, because a \
      transaction belongs to one producer. Unless linger.ms is set below kafka, the router also chooses how long rows wait \
      for others of the same topic: 50 ms, up to 200 ms with thousands of topics, and up to 1 s while it catches up.
      """),
  ]

  private static let topicKeys: [ConfigurationKey] = [
    .setting(
      "topics.prefix",
      .text("the first part of the topic names", validationError: TopicNameRule.prefixError), \.topics.prefix,
      example: "cluster1",
      """
      The first part of the name of every topic that the router writes: ldms gives ldms.user.alice.rows. Letters, \
      digits, - and dots. Change it only before the first row: users' ACLs in Kafka refer to these names.
      """),
    .setting(
      "topics.directory",
      .text("the path of a directory") { $0.isEmpty ? "a path must not be empty" : nil }, \.topics.directory,
      example: "/etc/ldms-router/topics",
      """
      The directory with the topic declarations: user.yaml, job.yaml, dead-letter.yaml, waiting.yaml, job-index.yaml and \
      inputs.yaml declare partitions, retention and other settings of each kind of topic. A relative path starts at the \
      directory of router.yaml.
      """),
    .setting(
      "topics.new-per-minute", .integer(1...1_000_000), \.topics.newPerMinute,
      example: "2000",
      """
      How many topics, of users and jobs together, this router creates per minute, and at once after a quiet minute. \
      Names come from rows, so anyone who sends rows can invent them. Rows of further names go to the dead-letter topic \
      as too-many-new-names until the limit allows more; existing topics are never affected.
      """),
    .setting(
      "topics.new-per-user", .integer(1...1_000_000), \.topics.newPerUser,
      example: "500",
      """
      How many of these topics can belong to one user, so that no user exhausts the limit for others. Choose more than \
      the largest job array whose jobs all start within a minute.
      """),
    .setting(
      "topics.max-users", .integer(1...200_000), \.topics.maxUsers,
      example: "2000",
      """
      How many users can have a topic; all existing topics count, whoever created them. Rows of further users go to the \
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
      Templates for user, job and node in the names of LDMS producers, tried in order. The default is unambiguous, \
      because a user name cannot contain a colon. {node} is for samplers that are named after their host: their rows belong to \
      the owner of the job. A template such as {user}-{node}, whose separator can also be part of a \
      name, or {user}:{node}, which would read the host:port of an unnamed daemon as a user, needs identity.nodes and \
      matches only producers whose node is listed there. Rows whose producer matches no template, or has more than one \
      reading, go to the dead-letter topic.
      """),
    .setting(
      "identity.nodes", .text("a Slurm hostlist"), \.identity.nodes,
      example: "\"c[1-128],gpu[01-16]\"",
      """
      All nodes that run a sampler, as a Slurm hostlist, written as in the producer names. A producer that is one of \
      them, in its short or full form (c1, c1.example.org), is a host and never a user: its rows are routed by their job \
      number. With the list, {user}-{node} can read a producer such as jean-luc-c2, because only one of the possible nodes \
      exists.
      """),
    .setting(
      "identity.topic", .text("a pattern such as \"ldms.{schema}\""), \.identity.topic,
      example: "\"ldms.{schema}.{producer}\"",
      """
      A pattern for the names of input topics, for stores that put more into them than the name of the row schema. \
      "ldms.{schema}" is for store_avro_kafka with topic=ldms.%S; the columns of the rows name the owner. \
      "ldms.{schema}.{producer}" (topic=ldms.%S.%P) takes the producer from the topic name if the rows do not have it. \
      {any} stands for a part to ignore. If inputs is empty, the pattern and the row schemas of the decomposition yield \
      the topics: ldms.meminfo, or a regular expression. With an empty pattern, each row schema has the topic of its own \
      name.
      """),
    .setting(
      "identity.instances",
      .list(
        "a list of templates for the names of metric sets",
        of: .text("a template such as \"{node}/{any}-{job}\"") { template in
          template.isEmpty ? "a template must not be empty" : nil
        }, allowsSingle: true, allowsEmpty: true), \.identity.instances,
      example: "\"{node}/{any}-{job}\"",
      """
      Templates for the names of metric sets (the column instance) that hold the number of the job, tried in order: \
      {node}/{any}-{job} for LDMS's sampler policy, which names them c1/sp0-meminfo-1201. The number in the name takes \
      precedence over identity.job, because a column holds the number of the last job on the node. Names that fit no template, or fit in several \
      ways, say nothing.
      """),
    .setting(
      "identity.job",
      .list(
        "a list of metrics",
        of: .text("the name of a metric") { $0.isEmpty ? "a name must not be empty" : nil }, allowsSingle: true),
      \.identity.job,
      example: "[component_id, job_id]",
      """
      The metrics that hold the number of a row's Slurm job, by their names in LDMS (src in the decomposition); the first \
      that is not 0 counts. Some sites set component_id to the job: it then says nothing about the node. Rows without a user \
      belong to the owner of this job, as jobs.events and identity.owners name it.
      """),
    .setting(
      "identity.owner-wait", .duration(.seconds(0) ... .seconds(3600)), \.identity.ownerWait,
      example: "2m",
      """
      How long a row waits if the owner of its job is not known yet: the first rows of a job can be seconds ahead of the message that \
      names its owner. Waiting rows are stored in <prefix>.router.waiting and delay no others. After that time they go to \
      the dead-letter topic as unknown-job, and so do further rows of that job; 'router redrive' resends them once the owner \
      is known. 0 s: rows do not wait.
      """),
    .setting(
      "identity.users",
      .list(
        "any, system, or a list of users",
        of: .text("any, system, or the name of a user") { $0.isEmpty ? "a user's name must not be empty" : nil },
        allowsSingle: true, validationError: UserRule.validationError), \.identity.users,
      example: "system",
      """
      The users that can have topics. any: every user in a producer name. system: users that the router's machine knows \
      (getent passwd, and so the sources in /etc/nsswitch.conf); answers are cached for 10 minutes, or 1 minute for a user \
      that does not exist, and rows of new users wait while the database does not answer. Otherwise a list of users. Rows \
      of other users go to the dead-letter topic as unknown-user.
      """),
    .setting(
      "identity.owners", .ownerRules, \.identity.owners,
      example: "[{schema: slurm_jobs, job: job_id, uid: job_uid, host: hostname}]",
      """
      Row schemas that name the owner of a job number, for rows that carry only a job number. For each, name the columns that hold \
      the job number (job), its user as a number (uid) or a name (user), and, if there is one, the host. start and end name \
      columns with the times of the job, in seconds since 1970; by default, LDMS's job_start and job_end are used. A row \
      without such times proves the owner for one minute before and after its own time. when: "component_id = job_id" limits the \
      rows that count to those where two columns are equal; a number can replace the second column, and != the equals sign. \
      Rows of job 0 never count. For example, {schema: slurm_jobs, job: job_id, uid: job_uid, host: hostname} is for \
      slurm_sampler2, and {schema: jobid, job: job_id, user: username, host: hostname} for the sampler jobid. Whoever can \
      write such rows decides who reads the rows of a job. The column user of slurm_sampler2 is rejected, because it comes from the \
      environment of the user's own srun. If two sources name different users for a job at the same time, nobody gets its \
      rows. Slurm's messages (jobs.events) always count. In the environment, the value is a list in YAML's flow style.
      """),
    .setting(
      "identity.user-ids",
      .text("system, or the path of a file in the format of passwd(5)") {
        $0.isEmpty ? "a path must not be empty" : nil
      },
      \.identity.userIDs,
      example: "/etc/ldms-router/passwd",
      """
      Where the names of users are found by the numbers in a uid column of identity.owners. system: the user database of the \
      router's machine (getent passwd). Otherwise a file such as the output of getent passwd on a node of the cluster; it is \
      read again when it changes. A relative path starts at the directory of router.yaml. Jobs of users that are not found \
      have no owner.
      """),
    .setting(
      "identity.by-node", .switchable(on: Configuration.Identity.ByNode.exclusive, off: .off), \.identity.byNode,
      example: "exclusive",
      """
      What happens to rows without a job number, or with 0. off: they are unassigned: counted, and not copied. exclusive: such a \
      row belongs to the job that ran on its host at its time, if Slurm's messages (jobs.events) show exactly one job there, \
      and no job of another user within 5 seconds. These rows wait until the messages have been read up to 20 seconds after \
      their time. Choose it only if jobs do not share nodes, the clocks of the nodes are right, and no message of Slurm's gets \
      lost: a job without a recorded end still owns its node.
      """),
    .setting(
      "identity.shared-nodes", .choice(Configuration.Identity.SharedNodes.self), \.identity.sharedNodes,
      example: "route",
      """
      What happens to rows with a job number from a node that jobs of several users shared at that time. LDMS gives all rows of \
      a node the number of its last job, and their values describe the whole node. withhold: nobody gets them; they are counted. \
      route: the user with that job number gets them. Rows of samplers that are named after their user and job are not \
      affected.
      """),
  ]

  private static let jobKeys: [ConfigurationKey] = [
    .setting(
      "jobs.silent-after", .duration(.seconds(1) ... .seconds(86_400)), \.jobs.silentAfter,
      example: "30s",
      """
      A node of a job is silent in the job index after this time without a row, and a job when all its nodes are. Choose \
      more than the longest interval of your samplers and the duration of an aggregator restart. Time is the time of the \
      rows: nothing becomes silent because a backlog is being read.
      """),
    .setting(
      "jobs.ended-after", .duration(.seconds(1) ... .seconds(86_400 * 7)), \.jobs.endedAfter,
      example: "10m",
      """
      A job has ended after this time without a row from any of its nodes, in the index and for its topic, which then gets \
      a last message with the header event: job-ended. Time counts only while the router keeps up with its input: a \
      backlog ends no job. Choose more than jobs.silent-after. If rows of the job arrive again, it continues in the same \
      topic. The router needs READ permission on the topics of users, to see their last message.
      """),
    .setting(
      "jobs.keep-ended", .duration(.seconds(0) ... .seconds(86_400 * 30)), \.jobs.keepEnded,
      example: "7d", "How long an ended job stays in the index."),
    .setting(
      "jobs.events",
      .list(
        "the name of a topic, or a list of them",
        of: .text("the name of a topic", validationError: TopicNameRule.eventsError), allowsSingle: true,
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
      How long the topic of a job is kept after the message that the job has ended; then the router deletes it with its \
      rows. 0s: topics are never deleted, except by hand with 'router topics prune'. The rows of the job stay in the user's \
      topic for its own retention. One of several routers deletes the topics. It needs DELETE permission on the topics of \
      users.
      """),
    .setting(
      "jobs.max-topics", .integer(1...200_000), \.jobs.maxTopics,
      example: "2000",
      """
      How many jobs can have a topic at a time; all existing job topics count, including idle ones, until jobs.topic-ttl \
      deletes them. Rows of further jobs go only to their users' topics, which is logged; these jobs get a topic when there \
      is room again. A cluster can handle some thousand partitions per broker.
      """),
    .setting(
      "jobs.columns",
      .list(
        "a list of columns of rows",
        of: .text("a column such as loadavg/load1min", validationError: JobColumn.validationError), allowsEmpty: true,
        validationError: JobColumns.validationError), \.jobs.columns,
      example: "[loadavg/load1min, \"rate(netdev/rx_bytes{name=ib0})\"]",
      """
      The columns whose last values the index keeps for each job and node, at most 8. Each is written SCHEMA/COLUMN. \
      SCHEMA is the name of a row schema, or its beginning up to a character that is not a letter or digit: loadavg also \
      means loadavg_s and loadavg_8be3781. COLUMN is the name of the column in the rows, or of the metric that it comes \
      from: user also means cpu_list[user]. If a sampler makes several rows, one for each CPU or device, {COLUMN=VALUE} \
      after it selects one by the value of a text column. rate(...) around it keeps the growth per second. Values come \
      from declared columns (static), not from as_is rows.
      """),
  ]

  private static let accessKeys: [ConfigurationKey] = [
    .setting(
      "acl", .switchable(on: AccessMode.on, off: .off), \.acl,
      example: "on",
      """
      Whether the router grants users permission to read their topics. on: with the first topic of a user, it creates two \
      ACLs, READ on topics that begin with ldms.user.<user>. and READ on consumer groups that begin with <user>., with the \
      name as in topic names. If it is not allowed to, it logs this and continues to route; router acl --user prints the \
      commands for an administrator. required: the router also does not start if the ACLs would have no effect: the \
      brokers have no authorizer, allow everything that no ACL covers, or deny the router this permission. Both need ALTER \
      permission on the cluster, with which the router could grant any permission to anybody; hence the default, off.
      """),
    .setting(
      "acl-principal",
      .text("a principal with {user} in it", validationError: PrincipalTemplate.validationError(aboutTemplate:)),
      \.aclPrincipal,
      example: "\"User:CN={user},OU=hpc\"",
      """
      The Kafka principal of a user, for acl and for router acl: {user} stands for the name in the rows. User:{user} is \
      right if users log in with their name on the cluster. With mutual TLS, it is the subject of their certificates, \
      unless ssl.principal.mapping.rules of the brokers maps it to something shorter.
      """),
  ]

  private static let httpKeys: [ConfigurationKey] = [
    .setting(
      "http.listen",
      .text("an IP address and a port, or off", validationError: Configuration.HTTP.validationError(aboutListen:)),
      \.http.listen,
      example: "\"0.0.0.0:9464\"",
      """
      The address that serves health (/livez and /readyz), metrics for Prometheus (/metrics), and the state of users and \
      jobs (/v1/...). By default, only programs on this machine can connect; all of them can see the jobs of all users. \
      0.0.0.0 stands for all networks of the machine, [::] for those of IPv6 as well; with either, set http.token-file. \
      Port 0 selects a free port and logs it; two routers on one machine need different ports. off serves nothing. On a \
      loopback address without a token, only requests for the hosts localhost, 127.0.0.1 and [::1] are answered, so that no \
      web page can read them through a browser on this machine; a proxy must send one of these as Host. ssh -L and kubectl \
      port-forward do.
      """),
    .setting(
      "http.token-file", .text("the path of a file, or \"\" for no token"), \.http.tokenFile,
      example: "/etc/ldms-router/http-token",
      """
      A file with a token of at least 16 characters on one line, for example from openssl rand -hex 32. Clients must send \
      it as Authorization: Bearer TOKEN; only the health paths need no token. The file must not be accessible to every \
      user of the machine. It is read at the start. The connection is not encrypted: on untrusted networks, use a proxy \
      with TLS. If the key is empty, no token is needed. A relative path starts at the directory of router.yaml.
      """),
  ]

  private static let logKeys: [ConfigurationKey] = [
    .setting(
      "log.level", .choice(Configuration.Log.Level.self), \.log.level,
      example: "debug",
      """
      The lowest level of messages that are logged: error, warning, info or debug. A healthy router is silent after its \
      start at every level but debug.
      """),
    .setting(
      "log.format", .choice(Configuration.Log.Format.self), \.log.format,
      example: "json",
      """
      The format of messages on standard error: text for people, or json with one object per line for a log collector.
      """),
  ]
}
