/// The modules beneath `hashlib`: `_md5`, `_sha1`, `_sha256`, `_sha512`, `_sha3`, `_blake2`.
enum DigestModules {
  static let types = [digestType, blakeType(.blake2b), blakeType(.blake2s)]

  static let modules = [
    plain("_md5", [.md5]), plain("_sha1", [.sha1]), plain("_sha256", [.sha224, .sha256]),
    plain("_sha512", [.sha384, .sha512]),
    plain("_sha3", [.sha3x224, .sha3x256, .sha3x384, .sha3x512, .shake128, .shake256]),
    NativeModule("_blake2", []) { (vm, dict) throws(Unwind) in
      for (known, algorithm) in [(WellKnown.blake2b, DigestAlgorithm.blake2b), (.blake2s, .blake2s)] {
        let type = vm.type(known)
        try dict.set(name: vm.intern(algorithm.name), Value(type))
        let names = PyDict(vm, vm.words(type).value(ClassLayout.dict))
        let half = Value(small: algorithm.blockSize / 8)
        try names.set(name: vm.intern("SALT_SIZE"), half)
        try names.set(name: vm.intern("PERSON_SIZE"), half)
        for name in ["MAX_KEY_SIZE", "MAX_DIGEST_SIZE"] {
          try names.set(name: vm.intern(name), Value(small: algorithm.digestSize))
        }
      }
    },
  ]

  private static func plain(_ module: String, _ algorithms: [DigestAlgorithm]) -> NativeModule {
    NativeModule(
      module,
      algorithms.map { algorithm in
        NativeFunction(algorithm.name, "string=, *, usedforsecurity=True", { (vm, a) throws(Unwind) in
          var state = DigestState(algorithm)
          if !a[0].isUnbound { try update(vm, &state, a[0]) }
          return try make(vm, state, .digest)
        })
      })
  }

  // MARK: Objects: `1` algorithm, `2` state (raw)

  static func make(_ vm: VM, _ state: DigestState, _ type: WellKnown) throws(Unwind) -> Value {
    let raw = try vm.allocateRaw(bytes: DigestState.rawBytes(state.algorithm) + 8)
    state.save(in: vm.words(raw))
    return try vm.newRecord(.record, type, Value(small: state.algorithm.rawValue), Value(raw))
  }

  private static func state(_ vm: VM, _ object: Value) -> DigestState {
    let record = vm.words(object)
    let algorithm = DigestAlgorithm(rawValue: record.value(1).int) ?? .md5
    return DigestState(algorithm, in: vm.words(record.value(2)))
  }

  static func update(_ vm: VM, _ state: inout DigestState, _ data: Value) throws(Unwind) {
    if vm.isString(data) {
      throw vm.raise(.typeError, "Strings must be encoded before hashing")
    }
    guard BytesView(vm, data) != nil || vm.is(data, .memoryview) else {
      throw vm.raise(.typeError, "object supporting the buffer API required")
    }
    let view = try vm.requireBytes(data)
    // A part at a time, so that no more than that is held twice, and time limits are seen.
    var place = 0
    while place < view.count {
      let count = min(1 << 16, view.count - place)
      try vm.charge(max(count, count >> 9 > 0 ? 1025 : 0))
      state.update(view.bytes.advanced(by: place).array(count: count))
      place += count
    }
  }

  private static func digest(_ vm: VM, _ a: Arguments) throws(Unwind) -> [UInt8] {
    let state = state(vm, a[0])
    var size = state.digestSize
    if !a[1].isUnbound, state.algorithm.digestSize == 0 {
      size = try vm.indexAsInt(a[1], overflow: .overflowError)
      if size < 0 { throw vm.raise(.valueError, "value must be positive") }
      if size >= 1 << 29 { throw vm.raise(.valueError, "length is too large") }
      try vm.requireRoom(size * 2)
      try vm.charge(size)
    } else if state.algorithm.digestSize == 0 {
      throw vm.raise(.typeError, "digest() missing required argument 'length' (pos 1)")
    } else if !a[1].isUnbound {
      throw vm.raise(.typeError, "digest() takes no arguments (1 given)")
    }
    return state.digest(size)
  }

  private static let functions = [
    NativeFunction("update", "self, obj, /", { (vm, a) throws(Unwind) in
      var state = state(vm, a[0])
      try update(vm, &state, a[1])
      state.save(in: vm.words(vm.words(a[0]).value(2)))
      return .none
    }),
    NativeFunction("digest", "self, /, length=", { (vm, a) throws(Unwind) in try vm.newBytes(digest(vm, a)) }),
    NativeFunction("hexdigest", "self, /, length=", { (vm, a) throws(Unwind) in
      var out: [UInt8] = []
      for byte in try digest(vm, a) {
        out.append(StringRepr.hexDigits[Int(byte >> 4)])
        out.append(StringRepr.hexDigits[Int(byte & 15)])
      }
      return try vm.newString(utf8: out)
    }),
    NativeFunction("copy", "self, /", { (vm, a) throws(Unwind) in
      let state = state(vm, a[0])
      let type: WellKnown = state.algorithm == .blake2b ? .blake2b : state.algorithm == .blake2s ? .blake2s : .digest
      return try make(vm, state, type)
    }),
  ]

  private static let properties = [
    NativeProperty("name", { (vm, a) throws(Unwind) in try vm.intern(state(vm, a[0]).algorithm.name) }),
    NativeProperty("digest_size", { (vm, a) throws(Unwind) in Value(small: state(vm, a[0]).digestSize) }),
    NativeProperty("block_size", { (vm, a) throws(Unwind) in Value(small: state(vm, a[0]).algorithm.blockSize) }),
  ]

  private static let digestType = NativeType(
    .digest, "HASH", kind: .record, isSubclassable: false, module: "_hashlib", functions, properties: properties)

  private static func blakeType(_ algorithm: DigestAlgorithm) -> NativeType {
    let signature =
      "cls, data=, /, *, digest_size=\(algorithm.digestSize), key=, salt=, person=, fanout=1, depth=1, leaf_size=0, "
      + "node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True"
    return NativeType(
      algorithm == .blake2b ? .blake2b : .blake2s, algorithm.name, kind: .record, isSubclassable: false,
      module: "_blake2",
      [
        NativeFunction("__new__", signature, { (vm, a) throws(Unwind) in try newBlake(vm, a, algorithm) },
          binding: .static)
      ] + functions, properties: properties)
  }

  /// The parameters are the first thing that goes into the state (RFC 7693, 2.5).
  private static func newBlake(_ vm: VM, _ a: Arguments, _ algorithm: DigestAlgorithm) throws(Unwind) -> Value {
    let isLong = algorithm == .blake2b
    let most = algorithm.digestSize
    func number(_ index: Int, _ range: ClosedRange<Int>, _ message: String) throws(Unwind) -> Int {
      let int = try vm.indexAsInt(a[index], overflow: .overflowError)
      guard range.contains(int) else { throw vm.raise(.valueError, message) }
      return int
    }
    func bytes(_ index: Int, _ count: Int, _ what: String) throws(Unwind) -> [UInt8] {
      if a[index].isUnbound { return [] }
      let view = try vm.requireBytes(a[index])
      guard view.count <= count else { throw vm.raise(.valueError, "maximum \(what) length is \(count) bytes") }
      return view.array()
    }
    let size = try number(2, 1...most, "digest_size for \(isLong ? "Blake2b" : "Blake2s") must be between 1 and \(most) bytes, here it is \(vm.asInt(a[2]) ?? 0)")
    let salt = try bytes(4, algorithm.blockSize / 8, "salt")
    let person = try bytes(5, algorithm.blockSize / 8, "person")
    var parameters = [UInt8](repeating: 0, count: isLong ? 64 : 32)
    let fanout = try number(6, 0...255, "fanout must be between 0 and 255")
    let depth = try number(7, 1...255, "depth must be between 1 and 255")
    let leafSize = try number(8, 0...0xFFFF_FFFF, "leaf_size is too large")
    let offset = try number(9, 0...(isLong ? Int.max : 0xFFFF_FFFF_FFFF), "node_offset is too large")
    let nodeDepth = try number(10, 0...255, "node_depth must be between 0 and 255")
    let innerSize = try number(11, 0...most, "inner_size must be between 0 and is \(most)")
    let key = try bytes(3, most, "key")
    parameters[0] = UInt8(size)
    parameters[1] = UInt8(key.count)
    parameters[2] = UInt8(fanout)
    parameters[3] = UInt8(depth)
    for byte in 0..<4 { parameters[4 + byte] = UInt8(truncatingIfNeeded: leafSize >> (byte * 8)) }
    for byte in 0..<(isLong ? 8 : 6) { parameters[8 + byte] = UInt8(truncatingIfNeeded: offset >> (byte * 8)) }
    parameters[isLong ? 16 : 14] = UInt8(nodeDepth)
    parameters[isLong ? 17 : 15] = UInt8(innerSize)
    let texts = isLong ? 32 : 16
    for (index, byte) in salt.enumerated() { parameters[texts + index] = byte }
    for (index, byte) in person.enumerated() { parameters[texts + algorithm.blockSize / 8 + index] = byte }
    var state = DigestState(algorithm)
    state.words = Blake2.start(isLong: isLong, parameters: parameters)
    state.digestSize = size
    state.isLastNode = try vm.truth(a[12])
    if !key.isEmpty { state.update(key + [UInt8](repeating: 0, count: algorithm.blockSize - key.count)) }
    if !a[1].isUnbound { try update(vm, &state, a[1]) }
    return try make(vm, state, isLong ? .blake2b : .blake2s)
  }
}
