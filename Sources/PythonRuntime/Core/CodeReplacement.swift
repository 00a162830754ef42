/// Giving a function other code. A frame finds its constants through its function, so nothing may be in the middle of the old code then.
extension VM {
  /// Makes sure that nothing runs the function's code: its suspended generators go on with a copy of the function. While a
  /// call of it is running, its code cannot be replaced.
  func leaveCode(of function: Value) throws(Unwind) {
    var isRunning = false
    try forEachLiveFrame { (frame) throws(Unwind) in
      isRunning = frame.function == function
      return !isRunning
    }
    if isRunning { throw raise(.runtimeError, "cannot replace the code of a function while it is running") }
    var generators: [Ref] = []
    forEachAllocated { ref in
      let object = words(ref)
      if object.kind == .generator, object.value(GeneratorLayout.function) == function { generators.append(ref) }
    }
    try charge(self[.heapTop] - self[.basePages])
    guard !generators.isEmpty else { return }
    let original = words(function)
    let copy = try allocateCell((FunctionLayout.cells + original.size) * 8)
    words(copy).copy(from: original, count: FunctionLayout.cells + original.size)
    for generator in generators { words(generator).set(GeneratorLayout.function, Value(copy)) }
  }
}
