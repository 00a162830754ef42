import PythonBytecode

/// `code`: what programs see of a code object.
enum CodeType {
  static let type = NativeType(
    .code, "code", kind: .code, isSubclassable: false,
    [
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let code = vm.words(a[0])
        return try vm.newString(
          "<code object \(vm.text(code.value(CodeLayout.name))) at \(vm.address(of: a[0])), file \"\(vm.text(code.value(CodeLayout.filename)))\", line \(code.high(CodeLayout.frame))>")
      }),
      NativeFunction("__eq__", "self, value, /", equal), NativeFunction("__hash__", "self, /", hash),
      NativeFunction("co_lines", "self, /", lines), NativeFunction("co_positions", "self, /", positions),
      NativeFunction("replace", "self, /, **kwargs", replace),
      NativeFunction("_varname_from_oparg", "self, oparg, /", { (vm, a) throws(Unwind) in
        let names = PyTuple(vm, vm.words(a[0]).value(CodeLayout.localNames))
        guard a[1].isInt, a[1].int >= 0, a[1].int < names.count else {
          throw vm.raise(.indexError, "tuple index out of range")
        }
        return names[a[1].int]
      }),
    ],
    properties: [
      number("co_argcount") { Int($0[CodeLayout.counts] & 0xFFFF) },
      number("co_posonlyargcount") { Int($0[CodeLayout.counts] >> 16 & 0xFFFF) },
      number("co_kwonlyargcount") { Int($0[CodeLayout.counts] >> 32 & 0xFFFF) },
      number("co_flags") { Int($0[CodeLayout.counts] >> 48) },
      number("co_firstlineno") { $0.high(CodeLayout.frame) },
      number("co_stacksize") { Int($0[CodeLayout.frame] & 0xFFFF) },
      value("co_name", CodeLayout.name), value("co_qualname", CodeLayout.qualifiedName),
      value("co_filename", CodeLayout.filename), value("co_varnames", CodeLayout.localNames),
      value("co_cellvars", CodeLayout.cellNames), value("co_freevars", CodeLayout.freeNames),
      value("co_names", CodeLayout.names),
      NativeProperty("co_nlocals", { (vm, a) throws(Unwind) in
        Value(small: PyTuple(vm, vm.words(a[0]).value(CodeLayout.localNames)).count)
      }),
      NativeProperty("co_consts", { (vm, a) throws(Unwind) in
        let code = vm.words(a[0])
        return try vm.newTuple(from: code, at: CodeLayout.constants, count: code.high(CodeLayout.constantCount))
      }),
      NativeProperty("co_code", { (vm, a) throws(Unwind) in
        let code = vm.words(a[0])
        let start = vm.words(at: Int(code[CodeLayout.instructions]))
        // A unit for each word, as far as two bytes show it, and the one in front.
        var units: [UInt8] = [UInt8(Opcode.nop.rawValue), 0]
        for index in 0..<code.low(CodeLayout.wordCount) {
          let byte = UInt8(truncatingIfNeeded: start[1 + index])
          units += [Opcode(rawValue: byte)?.single.rawValue ?? byte, UInt8(truncatingIfNeeded: start[1 + index] >> 16)]
        }
        return try vm.newBytes(units)
      }),
      NativeProperty("co_linetable", lineTable),
      NativeProperty("co_exceptiontable", { (vm, a) throws(Unwind) in
        let code = vm.words(a[0])
        let table = vm.words(at: Int(code[CodeLayout.exceptions]))
        return try vm.newBytes(table.bytes(from: 1).array(count: code.high(CodeLayout.wordCount) * 16))
      }),
    ])

  private static func number(_ name: String, _ read: @escaping @Sendable (Words) -> Int) -> NativeProperty {
    NativeProperty(name, { (vm, a) throws(Unwind) in Value(small: read(vm.words(a[0]))) })
  }

  private static func value(_ name: String, _ index: Int) -> NativeProperty {
    NativeProperty(name, { (vm, a) throws(Unwind) in vm.words(a[0]).value(index) })
  }

  static func equal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.is(a[1], .code) else { return .notImplemented }
    if a[0] == a[1] { return .true }
    let x = vm.words(a[0])
    let y = vm.words(a[1])
    guard x[CodeLayout.counts] == y[CodeLayout.counts], x[CodeLayout.constantCount] == y[CodeLayout.constantCount],
      x[CodeLayout.wordCount] == y[CodeLayout.wordCount], x[CodeLayout.frame] == y[CodeLayout.frame]
    else { return .false }
    for index in [CodeLayout.name, CodeLayout.localNames, CodeLayout.cellNames, CodeLayout.freeNames]
    where try !vm.equal(x.value(index), y.value(index)) { return .false }
    for index in 0..<x.low(CodeLayout.constantCount)
    where try !isSameConstant(vm, x.value(CodeLayout.constants + index), y.value(CodeLayout.constants + index)) {
      return .false
    }
    return Value(sameInstructions(vm, x, y) && samePositions(vm, x, y))
  }

  /// Equal and of one type through and through: 0.0 is neither 0 nor -0.0.
  private static func isSameConstant(_ vm: VM, _ x: Value, _ y: Value) throws(Unwind) -> Bool {
    if x == y { return true }
    guard vm.classOf(x) == vm.classOf(y) else { return false }
    if vm.isExactly(x, .float), let a = vm.asDouble(x), let b = vm.asDouble(y) { return a.bitPattern == b.bitPattern }
    switch vm.kind(x) {
    case .tuple:
      let (p, q) = (PyTuple(vm, x), PyTuple(vm, y))
      guard p.count == q.count else { return false }
      for index in 0..<p.count where try !isSameConstant(vm, p[index], q[index]) { return false }
      return true
    case .complex: return vm.words(x)[1] == vm.words(y)[1] && vm.words(x)[2] == vm.words(y)[2]
    case .set: return vm.text(try vm.repr(x)) == vm.text(try vm.repr(y))
    default: return try vm.equal(x, y)
    }
  }

  private static func samePositions(_ vm: VM, _ x: Words, _ y: Words) -> Bool {
    guard (x[CodeLayout.positions] == 0) == (y[CodeLayout.positions] == 0) else { return false }
    return (0..<x.low(CodeLayout.wordCount)).allSatisfy { vm.position(x, $0) == vm.position(y, $0) }
  }

  /// Words are equal but for the places of their inline caches.
  private static func sameInstructions(_ vm: VM, _ x: Words, _ y: Words) -> Bool {
    let p = vm.words(at: Int(x[CodeLayout.instructions]))
    let q = vm.words(at: Int(y[CodeLayout.instructions]))
    for index in 1...max(1, x.low(CodeLayout.wordCount)) where p[index] & 0xFFFF_FFFF != q[index] & 0xFFFF_FFFF { return false }
    return true
  }

  static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let code = vm.words(a[0])
    var hash = vm.stringHash(code.value(CodeLayout.name))
    hash ^= Int(truncatingIfNeeded: code[CodeLayout.counts]) &* 31 ^ code.high(CodeLayout.frame)
    return Value(small: hash & Value.maxSmall)
  }

  /// A copy with other names, first line, flags, file or constants. Our instructions cannot be given as bytes.
  static func replace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let old = vm.words(a[0])
    let total = CodeLayout.constants + old.low(CodeLayout.constantCount)
    let ref = try vm.allocateBig(total * 8)
    let code = vm.words(ref)
    code.copy(from: old, count: total)
    let changes = PyDict(vm, a[1])
    for entry in 0..<changes.entryCount {
      guard let (key, value, _) = changes.entry(at: entry) else { continue }
      try apply(vm, code, vm.text(key), value)
    }
    return Value(ref)
  }

  private static func apply(_ vm: VM, _ code: Words, _ key: String, _ value: Value) throws(Unwind) {
    func text() throws(Unwind) -> Value {
      guard vm.isString(value) else {
        throw vm.raise(.typeError, "replace() argument '\(key)' must be str, not \(vm.typeName(value))")
      }
      return value
    }
    func names(_ index: Int) throws(Unwind) {
      guard vm.is(value, .tuple), PyTuple(vm, value).count == PyTuple(vm, code.value(index)).count else {
        throw vm.raise(.valueError, "code: \(key) must be a tuple of as many names as before")
      }
      let copy = try vm.newTuple(count: PyTuple(vm, value).count)
      for position in 0..<PyTuple(vm, value).count {
        guard vm.isString(PyTuple(vm, value)[position]) else {
          throw vm.raise(.typeError, "name tuples must contain only strings, not '\(vm.typeName(PyTuple(vm, value)[position]))'")
        }
        PyTuple(vm, copy)[position] = try vm.intern(PyTuple(vm, value)[position])
      }
      code.set(index, copy)
    }
    switch key {
    case "co_name": code.set(CodeLayout.name, try text())
    case "co_qualname": code.set(CodeLayout.qualifiedName, try text())
    case "co_filename": code.set(CodeLayout.filename, try text())
    case "co_firstlineno": code.setHigh(CodeLayout.frame, try vm.indexAsInt(value))
    case "co_varnames": try names(CodeLayout.localNames)
    case "co_cellvars": try names(CodeLayout.cellNames)
    case "co_freevars": try names(CodeLayout.freeNames)
    case "co_flags":
      // What decides how arguments are bound must stay: registers depend on it.
      let fixed = UInt64(CodeFlags([.varargs, .varKeywords, .generator, .coroutine, .asyncGenerator]).rawValue)
      let flags = UInt64(truncatingIfNeeded: try vm.indexAsInt(value)) & 0xFFFF
      let old = code[CodeLayout.counts] >> 48
      guard flags & fixed == old & fixed else {
        throw vm.raise(.valueError, "code: co_flags cannot change how arguments are taken or whether it is a generator")
      }
      code[CodeLayout.counts] = code[CodeLayout.counts] & 0xFFFF_FFFF_FFFF | flags << 48
    case "co_linetable":
      guard vm.is(value, .bytes) else {
        throw vm.raise(.typeError, "replace() argument 'co_linetable' must be bytes, not \(vm.typeName(value))")
      }
      try setLineTable(vm, code, vm.byteArray(value))
    case "co_nlocals":
      guard try vm.indexAsInt(value) == PyTuple(vm, code.value(CodeLayout.localNames)).count else {
        throw vm.raise(.valueError, "code: co_nlocals != len(co_varnames)")
      }
    case "co_consts":
      guard vm.is(value, .tuple), PyTuple(vm, value).count == code.high(CodeLayout.constantCount) else {
        throw vm.raise(.valueError, "code: co_consts must be a tuple of as many constants as before")
      }
      for index in 0..<PyTuple(vm, value).count { try replaceConstant(vm, code, index, PyTuple(vm, value)[index]) }
    default:
      throw vm.raise(.typeError, "'\(key)' is an invalid keyword argument for replace()")
    }
  }

  /// A constant that is code stays code of the same shape, since instructions depend on its free variables.
  private static func replaceConstant(_ vm: VM, _ code: Words, _ index: Int, _ value: Value) throws(Unwind) {
    let old = code.value(CodeLayout.constants + index)
    if vm.is(old, .code) || vm.is(value, .code) {
      let freeCount = { (code: Value) in PyTuple(vm, vm.words(code).value(CodeLayout.freeNames)).count }
      guard vm.is(old, .code), vm.is(value, .code), freeCount(old) == freeCount(value) else {
        throw vm.raise(.valueError, "code: a code constant can only become one with as many free variables")
      }
    }
    guard isLike(vm, old, value) else {
      throw vm.raise(.valueError, "code: a tuple or a str among the constants can only become another such")
    }
    code.set(CodeLayout.constants + index, value)
  }

  /// Instructions take names and tuples of names for granted.
  private static func isLike(_ vm: VM, _ old: Value, _ new: Value) -> Bool {
    if vm.isString(old) { return vm.isString(new) }
    guard vm.is(old, .tuple) else { return true }
    guard vm.is(new, .tuple), PyTuple(vm, old).count == PyTuple(vm, new).count else { return false }
    return (0..<PyTuple(vm, old).count).allSatisfy { isLike(vm, PyTuple(vm, old)[$0], PyTuple(vm, new)[$0]) }
  }
}
