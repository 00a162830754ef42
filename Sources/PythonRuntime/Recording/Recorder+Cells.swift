import PythonBytecode

/// What the recorder is told of cells and of functions that get them.
extension Recorder {
  func touched(_ vm: VM, _ access: CellAccess, _ cell: Value, new: Value) {
    let number = vm.cellNumber(cell)
    guard number > 0 else { return }
    synchronize(vm)
    guard let top = at.stack.indices.last else { return }
    let old = access == .created ? Value.unbound : vm.words(cell).value(1)
    let name = access == .created ? nameOfNew(vm, number) : name(vm, of: cell, number)
    add(
      vm, access, cell: number, name: name, line: currentLine(vm), function: at.stack[top].record.function, by: 0,
      old: access == .read ? new : old, new: new)
  }

  /// The same, of the frame at the top.
  func touchFromTop(_ vm: VM, _ access: CellAccess, _ cell: Value, old: Value, new: Value, pc: Int) {
    let number = vm.cellNumber(cell)
    guard number > 0, let top = at.stack.indices.last else { return }
    add(
      vm, access, cell: number, name: name(vm, of: cell, number), line: at.stack[top].lines.line(vm, before: pc),
      function: at.stack[top].record.function, by: 0, old: old, new: new)
  }

  /// The line that the program is at.
  func currentLine(_ vm: VM) -> Int {
    if vm.isStepped(vm.runningFunction) { return vm.currentLine() }
    return at.stack.last?.line ?? 0
  }

  /// A cell is about to be set by nobody's code.
  func changing(_ vm: VM, _ cell: Value, new: Value) {
    let number = vm.cellNumber(cell)
    add(
      vm, new.isUnbound ? .emptied : .written, cell: number, name: name(vm, of: cell, number), line: currentLine(vm),
      function: self.number(of: CellChange.author), by: 0, old: vm.words(cell).value(1), new: new)
  }

  /// A function was made, with cells.
  func made(_ vm: VM, _ function: Value) {
    let object = vm.words(function)
    guard object.high(FunctionLayout.simpleArgumentCount) > 0 else { return }
    settle(vm)
    guard !at.stack.isEmpty else { return }
    let maker = at.stack[at.stack.count - 1].record
    let code = codeNumber(vm, object)
    let facts = codes[code]
    let label = label(vm, of: object)
    if recording.functions.count < window.count, !facts.head.hasNamespace {
      let extras = object.value(FunctionLayout.extras)
      recording.functions.append(
        FunctionRecord(
          label: label, name: facts.head.name,
          qualifiedName: extras.isRef ? number(of: vm.qualifiedName(object)) : facts.qualifiedName,
          line: Int32(truncatingIfNeeded: facts.head.lines.first), file: facts.head.file,
          step: Int32(truncatingIfNeeded: at.steps + 1), frame: Int32(truncatingIfNeeded: maker.id)))
    }
    for index in 0..<min(object.size, facts.free.count) {
      let cell = object.value(FunctionLayout.cells + index)
      guard vm.is(cell, .cell) else { continue }
      let number = vm.cellNumber(cell)
      guard number > 0 else { continue }
      setName(of: number, facts.free[index])
      let contents = vm.words(cell).value(1)
      add(
        vm, .captured, cell: number, name: facts.free[index], line: currentLine(vm), function: label,
        by: maker.function, old: contents, new: contents)
    }
  }

  func add(
    _ vm: VM, _ access: CellAccess, cell: Int, name: Int32, line: Int, function: Int32, by: Int32, old: Value,
    new: Value
  ) {
    if takesValues, at.steps + 1 < window.lowerBound { return }
    guard recording.ledger.count < mostEvents, let top = at.stack.indices.last else {
      recording.isPartial = true
      return
    }
    let shown = shown(vm, new)
    recording.ledger.append(
      CellRecord(
        step: Int32(truncatingIfNeeded: at.steps + 1), cell: Int32(truncatingIfNeeded: cell), name: name,
        line: Int32(truncatingIfNeeded: line), frame: Int32(truncatingIfNeeded: at.stack[top].record.id),
        function: function, by: by, access: access, old: old == new ? shown : self.shown(vm, old), new: shown))
  }

  func shown(_ vm: VM, _ value: Value) -> ShownValue {
    takesValues && !isFull ? show(vm, value) : ShownValue(unseen: value, collections: vm[.collections])
  }

  /// The number of the name of a cell that was seen.
  func nameNumber(of cell: Int) -> Int32? {
    guard cellNames.indices.contains(cell), cellNames[cell] != 0 else { return nil }
    return cellNames[cell]
  }

  func setName(of cell: Int, _ name: Int32) {
    // The numbers beyond are made from places, and no longer say which cell it is for good.
    guard cell < CellNumber.last else { return }
    if cell >= cellNames.count {
      cellNames.append(contentsOf: repeatElement(0, count: max(cell + 1, 2 * cellNames.count) - cellNames.count))
    }
    cellNames[cell] = name
  }

  /// The name of a cell that `makeCell` is making: its register is the instruction's.
  func nameOfNew(_ vm: VM, _ number: Int) -> Int32 {
    let register = a(vm.codeWord(-1))
    let cells = codes[at.stack[at.stack.count - 1].code].cells
    let name = cells.first { $0.register == register }?.name ?? 0
    setName(of: number, name)
    return name
  }

  func name(_ vm: VM, of cell: Value, _ number: Int) -> Int32 {
    if number < cellNames.count, cellNames[number] != 0 { return cellNames[number] }
    guard let top = at.stack.last else { return 0 }
    let function = vm.words(top.function)
    var name: Int32 = 0
    let facts = codes[top.code]
    for index in 0..<min(function.size, facts.free.count)
    where function.value(FunctionLayout.cells + index) == cell { name = facts.free[index] }
    for own in facts.cells where vm.stackWord(vm.address(ofOffset: top.place)).value(own.register) == cell {
      name = own.name
    }
    if name != 0 { setName(of: number, name) }
    return name
  }
}

extension VM {
  /// Whether it matters which object a value is: not for numbers and text.
  func hasShownIdentity(_ value: Value) -> Bool {
    guard value.isRef else { return false }
    switch words(value).kind {
    case .string, .bytes, .int, .float, .complex: return false
    default: return true
    }
  }
}
