/// Rates and series: what is taken every few seconds.
extension JobLedger {
  /// Takes the rates of this router's rows, over the rows' time since it was last done.
  ///
  /// - Parameter time: up to when this router has read all rows; `nil` where it does not know.
  package mutating func takeRates(time: Int64?) {
    guard let time else { return }
    let own = instance
    for place in entries.indices where entries[place] != nil {
      edit(Int32(place)) { entry in
        guard let own = entry.shares.firstIndex(where: { $0.instance == own }) else { return }
        // The time of this router may be back where old rows are read: then there is no rate to take.
        if time < entry.rateTime - Self.backMilliseconds { entry.rateTime = 0 }
        let elapsed = time - entry.rateTime
        guard elapsed >= CounterMerger.rateMilliseconds else { return }
        let isFirst = entry.rateTime == 0
        for index in entry.shares[own].schemas.indices {
          let rows = entry.shares[own].schemas[index].rows
          if index == entry.rateRows.count { entry.rateRows.append(0) }
          let before = entry.rateRows[index]
          // Where counting only begins, nothing is known; that is not none at all.
          let isKnown = !isFirst && rows >= before
          entry.shares[own].schemas[index].rate = isKnown ? Float(Double(rows - before) * 1000 / Double(elapsed)) : nil
          entry.rateRows[index] = rows
        }
        entry.rateTime = time
      }
    }
  }

  /// Adds a point to the series of every job that has not ended.
  package mutating func takePoints(time: Int64) {
    for place in entries.indices where entries[place] != nil && entries[place]!.state != .ended {
      let (load, memory) = meaning(of: entries[place]!.shares)
      let shares = entries[place]!.shares
      let rate: Float = entries[place]!.state != .active ? 0 : shares.isRateKnown ? Float(shares.rate) : .nan
      edit(Int32(place)) { $0.series.append(time: time, rate: rate, load: load, memory: memory) }
    }
  }
}

extension JobSeries {
  package mutating func append(time: Int64, rate: Float, load: Double?, memory: Double?) {
    if rowsPerSecond.count >= Self.limit {
      rowsPerSecond.removeFirst()
      self.load.removeFirst()
      self.memory.removeFirst()
    }
    end = time
    rowsPerSecond.append(rate)
    self.load.append(load.map { Float($0) } ?? .nan)
    self.memory.append(memory.map { Float($0) } ?? .nan)
  }
}
