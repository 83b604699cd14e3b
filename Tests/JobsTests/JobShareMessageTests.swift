import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// What routers tell each other of jobs: written, read again, and read where an earlier router wrote it.
@Suite struct JobShareMessageTests {
  private static let key = JobKey(user: Name("alice"), job: Name("4711"))
  private static let names = ["loadavg/load1min", "rate(procstat2/user{name=cpu})"]

  private static var share: JobShare {
    var share = JobShare(key: key, instance: "one")
    share.schemas = [JobShare.Schema(name: "loadavg", rows: 7, bytes: 700, rate: 1.5)]
    share.nodes = [
      JobShare.Node(
        name: Name("c1"), component: 3, first: 1000, last: 9000, seen: 9500, values: [0.25, .nan], ended: 9999)
    ]
    share.delay = 420
    share.history = [JobChange(time: 1000, state: .active, reason: .rowsAgain)]
    var slurm = SlurmJob()
    (slurm.name, slurm.account, slurm.partition, slurm.nodeList) = ("wrf", "physics", "batch", "c[1-2]")
    (slurm.state, slurm.exitCode, slurm.started, slurm.ended) = ("COMPLETED", "0:0", 900, 9990)
    share.slurm = slurm
    share.isSlurmMessage = true
    return share
  }

  @Test func whatIsWrittenIsRead() throws {
    let message = Self.share.message(valueNames: Self.names)
    let read = try JobShare(message: message, key: Self.key, instance: "one", valueNames: Self.names)
    #expect(read.schemas == Self.share.schemas)
    #expect(read.slurm == Self.share.slurm && read.isSlurmMessage)
    #expect(read.history == Self.share.history && read.delay == 420)
    #expect(read.nodes.map(\.name) == [Name("c1")])
    #expect(read.nodes[0].values[0] == 0.25 && read.nodes[0].values[1].isNaN)
    #expect(read.nodes[0].ended == 9999 && read.nodes[0].component == 3 && read.nodes[0].seen == 9500)
  }

  /// Routers are replaced one by one, and the compacted topic keeps what those before them wrote.
  @Test func whatAnEarlierRouterWroteIsRead() throws {
    let message = """
      {"user":"alice","job":"4711","router":"one","state":"active",\
      "schemas":[{"name":"loadavg","rows":7,"bytes":700,"rate":1.5}],\
      "nodes":[{"node":"c1","first":1000,"last":9000,"seen":9500,"values":{"loadavg/load1min":0.25}}],"delay":420,\
      "history":[{"time":1000,"state":"active","reason":"rows-again"}],\
      "slurm":{"message":true,"name":"wrf","account":"physics","partition":"batch","nodeList":"c[1-2]",\
      "state":"COMPLETED","exitCode":"0:0","started":900,"ended":9990}}
      """
    let read = try JobShare(message: Array(message.utf8), key: Self.key, instance: "one", valueNames: Self.names)
    #expect(read.slurm == Self.share.slurm)
    #expect(read.history == Self.share.history)
  }

  @Test func namesAreInSnakeCase() {
    let document = String(decoding: Self.share.message(valueNames: Self.names), as: UTF8.self)
    #expect(JSONNames.inOtherStyle(document, except: ["values"]).isEmpty)
    let router = RouterClocks.Router(
      instance: "one", time: 1, isBehind: true, partitions: ["a/0"], assigned: 1, written: 2, difference: 3)
    #expect(JSONNames.inOtherStyle(String(decoding: router.message, as: UTF8.self)).isEmpty)
  }
}
