/// The text that is searched: a str, or an object with bytes.
struct RegexSubject {
  let value: Value
  let isBytes: Bool
  let units: Bytes
  let widthShift: Int
  let count: Int

  /// Nil when the value is neither.
  init?(_ vm: VM, _ value: Value) throws(Unwind) {
    self.value = value
    if vm.isString(value) {
      let string = PyString(vm, value)
      units = string.units
      widthShift = string.widthShift
      count = string.count
      isBytes = false
      return
    }
    guard BytesView(vm, value) != nil || vm.is(value, .memoryview) else { return nil }
    let view = try vm.requireBytes(value)
    units = view.bytes
    count = view.count
    widthShift = 0
    isBytes = true
  }

  /// A part, as `str` or `bytes`.
  func slice(_ vm: VM, _ start: Int, _ end: Int) throws(Unwind) -> Value {
    let last = min(end, count)
    let first = min(start, last)
    if !isBytes { return try vm.substring(value, from: first, count: last - first) }
    if first == 0, last == count, vm.isExactly(value, .bytes) { return value }
    try vm.charge((last - first) >> 6)
    return try vm.newBytes(units.advanced(by: first), count: last - first)
  }
}

/// A pattern at work on a text: where it stands, and what it found last.
struct RegexSearch {
  let vm: VM
  let pattern: PyPattern
  let subject: RegexSubject
  private var matcher: RegexMatcher
  /// What `pos` and `endpos` came to.
  let first: Int
  let end: Int
  /// Where the next search starts.
  private(set) var start: Int
  private(set) var matchStart = 0
  var matchEnd: Int { matcher.matchEnd }

  /// `last` is nil for the text's end. Takes the pattern's memory; `finish` gives it back.
  init(_ vm: VM, _ pattern: Value, _ text: Value, from first: Int = 0, to last: Int = Int.max) throws(Unwind) {
    self.vm = vm
    self.pattern = PyPattern(vm, pattern)
    guard let subject = try RegexSubject(vm, text) else {
      throw vm.raise(.typeError, "expected string or bytes-like object, got '\(vm.typeName(text))'")
    }
    let kind = self.pattern.isBytes
    if kind == .true, !subject.isBytes {
      throw vm.raise(.typeError, "cannot use a bytes pattern on a string-like object")
    }
    if kind == .false, subject.isBytes {
      throw vm.raise(.typeError, "cannot use a string pattern on a bytes-like object")
    }
    self.subject = subject
    end = min(max(last, 0), subject.count)
    self.first = min(max(first, 0), subject.count)
    start = self.first
    let (memory, capacity) = try self.pattern.takeMemory()
    matcher = RegexMatcher(
      vm, program: self.pattern.program, units: subject.units, end: end, memory: memory, capacity: capacity)
    matcher.budget = RegexMatcher.slice
  }

  /// Gives the pattern its memory back, and charges the rest.
  mutating func finish() throws(Unwind) {
    pattern.giveBack(matcher.memory, matcher.capacity)
    try matcher.settle()
  }

  /// Looks for the next match.
  mutating func search() throws(Unwind) -> Bool {
    guard start <= end else { return false }
    matcher.reset()
    let found =
      switch subject.widthShift {
      case 0: try matcher.search(NarrowUnits.self, from: start)
      case 1: try matcher.search(MediumUnits.self, from: start)
      default: try matcher.search(WideUnits.self, from: start)
      }
    guard let found else { return false }
    matchStart = found
    return true
  }

  /// Whether the pattern matches where it stands; up to the end, if `all`.
  mutating func match(all: Bool = false) throws(Unwind) -> Bool {
    guard start <= end else { return false }
    matcher.reset()
    matcher.matchesAll = all
    matchStart = start
    return switch subject.widthShift {
    case 0: try matcher.matches(NarrowUnits.self, at: start)
    case 1: try matcher.matches(MediumUnits.self, at: start)
    default: try matcher.matches(WideUnits.self, at: start)
    }
  }

  /// Goes on behind the match; after an empty one the next must not be empty at the same place.
  mutating func advance() {
    moveOn(to: matchEnd, isAfterEmpty: matchEnd == matchStart)
  }

  mutating func moveOn(to place: Int, isAfterEmpty: Bool) {
    start = place
    matcher.emptyNotAt = isAfterEmpty ? place : -1
  }

  var isAfterEmpty: Bool { matcher.emptyNotAt >= 0 }

  /// The ends of a group of the match; nil when it did not take part.
  func span(_ group: Int) -> (Int, Int)? {
    if group == 0 { return (matchStart, matchEnd) }
    guard matcher.isSet(group - 1) else { return nil }
    return (matcher.slot(group * 2 - 2), matcher.slot(group * 2 - 1))
  }

  /// The text of a group of the match.
  func text(_ group: Int, otherwise: Value) throws(Unwind) -> Value {
    guard let (first, last) = span(group) else { return otherwise }
    return try subject.slice(vm, first, last)
  }

  /// The match as an object.
  func makeMatch() throws(Unwind) -> Value {
    let groups = pattern.groups
    let spans = try vm.newTuple(count: (groups + 1) * 2)
    let view = PyTuple(vm, spans)
    for group in 0...groups {
      let span = span(group) ?? (-1, -1)
      view[group * 2] = Value(small: span.0)
      view[group * 2 + 1] = Value(small: span.1)
    }
    return Value(
      try vm.allocateRecord(
        .record, class: vm.type(.regexMatch), subject.value, pattern.value, Value(small: first), Value(small: end),
        Value(small: matcher.lastGroup), spans))
  }
}
