import PythonRuntime
import PythonSyntax

/// Names that had no value where they were read.
extension Diagnosis {
  func errorFinding() -> Finding? {
    guard let error = inspection.result?.error, ["NameError", "UnboundLocalError"].contains(error.type),
      let entry = error.entries.last(where: { $0.file == inspection.subject.filename }), let function = entry.function,
      entry == error.entries.last
    else { return nil }
    let quoted = error.message.split(separator: "'", omittingEmptySubsequences: false)
    guard quoted.count >= 3 else { return nil }
    let name = String(quoted[1])
    let short = String(function.split(separator: ".").last ?? "")
    guard let block = short == "<module>" ? module : module.block(short, at: entry.line) else { return nil }
    if error.message.hasPrefix("cannot access free variable") { return freeVariable(name, block, entry.line) }
    if let found = goneName(name, block, entry.line) { return found }
    if error.type == "UnboundLocalError" { return localVariable(name, block, entry.line) }
    return classScope(name, block, entry.line)
  }

  /// The function assigns the name, so it is a local there, while one outside was meant.
  private func localVariable(_ name: String, _ block: Block, _ line: Int) -> Finding? {
    guard block.kind == .function, block.binds(name), !block.deletions.contains(where: { $0.name == name }) else {
      return nil
    }
    if let owner = block.owner(of: name) {
      let cell = recording.ledger.last { text($0.name) == name }.map { Int($0.cell) }
      var finding = Finding(
        kind: .missingNonlocal,
        text:
          "`\(block.name)` assigns `\(name)` without `nonlocal \(name)`, so line \(line) reads a new local variable and not the one of `\(owner.name)` (line \(owner.span.line)).",
        line: line, lines: [line, Int(block.span.line), Int(owner.span.line)], variable: name, cell: cell)
      finding.fix = declaration("nonlocal", name, block)
      return finding
    }
    guard module.binds(name) else { return nil }
    var finding = Finding(
      kind: .missingGlobal,
      text:
        "`\(block.name)` assigns `\(name)` without `global \(name)`, so line \(line) reads a new local variable and not the module's.",
      line: line, lines: [line, Int(block.span.line)], variable: name)
    finding.fix = declaration("global", name, block)
    return finding
  }

  private func declaration(_ word: String, _ name: String, _ block: Block) -> Fix? {
    lines.insertStatement("\(word) \(name)", in: block).map {
      Fix(text: "Declare `\(word) \(name)` at the start of `\(block.name)`.", edits: [$0])
    }
  }

  /// A closure read a cell that was empty.
  private func freeVariable(_ name: String, _ block: Block, _ line: Int) -> Finding? {
    guard let failed = recording.ledger.last(where: { $0.access == .failed && text($0.name) == name }) else {
      return nil
    }
    let cell = Int(failed.cell)
    let events = inspection.ledger.events(of: cell)
    guard let owner = inspection.ledger.creation(of: cell).flatMap({ inspection.ledger.frame(Int($0.frame)) }),
      let home = self.block(text(owner.name), line: owner.line)
    else { return nil }
    if let emptied = events.last(where: { $0.access == .emptied }) {
      return emptiedCell(name, cell, home, Int(emptied.line), line)
    }
    guard !events.contains(where: { $0.access == .written }) else { return nil }
    var finding = Finding(
      kind: .unassignedFree,
      text: "Line \(line) reads cell `\(name)` (cell#\(cell)) of `\(home.name)` before `\(home.name)` has assigned it.",
      line: line, lines: [line], variable: name, cell: cell, functions: [text(failed.function)])
    let call = inspection.result?.error?.entries.last {
      $0.function?.split(separator: ".").last.map(String.init) == home.name
    }
    guard let call, let user = home.statement(at: call.line),
      let later = home.assignments.first(where: { $0.name == name && $0.statement.span.line > user.span.line }),
      home.body.contains(where: { $0.span == later.statement.span })
    else { return finding }
    finding.lines.append(Int(later.statement.span.line))
    finding.text += " That happens only in line \(later.statement.span.line)."
    let span = later.statement.span
    let moved = (Int(span.line)...Int(span.endLine)).map { lines.line($0) + "\n" }.joined()
    finding.fix = Fix(
      text: "Assign `\(name)` before it is needed.",
      edits: [
        lines.insertLines(moved, before: Int(user.span.line)),
        Fix.Edit(line: Int(span.line), column: 0, endLine: Int(span.endLine) + 1, endColumn: 0, text: ""),
      ])
    return finding
  }

  private func emptiedCell(_ name: String, _ cell: Int, _ home: Block, _ emptied: Int, _ line: Int) -> Finding? {
    let deletion = home.all.flatMap(\.deletions).first { $0.name == name && Int($0.statement.span.line) == emptied }
    guard let deletion else {
      guard let handler = home.handlers.last(where: { $0.name == name }) else { return nil }
      return exceptName(name, handler.handler, line, cell: cell)
    }
    var finding = Finding(
      kind: .emptiedCell,
      text: "`del \(name)` in line \(emptied) emptied cell `\(name)` (cell#\(cell)), which line \(line) still reads.",
      line: line, lines: [emptied, line], variable: name, cell: cell)
    finding.fix = Fix(
      text: "Leave out `del \(name)`: the closure still needs it.",
      edits: [lines.replace(deletion.statement.span, with: "pass")])
    return finding
  }

  /// The name of an `except … as` is deleted at the end of its clause.
  private func goneName(_ name: String, _ block: Block, _ line: Int) -> Finding? {
    guard let found = block.handlers.last(where: { $0.name == name && Int($0.handler.span.endLine) < line }) else {
      return nil
    }
    let first = found.handler.body.first?.span.line ?? 0
    let wasReached = recording.steps.contains {
      $0.line >= first && $0.line <= found.handler.span.endLine && inspection.isOwn($0.frame)
    }
    return wasReached ? exceptName(name, found.handler, line, cell: nil) : nil
  }

  private func exceptName(_ name: String, _ handler: ExceptHandler, _ line: Int, cell: Int?) -> Finding? {
    guard let type = handler.type, let first = handler.body.first else { return nil }
    let start = Int(handler.span.line)
    var finding = Finding(
      kind: .exceptName,
      text:
        "`\(name)` is deleted at the end of the `except … as \(name)` clause of line \(start), so line \(line) finds nothing.",
      line: line, lines: [start, line], variable: name, cell: cell)
    let header = lines.line(start)
    let tail = String(decoding: header.utf8.dropFirst(Int(type.span.endColumn)), as: UTF8.self)
    guard type.span.endLine == handler.span.line, let range = tail.firstRange(of: "as \(name)"),
      first.span.line > handler.span.line
    else { return finding }
    let column = lines.column(start, type.span.endColumn) + tail.distance(from: tail.startIndex, to: range.lowerBound)
    finding.fix = Fix(
      text: "Keep the exception under a name of its own.",
      edits: [
        Fix.Edit(line: start, column: column, endLine: start, endColumn: column + 3 + name.count, text: "as caught"),
        lines.insertLines("\(lines.indent(Int(first.span.line)))\(name) = caught\n", before: Int(first.span.line)),
      ])
    return finding
  }

  /// A name of a class body, read by a function or comprehension inside, which see past it.
  private func classScope(_ name: String, _ block: Block, _ line: Int) -> Finding? {
    guard block.kind != .module, block.kind != .classBody, let home = block.classes.first(where: { $0.binds(name) })
    else { return nil }
    var finding = Finding(
      kind: .classScope,
      text:
        "`\(name)` belongs to the body of class `\(home.name)` (line \(home.span.line)), which code inside of its functions and comprehensions does not see.",
      line: line, lines: [line, Int(home.span.line)], variable: name)
    if block.kind == .comprehension, let clause = block.clauses.first {
      let extra = [name] + block.children.flatMap { _ in [] as [String] }
      let iterable = namesUsed(in: clause.iterable.span, of: block.parent).filter {
        home.binds($0) && !extra.contains($0)
      }
      let names = (extra + iterable).joined(separator: ", ")
      let values = iterable.isEmpty ? "[\(name)]" : "[(\(names))]"
      let place = clause.target.span
      let line = lines.line(Int(place.line))
      let before = String(decoding: line.utf8.prefix(Int(place.column)), as: UTF8.self)
      guard let keyword = before.range(of: "for ", options: .backwards) else { return finding }
      let column = before.distance(from: before.startIndex, to: keyword.lowerBound)
      finding.fix = Fix(
        text: "Hand `\(name)` to the comprehension by its first iterable, which is evaluated in the class.",
        edits: [
          Fix.Edit(
            line: Int(place.line), column: column, endLine: Int(place.line), endColumn: column,
            text: "for \(names) in \(values) ")
        ])
    } else {
      finding.fix = Fix(
        text: "Say whose name it is: `\(home.name).\(name)`.",
        edits: block.uses.filter { $0.name == name }.map { lines.replace($0.span, with: "\(home.name).\(name)") })
    }
    return finding
  }

  private func namesUsed(in span: Span, of block: Block?) -> [String] {
    (block?.uses ?? []).filter {
      $0.span.line == span.line && $0.span.column >= span.column && $0.span.endColumn <= span.endColumn
    }
    .map(\.name)
  }
}

extension String {
  fileprivate func range(of text: String, options: BackwardsOnly) -> Range<String.Index>? { ranges(of: text).last }
}

/// The one way to search that is needed here.
private enum BackwardsOnly { case backwards }
