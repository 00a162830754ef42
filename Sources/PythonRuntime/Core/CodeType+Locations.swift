import PythonBytecode

/// The lines and columns of a code object as programs see them: `co_lines()`, `co_positions()`, `co_linetable`.
///
/// Programs count in units of two bytes, one for each of our words, and one more in front: CPython's code begins with an
/// instruction that belongs to the line of the `def`, where ours has none.
extension CodeType {
  /// What programs see in the place of a word's index.
  static func shownIndex(_ index: Int) -> Int { (index &+ 1) &* 2 }
  static func index(ofShown shown: Int) -> Int { shown / 2 - 1 }

  /// All positions, from the one in front on; none when the table was replaced by an empty one.
  private static func allPositions(_ vm: VM, _ code: Words) -> [CodePosition] {
    guard code[CodeLayout.positions] != 0 else { return [] }
    let first = Int32(truncatingIfNeeded: vm.text(code.value(CodeLayout.name)) == "<module>" ? 0 : code.high(CodeLayout.frame))
    let front = CodePosition(line: first, endLine: first, column: 0, endColumn: 0)
    return [front] + (0..<code.low(CodeLayout.wordCount)).map { vm.position(code, $0) }
  }

  /// The line of a position; nil for what belongs to none. Line 0 is that of a module's beginning.
  private static func line(_ position: CodePosition, at index: Int) -> Int? {
    position.line > 0 || index == 0 ? Int(position.line) : nil
  }

  /// `(start, end, line)` for each stretch of one line.
  static func lines(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let all = allPositions(vm, vm.words(a[0]))
    let result = try vm.newList()
    vm.keep(result)
    var start = 0
    while start < all.count {
      let line = line(all[start], at: start)
      var end = start + 1
      while end < all.count, self.line(all[end], at: end) == line { end += 1 }
      let entry = try vm.newTuple(
        Value(small: start * 2), Value(small: end * 2), line.map { Value(small: $0) } ?? .none)
      try PyList(vm, result).append(entry)
      start = end
    }
    return try vm.makeIterator(result)
  }

  static func positions(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let result = try vm.newList()
    vm.keep(result)
    for (index, position) in allPositions(vm, vm.words(a[0])).enumerated() {
      let line = line(position, at: index)
      let values = [
        line, line == nil ? nil : Int(position.endLine), position.column < 0 ? nil : Int(position.column),
        position.endColumn < 0 ? nil : Int(position.endColumn),
      ]
      try PyList(vm, result).append(vm.newTuple(values.map { $0.map { Value(small: $0) } ?? .none }))
    }
    return try vm.makeIterator(result)
  }

  // MARK: The table as bytes

  /// CPython's encoding: for each stretch of up to eight units a byte with its kind and length, then what the kind says.
  static func lineTable(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let code = vm.words(a[0])
    let all = allPositions(vm, code)
    var out: [UInt8] = []
    var last = code.high(CodeLayout.frame)
    var start = 0
    while start < all.count {
      var end = start + 1
      while end < all.count, end - start < 8, all[end] == all[start], start > 0 { end += 1 }
      append(all[start], line: line(all[start], at: start), units: end - start, last: &last, to: &out)
      start = end
    }
    return try vm.newBytes(out)
  }

  private static func append(
    _ position: CodePosition, line: Int?, units: Int, last: inout Int, to out: inout [UInt8]
  ) {
    func head(_ kind: Int) { out.append(UInt8(0x80 | kind << 3 | (units - 1))) }
    guard let line else { return head(15) }
    let delta = line - last
    last = line
    let (column, end) = (Int(position.column), Int(position.endColumn))
    let isOneLine = position.endLine == position.line
    if column < 0 || end < 0 {
      head(13)
      appendSigned(delta, to: &out)
    } else if isOneLine, delta == 0, column < 80, (0..<16).contains(end - column) {
      head(column >> 3)
      out.append(UInt8((column & 7) << 4 | (end - column)))
    } else if isOneLine, (0...2).contains(delta), column < 128, end < 128 {
      head(10 + delta)
      out += [UInt8(column), UInt8(end)]
    } else {
      head(14)
      appendSigned(delta, to: &out)
      appendUnsigned(max(0, Int(position.endLine) - line), to: &out)
      appendUnsigned(column + 1, to: &out)
      appendUnsigned(end + 1, to: &out)
    }
  }

  private static func appendUnsigned(_ number: Int, to out: inout [UInt8]) {
    var rest = number
    while rest >= 64 {
      out.append(UInt8(rest & 63) | 64)
      rest >>= 6
    }
    out.append(UInt8(rest))
  }

  private static func appendSigned(_ number: Int, to out: inout [UInt8]) {
    appendUnsigned(number < 0 ? (-number) << 1 | 1 : number << 1, to: &out)
  }

  /// Takes positions from a table that `replace` got. What it does not reach has no position.
  static func setLineTable(_ vm: VM, _ code: Words, _ bytes: [UInt8]) throws(Unwind) {
    guard !bytes.isEmpty else {
      code[CodeLayout.positions] = 0
      return
    }
    let count = code.low(CodeLayout.wordCount)
    let nowhere = CodePosition(line: 0, endLine: 0, column: -1, endColumn: -1)
    var all = [CodePosition](repeating: nowhere, count: count + 1)
    var reader = LineTableReader(bytes: bytes, line: code.high(CodeLayout.frame))
    var unit = 0
    while unit < all.count, let (position, units) = reader.next() {
      for _ in 0..<units where unit < all.count {
        all[unit] = position
        unit += 1
      }
    }
    let table = try vm.allocateRaw(bytes: count * 16)
    code[CodeLayout.positions] = UInt64(table.offset)
    for index in 0..<count { vm.setPosition(table, index, all[index + 1]) }
  }
}

/// Reads CPython's table of locations; whatever the bytes are, it stays inside of them.
private struct LineTableReader {
  let bytes: [UInt8]
  var line: Int
  private var index = 0

  init(bytes: [UInt8], line: Int) {
    self.bytes = bytes
    self.line = line
  }

  private mutating func byte() -> Int {
    defer { index += 1 }
    return index < bytes.count ? Int(bytes[index]) : 0
  }

  private mutating func unsigned() -> Int {
    var number = 0
    var shift = 0
    while true {
      let byte = byte()
      number |= (byte & 63) << shift
      shift += 6
      if byte & 64 == 0 || shift > 30 { return number }
    }
  }

  private mutating func signed() -> Int {
    let number = unsigned()
    return number & 1 == 1 ? -(number >> 1) : number >> 1
  }

  /// The next stretch, and how many units it is long.
  mutating func next() -> (CodePosition, Int)? {
    guard index < bytes.count else { return nil }
    let first = byte()
    let units = (first & 7) + 1
    var endLine: Int?
    var (column, end) = (-1, -1)
    switch first >> 3 & 15 {
    case 15: return (CodePosition(line: 0, endLine: 0, column: -1, endColumn: -1), units)
    case 14:
      line += signed()
      endLine = line + unsigned()
      column = unsigned() - 1
      end = unsigned() - 1
    case 13: line += signed()
    case let kind where kind >= 10:
      line += kind - 10
      column = byte()
      end = byte()
    case let kind:
      let second = byte()
      column = kind << 3 | second >> 4
      end = column + (second & 15)
    }
    return (
      CodePosition(
        line: Int32(truncatingIfNeeded: line), endLine: Int32(truncatingIfNeeded: endLine ?? line),
        column: Int32(truncatingIfNeeded: column), endColumn: Int32(truncatingIfNeeded: end)), units
    )
  }
}
