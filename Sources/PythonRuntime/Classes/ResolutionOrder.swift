/// The order in which a class and its bases are searched, and what changes it.
extension VM {
  /// The C3 linearisation of a class and its bases.
  func resolutionOrder(_ type: Ref) throws(Unwind) -> Value {
    let bases = PyTuple(self, words(type).value(ClassLayout.bases))
    var sequences: [[Ref]] = []
    for index in 0..<bases.count {
      let mro = PyTuple(self, words(bases[index].ref).value(ClassLayout.mro))
      sequences.append((0..<mro.count).map { mro[$0].ref })
    }
    sequences.append((0..<bases.count).map { bases[$0].ref })
    for (index, base) in (sequences.last ?? []).enumerated() where (sequences.last ?? []).prefix(index).contains(base) {
      throw raise(.typeError, "duplicate base class \(className(base))")
    }
    try charge(sequences.reduce(0) { $0 + $1.count })
    // How many sequences have a class behind their first one.
    var behind: [UInt32: Int] = [:]
    for sequence in sequences {
      for base in sequence.dropFirst() { behind[base.offset, default: 0] += 1 }
    }
    var order = [type]
    var starts = sequences.map(\.startIndex)
    while let open = sequences.indices.first(where: { starts[$0] < sequences[$0].count }) {
      let unfinished = sequences.indices[open...].filter { starts[$0] < sequences[$0].count }
      let heads = unfinished.map { sequences[$0][starts[$0]] }
      guard let next = heads.first(where: { behind[$0.offset, default: 0] == 0 }) else {
        throw raiseInconsistentOrder(heads)
      }
      order.append(next)
      for index in unfinished where sequences[index][starts[index]] == next {
        starts[index] += 1
        if starts[index] < sequences[index].count { behind[sequences[index][starts[index]].offset, default: 0] -= 1 }
      }
    }
    return try newTuple(order.map { Value($0) })
  }

  private func raiseInconsistentOrder(_ heads: [Ref]) -> Unwind {
    var names: [String] = []
    for head in heads where !names.contains(className(head)) { names.append(className(head)) }
    return raise(
      .typeError,
      "Cannot create a consistent method resolution\norder (MRO) for bases \(names.joined(separator: ", "))")
  }

  /// The order that a class's metaclass gives it: the linearisation, unless the metaclass has a `mro` of its own.
  func givenOrder(_ type: Ref) throws(Unwind) -> Value {
    let metaclass = classOf(Value(type))
    guard metaclass != self.type(.type), let method = lookup(class: metaclass, try intern("mro")),
      !self.is(method, .native)
    else { return try resolutionOrder(type) }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let answer = try callBound(method, Value(type))
    keep(answer)
    let order = try tupleOf(answer)
    let solid = solidBase(type)
    for index in 0..<PyTuple(self, order).count {
      let base = PyTuple(self, order)[index]
      guard self.is(base, .class) else {
        throw raise(.typeError, "mro() returned a non-class ('\(typeName(base))')")
      }
      guard isSubclass(solid, solidBase(base.ref)) else {
        throw raise(.typeError, "mro() returned base with unsuitable layout ('\(className(base.ref))')")
      }
    }
    return order
  }

  /// Gives a class other bases, and it and all classes below it another order; when one of them has none, nothing changes.
  func replaceBases(_ type: Ref, _ bases: Value) throws(Unwind) {
    let object = words(type)
    let mark = keepMark()
    defer { keepRelease(mark) }
    let oldBases = object.value(ClassLayout.bases)
    let oldBase = object.value(ClassLayout.base)
    let newBase = try bestBase(PyTuple(self, bases))
    guard hasSameLayout(newBase, oldBase.ref) else {
      throw raise(
        .typeError,
        "__bases__ assignment: '\(className(newBase))' object layout differs from '\(className(oldBase.ref))'")
    }
    keep(oldBases)
    object.set(ClassLayout.bases, bases)
    object.set(ClassLayout.base, Value(newBase))
    var former: [(type: Ref, order: Value)] = []
    do throws(Unwind) {
      try reorder(type, &former)
    } catch {
      if object.value(ClassLayout.bases) == bases {
        for (type, order) in former { words(type).set(ClassLayout.mro, order) }
        object.set(ClassLayout.bases, oldBases)
        object.set(ClassLayout.base, oldBase)
      }
      throw error
    }
    // A `mro` in Python may have replaced the bases meanwhile; then that is what holds.
    guard object.value(ClassLayout.bases) == bases else { return }
    let left = PyTuple(self, oldBases)
    for index in 0..<left.count { subclasses(of: left[index].ref).removeAll { $0 == type } }
    try addToSubclasses(of: type)
    classDidChange(type, name(.new), isPlainOverwrite: false)
    updateAccessFlags(type)
  }

  private func reorder(_ type: Ref, _ former: inout [(type: Ref, order: Value)]) throws(Unwind) {
    try checkDepth(self[.depth] + former.count / 64)
    let old = words(type).value(ClassLayout.mro)
    keep(old)
    let order = try givenOrder(type)
    // One that a `mro` in Python has set meanwhile is newer.
    guard words(type).value(ClassLayout.mro) == old else { return }
    former.append((type, old))
    words(type).set(ClassLayout.mro, order)
    let subclasses = subclasses(of: type)
    var index = 0
    // A `mro` in Python may make classes, and so change the list.
    while index < subclasses.count {
      try reorder(subclasses[index], &former)
      index += 1
    }
  }

  /// Enters a class in the lists of its bases, where walks down the classes find it.
  func addToSubclasses(of type: Ref) throws(Unwind) {
    let bases = PyTuple(self, words(type).value(ClassLayout.bases))
    for index in 0..<bases.count {
      let subclasses = subclasses(of: bases[index].ref)
      // It stands there already if a `mro` in Python gave it this base; such a change is the newest.
      if subclasses.count == 0 || subclasses[subclasses.count - 1] != type { try subclasses.append(type) }
    }
  }

  /// Whether a class is another one or descends from it, whatever their resolution orders say.
  func descends(_ type: Ref, from ancestor: Ref) throws(Unwind) -> Bool {
    var seen: Set<UInt32> = []
    var open = [type]
    while let next = open.popLast() {
      if next == ancestor { return true }
      guard seen.insert(next.offset).inserted else { continue }
      try charge(8)
      let bases = PyTuple(self, words(next).value(ClassLayout.bases))
      for index in 0..<bases.count { open.append(bases[index].ref) }
    }
    return false
  }
}
