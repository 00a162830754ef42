/// What changed in the names of a frame since the last step: its registers, or the entries of its namespace, are compared with what they held.
extension Recorder {
  /// The names that changed in the frame that runs, and those of the module if one was stored from elsewhere.
  func takeChanges(_ vm: VM, _ frame: WatchedFrame) {
    compare(vm, frame, isGlobal: false, records: true)
    guard vm[.globalsStored] != 0 else { return }
    vm[.globalsStored] = 0
    guard let module = at.stack.first, codes[module.code].head.kind == .module else { return }
    compare(vm, module, isGlobal: true, records: true)
  }

  /// Learns what all frames hold: the window begins here.
  func synchronizeFrames(_ vm: VM) {
    isSynchronized = true
    held.removeAll(keepingCapacity: true)
    for frame in at.stack { compare(vm, frame, isGlobal: false, records: false) }
    recording.frames = at.suspended.values.map(\.record).sorted { $0.id < $1.id } + at.stack.map(\.record)
  }

  private func compare(_ vm: VM, _ frame: WatchedFrame, isGlobal: Bool, records: Bool) {
    // In hand it is compared without a check at each access.
    var known = held.removeValue(forKey: frame.record.id) ?? []
    let facts = codes[frame.code]
    if facts.head.hasNamespace {
      compareNamespace(vm, frame, &known, isGlobal: isGlobal, records: records)
    } else {
      compareRegisters(vm, frame, &known, facts.locals, records: records)
    }
    held[frame.record.id] = known
  }

  private func compareRegisters(
    _ vm: VM, _ frame: WatchedFrame, _ held: inout [HeldValue], _ locals: [(register: Int, name: Int32)], records: Bool
  ) {
    let registers = vm.stackWord(vm.address(ofOffset: frame.place))
    var records = records
    if held.count != locals.count {
      // Suspended while no values were taken down: what it holds now is what it held then.
      records = false
      held = Array(repeating: HeldValue(bits: 0), count: locals.count)
    }
    for number in locals.indices {
      let bits = registers[locals[number].register]
      let value = Value(bits: bits)
      let isMutable = vm.isMutable(value)
      if bits == held[number].bits && !isMutable { continue }
      let print = isMutable ? vm.fingerprint(value) : 0
      if bits == held[number].bits && print == held[number].print { continue }
      held[number].bits = bits
      held[number].print = print
      if records { change(vm, locals[number].name, value, isGlobal: false) }
    }
  }

  private func change(_ vm: VM, _ name: Int32, _ value: Value, isGlobal: Bool) {
    recording.changes.append(ChangeRecord(name: name, isGlobal: isGlobal, value: show(vm, value)))
  }

  private func compareNamespace(
    _ vm: VM, _ frame: WatchedFrame, _ held: inout [HeldValue], isGlobal: Bool, records: Bool
  ) {
    let namespace = vm.stackWord(vm.address(ofOffset: frame.place)).value(0)
    guard vm.is(namespace, .dict) else { return }
    let dict = PyDict(vm, namespace)
    let count = min(dict.entryCount, Recorder.mostNames)
    let table = dict.table()
    if !isAligned(held, table, count) { align(vm, &held, table, count, isGlobal: isGlobal, records: records) }
    for entry in 0..<count {
      let value = table.value(entry)
      guard entry < held.count else {
        held.append(newEntry(vm, table.key(entry), value))
        let name = held[entry].name
        if records, name != 0 { change(vm, name, value, isGlobal: isGlobal) }
        continue
      }
      let known = held[entry]
      if known.name == 0 { continue }
      let isMutable = vm.isMutable(value)
      if value.bits == known.bits && !isMutable { continue }
      let print = isMutable ? vm.fingerprint(value) : 0
      if value.bits == known.bits && print == known.print { continue }
      held[entry].bits = value.bits
      held[entry].print = print
      if records { change(vm, known.name, value, isGlobal: isGlobal) }
    }
  }

  static let mostNames = 2000

  /// Whether the entries that are known are still where they were.
  private func isAligned(_ held: [HeldValue], _ table: DictTable, _ count: Int) -> Bool {
    guard held.count <= count else { return false }
    for entry in held.indices where table.key(entry).bits != held[entry].key { return false }
    return true
  }

  /// After deletions: says which names are gone, and learns the others anew.
  private func align(
    _ vm: VM, _ held: inout [HeldValue], _ table: DictTable, _ count: Int, isGlobal: Bool, records: Bool
  ) {
    var old: [UInt64: HeldValue] = [:]
    for known in held where known.name != 0 { old[known.key] = known }
    held = []
    for entry in 0..<count {
      let key = table.key(entry)
      if let known = old.removeValue(forKey: key.bits) {
        held.append(known)
        continue
      }
      held.append(newEntry(vm, key, table.value(entry)))
      let name = held[entry].name
      if records, name != 0 { change(vm, name, table.value(entry), isGlobal: isGlobal) }
    }
    guard records else { return }
    for gone in old.values.sorted(by: { $0.name < $1.name }) {
      recording.changes.append(ChangeRecord(name: gone.name, isGlobal: isGlobal, value: .unbound))
    }
  }

  private func newEntry(_ vm: VM, _ key: Value, _ value: Value) -> HeldValue {
    let isText = !key.isUnbound && vm.isString(key)
    let name = isText ? vm.text(key) : ""
    let isShown = isText && !(name.hasPrefix("__") && name.hasSuffix("__"))
    return HeldValue(
      bits: value.bits, print: isShown && vm.isMutable(value) ? vm.fingerprint(value) : 0, key: key.bits,
      name: isShown ? number(of: name) : 0)
  }
}
