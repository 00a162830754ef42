import PythonBytecode

/// Registers, constants, cells, globals and names.
///
/// The inline cache of a global access has three words: the stamp of the globals + 1 when it was filled, where the value lies, and, for a
/// builtin, the stamp of the builtins + 1. As long as the stamps are the same no key was added, so the name is where it was, or
/// was deleted (then its value is unbound).
extension VM {
  @inline(__always) func move(_ i: UInt64, _ r: inout Registers) -> Bool {
    r[a(i)] = r[b(i)]
    return true
  }

  @inline(__always) func loadInt(_ i: UInt64, _ r: inout Registers) -> Bool {
    r[a(i)] = Value(small: bc(i))
    return true
  }

  @inline(__always) func constant(_ index: Int, _ r: inout Registers) -> Value {
    words(r.function.value(FunctionLayout.code)).value(CodeLayout.constants &+ index)
  }

  /// The name that an extension word gives.
  func constant(at index: Int) -> Value {
    words(runningFunction.value(FunctionLayout.code)).value(CodeLayout.constants + index)
  }
  func nameOperand(_ word: UInt64) -> Value { constant(at: Int(UInt32(truncatingIfNeeded: word))) }
  @inline(__always) func cache(_ word: UInt64) -> Words { words(at: Int(word >> 32)) }

  // MARK: Cells

  @inline(__always) func makeCell<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    guard !O.isActive, let ref = quickCell(16) else { return slow(&r, i, makeCellSlow) }
    let cell = words(ref)
    cell[0] = header(.cell, class: type(.cell)) | nextCellNumber(r.function)
    cell.set(1, r[a(i)])
    r[a(i)] = Value(ref)
    return true
  }

  @inline(never) private func makeCellSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in setRegister(a(i), try newCell(register(a(i)))) }
  }

  @inline(__always) func loadCell<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let cell = r[b(i)]
    let value = words(cell).value(1)
    if _slowPath(value.isUnbound) { return slow(&r, i, raiseEmptyCell) }
    if O.isActive { observeCell(.read, cell, value, &r) }
    r[a(i)] = value
    return true
  }

  @inline(__always) func storeCell<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) {
    let cell = r[a(i)]
    if O.isActive { observeCell(.written, cell, r[b(i)], &r) }
    words(cell).set(1, r[b(i)])
  }

  @inline(__always) func loadFree<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) -> Bool {
    let cell = r.function.value(FunctionLayout.cells &+ b(i))
    let value = words(cell).value(1)
    if _slowPath(value.isUnbound) { return slow(&r, i, raiseEmptyFree) }
    if O.isActive { observeCell(.read, cell, value, &r) }
    r[a(i)] = value
    return true
  }

  @inline(__always) func storeFree<O: Observer>(_ i: UInt64, _ r: inout Registers, _: O.Type) {
    let cell = r.function.value(FunctionLayout.cells &+ a(i))
    if O.isActive { observeCell(.written, cell, r[b(i)], &r) }
    words(cell).set(1, r[b(i)])
  }

  func deleteCell(_ i: UInt64) -> Bool {
    let cell = words(register(a(i)))
    guard !cell.value(1).isUnbound else {
      return attempt { () throws(Unwind) in throw raiseUnbound(cellName(register: a(i))) }
    }
    if isObserved { observeCell(.emptied, register(a(i)), new: .unbound) }
    cell.set(1, .unbound)
    return true
  }

  func deleteFree(_ i: UInt64) -> Bool {
    let object = runningFunction.value(FunctionLayout.cells + a(i))
    let cell = words(object)
    guard !cell.value(1).isUnbound else {
      return attempt { () throws(Unwind) in throw raiseEmptyFree(freeName(a(i))) }
    }
    if isObserved { observeCell(.emptied, object, new: .unbound) }
    cell.set(1, .unbound)
    return true
  }

  func loadClassFree(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let name = nameOperand(takeOperand())
      if let value = try namespaceGet(register(0), name) {
        setRegister(a(i), value)
        return
      }
      let cell = runningFunction.value(FunctionLayout.cells + b(i))
      let value = words(cell).value(1)
      if isObserved { observeCell(value.isUnbound ? .failed : .read, cell, new: value) }
      if value.isUnbound { throw raiseEmptyFree(freeName(b(i))) }
      setRegister(a(i), value)
    }
  }

  @inline(never) func raiseUnboundLocal(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let names = PyTuple(self, words(runningFunction.value(FunctionLayout.code)).value(CodeLayout.localNames))
      throw raiseUnbound(text(names[a(i)]))
    }
  }

  @inline(never) private func raiseEmptyCell(_ i: UInt64) -> Bool {
    if isObserved { observeCell(.failed, register(b(i)), new: .unbound) }
    return attempt { () throws(Unwind) in throw raiseUnbound(cellName(register: b(i))) }
  }

  @inline(never) private func raiseEmptyFree(_ i: UInt64) -> Bool {
    if isObserved { observeCell(.failed, runningFunction.value(FunctionLayout.cells + b(i)), new: .unbound) }
    return attempt { () throws(Unwind) in throw raiseEmptyFree(freeName(b(i))) }
  }

  private func raiseUnbound(_ name: String) -> Unwind {
    raise(.unboundLocalError, "cannot access local variable '\(name)' where it is not associated with a value")
  }

  private func raiseEmptyFree(_ name: Value) -> Unwind {
    raiseNameError(
      name, "cannot access free variable '\(text(name))' where it is not associated with a value in enclosing scope")
  }

  private func freeName(_ index: Int) -> Value {
    PyTuple(self, words(runningFunction.value(FunctionLayout.code)).value(CodeLayout.freeNames))[index]
  }

  private func cellName(register index: Int) -> String {
    let code = words(runningFunction.value(FunctionLayout.code))
    let names = PyTuple(self, code.value(CodeLayout.cellNames))
    let registers = words(at: Int(code[CodeLayout.cellRegisters]))
    for number in 0..<names.count where Int(registers[1 + number]) == index { return text(names[number]) }
    return "?"
  }

  // MARK: Globals

  @inline(__always) func loadGlobal(_ i: UInt64, _ r: inout Registers) -> Bool {
    let operand = r.next()
    if let value = cachedGlobal(operand, &r) {
      r[a(i)] = value
      return true
    }
    return slow(&r, i, loadGlobalSlow)
  }

  @inline(__always) private func cachedGlobal(_ operand: UInt64, _ r: inout Registers) -> Value? {
    let cache = self.cache(operand)
    guard _fastPath(words(r.function.value(FunctionLayout.globals))[1] &+ 1 == cache[0]) else { return nil }
    let builtins = cache[2]
    guard builtins == 0 || words(self[root: .builtins])[1] &+ 1 == builtins else { return nil }
    let value = words(at: Int(cache[1])).value(0)
    return value.isUnbound ? nil : value
  }

  @inline(never) func loadGlobalSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let operand = codeWord(-1)
      let name = nameOperand(operand)
      setRegister(a(i), try global(name, cache: cache(operand)))
    }
  }

  /// The global or builtin of this name; fills the cache.
  private func global(_ name: Value, cache: Words) throws(Unwind) -> Value {
    let globals = PyDict(self, runningFunction.value(FunctionLayout.globals))
    if let entry = globals.find(name: name) {
      fill(cache, globals, entry, builtins: 0)
      return globals.table().value(entry)
    }
    if let own = globals.get(name: self.name(.builtins)), !self.is(own, .dict), !self.is(own, .module) {
      return try builtin(name, in: own)
    }
    let builtins = builtinsOfFrame()
    if let entry = builtins.find(name: name) {
      if self.ref(builtins.words) == self[root: .builtins].ref {
        fill(cache, globals, entry, builtins: builtins.stamp &+ 1, in: builtins)
      }
      return builtins.table().value(entry)
    }
    throw raiseNameError(name)
  }

  /// A builtin from whatever a program put in the place of the builtins.
  private func builtin(_ name: Value, in mapping: Value) throws(Unwind) -> Value {
    do throws(Unwind) {
      return try getItem(mapping, name)
    } catch {
      guard error.isException, pendingMatches(.keyError) else { throw error }
      takePending()
      throw raiseNameError(name)
    }
  }

  private func fill(_ cache: Words, _ globals: PyDict, _ entry: Int, builtins: UInt64, in dict: PyDict? = nil) {
    cache[0] = globals.stamp &+ 1
    let table = (dict ?? globals).table()
    cache[1] = UInt64(ref(table.words).offset) + UInt64(DictTable.entry(entry) + 1) * 8
    cache[2] = builtins
  }

  /// The builtins that the running code sees: `__builtins__` of its globals, if somebody put one there.
  func builtinsOfFrame() -> PyDict {
    let globals = PyDict(self, runningFunction.value(FunctionLayout.globals))
    if let own = globals.get(name: name(.builtins)), own.isRef {
      if self.is(own, .dict) { return PyDict(self, own) }
      if self.is(own, .module) { return PyDict(self, words(own).value(1)) }
    }
    return PyDict(self, self[root: .builtins])
  }

  func raiseNameError(_ name: Value) -> Unwind { raiseNameError(name, "name '\(text(name))' is not defined") }

  private func raiseNameError(_ name: Value, _ message: String) -> Unwind {
    do {
      let exception = try newException(type(.nameError), arguments: newTuple(newString(message)))
      words(exception).set(ExceptionLayout.extra, try newTuple(name))
      return raise(exception)
    } catch {
      return error
    }
  }

  @inline(__always) func storeGlobal(_ i: UInt64, _ r: inout Registers) -> Bool {
    let operand = r.next()
    if storeCached(operand, r[a(i)], &r) { return true }
    return slow(&r, i, storeGlobalSlow)
  }

  @inline(__always) private func storeCached(_ operand: UInt64, _ value: Value, _ r: inout Registers) -> Bool {
    let cache = self.cache(operand)
    guard words(r.function.value(FunctionLayout.globals))[1] &+ 1 == cache[0] else { return false }
    let place = words(at: Int(cache[1]))
    guard !place.value(0).isUnbound else { return false }
    place.set(0, value)
    return true
  }

  @inline(never) private func storeGlobalSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let operand = codeWord(-1)
      let name = nameOperand(operand)
      let globals = PyDict(self, runningFunction.value(FunctionLayout.globals))
      try globals.set(name: name, register(a(i)))
      if let entry = globals.find(name: name) { fill(cache(operand), globals, entry, builtins: 0) }
    }
  }

  func deleteGlobal(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let name = nameOperand(takeOperand())
      let globals = PyDict(self, runningFunction.value(FunctionLayout.globals))
      guard let entry = globals.find(name: name) else { throw raiseNameError(name) }
      globals.remove(at: entry)
    }
  }

  /// Reads the extension word of the instruction being carried out.
  func takeOperand() -> UInt64 {
    let word = codeWord(0)
    self[.pc] += 8
    self[.fuel] -= 8
    return word
  }

  // MARK: Names of a namespace in r0

  @inline(__always) func loadName(_ i: UInt64, _ r: inout Registers) -> Bool {
    let operand = r.next()
    if r[0] == r.function.value(FunctionLayout.globals), let value = cachedGlobal(operand, &r) {
      r[a(i)] = value
      return true
    }
    return slow(&r, i, loadNameSlow)
  }

  @inline(never) private func loadNameSlow(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let operand = codeWord(-1)
      let name = nameOperand(operand)
      let namespace = register(0)
      if namespace != runningFunction.value(FunctionLayout.globals), let value = try namespaceGet(namespace, name) {
        setRegister(a(i), value)
      } else {
        setRegister(a(i), try global(name, cache: cache(operand)))
      }
    }
  }

  @inline(__always) func storeName(_ i: UInt64, _ r: inout Registers) -> Bool {
    let operand = r.next()
    if r[0] == r.function.value(FunctionLayout.globals), storeCached(operand, r[a(i)], &r) { return true }
    return slow(&r, i, storeNameSlow)
  }

  @inline(never) private func storeNameSlow(_ i: UInt64) -> Bool {
    if register(0) == runningFunction.value(FunctionLayout.globals) { return storeGlobalSlow(i) }
    return attempt { () throws(Unwind) in
      try setItem(register(0), nameOperand(codeWord(-1)), register(a(i)))
    }
  }

  func deleteName(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let name = nameOperand(takeOperand())
      let namespace = register(0)
      if isExactly(namespace, .dict) {
        let dict = PyDict(self, namespace)
        guard let entry = dict.find(name: name) else { throw raiseNameError(name) }
        dict.remove(at: entry)
        return
      }
      do throws(Unwind) {
        try deleteItem(namespace, name)
      } catch {
        guard error.isException, pendingMatches(.keyError) else { throw error }
        takePending()
        throw raiseNameError(name)
      }
    }
  }

  /// `namespace[name]`, nil if it is missing; any mapping.
  private func namespaceGet(_ namespace: Value, _ name: Value) throws(Unwind) -> Value? {
    if isExactly(namespace, .dict) { return PyDict(self, namespace).get(name: name) }
    do {
      return try getItem(namespace, name)
    } catch {
      guard error.isException, pendingMatches(.keyError) else { throw error }
      takePending()
      return nil
    }
  }
}

extension Unwind {
  /// A Python exception, not a limit.
  package var isException: Bool {
    if case .exception = self { return true }
    return false
  }
}
