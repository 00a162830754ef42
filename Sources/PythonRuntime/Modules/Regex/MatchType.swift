/// The type `re.Match`, a record: `1` text, `2` pattern, `3` pos, `4` endpos, `5` number of the group closed last or -1, `6` the ends of
/// all groups, the whole match first (a tuple of integers, -1 where a group did not take part).
enum MatchType {
  static let type = NativeType(
    .regexMatch, "Match", kind: .record, isSubclassable: false, module: "re",
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    [
      NativeFunction("group", "self, /, *groups", group),
      NativeFunction("start", "self, group=0, /", { (vm, a) throws(Unwind) in try span(vm, a).0 }),
      NativeFunction("end", "self, group=0, /", { (vm, a) throws(Unwind) in try span(vm, a).1 }),
      NativeFunction("span", "self, group=0, /", { (vm, a) throws(Unwind) in
        let (first, last) = try span(vm, a)
        return try vm.newPair(first, last)
      }),
      NativeFunction("groups", "self, /, default=None", groups),
      NativeFunction("groupdict", "self, /, default=None", groupDict),
      NativeFunction("expand", "self, /, template", { (vm, a) throws(Unwind) in
        try PatternSubstitution.callLibrary(vm, "_expand", [vm.words(a[0]).value(2), a[0], a[1]])
      }),
      NativeFunction("__getitem__", "self, key, /", { (vm, a) throws(Unwind) in
        try text(vm, a[0], number(vm, a[0], a[1]), otherwise: .none)
      }),
      NativeFunction("__copy__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__deepcopy__", "self, memo, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
    ],
    properties: [
      NativeProperty("string", { (vm, a) throws(Unwind) in vm.words(a[0]).value(1) }),
      NativeProperty("re", { (vm, a) throws(Unwind) in vm.words(a[0]).value(2) }),
      NativeProperty("pos", { (vm, a) throws(Unwind) in vm.words(a[0]).value(3) }),
      NativeProperty("endpos", { (vm, a) throws(Unwind) in vm.words(a[0]).value(4) }),
      NativeProperty("lastindex", { (vm, a) throws(Unwind) in
        let index = vm.words(a[0]).value(5)
        return index.int >= 0 ? index : .none
      }),
      NativeProperty("lastgroup", { (vm, a) throws(Unwind) in
        let index = vm.words(a[0]).value(5).int
        let names = PyTuple(vm, pattern(vm, a[0]).groupNames)
        return index >= 0 && index < names.count ? names[index] : .none
      }),
      NativeProperty("regs", { (vm, a) throws(Unwind) in
        let spans = PyTuple(vm, vm.words(a[0]).value(6))
        let result = try vm.newTuple(count: spans.count / 2)
        for group in 0..<spans.count / 2 {
          PyTuple(vm, result)[group] = try vm.newPair(spans[group * 2], spans[group * 2 + 1])
        }
        return result
      }),
    ])

  private static func pattern(_ vm: VM, _ match: Value) -> PyPattern { PyPattern(vm, vm.words(match).value(2)) }

  private static func number(_ vm: VM, _ match: Value, _ key: Value) throws(Unwind) -> Int {
    guard let number = try pattern(vm, match).group(key) else { throw vm.raise(.indexError, "no such group") }
    return number
  }

  private static func text(_ vm: VM, _ match: Value, _ group: Int, otherwise: Value) throws(Unwind) -> Value {
    let spans = PyTuple(vm, vm.words(match).value(6))
    let (first, last) = (spans[group * 2].int, spans[group * 2 + 1].int)
    guard first >= 0 else { return otherwise }
    guard let subject = try RegexSubject(vm, vm.words(match).value(1)) else { return otherwise }
    return try subject.slice(vm, first, last)
  }

  private static func span(_ vm: VM, _ a: Arguments) throws(Unwind) -> (Value, Value) {
    let group = try number(vm, a[0], a[1])
    let spans = PyTuple(vm, vm.words(a[0]).value(6))
    return (spans[group * 2], spans[group * 2 + 1])
  }

  static func group(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let keys = PyTuple(vm, a[1])
    if keys.count == 0 { return try text(vm, a[0], 0, otherwise: .none) }
    if keys.count == 1 { return try text(vm, a[0], number(vm, a[0], keys[0]), otherwise: .none) }
    var numbers: [Int] = []
    for index in 0..<keys.count { numbers.append(try number(vm, a[0], keys[index])) }
    let result = try vm.newTuple(count: keys.count)
    for (index, number) in numbers.enumerated() {
      PyTuple(vm, result)[index] = try text(vm, a[0], number, otherwise: .none)
    }
    return result
  }

  static func groups(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let count = pattern(vm, a[0]).groups
    let result = try vm.newTuple(count: count)
    for group in 0..<count {
      PyTuple(vm, result)[group] = try text(vm, a[0], group + 1, otherwise: a[1])
    }
    return result
  }

  static func groupDict(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let result = try vm.newDict()
    let index = PyDict(vm, vm.words(pattern(vm, a[0]).groupIndex).value(1))
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(result)
    var place = 0
    while place < index.entryCount {
      if let entry = index.entry(at: place) {
        let text = try text(vm, a[0], number(vm, a[0], entry.value), otherwise: a[1])
        try PyDict(vm, result).set(entry.key, text)
      }
      place += 1
    }
    return result
  }

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let spans = PyTuple(vm, vm.words(a[0]).value(6))
    let shown = try vm.repr(text(vm, a[0], 0, otherwise: .none))
    var out = Array("<re.Match object; span=(\(spans[0].int), \(spans[1].int)), match=".utf8)
    vm.text(of: try vm.substring(shown, from: 0, count: min(50, PyString(vm, shown).count)), into: &out)
    out.append(0x3E)
    return try vm.newString(utf8: out)
  }
}
