/// The weak references of an instance: a dict (root `weakReferences`) from an object's offset to the list of weak references to it, the oldest
/// first. Neither the objects nor the weak references are kept alive by it; the collector takes out what it did not reach.
extension VM {
  /// The weak references to an object; nil when there are none.
  func weakReferences(to object: Value) -> PyList? {
    guard object.isRef, words(object).hasFlag(ObjectFlags.weaklyReferenced) else { return nil }
    return weakEntry(object).map { PyList(self, $0.list) }
  }

  private func weakEntry(_ object: Value) -> (index: Int, list: Value)? {
    let root = self[root: .weakReferences]
    guard root.isRef else { return nil }
    let key = VM.weakKey(object.ref)
    // Keys are small integers: comparing them runs no code and cannot fail.
    guard let found = try? PyDict(self, root).find(key, hash: key.int) else { return nil }
    return (found, PyDict(self, root).table().value(found))
  }

  static func weakKey(_ ref: Ref) -> Value { Value(small: Int(ref.offset)) }

  /// Adds a weak reference to an object's.
  func addWeakReference(_ reference: Value, to object: Value) throws(Unwind) {
    if self[root: .weakReferences].isNone { self[root: .weakReferences] = try newDict() }
    if let known = weakReferences(to: object) {
      try known.append(reference)
    } else {
      let list = try newList([reference])
      let key = VM.weakKey(object.ref)
      try PyDict(self, self[root: .weakReferences]).set(key, list, hash: key.int)
      words(object).setFlag(ObjectFlags.weaklyReferenced)
    }
    self[.weakReferenceCount] += 1
    try reserveEnded()
    if endsByCounting(object) { noteCandidate(object) }
  }

  /// Makes the weak references to an object refer to nothing, and answers those that have a callback, the newest first.
  func clearWeakReferences(to object: Value) -> [Value] {
    guard let (index, list) = weakEntry(object) else { return [] }
    let references = PyList(self, list)
    var withCallback: [Value] = []
    for position in 0..<references.count {
      let reference = words(references[position])
      reference.set(1, .none)
      if !reference.value(2).isNone { withCallback.append(references[position]) }
    }
    PyDict(self, self[root: .weakReferences]).remove(at: index)
    words(object).clearFlag(ObjectFlags.weaklyReferenced)
    return withCallback.reversed()
  }

  /// Whether counting references would end such an object: a class is always part of a circle.
  func endsByCounting(_ object: Value) -> Bool { !self.is(object, .class) }
}

extension Collector {
  /// The weak tables themselves, without what they refer to.
  mutating func markWeakTables() {
    let finalizable = vm[root: .finalizable]
    if finalizable.isRef {
      _ = markOnly(finalizable.ref.offset)
      _ = markOnly(UInt32(truncatingIfNeeded: vm.words(finalizable).low(2)))
    }
    let root = vm[root: .weakReferences]
    guard root.isRef else { return }
    _ = markOnly(root.ref.offset)
    let dict = PyDict(vm, root)
    _ = markOnly(UInt32(truncatingIfNeeded: dict.words.low(1)))
    for index in 0..<dict.entryCount {
      guard let list = dict.entry(at: index)?.value else { continue }
      _ = markOnly(list.ref.offset)
      _ = markOnly(UInt32(truncatingIfNeeded: vm.words(list).low(2)))
    }
  }

  /// Forgets weak references that were not reached themselves.
  func forgetDeadWeakReferences() {
    let root = vm[root: .weakReferences]
    guard root.isRef else { return }
    let dict = PyDict(vm, root)
    vm[.weakReferenceCount] = 0
    for index in 0..<dict.entryCount {
      guard let (key, value, _) = dict.entry(at: index) else { continue }
      let list = PyList(vm, value)
      var kept = 0
      for position in 0..<list.count where isMarked(list[position].ref) {
        list[kept] = list[position]
        kept += 1
      }
      list.count = kept
      vm[.weakReferenceCount] += kept
      guard kept == 0 else { continue }
      dict.remove(at: index)
      vm.words(Ref(offset: UInt32(key.int))).clearFlag(ObjectFlags.weaklyReferenced)
    }
  }
}

extension Collector {
  /// After everything alive was marked: dead objects with weak references lose them, dead objects that are to be finalised are
  /// kept for that. What has to be called waits for a safe point.
  mutating func endObjects() {
    forgetDeadWeakReferences()
    let keepsCircles = vm[.collectionDisabled] != 0
    endWeakReferences(keepsCircles: keepsCircles)
    let finalizable = vm[root: .finalizable]
    guard finalizable.isRef else { return }
    let list = PyList(vm, finalizable)
    var kept = 0
    var ended: [Value] = []
    for index in 0..<list.count {
      let object = list[index]
      if !vm.needsFinalizing(object) {
        vm.words(object).clearFlag(ObjectFlags.tracked)
      } else if !isMarked(object.ref), !(keepsCircles && isCircular(object)) {
        ended.append(object)
      } else {
        list[kept] = object
        kept += 1
      }
    }
    list.count = kept
    for object in ended {
      vm.enqueueEnded(.object, object)
      mark(object)
    }
    for index in 0..<kept { mark(list[index]) }
    drain()
  }

  private func isCircular(_ object: Value) -> Bool {
    !vm.is(object, .string) && vm.words(object).hasFlag(ObjectFlags.circular)
  }

  private mutating func endWeakReferences(keepsCircles: Bool) {
    let root = vm[root: .weakReferences]
    guard root.isRef else { return }
    let dict = PyDict(vm, root)
    for index in 0..<dict.entryCount {
      guard let key = dict.entry(at: index)?.key else { continue }
      let ref = Ref(offset: UInt32(key.int))
      guard !isMarked(ref) else { continue }
      if keepsCircles, isCircular(Value(ref)) {
        mark(ref)
        drain()
        continue
      }
      for reference in vm.clearWeakReferences(to: Value(ref)) { vm.enqueueEnded(.callback, reference) }
    }
  }
}
