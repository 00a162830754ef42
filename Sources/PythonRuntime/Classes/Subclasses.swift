/// The direct subclasses of a class: their offsets as small integers, in a list, so that it keeps none of them alive. Walks down the classes
/// find them here. The root `programClasses` lists the classes of programs in the same way: after a collection has marked what is
/// alive it takes out of all the lists what is not.
struct Subclasses {
  private let list: PyList

  fileprivate init(_ list: PyList) { self.list = list }

  var count: Int { list.count }

  subscript(_ index: Int) -> Ref { Ref(offset: UInt32(truncatingIfNeeded: list[index].int)) }

  func append(_ type: Ref) throws(Unwind) { try list.append(Subclasses.entry(type)) }

  func removeAll(where isGone: (Ref) -> Bool) {
    var kept = 0
    for index in 0..<list.count where !isGone(self[index]) {
      list[kept] = list[index]
      kept += 1
    }
    list.count = kept
  }

  private static func entry(_ type: Ref) -> Value { Value(small: Int(type.offset)) }
}

extension VM {
  func subclasses(of type: Ref) -> Subclasses { Subclasses(PyList(self, words(type).value(ClassLayout.subclasses))) }

  /// The classes that programs made.
  fileprivate var programClasses: Subclasses? {
    self[root: .programClasses].isRef ? Subclasses(PyList(self, self[root: .programClasses])) : nil
  }

  /// Notes that a program has made a class.
  func noteProgramClass(_ type: Ref) throws(Unwind) {
    if !self[root: .programClasses].isRef { self[root: .programClasses] = try newList() }
    try programClasses?.append(type)
  }
}

extension Collector {
  /// Takes the classes that were not reached out of the lists of their bases.
  func forgetDeadClasses() {
    guard let classes = vm.programClasses else { return }
    var bases: Set<UInt32> = []
    for index in 0..<classes.count where !isMarked(classes[index]) {
      let tuple = PyTuple(vm, vm.words(classes[index]).value(ClassLayout.bases))
      for place in 0..<tuple.count where isMarked(tuple[place].ref) { bases.insert(tuple[place].ref.offset) }
    }
    guard !bases.isEmpty else { return }
    classes.removeAll { !isMarked($0) }
    for base in bases { vm.subclasses(of: Ref(offset: base)).removeAll { !isMarked($0) } }
  }
}
