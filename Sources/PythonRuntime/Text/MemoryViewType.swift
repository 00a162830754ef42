/// `memoryview`: views of bytes, bytearrays and arrays.
enum MemoryViewType {
  static let type = NativeType(
    .memoryview, "memoryview", kind: .memoryview, isSubclassable: false, signature: "(object)",
    doc: "memoryview(object) -> memoryview\n\nA window on the bytes of another object, without a copy of them.",
    [
      NativeFunction("__new__", "cls, object", new, binding: .static),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__len__", "self, /", len),
      NativeFunction("__hash__", "self, /", hash),
      NativeFunction("__eq__", "self, value, /", equal),
      NativeFunction("__ne__", "self, value, /", notEqual),
      NativeFunction("__getitem__", "self, key, /", getItem),
      NativeFunction("__setitem__", "self, key, value, /", setItem),
      NativeFunction("__delitem__", "self, key, /", deleteItem),
      NativeFunction("__iter__", "self, /", iter),
      NativeFunction("__enter__", "self, /", enter),
      NativeFunction("__exit__", "self, /, *exc_info", exit),
      NativeFunction("release", "self, /", release),
      NativeFunction("tobytes", "self, order=None", toBytes),
      NativeFunction("tolist", "self, /", toList),
      NativeFunction("hex", "self, sep=, bytes_per_sep=1", hex),
      NativeFunction("cast", "self, format, shape=", cast),
      NativeFunction("toreadonly", "self, /", toReadOnly),
    ],
    properties: [
      NativeProperty("obj", { (vm, a) throws(Unwind) in try checked(vm, a).object }),
      NativeProperty("nbytes", { (vm, a) throws(Unwind) in
        let view = try checked(vm, a)
        return Value(small: view.byteCount)
      }),
      NativeProperty("readonly", { (vm, a) throws(Unwind) in Value(try checked(vm, a).isReadOnly) }),
      NativeProperty("itemsize", { (vm, a) throws(Unwind) in Value(small: try checked(vm, a).itemSize) }),
      NativeProperty("format", { (vm, a) throws(Unwind) in try checked(vm, a).format }),
      NativeProperty("ndim", { (vm, a) throws(Unwind) in Value(small: try checked(vm, a).dimensions) }),
      NativeProperty("shape", { (vm, a) throws(Unwind) in
        try vm.newTuple(checked(vm, a).shape.map { Value(small: $0) })
      }),
      NativeProperty("strides", { (vm, a) throws(Unwind) in
        try vm.newTuple(checked(vm, a).strides.map { Value(small: $0) })
      }),
      NativeProperty("suboffsets", { (vm, a) throws(Unwind) in
        _ = try checked(vm, a)
        return vm[root: .emptyTuple]
      }),
      NativeProperty("contiguous", { (vm, a) throws(Unwind) in
        let view = try checked(vm, a)
        return Value(view.isContiguous || view.isFortranContiguous)
      }),
      NativeProperty("c_contiguous", { (vm, a) throws(Unwind) in Value(try checked(vm, a).isContiguous) }),
      NativeProperty("f_contiguous", { (vm, a) throws(Unwind) in Value(try checked(vm, a).isFortranContiguous) }),
    ])

  private static func checked(_ vm: VM, _ a: Arguments) throws(Unwind) -> PyMemoryView {
    let view = PyMemoryView(vm, a[0])
    try view.check()
    return view
  }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.is(a[1], .memoryview) {
      let view = PyMemoryView(vm, a[1])
      try view.check()
      return try copy(vm, view, isReadOnly: view.isReadOnly)
    }
    if vm.is(a[1], .array) {
      let array = PyArray(vm, a[1])
      let letter = array.code == .character ? 0x77 : UInt32(array.code.rawValue)
      return try vm.newMemoryView(
        a[1], offset: 0, count: array.count, stride: array.code.size, format: vm.character(letter),
        isReadOnly: false)
    }
    guard let source = BytesView(vm, a[1]) else {
      throw vm.raise(
        .typeError, "memoryview: a bytes-like object is required, not '\(vm.typeName(a[1]))'")
    }
    return try vm.newMemoryView(
      a[1], offset: 0, count: source.count, stride: 1, format: vm.character(0x42),
      isReadOnly: vm.is(a[1], .bytes))
  }

  /// Another view of the same items.
  private static func copy(_ vm: VM, _ view: PyMemoryView, isReadOnly: Bool) throws(Unwind) -> Value {
    let result = try vm.newMemoryView(
      view.object, offset: view.offset, count: view.count, stride: view.stride, format: view.format,
      isReadOnly: isReadOnly)
    vm.words(result).set(8, view.words.value(8))
    vm.words(result).set(9, view.words.value(9))
    return result
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let address = String(UInt64(a[0].ref.offset), radix: 16)
    let padded = String(repeating: "0", count: max(0, 12 - address.utf8.count)) + address
    let what = PyMemoryView(vm, a[0]).isReleased ? "released memory" : "memory"
    return try vm.newString("<\(what) at 0x\(padded)>")
  }

  static func len(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { Value(small: try checked(vm, a).count) }

  static func hash(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    // A hash that was known before the release stays known.
    let known = vm.words(a[0]).value(7)
    if !known.isNone { return known }
    let view = try checked(vm, a)
    guard view.isReadOnly else { throw vm.raise(.valueError, "cannot hash writable memoryview object") }
    guard view.code == 0x42 || view.code == 0x62 || view.code == 0x63 else {
      throw vm.raise(.valueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'")
    }
    let bytes = try view.copied(vm)
    let hash = Value(small: vm.hash(bytes.bytes, count: bytes.count))
    vm.words(a[0]).set(7, hash)
    return hash
  }

  static func equal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = PyMemoryView(vm, a[0])
    if a[0] == a[1] { return .true }
    guard vm.is(a[1], .memoryview) || BytesView(vm, a[1]) != nil else { return .notImplemented }
    if view.isReleased { return .false }
    if !vm.is(a[1], .memoryview) {
      a[1] = try vm.call(Value(vm.type(.memoryview)), a[1])
    }
    let other = PyMemoryView(vm, a[1])
    if other.isReleased || other.shape != view.shape { return .false }
    guard view.hasKnownFormat, other.hasKnownFormat else { return .false }
    if other.code == view.code, view.code != 0x66, view.code != 0x64, view.code != 0x65 {
      return Value(try view.array() == other.array())
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let mine = try view.list(at: view.offset)
    vm.keep(mine)
    return Value(try vm.equal(mine, other.list(at: other.offset)))
  }

  static func notEqual(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let result = try equal(vm, a)
    return result == .notImplemented ? result : Value(result == .false)
  }

  // MARK: Items

  private static func position(_ vm: VM, _ a: Arguments) throws(Unwind) -> Int {
    guard vm.isInteger(a[1]) || vm.lookupSpecial(a[1], .index) != nil else {
      throw vm.raise(.typeError, "memoryview: invalid slice key")
    }
    var position = try vm.indexAsInt(a[1])
    let count = try checked(vm, a).count
    if position < 0 { position += count }
    guard position >= 0, position < count else {
      throw vm.raise(.indexError, "index out of bounds on dimension 1")
    }
    return position
  }

  static func getItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = try checked(vm, a)
    if vm.is(a[1], .tuple) {
      if view.dimensions == 0, PyTuple(vm, a[1]).count == 0 { return try view.item(at: view.offset) }
      return try view.item(
        at: view.place(indices: a[1], slicing: "multi-dimensional slicing is not implemented"))
    }
    if view.dimensions != 1, !vm.is(a[1], .slice), a[1] != .ellipsis {
      if view.dimensions == 0 { throw vm.raise(.typeError, "invalid indexing of 0-dim memory") }
      throw vm.raise(.notImplementedError, "multi-dimensional sub-views are not implemented")
    }
    if vm.is(a[1], .slice) {
      if view.dimensions == 0 { throw vm.raise(.typeError, "invalid indexing of 0-dim memory") }
      // The slice's parts may release the view; the new one keeps what there was.
      let object = view.object
      let range = try vm.sliceRange(a[1]) { view.count }
      if view.isMultidimensional {
        let result = try vm.newMemoryView(
          object, offset: view.offset + range.start * view.stride, count: range.count, stride: view.stride,
          format: view.format, isReadOnly: view.isReadOnly)
        let (shape, strides) = (view.shape, view.strides)
        let step = range.count > 1 ? view.stride * range.step : view.stride
        try PyMemoryView(vm, result).setShape([range.count] + shape.dropFirst(), strides: [step] + strides.dropFirst())
        return result
      }
      return try vm.newMemoryView(
        object, offset: view.offset + range.start * view.stride, count: range.count,
        stride: range.count > 1 ? view.stride * range.step : view.stride, format: view.format,
        isReadOnly: view.isReadOnly)
    }
    if a[1] == .ellipsis { return a[0] }
    return try view.item(position(vm, a))
  }

  static func setItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = try checked(vm, a)
    if view.isReadOnly { throw vm.raise(.typeError, "cannot modify read-only memory") }
    if vm.is(a[1], .tuple) {
      let isScalar = view.dimensions == 0 && PyTuple(vm, a[1]).count == 0
      let slicing: StaticString = "memoryview slice assignments are currently restricted to ndim = 1"
      try view.setItem(at: isScalar ? view.offset : view.place(indices: a[1], slicing: slicing), a[2])
      return .none
    }
    if view.dimensions == 0 {
      guard a[1] == .ellipsis else { throw vm.raise(.typeError, "invalid indexing of 0-dim memory") }
      try view.setItem(at: view.offset, a[2])
      return .none
    }
    if view.dimensions > 1 {
      let what = vm.is(a[1], .slice) ? "slice assignments are currently restricted to ndim = 1" : "sub-views are not implemented"
      throw vm.raise(.notImplementedError, "memoryview \(what)")
    }
    guard vm.is(a[1], .slice) else {
      try view.setItem(position(vm, a), a[2])
      return .none
    }
    guard BytesView(vm, a[2]) != nil || vm.is(a[2], .memoryview) else {
      throw vm.raise(.typeError, "a bytes-like object is required, not '\(vm.typeName(a[2]))'")
    }
    let range = try vm.sliceRange(a[1]) { view.count }
    let isSameFormat =
      switch vm.kind(a[2]) {
      case .memoryview: PyMemoryView(vm, a[2]).code == view.code
      case .array: UInt32(PyArray(vm, a[2]).code.rawValue) == view.code
      default: view.code == 0x42
      }
    let source = try vm.requireBytes(a[2]).array()
    guard isSameFormat, source.count == range.count * view.itemSize else {
      throw vm.raise(.valueError, "memoryview assignment: lvalue and rvalue have different structures")
    }
    try view.check()
    guard let base = BytesView(vm, view.object) else { return .none }
    try vm.charge(source.count >> 3)
    let size = view.itemSize
    for (index, byte) in source.enumerated() {
      let item = range.start &+ (index / size) &* range.step
      base.bytes[view.offset &+ item &* view.stride &+ index % size] = byte
    }
    return .none
  }

  static func deleteItem(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    throw vm.raise(.typeError, PyMemoryView(vm, a[0]).isReadOnly
      ? "cannot modify read-only memory" : "cannot delete memory")
  }

  static func iter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    _ = try checked(vm, a)
    return Value(try vm.allocateRecord(.sequenceIterator, class: vm.type(.sequenceIterator), a[0], .zero))
  }

  // MARK: Life

  /// Within a `with` block the object keeps its size.
  static func enter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = try checked(vm, a)
    if vm.is(view.object, .array) { PyArray(vm, view.object).exports += 1 }
    if vm.is(view.object, .bytearray) { PyBytearray(vm, view.object).exports += 1 }
    return a[0]
  }

  static func exit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = PyMemoryView(vm, a[0])
    if vm.is(view.object, .array) {
      let array = PyArray(vm, view.object)
      array.exports = max(0, array.exports - 1)
    }
    if vm.is(view.object, .bytearray) {
      let array = PyBytearray(vm, view.object)
      array.exports = max(0, array.exports - 1)
    }
    return try release(vm, a)
  }

  static func release(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    vm.words(a[0]).set(1, .none)
    return .none
  }

  // MARK: Conversion

  static func toBytes(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.newBytes(checked(vm, a).array())
  }

  static func toList(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = try checked(vm, a)
    return try view.list(at: view.offset)
  }

  static func hex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = try checked(vm, a)
    return try ByteMethods.hex(vm, a) { () throws(Unwind) in try view.array() }
  }

  static func toReadOnly(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try copy(vm, checked(vm, a), isReadOnly: true)
  }

  static func cast(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let view = try checked(vm, a)
    try vm.requireString(a[1], argument: "cast() argument 'format'")
    guard view.isContiguous else {
      throw vm.raise(.typeError, "memoryview: casts are restricted to C-contiguous views")
    }
    let text = PyString(vm, a[1])
    let isNative = text.count == 1 || text.count == 2 && text[0] == 0x40
    guard isNative, text[text.count - 1] != 0x77, let size = PyMemoryView.itemSize(text[text.count - 1]) else {
      throw vm.raise(
        .valueError,
        "memoryview: destination format must be a native single character format prefixed with an optional '@'")
    }
    let isByte = { (code: UInt32) in code == 0x42 || code == 0x62 || code == 0x63 }
    guard isByte(view.code) || isByte(text[text.count - 1]) else {
      throw vm.raise(
        .typeError, "memoryview: cannot cast between two non-byte formats")
    }
    let total = view.byteCount
    guard total % size == 0 else {
      throw vm.raise(.typeError, "memoryview: length is not a multiple of itemsize")
    }
    let shape = a[2].isUnbound ? nil : try readShape(vm, a[2], total / size)
    if let shape, shape.count != 1, view.dimensions != 1 {
      throw vm.raise(.typeError, "memoryview: cast must be 1D -> ND or ND -> 1D")
    }
    let result = try vm.newMemoryView(
      view.object, offset: view.offset, count: total / size, stride: size, format: a[1], isReadOnly: view.isReadOnly)
    if let shape, shape.count != 1 { try PyMemoryView(vm, result).setShape(shape) }
    return result
  }

  private static func readShape(_ vm: VM, _ shape: Value, _ count: Int) throws(Unwind) -> [Int] {
    guard let (words, start, dimensions) = vm.elements(shape) else {
      throw vm.raise(.typeError, "shape must be a list or a tuple")
    }
    guard dimensions <= PyMemoryView.maxDimensions else {
      throw vm.raise(.valueError, "memoryview: number of dimensions must not exceed \(PyMemoryView.maxDimensions)")
    }
    var lengths: [Int] = []
    var product = 1
    for axis in 0..<dimensions {
      guard vm.isInteger(words.value(start + axis)) else {
        throw vm.raise(.typeError, "memoryview.cast(): elements of shape must be integers")
      }
      guard let length = vm.asInt(words.value(start + axis)), length > 0 else {
        throw vm.raise(.valueError, "memoryview.cast(): elements of shape must be integers > 0")
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard !overflow else {
        throw vm.raise(.valueError, "memoryview.cast(): product(shape) > SSIZE_MAX")
      }
      product = next
      lengths.append(length)
    }
    guard product == count else {
      throw vm.raise(.typeError, "memoryview: product(shape) * itemsize != buffer size")
    }
    return lengths
  }
}
