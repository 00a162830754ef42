/// Instructions that contain others.
extension RegexTranslator {
  mutating func branch(_ start: Int, _ limit: Int) throws(Failure) -> Int {
    var index = start + 1
    var jumps: [Int] = []
    var target: Int?
    while true {
      let skip = try operand(index, limit)
      if skip == 0 { break }
      let end = try end(of: index, within: limit)
      let isLast = try operand(end, limit) == 0
      let fork = isLast ? nil : emit(.fork)
      guard let jumpsTo = try block(index + 1..<end), target == nil || target == jumpsTo else { throw .invalid }
      target = jumpsTo
      if !isLast { jumps.append(emit(.jump)) }
      if let fork { patch(fork, to: words.count) }
      index = end
    }
    guard let target, target == index + 1 else { throw .invalid }
    for jump in jumps { patch(jump, to: words.count) }
    return target
  }

  /// `(?(group)yes|no)`
  mutating func condition(_ start: Int, _ limit: Int) throws(Failure) -> Int {
    let group = Int(try operand(start + 1, limit))
    guard group < groups, start + 2 < limit else { throw .invalid }
    // The length counts from the group on.
    let yesEnd = start + 1 + Int(code[start + 2])
    guard yesEnd >= start + 3, yesEnd <= limit else { throw .invalid }
    let test = emit(.groupExists, x: group)
    guard let end = try block(start + 3..<yesEnd) else {
      patch(test, to: words.count)
      return yesEnd
    }
    let jump = emit(.jump)
    patch(test, to: words.count)
    guard end >= yesEnd, end <= limit, try block(yesEnd..<end) == nil else { throw .invalid }
    patch(jump, to: words.count)
    return end
  }

  mutating func assertion(_ op: Code, _ start: Int, _ limit: Int) throws(Failure) -> Int {
    let end = try end(of: start + 1, within: limit)
    let back = Int(try operand(start + 2, limit))
    // More than a text can have never matches.
    let isPositive = op == .assert
    let first = emit(isPositive ? .assertStart : .refuteStart, x: min(back, 0xFF_FFFF))
    try closedBlock(start + 3, end)
    emit(isPositive ? .assertEnd : .refuteEnd)
    patch(first, to: words.count)
    return end
  }

  /// `REPEAT skip least most body UNTIL`
  mutating func repetition(_ start: Int, _ limit: Int) throws(Failure) -> Int {
    let end = try end(of: start + 1, within: limit - 1)
    let (least, most) = try bounds(start + 2, limit)
    let slot = try takeSlots()
    let isGreedy = code[end] == Code.maxUntil.rawValue
    guard isGreedy || code[end] == Code.minUntil.rawValue else { throw .invalid }
    let first = emit(.repeatStart, x: slot)
    guard start + 4 <= end, try block(start + 4..<end) == nil else { throw .invalid }
    patch(first, to: words.count)
    emit(isGreedy ? .greedyEnd : .lazyEnd, x: slot, y: first + 1)
    append(UInt64(least) | UInt64(most) << 32)
    return end + 1
  }

  /// `POSSESSIVE_REPEAT skip least most body SUCCESS`
  mutating func possessive(_ start: Int, _ limit: Int) throws(Failure) -> Int {
    let end = try end(of: start + 1, within: limit - 1)
    let (least, most) = try bounds(start + 2, limit)
    guard code[end] == Code.success.rawValue, start + 4 <= end else { throw .invalid }
    let slot = try takeSlots()
    let first = emit(.repeatStart, x: slot)
    patch(first, to: words.count)
    let round = emit(.possessiveStart, x: slot)
    append(UInt64(least) | UInt64(most) << 32)
    guard try block(start + 4..<end) == nil else { throw .invalid }
    emit(.atomicEnd)
    emit(.jump, y: round)
    patch(round, to: words.count)
    return end + 1
  }

  /// `REPEAT_ONE skip least most item SUCCESS`
  mutating func repetitionOfOne(_ op: Code, _ start: Int, _ limit: Int) throws(Failure) -> Int {
    let end = try end(of: start + 1, within: limit)
    let (least, most) = try bounds(start + 2, limit)
    guard start + 5 < end, code[end - 1] == Code.success.rawValue else { throw .invalid }
    let kind: RegexOp = op == .repeatOne ? .greedyOne : op == .minRepeatOne ? .lazyOne : .possessiveOne
    let first = emit(kind)
    append(UInt64(least) | UInt64(most) << 32)
    guard let itemCode = Code(rawValue: code[start + 4]) else { throw .invalid }
    guard try item(itemCode, at: start + 4, end - 1) == end - 1 else { throw .invalid }
    patch(first, to: words.count)
    return end
  }

  private func bounds(_ index: Int, _ limit: Int) throws(Failure) -> (UInt32, UInt32) {
    let least = try operand(index, limit)
    let most = try operand(index + 1, limit)
    guard least <= most else { throw .invalid }
    return (least, most)
  }

  private mutating func takeSlots() throws(Failure) -> Int {
    slots += 2
    guard slots < 0xFF_FFFF else { throw .invalid }
    return slots - 2
  }
}

/// Instructions for one character.
extension RegexTranslator {
  mutating func item(_ op: Code, at index: Int, _ limit: Int) throws(Failure) -> Int {
    switch op {
    case .any: emit(.any)
    case .anyAll: emit(.anyAll)
    case .literal: emit(.literal, y: try character(index + 1, limit))
    case .notLiteral: emit(.notLiteral, y: try character(index + 1, limit))
    case .literalIgnore, .literalUnicode, .literalLocale:
      emit(.foldedLiteral, x: RegexTranslator.fold(op).rawValue, y: try character(index + 1, limit))
    case .notLiteralIgnore, .notLiteralUnicode, .notLiteralLocale:
      emit(.notFoldedLiteral, x: RegexTranslator.fold(op).rawValue, y: try character(index + 1, limit))
    case .category:
      let number = try operand(index + 1, limit)
      guard RegexCategory(rawValue: Int(number)) != nil else { throw .invalid }
      makeSet([RegexSet.make(.category, y: number)], bitmaps: [], fold: .none)
    case .in, .inIgnore, .inLocale, .inUnicode:
      let end = try end(of: index + 1, within: limit)
      try readSet(index + 2, end, fold: RegexTranslator.fold(op))
      return end
    default: throw .invalid
    }
    return op == .any || op == .anyAll ? index + 1 : index + 2
  }

  private mutating func readSet(_ start: Int, _ end: Int, fold: RegexFold) throws(Failure) {
    var items: [UInt64] = []
    var bitmaps: [UInt64] = []
    var bitmapItems: [(item: Int, bitmap: Int)] = []
    var index = start
    while true {
      guard index < end, let op = Code(rawValue: code[index]) else { throw .invalid }
      switch op {
      case .failure:
        guard index + 1 == end else { throw .invalid }
        for (item, bitmap) in bitmapItems { items[item] |= UInt64(items.count + bitmap) << 32 }
        return makeSet(items, bitmaps: bitmaps, fold: fold)
      case .negate:
        items.append(RegexSet.make(.negate))
        index += 1
      case .literal:
        items.append(RegexSet.make(.literal, y: try operand(index + 1, end)))
        index += 2
      case .range, .rangeUnicode:
        let first = try operand(index + 1, end)
        let last = try operand(index + 2, end)
        // A range beyond the last character is empty.
        let kind: RegexSet.Item = op == .range ? .range : .foldedRange
        items.append(RegexSet.make(kind, x: min(first, 0xFF_FFFF), y: last))
        index += 3
      case .category:
        let number = try operand(index + 1, end)
        guard RegexCategory(rawValue: Int(number)) != nil else { throw .invalid }
        items.append(RegexSet.make(.category, y: number))
        index += 2
      case .charset:
        guard index + 9 <= end else { throw .invalid }
        bitmapItems.append((items.count, bitmaps.count))
        items.append(RegexSet.make(.bitmap))
        appendPairs(index + 1, count: 4, to: &bitmaps)
        index += 9
      case .bigCharset:
        let chunks = Int(try operand(index + 1, end))
        let length = 64 + chunks * 8
        guard chunks <= 256, index + 2 + length <= end else { throw .invalid }
        bitmapItems.append((items.count, bitmaps.count))
        items.append(RegexSet.make(.bigBitmap))
        appendPairs(index + 2, count: length / 2, to: &bitmaps)
        index += 2 + length
        let numbers = bitmaps[(bitmaps.count - length / 2)...].prefix(32)
        for word in numbers {
          for shift in 0..<UInt64(8) where Int(word >> (shift * 8) & 0xFF) >= chunks { throw .invalid }
        }
      default: throw .invalid
      }
    }
  }

  /// Two words of code in one.
  private func appendPairs(_ start: Int, count: Int, to words: inout [UInt64]) {
    for pair in 0..<count {
      words.append(UInt64(code[start + pair * 2]) | UInt64(code[start + pair * 2 + 1]) << 32)
    }
  }

  /// Writes the set among the data, and the instruction that asks it. Bitmaps are numbered by their place behind
  /// the first item.
  private mutating func makeSet(_ items: [UInt64], bitmaps: [UInt64], fold: RegexFold) {
    let all = items + bitmaps
    let place = data.count
    for word in 0..<RegexSet.bitmapWords {
      var bits: UInt64 = 0
      for bit in 0..<64 {
        let scalar = UInt32(word * 64 + bit)
        let isIn = RegexSet.contains(scalar, fold: fold, first: 0, count: items.count) { all[$0] }
        if isIn { bits |= 1 << UInt64(bit) }
      }
      data.append(bits)
    }
    data.append(UInt64(items.count))
    let first = data.count
    for item in items {
      let kind = RegexSet.Item(rawValue: UInt8(truncatingIfNeeded: item))
      if kind == .bitmap || kind == .bigBitmap { dataReferences.append(data.count) }
      data.append(kind == .bitmap || kind == .bigBitmap ? item &+ UInt64(first) << 32 : item)
    }
    data += bitmaps
    references.append(emit(.set, x: fold.rawValue, y: place))
  }
}
