import PythonBytecode

/// The functions of `builtins` that are about objects, attributes, scopes and code.
enum CoreBuiltins {
  static let functions: [NativeFunction] = [
    NativeFunction(
      "print", "*args, sep=None, end=None, file=None, flush=False", print,
      shown: "*args, sep=' ', end='\\n', file=None, flush=False"),
    NativeFunction("input", "prompt=, /", input, shown: "prompt='', /"),
    NativeFunction("getattr", "object, name, default=, /", getAttribute),
    NativeFunction("setattr", "obj, name, value, /", setAttribute),
    NativeFunction("delattr", "obj, name, /", deleteAttribute),
    NativeFunction("hasattr", "obj, name, /", hasAttribute),
    NativeFunction("isinstance", "obj, class_or_tuple, /", { (vm, a) throws(Unwind) in
      Value(try vm.isInstance(a[0], of: a[1]))
    }),
    NativeFunction("issubclass", "cls, class_or_tuple, /", { (vm, a) throws(Unwind) in
      Value(try vm.isSubclass(a[0], of: a[1]))
    }),
    NativeFunction("callable", "obj, /", { (vm, a) throws(Unwind) in
      Value(vm.lookupSpecial(a[0], .call) != nil || vm.is(a[0], .class))
    }),
    NativeFunction("id", "obj, /", { (vm, a) throws(Unwind) in try vm.integer(vm.identity(a[0])) }),
    NativeFunction("hash", "obj, /", { (vm, a) throws(Unwind) in try vm.integer(vm.hash(a[0])) }),
    NativeFunction("globals", "", { (vm, _) throws(Unwind) in vm.runningFunction.value(FunctionLayout.globals) }),
    NativeFunction("locals", "", { (vm, _) throws(Unwind) in try vm.locals() }),
    NativeFunction("vars", "object=, /", vars), NativeFunction("dir", "object=, /", directory),
    NativeFunction("exec", "source, globals=None, locals=None, /, *, closure=None", execute),
    NativeFunction("eval", "source, globals=None, locals=None, /", evaluate),
    NativeFunction(
      "compile", "source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1", compile),
    NativeFunction("__build_class__", "*args, **kwargs", { (vm, a) throws(Unwind) in
      try vm.buildClass(PyTuple(vm, a[0]), a[1])
    }),
    NativeFunction(
      "__import__", "name, globals=None, locals=None, fromlist=None, level=0", importModule,
      shown: "name, globals=None, locals=None, fromlist=(), level=0"),
    NativeFunction("exit", "code=None", exit), NativeFunction("quit", "code=None", exit),
    NativeFunction("breakpoint", "*args, **kws", { (vm, a) throws(Unwind) in
      let sys = try vm.loadModule("sys")
      guard let hook = try vm.findAttribute(sys, vm.intern("breakpointhook")) else {
        throw vm.raise(.runtimeError, "lost sys.breakpointhook")
      }
      vm.keep(hook)
      return try vm.call(hook, tuple: a[0], dict: a[1])
    }),
    NativeFunction("open", "*args, **kwargs", { (vm, _) throws(Unwind) in
      let message = try vm.newString("open() is not available in the sandbox: it has no files")
      throw vm.raise(.osError, arguments: [Value(small: 38), message])
    }, shown: "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None"),
  ]

  static func print(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let separator = try printOption(vm, a[1], "sep")
    let end = try printOption(vm, a[2], "end")
    let values = PyTuple(vm, a[0])
    let file = a[3].isNone ? try vm.replacedOutput() : a[3]
    if let file, !vm.isOutputStream(file) {
      return file.isNone ? .none : try printTo(vm, file, values, separator, end, a[4])
    }
    let isError = file.map(vm.isErrorStream) ?? false
    var bytes: [UInt8] = []
    for index in 0..<values.count {
      if index > 0 { bytes += separator.map { PyString(vm, $0).utf8() } ?? [0x20] }
      do throws(Unwind) {
        vm.appendUTF8(try vm.str(values[index]), to: &bytes)
      } catch {
        // What comes before a value that cannot be shown is printed all the same.
        if case .exception = error { try vm.write(bytes, isError: isError) }
        throw error
      }
    }
    bytes += end.map { PyString(vm, $0).utf8() } ?? [0x0A]
    try vm.write(bytes, isError: isError)
    return .none
  }

  private static func printOption(_ vm: VM, _ value: Value, _ name: String) throws(Unwind) -> Value? {
    if value.isNone { return nil }
    guard vm.isString(value) else {
      throw vm.raise(.typeError, "\(name) must be None or a string, not \(vm.typeName(value))")
    }
    return value
  }

  /// To an object of the program's, by its `write`.
  private static func printTo(
    _ vm: VM, _ file: Value, _ values: PyTuple, _ separator: Value?, _ end: Value?, _ flush: Value
  ) throws(Unwind) -> Value {
    let space = try vm.character(0x20)
    let newline = try vm.character(0x0A)
    let between = separator ?? space
    for index in 0..<values.count {
      if index > 0 { _ = try vm.callMethod(file, "write", between) }
      let text = try vm.str(values[index])
      vm.keep(text)
      _ = try vm.callMethod(file, "write", text)
    }
    _ = try vm.callMethod(file, "write", end ?? newline)
    if try vm.truth(flush) { _ = try vm.callMethod(file, "flush") }
    return .none
  }

  static func input(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if !a[0].isUnbound {
      let prompt = try vm.str(a[0])
      if let file = try vm.replacedOutput(), !vm.isOutputStream(file) {
        _ = try vm.callMethod(file, "write", prompt)
      } else {
        try vm.write(PyString(vm, prompt).utf8(), isError: false)
      }
    }
    guard let line = try vm.inputLine() else { throw vm.raise(.eofError, "EOF when reading a line") }
    return line
  }

  /// What `site` gives to the prompt.
  static func exit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    throw vm.raise(.systemExit, arguments: [a[0]])
  }

  static func getAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = try ObjectType.attributeName(vm, a[1])
    if a[2].isUnbound { return try vm.getAttribute(a[0], name) }
    return try vm.findAttribute(a[0], name) ?? a[2]
  }

  static func setAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.setAttribute(a[0], ObjectType.attributeName(vm, a[1]), a[2])
    return .none
  }

  static func deleteAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.deleteAttribute(a[0], ObjectType.attributeName(vm, a[1]))
    return .none
  }

  static func hasAttribute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(try vm.findAttribute(a[0], ObjectType.attributeName(vm, a[1])) != nil)
  }

  static func vars(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[0].isUnbound { return try vm.locals() }
    guard let dict = try vm.findAttribute(a[0], vm.name(.dict)) else {
      throw vm.raise(.typeError, "vars() argument must have __dict__ attribute")
    }
    return dict
  }

  static func directory(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let names: Value
    if a[0].isUnbound {
      let locals = try vm.locals()
      names = try vm.listFromIterable(vm.is(locals, .dict) ? locals : vm.callMethod(locals, "keys"))
    } else {
      guard let method = vm.lookupSpecial(a[0], .dir) else {
        throw vm.raise(.typeError, "object does not provide __dir__")
      }
      names = try vm.listFromIterable(vm.callBound(method, a[0]))
    }
    vm.keep(names)
    _ = try vm.callMethod(names, "sort")
    return names
  }

  // MARK: Code

  static func compile(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let filename = vm.isString(a[1]) ? vm.text(a[1]) : vm.is(a[1], .bytes) ? String(decoding: vm.byteArray(a[1]), as: UTF8.self) : ""
    guard vm.isString(a[1]) || vm.is(a[1], .bytes) else {
      throw vm.raise(.typeError, "expected str, bytes or os.PathLike object, not \(vm.typeName(a[1]))")
    }
    let mode: CompileRequest.Mode
    switch vm.isString(a[2]) ? vm.text(a[2]) : "" {
    case "exec": mode = .module
    case "eval": mode = .expression
    case "single": mode = .interactive
    default: throw vm.raise(.valueError, "compile() mode must be 'exec', 'eval' or 'single'")
    }
    // Of the flags: those of the parser, incomplete input, trees, await outside of functions, future features.
    guard try vm.indexAsInt(a[3]) & ~0x1FE_7610 == 0 else {
      throw vm.raise(.valueError, "compile(): unrecognised flags")
    }
    guard (-1...2).contains(try vm.indexAsInt(a[5])) else {
      throw vm.raise(.valueError, "compile(): invalid optimize value")
    }
    let flags = try vm.indexAsInt(a[3])
    if vm.isSyntaxNode(a[0]) {
      if flags & SyntaxModule.onlyTree != 0 { return a[0] }
      return try vm.compileTree(a[0], filename: filename, mode: mode, optimize: vm.indexAsInt(a[5]))
    }
    if flags & SyntaxModule.onlyTree != 0 {
      return try vm.syntaxTree(vm.sourceBytes(a[0], "compile"), filename: filename, mode: mode)
    }
    return try vm.compile(
      vm.sourceBytes(a[0], "compile"), filename: filename, mode: mode, optimize: vm.indexAsInt(a[5]),
      flags: vm.indexAsInt(a[3]) | vm.sourceFlags(a[0]))
  }

  static func execute(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (globals, locals) = try scopes(vm, a, "exec")
    var code = a[0]
    if !vm.is(code, .code) {
      code = try vm.compile(vm.sourceBytes(a[0], "exec"), filename: "<string>", mode: .module, optimize: -1, flags: vm.sourceFlags(a[0]))
      a[0] = code
      guard a[3].isNone else { throw vm.raise(.typeError, "closure can only be used when source is a code object") }
    }
    _ = try vm.runCode(code, globals: globals, locals: locals, closure: a[3], what: "exec")
    return .none
  }

  static func evaluate(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (globals, locals) = try scopes(vm, a, "eval")
    var code = a[0]
    if !vm.is(code, .code) {
      var source = try vm.sourceBytes(a[0], "eval")
      source = Array(source.drop { $0 == 0x20 || $0 == 0x09 })
      code = try vm.compile(source, filename: "<string>", mode: .expression, optimize: -1, flags: vm.sourceFlags(a[0]))
      a[0] = code
    }
    return try vm.runCode(code, globals: globals, locals: locals, closure: .none, what: "eval")
  }

  /// The namespaces that `exec` and `eval` work in.
  private static func scopes(_ vm: VM, _ a: Arguments, _ what: String) throws(Unwind) -> (Value, Value) {
    if !a[1].isNone, !vm.is(a[1], .dict) {
      throw vm.raise(
        .typeError,
        what == "eval" && vm.lookupSpecial(a[1], .getitem) != nil
          ? "globals must be a real dict; try eval(code, {}, mapping)"
          : "\(what)() globals must be a dict, not \(vm.typeName(a[1]))")
    }
    if !a[2].isNone, vm.lookupSpecial(a[2], .getitem) == nil {
      throw vm.raise(.typeError, what == "eval" ? "locals must be a mapping" : "locals must be a mapping or None, not \(vm.typeName(a[2]))")
    }
    let globals = a[1].isNone ? vm.runningFunction.value(FunctionLayout.globals) : a[1]
    let locals = !a[2].isNone ? a[2] : a[1].isNone ? try vm.locals() : globals
    vm.keep(locals)
    let dict = PyDict(vm, globals)
    if dict.find(name: vm.name(.builtins)) == nil { try dict.set(name: vm.name(.builtins), vm.builtinsModule()) }
    return (globals, locals)
  }

  static func importModule(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[0]) else {
      throw vm.raise(.typeError, "__import__() argument 1 must be str, not \(vm.typeName(a[0]))")
    }
    return try vm.importModule(vm.intern(a[0]), globals: a[1], fromList: a[3], level: a[4])
  }
}

extension VM {
  /// Writes to the run's output, up to the limit.
  package func write(_ bytes: [UInt8], isError: Bool) throws(Unwind) {
    let left = self[.outputLimit] - self[.outputUsed]
    host.write(bytes.count > left ? Array(bytes.prefix(max(left, 0))) : bytes, isError)
    try chargeOutput(bytes.count)
  }

  /// Counts bytes that leave the run.
  func chargeOutput(_ count: Int) throws(Unwind) {
    let left = self[.outputLimit] - self[.outputUsed]
    settleJournal()
    self[.outputUsed] += count
    if count > left { throw .limit(.output) }
    try charge(count / 32)
  }

  /// A string's UTF-8 at the end of a buffer.
  func appendUTF8(_ string: Value, to bytes: inout [UInt8]) {
    let view = PyString(self, string)
    if view.isASCII {
      bytes += view.units.array(count: view.count)
    } else {
      bytes += view.utf8()
    }
  }

  /// `builtins` as a module.
  func builtinsModule() throws(Unwind) -> Value {
    PyDict(self, self[root: .modules]).get(name: try intern("builtins")) ?? self[root: .builtins]
  }

  /// `PyCF_IGNORE_COOKIE` for text: it has no encoding any more.
  func sourceFlags(_ source: Value) -> Int { isString(source) ? 0x100 : 0 }

  /// The source that `compile`, `exec` and `eval` take: text, or bytes of UTF-8.
  func sourceBytes(_ value: Value, _ what: String) throws(Unwind) -> [UInt8] {
    let bytes: [UInt8]
    switch kind(value) {
    case .string: bytes = PyString(self, value).utf8()
    case .bytes, .bytearray: bytes = byteArray(value)
    default:
      throw raise(.typeError, "\(what)() arg 1 must be a string, bytes or code object")
    }
    if bytes.contains(0) { throw raise(.valueError, "source code string cannot contain null bytes") }
    return bytes
  }

  package func compile(
    _ source: [UInt8], filename: String, mode: CompileRequest.Mode, optimize: Int, flags: Int, isFile: Bool = false
  ) throws(Unwind) -> Value {
    // A request's snippet is at most so long; what a program makes beyond that is paid for as long as it takes.
    try charge(source.count + max(source.count - 1 << 16, 0) &* 64)
    var warnings: [CompileWarning] = []
    var request = CompileRequest(source: source, filename: filename, mode: mode, optimize: optimize, flags: flags)
    request.isFile = isFile
    request.warn = { warnings.append($0) }
    let code: CodeObject
    do {
      code = try host.compile(request)
    } catch {
      throw raiseCompileFailure(error)
    }
    for warning in warnings { try warnOfSource(warning, filename: filename) }
    return try load(code)
  }

  /// Runs a code object in namespaces, as `exec` does.
  package func runCode(_ code: Value, globals: Value, locals: Value, closure: Value, what: String) throws(Unwind) -> Value {
    let freeNames = PyTuple(self, words(code).value(CodeLayout.freeNames))
    let given = self.is(closure, .tuple) ? PyTuple(self, closure).count : 0
    if freeNames.count > 0 && !closure.isRef {
      throw raise(
        .typeError,
        what == "eval"
          ? "code object passed to eval() may not contain free variables"
          : "code object requires a closure of exactly length \(freeNames.count)")
    }
    if freeNames.count != given {
      throw raise(
        .typeError,
        freeNames.count == 0
          ? "cannot use a closure with this code object"
          : "code object requires a closure of exactly length \(freeNames.count)")
    }
    let function = try newFunction(code, globals: globals, cellCount: freeNames.count)
    for index in 0..<freeNames.count {
      let cell = PyTuple(self, closure)[index]
      guard self.is(cell, .cell) else {
        throw raise(.typeError, "code object requires a closure of exactly length \(freeNames.count)")
      }
      words(function).set(FunctionLayout.cells + index, cell)
    }
    keep(function)
    let flags = codeFlags(words(function))
    if flags.contains(.optimized) || flags.contains(.newLocals) { return try call(function) }
    return try callNamespaceCode(self[.top], function, locals)
  }

  /// What `locals()` gives in the running frame: its namespace, or a new dict of the variables that have a value.
  func locals() throws(Unwind) -> Value {
    let function = runningFunction
    if function.value(FunctionLayout.code) == words(self[root: .entryFunction]).value(FunctionLayout.code) {
      return function.value(FunctionLayout.globals)
    }
    let code = words(function.value(FunctionLayout.code))
    if !codeFlags(function).contains(.optimized) { return register(0) }
    let result = try newDict()
    let dict = PyDict(self, result)
    let names = PyTuple(self, code.value(CodeLayout.localNames))
    let cellNames = PyTuple(self, code.value(CodeLayout.cellNames))
    let cells = words(at: Int(code[CodeLayout.cellRegisters]))
    for index in 0..<names.count {
      let isCell = (0..<cellNames.count).contains { cells[1 + $0] == UInt64(index) }
      if !isCell, !register(index).isUnbound { try dict.set(name: names[index], register(index)) }
    }
    for index in 0..<cellNames.count {
      let cell = register(Int(cells[1 + index]))
      guard self.is(cell, .cell), !words(cell).value(1).isUnbound else { continue }
      try dict.set(name: cellNames[index], words(cell).value(1))
    }
    let freeNames = PyTuple(self, code.value(CodeLayout.freeNames))
    for index in 0..<freeNames.count {
      let contents = words(function.value(FunctionLayout.cells + index)).value(1)
      if !contents.isUnbound { try dict.set(name: freeNames[index], contents) }
    }
    return result
  }
}
