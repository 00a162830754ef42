/// `_json.make_scanner`: `1` strict, `2` object_hook, `3` object_pairs_hook, `4` parse_float, `5` parse_int, `6` parse_constant.
enum JSONScannerType {
  private static let names = [
    "strict", "object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant",
  ]

  static let type = NativeType(
    .jsonScanner, "Scanner", kind: .record, module: "_json", doc: "JSON scanner object",
    [
      NativeFunction("__new__", "cls, context", { (vm, a) throws(Unwind) in
        let result = Value(try vm.allocateSubclassable(.record, class: a[0].ref, words: 7))
        for index in 1...6 { vm.words(result).set(index, .none) }
        let mark = vm.keepMark()
        defer { vm.keepRelease(mark) }
        vm.keep(result)
        for (index, name) in names.enumerated() {
          var value = try vm.getAttribute(a[1], vm.intern(name))
          if index == 0 { value = Value(try vm.truth(value)) }
          vm.words(result).set(index + 1, value)
        }
        return result
      }, binding: .static),
      NativeFunction("__call__", "self, string, idx", call),
    ],
    properties: names.enumerated().map { index, name in
      NativeProperty(name, { (vm, a) throws(Unwind) in vm.words(a[0]).value(index + 1) })
    })

  static func call(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[1]) else {
      throw vm.raise(.typeError, "first argument must be a string, not \(vm.typeName(a[1]))")
    }
    let start = try vm.indexAsInt(a[2], overflow: .overflowError)
    if start < 0 { throw vm.raise(.valueError, "idx cannot be negative") }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    let memo = try vm.newDict()
    vm.keep(memo)
    var scanner = JSONScanner(vm, a[0], a[1], memo)
    let value = try scanner.value(at: start)
    return try vm.newPair(value, Value(small: scanner.next))
  }
}
