/// Module `_struct`: bytes that hold C values.
enum StructModule {
  static let types = [errorType, StructType.type, StructType.iterator]

  /// `struct.error`
  private static let errorType = NativeType(
    .structError, "error", base: .exception, kind: .exception, module: "struct", [])

  static let module = NativeModule("_struct", functions) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("error"), Value(vm.type(.structError)))
    try dict.set(name: vm.intern("Struct"), Value(vm.type(.structStruct)))
  }

  private static let functions = [
    NativeFunction("_clearcache", "", { (_, _) throws(Unwind) in .none }),
    NativeFunction("calcsize", "format, /", { (vm, a) throws(Unwind) in
      try vm.integer(StructFormat(vm, a[0]).size)
    }),
    NativeFunction("pack", "*values", { (vm, a) throws(Unwind) in
      let values = PyTuple(vm, a[0])
      guard values.count > 0 else { throw vm.raise(.typeError, "missing format argument") }
      return try pack(vm, StructFormat(vm, values[0]), values, from: 1)
    }),
    NativeFunction("pack_into", "*values", { (vm, a) throws(Unwind) in
      let values = PyTuple(vm, a[0])
      guard values.count > 0 else { throw vm.raise(.typeError, "missing format argument") }
      return try packInto(vm, StructFormat(vm, values[0]), values, from: 1)
    }),
    NativeFunction("unpack", "format, buffer, /", { (vm, a) throws(Unwind) in
      try unpack(vm, StructFormat(vm, a[0]), a[1])
    }),
    NativeFunction("unpack_from", "format, /, buffer, offset=0", { (vm, a) throws(Unwind) in
      try unpackFrom(vm, StructFormat(vm, a[0]), a[1], a[2])
    }),
    NativeFunction("iter_unpack", "format, buffer, /", { (vm, a) throws(Unwind) in
      try iterate(vm, a[0], a[1])
    }),
  ]

  /// Packs the values from `first` on.
  static func pack(_ vm: VM, _ format: StructFormat, _ values: PyTuple, from first: Int) throws(Unwind) -> Value {
    guard values.count - first == format.valueCount else {
      throw vm.raise(
        .structError, "pack expected \(format.valueCount) items for packing (got \(values.count - first))")
    }
    return try vm.newBytes(format.pack(vm, values, from: first))
  }

  /// Buffer and offset are the values at `first`.
  static func packInto(
    _ vm: VM, _ format: StructFormat, _ values: PyTuple, from first: Int
  ) throws(Unwind) -> Value {
    let given = values.count - first
    if given == 0 { throw vm.raise(.structError, "pack_into expected buffer argument") }
    if given == 1 { throw vm.raise(.structError, "pack_into expected offset argument") }
    guard given - 2 == format.valueCount else {
      throw vm.raise(
        .structError, "pack_into expected \(format.valueCount) items for packing (got \(given - 2))")
    }
    let target = values[first]
    let count = try vm.requireWritableBytes(target).count
    let size = format.size
    var offset = try vm.indexAsInt(values[first + 1])
    if offset < 0 {
      if offset + size > 0 {
        throw vm.raise(.structError, "no space to pack \(size) bytes at offset \(offset)")
      }
      guard offset + count >= 0 else {
        throw vm.raise(.structError, "offset \(offset) out of range for \(count)-byte buffer")
      }
      offset += count
    }
    guard count - offset >= size else {
      throw vm.raise(
        .structError,
        "pack_into requires a buffer of at least \(UInt(bitPattern: offset &+ size)) bytes for packing \(size) bytes at offset \(offset) (actual buffer size is \(count))"
      )
    }
    let packed = try format.pack(vm, values, from: first + 2)
    // Converting the values may have changed the buffer.
    let view = try vm.requireWritableBytes(target)
    guard offset + size <= view.count else { throw vm.raise(.bufferError, "the buffer has changed its size") }
    view.bytes.advanced(by: offset).write(packed)
    return .none
  }

  static func unpack(_ vm: VM, _ format: StructFormat, _ source: Value) throws(Unwind) -> Value {
    let view = try vm.requireBytes(source)
    guard view.count == format.size else {
      throw vm.raise(.structError, "unpack requires a buffer of \(format.size) bytes")
    }
    return try format.unpack(vm, view.bytes, at: 0)
  }

  static func unpackFrom(
    _ vm: VM, _ format: StructFormat, _ source: Value, _ place: Value
  ) throws(Unwind) -> Value {
    var offset = try vm.indexAsInt(place)
    let view = try vm.requireBytes(source)
    let size = format.size
    if offset < 0 {
      if offset + size > 0 {
        throw vm.raise(.structError, "not enough data to unpack \(size) bytes at offset \(offset)")
      }
      guard offset + view.count >= 0 else {
        throw vm.raise(.structError, "offset \(offset) out of range for \(view.count)-byte buffer")
      }
      offset += view.count
    }
    guard view.count - offset >= size else {
      throw vm.raise(
        .structError,
        "unpack_from requires a buffer of at least \(UInt(bitPattern: size &+ offset)) bytes for unpacking \(size) bytes at offset \(offset) (actual buffer size is \(view.count))"
      )
    }
    return try format.unpack(vm, view.bytes, at: offset)
  }

  static func iterate(_ vm: VM, _ format: Value, _ source: Value) throws(Unwind) -> Value {
    let parsed = try StructFormat(vm, format)
    guard parsed.size > 0 else {
      throw vm.raise(.structError, "cannot iteratively unpack with a struct of length 0")
    }
    let view = try vm.requireBytes(source)
    guard view.count % parsed.size == 0 else {
      throw vm.raise(
        .structError, "iterative unpacking requires a buffer of a multiple of \(parsed.size) bytes")
    }
    return try vm.newRecord(.record, .structIterator, format, source, .zero)
  }
}
