import Glibc

/// The words of an object in the cage, or of the register stack: an address from which 64-bit words are read and written.
///
/// It is safe to use with any index: an address comes from the cage's base and a 32-bit offset, an index counts as 32 bits, and the
/// reservation behind the cage's base is as long as the two can reach together (`Cage.reservedBytes`). What lies beyond the committed part
/// has no access rights, so a wrong index at worst ends the worker process.
@safe package struct Words: BitwiseCopyable {
  let address: UnsafeMutablePointer<UInt64>

  @inline(__always) init(unchecked address: UnsafeMutablePointer<UInt64>) { unsafe self.address = unsafe address }

  package subscript(_ index: Int) -> UInt64 {
    @inline(__always) get {
      // SAFETY: see above: base + 32-bit offset + 32-bit index stays within the reservation.
      unsafe address[Int(UInt32(truncatingIfNeeded: index))]
    }
    @inline(__always) nonmutating set {
      // SAFETY: as for reading.
      unsafe address[Int(UInt32(truncatingIfNeeded: index))] = newValue
    }
  }

  /// The same word seen as a value.
  package func value(_ index: Int) -> Value { Value(bits: self[index]) }

  /// The low and high half of a word.
  @inline(__always) package func low(_ index: Int) -> Int { Int(UInt32(truncatingIfNeeded: self[index])) }
  @inline(__always) package func high(_ index: Int) -> Int { Int(self[index] >> 32) }

  @inline(__always) package func set(_ index: Int, _ value: Value) { self[index] = value.bits }
  @inline(__always) package func setLow(_ index: Int, _ half: Int) {
    self[index] = self[index] & 0xFFFF_FFFF_0000_0000 | UInt64(UInt32(truncatingIfNeeded: half))
  }
  @inline(__always) package func setHigh(_ index: Int, _ half: Int) {
    self[index] = self[index] & 0xFFFF_FFFF | UInt64(UInt32(truncatingIfNeeded: half)) << 32
  }

  /// The bytes from word `index` on.
  @inline(__always) package func bytes(from index: Int) -> Bytes {
    // SAFETY: as for reading a word.
    unsafe Bytes(unchecked: UnsafeMutableRawPointer(address + Int(UInt32(truncatingIfNeeded: index))))
  }

  /// The words from `index` on. A chain of these is not bounded by itself: one step from an object's own words only.
  @inline(__always) package func advanced(by index: Int) -> Words {
    // SAFETY: one 32-bit step from an object; the reservation holds two (`Cage.reservedBytes`).
    unsafe Words(unchecked: address + Int(UInt32(truncatingIfNeeded: index)))
  }

  /// Sets `count` words from `index` on to `word`.
  @inline(__always) package func fill(from index: Int, count: Int, with word: UInt64) {
    // SAFETY: index and count are 32 bits each; see above.
    unsafe advanced(by: index).address.update(repeating: word, count: Int(UInt32(truncatingIfNeeded: count)))
  }

  /// Copies `count` words from `source`; the two may overlap.
  @inline(__always) package func copy(from source: Words, at index: Int = 0, sourceIndex: Int = 0, count: Int) {
    // SAFETY: as for fill, on both sides.
    unsafe advanced(by: index).address.update(
      from: source.advanced(by: sourceIndex).address, count: Int(UInt32(truncatingIfNeeded: count)))
  }
}

extension Words {
  /// Whether the words from here on are those of an array.
  func holds(_ other: [UInt64]) -> Bool {
    // SAFETY: the words are within the reservation, and the array lives during the comparison.
    unsafe other.withUnsafeBytes { unsafe memcmp(address, $0.baseAddress!, $0.count) == 0 }
  }

  /// A copy of the words from here on.
  func array(count: Int) -> [UInt64] {
    // SAFETY: the words are within the reservation.
    unsafe Array(UnsafeBufferPointer(start: address, count: count))
  }

  /// Writes an array's words from here on.
  func write(_ words: [UInt64]) {
    // SAFETY: the words are within the reservation, and the array lives during the copy.
    unsafe words.withUnsafeBytes {
      unsafe UnsafeMutableRawPointer(address).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
  }
}

/// Bytes in the cage, with the same guarantee as `Words`.
@safe package struct Bytes: BitwiseCopyable {
  let address: UnsafeMutableRawPointer

  @inline(__always) init(unchecked address: UnsafeMutableRawPointer) { unsafe self.address = unsafe address }

  package subscript(_ index: Int) -> UInt8 {
    @inline(__always) get {
      // SAFETY: base + 32-bit offset + 32-bit index stays within the reservation.
      unsafe address.load(fromByteOffset: Int(UInt32(truncatingIfNeeded: index)), as: UInt8.self)
    }
    @inline(__always) nonmutating set {
      // SAFETY: as for reading.
      unsafe address.storeBytes(of: newValue, toByteOffset: Int(UInt32(truncatingIfNeeded: index)), as: UInt8.self)
    }
  }

  /// Unit number `index` of two or four bytes.
  @inline(__always) package func unit16(_ index: Int) -> UInt16 {
    // SAFETY: a 32-bit index of two-byte units stays within the reservation.
    unsafe address.load(fromByteOffset: Int(UInt32(truncatingIfNeeded: index)) &* 2, as: UInt16.self)
  }
  @inline(__always) package func unit32(_ index: Int) -> UInt32 {
    // SAFETY: a 32-bit index of four-byte units stays within the reservation.
    unsafe address.load(fromByteOffset: Int(UInt32(truncatingIfNeeded: index)) &* 4, as: UInt32.self)
  }
  @inline(__always) package func setUnit16(_ index: Int, _ unit: UInt16) {
    // SAFETY: as for reading.
    unsafe address.storeBytes(of: unit, toByteOffset: Int(UInt32(truncatingIfNeeded: index)) &* 2, as: UInt16.self)
  }
  @inline(__always) package func setUnit32(_ index: Int, _ unit: UInt32) {
    // SAFETY: as for reading.
    unsafe address.storeBytes(of: unit, toByteOffset: Int(UInt32(truncatingIfNeeded: index)) &* 4, as: UInt32.self)
  }

  @inline(__always) package func advanced(by index: Int) -> Bytes {
    // SAFETY: one 32-bit step from an object's own bytes.
    unsafe Bytes(unchecked: address + Int(UInt32(truncatingIfNeeded: index)))
  }

  /// Copies `count` bytes from `source`; the two may overlap.
  @inline(__always) package func copy(from source: Bytes, count: Int) {
    // SAFETY: 32-bit count on both sides.
    unsafe address.copyMemory(from: source.address, byteCount: Int(UInt32(truncatingIfNeeded: count)))
  }

  @inline(__always) package func fill(count: Int, with byte: UInt8) {
    // SAFETY: 32-bit count.
    unsafe memset(address, Int32(byte), Int(UInt32(truncatingIfNeeded: count)))
  }

  /// Whether `count` bytes equal those of `other`.
  @inline(__always) package func equals(_ other: Bytes, count: Int) -> Bool {
    // SAFETY: 32-bit count on both sides.
    unsafe memcmp(address, other.address, Int(UInt32(truncatingIfNeeded: count))) == 0
  }

  /// Less than, equal to, greater than zero as the first difference of `count` bytes.
  @inline(__always) package func compare(_ other: Bytes, count: Int) -> Int {
    // SAFETY: 32-bit count on both sides.
    unsafe Int(memcmp(address, other.address, Int(UInt32(truncatingIfNeeded: count))))
  }

  /// Index of the first `byte` among `count`, or nil.
  @inline(__always) package func firstIndex(of byte: UInt8, count: Int) -> Int? {
    // SAFETY: 32-bit count.
    guard let found = unsafe memchr(address, Int32(byte), Int(UInt32(truncatingIfNeeded: count))) else { return nil }
    return unsafe found - address
  }

  /// Copies an array's bytes in.
  package func write(_ source: [UInt8]) {
    unsafe source.withUnsafeBytes { buffer in
      // SAFETY: the caller allocated source.count bytes here; beyond the cage there is no access.
      if let start = buffer.baseAddress { unsafe address.copyMemory(from: start, byteCount: buffer.count) }
    }
  }

  /// `count` bytes as an array outside of the cage.
  package func array(count: Int) -> [UInt8] {
    // SAFETY: 32-bit count.
    unsafe [UInt8](UnsafeRawBufferPointer(start: address, count: Int(UInt32(truncatingIfNeeded: count))))
  }
}

