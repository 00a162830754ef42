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
