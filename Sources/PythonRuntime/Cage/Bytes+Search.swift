import Glibc

/// Searching and classifying bytes a word at a time.
extension Bytes {
  /// Eight bytes from `index` on, as a little-endian number.
  @inline(__always) func word(_ index: Int) -> UInt64 {
    // SAFETY: a 32-bit index from an object's own bytes; loads of any alignment are allowed.
    unsafe address.loadUnaligned(fromByteOffset: Int(UInt32(truncatingIfNeeded: index)), as: UInt64.self)
  }

  @inline(__always) func setWord(_ index: Int, _ word: UInt64) {
    // SAFETY: as for reading.
    unsafe address.storeBytes(of: word, toByteOffset: Int(UInt32(truncatingIfNeeded: index)), as: UInt64.self)
  }

  /// Whether all of `count` bytes are below 128.
  func isASCII(count: Int) -> Bool {
    var index = 0
    while index &+ 8 <= count {
      if word(index) & 0x8080_8080_8080_8080 != 0 { return false }
      index &+= 8
    }
    while index < count {
      if self[index] >= 0x80 { return false }
      index &+= 1
    }
    return true
  }

  /// The first place of `needle` among `count` bytes, or nil; nil too, with `isTooHard` set, when too many places
  /// look like it: then
  /// the caller takes a method that is linear in any case.
  func firstIndex(of needle: Bytes, count needleCount: Int, in count: Int, isTooHard: inout Bool) -> Int? {
    let first = needle[0]
    if needleCount == 1 { return firstIndex(of: first, count: count) }
    let ones: UInt64 = 0x0101_0101_0101_0101
    let firsts = UInt64(first) &* ones
    let seconds = UInt64(needle[1]) &* ones
    let last = count &- needleCount
    var work = 64 &+ count &* 2
    var index = 0
    // Eight places at once: where the first two bytes are right. Reading past the last place stays in the cage.
    while index <= last {
      let wrong = (word(index) ^ firsts) | (word(index &+ 1) ^ seconds)
      var hits = (wrong &- ones) & ~wrong & 0x8080_8080_8080_8080
      while hits != 0 {
        let place = index &+ hits.trailingZeroBitCount >> 3
        if place > last { return nil }
        // A borrow can mark a byte above a real hit, so the first two bytes are compared, too.
        if advanced(by: place).equals(needle, count: needleCount) { return place }
        work &-= needleCount
        if work < 0 {
          isTooHard = true
          return nil
        }
        hits &= hits &- 1
      }
      index &+= 8
    }
    return nil
  }

  /// The last place of `byte` among `count` bytes, or nil.
  func lastIndex(of byte: UInt8, count: Int) -> Int? {
    var index = count
    while index > 0 {
      index &-= 1
      if self[index] == byte { return index }
    }
    return nil
  }

  /// How many of `count` bytes are `byte`.
  func occurrences(of byte: UInt8, count: Int) -> Int {
    var total = 0
    for index in 0..<count where self[index] == byte { total &+= 1 }
    return total
  }

  /// The number that `count` bytes (1, 2, 4, 8) at `index` make, lowest byte first.
  func littleEndian(_ index: Int, count: Int) -> UInt64 {
    var number: UInt64 = 0
    for place in 0..<count { number |= UInt64(self[index &+ place]) << UInt64(place &* 8) }
    return number
  }

  /// Appends `count` bytes to an array outside of the cage.
  @inline(__always) func append(to array: inout [UInt8], count: Int) {
    // SAFETY: 32-bit count.
    unsafe array.append(
      contentsOf: UnsafeRawBufferPointer(start: address, count: Int(UInt32(truncatingIfNeeded: count))))
  }
}
