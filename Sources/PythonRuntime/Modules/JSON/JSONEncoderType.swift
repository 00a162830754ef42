/// `_json.make_encoder`: `1` markers, `2` default, `3` encoder, `4` indent, `5` key separator, `6` item separator, `7` sort_keys, `8` skipkeys,
/// `9` allow_nan.
enum JSONEncoderType {
  private static let names = [
    "markers", "default", "encoder", "indent", "key_separator", "item_separator", "sort_keys", "skipkeys",
    "allow_nan",
  ]

  static let type = NativeType(
    .jsonEncoder, "Encoder", kind: .record, module: "_json",
    doc: "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    [
      NativeFunction("__new__", "cls, \(names.joined(separator: ", "))", new, binding: .static),
      NativeFunction("__call__", "self, obj, _current_indent_level", { (vm, a) throws(Unwind) in
        var encoder = JSONEncoder(vm, a[0])
        try encoder.write(a[1])
        return try vm.newTuple(encoder.builder.finish())
      }),
    ],
    properties: names.prefix(8).enumerated().map { index, name in
      NativeProperty(name, { (vm, a) throws(Unwind) in vm.words(a[0]).value(index + 1) })
    })

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard a[1].isNone || vm.is(a[1], .dict) else {
      throw vm.raise(.typeError, "make_encoder() argument 1 must be dict or None, not \(vm.typeName(a[1]))")
    }
    for (index, number) in [(5, 5), (6, 6)] where !vm.isString(a[index]) {
      throw vm.raise(.typeError, "make_encoder() argument \(number) must be str, not \(vm.typeName(a[index]))")
    }
    let result = Value(try vm.allocateSubclassable(.record, class: a[0].ref, words: 10))
    let words = vm.words(result)
    for index in 1...9 { words.set(index, .none) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(result)
    for index in 1...9 {
      words.set(index, index >= 7 ? Value(try vm.truth(a[index])) : a[index])
    }
    return result
  }
}
