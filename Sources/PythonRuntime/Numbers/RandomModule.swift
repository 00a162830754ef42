/// The module `_random`: the generator beneath the library's `random`.
enum RandomModule {
  static let module = NativeModule("_random", []) { (vm, names) throws(Unwind) in
    try names.set(name: vm.intern("Random"), Value(vm.type(.randomGenerator)))
  }

  /// A record: `1` state (raw memory of 624 words), `2` index of the next one; below zero when the run's own seed is still to be
  /// taken. That waits for the first number, so that a generator made in the base image is each run's own.
  private static let stateWord = 1
  private static let indexWord = 2

  static let type = NativeType(
    .randomGenerator, "Random", kind: .record, module: "_random",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("seed", "self, n=None, /", seed),
      NativeFunction("random", "self, /", random),
      NativeFunction("getrandbits", "self, k, /", bits),
      NativeFunction("getstate", "self, /", state),
      NativeFunction("setstate", "self, state, /", setState),
    ])

  /// The generator as it stands.
  private static func stored(_ vm: VM, _ object: Value) -> MersenneTwister {
    let record = vm.words(object)
    return MersenneTwister(
      state: vm.words(record.value(stateWord)).advanced(by: 1), index: record.value(indexWord).int)
  }

  /// The generator, ready to give numbers.
  private static func generator(_ vm: VM, _ object: Value) throws(Unwind) -> MersenneTwister {
    let generator = stored(vm, object)
    guard generator.index < 0 else { return generator }
    vm[.seedsDrawn] += 1
    let numbers = [vm[.hashSeed], vm[.runNumber], vm[.seedsDrawn], ~generator.index]
    return try start(
      vm, object, numbers.flatMap { [UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $0 >> 32)] })
  }

  private static func keep(_ vm: VM, _ generator: MersenneTwister, in object: Value) {
    vm.words(object).set(indexWord, Value(small: generator.index))
  }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[0], .class), vm.isSubclass(a[0].ref, vm.type(.randomGenerator)) else {
      throw vm.raise(.typeError, "Random.__new__(X): X is not a subtype of _random.Random")
    }
    let arguments = PyTuple(vm, a[1])
    if a[0] == Value(vm.type(.randomGenerator)), PyDict(vm, a[2]).count > 0 {
      throw vm.raise(.typeError, "Random() takes no keyword arguments")
    }
    if arguments.count > 1 {
      throw vm.raise(.typeError, "Random() requires 0 or 1 argument")
    }
    let object = Value(try vm.allocateSubclassable(.record, class: a[0].ref, words: 3))
    vm.words(object).set(stateWord, .none)
    vm.words(object).set(indexWord, .zero)
    let state = try vm.allocateRaw(bytes: MersenneTwister.size * 8)
    vm.words(state).fill(from: 1, count: MersenneTwister.size, with: 0)
    vm.words(object).set(stateWord, Value(state))
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(object)
    try start(vm, object, arguments.count > 0 ? arguments[0] : .none)
    return object
  }

  static func seed(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try start(vm, a[0], a[1])
    return .none
  }

  /// From an int's magnitude in pieces of 32 bits; of another value its hash. Without a seed: from the run's own, so that a run can be repeated.
  private static func start(_ vm: VM, _ object: Value, _ seed: Value) throws(Unwind) {
    if seed.isNone {
      // What the generator had come to, so that seeding again gives other numbers.
      let salt = Int(stored(vm, object).state[0] & 0xFFFF_FFFF)
      return vm.words(object).set(indexWord, Value(small: ~salt))
    }
    var key: [UInt32] = []
    var number = seed
    if !vm.isInteger(seed) { number = try vm.integer(UInt64(bitPattern: Int64(vm.hash(seed)))) }
    let limbs = try vm.integerParts(number).limbs
    try vm.charge(limbs.count)
    for index in 0..<limbs.count {
      key.append(UInt32(truncatingIfNeeded: limbs[index]))
      key.append(UInt32(truncatingIfNeeded: limbs[index] >> 32))
    }
    while key.count > 1, key.last == 0 { key.removeLast() }
    _ = try start(vm, object, key.isEmpty ? [0] : key)
  }

  private static func start(_ vm: VM, _ object: Value, _ key: [UInt32]) throws(Unwind) -> MersenneTwister {
    try vm.charge(1000)
    var generator = stored(vm, object)
    generator.start(key: key)
    keep(vm, generator, in: object)
    return generator
  }

  static func random(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var generator = try generator(vm, a[0])
    let double = generator.nextDouble()
    keep(vm, generator, in: a[0])
    return try vm.float(double)
  }

  static func bits(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let count = try vm.indexAsInt(a[1], overflow: .overflowError)
    if count < 0 { throw vm.raise(.valueError, "number of bits must be non-negative") }
    if count == 0 { return .zero }
    var generator = try generator(vm, a[0])
    defer { keep(vm, generator, in: a[0]) }
    if count <= 32 { return Value(small: Int(generator.next() >> UInt32(32 - count))) }
    guard count < IntLayout.maxLimbs * 64 else { throw vm.raiseMemoryError() }
    try vm.charge(count / 32)
    let limbs = try vm.newInteger(limbs: (count + 63) / 64)
    limbs.clear()
    var position = 0
    while position < count {
      var word = UInt64(generator.next())
      if count - position < 32 { word >>= UInt64(32 - (count - position)) }
      limbs[position >> 6] |= word << UInt64(position & 63)
      position += 32
    }
    return vm.finish(limbs, isNegative: false)
  }

  static func state(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let generator = try generator(vm, a[0])
    let tuple = try vm.newTuple(count: MersenneTwister.size + 1)
    let view = PyTuple(vm, tuple)
    for index in 0..<MersenneTwister.size { view[index] = Value(small: Int(generator.state[index])) }
    view[MersenneTwister.size] = Value(small: generator.index)
    return tuple
  }

  static func setState(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .tuple) else { throw vm.raise(.typeError, "state vector must be a tuple") }
    let tuple = PyTuple(vm, a[1])
    guard tuple.count == MersenneTwister.size + 1 else {
      throw vm.raise(.valueError, "state vector is the wrong size")
    }
    for position in 0...MersenneTwister.size where !vm.isInteger(tuple[position]) {
      throw vm.raise(.typeError, "an integer is required")
    }
    guard let index = vm.asInt(tuple[MersenneTwister.size]), index >= 0, index <= MersenneTwister.size else {
      throw vm.raise(.valueError, "invalid state")
    }
    var generator = stored(vm, a[0])
    for position in 0..<MersenneTwister.size {
      generator.state[position] = vm.lowBits(tuple[position]) & 0xFFFF_FFFF
    }
    generator.index = index
    keep(vm, generator, in: a[0])
    return .none
  }
}
