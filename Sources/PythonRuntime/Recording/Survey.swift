import PythonBytecode

/// A look at an instance as it stands, between runs or at a step: which functions, cells and frames there are and what keeps them.
package struct Survey {
  let vm: VM
  let recorder: Recorder
  private let reach: Reach
  private let alive: Collector
  /// The snippets' functions and cells.
  private var functions: [Value] = []
  private var cells: [Int: Value] = [:]
  private var sharers: [UInt32: [Value]] = [:]
  /// Where in `reach.order` each cell is.
  private var places: [UInt32: Int] = [:]

  /// Of an instance whose run stands still.
  package init(_ vm: VM, _ recorder: Recorder) {
    self.vm = vm
    self.recorder = recorder
    var collector = Collector(vm)
    collector.markAll()
    alive = collector
    reach = Reach(vm, roots: vm.rootReferences())
    var found: [Value] = []
    collector.forEachMarked { found.append(Value($0)) }
    for (index, ref) in reach.order.enumerated()
    where Int(ref.offset) >= collector.heapStart && vm.words(ref).kind == .cell { places[ref.offset] = index }
    for value in found {
      switch vm.words(value).kind {
      case .cell where vm.cellNumber(value) > 0: cells[vm.cellNumber(value)] = value
      case .function where isShown(value):
        functions.append(value)
        let object = vm.words(value)
        for number in 0..<object.size {
          let cell = object.value(FunctionLayout.cells + number)
          if cell.isRef { sharers[cell.ref.offset, default: []].append(value) }
        }
      default: break
      }
    }
  }

  /// Functions of the snippets that somebody can call: not the bodies of modules and classes.
  private func isShown(_ function: Value) -> Bool {
    let object = vm.words(function)
    return object.high(FunctionLayout.simpleArgumentCount) > 0 && vm.codeFlags(object).contains(.optimized)
  }

  // MARK: Functions

  /// The snippets' functions that are alive, in the order in which they were made.
  package func functionViews() -> [FunctionView] {
    functions.map { view(of: $0) }.sorted { ($0.line, $0.label.count, $0.label) < ($1.line, $1.label.count, $1.label) }
  }

  private func view(of function: Value) -> FunctionView {
    let object = vm.words(function)
    let code = vm.words(object.value(FunctionLayout.code))
    let freeNames = PyTuple(vm, code.value(CodeLayout.freeNames))
    let name = vm.text(code.value(CodeLayout.name))
    var flags: [String] = []
    let known: [(CodeFlags, String)] = [
      (.generator, "generator"), (.coroutine, "coroutine"), (.asyncGenerator, "async_generator"), (.nested, "nested"),
      (.varargs, "varargs"), (.varKeywords, "varkeywords"),
    ]
    for (flag, word) in known where vm.codeFlags(object).contains(flag) { flags.append(word) }
    return FunctionView(
      label: vm.functionLabel(function), name: ownName(object) ?? name, codeName: name,
      qualifiedName: vm.qualifiedName(object),
      line: code.high(CodeLayout.frame), file: vm.text(code.value(CodeLayout.filename)),
      ref: Int(function.ref.offset >> 4),
      free: (0..<min(object.size, freeNames.count)).map {
        (vm.text(freeNames[$0]), vm.cellNumber(object.value(FunctionLayout.cells + $0)))
      },
      defaults: defaults(object, code), flags: flags)
  }

  /// The name that a function was given.
  private func ownName(_ object: Words) -> String? {
    let extras = object.value(FunctionLayout.extras)
    guard extras.isRef, vm.isString(vm.words(extras).value(FunctionExtras.name)) else { return nil }
    return vm.text(vm.words(extras).value(FunctionExtras.name))
  }

  private func defaults(_ object: Words, _ code: Words) -> [(name: String, value: ShownValue)] {
    let names = PyTuple(vm, code.value(CodeLayout.localNames))
    let positional = Int(code[CodeLayout.counts] & 0xFFFF)
    var found: [(name: String, value: ShownValue)] = []
    if vm.is(object.value(FunctionLayout.defaults), .tuple) {
      let values = PyTuple(vm, object.value(FunctionLayout.defaults))
      for index in 0..<values.count where positional - values.count + index < names.count && positional >= values.count
      {
        found.append((vm.text(names[positional - values.count + index]), recorder.show(vm, values[index])))
      }
    }
    let extras = object.value(FunctionLayout.extras)
    guard extras.isRef else { return found }
    let named = vm.words(extras).value(FunctionExtras.keywordDefaults)
    guard vm.is(named, .dict) else { return found }
    for (key, value) in vm.pairs(of: named, limit: 255) { found.append((vm.text(key), recorder.show(vm, value))) }
    return found
  }

  // MARK: Cells

  /// The cell of a number, if it is alive.
  func cell(_ number: Int) -> Value? { cells[number] }

  /// The snippets' cells that are alive, by number. With `weighs`, with the bytes that each keeps alive.
  package func cellViews(weighs: Bool) -> [CellView] {
    let onStack = cellsOnStack()
    let mostWeighed = 24
    return cells.sorted { $0.key < $1.key }.prefix(10_000).enumerated().map { index, entry in
      let (number, cell) = entry
      let holders = sharers[cell.ref.offset] ?? []
      let owner = holders.first.map { ownerName($0) } ?? onStack[number]?.owner ?? ""
      return CellView(
        number: number, name: name(of: cell, holders) ?? onStack[number]?.name ?? recorder.cellName(number),
        value: recorder.show(vm, vm.words(cell).value(1)), sharers: holders.map { vm.functionLabel($0) },
        status: onStack[number] == nil ? .retained : .onStack, ownerFunction: onStack[number]?.owner ?? owner,
        retainedBytes: weighs && index < mostWeighed ? weight(cell) : nil, path: path(to: cell.ref))
    }
  }

  private func name(of cell: Value, _ holders: [Value]) -> String? {
    guard let holder = holders.first.map({ vm.words($0) }) else { return nil }
    let names = PyTuple(vm, vm.words(holder.value(FunctionLayout.code)).value(CodeLayout.freeNames))
    for index in 0..<min(holder.size, names.count) where holder.value(FunctionLayout.cells + index) == cell {
      return vm.text(names[index])
    }
    return nil
  }

  /// `make_counter` of `make_counter.<locals>.counter`.
  private func ownerName(_ function: Value) -> String {
    let code = vm.words(vm.words(function).value(FunctionLayout.code))
    let parts = vm.text(code.value(CodeLayout.qualifiedName)).split(separator: ".").map(String.init)
    guard let locals = parts.lastIndex(of: "<locals>"), locals > 0 else { return "" }
    return parts[locals - 1]
  }

  /// The cells that frames own, running or suspended.
  private func cellsOnStack() -> [Int: (name: String, owner: String)] {
    var found: [Int: (name: String, owner: String)] = [:]
    for (frame, registers) in liveFrames() {
      for own in recorder.codes[frame.code].cells {
        let cell = registers.value(own.register)
        if vm.is(cell, .cell) {
          found[vm.cellNumber(cell)] = (recorder.text(own.name), recorder.codes[frame.code].name)
        }
      }
    }
    return found
  }

  /// The bytes of what only this cell keeps alive, itself not counted.
  private func weight(_ cell: Value) -> Int {
    guard vm.words(cell).value(1).isRef else { return 0 }
    let rest = Reach(vm, roots: vm.rootReferences(), without: cell.ref)
    var bytes = 0
    for ref in reach.order + reach.parts where !rest.contains(ref) && ref != cell.ref { bytes += vm.occupiedBytes(ref) }
    return bytes
  }

  private func path(to ref: Ref) -> [String] {
    var chain: [Int] = []
    var at = places[ref.offset] ?? -1
    while at >= 0, chain.count < 200 {
      chain.append(at)
      at = Int(reach.from[at])
    }
    chain.reverse()
    var words: [String] = []
    for (position, place) in chain.enumerated() {
      let ref = reach.order[place]
      let next = position + 1 < chain.count ? reach.order[chain[position + 1]] : nil
      if let word = step(ref, next, isFirst: position == 0, chain: position) { words.append(word) }
    }
    return words
  }

  /// What a link of a path is called; nil for the insides of objects.
  private func step(_ ref: Ref, _ next: Ref?, isFirst: Bool, chain: Int) -> String? {
    let object = vm.words(ref)
    switch object.kind {
    case .dictTable:
      guard chain == 1, let next else { return nil }
      for index in 0..<object.low(2) where object.value(DictTable.entry(index) + 1) == Value(next) {
        let key = object.value(DictTable.entry(index))
        return vm.isString(key) ? "global \(vm.text(key))" : nil
      }
      return nil
    case .dict: return isFirst ? nil : "dict"
    case .function: return "function \(vm.functionLabel(Value(ref)))"
    case .cell: return "cell \(recorder.cellName(vm.cellNumber(Value(ref)), survey: self, Value(ref)))"
    case .list, .tuple, .set: return vm.typeName(Value(ref))
    case .class: return "class \(vm.className(ref))"
    case .generator: return "generator \(vm.qualifiedName(vm.words(object.value(GeneratorLayout.function))))"
    case .boundMethod: return "method"
    case .instance: return "\(vm.typeName(Value(ref))) object"
    case .buffer, .raw, .setTable, .shape, .code: return nil
    default: return object.kind.isRecord ? vm.typeName(Value(ref)) : nil
    }
  }

  fileprivate func nameFromSharers(_ cell: Value) -> String? { name(of: cell, sharers[cell.ref.offset] ?? []) }

  // MARK: Frames

  /// The frames of the snippets that run, wait or are suspended, with their registers.
  private func liveFrames() -> [(frame: WatchedFrame, registers: Words)] {
    var found: [(frame: WatchedFrame, registers: Words)] = []
    for frame in recorder.at.stack { found.append((frame, vm.stackWord(vm.address(ofOffset: frame.place)))) }
    for (place, frame) in recorder.at.suspended.sorted(by: { $0.value.record.id < $1.value.record.id }) {
      let generator = vm.words(at: Int(place))
      guard alive.isMarked(Ref(offset: place)), generator.kind == .generator, vm.generatorState(generator) != .finished
      else {
        continue
      }
      found.append((frame, generator.advanced(by: GeneratorLayout.registers)))
    }
    return found
  }

  /// The frames at this moment, from the module's on; suspended ones last.
  package func frameViews() -> [FrameView] {
    liveFrames().enumerated().map { index, live in
      let depth = recorder.at.stack.count
      let status: FrameView.Status = index >= depth ? .suspended : index == depth - 1 ? .running : .waiting
      let function = vm.words(live.frame.function)
      var cells = recorder.codes[live.frame.code].cells.compactMap { own -> (name: String, cell: Int, isOwn: Bool)? in
        let cell = live.registers.value(own.register)
        return vm.is(cell, .cell) ? (recorder.text(own.name), vm.cellNumber(cell), true) : nil
      }
      for (number, name) in recorder.codes[live.frame.code].free.enumerated() where number < function.size {
        let cell = function.value(FunctionLayout.cells + number)
        if vm.is(cell, .cell) { cells.append((recorder.text(name), vm.cellNumber(cell), false)) }
      }
      return FrameView(
        record: live.frame.record, status: status, line: live.frame.line, locals: locals(live.frame, live.registers),
        cells: cells)
    }
  }

  private func locals(_ frame: WatchedFrame, _ registers: Words) -> [(name: String, value: ShownValue)] {
    if recorder.codes[frame.code].head.hasNamespace {
      return vm.is(registers.value(0), .dict) ? names(in: registers.value(0)) : []
    }
    return recorder.codes[frame.code].locals.compactMap { local in
      let value = registers.value(local.register)
      return value.isUnbound ? nil : (recorder.text(local.name), recorder.show(vm, value))
    }
  }

  /// The names of a namespace that are not special.
  private func names(in namespace: Value) -> [(name: String, value: ShownValue)] {
    vm.pairs(of: namespace, limit: Recorder.mostNames).compactMap { key, value in
      guard vm.isString(key) else { return nil }
      let name = vm.text(key)
      return name.hasPrefix("__") && name.hasSuffix("__") ? nil : (name, recorder.show(vm, value))
    }
  }

  /// The names of the main module that are not special.
  package func globals() -> [(name: String, value: ShownValue)] { names(in: vm.mainGlobals) }

  // MARK: Objects

  /// The objects that the shown values lead to, nearest first, and whether there are more.
  package func objectViews(limit: Int = 500) -> (views: [ObjectView], isCut: Bool) {
    var queue: [Value] = []
    var known: Set<UInt64> = []
    func want(_ value: Value) {
      guard value.isRef, hasParts(value), known.insert(value.bits).inserted else { return }
      queue.append(value)
    }
    for (frame, registers) in liveFrames() {
      if recorder.codes[frame.code].head.hasNamespace, vm.is(registers.value(0), .dict) {
        for (key, value) in vm.pairs(of: registers.value(0), limit: Recorder.mostNames)
        where !vm.isString(key) || !vm.text(key).hasPrefix("__") { want(value) }
      }
      for local in recorder.codes[frame.code].locals { want(registers.value(local.register)) }
    }
    if recorder.at.stack.isEmpty {
      for (key, value) in vm.pairs(of: vm.mainGlobals, limit: Recorder.mostNames)
      where !vm.isString(key) || !vm.text(key).hasPrefix("__") { want(value) }
    }
    for cell in cells.sorted(by: { $0.key < $1.key }) { want(vm.words(cell.value).value(1)) }
    var views: [ObjectView] = []
    var next = 0
    while next < queue.count, views.count < limit {
      let value = queue[next]
      next += 1
      views.append(objectView(value, from: 0, visit: want))
    }
    return (views, next < queue.count)
  }

  private func hasParts(_ value: Value) -> Bool {
    switch vm.words(value).kind {
    case .list, .tuple, .set, .dict, .instance, .exception, .generator, .boundMethod, .namespace: true
    case .class: vm.classFlags(value.ref) & ClassFlags.isHeap != 0
    case .record: vm.classOf(value) == vm.type(.deque)
    default: false
    }
  }

  /// The parts of the object at place / 16 `ref`, if it is alive, from number `start` on.
  package func objectView(ref: Int, from start: Int) -> ObjectView? {
    guard ref > 0, ref < Cage.heapEnd >> 4 else { return nil }
    let place = Ref(offset: UInt32(ref << 4))
    guard reach.contains(place), hasParts(Value(place)) else { return nil }
    return objectView(Value(place), from: start) { _ in }
  }

  private func objectView(_ value: Value, from start: Int, visit: (Value) -> Void) -> ObjectView {
    let most = 50
    let kind = vm.words(value).kind
    var view = ObjectView(ref: Int(value.ref.offset >> 4), type: vm.typeName(value))
    func show(_ value: Value) -> ShownValue {
      visit(value)
      return recorder.show(vm, value)
    }
    if [.list, .tuple, .set, .record, .dict].contains(kind) {
      let length = vm.itemCount(value)
      view.length = length
      if kind == .dict {
        view.pairs = vm.pairs(of: value, from: start, limit: most).map { (show($0.key), show($0.value)) }
      } else {
        view.items = vm.items(of: value, from: start, limit: most).map(show)
      }
      view.more = max(0, length - start - most)
    } else if kind == .generator {
      view.frame = recorder.at.suspended[value.ref.offset]?.record.id
    } else if kind == .boundMethod {
      view.attributes = [("__func__", show(vm.words(value).value(1))), ("__self__", show(vm.words(value).value(2)))]
    } else {
      let all = vm.ownAttributes(value)
      view.attributes = all.dropFirst(start).prefix(most).map { ($0.name, show($0.value)) }
      view.more = max(0, all.count - start - most)
    }
    return view
  }
}

extension Recorder {
  /// The name of a cell's variable, as far as it was seen.
  package func cellName(_ number: Int) -> String { knownName(of: number) ?? "" }

  fileprivate func cellName(_ number: Int, survey: Survey, _ cell: Value) -> String {
    knownName(of: number) ?? survey.nameFromSharers(cell) ?? "#\(number)"
  }

  private func knownName(of number: Int) -> String? { nameNumber(of: number).map { text($0) } }

  /// The class's name and the text of a shown value.
  package func text(of value: ShownValue) -> (type: String, text: String) {
    if let number = value.object { return (text(objects[number].type), text(objects[number].text)) }
    let constant = value.constant
    if constant.isInt { return ("int", String(constant.int)) }
    if constant.isInlineFloat {
      return ("float", String(decoding: FloatText.repr(constant.inlineFloat), as: UTF8.self))
    }
    let type =
      constant.isNone
      ? "NoneType" : constant.isBool ? "bool" : constant == .ellipsis ? "ellipsis" : "NotImplementedType"
    return (type, ValueText.constant(constant))
  }
}
