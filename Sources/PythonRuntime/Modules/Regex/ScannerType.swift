/// What `Pattern.scanner` gives, a record: `1` pattern, `2` text, `3` place, `4` end, `5` whether the last match was empty, `6` start.
enum ScannerType {
  static let type = NativeType(
    .regexScanner, "SRE_Scanner", kind: .record, isSubclassable: false, module: "_sre",
    [
      NativeFunction("match", "self, /", { (vm, a) throws(Unwind) in
        try advance(vm, a) { (search) throws(Unwind) in try search.match() }
      }),
      NativeFunction("search", "self, /", { (vm, a) throws(Unwind) in
        try advance(vm, a) { (search) throws(Unwind) in try search.search() }
      }),
    ],
    properties: [NativeProperty("pattern", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) })])

  /// From the arguments of `scanner` or `finditer`.
  static func make(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (first, last) = try PatternType.bounds(vm, a, 2)
    var search = try RegexSearch(vm, a[0], a[1], from: first, to: last)
    try search.finish()
    return Value(
      try vm.allocateRecord(
        .record, class: vm.type(.regexScanner), a[0], a[1], Value(small: search.first), Value(small: search.end),
        .false, Value(small: search.first)))
  }

  private static func advance(
    _ vm: VM, _ a: Arguments, _ find: (inout RegexSearch) throws(Unwind) -> Bool
  ) throws(Unwind) -> Value {
    let state = vm.words(a[0])
    // At the end.
    if state.value(3).isNone { return .none }
    var search = try RegexSearch(
      vm, state.value(1), state.value(2), from: state.value(6).int, to: state.value(4).int)
    search.moveOn(to: state.value(3).int, isAfterEmpty: state.value(5) == .true)
    let isFound = try find(&search)
    var result = Value.none
    if isFound {
      result = try search.makeMatch()
      search.advance()
      state.set(3, Value(small: search.start))
      state.set(5, Value(search.isAfterEmpty))
    } else {
      state.set(3, .none)
    }
    try search.finish()
    return result
  }
}
