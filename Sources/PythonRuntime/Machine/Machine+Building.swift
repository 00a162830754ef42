import PythonBytecode

/// Displays, f-strings, functions, and the instructions of modules, classes and patterns.
extension VM {
  func buildTuple(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in setRegister(a(i), try newTuple(from: frame, at: b(i), count: c(i))) }
  }

  func buildList(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in setRegister(a(i), try newList(from: frame, at: b(i), count: c(i))) }
  }

  func buildSet(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let set = try newSet()
      keep(set)
      for index in 0..<c(i) { try self.setAdd(set, register(b(i) + index)) }
      setRegister(a(i), set)
    }
  }

  func buildDict(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let value = try newDict()
      keep(value)
      let dict = PyDict(self, value)
      if c(i) > 5 { try dict.rebuild(capacity: c(i)) }
      for index in 0..<c(i) { try dict.set(register(b(i) + 2 * index), register(b(i) + 2 * index + 1)) }
      setRegister(a(i), value)
    }
  }

  func buildString(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      setRegister(a(i), try joinStrings(frame, at: b(i), count: c(i)))
    }
  }

  func buildSlice(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let step = c(i) == 3 ? register(b(i) + 2) : .none
      setRegister(
        a(i), Value(try allocateRecord(.slice, class: type(.slice), register(b(i)), register(b(i) + 1), step)))
    }
  }

  @inline(__always) func listAppend(_ i: UInt64, _ r: inout Registers) -> Bool {
    let list = words(r[a(i)])
    let count = Int(truncatingIfNeeded: list[1])
    if _fastPath(count < list.high(2)) {
      words(at: list.low(2)).set(count &+ 1, r[b(i)])
      list[1] = UInt64(truncatingIfNeeded: count &+ 1)
      return true
    }
    return slow(&r, i, listAppendSlow)
  }

  @inline(never) private func listAppendSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in try PyList(self, register(a(i))).append(register(b(i))) }
  }

  func listExtend(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let source = register(b(i))
      if !isIterable(source) {
        throw raise(.typeError, "Value after * must be an iterable, not \(typeName(source))")
      }
      let target = register(a(i))
      try iterate(source) { (item) throws(Unwind) in
        try PyList(self, target).append(item)
        return true
      }
    }
  }

  func setAdd(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in try self.setAdd(register(a(i)), register(b(i))) }
  }

  func setUpdate(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let target = register(a(i))
      try iterate(register(b(i))) { (item) throws(Unwind) in
        try self.setAdd(target, item)
        return true
      }
    }
  }

  func dictAdd(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in try PyDict(self, register(a(i))).set(register(b(i)), register(c(i))) }
  }

  func dictUpdate(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let source = register(b(i))
      let target = register(a(i))
      guard try isMapping(source) else { throw raise(.typeError, "'\(typeName(source))' object is not a mapping") }
      try forEachItem(source) { (key, value) throws(Unwind) in try PyDict(self, target).set(key, value) }
    }
  }

  func dictMerge(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      try mergeKeywords(register(b(i)), into: register(a(i)), callee: register(c(i)))
    }
  }

  /// Adds what `**source` brings to the keyword arguments of a call.
  func mergeKeywords(_ source: Value, into target: Value, callee: Value) throws(Unwind) {
    guard try isMapping(source) else {
      throw raise(
        .typeError, "\(calleeName(callee)) argument after ** must be a mapping, not \(typeName(source))")
    }
    try forEachItem(source) { (key, value) throws(Unwind) in
      let dict = PyDict(self, target)
      if try dict.get(key) != nil {
        let shown = self.isString(key) ? self.text(key) : self.text(try self.repr(key))
        throw self.raise(
          .typeError, "\(self.calleeName(callee)) got multiple values for keyword argument '\(shown)'")
      }
      guard self.isString(key) else { throw self.raise(.typeError, "keywords must be strings") }
      try dict.set(key, value)
    }
  }

  private func isMapping(_ value: Value) throws(Unwind) -> Bool {
    if self.is(value, .dict) { return true }
    return try findAttribute(value, name(.keys)) != nil
  }

  /// Key and value of each item of a mapping, as `dict.update` sees it.
  func forEachItem(_ mapping: Value, _ body: (Value, Value) throws(Unwind) -> Void) throws(Unwind) {
    if isExactly(mapping, .dict) {
      let dict = PyDict(self, mapping)
      var index = 0
      while index < dict.entryCount {
        if let (key, value, _) = dict.entry(at: index) { try body(key, value) }
        index += 1
      }
      return
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let keys = try callMethod(mapping, "keys")
    keep(keys)
    try iterate(keys) { (key) throws(Unwind) in
      self.keep(key)
      let value = try self.getItem(mapping, key)
      self.keep(value)
      try body(key, value)
      return true
    }
  }

  /// How a call's TypeError names what is called.
  func calleeName(_ callee: Value) -> String {
    let type = classOf(callee)
    if type == self.type(.function) {
      let module = functionModule(words(callee))
      return (isString(module) && text(module) != "builtins" ? text(module) + "." : "") + qualifiedName(words(callee)) + "()"
    }
    if self.is(callee, .native) { return host.natives[words(callee).value(1).int].name + "()" }
    if self.is(callee, .class) { return className(callee.ref) + "()" }
    return typeName(callee) + " object"
  }

  func listToTuple(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let list = PyList(self, register(b(i)))
      setRegister(a(i), try newTuple(from: list.buffer, at: 1, count: list.count))
    }
  }

  func formatValue(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let flags = Instruction(word: i).flags
      var value = register(b(i))
      switch flags >> InstructionFlags.conversionShift & 3 {
      case 1: value = try str(value)
      case 2: value = try repr(value)
      case 3: value = try ascii(value)
      default: break
      }
      if flags & InstructionFlags.hasSpec != 0 {
        keep(value)
        value = try formatValue(value, spec: register(c(i)))
      } else {
        keep(value)
        value = try formatValue(value)
      }
      setRegister(a(i), value)
    }
  }

  // MARK: Functions

  func makeFunction(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let code = constant(at: b(i))
      let freeCount = words(words(code).value(CodeLayout.freeNames)).low(1)
      let parts = UInt16(truncatingIfNeeded: c(i))
      let running = runningFunction
      let value = try newFunction(code, globals: running.value(FunctionLayout.globals), cellCount: freeCount)
      let function = words(value)
      let numbers = stackWord(self[.pc]).bytes(from: 0)
      var position = 0
      if parts != 0 { position = try setParts(parts, function, numbers) }
      for index in 0..<freeCount {
        let number = Int(numbers.unit16(position &+ index))
        let cell = number & 0x8000 != 0
          ? running.value(FunctionLayout.cells &+ (number & 0x7FFF)) : register(number)
        function.set(FunctionLayout.cells &+ index, cell)
      }
      let extensionBytes = (position + freeCount + 3) / 4 * 8
      self[.pc] += extensionBytes
      self[.fuel] -= extensionBytes
      setRegister(a(i), value)
      if isObserved { observeCaptures(of: value) }
    }
  }

  /// Defaults and annotations of a new function, from the registers that the numbers name; answers how many there were.
  private func setParts(_ parts: UInt16, _ function: Words, _ numbers: Bytes) throws(Unwind) -> Int {
    var position = 0
    func next() -> Value {
      defer { position += 1 }
      return register(Int(numbers.unit16(position)))
    }
    if parts & FunctionParts.defaults != 0 { function.set(FunctionLayout.defaults, next()) }
    if parts & FunctionParts.keywordDefaults != 0 {
      try functionExtras(function).set(FunctionExtras.keywordDefaults, next())
    }
    if parts & FunctionParts.annotations != 0 { try functionExtras(function).set(FunctionExtras.annotations, next()) }
    return position
  }

  /// A function of a code object, with `cellCount` cells still to be set.
  func newFunction(_ code: Value, globals: Value, cellCount: Int) throws(Unwind) -> Value {
    let ref = try allocateCell((FunctionLayout.cells + cellCount) * 8)
    let function = words(ref)
    let object = words(code)
    function[0] = header(.function, class: type(.function), size: cellCount)
    function[FunctionLayout.simpleArgumentCount] = nextFunctionNumber(object) << 32
    setEntry(function, object)
    function.set(FunctionLayout.code, code)
    function.set(FunctionLayout.globals, globals)
    function.set(FunctionLayout.defaults, .none)
    function.set(FunctionLayout.extras, .none)
    function.fill(from: FunctionLayout.cells, count: cellCount, with: Value.unbound.bits)
    return Value(ref)
  }

  /// What a call needs of a function's code, in the function itself.
  func setEntry(_ function: Words, _ code: Words) {
    let counts = code[CodeLayout.counts]
    let variadic = UInt64(CodeFlags.varargs.rawValue | CodeFlags.varKeywords.rawValue)
    let isSimple = counts >> 32 & 0xFFFF == 0 && counts >> 48 & variadic == 0
    function.setLow(FunctionLayout.simpleArgumentCount, isSimple ? Int(counts & 0xFFFF) : FunctionLayout.notSimple)
    let registers = code[CodeLayout.frame] & 0xFFFF
    let locals = code[CodeLayout.frame] >> 16 & 0xFFFF
    function[FunctionLayout.entry] = (code[CodeLayout.instructions] + 8) | registers << 32 | locals << 48
  }

  /// The record of what few functions have, made when it is first needed.
  func functionExtras(_ function: Words) throws(Unwind) -> Words {
    let known = function.value(FunctionLayout.extras)
    if known.isRef { return words(known) }
    let ref = try allocateCell((FunctionExtras.count + 1) * 8)
    let extras = words(ref)
    extras[0] = header(.record, class: type(.object), size: FunctionExtras.count)
    extras.fill(from: 1, count: FunctionExtras.count, with: Value.unbound.bits)
    extras.set(FunctionExtras.keywordDefaults, .none)
    function.set(FunctionLayout.extras, Value(ref))
    return extras
  }

  /// `function.__module__`.
  func functionModule(_ function: Words) -> Value {
    let extras = function.value(FunctionLayout.extras)
    if extras.isRef, !words(extras).value(FunctionExtras.module).isUnbound {
      return words(extras).value(FunctionExtras.module)
    }
    return PyDict(self, function.value(FunctionLayout.globals)).get(name: name(.name)) ?? .none
  }

  func loadBuildClass(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      guard let build = builtinsOfFrame().get(name: name(.buildClass)) else {
        throw raise(.nameError, "__build_class__ not found")
      }
      setRegister(a(i), build)
    }
  }

  // MARK: Modules, interactive

  func importName(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let name = nameOperand(takeOperand())
      let level = register(b(i))
      let fromList = register(c(i))
      let globals = runningFunction.value(FunctionLayout.globals)
      if let own = builtinsOfFrame().get(name: self.name(.import_)), !self.is(own, .native) {
        setRegister(a(i), try call(own, arguments: [name, globals, .none, fromList, level], keywords: []))
      } else {
        setRegister(a(i), try importModule(name, globals: globals, fromList: fromList, level: level))
      }
    }
  }

  func importFrom(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let name = nameOperand(takeOperand())
      setRegister(a(i), try importedName(register(b(i)), name))
    }
  }

  func importStar(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in try importAll(register(a(i)), into: register(0)) }
  }

  func setupAnnotations(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let namespace = register(0)
      let key = name(.annotations)
      if isExactly(namespace, .dict) {
        if PyDict(self, namespace).get(name: key) == nil { try PyDict(self, namespace).set(name: key, newDict()) }
      } else {
        do throws(Unwind) {
          _ = try getItem(namespace, key)
        } catch {
          guard error.isException, pendingMatches(.keyError) else { throw error }
          takePending()
          try setItem(namespace, key, newDict())
        }
      }
    }
  }

  // MARK: Patterns

  func matchKind(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let value = register(b(i))
      let isSequence = Instruction(word: i).opcode == .matchSequence
      setRegister(a(i), Value(isSequence ? matchesSequence(value) : matchesMapping(value)))
    }
  }

  private func matchesSequence(_ value: Value) -> Bool {
    switch kind(value) {
    case .tuple, .list, .range, .memoryview, .array: return true
    default: return hasABCFlag(classOf(value), ClassFlags.sequence)
    }
  }

  private func matchesMapping(_ value: Value) -> Bool {
    switch kind(value) {
    case .dict, .mappingProxy: return true
    default: return hasABCFlag(classOf(value), ClassFlags.mapping)
    }
  }

  func getLength(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in setRegister(a(i), Value(small: try length(register(b(i))))) }
  }

  func matchKeys(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let subject = register(b(i))
      let keys = PyTuple(self, register(c(i)))
      let values = try newList(capacity: keys.count)
      keep(values)
      let seen = try newSet()
      keep(seen)
      for index in 0..<keys.count {
        if try setContains(seen, keys[index]) {
          throw raise(.valueError, "mapping pattern checks duplicate key (\(text(try repr(keys[index]))))")
        }
        try self.setAdd(seen, keys[index])
        let found: Value
        if isExactly(subject, .dict) {
          guard let value = try PyDict(self, subject).get(keys[index]) else {
            setRegister(a(i), .none)
            return
          }
          found = value
        } else {
          // `get` with a default of its own, so that `__missing__` is not asked.
          let missing = try newList()
          keep(missing)
          let value = try callMethod(subject, "get", keys[index], missing)
          if value == missing {
            setRegister(a(i), .none)
            return
          }
          found = value
        }
        try PyList(self, values).append(found)
      }
      let list = PyList(self, values)
      setRegister(a(i), try newTuple(from: list.buffer, at: 1, count: list.count))
    }
  }

  func matchClass(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let operand = takeOperand()
      let names = PyTuple(self, constant(at: Int(operand & 0xFFFF_FFFF)))
      let positional = Int(operand >> 32)
      let subject = register(b(i))
      let type = register(c(i))
      guard self.is(type, .class) else {
        throw raise(.typeError, "called match pattern must be a class")
      }
      guard try isInstance(subject, of: type) else {
        setRegister(a(i), .none)
        return
      }
      let values = try newList(capacity: positional + names.count)
      keep(values)
      if try !matchPositional(subject, type, positional, names, values) {
        setRegister(a(i), .none)
        return
      }
      for index in 0..<names.count {
        guard let value = try findAttribute(subject, names[index]) else {
          setRegister(a(i), .none)
          return
        }
        try PyList(self, values).append(value)
      }
      let list = PyList(self, values)
      setRegister(a(i), try newTuple(from: list.buffer, at: 1, count: list.count))
    }
  }

  /// The attributes that positional sub-patterns stand for; false if one is missing.
  private func matchPositional(_ subject: Value, _ type: Value, _ count: Int, _ names: PyTuple, _ values: Value)
    throws(Unwind) -> Bool
  {
    guard count > 0 else { return true }
    let className = self.className(type.ref)
    var allowed = 0
    let matchArgs = try findAttribute(type, name(.matchArgs))
    if let matchArgs {
      guard isExactly(matchArgs, .tuple) else {
        throw raise(.typeError, "\(className).__match_args__ must be a tuple (got \(typeName(matchArgs)))")
      }
      allowed = PyTuple(self, matchArgs).count
    } else if hasABCFlag(type.ref, ClassFlags.matchSelf) {
      allowed = 1
    }
    if count > allowed {
      throw raise(
        .typeError,
        "\(className)() accepts \(allowed) positional sub-pattern\(allowed == 1 ? "" : "s") (\(count) given)")
    }
    guard let matchArgs else {
      try PyList(self, values).append(subject)
      return true
    }
    keep(matchArgs)
    var seen: [String] = []
    for index in 0..<count {
      let attribute = PyTuple(self, matchArgs)[index]
      guard isString(attribute) else {
        throw raise(.typeError, "__match_args__ elements must be strings (got \(typeName(attribute)))")
      }
      let word = text(attribute)
      if seen.contains(word) || (0..<names.count).contains(where: { equalStrings(names[$0], attribute) }) {
        throw raise(.typeError, "\(className)() got multiple sub-patterns for attribute '\(word)'")
      }
      seen.append(word)
      guard let value = try findAttribute(subject, try intern(attribute)) else { return false }
      try PyList(self, values).append(value)
    }
    return true
  }

  func copyWithoutKeys(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let copy = try newDict()
      keep(copy)
      try forEachItem(register(b(i))) { (key, value) throws(Unwind) in try PyDict(self, copy).set(key, value) }
      let keys = PyTuple(self, register(c(i)))
      for index in 0..<keys.count { _ = try PyDict(self, copy).remove(keys[index]) }
      setRegister(a(i), copy)
    }
  }
}
