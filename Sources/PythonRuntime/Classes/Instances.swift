/// Instances and their shapes.
///
/// The attributes of an instance lie in slots; its shape says which name is in which slot, and instances that got the same attributes in the same order
/// share a shape, so that an inline cache needs one comparison. Asking for `__dict__` (and anything else that shapes cannot express: deleting
/// an attribute) turns the instance to *dict mode* for good: its attributes are then in a dict, its shape is the class's for dict mode.
/// A class remembers how many slots its instances came to need, and gives new ones that many inside.
extension VM {
  static let maxInlineSlots = 64
  /// An instance with more attributes than this keeps them in a dict.
  static let maxSlots = 256

  /// An instance of a class whose layout is `.instance`, without attributes.
  @inline(__always) func newInstance(_ type: Ref) throws(Unwind) -> Value {
    let bits = words(type)[ClassLayout.bits]
    let slots = Int(bits >> 32 & 0xFFFF)
    let ref = try allocateCell((InstanceLayout.slots &+ slots) &* 8)
    let instance = words(ref)
    instance[0] = header(.instance, class: words(type).value(ClassLayout.rootShape).ref, size: slots)
    instance.set(InstanceLayout.overflow, .none)
    instance.fill(from: InstanceLayout.slots, count: slots, with: Value.unbound.bits)
    if _slowPath(bits & ClassFlags.hasFinalizer != 0) { try registerFinalizable(Value(ref)) }
    return Value(ref)
  }

  func shape(_ instance: Words) -> Words { words(Ref(offset: UInt32(truncatingIfNeeded: instance[0] >> 32))) }

  /// The slot of an attribute, by the shape; nil in dict mode and where there is none.
  func slot(_ instance: Words, _ name: Value) -> Int? {
    let shape = self.shape(instance)
    let count = shape.low(ShapeLayout.count)
    guard count > 0, let index = PyDict(self, shape.value(ShapeLayout.keys)).get(name: name), index.int < count else {
      return nil
    }
    return index.int
  }

  func slotValue(_ instance: Words, _ slot: Int) -> Value {
    let inline = instance.size
    if slot < inline { return instance.value(InstanceLayout.slots + slot) }
    let overflow = instance.value(InstanceLayout.overflow)
    guard overflow.isRef, self.is(overflow, .tuple), slot - inline < PyTuple(self, overflow).count else { return .unbound }
    return PyTuple(self, overflow)[slot - inline]
  }

  func setSlot(_ instance: Words, _ slot: Int, _ value: Value) throws(Unwind) {
    let inline = instance.size
    if slot < inline {
      instance.set(InstanceLayout.slots + slot, value)
      return
    }
    let overflow = instance.value(InstanceLayout.overflow)
    let have = overflow.isRef ? PyTuple(self, overflow).count : 0
    if slot - inline >= have {
      let grown = try newTuple(count: max(4, have * 2))
      let view = PyTuple(self, grown)
      for index in 0..<view.count { view[index] = index < have ? PyTuple(self, overflow)[index] : .unbound }
      instance.set(InstanceLayout.overflow, grown)
      rememberSlots(classOf(instance), slot + 2)
    }
    PyTuple(self, instance.value(InstanceLayout.overflow))[slot - inline] = value
  }

  private func rememberSlots(_ type: Ref, _ count: Int) {
    let bits = words(type)[ClassLayout.bits]
    let wanted = UInt64(min(count, VM.maxInlineSlots))
    if bits >> 32 & 0xFFFF < wanted { words(type)[ClassLayout.bits] = bits & ~(0xFFFF << 32) | wanted << 32 }
  }

  /// The object's own attribute, nil if it has none of that name. Never looks at the class.
  func instanceAttribute(_ object: Value, _ name: Value) throws(Unwind) -> Value? {
    guard object.isRef else { return nil }
    let instance = words(object)
    if instance.kindByte == Kind.instance.rawValue && !instance.hasFlag(ObjectFlags.dictMode) {
      guard let slot = slot(instance, name) else { return nil }
      if isMemberSlot(instance, slot) { return nil }
      let value = slotValue(instance, slot)
      return value.isUnbound ? nil : value
    }
    let dict = attributeDict(object)
    guard dict.isRef else { return nil }
    return PyDict(self, dict).get(name: name)
  }

  /// Whether a slot belongs to `__slots__`: then the class's descriptor is its name.
  private func isMemberSlot(_ instance: Words, _ slot: Int) -> Bool {
    slot < words(words(classOf(instance)).value(ClassLayout.rootShape)).low(ShapeLayout.count)
  }

  /// The dict of an object's attributes, None if it has none (yet). An instance that is not in dict mode has none.
  func attributeDict(_ object: Value) -> Value {
    guard object.isRef else { return .none }
    let instance = words(object)
    switch instance.kind {
    case .instance: return instance.hasFlag(ObjectFlags.dictMode) ? instance.value(InstanceLayout.overflow) : .none
    case .exception: return instance.value(ExceptionLayout.dict)
    case .module, .namespace: return instance.value(1)
    case .staticMethod, .classMethod: return instance.value(2)
    case .function:
      let extras = instance.value(FunctionLayout.extras)
      guard extras.isRef else { return .none }
      let dict = words(extras).value(FunctionExtras.dict)
      return dict.isUnbound ? .none : dict
    case .class: return .none
    default: return instance.hasFlag(ObjectFlags.hasDict) ? instance.value(dictIndex(instance, instance.kind)) : .none
    }
  }

  /// Whether objects of this one's layout and class have a dict at all.
  func mayHaveDict(_ object: Value) -> Bool {
    guard object.isRef else { return false }
    let instance = words(object)
    switch instance.kind {
    case .instance: return classFlags(classOf(instance)) & ClassFlags.hasDict != 0
    case .exception, .module, .namespace, .function, .staticMethod, .classMethod: return true
    default: return instance.hasFlag(ObjectFlags.hasDict) && classFlags(classOf(instance)) & ClassFlags.hasDict != 0
    }
  }

  /// The object's `__dict__`, made if need be.
  func ensureAttributeDict(_ object: Value) throws(Unwind) -> Value {
    let existing = attributeDict(object)
    if existing.isRef { return existing }
    let instance = words(object)
    if instance.kind == .instance {
      try goToDictMode(instance)
      return instance.value(InstanceLayout.overflow)
    }
    let dict = try newDict()
    switch instance.kind {
    case .exception: instance.set(ExceptionLayout.dict, dict)
    case .module, .namespace: instance.set(1, dict)
    case .staticMethod, .classMethod: instance.set(2, dict)
    case .function: try functionExtras(instance).set(FunctionExtras.dict, dict)
    default: instance.set(dictIndex(instance, instance.kind), dict)
    }
    return dict
  }

  /// Moves the attributes of an instance to a dict. Slots of `__slots__` stay where they are.
  private func goToDictMode(_ instance: Words) throws(Unwind) {
    let dict = try newDict()
    let shape = self.shape(instance)
    let root = words(classOf(instance)).value(ClassLayout.rootShape).ref
    let members = words(root).low(ShapeLayout.count)
    let count = shape.low(ShapeLayout.count)
    if count > 0 {
      let keys = PyDict(self, shape.value(ShapeLayout.keys))
      for entry in 0..<keys.entryCount {
        guard let (key, index, _) = keys.entry(at: entry), index.int >= members, index.int < count else { continue }
        let value = slotValue(instance, index.int)
        if !value.isUnbound { try PyDict(self, dict).set(name: key, value) }
      }
    }
    if members > instance.size { preconditionFailure("slots of __slots__ lie inside of an instance") }
    let dictShape = try dictShape(classOf(instance))
    instance.set(InstanceLayout.overflow, dict)
    instance.setHigh(0, Int(dictShape.offset))
    instance.setFlag(ObjectFlags.dictMode)
  }

  /// Sets or (unbound) deletes the object's own attribute; false if it cannot have it.
  func setInstanceAttribute(_ object: Value, _ name: Value, _ value: Value) throws(Unwind) -> Bool {
    guard mayHaveDict(object) else { return false }
    let instance = words(object)
    let key = try intern(name)
    if instance.kind == .instance && !instance.hasFlag(ObjectFlags.dictMode) {
      if let slot = slot(instance, key), !isMemberSlot(instance, slot) {
        if !value.isUnbound {
          try setSlot(instance, slot, value)
          return true
        }
        try goToDictMode(instance)
      } else if value.isUnbound {
        return false
      } else if shape(instance).low(ShapeLayout.count) < VM.maxSlots {
        let next = try transition(shape(instance), key)
        try setSlot(instance, next.low(ShapeLayout.count) - 1, value)
        instance.setHigh(0, Int(ref(next).offset))
        return true
      } else {
        try goToDictMode(instance)
      }
    }
    if value.isUnbound {
      let existing = attributeDict(object)
      guard existing.isRef, let entry = PyDict(self, existing).find(name: key) else { return false }
      PyDict(self, existing).remove(at: entry)
    } else {
      try PyDict(self, try ensureAttributeDict(object)).set(name: key, value)
    }
    return true
  }

  // MARK: Shapes

  /// The shape of a class's instances in dict mode: it knows the slots of `__slots__` only.
  func dictShape(_ type: Ref) throws(Unwind) -> Ref {
    let known = words(type).value(ClassLayout.dictShape)
    if known.isRef { return known.ref }
    let root = words(words(type).value(ClassLayout.rootShape))
    let shape = try newShape(owner: type, count: root.low(ShapeLayout.count), keys: root.value(ShapeLayout.keys))
    words(type).set(ClassLayout.dictShape, Value(shape))
    return shape
  }

  func newShape(owner: Ref, count: Int, keys: Value) throws(Unwind) -> Ref {
    let ref = try allocateCell(ShapeLayout.words * 8 + 8)
    let shape = words(ref)
    shape[0] = header(.shape, class: .null, size: 3)
    shape[ShapeLayout.count] = UInt64(count)
    shape.set(ShapeLayout.owner, Value(owner))
    shape.set(ShapeLayout.keys, keys)
    shape.set(ShapeLayout.transitions, .none)
    return ref
  }

  /// The shape that has one more attribute. Shapes in a line share their dict of names; a second line from the same shape copies it.
  private func transition(_ shape: Words, _ name: Value) throws(Unwind) -> Words {
    let known = shape.value(ShapeLayout.transitions)
    if known.isRef, let next = PyDict(self, known).get(name: name) { return words(next) }
    let count = shape.low(ShapeLayout.count)
    var keys = shape.value(ShapeLayout.keys)
    if PyDict(self, keys).count != count {
      let copy = try newDict()
      let source = PyDict(self, keys)
      for entry in 0..<source.entryCount {
        guard let (key, index, _) = source.entry(at: entry), index.int < count else { continue }
        try PyDict(self, copy).set(name: key, index)
      }
      keys = copy
    }
    try PyDict(self, keys).set(name: name, Value(small: count))
    let next = try newShape(owner: shape.value(ShapeLayout.owner).ref, count: count + 1, keys: keys)
    if !known.isRef { shape.set(ShapeLayout.transitions, try newDict()) }
    try PyDict(self, shape.value(ShapeLayout.transitions)).set(name: name, Value(next))
    return words(next)
  }
}
