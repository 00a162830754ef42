/// What changed in the names of a frame since the last step: its registers, or the entries of its namespace, are compared with what they held.
extension Recorder {
  /// The names that changed in the frame that runs, which is in hand, and those of the module if one was stored from elsewhere.
  func takeChanges(_ vm: VM, _ frame: inout WatchedFrame) {
    if frame.facts.hasNamespace {
      compareNamespace(vm, &frame, isGlobal: false, records: true)
    } else {
      compareRegisters(vm, &frame, records: true)
    }
    guard globalsChanged else { return }
    globalsChanged = false
    guard !at.stack.isEmpty, at.stack[0].facts.kind == .module else { return }
    compareNamespace(vm, &at.stack[0], isGlobal: true, records: true)
  }

  /// Learns what all frames hold: the window begins here.
  func synchronizeFrames(_ vm: VM) {
    isSynchronized = true
    for index in at.stack.indices {
      if at.stack[index].facts.hasNamespace {
        compareNamespace(vm, &at.stack[index], isGlobal: false, records: false)
      } else {
        compareRegisters(vm, &at.stack[index], records: false)
      }
    }
    for key in at.suspended.keys { at.suspended[key]?.held = [] }
    recording.frames = at.suspended.values.map(\.record).sorted { $0.id < $1.id } + at.stack.map(\.record)
  }

  private func compareRegisters(_ vm: VM, _ frame: inout WatchedFrame, records: Bool) {
    let registers = vm.stackWord(vm.address(ofOffset: frame.place))
    let locals = frame.facts.locals
    var records = records
    if frame.held.count != locals.count {
      // Suspended while nothing was recorded: what it holds now is what it held then.
      records = false
      frame.held = [WatchedFrame.Held](repeating: WatchedFrame.Held(bits: 0), count: locals.count)
    }
    for number in locals.indices {
      let bits = registers[locals[number].register]
      let value = Value(bits: bits)
      let isMutable = vm.isMutable(value)
      if bits == frame.held[number].bits && !isMutable { continue }
      let print = isMutable ? vm.fingerprint(value) : 0
      if bits == frame.held[number].bits && print == frame.held[number].print { continue }
      frame.held[number].bits = bits
      frame.held[number].print = print
      if records { change(vm, locals[number].name, value, isGlobal: false) }
    }
  }

  private func change(_ vm: VM, _ name: Int32, _ value: Value, isGlobal: Bool) {
    recording.changes.append(ChangeRecord(name: name, isGlobal: isGlobal, value: show(vm, value)))
  }

  private func compareNamespace(_ vm: VM, _ frame: inout WatchedFrame, isGlobal: Bool, records: Bool) {
    let namespace = vm.stackWord(vm.address(ofOffset: frame.place)).value(0)
    guard vm.is(namespace, .dict) else { return }
    let dict = PyDict(vm, namespace)
    let count = min(dict.entryCount, Recorder.mostNames)
    let table = dict.table()
    if !isAligned(frame.held, table, count) { align(vm, &frame, table, count, isGlobal: isGlobal, records: records) }
    for entry in 0..<count {
      let value = table.value(entry)
      guard entry < frame.held.count else {
        frame.held.append(newEntry(vm, table.key(entry), value))
        let name = frame.held[entry].name
        if records, name != 0 { change(vm, name, value, isGlobal: isGlobal) }
        continue
      }
      let held = frame.held[entry]
      if held.name == 0 { continue }
      let isMutable = vm.isMutable(value)
      if value.bits == held.bits && !isMutable { continue }
      let print = isMutable ? vm.fingerprint(value) : 0
      if value.bits == held.bits && print == held.print { continue }
      frame.held[entry].bits = value.bits
      frame.held[entry].print = print
      if records { change(vm, held.name, value, isGlobal: isGlobal) }
    }
  }

  static let mostNames = 2000

  /// Whether the entries that are known are still where they were.
  private func isAligned(_ held: [WatchedFrame.Held], _ table: DictTable, _ count: Int) -> Bool {
    guard held.count <= count else { return false }
    for entry in held.indices where table.key(entry).bits != held[entry].key { return false }
    return true
  }

  /// After deletions: says which names are gone, and learns the others anew.
  private func align(
    _ vm: VM, _ frame: inout WatchedFrame, _ table: DictTable, _ count: Int, isGlobal: Bool, records: Bool
  ) {
    var old: [UInt64: WatchedFrame.Held] = [:]
    for held in frame.held where held.name != 0 { old[held.key] = held }
    frame.held = []
    for entry in 0..<count {
      let key = table.key(entry)
      if let known = old.removeValue(forKey: key.bits) {
        frame.held.append(known)
        continue
      }
      frame.held.append(newEntry(vm, key, table.value(entry)))
      let name = frame.held[entry].name
      if records, name != 0 { change(vm, name, table.value(entry), isGlobal: isGlobal) }
    }
    guard records else { return }
    for gone in old.values.sorted(by: { $0.name < $1.name }) {
      recording.changes.append(ChangeRecord(name: gone.name, isGlobal: isGlobal, value: .unbound))
    }
  }

  private func newEntry(_ vm: VM, _ key: Value, _ value: Value) -> WatchedFrame.Held {
    let isText = !key.isUnbound && vm.isString(key)
    let name = isText ? vm.text(key) : ""
    let isShown = isText && !(name.hasPrefix("__") && name.hasSuffix("__"))
    return WatchedFrame.Held(
      bits: value.bits, print: isShown && vm.isMutable(value) ? vm.fingerprint(value) : 0, key: key.bits,
      name: isShown ? number(of: name) : 0)
  }
}
