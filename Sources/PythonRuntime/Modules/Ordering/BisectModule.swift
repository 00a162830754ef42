/// Module `_bisect`: places in sorted sequences.
enum BisectModule {
  private static let signature = "a, x, lo=0, hi=None, *, key=None"

  static let module = NativeModule(
    "_bisect",
    [
      NativeFunction("bisect_left", signature, { (vm, a) throws(Unwind) in
        try vm.integer(place(vm, a, a[1], isLeft: true))
      }),
      NativeFunction("bisect_right", signature, { (vm, a) throws(Unwind) in
        try vm.integer(place(vm, a, a[1], isLeft: false))
      }),
      NativeFunction("insort_left", signature, { (vm, a) throws(Unwind) in try insert(vm, a, isLeft: true) }),
      NativeFunction("insort_right", signature, { (vm, a) throws(Unwind) in try insert(vm, a, isLeft: false) }),
    ])

  private static func place(_ vm: VM, _ a: Arguments, _ item: Value, isLeft: Bool) throws(Unwind) -> Int {
    var low = try vm.indexAsInt(a[2], overflow: .overflowError)
    guard low >= 0 else { throw vm.raise(.valueError, "lo must be non-negative") }
    var high = a[3].isNone ? try vm.length(a[0]) : try vm.indexAsInt(a[3], overflow: .overflowError)
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(item)
    let inner = vm.keepMark()
    while low < high {
      let middle = low + (high - low) / 2
      var found = try vm.getItem(a[0], vm.integer(middle))
      vm.keep(found)
      if !a[4].isNone {
        found = try vm.call(a[4], found)
        vm.keep(found)
      }
      if isLeft {
        if try vm.lessThan(found, item) { low = middle + 1 } else { high = middle }
      } else {
        if try vm.lessThan(item, found) { high = middle } else { low = middle + 1 }
      }
      vm.keepRelease(inner)
      try vm.charge(1)
    }
    return low
  }

  private static func insert(_ vm: VM, _ a: Arguments, isLeft: Bool) throws(Unwind) -> Value {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var item = a[1]
    if !a[4].isNone {
      item = try vm.call(a[4], a[1])
      vm.keep(item)
    }
    let index = try place(vm, a, item, isLeft: isLeft)
    _ = try vm.callMethod(a[0], "insert", vm.integer(index), a[1])
    return .none
  }
}
