import PythonRuntime
import PythonSyntax

/// Functions that keep what was not meant to be kept, or lose what was: mutable defaults, and decorators without `wraps`.
extension Diagnosis {
  // MARK: Mutable defaults

  /// A default that calls changed, and that a call gave back: the next call began with what the last one left.
  func defaultFindings() -> [Finding] {
    let isPossible = module.all.contains { block in
      guard let parameters = block.parameters else { return false }
      let all = parameters.positionalOnly + parameters.positional + parameters.keywordOnly
      return all.contains { mutableDefault(of: $0.name, block) != nil }
    }
    guard isPossible else { return [] }
    let recording = inspection.detailed
    var begun: [String: [(frame: Int, value: ShownValue)]] = [:]
    var returned: [Int: ShownValue] = [:]
    for (index, step) in recording.steps.enumerated() {
      guard let frame = inspection.ledger.frame(Int(step.frame)), frame.function != 0,
        frame.file == inspection.ownFile
      else { continue }
      if step.event == .return { returned[frame.id] = recording.value(at: index) }
      guard step.event == .call else { continue }
      for change in recording.changes(at: index) where change.value.object != nil {
        begun["\(text(frame.function)) \(text(change.name))", default: []].append((frame.id, change.value))
      }
    }
    return begun.keys.sorted().compactMap { key in
      guard let calls = begun[key], calls.count >= 2, let frame = inspection.ledger.frame(calls[0].frame) else {
        return nil
      }
      let parameter = String(key.split(separator: " ").last ?? "")
      return defaultFinding(frame, parameter, calls, returned)
    }
  }

  private func defaultFinding(
    _ frame: FrameRecord, _ parameter: String, _ calls: [(frame: Int, value: ShownValue)], _ returned: [Int: ShownValue]
  ) -> Finding? {
    guard let block = block(text(frame.name), line: frame.line),
      let (place, display) = mutableDefault(of: parameter, block)
    else { return nil }
    let objects = inspection.recorder.objects
    func ref(_ value: ShownValue?) -> Int32 { value?.object.map { objects[$0].ref } ?? 0 }
    // The object that more than one call began with is the default's.
    let counts = Dictionary(grouping: calls) { ref($0.value) }.filter { $0.key != 0 && $0.value.count >= 2 }
    for (object, same) in counts.sorted(by: { $0.key < $1.key }) {
      guard let changed = same.dropFirst().first(where: { $0.value != same[0].value }),
        same.contains(where: { ref(returned[$0.frame]) == object })
      else { continue }
      let shown = inspection.recorder.text(of: changed.value).text
      var finding = Finding(
        kind: .mutableDefault,
        text:
          "The default `\(display)` of `\(parameter)` (line \(place.line)) is made once, with the function, and all calls of `\(block.name)` share it: a later call began with \(shown).",
        line: Int(place.line), lines: [Int(place.line)], variable: parameter, functions: [text(frame.function)])
      if let insertion = lines.insertStatement("if \(parameter) is None:\n    \(parameter) = \(display)", in: block) {
        finding.fix = Fix(
          text: "Make the \(display.hasPrefix("[") ? "list" : "value") in each call.",
          edits: [lines.replace(place, with: "None"), insertion])
      }
      return finding
    }
    return nil
  }

  /// The place and text of a parameter's default, if that is a display or call that makes something mutable.
  private func mutableDefault(of parameter: String, _ block: Block) -> (span: Span, text: String)? {
    guard let parameters = block.parameters else { return nil }
    let positional = parameters.positionalOnly + parameters.positional
    var found: Expression?
    if let index = positional.firstIndex(where: { $0.name == parameter }) {
      let offset = index - (positional.count - parameters.defaults.count)
      if offset >= 0 { found = parameters.defaults[offset] }
    } else if let index = parameters.keywordOnly.firstIndex(where: { $0.name == parameter }) {
      found = parameters.keywordDefaults[index]
    }
    guard let found, found.span.line == found.span.endLine else { return nil }
    switch found.kind {
    case .list, .dict, .set: return (found.span, lines.text(found.span))
    case .call(let function, let arguments, _):
      guard case .name(let name, _) = function.kind, ["list", "dict", "set"].contains(name), arguments.isEmpty else {
        return nil
      }
      return (found.span, lines.text(found.span))
    default: return nil
    }
  }

  // MARK: Decorators

  /// The name or documentation of a decorated function was asked for, and was the wrapper's.
  func wrapsFindings() -> [Finding] {
    let asked = module.all.flatMap(\.attributes).filter {
      ["__name__", "__doc__", "__qualname__"].contains($0.attribute)
    }
    guard !asked.isEmpty else { return [] }
    let reached = Set(recording.steps.filter { inspection.isOwn($0.frame) }.map { Int($0.line) })
    let globals = inspection.globalFunctions()
    var found: [Finding] = []
    for (name, attribute, span) in asked where reached.contains(Int(span.line)) {
      guard
        let decorated = module.children.last(where: {
          $0.name == name && $0.kind == .function && !$0.decorators.isEmpty
        }),
        let function = globals[name], function.codeName != name, function.name != name,
        let wrapper = module.all.first(where: {
          $0.name == function.codeName && $0.kind == .function && Int($0.span.line) == function.line
        }),
        let decorator = wrapper.parent, decorator.kind == .function,
        let parameter = (decorator.parameters.map { $0.positionalOnly + $0.positional })?.first?.name,
        !found.contains(where: { $0.variable == name })
      else { continue }
      var finding = Finding(
        kind: .missingWraps,
        text:
          "`\(name)` (line \(decorated.span.line)) is now the function `\(wrapper.name)` that its decorator made in line \(wrapper.span.line), so `\(name).\(attribute)` is the wrapper's.",
        line: Int(span.line), lines: [Int(wrapper.span.line), Int(decorated.span.line), Int(span.line)], variable: name,
        functions: [function.label])
      let indent = lines.indent(Int(wrapper.span.line))
      var edits = [lines.insertLines("\(indent)@functools.wraps(\(parameter))\n", before: Int(wrapper.span.line))]
      if !module.binds("functools") {
        edits.append(lines.insertLines("import functools\n", before: firstStatementLine()))
      }
      finding.fix = Fix(
        text: "Give the wrapper the function's name and documentation with `functools.wraps`.", edits: edits)
      found.append(finding)
    }
    return found
  }

  /// Where an import may be put: after the documentation and the imports from `__future__`.
  private func firstStatementLine() -> Int {
    for statement in module.body {
      switch statement.kind {
      case .expression(let expression): if case .constant(.string) = expression.kind { continue }
      case .importFrom(let module, _, _): if module == "__future__" { continue }
      default: break
      }
      return Int(statement.span.line)
    }
    return 1
  }
}

extension Inspection {
  /// The functions that global names hold after the run.
  fileprivate func globalFunctions() -> [String: (label: String, name: String, codeName: String, line: Int)] {
    rehearsal.visitEnd { vm in
      let survey = Survey(vm, recorder)
      let views = Dictionary(survey.functionViews().map { ($0.label, $0) }) { first, _ in first }
      var found: [String: (label: String, name: String, codeName: String, line: Int)] = [:]
      for (name, value) in survey.globals() {
        guard let object = value.object, let view = views[text(recorder.objects[object].function)],
          view.file == subject.filename
        else { continue }
        found[name] = (view.label, view.name, view.codeName, view.line)
      }
      return found
    }
  }
}
