/// Attribute access as `object.__getattribute__`, `type.__getattribute__` and their setting forms define it.
extension VM {
  /// `object.name`; AttributeError if there is none.
  package func getAttribute(_ object: Value, _ name: Value) throws(Unwind) -> Value {
    do throws(Unwind) {
      return try attribute(object, name)
    } catch {
      if error.isException { completeAttributeError(object, name) }
      throw error
    }
  }

  /// A pending AttributeError that a program made without saying of what is about this attribute: for suggestions.
  private func completeAttributeError(_ object: Value, _ name: Value) {
    guard pendingMatches(.attributeError), self.is(self[root: .pendingException], .exception) else { return }
    let exception = words(self[root: .pendingException])
    let extra = exception.value(ExceptionLayout.extra)
    let isSilent = extra.isNone || (0..<PyTuple(self, extra).count).allSatisfy { PyTuple(self, extra)[$0].isNone }
    guard isSilent else { return }
    // Without memory for it there is no suggestion.
    if let fields = try? newTuple(name, object) { exception.set(ExceptionLayout.extra, fields) }
  }

  private func attribute(_ object: Value, _ name: Value) throws(Unwind) -> Value {
    let type = classOf(object)
    if hasGetattribute(type) { return try customAttribute(object, type, name) }
    if let value = try genericAttribute(object, type, name) { return value }
    if let method = lookupSpecial(class: type, .getattr) { return try callBound(method, object, name) }
    throw raiseAttributeError(object, name)
  }

  /// The same, nil instead of AttributeError.
  package func findAttribute(_ object: Value, _ name: Value) throws(Unwind) -> Value? {
    let type = classOf(object)
    if !hasGetattribute(type) {
      if let value = try genericAttributeOrNil(object, type, name) { return value }
      guard lookupSpecial(class: type, .getattr) != nil else { return nil }
    }
    do {
      return try getAttribute(object, name)
    } catch {
      guard error.isException, pendingMatches(.attributeError) else { throw error }
      takePending()
      return nil
    }
  }

  private func genericAttributeOrNil(_ object: Value, _ type: Ref, _ name: Value) throws(Unwind) -> Value? {
    do {
      return try genericAttribute(object, type, name)
    } catch {
      guard error.isException, pendingMatches(.attributeError) else { throw error }
      takePending()
      return nil
    }
  }

  /// A class's own `__getattribute__`, then `__getattr__` when that raises AttributeError.
  private func customAttribute(_ object: Value, _ type: Ref, _ name: Value) throws(Unwind) -> Value {
    guard let method = lookupSpecial(class: type, .getattribute) else { throw raiseAttributeError(object, name) }
    guard let fallback = lookupSpecial(class: type, .getattr) else { return try callBound(method, object, name) }
    do {
      return try callBound(method, object, name)
    } catch {
      guard error.isException, pendingMatches(.attributeError) else { throw error }
      takePending()
      return try callBound(fallback, object, name)
    }
  }

  /// What `object.__getattribute__` (of classes: `type.__getattribute__`) finds; nil for nothing.
  func genericAttribute(_ object: Value, _ type: Ref, _ name: Value) throws(Unwind) -> Value? {
    let found = lookup(class: type, name)
    if let found, isDataDescriptor(found), hasGetter(found) { return try bindDescriptor(found, object) }
    if self.is(object, .class) {
      if let own = lookup(class: object.ref, name) { return try bindToClass(own, object) }
    } else if self.is(object, .super) {
      if let value = try superAttribute(object, name) { return value }
    } else if let own = try instanceAttribute(object, name) {
      return own
    }
    guard let found else { return nil }
    return try bindDescriptor(found, object)
  }

  /// An attribute found in a class, asked for through that class: `__get__(None, class)`.
  func bindToClass(_ value: Value, _ owner: Value) throws(Unwind) -> Value {
    guard value.isRef else { return value }
    switch words(value).kind {
    case .function, .native, .property, .nativeProperty, .memberDescriptor:
      if self.is(value, .native), isClassBound(value) { return try bindNative(value, owner) }
      if words(value).kindByte == Kind.property.rawValue, words(value).hasFlag(ObjectFlags.hasDict) { break }
      return value
    case .staticMethod: return words(value).value(1)
    case .classMethod: return try bindDescriptorTo(words(value).value(1), owner)
    default: break
    }
    guard let get = lookupSpecial(value, .get) else { return value }
    return try callBound(get, value, .none, owner)
  }

  private func isClassBound(_ native: Value) -> Bool {
    guard words(native).value(2).isUnbound else { return false }
    if case .class = host.natives[words(native).value(1).int].binding { return true }
    return false
  }

  private func bindNative(_ native: Value, _ receiver: Value) throws(Unwind) -> Value {
    let object = words(native)
    return try newNative(
      object.value(1).int, receiver: receiver, class: .builtinFunction, module: object.value(3),
      definedIn: object.value(4))
  }

  /// A method of `callable` with `receiver` as its first argument.
  func bindDescriptorTo(_ callable: Value, _ receiver: Value) throws(Unwind) -> Value {
    let isPlain = self.is(callable, .function) || self.is(callable, .boundMethod)
    if !isPlain, let get = lookupSpecial(callable, .get) { return try callBound(get, callable, receiver, receiver) }
    return Value(try allocateRecord(.boundMethod, class: type(.method), callable, receiver))
  }

  /// `__get__(object, type(object))` of what was found in the object's class.
  func bindDescriptor(_ value: Value, _ object: Value) throws(Unwind) -> Value {
    guard value.isRef else { return value }
    let descriptor = words(value)
    switch descriptor.kind {
    case .function:
      return Value(try allocateRecord(.boundMethod, class: type(.method), value, object))
    case .native:
      guard descriptor.value(2).isUnbound, descriptor.value(4).isRef else { return value }
      switch host.natives[descriptor.value(1).int].binding {
      case .plain: return try bindNative(value, object)
      case .class: return try bindNative(value, Value(classOf(object)))
      case .static: return value
      }
    case .nativeProperty:
      return try callGetter(descriptor, object)
    case .memberDescriptor:
      return try memberValue(descriptor, object)
    case .staticMethod where !descriptor.hasFlag(ObjectFlags.hasDict): return descriptor.value(1)
    case .classMethod where !descriptor.hasFlag(ObjectFlags.hasDict):
      return try bindDescriptorTo(descriptor.value(1), Value(classOf(object)))
    case .property where !descriptor.hasFlag(ObjectFlags.hasDict):
      let getter = descriptor.value(1)
      guard !getter.isNone else { throw raisePropertyError(descriptor, object, "getter") }
      return try call(getter, object)
    default: break
    }
    guard let get = lookupSpecial(value, .get) else { return value }
    return try callBound(get, value, object, Value(classOf(object)))
  }

  func raisePropertyError(_ property: Words, _ object: Value, _ what: String) -> Unwind {
    let name = property.size > 4 && isString(property.value(5)) ? "'\(text(property.value(5)))' " : ""
    return raise(
      .attributeError, "property \(name)of '\(text(words(classOf(object)).value(ClassLayout.qualifiedName)))' object has no \(what)")
  }

  /// Whether an object found in a class comes before the instance's own attribute.
  func isDataDescriptor(_ value: Value) -> Bool {
    guard value.isRef else { return false }
    switch words(value).kind {
    case .function, .native, .staticMethod, .classMethod, .string, .tuple, .list, .dict, .int, .float: return words(value).hasFlag(ObjectFlags.hasDict) && (lookupSpecial(value, .set) != nil || lookupSpecial(value, .delete) != nil)
    case .nativeProperty, .memberDescriptor, .property: return true
    default: return lookupSpecial(value, .set) != nil || lookupSpecial(value, .delete) != nil
    }
  }

  /// Whether a data descriptor has a `__get__`; one without is an attribute that only assignment finds.
  private func hasGetter(_ descriptor: Value) -> Bool {
    switch words(descriptor).kind {
    case .nativeProperty, .memberDescriptor, .property: true
    default: lookupSpecial(descriptor, .get) != nil
    }
  }

  private func callGetter(_ property: Words, _ object: Value) throws(Unwind) -> Value {
    let place = stackWord(self[.top])
    place.set(0, object)
    let number = property.value(1).int
    let top = self[.top]
    self[.top] = top + 8
    defer { self[.top] = top }
    let owner = property.value(4)
    if owner.isRef, !isSubclass(classOf(object), owner.ref) {
      throw raise(
        .typeError,
        "descriptor '\(text(property.value(3)))' for '\(className(owner.ref))' objects doesn't apply to a '\(typeName(object))' object")
    }
    return try host.natives[number].body(self, Arguments(words: place, count: 1))
  }

  /// Whether an attribute of a built-in type is one that CPython reads from the object's memory.
  private func isField(_ name: String, of object: Value) -> Bool {
    switch kind(object) {
    case .function: ["__closure__", "__globals__", "__builtins__"].contains(name)
    case .boundMethod: name != "__doc__"
    case .property: name.hasPrefix("f")
    case .code: !["co_code", "co_varnames", "co_cellvars", "co_freevars"].contains(name)
    case .staticMethod, .classMethod: ["__func__", "__wrapped__"].contains(name)
    case .complex, .range, .slice, .super, .module: true
    case .generator: name.hasSuffix("_code") || ["ag_running", "cr_origin"].contains(name)
    case .traceback: ["tb_frame", "tb_lasti"].contains(name)
    case .class: ["__basicsize__", "__itemsize__", "__flags__", "__base__", "__mro__"].contains(name)
    case .native: ["__objclass__", "__name__"].contains(name) && !isExactly(object, .builtinFunction)
    default: false
    }
  }

  private func callSetter(_ property: Words, _ object: Value, _ value: Value) throws(Unwind) {
    let number = property.value(2)
    let name = text(property.value(3))
    guard number.isInt else {
      // What CPython keeps as a plain field says less than what it computes.
      throw raise(
        .attributeError,
        isField(name, of: object) ? "readonly attribute" : "attribute '\(name)' of '\(typeName(object))' objects is not writable")
    }
    let top = self[.top]
    let place = stackWord(top)
    place.set(0, object)
    place.set(1, value)
    self[.top] = top + 16
    defer { self[.top] = top }
    _ = try host.natives[number.int].body(self, Arguments(words: place, count: 2))
  }

  func raiseAttributeError(_ object: Value, _ name: Value) -> Unwind {
    let message: String
    let attribute = text(name)
    if self.is(object, .class) {
      message = "type object '\(className(object.ref))' has no attribute '\(attribute)'"
    } else if self.is(object, .module) {
      let dict = PyDict(self, words(object).value(1))
      if let own = dict.get(name: self.name(.name)), isString(own) {
        message = "module '\(text(own))' has no attribute '\(attribute)'"
      } else {
        message = "module has no attribute '\(attribute)'"
      }
    } else {
      message = "'\(typeName(object))' object has no attribute '\(attribute)'"
    }
    do {
      let exception = try newException(type(.attributeError), arguments: newTuple(newString(message)))
      words(exception).set(ExceptionLayout.extra, try newTuple(name, object))
      return raise(exception)
    } catch {
      return error
    }
  }

  // MARK: Setting

  package func setAttribute(_ object: Value, _ name: Value, _ value: Value) throws(Unwind) {
    let type = classOf(object)
    if hasSetattr(type), let method = lookupSpecial(class: type, .setattr) {
      _ = try callBound(method, object, name, value)
    } else {
      try setGenericAttribute(object, type, name, value)
    }
  }

  package func deleteAttribute(_ object: Value, _ name: Value) throws(Unwind) {
    let type = classOf(object)
    if hasSetattr(type), let method = lookupSpecial(class: type, .delattr) {
      _ = try callBound(method, object, name)
    } else {
      try setGenericAttribute(object, type, name, .unbound)
    }
  }

  /// `object.__setattr__`, and with an unbound value `object.__delattr__`.
  func setGenericAttribute(_ object: Value, _ type: Ref, _ name: Value, _ value: Value) throws(Unwind) {
    if let found = lookup(class: type, name), isDataDescriptor(found) {
      let descriptor = words(found)
      switch descriptor.kind {
      case .nativeProperty: return try callSetter(descriptor, object, value)
      case .memberDescriptor: return try setMember(descriptor, object, value)
      case .property where !descriptor.hasFlag(ObjectFlags.hasDict):
        let accessor = descriptor.value(value.isUnbound ? 3 : 2)
        guard !accessor.isNone else {
          throw raisePropertyError(descriptor, object, value.isUnbound ? "deleter" : "setter")
        }
        _ = value.isUnbound ? try call(accessor, object) : try call(accessor, object, value)
        return
      default: break
      }
      if value.isUnbound {
        guard let delete = lookupSpecial(found, .delete) else { throw raise(.attributeError, "__delete__") }
        _ = try callBound(delete, found, object)
      } else {
        guard let set = lookupSpecial(found, .set) else { throw raise(.attributeError, "__set__") }
        _ = try callBound(set, found, object, value)
      }
      return
    }
    if self.is(object, .class) { return try setClassAttribute(object.ref, name, value) }
    if try setInstanceAttribute(object, name, value) { return }
    if value.isUnbound || lookup(class: type, name) == nil { throw raiseAttributeError(object, name) }
    throw raise(.attributeError, "'\(typeName(object))' object attribute '\(text(name))' is read-only")
  }

  private func setClassAttribute(_ type: Ref, _ name: Value, _ value: Value) throws(Unwind) {
    guard classFlags(type) & ClassFlags.isHeap != 0 else {
      let verb = "set"
      throw raise(
        .typeError, "cannot \(verb) '\(text(name))' attribute of immutable type '\(className(type))'")
    }
    let key = try intern(name)
    let dict = PyDict(self, words(type).value(ClassLayout.dict))
    let old = dict.get(name: key)
    if value.isUnbound {
      guard let entry = dict.find(name: key) else { throw raiseAttributeError(Value(type), name) }
      dict.remove(at: entry)
    } else {
      try dict.set(name: key, value)
    }
    let isPlain = old.map { !isDescriptor($0) } == true && !value.isUnbound && !isDescriptor(value)
    classDidChange(type, key, isPlainOverwrite: isPlain)
    updateAccessFlags(type)
  }

  private func isDescriptor(_ value: Value) -> Bool {
    guard value.isRef else { return false }
    switch words(value).kind {
    case .string, .int, .float, .tuple, .list, .dict, .set, .bytes: return words(value).hasFlag(ObjectFlags.hasDict)
    default: return true
    }
  }

  // MARK: Slots of `__slots__`

  private func memberValue(_ member: Words, _ object: Value) throws(Unwind) -> Value {
    try checkMember(member, object)
    guard let value = memberStorage(member, object), !value.isUnbound else {
      throw raiseAttributeError(object, member.value(1))
    }
    return value
  }

  private func checkMember(_ member: Words, _ object: Value) throws(Unwind) {
    guard isSubclass(classOf(object), member.value(3).ref) else {
      throw raise(
        .typeError,
        "descriptor '\(text(member.value(1)))' for '\(className(member.value(3).ref))' objects doesn't apply to a '\(typeName(object))' object")
    }
  }

  private func memberStorage(_ member: Words, _ object: Value) -> Value? {
    guard self.is(object, .instance) else {
      let dict = attributeDict(object)
      return dict.isRef ? PyDict(self, dict).get(name: member.value(4)) : nil
    }
    return slotValue(words(object), member.value(2).int)
  }

  private func setMember(_ member: Words, _ object: Value, _ value: Value) throws(Unwind) {
    try checkMember(member, object)
    if value.isUnbound { _ = try memberValue(member, object) }
    guard self.is(object, .instance) else {
      let dict = PyDict(self, try ensureAttributeDict(object))
      if value.isUnbound {
        if let entry = dict.find(name: member.value(4)) { dict.remove(at: entry) }
      } else {
        try dict.set(name: member.value(4), value)
      }
      return
    }
    try setSlot(words(object), member.value(2).int, value)
  }
}
