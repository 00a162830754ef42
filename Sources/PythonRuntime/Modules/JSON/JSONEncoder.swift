/// Writes one value. The text lies outside of the cage, objects being written are kept by those that hold them.
struct JSONEncoder {
  private let vm: VM
  private let options: Words
  /// Which of the runtime's own functions writes strings; nil for another.
  private let ownEncoder: String?
  /// Containers being written, when circles are looked for.
  private var open: Set<UInt64> = []
  var builder: TextBuilder

  init(_ vm: VM, _ encoder: Value) {
    self.vm = vm
    options = vm.words(encoder)
    let function = options.value(3)
    ownEncoder =
      vm.is(function, .native) && vm.classOf(function) == vm.type(.builtinFunction)
      ? vm.host.natives[vm.words(function).value(1).int].name : nil
    builder = TextBuilder(vm)
  }

  mutating func write(_ value: Value) throws(Unwind) {
    try vm.charge(3)
    switch value {
    case .none: return try builder.append("null")
    case .true: return try builder.append("true")
    case .false: return try builder.append("false")
    default: break
    }
    if vm.isString(value) { return try writeString(value) }
    if vm.isInteger(value) { return try builder.append(IntText.string(vm, value)) }
    if let double = vm.asDouble(value) { return try write(double, value) }
    switch vm.kind(value) {
    case .list, .tuple:
      try nested(value) { (encoder) throws(Unwind) in try encoder.writeList(value) }
    case .dict:
      try nested(value) { (encoder) throws(Unwind) in try encoder.writeDict(value) }
    default:
      try nested(value) { (encoder) throws(Unwind) in
        let other = try encoder.vm.call(encoder.options.value(2), value)
        encoder.vm.keep(other)
        try encoder.write(other)
      }
    }
  }

  private mutating func nested(
    _ value: Value, _ body: (inout JSONEncoder) throws(Unwind) -> Void
  ) throws(Unwind) {
    let looksForCircles = !options.value(1).isNone
    if looksForCircles, !open.insert(value.bits).inserted {
      throw vm.raise(.valueError, "Circular reference detected")
    }
    try vm.enterNested(" while encoding a JSON object")
    let mark = vm.keepMark()
    defer {
      vm.keepRelease(mark)
      vm.leaveNested()
      if looksForCircles { open.remove(value.bits) }
    }
    vm.keep(value)
    try body(&self)
  }

  private mutating func writeString(_ string: Value) throws(Unwind) {
    switch ownEncoder {
    case "encode_basestring_ascii": try JSONText.encode(vm, string, isASCII: true, into: &builder)
    case "encode_basestring": try JSONText.encode(vm, string, isASCII: false, into: &builder)
    default:
      let text = try vm.call(options.value(3), string)
      guard vm.isString(text) else {
        throw vm.raise(.typeError, "encoder() must return a string, not \(vm.typeName(text))")
      }
      try builder.append(text)
    }
  }

  private func text(_ double: Double, _ value: Value) throws(Unwind) -> Value {
    if double.isFinite { return try FloatText.string(vm, double) }
    guard options.value(9) == .true else {
      throw vm.raise(
        .valueError, "Out of range float values are not JSON compliant")
    }
    return try vm.intern(double.isNaN ? "NaN" : double < 0 ? "-Infinity" : "Infinity")
  }

  private mutating func write(_ double: Double, _ value: Value) throws(Unwind) {
    try builder.append(text(double, value))
  }

  private mutating func writeList(_ value: Value) throws(Unwind) {
    try builder.append(scalar: 0x5B)
    var index = 0
    while let (words, start, count) = vm.elements(value), index < count {
      let item = words.value(start + index)
      if index > 0 { try builder.append(options.value(6)) }
      let mark = vm.keepMark()
      vm.keep(item)
      try write(item)
      vm.keepRelease(mark)
      index += 1
    }
    try builder.append(scalar: 0x5D)
  }

  private mutating func writeDict(_ value: Value) throws(Unwind) {
    try builder.append(scalar: 0x7B)
    let items = try vm.listFromIterable(vm.callMethod(value, "items"))
    vm.keep(items)
    if options.value(7) == .true { _ = try vm.callMethod(items, "sort") }
    var isFirst = true
    var index = 0
    while index < PyList(vm, items).count {
      let item = PyList(vm, items)[index]
      index += 1
      guard vm.is(item, .tuple), PyTuple(vm, item).count == 2 else {
        throw vm.raise(.valueError, "items must return 2-tuples")
      }
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      guard let key = try key(PyTuple(vm, item)[0]) else { continue }
      vm.keep(key)
      if !isFirst { try builder.append(options.value(6)) }
      isFirst = false
      try writeString(key)
      try builder.append(options.value(5))
      try write(PyTuple(vm, item)[1])
    }
    try builder.append(scalar: 0x7D)
  }

  /// A key as a string; nil for one that is skipped.
  private func key(_ key: Value) throws(Unwind) -> Value? {
    if vm.isString(key) { return key }
    switch key {
    case .none: return try vm.intern("null")
    case .true: return try vm.intern("true")
    case .false: return try vm.intern("false")
    default: break
    }
    if vm.isInteger(key) { return try IntText.string(vm, key) }
    if let double = vm.asDouble(key) { return try text(double, key) }
    if options.value(8) == .true { return nil }
    throw vm.raise(
      .typeError, "keys must be str, int, float, bool or None, not \(vm.typeName(key))")
  }
}
