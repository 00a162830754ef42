/// A compiled pattern, a record: `1` pattern, `2` flags, `3` number of groups, `4` names (mapping proxy), `5` names by number (tuple),
/// `6` program (raw), `7` its length in words, `8` memory for the matcher (raw) or None, `9` its capacity in words, `10` whether it is
/// for bytes (None: for both).
@safe struct PyPattern {
  let value: Value
  private let words: Words
  private let vm: VM

  init(_ vm: VM, _ value: Value) {
    self.vm = vm
    self.value = value
    words = vm.words(value)
  }

  var source: Value { words.value(1) }
  var flags: Value { words.value(2) }
  var groups: Int { words.value(3).int }
  var groupIndex: Value { words.value(4) }
  var groupNames: Value { words.value(5) }
  var program: Words { vm.words(words.value(6)).advanced(by: 1) }
  var programCount: Int { words.value(7).int }
  var isBytes: Value { words.value(10) }

  static func make(
    _ vm: VM, source: Value, flags: Value, groups: Int, index: Value, names: Value, program: [UInt64]
  ) throws(Unwind) -> Value {
    let raw = try vm.allocateRaw(bytes: program.count * 8)
    let target = vm.words(raw)
    for (place, word) in program.enumerated() { target[place + 1] = word }
    let isBytes: Value = source.isNone ? .none : Value(!vm.isString(source))
    let proxy = Value(try vm.allocateRecord(.mappingProxy, class: vm.type(.mappingProxy), index))
    return Value(
      try vm.allocateRecord(
        .record, class: vm.type(.regexPattern), source, flags, Value(small: groups), proxy, names, Value(raw),
        Value(small: program.count), .none, .zero, isBytes))
  }

  /// The memory that the last use left, or new; nobody else has it until it is given back.
  func takeMemory() throws(Unwind) -> (Words, Int) {
    let kept = words.value(8)
    if kept.isRef {
      words.set(8, .none)
      return (vm.words(kept), words.value(9).int)
    }
    let capacity = max(64, Int(truncatingIfNeeded: program[RegexHeader.slots]) + 48)
    return (vm.words(try vm.allocateRaw(bytes: capacity * 8)), capacity)
  }

  /// Keeps memory for the next use, unless it is much.
  func giveBack(_ memory: Words, _ capacity: Int) {
    let ref = vm.ref(memory)
    guard capacity <= 1 << 13 else { return vm.freeBuffer(ref) }
    words.set(8, Value(ref))
    words.set(9, Value(small: capacity))
  }

  /// The number that a group's name or number stands for; nil when there is no such group.
  func group(_ key: Value) throws(Unwind) -> Int? {
    var number = -1
    if vm.hasIndex(key) {
      number = try vm.asInt(vm.index(key)) ?? -1
    } else {
      let index = vm.words(groupIndex).value(1)
      guard let found = try? vm.hash(key), let entry = try PyDict(vm, index).find(key, hash: found) else {
        vm.takePending()
        return nil
      }
      number = vm.asInt(PyDict(vm, index).table().value(entry)) ?? -1
    }
    return number >= 0 && number <= groups ? number : nil
  }
}
