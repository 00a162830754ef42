import PythonRuntime
import PythonSyntax

/// Closures and generators that read a variable after a loop has moved it on.
extension Diagnosis {
  func lateFindings() -> [Finding] {
    var found: [Finding] = []
    for finding in lateCells() + lateGlobals()
    where !found.contains(where: {
      $0.kind == finding.kind && $0.variable == finding.variable && $0.line == finding.line
    }) {
      found.append(finding)
    }
    return found
  }

  private func functionRecords() -> [Int32: FunctionRecord] {
    Dictionary(recording.functions.map { ($0.label, $0) }) { first, _ in first }
  }

  // MARK: Cells

  private func lateCells() -> [Finding] {
    let records = functionRecords()
    let ledger = inspection.ledger
    return ledger.cells.compactMap { cell in
      // Mostly it shows without the values that there is nothing.
      guard lateCell(cell, ledger.events(of: cell), records) != nil else { return nil }
      return lateCell(cell, inspection.detailedLedger.events(of: cell), records)
    }
  }

  private func lateCell(_ cell: Int, _ events: [CellRecord], _ records: [Int32: FunctionRecord]) -> Finding? {
    guard let creation = inspection.ledger.creation(of: cell),
      let frame = inspection.ledger.frame(Int(creation.frame)), frame.file == inspection.ownFile
    else { return nil }
    var atCapture: [Int32: ShownValue] = [:]
    var late: [Int32] = []
    var read: ShownValue?
    var started: Set<Int32> = []
    func isGenerator(_ function: Int32) -> Bool { records[function].map { text($0.name) } == "<genexpr>" }
    var isLastGenerator = false
    for event in events {
      if event.access == .captured { atCapture[event.function] = event.new }
      guard event.access == .read, event.frame != creation.frame, let then = atCapture[event.function] else { continue }
      if event.function == late.last {
        if event.new != then, !isLastGenerator { read = event.new }
        continue
      }
      // What a generator reads first is what it was to begin with.
      let isFirst = started.insert(event.function).inserted
      guard event.new != then, isFirst || !isGenerator(event.function) else { continue }
      if !late.contains(event.function) {
        late.append(event.function)
        isLastGenerator = isGenerator(event.function)
      }
      read = event.new
    }
    guard let first = late.first, let record = records[first], record.file == inspection.ownFile, let read else {
      return nil
    }
    let name = text(creation.name)
    guard let home = block(text(frame.name), line: frame.line) else { return nil }
    let isGenerator = isGenerator(first)
    let siblings = atCapture.keys.filter { records[$0]?.line == record.line && records[$0]?.name == record.name }
    if !isGenerator {
      guard siblings.count >= 2, isRebound(events, by: creation.frame), isInLoop(home, name, Int(record.line)) else {
        return nil
      }
    }
    let labels = siblings.sorted { $0 < $1 }.map { text($0) }
    return finding(name, record, labels, shown: inspection.recorder.text(of: read).text, cell: cell, isGenerator)
  }

  /// Whether the owner wrote the cell more than once from the same line.
  private func isRebound(_ events: [CellRecord], by frame: Int32) -> Bool {
    var lines: [Int32: Int] = [:]
    for event in events where event.access == .written && event.frame == frame { lines[event.line, default: 0] += 1 }
    return lines.values.contains { $0 > 1 }
  }

  private func isInLoop(_ block: Block, _ name: String, _ line: Int) -> Bool {
    block.loops.contains { $0.names.contains(name) && Int($0.span.line) <= line && line <= Int($0.span.endLine) }
  }

  private func finding(
    _ name: String, _ record: FunctionRecord, _ labels: [String], shown: String, cell: Int?, _ isGenerator: Bool
  ) -> Finding {
    let line = Int(record.line)
    let what = cell.map { "cell `\(name)` (cell#\($0))" } ?? "the global `\(name)`"
    var finding: Finding
    if isGenerator {
      finding = Finding(
        kind: .lateGenerator,
        text:
          "The generator expression of line \(line) reads \(what) only when it runs; by then that was \(shown), another value than when it was made.",
        line: line, lines: [line], variable: name, cell: cell, functions: labels)
    } else {
      let function = text(record.name) == "<lambda>" ? "lambdas" : "functions `\(text(record.name))`"
      finding = Finding(
        kind: .lateBinding,
        text:
          "All \(labels.count) \(function) of line \(line) share \(what), and read it when they are called: by then the loop had moved it on to \(shown).",
        line: line, lines: [line], variable: name, cell: cell, functions: labels)
    }
    finding.fix = lateFix(name, text(record.name), line)
    return finding
  }

  // MARK: Globals

  /// At the top of a module there is no cell: the loop variable is a global.
  private func lateGlobals() -> [Finding] {
    let main = recording.frames.first.map { Int32(truncatingIfNeeded: $0.id) }
    let made = recording.functions.filter { $0.frame == main && $0.file == inspection.ownFile }
    let groups = Dictionary(grouping: made) { "\($0.line) \($0.name)" }
    guard !groups.isEmpty else { return [] }
    var known: [Int32: [(step: Int, value: ShownValue)]]?
    var starts: [Int32: [Int]] = [:]
    for (index, step) in recording.steps.enumerated() where step.event == .call {
      if let frame = inspection.ledger.frame(Int(step.frame)), frame.function != 0 {
        starts[frame.function, default: []].append(index + 1)
      }
    }
    var found: [Finding] = []
    for key in groups.keys.sorted() {
      guard let group = groups[key], let record = group.first else { continue }
      let isGenerator = text(record.name) == "<genexpr>"
      let blocks = module.all.filter {
        $0.name == text(record.name) && Int($0.span.line) == Int(record.line) && $0.parent === module
      }
      for block in blocks {
        let names = Set(block.uses.map(\.name)).filter { !block.bound.contains($0) && module.binds($0) }
        for name in names.sorted() where isGenerator || group.count >= 2 && isInLoop(module, name, Int(record.line)) {
          let history = known ?? globalHistory()
          known = history
          guard let changes = history[inspection.recorder.number(of: name)] else { continue }
          for function in group {
            let then = value(changes, Int(function.step))
            let calls = starts[function.label] ?? []
            guard let call = (isGenerator ? Array(calls.prefix(1)) : calls).first(where: { value(changes, $0) != then })
            else { continue }
            let shown = value(changes, call).map { inspection.recorder.text(of: $0).text } ?? "gone"
            found.append(finding(name, record, group.map { text($0.label) }, shown: shown, cell: nil, isGenerator))
            break
          }
        }
      }
    }
    return found
  }

  /// The values of each global, by the number of its name, from which step on.
  private func globalHistory() -> [Int32: [(step: Int, value: ShownValue)]] {
    var history: [Int32: [(step: Int, value: ShownValue)]] = [:]
    let recording = inspection.detailed
    guard let module = recording.frames.first else { return [:] }
    for index in recording.steps.indices {
      for change in recording.changes(at: index) where change.isGlobal || Int(recording.steps[index].frame) == module.id
      {
        history[change.name, default: []].append((index + 1, change.value))
      }
    }
    return history
  }

  /// The last value that was there at a step; the changes are in the order of their steps.
  private func value(_ changes: [(step: Int, value: ShownValue)], _ step: Int) -> ShownValue? {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].step <= step { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : changes[low - 1].value
  }

  // MARK: Fixes

  private func lateFix(_ name: String, _ function: String, _ line: Int) -> Fix? {
    let blocks = module.all.filter {
      $0.name == function && Int($0.span.line) == line && $0.uses.contains { $0.name == name }
        && !$0.bound.contains(name)
    }
    if function == "<genexpr>" { return listFix(blocks) }
    let edits = blocks.compactMap { defaultEdit(name, $0) }
    guard !edits.isEmpty, edits.count == blocks.count else { return nil }
    let what = function == "<lambda>" ? "`lambda \(name)=\(name): …`" : "`def \(function)(…, \(name)=\(name))`"
    return Fix(text: "Bind the value when the function is made: \(what).", edits: edits)
  }

  /// A default for the name, after the parameters that there are.
  private func defaultEdit(_ name: String, _ block: Block) -> Fix.Edit? {
    guard let parameters = block.parameters, parameters.keywordVariadic == nil else { return nil }
    let all =
      parameters.positionalOnly + parameters.positional + parameters.keywordOnly
      + [parameters.variadic].compactMap { $0 }
    let ends = all.map(\.span) + (parameters.defaults + parameters.keywordDefaults.compactMap { $0 }).map(\.span)
    if let last = ends.max(by: { ($0.endLine, $0.endColumn) < ($1.endLine, $1.endColumn) }) {
      return lines.insert(", \(name)=\(name)", last.endLine, last.endColumn)
    }
    if block.kind == .lambda { return lines.insert(" \(name)=\(name)", block.span.line, block.span.column + 6) }
    let header = lines.line(Int(block.span.line))
    guard let open = header.firstRange(of: "\(block.name)(") else { return nil }
    let column = header.distance(from: header.startIndex, to: open.upperBound)
    let line = Int(block.span.line)
    return Fix.Edit(line: line, column: column, endLine: line, endColumn: column, text: "\(name)=\(name)")
  }

  /// A list in the place of a generator expression in its own parentheses.
  private func listFix(_ blocks: [Block]) -> Fix? {
    var edits: [Fix.Edit] = []
    for block in blocks {
      let span = block.span
      let before = lines.line(Int(span.line)).utf8.prefix(Int(span.column)).last ?? 32
      let isCall =
        before == 0x29 || before == 0x5D || before == 0x5F || before | 0x20 >= 0x61 && before | 0x20 <= 0x7A
        || before >= 0x30 && before <= 0x39
      guard !isCall, span.endColumn > 0 else { return nil }
      edits.append(
        lines.replace(
          Span(line: span.line, column: span.column, endLine: span.line, endColumn: span.column + 1), with: "["))
      edits.append(
        lines.replace(
          Span(line: span.endLine, column: span.endColumn - 1, endLine: span.endLine, endColumn: span.endColumn),
          with: "]"))
    }
    return edits.isEmpty ? nil : Fix(text: "Make a list: it takes the values at once.", edits: edits)
  }
}
