/// Reads one value. What is being made lies on the register stack, as hooks are Python code.
struct JSONScanner {
  private let vm: VM
  private let options: Words
  private let text: Value
  private let view: PyString
  private let count: Int
  /// Keys that came before.
  private let memo: Value
  /// The place after what was read last.
  private(set) var next = 0

  init(_ vm: VM, _ scanner: Value, _ text: Value, _ memo: Value) {
    self.vm = vm
    options = vm.words(scanner)
    self.text = text
    view = PyString(vm, text)
    count = view.count
    self.memo = memo
  }

  private func stop(_ place: Int) -> Unwind { vm.raise(.stopIteration, arguments: [Value(small: place)]) }

  private func failure(_ message: String, _ place: Int) -> Unwind { JSONText.failure(vm, message, text, place) }

  private mutating func skipSpace() {
    while next < count, [0x20, 0x09, 0x0A, 0x0D].contains(view[next]) { next += 1 }
  }

  private func peek() -> UInt32? { next < count ? view[next] : nil }

  mutating func value(at start: Int) throws(Unwind) -> Value {
    guard start < count else { throw stop(start) }
    try vm.charge(3)
    switch Unicode.Scalar(view[start]) {
    case "\"":
      let (string, end) = try JSONText.scan(vm, text, from: start + 1, isStrict: options.value(1) == .true)
      next = end
      return string
    case "{":
      try vm.enterNested(" while decoding a JSON object from a unicode string")
      defer { vm.leaveNested() }
      return try object(start)
    case "[":
      try vm.enterNested(" while decoding a JSON array from a unicode string")
      defer { vm.leaveNested() }
      return try array(start)
    case "n": if has("null", start) { return .none }
    case "t": if has("true", start) { return .true }
    case "f": if has("false", start) { return .false }
    case "N": if has("NaN", start) { return try constant("NaN") }
    case "I": if has("Infinity", start) { return try constant("Infinity") }
    case "-": if has("-Infinity", start) { return try constant("-Infinity") }
    default: break
    }
    return try number(start)
  }

  private mutating func has(_ word: StaticString, _ start: Int) -> Bool {
    guard start + word.utf8CodeUnitCount <= count else { return false }
    for (index, byte) in "\(word)".utf8.enumerated() where view[start + index] != UInt32(byte) { return false }
    next = start + word.utf8CodeUnitCount
    return true
  }

  private func constant(_ name: String) throws(Unwind) -> Value {
    try vm.call(options.value(6), vm.newString(name))
  }

  private mutating func number(_ start: Int) throws(Unwind) -> Value {
    func digit(_ place: Int) -> Bool { place < count && view[place] &- 0x30 < 10 }
    var end = start
    if view[end] == 0x2D { end += 1 }
    guard digit(end) else { throw stop(start) }
    if view[end] == 0x30 { end += 1 } else { while digit(end) { end += 1 } }
    var isFloat = false
    if end < count, view[end] == 0x2E, digit(end + 1) {
      isFloat = true
      end += 1
      while digit(end) { end += 1 }
    }
    if end < count, view[end] | 0x20 == 0x65 {
      var place = end + 1
      if place < count, view[place] == 0x2B || view[place] == 0x2D { place += 1 }
      if digit(place) {
        isFloat = true
        while digit(place) { place += 1 }
        end = place
      }
    }
    next = end
    let hook = options.value(isFloat ? 4 : 5)
    let literal = try vm.substring(text, from: start, count: end - start)
    if hook == Value(vm.type(.float)), isFloat { return try vm.float(FloatText.parse(vm, string: literal)) }
    if hook == Value(vm.type(.int)), !isFloat { return try IntText.parse(vm, string: literal, base: 10) }
    return try vm.call(hook, literal)
  }

  private mutating func array(_ start: Int) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let result = try vm.newList()
    vm.keep(result)
    next = start + 1
    skipSpace()
    if peek() == 0x5D {
      next += 1
      return result
    }
    while true {
      try PyList(vm, result).append(value(at: next))
      skipSpace()
      if peek() == 0x5D { break }
      guard peek() == 0x2C else { throw failure("Expecting ',' delimiter", next) }
      next += 1
      skipSpace()
    }
    next += 1
    return result
  }

  private mutating func object(_ start: Int) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let givesPairs = !options.value(3).isNone
    let result = givesPairs ? try vm.newList() : try vm.newDict()
    vm.keep(result)
    next = start + 1
    skipSpace()
    if peek() != 0x7D {
      while true {
        try member(of: result, asPair: givesPairs)
        skipSpace()
        if peek() == 0x7D { break }
        guard peek() == 0x2C else { throw failure("Expecting ',' delimiter", next) }
        next += 1
        skipSpace()
      }
    }
    next += 1
    let hook = options.value(givesPairs ? 3 : 2)
    return hook.isNone ? result : try vm.call(hook, result)
  }

  private mutating func member(of result: Value, asPair: Bool) throws(Unwind) {
    guard peek() == 0x22 else {
      throw failure("Expecting property name enclosed in double quotes", next)
    }
    let (raw, end) = try JSONText.scan(vm, text, from: next + 1, isStrict: options.value(1) == .true)
    let key = try remembered(raw)
    next = end
    skipSpace()
    guard peek() == 0x3A else { throw failure("Expecting ':' delimiter", next) }
    next += 1
    skipSpace()
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(key)
    let value = try value(at: next)
    if asPair {
      try PyList(vm, result).append(vm.newPair(key, value))
    } else {
      try PyDict(vm, result).set(key, value)
    }
  }

  private func remembered(_ key: Value) throws(Unwind) -> Value {
    let known = PyDict(vm, memo)
    let hash = vm.stringHash(key)
    if let entry = try known.find(key, hash: hash) { return known.table().key(entry) }
    try known.insert(key, key, hash: hash)
    return key
  }
}
