/// `Pattern.sub` and `subn`.
enum PatternSubstitution {
  static func run(_ vm: VM, _ a: Arguments) throws(Unwind) -> (text: Value, count: Int) {
    let most = try vm.indexAsInt(a[3], overflow: .overflowError)
    let outer = vm.keepMark()
    defer { vm.keepRelease(outer) }
    let filter = try filter(vm, a)
    vm.keep(filter)
    let result = try vm.newList()
    vm.keep(result)
    let list = PyList(vm, result)
    var search = try RegexSearch(vm, a[0], a[2])
    var last = 0
    var count = 0
    while most == 0 || count < most, try search.search() {
      if last < search.matchStart { try list.append(search.subject.slice(vm, last, search.matchStart)) }
      last = search.matchEnd
      count += 1
      var piece = filter
      if vm.isCallable(filter) {
        let match = try search.makeMatch()
        let isAfterEmpty = search.matchEnd == search.matchStart
        // The function may use the pattern, too, and a bytearray may change.
        try search.finish()
        let inner = vm.keepMark()
        vm.keep(match)
        piece = try vm.call(filter, match)
        vm.keepRelease(inner)
        if !piece.isNone { try list.append(piece) }
        search = try RegexSearch(vm, a[0], a[2])
        search.moveOn(to: last, isAfterEmpty: isAfterEmpty)
      } else {
        try list.append(piece)
        search.advance()
      }
      try vm.charge(2)
    }
    if last < search.end { try list.append(search.subject.slice(vm, last, search.end)) }
    let empty = try search.subject.slice(vm, 0, 0)
    try search.finish()
    if list.count == 0 { return (empty, count) }
    return (try vm.callMethod(empty, "join", result), count)
  }

  /// What replaces a match: a function, or a text without escapes. Templates are the library's business.
  private static func filter(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if vm.isCallable(a[1]) { return a[1] }
    if let template = try RegexSubject(vm, a[1]) {
      var hasEscape = false
      if template.widthShift == 0 {
        hasEscape = template.units.firstIndex(of: 0x5C, count: template.count) != nil
      } else {
        let string = PyString(vm, a[1])
        for index in 0..<template.count where string[index] == 0x5C { hasEscape = true }
      }
      if !hasEscape { return a[1] }
    }
    return try callLibrary(vm, "_subx", [a[0], a[1]])
  }

  /// Calls a function of the library's module `re`.
  static func callLibrary(_ vm: VM, _ name: String, _ arguments: [Value]) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    for argument in arguments { vm.keep(argument) }
    let module = try vm.loadModule("re")
    return try vm.call(vm.getAttribute(module, vm.intern(name)), arguments: arguments, keywords: [])
  }
}
