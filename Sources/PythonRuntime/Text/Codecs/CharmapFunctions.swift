/// Coding by a table: `charmap_encode`, `charmap_decode`, `charmap_build`.
enum CharmapFunctions {
  static let functions: [NativeFunction] = [
    NativeFunction("charmap_encode", "str, errors=None, mapping=None, /", encode),
    NativeFunction("charmap_decode", "data, errors=None, mapping=None, /", decode),
    NativeFunction("charmap_build", "map, /", build),
  ]

  /// A dict from characters to bytes, for a decoding table of 256 characters.
  static func build(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[0], argument: "charmap_build() argument")
    let map = PyString(vm, a[0])
    let result = try vm.newDict()
    let dict = PyDict(vm, result)
    for index in 0..<min(map.count, 256) where map[index] != 0xFFFE {
      try dict.set(Value(small: Int(map[index])), Value(small: index))
    }
    return result
  }

  /// What a mapping has for a key; nil when it has nothing.
  private static func lookUp(_ vm: VM, _ mapping: Value, _ key: Int) throws(Unwind) -> Value? {
    do {
      return try vm.getItem(mapping, Value(small: key))
    } catch {
      guard case .exception = error, vm.pendingMatches(.lookupError) else { throw error }
      vm.takePending()
      return nil
    }
  }

  static func encode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[0], argument: "charmap_encode() argument 1")
    let errors = try CodecsModule.errors(vm, a[1], "charmap_encode")
    let text = PyString(vm, a[0])
    try vm.charge(text.count)
    let length = Value(small: text.count)
    if a[2].isNone { return try vm.newTuple(vm.encode(a[0], .latin1, errors: errors), length) }
    var wanted = Set<UInt32>()
    for index in 0..<text.count { wanted.insert(text[index]) }
    // An error handler writes ASCII, which goes through the table as well.
    if errors != "strict", errors != "ignore" { wanted.formUnion(0x20..<0x7F) }
    // One that a program registered may write whatever the table has.
    if vm.is(a[2], .dict) {
      let map = PyDict(vm, a[2])
      for index in 0..<map.entryCount {
        guard let key = map.entry(at: index)?.key, let scalar = vm.asInt(key).flatMap(UInt32.init(exactly:)) else {
          continue
        }
        wanted.insert(scalar)
      }
    }
    var table: [UInt32: [UInt8]] = [:]
    for scalar in wanted.sorted() {
      guard let found = try lookUp(vm, a[2], Int(scalar)), !found.isNone else { continue }
      if vm.is(found, .bytes), let view = BytesView(vm, found) {
        table[scalar] = view.array()
      } else if vm.isInteger(found) {
        guard let byte = vm.asInt(found), byte >= 0, byte < 256 else {
          throw vm.raise(.typeError, "character mapping must be in range(256)")
        }
        table[scalar] = [UInt8(byte)]
      } else {
        throw vm.raise(
          .typeError, "character mapping must return integer, bytes or None, not \(vm.typeName(found))")
      }
    }
    var encoder = TextEncoder(vm, a[0], .charmap, errors: errors, table: table)
    return try vm.newTuple(vm.newBytes(encoder.run()), length)
  }

  static func decode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let bytes = try vm.requireBytes(a[0]).array()
    let errors = try CodecsModule.errors(vm, a[1], "charmap_decode")
    try vm.charge(bytes.count >> 2)
    let length = Value(small: bytes.count)
    if a[2].isNone { return try vm.newTuple(vm.decode(bytes, .latin1, errors: errors), length) }
    var decoder = TextDecoder(vm, bytes, .charmap, errors: errors, table: try table(vm, a[2], bytes))
    try decoder.run(isFinal: true)
    return try vm.newTuple(decoder.out.finish(), length)
  }

  /// The characters of each byte that occurs.
  private static func table(_ vm: VM, _ mapping: Value, _ bytes: [UInt8]) throws(Unwind) -> [[UInt32]?] {
    var table = [[UInt32]?](repeating: nil, count: 256)
    if vm.isString(mapping) {
      let map = PyString(vm, mapping)
      for byte in 0..<min(256, map.count) where map[byte] != 0xFFFE { table[byte] = [map[byte]] }
      return table
    }
    for byte in Set(bytes).sorted() {
      guard let found = try lookUp(vm, mapping, Int(byte)), !found.isNone else { continue }
      if vm.isString(found) {
        let text = PyString(vm, found)
        if text.count == 1, text[0] == 0xFFFE { continue }
        table[Int(byte)] = (0..<text.count).map { text[$0] }
      } else if vm.isInteger(found) {
        guard let code = vm.asInt(found), code >= 0, code < 0x110000 else {
          throw vm.raise(.typeError, "character mapping must be in range(0x110000)")
        }
        if code != 0xFFFE { table[Int(byte)] = [UInt32(code)] }
      } else {
        throw vm.raise(.typeError, "character mapping must return integer, None or str")
      }
    }
    return table
  }
}
