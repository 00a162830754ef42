/// Module `_heapq`: heaps in lists. Comparisons may run Python code that changes the list; that is noticed by its length.
enum HeapqModule {
  static let module = NativeModule(
    "_heapq",
    [
      NativeFunction("heappush", "heap, item, /", { (vm, a) throws(Unwind) in
        let heap = try list(vm, a[0])
        try heap.append(a[1])
        try Heap(vm, heap, isMaximum: false).rise(from: heap.count - 1, above: 0)
        return .none
      }),
      NativeFunction("heappop", "heap, /", { (vm, a) throws(Unwind) in try pop(vm, a[0], isMaximum: false) }),
      NativeFunction("_heappop_max", "heap, /", { (vm, a) throws(Unwind) in try pop(vm, a[0], isMaximum: true) }),
      NativeFunction("heapreplace", "heap, item, /", { (vm, a) throws(Unwind) in
        try replace(vm, a[0], a[1], isMaximum: false)
      }),
      NativeFunction("_heapreplace_max", "heap, item, /", { (vm, a) throws(Unwind) in
        try replace(vm, a[0], a[1], isMaximum: true)
      }),
      NativeFunction("heappushpop", "heap, item, /", { (vm, a) throws(Unwind) in
        let heap = try list(vm, a[0])
        guard heap.count > 0 else { return a[1] }
        guard try vm.lessThan(heap[0], a[1]) else { return a[1] }
        return try replace(vm, a[0], a[1], isMaximum: false)
      }),
      NativeFunction("heapify", "heap, /", { (vm, a) throws(Unwind) in try heapify(vm, a[0], isMaximum: false) }),
      NativeFunction("_heapify_max", "heap, /", { (vm, a) throws(Unwind) in try heapify(vm, a[0], isMaximum: true) }),
    ])

  private static func list(_ vm: VM, _ value: Value) throws(Unwind) -> PyList {
    guard vm.is(value, .list) else {
      throw vm.raise(.typeError, "heap argument must be a list, not \(vm.typeName(value))")
    }
    return PyList(vm, value)
  }

  private static func pop(_ vm: VM, _ value: Value, isMaximum: Bool) throws(Unwind) -> Value {
    let heap = try list(vm, value)
    guard heap.count > 0 else { throw vm.raise(.indexError, "list index out of range") }
    let last = heap[heap.count - 1]
    heap.count -= 1
    guard heap.count > 0 else { return last }
    let result = heap[0]
    heap[0] = last
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(result)
    try Heap(vm, heap, isMaximum: isMaximum).sink(from: 0)
    return result
  }

  private static func replace(_ vm: VM, _ value: Value, _ item: Value, isMaximum: Bool) throws(Unwind) -> Value {
    let heap = try list(vm, value)
    guard heap.count > 0 else { throw vm.raise(.indexError, "list index out of range") }
    let result = heap[0]
    heap[0] = item
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(result)
    try Heap(vm, heap, isMaximum: isMaximum).sink(from: 0)
    return result
  }

  private static func heapify(_ vm: VM, _ value: Value, isMaximum: Bool) throws(Unwind) -> Value {
    let heap = try list(vm, value)
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) {
      try Heap(vm, heap, isMaximum: isMaximum).sink(from: index)
    }
    return .none
  }

  /// A list seen as a heap.
  private struct Heap {
    let vm: VM
    let list: PyList
    let isMaximum: Bool
    private let count: Int

    init(_ vm: VM, _ list: PyList, isMaximum: Bool) {
      self.vm = vm
      self.list = list
      self.isMaximum = isMaximum
      count = list.count
    }

    private func isBefore(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
      try vm.charge(1)
      let result = try isMaximum ? vm.lessThan(b, a) : vm.lessThan(a, b)
      guard list.count == count else { throw vm.raise(.runtimeError, "list changed size during iteration") }
      return result
    }

    private func exchange(_ i: Int, _ j: Int) {
      let item = list[i]
      list[i] = list[j]
      list[j] = item
    }

    /// Moves an item up while it comes before its parent.
    func rise(from start: Int, above top: Int) throws(Unwind) {
      var index = start
      while index > top {
        let parent = (index - 1) >> 1
        guard try isBefore(list[index], list[parent]) else { return }
        exchange(index, parent)
        index = parent
      }
    }

    /// Moves an item down to a leaf along the children that come first, and up again to its place.
    func sink(from start: Int) throws(Unwind) {
      var index = start
      while index < count / 2 {
        var child = 2 * index + 1
        if child + 1 < count, try !isBefore(list[child], list[child + 1]) { child += 1 }
        exchange(index, child)
        index = child
      }
      try rise(from: index, above: start)
    }
  }
}
