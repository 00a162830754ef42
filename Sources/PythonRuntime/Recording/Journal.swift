/// What happens in the observed loop most often, written down there in a few instructions, for the recorder to read when it must.
///
/// It is read before any of it could mean something else: before the recorder is told anything in another way, before memory is collected, before
/// anything is printed, and where the recorder has to see a step itself. So it learns the same as if it had been told at once.
///
/// An entry is a word that says what happened, where its frame is on the stack (its offset / 8) and where its code is (an offset, of a
/// function where one is entered). Behind the access to a cell come the cell, what it holds then, and for a write what it held.
enum Journal {
  static let line: UInt64 = 1
  static let entry: UInt64 = 2
  static let result: UInt64 = 3
  static let read: UInt64 = 4
  static let write: UInt64 = 5

  /// As many words as fit in front of the longest entry.
  static let capacity = 0x1_0000 / 8 - 4

  @inline(__always) static func word(_ kind: UInt64, base: Int, place: Int) -> UInt64 {
    kind << 61 | UInt64(truncatingIfNeeded: base) << 29 | UInt64(truncatingIfNeeded: place)
  }

  @inline(__always) static func kind(_ word: UInt64) -> UInt64 { word >> 61 }
  @inline(__always) static func base(_ word: UInt64) -> Int { Int(word >> 29 & 0xFFFF_FFF8) }
  @inline(__always) static func place(_ word: UInt64) -> Int { Int(word & 0xFFFF_FFFF) }
}

extension VM {
  /// Has the recorder read what was written down.
  @inline(__always) func settleJournal() {
    if _slowPath(self[.journalNext] != 0) { host.recorder?.readJournal(self) }
  }

  /// Forgets what was written down, and writes nothing down from now on.
  func closeJournal() {
    self[.journalNext] = 0
    self[.journalEnd] = 0
  }
}
