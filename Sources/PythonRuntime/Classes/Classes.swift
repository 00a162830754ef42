/// The low half of a class's bits; above it the slots for new instances (16 bits) and the layout of instances (`Kind`, 8 bits).
enum ClassFlags {
  /// Made by a program.
  static let isHeap: UInt64 = 1 << 0
  static let isSubclassable: UInt64 = 1 << 1
  /// Instances have a dict.
  static let hasDict: UInt64 = 1 << 2
  /// `__getattribute__` is not `object`'s, `type`'s or `module`'s.
  static let hasGetattribute: UInt64 = 1 << 3
  /// `__setattr__` or `__delattr__` is not `object`'s or `type`'s.
  static let hasSetattr: UInt64 = 1 << 4
  /// As patterns see it.
  static let sequence: UInt64 = 1 << 5
  static let mapping: UInt64 = 1 << 6
  /// `case int(x)`: the one positional pattern is the object itself.
  static let matchSelf: UInt64 = 1 << 7
  static let isAbstract: UInt64 = 1 << 8
  static let hasWeakref: UInt64 = 1 << 9
  /// There is a `__del__`.
  static let hasFinalizer: UInt64 = 1 << 10
  /// What subclasses inherit.
  static let inherited = hasDict | sequence | mapping | matchSelf | hasWeakref
}

extension VM {
  func classFlags(_ type: Ref) -> UInt64 { words(type)[ClassLayout.bits] }
  func setClassFlag(_ type: Ref, _ flag: UInt64, _ isSet: Bool) {
    let bits = words(type)[ClassLayout.bits]
    words(type)[ClassLayout.bits] = isSet ? bits | flag : bits & ~flag
  }
  func layoutKind(_ type: Ref) -> Kind { Kind(rawValue: UInt8(truncatingIfNeeded: classFlags(type) >> 48)) ?? .instance }
  func hasGetattribute(_ type: Ref) -> Bool { classFlags(type) & ClassFlags.hasGetattribute != 0 }
  func hasSetattr(_ type: Ref) -> Bool { classFlags(type) & ClassFlags.hasSetattr != 0 }
  func hasABCFlag(_ type: Ref, _ flag: UInt64) -> Bool { classFlags(type) & flag != 0 }

  package func isSubclass(_ type: Ref, _ base: Ref) -> Bool {
    if type == base { return true }
    let mro = PyTuple(self, words(type).value(ClassLayout.mro))
    for index in 0..<mro.count where mro[index].ref == base { return true }
    return false
  }

  package func isInstance(_ value: Value, _ known: WellKnown) -> Bool { isSubclass(classOf(value), type(known)) }

  // MARK: Making classes

  /// The object of a class, its resolution order and specials still to come.
  func allocateClass(_ metaclass: Ref, name: Value, bits: UInt64) throws(Unwind) -> Ref {
    let ref = try allocateCell(ClassLayout.words * 8)
    let object = words(ref)
    object[0] = header(.class, class: metaclass, size: ClassLayout.words - 2)
    object[ClassLayout.bits] = bits
    for index in 2..<ClassLayout.words { object.set(index, .none) }
    object.set(ClassLayout.name, name)
    object.set(ClassLayout.qualifiedName, name)
    object.set(ClassLayout.subclasses, try newList())
    let specials = try newTuple(count: Special.specialCount)
    words(specials).fill(from: 2, count: Special.specialCount, with: Value.unbound.bits)
    object.set(ClassLayout.specials, specials)
    return ref
  }

  /// The class that instances of `type` are laid out as: the nearest base that adds anything to the layout.
  func solidBase(_ type: Ref) -> Ref {
    var current = type
    while classFlags(current) & ClassFlags.isHeap != 0 {
      if ownMemberCount(current) > 0 { return current }
      current = words(current).value(ClassLayout.base).ref
    }
    return layoutKind(current) == .exception ? solidException(current) : current
  }

  /// How many slots of `__slots__` a class has more than its base.
  private func ownMemberCount(_ type: Ref) -> Int {
    memberCount(type) - memberCount(words(type).value(ClassLayout.base).ref)
  }

  func memberCount(_ type: Ref) -> Int {
    let root = words(type).value(ClassLayout.rootShape)
    return root.isRef ? words(root).low(ShapeLayout.count) : 0
  }

  func bestBase(_ bases: PyTuple) throws(Unwind) -> Ref {
    var best = Ref.null
    var winner = Ref.null
    for index in 0..<bases.count {
      guard self.is(bases[index], .class) else { throw raise(.typeError, "bases must be types") }
      let base = bases[index].ref
      guard classFlags(base) & ClassFlags.isSubclassable != 0 else {
        throw raise(.typeError, "type '\(className(base))' is not an acceptable base type")
      }
      let candidate = solidBase(base)
      if winner.isNull {
        winner = candidate
        best = base
      } else if isSubclass(winner, candidate) {
        continue
      } else if isSubclass(candidate, winner) {
        winner = candidate
        best = base
      } else {
        throw raise(.typeError, "multiple bases have instance lay-out conflict")
      }
    }
    return best
  }

  /// `type.__new__`: a class of a program.
  func newClass(_ metaclass: Ref, name: Value, bases givenBases: Value, namespace: Value, keywords: Value) throws(Unwind)
    -> Value
  {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let bases = PyTuple(self, givenBases).count == 0 ? try newTuple(Value(type(.object))) : givenBases
    keep(bases)
    let winner = try winningMetaclass(Value(metaclass), bases).ref
    if winner != metaclass, let new = lookupSpecial(class: winner, .new), new != lookupSpecial(class: type(.type), .new) {
      let arguments = try newTuple(Value(winner), name, givenBases, namespace)
      return try call(bindToClass(new, Value(winner)), tuple: arguments, dict: keywords)
    }
    let base = try bestBase(PyTuple(self, bases))
    let dict = try newDict()
    keep(dict)
    let source = PyDict(self, namespace)
    for entry in 0..<source.entryCount {
      if let (key, value, hash) = source.entry(at: entry) { try PyDict(self, dict).insert(try internIfString(key), value, hash: hash) }
    }
    var bits = ClassFlags.isHeap | ClassFlags.isSubclassable
    for index in 0..<PyTuple(self, bases).count {
      bits |= classFlags(PyTuple(self, bases)[index].ref) & (ClassFlags.sequence | ClassFlags.mapping | ClassFlags.matchSelf)
    }
    bits |= classFlags(base) & ClassFlags.inherited
    bits |= UInt64(layoutKind(base).rawValue) << 48
    let ref = try allocateClass(winner, name: name, bits: bits)
    keep(Value(ref))
    let object = words(ref)
    object.set(ClassLayout.bases, bases)
    object.set(ClassLayout.base, Value(base))
    object.set(ClassLayout.dict, dict)
    let attributes = PyDict(self, dict)
    try takeQualifiedName(attributes, ref)
    try setDefaultModule(attributes)
    if let doc = attributes.get(name: self.name(.doc)), isString(doc) { try checkEncodable(doc) }
    try wrapSpecialFunctions(attributes)
    let members = try takeSlots(attributes, ref, base, PyTuple(self, bases))
    // After the slots, one of which may be `__doc__`.
    if attributes.get(name: self.name(.doc)) == nil { try attributes.set(name: self.name(.doc), .none) }
    if let cell = attributes.find(name: self.name(.classcell)).map({ attributes.remove(at: $0) }) {
      guard self.is(cell, .cell) else {
        throw raise(.typeError, "__classcell__ must be a nonlocal cell, not \(text(try repr(Value(classOf(cell)))))")
      }
      if isObserved { observeCell(.written, cell, new: Value(ref)) }
      words(cell).set(1, Value(ref))
    }
    try setRootShape(ref, base, members)
    // Until it is known, a metaclass's `mro` sees the class alone.
    object.set(ClassLayout.mro, try newTuple(Value(ref)))
    object.set(ClassLayout.mro, try givenOrder(ref))
    forgetSpecials(ref)
    updateAccessFlags(ref)
    try noteProgramClass(ref)
    try addToSubclasses(of: ref)
    if attributes.find(name: self.name(.eq)) != nil, attributes.find(name: self.name(.hash)) == nil {
      try attributes.set(name: self.name(.hash), .none)
    }
    try callSetNames(Value(ref), dict)
    try callInitSubclass(Value(ref), keywords)
    return Value(ref)
  }

  private func internIfString(_ key: Value) throws(Unwind) -> Value { isExactString(key) ? try intern(key) : key }

  private func takeQualifiedName(_ attributes: PyDict, _ type: Ref) throws(Unwind) {
    guard let entry = attributes.find(name: name(.qualname)) else { return }
    let value = attributes.remove(at: entry)
    guard isString(value) else {
      throw raise(.typeError, "type __qualname__ must be a str, not \(typeName(value))")
    }
    words(type).set(ClassLayout.qualifiedName, value)
  }

  private func setDefaultModule(_ attributes: PyDict) throws(Unwind) {
    guard attributes.get(name: name(.module)) == nil else { return }
    let globals = PyDict(self, runningFunction.value(FunctionLayout.globals))
    if let module = globals.get(name: name(.name)) { try attributes.set(name: name(.module), module) }
  }

  /// `__new__` is a static method, `__init_subclass__` and `__class_getitem__` are class methods, without being told.
  private func wrapSpecialFunctions(_ attributes: PyDict) throws(Unwind) {
    if let function = attributes.get(name: name(.new)), self.is(function, .function) {
      let wrapped = try allocateRecord(.staticMethod, class: type(.staticmethod), function, .none)
      try attributes.set(name: name(.new), Value(wrapped))
    }
    for special in [Special.initSubclass, .classGetitem] {
      guard let function = attributes.get(name: name(special)), self.is(function, .function) else { continue }
      let wrapped = try allocateRecord(.classMethod, class: type(.classmethod), function, .none)
      try attributes.set(name: name(special), Value(wrapped))
    }
  }

  /// Reads `__slots__`, puts descriptors for them into the class, and answers the slots' names (mangled).
  private func takeSlots(_ attributes: PyDict, _ ref: Ref, _ base: Ref, _ bases: PyTuple) throws(Unwind) -> [Value] {
    var anyDict = false
    var anyWeakref = false
    for index in 0..<bases.count {
      if classFlags(bases[index].ref) & ClassFlags.hasDict != 0 { anyDict = true }
      if classFlags(bases[index].ref) & ClassFlags.hasWeakref != 0 { anyWeakref = true }
    }
    guard let slots = attributes.get(name: name(.slots)) else {
      if !anyDict { try addDictDescriptor(attributes, ref) }
      if !anyWeakref, layoutAllowsSlots(base) { try addWeakrefDescriptor(attributes, ref) }
      setClassFlag(ref, ClassFlags.hasDict, true)
      setClassFlag(ref, ClassFlags.hasWeakref, true)
      return []
    }
    let list = isString(slots) ? try newList([slots]) : try listFromIterable(slots)
    keep(list)
    var names: [Value] = []
    let className = text(words(ref).value(ClassLayout.name))
    for index in 0..<PyList(self, list).count {
      let slot = PyList(self, list)[index]
      guard isString(slot) else {
        throw raise(.typeError, "__slots__ items must be strings, not '\(typeName(slot))'")
      }
      let word = text(slot)
      guard isIdentifier(word) else { throw raise(.typeError, "__slots__ must be identifiers") }
      if word == "__dict__" {
        if anyDict { throw raise(.typeError, "__dict__ slot disallowed: we already got one") }
        try addDictDescriptor(attributes, ref)
        anyDict = true
        continue
      }
      if word == "__weakref__" {
        if anyWeakref || !layoutAllowsSlots(base) {
          throw raise(.typeError, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0")
        }
        try addWeakrefDescriptor(attributes, ref)
        anyWeakref = true
        continue
      }
      let mangled = try intern(mangle(word, in: className))
      if attributes.get(name: mangled) != nil {
        throw raise(.valueError, "'\(text(mangled))' in __slots__ conflicts with class variable")
      }
      names.append(mangled)
    }
    if !names.isEmpty, !layoutAllowsSlots(base) {
      throw raise(.typeError, "nonempty __slots__ not supported for subtype of '\(self.className(base))'")
    }
    setClassFlag(ref, ClassFlags.hasDict, anyDict)
    setClassFlag(ref, ClassFlags.hasWeakref, anyWeakref)
    let first = memberCount(base)
    for (index, slot) in names.sorted(by: { text($0) < text($1) }).enumerated() {
      let descriptor = try allocateRecord(
        .memberDescriptor, class: type(.member), slot, Value(small: first + index), Value(ref),
        try intern("\(className).\(text(slot))"))
      try attributes.set(name: slot, Value(descriptor))
    }
    return names.sorted(by: { text($0) < text($1) })
  }

  private func isIdentifier(_ word: String) -> Bool {
    guard let first = word.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
    return word.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
  }

  private func mangle(_ name: String, in className: String) -> String {
    guard name.hasPrefix("__"), !name.hasSuffix("__") else { return name }
    let stripped = className.drop { $0 == "_" }
    return stripped.isEmpty ? name : "_\(stripped)\(name)"
  }

  /// The attribute `__dict__` of a class whose instances are the first to have one.
  private func addDictDescriptor(_ attributes: PyDict, _ ref: Ref) throws(Unwind) {
    guard attributes.get(name: name(.dict)) == nil else { return }
    let number = host.dictGetter
    let descriptor = try allocateRecord(
      .nativeProperty, class: type(.getset), Value(small: number), Value(small: number + 1), name(.dict), Value(ref))
    try attributes.set(name: name(.dict), Value(descriptor))
  }

  private func addWeakrefDescriptor(_ attributes: PyDict, _ ref: Ref) throws(Unwind) {
    guard attributes.get(name: name(.weakref)) == nil else { return }
    let weak = try allocateRecord(
      .nativeProperty, class: type(.getset), Value(small: host.dictGetter + 2), .none, name(.weakref), Value(ref))
    try attributes.set(name: name(.weakref), Value(weak))
  }

  /// Whether objects of a class have room for more fields: those whose own data is of any length have not.
  private func layoutAllowsSlots(_ base: Ref) -> Bool {
    switch layoutKind(base) {
    case .tuple, .int, .bytes: false
    default: true
    }
  }

  private func setRootShape(_ ref: Ref, _ base: Ref, _ members: [Value]) throws(Unwind) {
    guard layoutKind(ref) == .instance else { return }
    let keys = try newDict()
    var count = 0
    let baseRoot = words(base).value(ClassLayout.rootShape)
    if baseRoot.isRef {
      let inherited = PyDict(self, words(baseRoot).value(ShapeLayout.keys))
      let total = words(baseRoot).low(ShapeLayout.count)
      for entry in 0..<inherited.entryCount {
        guard let (key, index, _) = inherited.entry(at: entry), index.int < total else { continue }
        try PyDict(self, keys).set(key, index)
        count += 1
      }
    }
    for member in members {
      // A slot of the same name as a base's is another slot.
      let key = PyDict(self, keys).get(name: member) == nil ? member : try newString("\(text(member)) \(count)")
      try PyDict(self, keys).set(key, Value(small: count))
      count += 1
    }
    words(ref).set(ClassLayout.rootShape, Value(try newShape(owner: ref, count: count, keys: keys)))
    let baseSlots = Int(classFlags(base) >> 32 & 0xFFFF)
    let hasDict = classFlags(ref) & ClassFlags.hasDict != 0
    let slots = max(count + (hasDict ? 6 : 0), hasDict ? min(baseSlots + 2, VM.maxInlineSlots) : 0)
    guard slots < 4096 else { throw raise(.typeError, "too many slots") }
    words(ref)[ClassLayout.bits] = words(ref)[ClassLayout.bits] & ~(0xFFFF << 32) | UInt64(slots) << 32
  }

  /// Sees which of the access methods a class overrides, and tells its subclasses.
  func updateAccessFlags(_ type: Ref) {
    setClassFlag(type, ClassFlags.hasGetattribute, overrides(type, .getattribute))
    setClassFlag(type, ClassFlags.hasSetattr, overrides(type, .setattr) || overrides(type, .delattr))
    setClassFlag(type, ClassFlags.hasFinalizer, lookup(class: type, name(.del)) != nil)
    let subclasses = subclasses(of: type)
    for index in 0..<subclasses.count { updateAccessFlags(subclasses[index]) }
  }

  /// Whether a class has an access method that is neither `object`'s nor `type`'s.
  private func overrides(_ type: Ref, _ special: Special) -> Bool {
    guard let found = lookup(class: type, name(special)) else { return false }
    return found != lookup(class: self.type(.object), name(special))
      && found != lookup(class: self.type(.type), name(special))
  }

  private func callSetNames(_ type: Value, _ dict: Value) throws(Unwind) {
    // A copy, since a `__set_name__` may change the class.
    let items = try newList()
    keep(items)
    let source = PyDict(self, dict)
    for entry in 0..<source.entryCount {
      guard let (key, value, _) = source.entry(at: entry), value.isRef else { continue }
      switch words(value).kind {
      case .function, .string, .int, .tuple, .list, .dict, .native, .cell: continue
      default: break
      }
      guard lookupSpecial(value, .setName) != nil else { continue }
      try PyList(self, items).append(key)
      try PyList(self, items).append(value)
    }
    for index in stride(from: 0, to: PyList(self, items).count, by: 2) {
      let key = PyList(self, items)[index]
      let value = PyList(self, items)[index + 1]
      guard let method = lookupSpecial(value, .setName) else { continue }
      do {
        _ = try callBound(method, value, type, key)
      } catch {
        guard error.isException else { throw error }
        let shown = isString(key) ? "'\(text(key))'" : text(try repr(key))
        throw raiseFromPending(
          .runtimeError, "Error calling __set_name__ on '\(typeName(value))' instance \(shown) in '\(className(type.ref))'")
      }
    }
  }

  private func callInitSubclass(_ type: Value, _ keywords: Value) throws(Unwind) {
    let mro = PyTuple(self, words(type).value(ClassLayout.mro))
    let key = name(.initSubclass)
    for index in 1..<mro.count {
      guard let found = PyDict(self, words(mro[index]).value(ClassLayout.dict)).get(name: key) else { continue }
      if mro[index].ref == self.type(.object), !keywords.isRef || PyDict(self, keywords).count == 0 { return }
      let method = try bindToClass(found, type)
      keep(method)
      _ = try call(method, tuple: self[root: .emptyTuple], dict: keywords)
      return
    }
  }
}
