import PythonBytecode

/// What the observed run loop tells. The unobserved one has none of this in it.
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
    if flags & InstructionFlags.startsStatement != 0, self[.isAttentive] != 0, !attend() { return false }
    if flags & InstructionFlags.startsLine != 0, isObserved, let onStep = host.onStep { onStep(self) }
    return true
  }

  /// Before a cell is read or written.
  @inline(never) func observeCell(_ access: CellAccess, _ cell: Value, _ r: inout Registers) {
    guard isObserved, let onCell = host.onCell else { return }
    r.save(self)
    onCell(self, access, cell)
  }
}
