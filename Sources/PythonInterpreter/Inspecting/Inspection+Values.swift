import PythonRuntime

/// Values, functions, cells and frames as JSON.
extension Inspection {
  func text(_ number: Int32) -> String { recorder.text(number) }

  func write(_ value: ShownValue, _ name: String? = nil, to json: inout JSONText) {
    if value.isUnbound { return json.null(name) }
    let shown = recorder.text(of: value)
    json.object(name) { json in
      json.text("type", shown.type)
      json.text("repr", shown.text)
      guard let number = value.object else { return }
      let object = recorder.objects[number]
      if object.ref != 0 { json.int("ref", Int(object.ref)) }
      if object.function != 0 { json.text("function", text(object.function)) }
      if object.isCut { json.bool("cut", true) }
    }
  }

  func write(_ event: CellRecord, withStep: Bool, to json: inout JSONText) {
    json.object { json in
      if withStep { json.int("step", Int(event.step)) }
      json.text("event", event.access.word)
      json.int("cell", Int(event.cell))
      json.text("name", text(event.name))
      json.int("line", Int(event.line))
      json.int("frame", Int(event.frame))
      if let file = ledger.frame(Int(event.frame))?.file, file != ownFile, let run = otherRun(text(file)) {
        json.int("run", run)
      }
      json.text("function", text(event.function))
      if event.by != 0 { json.text("by", text(event.by)) }
      let isChange = event.access == .written || event.access == .emptied
      if isChange, !event.old.isUnbound { write(event.old, "old", to: &json) }
      if !event.new.isUnbound { write(event.new, "new", to: &json) }
    }
  }

  /// A frame; `line` is where it stands, if that is not where its code begins.
  func write(_ frame: FrameRecord, line: Int? = nil, to json: inout JSONText) {
    json.int("id", frame.id)
    json.text("label", recorder.label(of: frame))
    json.text("name", text(frame.name))
    if frame.function != 0 { json.text("function", text(frame.function)) }
    json.int("line", line ?? frame.line)
    if frame.file != ownFile, let run = otherRun(text(frame.file)) { json.int("run", run) }
    if frame.parent != 0 { json.int("parent", frame.parent) }
    json.text("kind", frame.kind.rawValue)
  }

  // MARK: Functions

  func writeFunctions(_ views: [FunctionView], to json: inout JSONText) {
    json.array("functions") { json in for view in views { json.object { write(view, to: &$0) } } }
  }

  func write(_ view: FunctionView, to json: inout JSONText) {
    json.text("id", view.label)
    json.text("name", view.name)
    json.text("qualname", view.qualifiedName)
    json.int("line", view.line)
    if let run = otherRun(view.file) { json.int("run", run) }
    json.int("ref", view.ref)
    json.array("free") { json in
      for (name, cell) in view.free {
        json.object { json in
          json.text("name", name)
          json.int("cell", cell)
        }
      }
    }
    json.array("defaults") { json in
      for (name, value) in view.defaults {
        json.object { json in
          json.text("name", name)
          write(value, "value", to: &json)
        }
      }
    }
    json.texts("flags", view.flags)
  }

  func functions(_ query: InspectQuery, _ survey: Survey, _ step: Int?) -> Inspected {
    var views = survey.functionViews()
    if query.closuresOnly { views = views.filter { !$0.free.isEmpty } }
    var json = JSONText()
    if query.subject == .function {
      guard let view = views.first(where: { $0.label == query.function }) else { return .missing("function") }
      json.object { write(view, to: &$0) }
    } else {
      json.object { writeFunctions(views, to: &$0) }
    }
    return Inspected(body: json.bytes)
  }

  // MARK: Cells

  /// Cells that are alive, then, as far as they were watched, those that are not.
  func writeCells(
    _ views: [CellView], _ step: Int?, to json: inout JSONText, where isWanted: (CellView) -> Bool = { _ in true }
  ) {
    let alive = Set(views.map(\.number))
    json.array("cells") { json in
      for view in views where isWanted(view) { json.object { write(view, step, to: &$0) } }
      for number in ledger.cells.filter({ !alive.contains($0) }).prefix(200) {
        guard let view = freed(number, step), isWanted(view) else { continue }
        json.object { write(view, step, to: &$0) }
      }
    }
  }

  /// A cell that is not there any more at a moment, if it was there before.
  private func freed(_ number: Int, _ step: Int?) -> CellView? {
    guard let first = ledger.events(of: number, until: step).first else { return nil }
    let owner = ledger.creation(of: number).flatMap { ledger.frame(Int($0.frame)) }
    return CellView(
      number: number, name: text(first.name), value: .unbound, sharers: [], status: .freed,
      ownerFunction: owner.map { text($0.name) } ?? "", path: [])
  }

  func write(_ view: CellView, _ step: Int?, to json: inout JSONText) {
    json.int("id", view.number)
    json.text("label", "cell#\(view.number)")
    json.text("name", view.name)
    if let creation = ledger.creation(of: view.number) {
      json.int("owner", Int(creation.frame))
      if let frame = ledger.frame(Int(creation.frame)) {
        json.text("ownerLabel", recorder.label(of: frame))
        json.int("ownerLine", frame.line)
      }
      json.int("createdAt", Int(creation.step))
    }
    if !view.ownerFunction.isEmpty { json.text("ownerFunction", view.ownerFunction) }
    if let changed = ledger.lastChange(of: view.number, until: step) { json.int("changedAt", changed) }
    if view.status != .freed {
      json.bool("empty", view.value.isUnbound)
      if !view.value.isUnbound { write(view.value, "value", to: &json) }
    }
    json.texts("sharedBy", view.sharers)
    json.text("status", view.status.rawValue)
    if let bytes = view.retainedBytes { json.int("retainedBytes", bytes) }
    json.texts("keptBy", view.path)
  }

  func cells(_ query: InspectQuery, _ survey: Survey, _ step: Int?) -> Inspected {
    let views = survey.cellViews(weighs: true)
    var json = JSONText()
    if query.subject == .cell {
      let found = views.first { $0.number == query.cell } ?? query.cell.flatMap { freed($0, step) }
      guard let found else { return .missing("cell") }
      json.object { write(found, step, to: &$0) }
    } else {
      json.object { json in
        writeCells(views, step, to: &json) { isWanted($0, query, step) }
      }
    }
    return Inspected(body: json.bytes)
  }

  private func isWanted(_ view: CellView, _ query: InspectQuery, _ step: Int?) -> Bool {
    if let name = query.name, view.name != name { return false }
    if let owner = query.owner {
      let frame = ledger.creation(of: view.number).flatMap { ledger.frame(Int($0.frame)) }
      guard owner == view.ownerFunction || owner == frame.map({ recorder.label(of: $0) }) else { return false }
    }
    if let holder = query.capturedBy {
      guard view.sharers.contains(where: { $0 == holder || $0.hasPrefix(holder + "#") }) else { return false }
    }
    if let after = query.changedAfter, (ledger.lastChange(of: view.number, until: step) ?? 0) <= after { return false }
    return true
  }

  func ledger(_ query: InspectQuery) -> Inspected {
    let events = query.cell.map { detailedLedger.events(of: $0, until: query.step) } ?? []
    let survey = rehearsal.visitEnd { vm in Survey(vm, recorder) }
    let alive = survey.cellViews(weighs: false).first { $0.number == query.cell }
    guard let view = alive ?? query.cell.flatMap({ freed($0, nil) }) else { return .missing("cell") }
    var json = JSONText()
    json.object { json in
      json.object("cell") { write(view, nil, to: &$0) }
      json.array("events") { json in for event in events { write(event, withStep: true, to: &json) } }
      json.bool("partial", recording.isPartial)
    }
    return Inspected(body: json.bytes)
  }

  // MARK: Matrix

  func matrix(_ survey: Survey, _ step: Int?) -> Inspected {
    var json = JSONText()
    json.object { writeMatrix(survey, step, to: &$0) }
    return Inspected(body: json.bytes)
  }

  func writeMatrix(_ survey: Survey, _ step: Int?, to json: inout JSONText) {
    let functions = survey.functionViews().filter { !$0.free.isEmpty }
    let held = Set(functions.flatMap { $0.free.map(\.cell) })
    let cells = survey.cellViews(weighs: false).filter { held.contains($0.number) }
    json.array("functions") { json in
      for view in functions {
        json.object { json in
          json.text("id", view.label)
          json.text("qualname", view.qualifiedName)
          json.int("line", view.line)
        }
      }
    }
    json.array("cells") { json in
      for view in cells {
        json.object { json in
          json.int("id", view.number)
          json.text("name", view.name)
          let frame = ledger.creation(of: view.number).flatMap { ledger.frame(Int($0.frame)) }
          if let frame { json.text("ownerLabel", recorder.label(of: frame)) }
        }
      }
    }
    json.array("rows") { json in
      for view in functions {
        json.array { json in
          for cell in cells { json.element(view.free.contains { $0.cell == cell.number } ? 1 : 0) }
        }
      }
    }
    json.text("sentence", Inspection.sentence(functions, cells))
  }

  /// What the matrix says at a glance.
  static func sentence(_ functions: [FunctionView], _ cells: [CellView]) -> String {
    func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
    let start = "\(count(functions.count, "function")), \(count(cells.count, "cell"))"
    let shared = cells.filter { $0.sharers.count > 1 }
    if cells.isEmpty { return "No function has captured anything." }
    if shared.isEmpty { return "\(start): nothing is shared." }
    let names = shared.prefix(3).map { "\($0.name) (cell#\($0.number)) is shared by \($0.sharers.count) functions" }
    return "\(start): \(names.joined(separator: ", "))\(shared.count > 3 ? ", …" : "")."
  }
}

extension CellAccess {
  /// The word of the API.
  var word: String {
    switch self {
    case .created: "created"
    case .captured: "captured"
    case .read: "read"
    case .written: "written"
    case .emptied: "emptied"
    case .failed: "failed"
    }
  }
}
