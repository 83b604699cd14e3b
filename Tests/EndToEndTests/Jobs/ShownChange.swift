/// A change of a job's state, as `/v1/events` tells it.
struct ShownChange: Decodable {
  var user: String
  var job: String
  var state: String
  var reason: String
  var time: String
}
