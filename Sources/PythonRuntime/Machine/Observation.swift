import PythonBytecode

/// What the observed run loop tells. The unobserved one has none of this in it.
extension VM {
  /// Decided when a run begins.
  @inline(__always) var isObserved: Bool { self[.isObserved] != 0 }

  /// Before each instruction: the first of a line is a step.
  @inline(never) func observe(_ i: UInt64, _ r: inout Registers) {
    guard Instruction(word: i).flags & InstructionFlags.startsLine != 0, let onStep = host.onStep else { return }
    r.save(self)
    onStep(self)
  }

  /// Before a cell is read or written.
  @inline(never) func observeCell(_ access: CellAccess, _ cell: Value, _ r: inout Registers) {
    guard let onCell = host.onCell else { return }
    r.save(self)
    onCell(self, access, cell)
  }
}
