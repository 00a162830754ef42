import PythonRuntime

/// Steps as what changed, whole states, and the search through both.
extension Inspection {
  static let mostSteps = 100_000

  func steps(_ query: InspectQuery) -> Inspected {
    let from = max(1, query.from ?? 1)
    guard from <= max(stepCount, 1) else { return .missing("step") }
    let limit = min(max(1, query.limit ?? 1000), Inspection.mostSteps)
    let end = min(from + limit, stepCount + 1)
    var start: [UInt8] = []
    let part = rehearsal.record(from..<end) { [unowned self] vm in
      start = self.startState(Survey(vm, recorder), from)
    }
    var json = JSONText()
    json.object { json in
      json.int("run", query.run)
      json.int("from", from)
      json.int("total", stepCount)
      json.int("recorded", recording.steps.count)
      json.bool("partial", recording.isPartial || part.isPartial || isCut)
      json.text("outcome", result?.outcome.word ?? "ok")
      if start.isEmpty { json.null("start") } else { json.raw("start", start) }
      write(part, to: &json)
    }
    return Inspected(body: json.bytes)
  }

  /// A limit ended the run.
  private var isCut: Bool {
    if case .limit? = result?.outcome { return true }
    return false
  }

  private func startState(_ survey: Survey, _ step: Int) -> [UInt8] {
    var json = JSONText()
    json.object { writeState(survey, step, withObjects: false, to: &$0) }
    return json.bytes
  }

  private func write(_ part: Recording, to json: inout JSONText) {
    var frames: Set<Int> = []
    var functions: Set<Int32> = []
    var cells: Set<Int> = []
    for index in part.steps.indices {
      frames.insert(Int(part.steps[index].frame))
      for event in part.events(at: index) {
        cells.insert(Int(event.cell))
        functions.insert(event.function)
        functions.insert(event.by)
        frames.insert(Int(event.frame))
      }
    }
    let ofPart = Dictionary(part.frames.map { ($0.id, $0) }) { first, _ in first }
    let known = { [ledger] id in ledger.frame(id) ?? ofPart[id] }
    json.array("frames") { json in
      for id in frames.sorted() {
        guard let frame = known(id) else { continue }
        functions.insert(frame.function)
        json.object { write(frame, to: &$0) }
      }
    }
    json.array("cells") { json in
      for number in cells.sorted() {
        json.object { json in
          json.int("id", number)
          json.text("name", recorder.cellName(number))
          guard let creation = ledger.creation(of: number) else { return }
          json.int("owner", Int(creation.frame))
          if let frame = known(Int(creation.frame)) {
            json.text("ownerLabel", recorder.label(of: frame))
          }
        }
      }
    }
    json.array("functions") { json in
      for function in recording.functions + (part.first > 1 ? part.functions : [])
      where functions.remove(function.label) != nil {
        json.object { write(function, to: &$0) }
      }
    }
    json.array("steps") { json in
      var frame = -1
      var output = -1
      for index in part.steps.indices { write(part, index, &frame, &output, to: &json) }
    }
  }

  private func write(_ part: Recording, _ index: Int, _ frame: inout Int, _ output: inout Int, to json: inout JSONText)
  {
    let step = part.steps[index]
    json.object { json in
      if step.event != .line { json.text("event", step.event.word) }
      json.int("line", Int(step.line))
      if Int(step.frame) != frame {
        frame = Int(step.frame)
        json.int("frame", frame)
      }
      if Int(step.output) != output {
        output = Int(step.output)
        json.int("out", output)
      }
      let value = part.value(at: index)
      if !value.isUnbound { write(value, "value", to: &json) }
      if step.leaves { json.bool("leaves", true) }
      let changes = part.changes(at: index)
      write(changes.filter { !$0.isGlobal }, "locals", to: &json)
      write(changes.filter(\.isGlobal), "globals", to: &json)
      let events = part.events(at: index)
      guard !events.isEmpty else { return }
      json.array("cells") { json in for event in events { write(event, withStep: false, to: &json) } }
    }
  }

  private func write(_ function: FunctionRecord, to json: inout JSONText) {
    json.text("id", text(function.label))
    json.text("name", text(function.name))
    json.text("qualname", text(function.qualifiedName))
    json.int("line", Int(function.line))
    if function.file != ownFile, let run = otherRun(text(function.file)) { json.int("run", run) }
  }

  private func write(_ changes: [ChangeRecord], _ name: String, to json: inout JSONText) {
    guard !changes.isEmpty else { return }
    json.object(name) { json in
      for change in changes { write(change.value, text(change.name), to: &json) }
    }
  }

  // MARK: States

  func state(_ query: InspectQuery, _ survey: Survey, _ step: Int?) -> Inspected {
    var json = JSONText()
    if let ref = query.expand {
      guard let view = survey.objectView(ref: ref, from: max(0, query.offset ?? 0)) else { return .missing("object") }
      json.object { write(view, to: &$0) }
    } else {
      json.object { writeState(survey, step, withObjects: true, to: &$0) }
    }
    return Inspected(body: json.bytes)
  }

  /// The state at a step, which stands in the recorder, or at rest.
  func writeState(_ survey: Survey, _ step: Int?, withObjects: Bool, to json: inout JSONText) {
    json.int("total", stepCount)
    if let step { json.int("step", step) }
    if step != nil, let record = recorder.recording.steps.last, let values = recorder.recording.values.last {
      json.text("event", record.event.word)
      json.int("line", Int(record.line))
      json.int("frame", Int(record.frame))
      if !values.value.isUnbound { write(values.value, "value", to: &json) }
      if record.leaves { json.bool("leaves", true) }
      json.int("out", Int(record.output))
    }
    if step == nil {
      json.object("globals") { json in for (name, value) in survey.globals() { write(value, name, to: &json) } }
    }
    json.array("frames") { json in for view in survey.frameViews() { json.object { write(view, to: &$0) } } }
    writeCells(survey.cellViews(weighs: false), step, to: &json)
    writeFunctions(survey.functionViews(), to: &json)
    guard withObjects else { return }
    let objects = survey.objectViews()
    json.object("objects") { json in
      for view in objects.views { json.object(String(view.ref)) { write(view, to: &$0) } }
    }
    if objects.isCut { json.bool("objectsCut", true) }
  }

  private func write(_ view: FrameView, to json: inout JSONText) {
    write(view.record, line: view.line, to: &json)
    json.text("status", view.status.rawValue)
    json.array("locals") { json in
      for (name, value) in view.locals {
        json.object { json in
          json.text("name", name)
          write(value, "value", to: &json)
        }
      }
    }
    json.array("cells") { json in
      for (name, cell, isOwn) in view.cells {
        json.object { json in
          json.text("name", name)
          json.int("cell", cell)
          json.bool("own", isOwn)
        }
      }
    }
  }

  private func write(_ view: ObjectView, to json: inout JSONText) {
    json.int("ref", view.ref)
    json.text("type", view.type)
    if let length = view.length { json.int("length", length) }
    if !view.items.isEmpty { json.array("items") { json in for item in view.items { write(item, to: &json) } } }
    if !view.pairs.isEmpty {
      json.array("pairs") { json in
        for (key, value) in view.pairs {
          json.array { json in
            write(key, to: &json)
            write(value, to: &json)
          }
        }
      }
    }
    if !view.attributes.isEmpty {
      json.array("attributes") { json in
        for (name, value) in view.attributes {
          json.object { json in
            json.text("name", name)
            write(value, "value", to: &json)
          }
        }
      }
    }
    if let frame = view.frame { json.int("frame", frame) }
    if view.more > 0 { json.int("more", view.more) }
  }

  // MARK: Finding

  func find(_ query: InspectQuery) -> Inspected {
    let isBackwards = query.isBackwards
    let from = query.from ?? (isBackwards ? stepCount + 1 : 0)
    var json = JSONText()
    json.object { json in
      if let line = query.line, query.cell == nil {
        let steps = recording.steps
        func isWanted(_ index: Int) -> Bool {
          steps[index].line == line && steps[index].event == .line && isOwn(steps[index].frame)
        }
        let found =
          isBackwards
          ? (0..<min(max(from - 1, 0), steps.count)).last(where: isWanted)
          : (min(max(from, 0), steps.count)..<steps.count).first(where: isWanted)
        writeFound(found.map { $0 + 1 }, nil, to: &json)
      } else {
        let events = recording.ledger
        let places = (query.cell.map { ledger.places(of: $0) } ?? Array(events.indices)).filter {
          isWanted(events[$0], query.on)
        }
        let place = isBackwards ? places.last { events[$0].step < from } : places.first { events[$0].step > from }
        writeFound(place.map { Int(events[$0].step) }, place.map(detailedEvent), to: &json)
      }
      if recording.isPartial { json.bool("partial", true) }
    }
    return Inspected(body: json.bytes)
  }

  /// What stands at a place in the ledger, with its values.
  private func detailedEvent(_ place: Int) -> CellRecord {
    let step = recording.ledger[place].step
    guard step <= stepCount else {
      return place < detailed.ledger.count ? detailed.ledger[place] : recording.ledger[place]
    }
    let before = recording.ledger[..<place].reversed().prefix { $0.step == step }.count
    return rehearsal.record(Int(step)..<Int(step) + 1).ledger[before]
  }

  private func isWanted(_ event: CellRecord, _ on: String?) -> Bool {
    switch on ?? "any" {
    case "write": event.access.changes(event)
    case "read": event.access == .read || event.access == .failed
    case "capture": event.access == .captured
    default: true
    }
  }

  private func writeFound(_ step: Int?, _ event: CellRecord?, to json: inout JSONText) {
    guard let step else { return json.null("found") }
    json.object("found") { json in
      json.int("step", step)
      guard let event else { return }
      json.raw("event", eventJSON(event))
    }
  }

  private func eventJSON(_ event: CellRecord) -> [UInt8] {
    var json = JSONText()
    write(event, withStep: true, to: &json)
    return json.bytes
  }
}

extension StepEvent {
  /// The word of the API.
  var word: String {
    switch self {
    case .line: "line"
    case .call: "call"
    case .return: "return"
    case .exception: "exception"
    case .yield: "yield"
    case .resume: "resume"
    case .limit: "limit"
    }
  }
}

extension Interpreter.Outcome {
  /// The word of the API.
  package var word: String {
    switch self {
    case .ok: "ok"
    case .exception: "exception"
    case .syntaxError: "syntax_error"
    case .recursion: "recursion"
    case .limit(let limit): "\(limit)"
    }
  }
}
