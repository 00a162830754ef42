import PythonRuntime

/// What happened to each cell, found by its number, and each frame by its own.
struct LedgerIndex {
  let recording: Recording
  /// The places of each cell's events; and which of these lists is whose.
  private var lists: [[Int]] = []
  private var listNumbers: [Int32: Int] = [:]

  init(_ recording: Recording) {
    self.recording = recording
    // Mostly a cell's events follow one another.
    var last = (cell: Int32(-1), list: 0)
    for (place, record) in recording.ledger.enumerated() {
      if record.cell != last.cell {
        last = (record.cell, listNumbers[record.cell] ?? lists.count)
        if last.list == lists.count {
          listNumbers[record.cell] = last.list
          lists.append([])
        }
      }
      lists[last.list].append(place)
    }
  }

  var cells: [Int] { listNumbers.keys.sorted().map { Int($0) } }

  /// Frames are numbered from one on, as they are recorded.
  func frame(_ id: Int) -> FrameRecord? {
    recording.frames.indices.contains(id - 1) ? recording.frames[id - 1] : nil
  }

  /// The places of a cell's events in the ledger.
  func places(of cell: Int) -> [Int] { listNumbers[Int32(truncatingIfNeeded: cell)].map { lists[$0] } ?? [] }

  /// The events of a cell up to a step.
  func events(of cell: Int, until step: Int? = nil) -> [CellRecord] {
    let all = places(of: cell).map { recording.ledger[$0] }
    guard let step else { return all }
    return all.filter { $0.step <= step }
  }

  /// The event that made a cell.
  func creation(of cell: Int) -> CellRecord? {
    guard let first = places(of: cell).first, recording.ledger[first].access == .created else { return nil }
    return recording.ledger[first]
  }

  /// The step at which a cell's contents last changed.
  func lastChange(of cell: Int, until step: Int?) -> Int? {
    for index in places(of: cell).reversed() {
      let record = recording.ledger[index]
      if let step, record.step > step { continue }
      if record.access.changes(record) { return Int(record.step) }
    }
    return nil
  }
}

extension CellAccess {
  /// Whether it puts something into the cell, or takes it out.
  func changes(_ record: CellRecord) -> Bool {
    switch self {
    case .written, .emptied: true
    case .created: !record.new.isUnbound
    case .captured, .read, .failed: false
    }
  }
}
