import PythonBytecode
import PythonSyntax

/// `match`: each pattern is a series of tests that go to the next case when they fail.
///
/// What a pattern captures stays in temporaries until the whole pattern has matched; only then are the names assigned.
extension UnitCompiler {
  /// The names that a pattern captures, each with the register that holds its value.
  struct Captures {
    var names: [String] = []
    var registers: [Register] = []
  }

  func compileMatch(_ subject: Expression, _ cases: [MatchCase]) throws(SyntaxError) {
    let value = code.allocate()
    try evaluate(subject, into: value)
    let end = code.newLabel()
    for (index, branch) in cases.enumerated() {
      let mark = code.top
      let isLast = index == cases.count - 1
      let next = code.newLabel()
      here = branch.pattern.span
      if !isLast, branch.guardTest == nil { try refuseIrrefutable(branch.pattern) }
      var captures = Captures()
      try match(branch.pattern, value, failing: next, &captures)
      here = branch.pattern.span
      for (name, register) in zip(captures.names, captures.registers) { storeName(name, from: register) }
      if let test = branch.guardTest { try jump(ifTrue: false, test, to: next) }
      code.release(to: mark)
      if case .as(nil, nil) = branch.pattern.kind { code.emit(.nop, at: branch.pattern.span) }
      try compile(branch.body)
      if !isLast { code.jump(to: end, at: .nowhere) }
      code.bind(next)
      code.release(to: mark)
    }
    code.bind(end)
  }

  private func refuseIrrefutable(_ pattern: Pattern) throws(SyntaxError) {
    let saved = here
    defer { here = saved }
    here = pattern.span
    switch pattern.kind {
    case .as(nil, let name?): throw error("name capture '\(name)' makes remaining patterns unreachable")
    case .as(nil, nil): throw error("wildcard makes remaining patterns unreachable")
    case .as(let inner?, _): try refuseIrrefutable(inner)
    case .or(let alternatives): if let last = alternatives.last { try refuseIrrefutable(last) }
    default: break
    }
  }

  private func match(
    _ pattern: Pattern, _ subject: Register, failing: Label, _ captures: inout Captures
  ) throws(SyntaxError) {
    try enterLevel()
    let saved = here
    defer {
      leaveLevel()
      here = saved
    }
    here = pattern.span
    lastPattern = pattern.span
    switch pattern.kind {
    case .value(let expression):
      if case .joinedString = expression.kind { throw error("patterns may only match literals and attribute lookups") }
      if let immediate = immediate(expression) {
        code.branch(.jumpUnlessEqualInt, subject, immediate, to: failing, at: here)
      } else {
        code.branch(.jumpUnlessEqual, subject, try operand(expression), to: failing, at: here)
      }
    case .singleton(let constant):
      if constant == .none {
        _ = code.constant(.none)
        code.branch(.jumpIfNotNone, subject, to: failing, at: here)
      } else {
        let register = constantOperand(CodeConstant(constant), scratch: nil)
        code.branch(.jumpIfIsNot, subject, register, to: failing, at: here)
      }
    case .sequence(let patterns): try matchSequence(patterns, subject, failing, &captures)
    case .mapping(let keys, let patterns, let rest):
      try matchMapping(keys, patterns, rest, subject, failing, &captures)
    case .class(let type, let patterns, let names, let keywordPatterns):
      try matchClass(type, patterns, names, keywordPatterns, subject, failing, &captures)
    case .star(let name): if let name { try capture(name, subject, &captures) }
    case .as(let inner, let name):
      if let inner { try match(inner, subject, failing: failing, &captures) }
      if let name { try capture(name, subject, &captures) }
    case .or(let alternatives): try matchAlternatives(alternatives, subject, failing, &captures)
    }
  }

  private func capture(_ name: String, _ register: Register, _ captures: inout Captures) throws(SyntaxError) {
    try refuseDebug(name)
    if captures.names.contains(name) { throw error("multiple assignments to name '\(name)' in pattern") }
    captures.names.append(name)
    captures.registers.append(register)
  }

  // MARK: Sequences

  private func matchSequence(
    _ patterns: [Pattern], _ subject: Register, _ failing: Label, _ captures: inout Captures
  ) throws(SyntaxError) {
    var star: Int?
    for (index, pattern) in patterns.enumerated() {
      guard case .star = pattern.kind else { continue }
      if star != nil { throw error("multiple starred names in sequence pattern") }
      star = index
    }
    if patterns.count >= 1 << 15 { throw error("too many expressions in star-unpacking sequence pattern") }
    let test = code.allocate()
    code.emit(.matchSequence, test, subject, at: here)
    code.branch(.jumpIfFalse, test, to: failing, at: here)
    let length = code.allocate()
    if star == nil || patterns.count > 1 {
      code.emit(.getLength, length, subject, at: here)
      let wanted = star == nil ? patterns.count : patterns.count - 1
      code.branch(
        star == nil ? .jumpUnlessEqualInt : .jumpUnlessGreaterOrEqualInt, length, wanted, to: failing, at: here)
    }
    if patterns.allSatisfy(\.isWildcard) { return }
    if let star, patterns[star].isWildcard {
      return try matchItems(patterns, star, subject, length, failing, &captures)
    }
    let first = code.allocate(patterns.count)
    if let star {
      code.emit(.unpackStarred, subject, star, patterns.count - star - 1, at: here)
    } else {
      code.emit(.unpack, subject, patterns.count, at: here)
    }
    code.emitNumbers(Array(first..<first + patterns.count), role: .registers, at: here)
    for (index, pattern) in patterns.enumerated() {
      try match(pattern, first + index, failing: failing, &captures)
    }
  }

  /// `[a, *_, b]` takes single items out, and never makes the list between.
  private func matchItems(
    _ patterns: [Pattern], _ star: Int, _ subject: Register, _ length: Register, _ failing: Label,
    _ captures: inout Captures
  ) throws(SyntaxError) {
    for (index, pattern) in patterns.enumerated() where index != star && !pattern.isWildcard {
      let item = code.allocate()
      if index < star {
        code.emit(.loadItemInt, item, subject, index, at: here)
      } else {
        code.emit(.subtractInt, item, length, patterns.count - index, at: here)
        code.emit(.loadItem, item, subject, item, at: here)
      }
      try match(pattern, item, failing: failing, &captures)
    }
  }

  // MARK: Mappings

  private func matchMapping(
    _ keys: [Expression], _ patterns: [Pattern], _ rest: String?, _ subject: Register, _ failing: Label,
    _ captures: inout Captures
  ) throws(SyntaxError) {
    let test = code.allocate()
    code.emit(.matchMapping, test, subject, at: here)
    code.branch(.jumpIfFalse, test, to: failing, at: here)
    if keys.isEmpty, rest == nil { return }
    if keys.count >= 1 << 15 { throw error("too many sub-patterns in mapping pattern") }
    if !keys.isEmpty {
      code.emit(.getLength, test, subject, at: here)
      code.branch(.jumpUnlessGreaterOrEqualInt, test, keys.count, to: failing, at: here)
    }
    try refuseRepeatedKeys(keys)
    let tuple = code.allocate()
    let mark = code.top
    let first = code.allocate(0)
    for key in keys { try evaluate(key, into: code.allocate()) }
    code.emit(.buildTuple, tuple, keys.isEmpty ? tuple : first, keys.count, at: here)
    code.release(to: mark)
    let values = code.allocate()
    code.emit(.matchKeys, values, subject, tuple, at: here)
    code.branch(.jumpIfNone, values, to: failing, at: here)
    if !keys.isEmpty {
      let items = code.allocate(keys.count)
      code.emit(.unpack, values, keys.count, at: here)
      code.emitNumbers(Array(items..<items + keys.count), role: .registers, at: here)
      for (index, pattern) in patterns.enumerated() {
        try match(pattern, items + index, failing: failing, &captures)
      }
    }
    if let rest {
      let others = code.allocate()
      code.emit(.copyWithoutKeys, others, subject, tuple, at: here)
      try capture(rest, others, &captures)
    }
  }

  private func refuseRepeatedKeys(_ keys: [Expression]) throws(SyntaxError) {
    var seen: Set<CodeConstant> = []
    for key in keys {
      if case .joinedString = key.kind {
        throw error("mapping pattern keys may only match literals and attribute lookups")
      }
      guard let value = session.folder.constant(key) else { continue }
      if !seen.insert(value.asKey).inserted {
        throw error("mapping pattern checks duplicate key (\(value.text))")
      }
    }
  }

  // MARK: Classes

  private func matchClass(
    _ type: Expression, _ patterns: [Pattern], _ names: [String], _ keywordPatterns: [Pattern], _ subject: Register,
    _ failing: Label, _ captures: inout Captures
  ) throws(SyntaxError) {
    if patterns.count + names.count >= 1 << 15 {
      throw error("too many sub-patterns in class pattern")
    }
    for (index, name) in names.enumerated() {
      here = keywordPatterns[index].span
      try refuseDebug(name)
      if names[..<index].contains(name) {
        throw error("attribute name repeated in class pattern: \(name)")
      }
    }
    let register = try operand(type)
    let values = code.allocate()
    let constant = code.constant(.tuple(names.map { CodeConstant($0) }))
    code.emit(.matchClass, values, subject, register, at: here)
    code.emitPlain(UInt64(constant) | UInt64(patterns.count) << 32, at: here)
    code.branch(.jumpIfNone, values, to: failing, at: here)
    let all = patterns + keywordPatterns
    if all.isEmpty { return }
    let first = code.allocate(all.count)
    code.emit(.unpack, values, all.count, at: here)
    code.emitNumbers(Array(first..<first + all.count), role: .registers, at: here)
    for (index, pattern) in all.enumerated() {
      try match(pattern, first + index, failing: failing, &captures)
    }
  }

  // MARK: Alternatives

  private func matchAlternatives(
    _ alternatives: [Pattern], _ subject: Register, _ failing: Label, _ captures: inout Captures
  ) throws(SyntaxError) {
    let end = code.newLabel()
    var common = Captures()
    for (index, alternative) in alternatives.enumerated() {
      let isLast = index == alternatives.count - 1
      let next = isLast ? failing : code.newLabel()
      var own = Captures()
      here = alternative.span
      if !isLast { try refuseIrrefutable(alternative) }
      try match(alternative, subject, failing: next, &own)
      if index == 0 {
        common.names = own.names
        common.registers = own.names.isEmpty ? [] : Array(0..<own.names.count).map { _ in code.allocate() }
      } else if Set(own.names) != Set(common.names) {
        // CPython's place for it: the last pattern that it saw.
        here = lastPattern
        throw error("alternative patterns bind different names")
      }
      for (name, register) in zip(common.names, common.registers) {
        if let place = own.names.firstIndex(of: name) {
          code.emit(.move, register, own.registers[place], at: here)
        }
      }
      if !isLast {
        code.jump(to: end, at: .nowhere)
        code.bind(next)
      }
    }
    code.bind(end)
    for (name, register) in zip(common.names, common.registers) { try capture(name, register, &captures) }
  }
}

extension Pattern {
  /// `_`, or `*_`.
  fileprivate var isWildcard: Bool {
    switch kind {
    case .as(nil, nil), .star(nil): true
    default: false
    }
  }
}

extension CodeConstant {
  /// The same for constants that are equal as keys of a dict: a whole number of any type is an integer.
  fileprivate var asKey: CodeConstant {
    switch self {
    case .true: return .int(1)
    case .false: return .int(0)
    case .float(let bits):
      guard let whole = Int(exactly: Double(bitPattern: bits)) else { return self }
      return .int(whole)
    case .complex(let real, let imaginary):
      return Double(bitPattern: imaginary) == 0 ? CodeConstant.float(real).asKey : self
    default: return self
    }
  }
}
