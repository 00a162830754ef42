/// What rules matched where: a chain of results for each token. There are few rules to a token, and results are asked for
/// soon after they were found, so that walking a chain is cheaper than a large hash table (measured: a fifth of the time).
struct MatchMemo {
  private struct Entry {
    let rule: Int32
    let match: Diagnosis.Match
    /// Where the match ends; -1 for a failure.
    let end: Int32
    /// The entry before it for the same token, or -1.
    let next: Int32
  }

  private var entries: [Entry] = []
  private var heads: [Int32]

  init(tokenCount: Int) {
    heads = Array(repeating: -1, count: tokenCount)
  }

  mutating func removeAll() {
    if entries.isEmpty { return }
    entries.removeAll(keepingCapacity: entries.count < 4_096)
    for index in touched { heads[index] = -1 }
    touched = 0..<0
  }

  /// The tokens that have entries.
  private var touched = 0..<0

  func find(_ rule: Int32, at start: Int) -> (match: Diagnosis.Match?, end: Int)? {
    var index = heads[start]
    while index >= 0 {
      let entry = entries[Int(index)]
      if entry.rule == rule { return (entry.end < 0 ? nil : entry.match, Int(entry.end)) }
      index = entry.next
    }
    return nil
  }

  mutating func insert(_ rule: Int32, at start: Int, _ match: Diagnosis.Match?, end: Int) {
    entries.append(
      Entry(rule: rule, match: match ?? 0, end: match == nil ? -1 : Int32(end), next: heads[start]))
    heads[start] = Int32(entries.count - 1)
    touched = touched.isEmpty ? start..<start + 1 : min(touched.lowerBound, start)..<max(touched.upperBound, start + 1)
  }
}
