/// What changed in the names of a frame since the last step: its registers, or the entries of its namespace, are compared with what they held.
extension Recorder {
  /// The names that changed in the frame `top`, and those of the module if one was stored from elsewhere.
  func takeChanges(_ vm: VM, _ top: Int) {
    if at.stack[top].facts.hasNamespace {
      compareNamespace(vm, top, isGlobal: false, records: true)
    } else {
      compareRegisters(vm, top, records: true)
    }
    if globalsChanged, top > 0, at.stack[0].facts.kind == .module {
      compareNamespace(vm, 0, isGlobal: true, records: true)
    }
    globalsChanged = false
  }

  /// Learns what all frames hold: the window begins here.
  func synchronizeFrames(_ vm: VM) {
    isSynchronized = true
    for index in at.stack.indices {
      if at.stack[index].facts.hasNamespace {
        compareNamespace(vm, index, isGlobal: false, records: false)
      } else {
        compareRegisters(vm, index, records: false)
      }
    }
    for key in at.suspended.keys { at.suspended[key]?.held = [] }
    recording.frames = at.suspended.values.map(\.record).sorted { $0.id < $1.id } + at.stack.map(\.record)
  }

  private func compareRegisters(_ vm: VM, _ index: Int, records: Bool) {
    let registers = vm.stackWord(vm.address(ofOffset: at.stack[index].place))
    let facts = at.stack[index].facts
    var isNew = false
    if at.stack[index].held.count != facts.locals.count {
      // Suspended while nothing was recorded: what it holds now is what it held then.
      isNew = true
      at.stack[index].held = [UInt64](repeating: 0, count: facts.locals.count)
      at.stack[index].prints = at.stack[index].held
    }
    for (number, local) in facts.locals.enumerated() {
      let bits = registers[local.register]
      let value = Value(bits: bits)
      if bits == at.stack[index].held[number] && (!value.isRef || !vm.isMutable(value)) { continue }
      let print = vm.isMutable(value) ? vm.fingerprint(value) : 0
      if bits == at.stack[index].held[number] && print == at.stack[index].prints[number] { continue }
      at.stack[index].held[number] = bits
      at.stack[index].prints[number] = print
      if records, !isNew { change(vm, local.name, value, isGlobal: false) }
    }
  }

  private func change(_ vm: VM, _ name: Int32, _ value: Value, isGlobal: Bool) {
    recording.changes.append(ChangeRecord(name: name, isGlobal: isGlobal, value: show(vm, value)))
  }

  private func compareNamespace(_ vm: VM, _ index: Int, isGlobal: Bool, records: Bool) {
    let namespace = vm.stackWord(vm.address(ofOffset: at.stack[index].place)).value(0)
    guard vm.is(namespace, .dict) else { return }
    let dict = PyDict(vm, namespace)
    let count = min(dict.entryCount, Recorder.mostNames)
    let table = dict.table()
    if !isAligned(index, table, count) { align(vm, index, dict, count, isGlobal: isGlobal, records: records) }
    for entry in 0..<count {
      let value = table.value(entry)
      if entry < at.stack[index].held.count {
        if at.stack[index].names[entry] == 0 { continue }
        let isMutable = vm.isMutable(value)
        if value.bits == at.stack[index].held[entry] && !isMutable { continue }
        let print = isMutable ? vm.fingerprint(value) : 0
        if value.bits == at.stack[index].held[entry] && print == at.stack[index].prints[entry] { continue }
        at.stack[index].held[entry] = value.bits
        at.stack[index].prints[entry] = print
        if records { change(vm, at.stack[index].names[entry], value, isGlobal: isGlobal) }
      } else {
        addEntry(vm, index, table.key(entry), value)
        let name = at.stack[index].names[entry]
        if records, name != 0 { change(vm, name, value, isGlobal: isGlobal) }
      }
    }
  }

  static let mostNames = 2000

  /// Whether the entries that are known are still where they were.
  private func isAligned(_ index: Int, _ table: DictTable, _ count: Int) -> Bool {
    let keys = at.stack[index].keys
    guard keys.count <= count else { return false }
    for entry in keys.indices where table.key(entry).bits != keys[entry] { return false }
    return true
  }

  /// After deletions: says which names are gone, and learns the others anew.
  private func align(_ vm: VM, _ index: Int, _ dict: PyDict, _ count: Int, isGlobal: Bool, records: Bool) {
    var old: [UInt64: (held: UInt64, print: UInt64, name: Int32)] = [:]
    let frame = at.stack[index]
    for entry in frame.keys.indices where frame.names[entry] != 0 {
      old[frame.keys[entry]] = (frame.held[entry], frame.prints[entry], frame.names[entry])
    }
    at.stack[index].keys = []
    at.stack[index].names = []
    at.stack[index].held = []
    at.stack[index].prints = []
    let table = dict.table()
    for entry in 0..<count {
      let key = table.key(entry)
      addEntry(vm, index, key, table.value(entry))
      if let known = old.removeValue(forKey: key.bits) {
        at.stack[index].held[entry] = known.held
        at.stack[index].prints[entry] = known.print
      } else if records, at.stack[index].names[entry] != 0 {
        change(vm, at.stack[index].names[entry], table.value(entry), isGlobal: isGlobal)
      }
    }
    guard records else { return }
    for gone in old.values.sorted(by: { $0.name < $1.name }) {
      recording.changes.append(ChangeRecord(name: gone.name, isGlobal: isGlobal, value: .unbound))
    }
  }

  private func addEntry(_ vm: VM, _ index: Int, _ key: Value, _ value: Value) {
    let isText = !key.isUnbound && vm.isString(key)
    let name = isText ? vm.text(key) : ""
    let isShown = isText && !(name.hasPrefix("__") && name.hasSuffix("__"))
    at.stack[index].keys.append(key.bits)
    at.stack[index].names.append(isShown ? number(of: name) : 0)
    at.stack[index].held.append(value.bits)
    at.stack[index].prints.append(isShown && vm.isMutable(value) ? vm.fingerprint(value) : 0)
  }
}
