/// Unicode 14's database where `Unicode.Scalar.Properties` does not have it, unpacked at first use.
enum UnicodeData {
  /// What a character is made of.
  struct Decomposition {
    let kind: Int
    let scalars: [UInt32]
    /// Kinds 0 and 1 are canonical.
    var isCanonical: Bool { kind < 2 }
  }

  private struct Reader {
    private var bytes: String.UTF8View.Iterator

    init(_ text: String) { bytes = text.utf8.makeIterator() }

    mutating func number() -> Int? {
      var (number, shift) = (0, 0)
      while let byte = bytes.next() {
        let digit = Int(byte) - 0x30
        number |= (digit & 31) << shift
        shift += 5
        if digit & 32 == 0 { return number }
      }
      return nil
    }

    mutating func signed() -> Int {
      let number = self.number() ?? 0
      return number & 1 == 0 ? number >> 1 : -(number >> 1) - 1
    }
  }

  private static let decompositions: [UInt32: Decomposition] = {
    var all: [UInt32: Decomposition] = [:]
    var reader = Reader(UnicodeTables.decompositions)
    var scalar = 0
    while let distance = reader.number(), let kind = reader.number(), let count = reader.number() {
      scalar += distance
      var part = scalar
      var parts: [UInt32] = []
      for _ in 0..<count {
        part += reader.signed()
        parts.append(UInt32(part))
      }
      all[UInt32(scalar)] = Decomposition(kind: kind, scalars: parts)
    }
    return all
  }()

  /// Two characters that make one.
  private static let compositions: [UInt64: UInt32] = {
    var all: [UInt64: UInt32] = [:]
    for (scalar, decomposition) in decompositions where decomposition.kind == 0 && decomposition.scalars.count == 2 {
      all[UInt64(decomposition.scalars[0]) << 32 | UInt64(decomposition.scalars[1])] = scalar
    }
    return all
  }()

  static func decomposition(_ scalar: UInt32) -> Decomposition? { decompositions[scalar] }

  /// Runs of characters with one value: where they start, and the values.
  struct Runs: Sendable {
    private var starts: [UInt32] = []
    private var values: [UInt8] = []

    init(_ text: String) {
      var reader = Reader(text)
      var start = 0
      while let distance = reader.number(), let value = reader.number() {
        start += distance
        starts.append(UInt32(start))
        values.append(UInt8(value))
      }
    }

    func value(_ scalar: UInt32) -> Int {
      var (low, high) = (0, starts.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if starts[middle] <= scalar { low = middle } else { high = middle }
      }
      return Int(values[low])
    }
  }

  static let directions = Runs(UnicodeTables.directions)
  static let widths = Runs(UnicodeTables.widths)

  // MARK: Normal forms

  /// Hangul syllables are computed (The Unicode Standard, 3.12).
  private static let hangul: Range<UInt32> = 0xAC00..<0xD7A4

  static func combiningClass(_ scalar: UInt32) -> UInt8 {
    scalar < 0x300 ? 0 : CharacterClass.properties(scalar)?.canonicalCombiningClass.rawValue ?? 0
  }

  private static func decompose(_ scalar: UInt32, isCompatible: Bool, into out: inout [UInt32]) {
    if hangul.contains(scalar) {
      let index = scalar - hangul.lowerBound
      out.append(0x1100 + index / 588)
      out.append(0x1161 + index % 588 / 28)
      if index % 28 != 0 { out.append(0x11A7 + index % 28) }
      return
    }
    guard scalar >= 0xA0, let parts = decompositions[scalar], parts.isCanonical || isCompatible else {
      return out.append(scalar)
    }
    for part in parts.scalars { decompose(part, isCompatible: isCompatible, into: &out) }
  }

  private static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if first &- 0x1100 < 19, second &- 0x1161 < 21 {
      return hangul.lowerBound + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if hangul.contains(first), (first - hangul.lowerBound) % 28 == 0, second > 0x11A7, second < 0x11C3 {
      return first + second - 0x11A7
    }
    return compositions[UInt64(first) << 32 | UInt64(second)]
  }

  /// The canonical or compatible form of a text, decomposed or composed again.
  static func normalized(_ text: [UInt32], isCompatible: Bool, isComposed: Bool) -> [UInt32] {
    var out: [UInt32] = []
    out.reserveCapacity(text.count)
    for scalar in text { decompose(scalar, isCompatible: isCompatible, into: &out) }
    sortMarks(&out)
    return isComposed ? composed(out) : out
  }

  /// Puts combining characters in a row in the order of their classes.
  private static func sortMarks(_ text: inout [UInt32]) {
    var index = 0
    while index < text.count {
      guard combiningClass(text[index]) != 0 else {
        index += 1
        continue
      }
      var end = index
      while end < text.count, combiningClass(text[end]) != 0 { end += 1 }
      if end - index > 1 {
        let marks = text[index..<end].map { (scalar: $0, order: combiningClass($0)) }
        let sorted = marks.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
        for (offset, mark) in sorted.enumerated() { text[index + offset] = mark.element.scalar }
      }
      index = end
    }
  }

  private static func composed(_ text: [UInt32]) -> [UInt32] {
    var out: [UInt32] = []
    out.reserveCapacity(text.count)
    var starter: Int?
    var lastClass = 0
    for scalar in text {
      let order = Int(combiningClass(scalar))
      // Nothing between the two blocks what follows, and they stand next to one another if nothing is left between.
      if let starter, lastClass < order || lastClass == 0 && starter == out.count - 1,
        let one = compose(out[starter], scalar)
      {
        out[starter] = one
        continue
      }
      if order == 0 { starter = out.count }
      lastClass = order
      out.append(scalar)
    }
    return out
  }
}
