/// `sys.stdin`, `sys.stdout` and `sys.stderr`: the run's own streams.
enum StreamType {
  static let type = NativeType(
    .outputStream, "TextIOWrapper", kind: .record, isSubclassable: false, module: "_io",
    writing + reading + [
      NativeFunction("isatty", "self, /", { (_, _) throws(Unwind) in .false }),
      NativeFunction("fileno", "self, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.osError, "the run's streams have no file descriptors")
      }),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let mode = vm.isInputStream(a[0]) ? "r" : "w"
        return try vm.newString("<_io.TextIOWrapper name='\(name(vm, a[0]))' mode='\(mode)' encoding='utf-8'>")
      }),
    ],
    properties: [
      NativeProperty("encoding", { (vm, _) throws(Unwind) in try vm.intern("utf-8") }),
      NativeProperty("errors", { (vm, a) throws(Unwind) in
        try vm.intern(vm.isErrorStream(a[0]) ? "backslashreplace" : "strict")
      }),
      NativeProperty("name", { (vm, a) throws(Unwind) in try vm.intern(name(vm, a[0])) }),
      NativeProperty("mode", { (vm, a) throws(Unwind) in try vm.intern(vm.isInputStream(a[0]) ? "r" : "w") }),
      NativeProperty("closed", { (_, _) throws(Unwind) in .false }),
    ])

  private static func name(_ vm: VM, _ stream: Value) -> String {
    vm.isInputStream(stream) ? "<stdin>" : vm.isErrorStream(stream) ? "<stderr>" : "<stdout>"
  }

  private static let writing = [
    NativeFunction("write", "self, text, /") { (vm, a) throws(Unwind) in
      try require(vm, !vm.isInputStream(a[0]), "not writable")
      guard vm.isString(a[1]) else {
        throw vm.raise(.typeError, "write() argument must be str, not \(vm.typeName(a[1]))")
      }
      try vm.write(PyString(vm, a[1]).utf8(), isError: vm.isErrorStream(a[0]))
      return Value(small: PyString(vm, a[1]).count)
    },
    NativeFunction("writelines", "self, lines, /") { (vm, a) throws(Unwind) in
      try require(vm, !vm.isInputStream(a[0]), "not writable")
      let stream = a[0]
      try vm.iterate(a[1]) { (line) throws(Unwind) in
        _ = try vm.callMethod(stream, "write", line)
        return true
      }
      return .none
    },
    NativeFunction("flush", "self, /") { (_, _) throws(Unwind) in .none },
    NativeFunction("writable", "self, /") { (vm, a) throws(Unwind) in Value(!vm.isInputStream(a[0])) },
  ]

  private static let reading = [
    NativeFunction("readable", "self, /") { (vm, a) throws(Unwind) in Value(vm.isInputStream(a[0])) },
    NativeFunction("read", "self, size=-1, /") { (vm, a) throws(Unwind) in
      try require(vm, vm.isInputStream(a[0]), "not readable")
      let size = a[1].isNone ? -1 : try vm.indexAsInt(a[1])
      return try vm.newString(utf8: vm.readInput(characters: size < 0 ? Int.max : size))
    },
    NativeFunction("readline", "self, size=-1, /") { (vm, a) throws(Unwind) in
      try require(vm, vm.isInputStream(a[0]), "not readable")
      return try vm.newString(utf8: vm.readInputLine())
    },
    NativeFunction("readlines", "self, hint=-1, /") { (vm, a) throws(Unwind) in
      try require(vm, vm.isInputStream(a[0]), "not readable")
      let lines = try vm.newList()
      vm.keep(lines)
      while true {
        let line = try vm.readInputLine()
        if line.isEmpty { return lines }
        try PyList(vm, lines).append(vm.newString(utf8: line))
      }
    },
    NativeFunction("__iter__", "self, /") { (_, a) throws(Unwind) in a[0] },
    NativeFunction("__next__", "self, /") { (vm, a) throws(Unwind) in
      try require(vm, vm.isInputStream(a[0]), "not readable")
      let line = try vm.readInputLine()
      if line.isEmpty { throw vm.raise(.stopIteration, arguments: []) }
      return try vm.newString(utf8: line)
    },
  ]

  /// What a stream cannot do is `io.UnsupportedOperation`, where the module `io` is there.
  private static func require(_ vm: VM, _ holds: Bool, _ message: String) throws(Unwind) {
    if holds { return }
    guard let io = PyDict(vm, vm[root: .modules]).get(name: try vm.intern("io")),
      let type = try vm.findAttribute(io, vm.intern("UnsupportedOperation"))
    else { throw vm.raise(.osError, message) }
    throw vm.raise(try vm.call(type, vm.newString(message)))
  }
}

extension VM {
  /// An object that stands for one of the run's streams.
  func makeStream() throws(Unwind) -> Value {
    Value(try allocateRecord(.record, class: type(.outputStream), .none))
  }

  /// Whether a value is one of the streams that stand for the run's output.
  func isOutputStream(_ value: Value) -> Bool {
    value == self[root: .outputStream] || value == self[root: .errorStream]
  }
  func isErrorStream(_ value: Value) -> Bool { value.isRef && value == self[root: .errorStream] }
  func isInputStream(_ value: Value) -> Bool { value.isRef && value == self[root: .inputStream] }

  /// The next line of the run's standard input with its newline, if it has one; empty at the end.
  func readInputLine() throws(Unwind) -> [UInt8] {
    if let readLine = host.readLine { return readLine() }
    let rest = host.input.dropFirst(self[.inputUsed])
    let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
    self[.inputUsed] = end
    try charge((end - rest.startIndex) / 32)
    return Array(rest[rest.startIndex..<end])
  }

  /// So many characters of the input, or what is left of it.
  fileprivate func readInput(characters: Int) throws(Unwind) -> [UInt8] {
    if host.readLine != nil {
      var all: [UInt8] = []
      while all.count < characters {
        let line = try readInputLine()
        if line.isEmpty { break }
        all += line
      }
      return all
    }
    let rest = host.input.dropFirst(self[.inputUsed])
    var end = rest.startIndex
    var count = 0
    while end < rest.endIndex, count < characters {
      end += 1
      while end < rest.endIndex, rest[end] & 0xC0 == 0x80 { end += 1 }
      count += 1
    }
    self[.inputUsed] = end
    try charge((end - rest.startIndex) / 32)
    return Array(rest[rest.startIndex..<end])
  }

  /// The line that `input` answers, without its newline; nil at the end. A program may have put something in the place of `sys.stdin`.
  func inputLine() throws(Unwind) -> Value? {
    if let sys = PyDict(self, self[root: .modules]).get(name: name(.sys)), self.is(sys, .module) {
      guard let file = PyDict(self, words(sys).value(1)).get(name: name(.stdin)), !file.isNone else {
        throw raise(.runtimeError, "input(): lost sys.stdin")
      }
      if !isInputStream(file) {
        let line = try callMethod(file, "readline")
        guard isString(line) else { throw raise(.typeError, "object.readline() returned non-string") }
        let bytes = PyString(self, line).utf8()
        return bytes.isEmpty ? nil : try newString(utf8: bytes.last == 0x0A ? bytes.dropLast() : bytes)
      }
    }
    let line = try readInputLine()
    return line.isEmpty ? nil : try newString(utf8: line.last == 0x0A ? line.dropLast() : line)
  }
}
