extension Recording {
  /// Reads the recording in that directory, all of it into memory.
  ///
  /// - Throws: `RecordingError` for whatever is missing, cut short or garbled, with the file and the line. A recording
  ///   is read whole or not at all: a row that is silently absent would look like one that the router lost.
  public static func read(directory: String) throws(RecordingError) -> Recording {
    let entries = try IndexEntry.read(file: directory + "/index.tsv")
    var topics: [String] = []
    var files: [PayloadFile] = []
    var places: [String: Int] = [:]
    var rows: [RecordedRow] = []
    rows.reserveCapacity(entries.count)
    for entry in entries {
      let place = places[entry.topic] ?? files.count
      if place == files.count {
        files.append(try PayloadFile(path: "\(directory)/\(entry.topic).jsonl"))
        topics.append(entry.topic)
        places[entry.topic] = place
      }
      rows.append(
        RecordedRow(
          topic: entry.topic, partition: entry.partition, offset: entry.offset, timestamp: entry.timestamp,
          payload: try files[place].next(entry)))
    }
    for file in files {
      try file.expectEnd()
    }
    let timelineFile = directory + "/timeline.tsv"
    let timeline = try RecordingFile.exists(timelineFile) ? TimelineEntry.read(file: timelineFile) : []
    return Recording(topics: topics, rows: rows, timeline: timeline)
  }
}
