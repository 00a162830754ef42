import PythonBytecode

/// What the observed run loop tells the recorder. The unobserved one has none of this in it; the functions that both use ask `isObserved`, and
/// only where they are slow anyway.
extension VM {
  /// Decided when a run begins.
  @inline(__always) var isObserved: Bool { self[.isObserved] != 0 }

  /// Before each instruction: the first of a line is a step, and before the first of a statement it is seen which objects have ended.
  /// False to leave the loop.
  @inline(__always) func observe(_ i: UInt64, _ r: inout Registers) -> Bool {
    let flags = UInt8(truncatingIfNeeded: i >> 8) & (InstructionFlags.startsLine | InstructionFlags.startsStatement)
    return _fastPath(flags == 0) || slow(&r, i, observeSlow)
  }

  @inline(never) private func observeSlow(_ i: UInt64) -> Bool {
    let flags = Instruction(word: i).flags
    let isStep = flags & InstructionFlags.startsLine != 0 && isObserved && isStepped(runningFunction)
    // Before anything else, so that a replay that begins here does the same.
    if isStep { host.recorder?.approaching(self) }
    let startsStatement = flags & InstructionFlags.startsStatement != 0
    if startsStatement, self[.isAttentive] != 0, !attend() { return false }
    guard isStep, let recorder = host.recorder else { return true }
    if startsStatement, recorder.isChangeDue(self), !changeCell(recorder) { return false }
    if recorder.reached(self) { return true }
    note(.limit(.cancelled))
    return false
  }

  /// A frame was entered; its arguments are in its registers.
  @inline(never) func observeEntry(_ r: inout Registers) {
    guard isObserved, isStepped(r.function) else { return }
    r.save(self)
    host.recorder?.entered(self)
  }

  /// The same with the state saved.
  func observeEntry() {
    if isStepped(runningFunction) { host.recorder?.entered(self) }
  }

  /// A frame is about to give its result back.
  @inline(never) func observeReturn(_ value: Value, _ r: inout Registers) {
    guard isObserved, isStepped(r.function) else { return }
    r.save(self)
    host.recorder?.returning(self, value)
  }

  /// A frame is passed by an exception, for which it has a handler or which leaves it.
  func observeException(_ exception: Value, isNew: Bool, leaves: Bool) {
    guard isStepped(runningFunction), isNew || leaves else { return }
    host.recorder?.raised(self, exception, leaves: leaves)
  }

  /// Before a cell is read or written.
  @inline(never) func observeCell(_ access: CellAccess, _ cell: Value, _ new: Value, _ r: inout Registers) {
    guard isObserved else { return }
    r.save(self)
    observeCell(access, cell, new: new)
  }

  /// The same with the state saved. `new`: what it will hold, or what was read.
  func observeCell(_ access: CellAccess, _ cell: Value, new: Value) {
    host.recorder?.touched(self, access, cell, new: new)
  }

  /// A function was made, with its cells.
  func observeCaptures(of function: Value) {
    host.recorder?.made(self, function)
  }
}

/// What happens to a cell.
package enum CellAccess: UInt8, Sendable {
  case created, captured, read, written, emptied
  /// A read of an empty cell.
  case failed
}
