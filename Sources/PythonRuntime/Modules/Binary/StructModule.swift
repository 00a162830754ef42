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

/// The type `struct.Struct`: `1` format, or unbound before `__init__`; and the iterator that it makes: `1` format, `2` buffer, or None at
/// the end, `3` place.
enum StructType {
  static let type = NativeType(
    .structStruct, "Struct", kind: .record, module: "_struct",
    doc: "Struct(fmt) --> compiled struct object",
    [
      NativeFunction("__new__", "cls, *args, **kwargs", { (vm, a) throws(Unwind) in
        let result = Value(try vm.allocateSubclassable(.record, class: a[0].ref, words: 2))
        vm.words(result).set(1, .unbound)
        return result
      }, binding: .static),
      NativeFunction("__init__", "self, /, format", { (vm, a) throws(Unwind) in
        _ = try StructFormat(vm, a[1])
        vm.words(a[0]).set(1, a[1])
        return .none
      }),
      NativeFunction("pack", "self, /, *values", { (vm, a) throws(Unwind) in
        try StructModule.pack(vm, format(vm, a), PyTuple(vm, a[1]), from: 0)
      }),
      NativeFunction("pack_into", "self, /, *values", { (vm, a) throws(Unwind) in
        try StructModule.packInto(vm, format(vm, a), PyTuple(vm, a[1]), from: 0)
      }),
      NativeFunction("unpack", "self, buffer, /", { (vm, a) throws(Unwind) in
        try StructModule.unpack(vm, format(vm, a), a[1])
      }),
      NativeFunction("unpack_from", "self, /, buffer, offset=0", { (vm, a) throws(Unwind) in
        try StructModule.unpackFrom(vm, format(vm, a), a[1], a[2])
      }),
      NativeFunction("iter_unpack", "self, buffer, /", { (vm, a) throws(Unwind) in
        try StructModule.iterate(vm, formatValue(vm, a), a[1])
      }),
      NativeFunction("__sizeof__", "self, /", { (_, _) throws(Unwind) in Value(small: 120) }),
    ],
    properties: [
      NativeProperty("format", { (vm, a) throws(Unwind) in
        let format = try formatValue(vm, a)
        return vm.isString(format) ? format : try vm.callMethod(format, "decode", vm.intern("ascii"))
      }),
      NativeProperty("size", { (vm, a) throws(Unwind) in try vm.integer(format(vm, a).size) }),
    ])

  private static func formatValue(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let format = vm.words(a[0]).value(1)
    if format.isUnbound { throw vm.raise(.runtimeError, "Struct object is not initialized") }
    return format
  }

  private static func format(_ vm: VM, _ a: Arguments) throws(Unwind) -> StructFormat {
    try StructFormat(vm, formatValue(vm, a))
  }

  static let iterator = NativeType(
    .structIterator, "unpack_iterator", kind: .record, isSubclassable: false, module: "_struct",
    [
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        let place = state.value(3).int
        if state.value(2).isRef {
          let format = try StructFormat(vm, state.value(1))
          let view = try vm.requireBytes(state.value(2))
          if place + format.size <= view.count {
            state.set(3, Value(small: place + format.size))
            return try format.unpack(vm, view.bytes, at: place)
          }
          state.set(2, .none)
        }
        throw vm.raise(.stopIteration, arguments: [])
      }),
      NativeFunction("__length_hint__", "self, /", { (vm, a) throws(Unwind) in
        let state = vm.words(a[0])
        guard state.value(2).isRef else { return .zero }
        let left = try vm.requireBytes(state.value(2)).count - state.value(3).int
        let size = try StructFormat(vm, state.value(1)).size
        return Value(small: max(0, left / size))
      }),
    ])
}
