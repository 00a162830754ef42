/// Calling a class: `type.__call__`, with the usual case (an instance without a `__new__` of its own, an `__init__` in Python) on a frame.
extension VM {
  func invokeClass(window: Int, count: Int, names: Value, _ continuation: Continuation) throws(Unwind) -> Invocation {
    let place = stackWord(window)
    let cls = place.value(0)
    let metaclass = classOf(cls)
    if metaclass != type(.type) {
      if let call = lookupSpecial(class: metaclass, .call), !self.is(call, .native) {
        return try invokeBound(window, call, cls, count: count, names: names, continuation)
      }
    } else if cls.ref == type(.type), count == 1, names.isUnbound {
      place.set(0, Value(classOf(place.value(3))))
      return .done
    } else if cls.ref == type(.str), count == 1, names.isUnbound {
      place.set(0, try str(place.value(3)))
      return .done
    }
    if cls.ref == type(.range), names.isUnbound, let range = try quickRange(place, count: count) {
      place.set(0, range)
      return .done
    }
    if cls.ref == type(.super), count == 0, let proxy = try quickSuper() {
      place.set(0, proxy)
      return .done
    }
    guard let new = lookupSpecial(class: cls.ref, .new) else { throw raiseNotCallable(cls) }
    let initializer = lookupSpecial(class: cls.ref, .`init`)
    if new == objectNew, layoutKind(cls.ref) == .instance, classFlags(cls.ref) & ClassFlags.isAbstract == 0 {
      if let initializer, self.is(initializer, .function) {
        return try enterInitializer(window, cls, initializer, count: count, names: names, continuation)
      }
      if count == 0, initializer == objectInit {
        place.set(0, try newInstance(cls.ref))
        return .done
      }
    }
    if layoutKind(cls.ref) == .exception, names.isUnbound, makesPlainExceptions(cls.ref) {
      let exception = try newException(cls.ref, arguments: newTuple(from: place, at: 3, count: count))
      if classFlags(cls.ref) & ClassFlags.hasFinalizer != 0 { try registerFinalizable(exception) }
      place.set(0, exception)
      return .done
    }
    // The arguments are needed twice, for __new__ and __init__: they stay where they are, and the calls get copies above.
    let end = window + (3 + count) * 8
    try reserveStack(upTo: end + (count + 8 + VM.stackSlack) * 8)
    self[.top] = max(self[.top], end)
    let function = try bindToClass(new, cls)
    let instance = try callCopy(function, first: cls, place, count: count, names: names)
    if isSubclass(classOf(instance), cls.ref) {
      let mark = keepMark()
      defer { keepRelease(mark) }
      keep(instance)
      if classFlags(cls.ref) & ClassFlags.hasFinalizer != 0, layoutKind(cls.ref) != .string {
        try registerFinalizable(instance)
      }
      if let own = lookupSpecial(instance, .`init`), own != objectInit || new == objectNew {
        let result: Value
        if self.is(own, .function) || isUnboundNative(own) {
          result = try callCopy(own, first: instance, place, count: count, names: names)
        } else {
          result = try callCopy(bindDescriptor(own, instance), first: nil, place, count: count, names: names)
        }
        guard result.isNone else {
          throw raise(.typeError, "__init__() should return None, not '\(typeName(result))'")
        }
      }
    }
    place.set(0, instance)
    return .done
  }

  /// `super()` in a method; nil for what its `__new__` must look at.
  private func quickSuper() throws(Unwind) -> Value? {
    let (owner, object) = try superArguments()
    guard isSubclass(classOf(object), owner.ref), self.is(owner, .class) else { return nil }
    return Value(try allocateRecord(.super, class: type(.super), owner, object, Value(classOf(object))))
  }

  /// `range` of one to three small integers; nil for what its `__new__` must look at.
  private func quickRange(_ place: Words, count: Int) throws(Unwind) -> Value? {
    guard count >= 1 && count <= 3 else { return nil }
    for index in 0..<count where !place.value(3 + index).isInt { return nil }
    if count == 1 { return try newRange(.zero, place.value(3), Value(small: 1)) }
    let step = count == 3 ? place.value(5) : Value(small: 1)
    return step == .zero ? nil : try newRange(place.value(3), place.value(4), step)
  }

  /// `object.__new__` and `object.__init__` as classes find them.
  private var objectNew: Value { lookupSpecial(class: type(.object), .new) ?? .none }
  private var objectInit: Value { lookupSpecial(class: type(.object), .`init`) ?? .none }

  private func isUnboundNative(_ value: Value) -> Bool { self.is(value, .native) && words(value).value(2).isUnbound }

  /// Calls what a metaclass has as `__call__`: a function, or anything that may or may not bind itself to the class.
  private func invokeBound(
    _ window: Int, _ call: Value, _ cls: Value, count: Int, names: Value, _ continuation: Continuation
  ) throws(Unwind) -> Invocation {
    if self.is(call, .function) {
      return try invokeShifted(window, call, cls, count: count, names: names, continuation)
    }
    stackWord(window).set(0, try bindDescriptor(call, cls))
    // A class may stand for its own call: each step counts as a call.
    try checkDepth(self[.depth] + 1)
    self[.depth] += 1
    defer { self[.depth] -= 1 }
    return try invoke(window: window, count: count, names: names, continuation)
  }

  /// Calls with one more argument before those of the window.
  private func invokeShifted(
    _ window: Int, _ callee: Value, _ first: Value, count: Int, names: Value, _ continuation: Continuation
  ) throws(Unwind) -> Invocation {
    let place = stackWord(window)
    try reserveStack(upTo: window + (count + 4 + VM.stackSlack) * 8)
    place.copy(from: place, at: 4, sourceIndex: 3, count: count)
    place.set(3, first)
    place.set(0, callee)
    self[.top] = max(self[.top], window + (4 + count) * 8)
    return try invoke(window: window, count: count + 1, names: names, continuation)
  }

  /// Makes an instance and enters its `__init__`, with the instance below the frame's header.
  private func enterInitializer(
    _ window: Int, _ cls: Value, _ initializer: Value, count: Int, names: Value, _ continuation: Continuation
  ) throws(Unwind) -> Invocation {
    let place = stackWord(window)
    let instance = try newInstance(cls.ref)
    if continuation == .exit {
      // A native caller waits for the loop to end; it gets the instance, not what __init__ returns.
      let end = window + (3 + count) * 8
      self[.top] = max(self[.top], end)
      keep(instance)
      let result = try callCopy(initializer, first: instance, place, count: count, names: names)
      guard result.isNone else {
        throw raise(.typeError, "__init__() should return None, not '\(typeName(result))'")
      }
      place.set(0, instance)
      return .done
    }
    try reserveStack(upTo: window + (count + 6 + VM.stackSlack) * 8)
    place.copy(from: place, at: 5, sourceIndex: 3, count: count)
    place.set(0, instance)
    place.set(1, initializer)
    place.set(4, instance)
    self[.top] = max(self[.top], window + (5 + count) * 8)
    let function = words(initializer)
    try bind(stackWord(window + 8), function, count: count + 1, names: names)
    try enterFrame(window: window + 8, function, .initializer)
    return .entered
  }

  /// Calls with a copy of the window's arguments, behind `first`.
  private func callCopy(_ callee: Value, first: Value?, _ place: Words, count: Int, names: Value) throws(Unwind) -> Value {
    let window = self[.top]
    let extra = first == nil ? 0 : 1
    try reserveStack(upTo: window + (count + 8 + VM.stackSlack) * 8)
    let copy = stackWord(window)
    copy.set(0, callee)
    copy.set(1, .none)
    copy.set(2, .none)
    if let first { copy.set(3, first) }
    copy.copy(from: place, at: 3 + extra, sourceIndex: 3, count: count)
    return try callWindow(window, count: count + extra, names: names)
  }

  /// `__build_class__`: called with the body's function, the name, the bases and keywords.
  func buildClass(_ arguments: PyTuple, _ keywords: Value) throws(Unwind) -> Value {
    guard arguments.count >= 2 else {
      throw raise(.typeError, "__build_class__: not enough arguments")
    }
    let body = arguments[0]
    let className = arguments[1]
    guard self.is(body, .function) else { throw raise(.typeError, "__build_class__: func must be a function") }
    guard isString(className) else { throw raise(.typeError, "__build_class__: name is not a string") }
    let original = try newTuple(from: arguments.words, at: 4, count: arguments.count - 2)
    keep(original)
    let bases = try resolveBases(original)
    keep(bases)
    let options = try newDict()
    keep(options)
    try forEachItem(keywords) { (key, value) throws(Unwind) in try PyDict(self, options).set(key, value) }
    var metaclass = Value(type(.type))
    if let entry = PyDict(self, options).find(name: try intern("metaclass")) {
      metaclass = PyDict(self, options).remove(at: entry)
      keep(metaclass)
    } else if PyTuple(self, bases).count > 0 {
      metaclass = Value(classOf(PyTuple(self, bases)[0]))
    }
    if self.is(metaclass, .class) { metaclass = try winningMetaclass(metaclass, bases) }
    var namespace: Value
    if let prepare = try findAttribute(metaclass, name(.prepare)) {
      namespace = try call(prepare, tuple: newTuple(className, bases), dict: options)
      guard self.is(namespace, .dict) || lookupSpecial(namespace, .setitem) != nil else {
        let shown = self.is(metaclass, .class) ? self.className(metaclass.ref) : "<metaclass>"
        throw raise(
          .typeError, "\(shown).__prepare__() must return a mapping, not \(typeName(namespace))")
      }
    } else {
      namespace = try newDict()
    }
    keep(namespace)
    let cell = try runClassBody(body, namespace)
    keep(cell)
    if bases != original { try setItem(namespace, try intern("__orig_bases__"), original) }
    let cls = try call(metaclass, tuple: newTuple(className, bases, namespace), dict: options)
    if self.is(cell, .cell), self.is(cls, .class) {
      let contents = words(cell).value(1)
      if contents.isUnbound {
        throw raise(
          .runtimeError,
          "__class__ not set defining \(text(try repr(className))) as \(text(try repr(cls))). Was __classcell__ propagated to type.__new__?")
      }
      if contents != cls {
        throw raise(
          .typeError,
          "__class__ set to \(text(try repr(contents))) defining \(text(try repr(className))) as \(text(try repr(cls)))")
      }
    }
    return cls
  }

  /// Runs a class body's function with the namespace in its r0.
  private func runClassBody(_ body: Value, _ namespace: Value) throws(Unwind) -> Value {
    let window = self[.top]
    try reserveStack(upTo: window + (16 + VM.stackSlack) * 8)
    let place = stackWord(window)
    place.set(0, body)
    return try callNamespaceCode(window, body, namespace)
  }

  /// Runs a function whose code has a namespace: module, class body, `exec`.
  func callNamespaceCode(_ window: Int, _ function: Value, _ namespace: Value) throws(Unwind) -> Value {
    let saved = SavedRegisters(self)
    defer { saved.restore(self) }
    guard saved.nested < VM.maxNestedRuns else { throw raiseTooDeep() }
    self[.nestedRuns] = saved.nested + 1
    let object = words(function)
    let place = stackWord(window)
    let locals = Int(object[FunctionLayout.entry] >> 48)
    try reserveStack(upTo: window + (locals + 8 + VM.stackSlack) * 8)
    place.set(0, function)
    place.set(3, namespace)
    if locals > 1 { place.fill(from: 4, count: locals - 1, with: Value.unbound.bits) }
    try enterFrame(window: window, object, .exit)
    return try finishRun(run())
  }

  /// `types.resolve_bases`: objects with `__mro_entries__` stand for other bases.
  private func resolveBases(_ bases: Value) throws(Unwind) -> Value {
    let given = PyTuple(self, bases)
    guard (0..<given.count).contains(where: { !self.is(given[$0], .class) }) else { return bases }
    let result = try newList()
    keep(result)
    var hasChanged = false
    for index in 0..<given.count {
      let base = given[index]
      guard !self.is(base, .class), let method = try findAttribute(base, name(.mroEntries)) else {
        try PyList(self, result).append(base)
        continue
      }
      hasChanged = true
      let entries = try call(method, bases)
      guard self.is(entries, .tuple) else { throw raise(.typeError, "__mro_entries__ must return a tuple") }
      for position in 0..<PyTuple(self, entries).count { try PyList(self, result).append(PyTuple(self, entries)[position]) }
    }
    guard hasChanged else { return bases }
    return try newTuple(from: PyList(self, result).buffer, at: 1, count: PyList(self, result).count)
  }

  func winningMetaclass(_ metaclass: Value, _ bases: Value) throws(Unwind) -> Value {
    var winner = metaclass.ref
    for index in 0..<PyTuple(self, bases).count {
      let candidate = classOf(PyTuple(self, bases)[index])
      if isSubclass(winner, candidate) { continue }
      guard isSubclass(candidate, winner) else {
        throw raise(
          .typeError,
          "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases")
      }
      winner = candidate
    }
    return Value(winner)
  }
}
