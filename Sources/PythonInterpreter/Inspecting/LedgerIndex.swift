import PythonRuntime

/// What happened to each cell, found by its number, and each frame by its own.
struct LedgerIndex {
  let recording: Recording
  private var events: [Int: [Int]] = [:]
  private var frames: [Int: FrameRecord] = [:]

  init(_ recording: Recording, _ recorder: Recorder) {
    self.recording = recording
    for (index, record) in recording.ledger.enumerated() { events[Int(record.cell), default: []].append(index) }
    for frame in recording.frames { frames[frame.id] = frame }
  }

  var cells: [Int] { events.keys.sorted() }

  func frame(_ id: Int) -> FrameRecord? { frames[id] }

  /// The events of a cell up to a step.
  func events(of cell: Int, until step: Int? = nil) -> [CellRecord] {
    let all = (events[cell] ?? []).map { recording.ledger[$0] }
    guard let step else { return all }
    return all.filter { $0.step <= step }
  }

  /// The event that made a cell.
  func creation(of cell: Int) -> CellRecord? {
    guard let first = events[cell]?.first, recording.ledger[first].access == .created else { return nil }
    return recording.ledger[first]
  }

  /// The step at which a cell's contents last changed.
  func lastChange(of cell: Int, until step: Int?) -> Int? {
    for index in (events[cell] ?? []).reversed() {
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
