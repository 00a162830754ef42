/// Makes a program of the code that CPython's `re._compiler` writes. Every code that it accepts is safe to execute: places lie within
/// the program, groups exist, and blocks are nested as they should be.
struct RegexTranslator {
  /// The code was not made by the library.
  enum Failure: Error { case invalid, tooDeep }

  /// CPython's numbers.
  enum Code: UInt32 {
    case failure, success, any, anyAll, assert, assertNot, at, branch, category, charset, bigCharset, groupReference
    case groupExists, `in`, info, jump, literal, mark, maxUntil, minUntil, notLiteral, negate, range, `repeat`
    case repeatOne, subpattern, minRepeatOne, atomicGroup, possessiveRepeat, possessiveRepeatOne, groupReferenceIgnore
    case inIgnore, literalIgnore, notLiteralIgnore, groupReferenceLocale, inLocale, literalLocale, notLiteralLocale
    case groupReferenceUnicode, inUnicode, literalUnicode, notLiteralUnicode, rangeUnicode
  }

  let code: [UInt32]
  let groups: Int
  private(set) var words = [UInt64](repeating: 0, count: RegexHeader.count)
  var slots: Int
  /// Sets and the prefix: they come behind the instructions. What refers to them is corrected then.
  var data: [UInt64] = []
  var references: [Int] = []
  var dataReferences: [Int] = []
  private var depth = 0

  init(code: [UInt32], groups: Int) {
    self.code = code
    self.groups = groups
    slots = groups * 2
  }

  // MARK: The whole

  /// The program, its header first.
  mutating func translate() throws(Failure) -> [UInt64] {
    guard code.last == Code.success.rawValue else { throw .invalid }
    var start = 0
    if code.first == Code.info.rawValue {
      start = try end(of: 1, within: code.count - 1)
      try readInfo(until: start)
    }
    try block(start..<code.count - 1)
    emit(.succeed)
    words[RegexHeader.slots] = UInt64(slots)
    let base = UInt64(words.count) << 32
    for place in references { words[place] &+= base }
    for place in dataReferences { data[place] &+= base }
    if words[RegexHeader.prefix] != 0 { words[RegexHeader.prefix] &+= base }
    findFirst()
    return words + data
  }

  /// The block of what is known about matches: `least`, and characters that each of them starts with.
  private mutating func readInfo(until end: Int) throws(Failure) {
    guard end >= 5, code.count >= 5 else { throw .invalid }
    let flags = code[2]
    words[RegexHeader.least] = UInt64(code[3])
    guard flags & 1 != 0 else { return }
    guard end >= 7 else { throw .invalid }
    let count = Int(code[5])
    guard count > 0, 7 + count <= end else { throw .invalid }
    words[RegexHeader.prefix] = UInt64(data.count) << 32 | UInt64(count)
    for index in 0..<count { data.append(UInt64(code[7 + index])) }
  }

  /// Finds an instruction for the first character, and whether only the text's start will do.
  private mutating func findFirst() {
    var place = RegexHeader.count
    while true {
      let word = words[place]
      switch RegexOp(rawValue: RegexWord.op(word)) {
      case .jump: place = RegexWord.y(word)
      case .mark: place += 1
      case .at:
        let kind = RegexPlace(rawValue: RegexWord.x(word))
        if kind == .beginning || kind == .beginningString { words[RegexHeader.isAnchored] = 1 }
        return
      case .literal, .notLiteral, .any, .set, .foldedLiteral, .notFoldedLiteral:
        words[RegexHeader.first] = word
        return
      case .greedyOne, .lazyOne, .possessiveOne:
        if words[place + 1] & 0xFFFF_FFFF > 0, words[place + 2] != RegexWord.make(.anyAll) {
          words[RegexHeader.first] = words[place + 2]
        }
        return
      default: return
      }
    }
  }

  // MARK: Writing

  @discardableResult
  mutating func emit(_ op: RegexOp, x: Int = 0, y: Int = 0) -> Int {
    words.append(RegexWord.make(op, x: x, y: y))
    return words.count - 1
  }

  mutating func append(_ word: UInt64) { words.append(word) }

  mutating func patch(_ place: Int, to target: Int) {
    words[place] = words[place] & 0xFFFF_FFFF | UInt64(target) << 32
  }

  // MARK: Reading

  /// Where the block ends whose length stands at `index`.
  func end(of index: Int, within limit: Int) throws(Failure) -> Int {
    guard index < limit else { throw .invalid }
    let end = index + Int(code[index])
    guard end > index, end <= limit else { throw .invalid }
    return end
  }

  func operand(_ index: Int, _ limit: Int) throws(Failure) -> UInt32 {
    guard index < limit else { throw .invalid }
    return code[index]
  }

  func character(_ index: Int, _ limit: Int) throws(Failure) -> Int {
    let scalar = try operand(index, limit)
    return Int(scalar)
  }

  /// Instructions until the end of the range. True when the last was a jump out of a branch or a condition.
  @discardableResult
  mutating func block(_ range: Range<Int>) throws(Failure) -> Int? {
    guard depth < 1000 else { throw .tooDeep }
    depth += 1
    defer { depth -= 1 }
    var index = range.lowerBound
    let limit = range.upperBound
    while index < limit {
      guard let op = Code(rawValue: code[index]) else { throw .invalid }
      if op == .jump {
        // Only the last in an alternative; what it jumps to is for the caller to know.
        guard index + 2 == limit else { throw .invalid }
        return try end(of: index + 1, within: code.count)
      }
      index = try instruction(op, at: index, limit)
    }
    return nil
  }

  private mutating func instruction(_ op: Code, at index: Int, _ limit: Int) throws(Failure) -> Int {
    switch op {
    case .failure:
      emit(.fail)
      return index + 1
    case .mark:
      let mark = Int(try operand(index + 1, limit))
      guard mark < groups * 2 else { throw .invalid }
      emit(.mark, x: mark)
      return index + 2
    case .at:
      let place = Int(try operand(index + 1, limit))
      guard RegexPlace(rawValue: place) != nil else { throw .invalid }
      emit(.at, x: place)
      return index + 2
    case .groupReference, .groupReferenceIgnore, .groupReferenceLocale, .groupReferenceUnicode:
      let group = Int(try operand(index + 1, limit))
      guard group < groups else { throw .invalid }
      emit(.groupReference, x: group, y: RegexTranslator.fold(op).rawValue)
      return index + 2
    case .branch: return try branch(index, limit)
    case .groupExists: return try condition(index, limit)
    case .assert, .assertNot: return try assertion(op, index, limit)
    case .atomicGroup:
      let end = try end(of: index + 1, within: limit)
      emit(.atomicStart)
      try closedBlock(index + 2, end)
      emit(.atomicEnd)
      return end
    case .repeat: return try repetition(index, limit)
    case .possessiveRepeat: return try possessive(index, limit)
    case .repeatOne, .minRepeatOne, .possessiveRepeatOne: return try repetitionOfOne(op, index, limit)
    default: return try item(op, at: index, limit)
    }
  }

  static func fold(_ op: Code) -> RegexFold {
    switch op {
    case .groupReferenceIgnore, .inIgnore, .literalIgnore, .notLiteralIgnore: .ascii
    case .groupReferenceUnicode, .inUnicode, .literalUnicode, .notLiteralUnicode: .unicode
    case .groupReferenceLocale, .inLocale, .literalLocale, .notLiteralLocale: .locale
    default: .none
    }
  }

  /// A block that ends with SUCCESS.
  mutating func closedBlock(_ start: Int, _ end: Int) throws(Failure) {
    guard start < end, code[end - 1] == Code.success.rawValue else { throw .invalid }
    guard try block(start..<end - 1) == nil else { throw .invalid }
  }
}
