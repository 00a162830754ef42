/// `str.format`: a format string with replacement fields, `{name.attribute[item]!conversion:spec}`, where the spec may
/// have fields of its own.
struct StringFormatter {
  private let vm: VM
  /// The tuple of positional arguments; nil for `format_map`.
  private let positional: Value?
  private let mapping: Value
  private enum Numbering { case unknown, automatic, manual }
  private var numbering = Numbering.unknown
  private var nextIndex = 0

  init(_ vm: VM, positional: Value?, mapping: Value) {
    self.vm = vm
    self.positional = positional
    self.mapping = mapping
  }

  /// The whole result. `text` must stay reachable: it is an argument of the caller.
  mutating func format(_ text: Value) throws(Unwind) -> Value {
    var out = TextBuilder(vm, capacity: PyString(vm, text).count)
    try format(text, 0..<PyString(vm, text).count, depth: 2, into: &out)
    return try out.finish()
  }

  private mutating func format(
    _ text: Value, _ range: Range<Int>, depth: Int, into out: inout TextBuilder
  ) throws(Unwind) {
    if depth == 0 { throw vm.raise(.valueError, "Max string recursion exceeded") }
    var scanner = FormatScanner(vm, text, range)
    while let piece = try scanner.next() {
      try out.append(text, from: piece.literal.lowerBound, count: piece.literal.count)
      guard let field = piece.field else { continue }
      try vm.charge(4)
      try append(text, field, depth: depth, into: &out)
    }
  }

  private mutating func append(
    _ text: Value, _ field: FormatScanner.Field, depth: Int, into out: inout TextBuilder
  ) throws(Unwind) {
    if field.name.isEmpty, field.spec.isEmpty, field.conversion == nil {
      let value = try argument(number(nil))
      if value.isInt { return try out.append(decimal: value.int) }
      if vm.isExactString(value) { return try out.append(value) }
      return try out.append(vm.formatValue(value))
    }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var value = try object(text, field.name)
    vm.keep(value)
    if let conversion = field.conversion {
      value = try convert(value, conversion)
      vm.keep(value)
    }
    if field.spec.isEmpty {
      try out.append(vm.formatValue(value))
      return
    }
    var spec: Value
    if field.specHasFields {
      var inner = TextBuilder(vm)
      try format(text, field.spec, depth: depth - 1, into: &inner)
      spec = try inner.finish()
    } else {
      spec = try vm.substring(text, from: field.spec.lowerBound, count: field.spec.count)
    }
    vm.keep(spec)
    spec = try vm.formatValue(value, spec: spec)
    try out.append(spec)
  }

  private func convert(_ value: Value, _ conversion: UInt32) throws(Unwind) -> Value {
    switch conversion {
    case 0x72: return try vm.repr(value)
    case 0x73: return try vm.str(value)
    case 0x61: return try vm.ascii(value)
    default:
      if conversion > 32, conversion < 127, let scalar = Unicode.Scalar(conversion) {
        throw vm.raise(.valueError, "Unknown conversion specifier \(scalar)")
      }
      throw vm.raise(.valueError, "Unknown conversion specifier \\x\(String(conversion, radix: 16))")
    }
  }

  /// The object that a field names.
  private mutating func object(_ text: Value, _ name: Range<Int>) throws(Unwind) -> Value {
    var path = FieldPath(vm, text, name)
    let first = try path.first()
    var value: Value
    if first.isEmpty || path.firstIndex != nil {
      value = try argument(number(path.firstIndex))
    } else {
      let key = try vm.substring(text, from: first.lowerBound, count: first.count)
      let mark = vm.keepMark()
      vm.keep(key)
      defer { vm.keepRelease(mark) }
      if vm.isExactly(mapping, .dict) {
        guard let found = try PyDict(vm, mapping).get(key) else { throw vm.raise(.keyError, arguments: [key]) }
        value = found
      } else {
        value = try vm.getItem(mapping, key)
      }
    }
    while let step = try path.next() {
      let mark = vm.keepMark()
      vm.keep(value)
      defer { vm.keepRelease(mark) }
      switch step {
      case .attribute(let range):
        let name = try vm.substring(text, from: range.lowerBound, count: range.count)
        value = try vm.getAttribute(value, vm.intern(name))
      case .index(let index): value = try vm.getItem(value, vm.integer(index))
      case .key(let range):
        let key = try vm.substring(text, from: range.lowerBound, count: range.count)
        vm.keep(key)
        value = try vm.getItem(value, key)
      }
    }
    return value
  }

  private func argument(_ index: Int) throws(Unwind) -> Value {
    guard let positional else { throw vm.raise(.valueError, "Format string contains positional fields") }
    let arguments = PyTuple(vm, positional)
    guard index < arguments.count else {
      throw vm.raise(.indexError, "Replacement index \(index) out of range for positional args tuple")
    }
    return arguments[index]
  }

  /// The position of a numbered field (nil: the next one); the two kinds don't mix.
  private mutating func number(_ explicit: Int?) throws(Unwind) -> Int {
    if let explicit {
      if numbering == .automatic {
        throw vm.raise(
          .valueError, "cannot switch from automatic field numbering to manual field specification")
      }
      numbering = .manual
      return explicit
    }
    if numbering == .manual {
      throw vm.raise(
        .valueError, "cannot switch from manual field specification to automatic field numbering")
    }
    numbering = .automatic
    nextIndex += 1
    return nextIndex - 1
  }
}

/// Takes a format string apart into literal text and replacement fields.
struct FormatScanner {
  struct Field {
    var name: Range<Int>
    var conversion: UInt32?
    var spec: Range<Int>
    var specHasFields: Bool
  }
  struct Piece {
    var literal: Range<Int>
    var field: Field?
  }

  private let vm: VM
  private let text: Value
  private var position: Int
  private let end: Int

  init(_ vm: VM, _ text: Value, _ range: Range<Int>) {
    self.vm = vm
    self.text = text
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next stretch of literal text with the field that follows it; nil at the end.
  mutating func next() throws(Unwind) -> Piece? {
    guard position < end else { return nil }
    let view = PyString(vm, text)
    let start = position
    var scalar: UInt32 = 0
    var foundBrace = false
    while position < end {
      scalar = view[position]
      position += 1
      if scalar == 0x7B || scalar == 0x7D {
        foundBrace = true
        break
      }
    }
    guard foundBrace else { return Piece(literal: start..<position, field: nil) }
    let isAtEnd = position >= end
    let isDoubled = !isAtEnd && view[position] == scalar
    if scalar == 0x7D, !isDoubled {
      throw vm.raise(.valueError, "Single '}' encountered in format string")
    }
    if isAtEnd, scalar == 0x7B { throw vm.raise(.valueError, "Single '{' encountered in format string") }
    if isDoubled {
      position += 1
      return Piece(literal: start..<position - 1, field: nil)
    }
    let literal = start..<position - 1
    return Piece(literal: literal, field: try field(view))
  }

  /// Parses a field after its opening brace: its end is where the braces balance.
  private mutating func field(_ view: PyString) throws(Unwind) -> Field {
    let start = position
    var depth = 1
    var isInBrackets = false
    var hasInnerFields = false
    var nameEnd: Int?
    while position < end {
      let scalar = view[position]
      switch scalar {
      // What stands between brackets is an index as it is.
      case 0x5D: isInBrackets = false
      case _ where isInBrackets: break
      case 0x7B: throw vm.raise(.valueError, "unexpected '{' in field name")
      case 0x5B: isInBrackets = true
      case 0x7D, 0x3A, 0x21: nameEnd = position
      default: break
      }
      if nameEnd != nil { break }
      position += 1
    }
    guard let nameEnd else { throw vm.raise(.valueError, "expected '}' before end of string") }
    var conversion: UInt32?
    var cursor = nameEnd
    if view[cursor] == 0x21 {
      cursor += 1
      guard cursor < end else {
        throw vm.raise(.valueError, "end of string while looking for conversion specifier")
      }
      conversion = view[cursor]
      cursor += 1
      guard cursor < end else { throw vm.raise(.valueError, "unmatched '{' in format spec") }
      if view[cursor] != 0x3A, view[cursor] != 0x7D {
        throw vm.raise(.valueError, "expected ':' after conversion specifier")
      }
    }
    if view[cursor] == 0x7D {
      position = cursor + 1
      return Field(name: start..<nameEnd, conversion: conversion, spec: cursor..<cursor, specHasFields: false)
    }
    cursor += 1
    let specStart = cursor
    while cursor < end {
      if view[cursor] == 0x7B {
        hasInnerFields = true
        depth += 1
      } else if view[cursor] == 0x7D {
        depth -= 1
        if depth == 0 { break }
      }
      cursor += 1
    }
    guard depth == 0 else { throw vm.raise(.valueError, "unmatched '{' in format spec") }
    position = cursor + 1
    return Field(
      name: start..<nameEnd, conversion: conversion, spec: specStart..<cursor, specHasFields: hasInnerFields)
  }
}

/// A field's name taken apart: a first part, then attributes and items.
struct FieldPath {
  enum Step {
    case attribute(Range<Int>)
    case index(Int)
    case key(Range<Int>)
  }

  private let vm: VM
  private let text: Value
  private var position: Int
  private let end: Int
  /// The first part as a number, if it is one.
  private(set) var firstIndex: Int?

  init(_ vm: VM, _ text: Value, _ name: Range<Int>) {
    self.vm = vm
    self.text = text
    position = name.lowerBound
    end = name.upperBound
  }

  /// The first part: a name, a number or nothing.
  mutating func first() throws(Unwind) -> Range<Int> {
    let view = PyString(vm, text)
    let start = position
    while position < end, view[position] != 0x2E, view[position] != 0x5B { position += 1 }
    firstIndex = try index(start..<position)
    return start..<position
  }

  /// The next attribute or item; nil at the end.
  mutating func next() throws(Unwind) -> Step? {
    guard position < end else { return nil }
    let view = PyString(vm, text)
    let scalar = view[position]
    position += 1
    let start = position
    if scalar == 0x2E {
      while position < end, view[position] != 0x2E, view[position] != 0x5B { position += 1 }
      if start == position { throw vm.raise(.valueError, "Empty attribute in format string") }
      return .attribute(start..<position)
    }
    guard scalar == 0x5B else {
      throw vm.raise(.valueError, "Only '.' or '[' may follow ']' in format field specifier")
    }
    while position < end, view[position] != 0x5D { position += 1 }
    guard position < end else { throw vm.raise(.valueError, "Missing ']' in format string") }
    let range = start..<position
    position += 1
    if range.isEmpty { throw vm.raise(.valueError, "Empty attribute in format string") }
    if let index = try index(range) { return .index(index) }
    return .key(range)
  }

  /// A range of digits only as a number; nil if it is anything else.
  private func index(_ range: Range<Int>) throws(Unwind) -> Int? {
    guard !range.isEmpty else { return nil }
    let view = PyString(vm, text)
    var number = 0
    for place in range {
      guard let digit = CharacterClass.decimal(view[place]) else { return nil }
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      guard !overflow, product <= Int.max - digit else {
        throw vm.raise(.valueError, "Too many decimal digits in format string")
      }
      number = product + digit
    }
    return number
  }
}
