/// `isinstance` and `issubclass`, also with objects that only say what their bases are.
extension VM {
  /// `isinstance(value, type)`.
  func isInstance(_ value: Value, of type: Value) throws(Unwind) -> Bool {
    if Value(classOf(value)) == type { return true }
    if self.is(type, .tuple) {
      try checkDepth(self[.depth] + 1)
      self[.depth] += 1
      defer { self[.depth] -= 1 }
      let types = PyTuple(self, type)
      for index in 0..<types.count where try isInstance(value, of: types[index]) { return true }
      return false
    }
    if self.is(type, .class), classOf(type) == self.type(.type) { return try defaultIsInstance(value, type) }
    if self.is(type, .unionType) { return try isInstance(value, of: words(type).value(1)) }
    if let method = lookupSpecial(type, .instancecheck) { return try truth(callBound(method, type, value)) }
    return try defaultIsInstance(value, type)
  }

  /// `type.__instancecheck__`: by the class, then by what `__class__` says.
  func defaultIsInstance(_ value: Value, _ type: Value) throws(Unwind) -> Bool {
    let own = Value(classOf(value))
    if self.is(type, .class) {
      if isSubclass(own.ref, type.ref) { return true }
      guard let claimed = try findAttribute(value, name(.class)), claimed != own, self.is(claimed, .class) else {
        return false
      }
      return isSubclass(claimed.ref, type.ref)
    }
    guard try statedBases(type) != nil else {
      throw raise(.typeError, "isinstance() arg 2 must be a type, a tuple of types, or a union")
    }
    guard let claimed = try findAttribute(value, name(.class)) else { return false }
    return try isStatedSubclass(claimed, of: type)
  }

  /// `issubclass(value, type)`.
  func isSubclass(_ value: Value, of type: Value) throws(Unwind) -> Bool {
    if self.is(type, .tuple) {
      try checkDepth(self[.depth] + 1)
      self[.depth] += 1
      defer { self[.depth] -= 1 }
      let types = PyTuple(self, type)
      for index in 0..<types.count where try isSubclass(value, of: types[index]) { return true }
      return false
    }
    if self.is(type, .unionType) { return try isSubclass(value, of: words(type).value(1)) }
    if !(self.is(type, .class) && classOf(type) == self.type(.type)), let method = lookupSpecial(type, .subclasscheck) {
      return try truth(callBound(method, type, value))
    }
    return try defaultIsSubclass(value, type)
  }

  /// `type.__subclasscheck__`.
  func defaultIsSubclass(_ value: Value, _ type: Value) throws(Unwind) -> Bool {
    if self.is(value, .class), self.is(type, .class) { return isSubclass(value.ref, type.ref) }
    guard try statedBases(value) != nil else { throw raise(.typeError, "issubclass() arg 1 must be a class") }
    guard try statedBases(type) != nil else {
      throw raise(.typeError, "issubclass() arg 2 must be a class, a tuple of classes, or a union")
    }
    return try isStatedSubclass(value, of: type)
  }

  /// What `__bases__` says, if it is a tuple.
  private func statedBases(_ value: Value) throws(Unwind) -> PyTuple? {
    guard let bases = try findAttribute(value, try intern("__bases__")), self.is(bases, .tuple) else { return nil }
    keep(bases)
    return PyTuple(self, bases)
  }

  /// Follows `__bases__` from one object to another.
  private func isStatedSubclass(_ value: Value, of type: Value) throws(Unwind) -> Bool {
    let mark = keepMark()
    defer { keepRelease(mark) }
    var current = value
    while true {
      if current == type { return true }
      guard let bases = try statedBases(current), bases.count > 0 else { return false }
      guard bases.count > 1 else {
        // A line of single bases may be a circle.
        try charge(64)
        current = bases[0]
        if self[.top] - mark > 1 << 16 { throw raise(.recursionError, "maximum recursion depth exceeded in comparison") }
        continue
      }
      try checkDepth(self[.depth] + 1)
      self[.depth] += 1
      defer { self[.depth] -= 1 }
      for index in 0..<bases.count where try isStatedSubclass(bases[index], of: type) { return true }
      return false
    }
  }
}
