import PythonBytecode

/// What the observed run loop tells the recorder. The unobserved one has none of this in it; the functions that both use ask `isObserved`, and
/// only where they are slow anyway.
extension VM {
  /// Decided when a run begins.
  @inline(__always) var isObserved: Bool { self[.isObserved] != 0 }

  /// Before each instruction: the first of a line is a step, and before the first of a statement it is seen which objects have ended.
  /// False to leave the loop.
  @inline(__always) func observe(_ i: UInt64, _ r: inout Registers) -> Bool {
    if _fastPath(i & (startsLineBit | startsStatementBit) == 0) { return true }
    let next = self[.journalNext]
    guard _fastPath(next < self[.journalEnd]) else { return slow(&r, i, observeSlow) }
    if i & startsLineBit != 0, isStepped(r.function) {
      writeDown(Journal.line, at: next, r, place: offset(ofAddress: r.pcAddress))
    }
    return true
  }

  /// `InstructionFlags` in an instruction's word: asking that, of another target, costs a call.
  @inline(__always) private var startsLineBit: UInt64 { 1 << 8 }
  @inline(__always) private var startsStatementBit: UInt64 { 0x10 << 8 }

  @inline(never) private func observeSlow(_ i: UInt64) -> Bool {
    settleJournal()
    let isStep = i & startsLineBit != 0 && isObserved && isStepped(runningFunction)
    // Before anything else, so that a replay that begins here does the same.
    if isStep { host.recorder?.approaching(self) }
    let startsStatement = i & startsStatementBit != 0
    if startsStatement, self[.isAttentive] != 0, !attend() { return false }
    guard isStep, let recorder = host.recorder else { return true }
    if startsStatement, recorder.isChangeDue(self), !changeCell(recorder) { return false }
    if recorder.reached(self) { return true }
    note(.limit(.cancelled))
    return false
  }

  /// A frame was entered; its arguments are in its registers.
  @inline(__always) func observeEntry(_ r: inout Registers) {
    guard isStepped(r.function) else { return }
    let next = self[.journalNext]
    if _fastPath(next < self[.journalEnd]) {
      writeDown(Journal.entry, at: next, r, place: Int(ref(r.function).offset))
    } else {
      observeEntrySlow(&r)
    }
  }

  @inline(never) private func observeEntrySlow(_ r: inout Registers) {
    r.save(self)
    if isObserved { observeEntry() }
  }

  /// The same with the state saved.
  func observeEntry() {
    if isStepped(runningFunction) { host.recorder?.entered(self) }
  }

  /// A frame is about to give its result back.
  @inline(__always) func observeReturn(_ value: Value, _ r: inout Registers) {
    guard isStepped(r.function) else { return }
    let next = self[.journalNext]
    if _fastPath(next < self[.journalEnd]) {
      writeDown(Journal.result, at: next, r, place: offset(ofAddress: r.pcAddress))
    } else {
      observeReturnSlow(value, &r)
    }
  }

  @inline(never) private func observeReturnSlow(_ value: Value, _ r: inout Registers) {
    guard isObserved else { return }
    r.save(self)
    host.recorder?.returning(self, value)
  }

  /// A frame is passed by an exception, for which it has a handler or which leaves it.
  func observeException(_ exception: Value, isNew: Bool, leaves: Bool) {
    guard isStepped(runningFunction), isNew || leaves else { return }
    host.recorder?.raised(self, exception, leaves: leaves)
  }

  /// Before a cell is read or written.
  @inline(__always) func observeCell(_ access: CellAccess, _ cell: Value, _ new: Value, _ r: inout Registers) {
    let next = self[.journalNext]
    guard _fastPath(next < self[.journalEnd]), isStepped(r.function) else {
      return observeCellSlow(access, cell, new, &r)
    }
    let journal = words(at: Cage.journal)
    journal[next &+ 1] = cell.bits
    journal[next &+ 2] = new.bits
    let place = offset(ofAddress: r.pcAddress)
    if access == .read {
      writeDown(Journal.read, at: next, r, place: place, count: 3)
    } else {
      journal[next &+ 3] = words(cell)[1]
      writeDown(Journal.write, at: next, r, place: place, count: 4)
    }
  }

  @inline(never) private func observeCellSlow(_ access: CellAccess, _ cell: Value, _ new: Value, _ r: inout Registers) {
    guard isObserved else { return }
    r.save(self)
    observeCell(access, cell, new: new)
  }

  @inline(__always)
  private func writeDown(_ kind: UInt64, at next: Int, _ r: Registers, place: Int, count: Int = 1) {
    words(at: Cage.journal)[next] = Journal.word(kind, base: offset(ofAddress: r.baseAddress), place: place)
    self[.journalNext] = next &+ count
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
