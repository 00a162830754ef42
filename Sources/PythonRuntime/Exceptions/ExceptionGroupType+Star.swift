/// What a `try … except*` raises at its end.
extension ExceptionGroupType {
  /// Joins what the clauses raised with what is left of the original: what was raised again keeps its place in the original's structure, new
  /// exceptions stand beside it (`_PyExc_PrepReraiseStar`). Nil when nothing is left.
  static func reraised(_ vm: VM, _ original: Value, _ raised: [Value]) throws(Unwind) -> Value? {
    guard let first = raised.first else { return nil }
    // A single exception was wrapped for its one clause.
    if !vm.isInstance(original, .baseExceptionGroup) { return first.isNone ? nil : first }
    var fresh: [Value] = []
    var leaves: Set<UInt64> = []
    for exception in raised where vm.is(exception, .exception) {
      if hasSameHistory(vm, exception, original) {
        try collectLeaves(vm, exception, into: &leaves, level: 0)
      } else {
        fresh.append(exception)
      }
    }
    let kept = try split(vm, original, .instances(leaves), needsRest: false, level: 0).match
    if fresh.isEmpty { return kept }
    if let kept { fresh.append(kept) }
    let list = try vm.newList(fresh)
    vm.keep(list)
    return try vm.call(Value(vm.type(.baseExceptionGroup)), vm[root: .emptyString], list)
  }

  /// A part of the original, not something new: its traceback, cause and context are the same objects.
  private static func hasSameHistory(_ vm: VM, _ a: Value, _ b: Value) -> Bool {
    [ExceptionLayout.traceback, ExceptionLayout.cause, ExceptionLayout.context].allSatisfy {
      vm.words(a).value($0) == vm.words(b).value($0)
    }
  }

  private static func collectLeaves(_ vm: VM, _ exception: Value, into leaves: inout Set<UInt64>, level: Int)
    throws(Unwind)
  {
    guard vm.isInstance(exception, .baseExceptionGroup) else {
      leaves.insert(exception.bits)
      return
    }
    guard level < maxDepth else {
      throw vm.raise(.recursionError, "maximum recursion depth exceeded in collect_exception_group_leaf_ids")
    }
    let members = try exceptions(vm, exception)
    for index in 0..<members.count { try collectLeaves(vm, members[index], into: &leaves, level: level + 1) }
  }
}
