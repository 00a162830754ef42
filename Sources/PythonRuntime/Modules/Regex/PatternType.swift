/// The type `re.Pattern`.
enum PatternType {
  static let type = NativeType(
    .regexPattern, "Pattern", kind: .record, isSubclassable: false, module: "re",
    doc: "Compiled regular expression object.",
    [
      NativeFunction("match", "self, /, string, pos=0, endpos=", { (vm, a) throws(Unwind) in
        try single(vm, a) { (search) throws(Unwind) in try search.match() }
      }),
      NativeFunction("fullmatch", "self, /, string, pos=0, endpos=", { (vm, a) throws(Unwind) in
        try single(vm, a) { (search) throws(Unwind) in try search.match(all: true) }
      }),
      NativeFunction("search", "self, /, string, pos=0, endpos=", { (vm, a) throws(Unwind) in
        try single(vm, a) { (search) throws(Unwind) in try search.search() }
      }),
      NativeFunction("findall", "self, /, string, pos=0, endpos=", findAll),
      NativeFunction("finditer", "self, /, string, pos=0, endpos=", { (vm, a) throws(Unwind) in
        let scanner = try ScannerType.make(vm, a)
        let mark = vm.keepMark()
        defer { vm.keepRelease(mark) }
        vm.keep(scanner)
        let search = try vm.getAttribute(scanner, vm.intern("search"))
        return try vm.newRecord(.callIterator, .callableIterator, search, .none)
      }),
      NativeFunction("scanner", "self, /, string, pos=0, endpos=", { (vm, a) throws(Unwind) in
        try ScannerType.make(vm, a)
      }),
      NativeFunction("split", "self, /, string, maxsplit=0", split),
      NativeFunction("sub", "self, /, repl, string, count=0", { (vm, a) throws(Unwind) in
        try PatternSubstitution.run(vm, a).text
      }),
      NativeFunction("subn", "self, /, repl, string, count=0", { (vm, a) throws(Unwind) in
        let result = try PatternSubstitution.run(vm, a)
        return try vm.newPair(result.text, Value(small: result.count))
      }),
      NativeFunction("__copy__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__deepcopy__", "self, memo, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__repr__", "self, /", repr),
      NativeFunction("__eq__", "self, value, /", { (vm, a) throws(Unwind) in try equal(vm, a) ?? .notImplemented }),
      NativeFunction("__ne__", "self, value, /", { (vm, a) throws(Unwind) in
        try equal(vm, a).map { Value($0 == .false) } ?? .notImplemented
      }),
      NativeFunction("__hash__", "self, /", { (vm, a) throws(Unwind) in
        let pattern = PyPattern(vm, a[0])
        let hash = try vm.hash(pattern.source) ^ pattern.flags.int &* 31
        return Value(small: hash & Value.maxSmall)
      }),
      NativeFunction("__class_getitem__", "cls, item, /", GenericAliases.make, binding: .class),
    ],
    properties: [
      NativeProperty("pattern", { (vm, a) throws(Unwind) in PyPattern(vm, a[0]).source }),
      NativeProperty("flags", { (vm, a) throws(Unwind) in PyPattern(vm, a[0]).flags }),
      NativeProperty("groups", { (vm, a) throws(Unwind) in Value(small: PyPattern(vm, a[0]).groups) }),
      NativeProperty("groupindex", { (vm, a) throws(Unwind) in PyPattern(vm, a[0]).groupIndex }),
    ])

  /// `pos` and `endpos`, which stand from `index` on.
  static func bounds(_ vm: VM, _ a: Arguments, _ index: Int) throws(Unwind) -> (Int, Int) {
    let first = try position(vm, a[index])
    return (first, a[index + 1].isUnbound ? Int.max : try position(vm, a[index + 1]))
  }

  private static func position(_ vm: VM, _ value: Value) throws(Unwind) -> Int {
    if value.isInt { return value.int }
    let number = try vm.index(value)
    guard let int = vm.asInt(number) else {
      throw vm.raise(.overflowError, "Python int too large to convert to C ssize_t")
    }
    return int
  }

  private static func single(
    _ vm: VM, _ a: Arguments, _ find: (inout RegexSearch) throws(Unwind) -> Bool
  ) throws(Unwind) -> Value {
    let (first, last) = try bounds(vm, a, 2)
    var search = try RegexSearch(vm, a[0], a[1], from: first, to: last)
    let isFound = try find(&search)
    let result = isFound ? try search.makeMatch() : .none
    try search.finish()
    return result
  }

  static func findAll(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (first, last) = try bounds(vm, a, 2)
    var search = try RegexSearch(vm, a[0], a[1], from: first, to: last)
    let result = try vm.newList()
    let list = PyList(vm, result)
    let groups = search.pattern.groups
    let empty = try search.subject.slice(vm, 0, 0)
    while try search.search() {
      if groups <= 1 {
        try list.append(search.text(groups, otherwise: empty))
      } else {
        let tuple = try vm.newTuple(count: groups)
        for group in 1...groups {
          PyTuple(vm, tuple)[group - 1] = try search.text(group, otherwise: empty)
        }
        try list.append(tuple)
      }
      search.advance()
      try vm.charge(2)
    }
    try search.finish()
    return result
  }

  static func split(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let most = try vm.indexAsInt(a[2], overflow: .overflowError)
    var search = try RegexSearch(vm, a[0], a[1])
    let result = try vm.newList()
    let list = PyList(vm, result)
    let groups = search.pattern.groups
    var last = 0
    var count = 0
    while most == 0 || count < most, try search.search() {
      try list.append(search.subject.slice(vm, last, search.matchStart))
      for group in 0..<groups { try list.append(search.text(group + 1, otherwise: .none)) }
      last = search.matchEnd
      count += 1
      search.advance()
      try vm.charge(2)
    }
    try list.append(search.subject.slice(vm, last, search.subject.count))
    try search.finish()
    return result
  }

  private static func equal(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value? {
    guard vm.isExactly(a[1], .regexPattern) else { return nil }
    if a[0] == a[1] { return .true }
    let (x, y) = (PyPattern(vm, a[0]), PyPattern(vm, a[1]))
    guard x.flags == y.flags, x.isBytes == y.isBytes, x.programCount == y.programCount else { return .false }
    for index in 0..<x.programCount where x.program[index] != y.program[index] { return .false }
    return Value(try vm.equal(x.source, y.source))
  }

  // MARK: repr

  private static let flagNames = [
    (1, "re.TEMPLATE"), (2, "re.IGNORECASE"), (4, "re.LOCALE"), (8, "re.MULTILINE"), (16, "re.DOTALL"),
    (32, "re.UNICODE"), (64, "re.VERBOSE"), (128, "re.DEBUG"), (256, "re.ASCII"),
  ]

  static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let pattern = PyPattern(vm, a[0])
    var flags = pattern.flags.int
    // What every str pattern has is not shown.
    if pattern.isBytes == .false, flags & 0x124 == 0x20 { flags &= ~0x20 }
    var names: [String] = []
    for (bit, name) in flagNames where flags & bit != 0 {
      names.append(name)
      flags &= ~bit
    }
    if flags != 0 { names.append("0x" + String(flags, radix: 16)) }
    var out = Array("re.compile(".utf8)
    let source = try vm.repr(pattern.source)
    vm.text(of: try vm.substring(source, from: 0, count: min(200, PyString(vm, source).count)), into: &out)
    if !names.isEmpty { out += Array(", \(names.joined(separator: "|"))".utf8) }
    out.append(0x29)
    return try vm.newString(utf8: out)
  }
}
