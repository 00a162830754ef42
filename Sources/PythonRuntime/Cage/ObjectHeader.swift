/// What an object's header word says; see `Kind`.
extension Words {
  /// The kind in an object's header.
  @inline(__always) package var kind: Kind {
    let byte = kindByte
    precondition(byte != 0 && byte <= Kind.last, "an object of no kind")
    // SAFETY: the raw values are the order of the cases without a gap, so they are also how a case lies in memory.
    return unsafe unsafeBitCast(byte, to: Kind.self)
  }
  @inline(__always) package var kindByte: UInt8 { UInt8(truncatingIfNeeded: self[0]) }
  @inline(__always) package func hasFlag(_ flag: UInt64) -> Bool { self[0] & flag != 0 }
  @inline(__always) package func setFlag(_ flag: UInt64) { self[0] |= flag }
  @inline(__always) package func clearFlag(_ flag: UInt64) { self[0] &= ~flag }
  /// The traced words of a record; the slots inside of an instance.
  @inline(__always) package var size: Int { Int(self[0] >> 16 & 0xFFFF) }
}
