/// `str`: finding and replacing.
extension StrType {
  static let search: [NativeFunction] = [
    NativeFunction("find", "self, sub, start=, end=, /", find),
    NativeFunction("rfind", "self, sub, start=, end=, /", rfind),
    NativeFunction("index", "self, sub, start=, end=, /", index),
    NativeFunction("rindex", "self, sub, start=, end=, /", rindex),
    NativeFunction("count", "self, sub, start=, end=, /", count),
    NativeFunction("startswith", "self, prefix, start=, end=, /", startsWith),
    NativeFunction("endswith", "self, suffix, start=, end=, /", endsWith),
    NativeFunction("replace", "self, old, new, count=-1, /", replace),
    NativeFunction("removeprefix", "self, prefix, /", removePrefix),
    NativeFunction("removesuffix", "self, suffix, /", removeSuffix),
    NativeFunction("partition", "self, sep, /", partition),
    NativeFunction("rpartition", "self, sep, /", rpartition),
  ]

  private static func place(_ vm: VM, _ a: Arguments, last: Bool) throws(Unwind) -> Int? {
    try vm.requireString(a[1], "must be str, not ")
    let text = PyString(vm, a[0])
    let bounds = try SearchBounds(vm, a, at: 2) { text.count }
    let needle = PyString(vm, a[1])
    return last
      ? try vm.findLast(needle, in: text, from: bounds.start, to: bounds.end)
      : try vm.find(needle, in: text, from: bounds.start, to: bounds.end)
  }

  static func find(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: try place(vm, a, last: false) ?? -1)
  }

  static func rfind(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    Value(small: try place(vm, a, last: true) ?? -1)
  }

  static func index(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let place = try place(vm, a, last: false) else { throw vm.raise(.valueError, "substring not found") }
    return Value(small: place)
  }

  static func rindex(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard let place = try place(vm, a, last: true) else { throw vm.raise(.valueError, "substring not found") }
    return Value(small: place)
  }

  static func count(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[1], "must be str, not ")
    let text = PyString(vm, a[0])
    let bounds = try SearchBounds(vm, a, at: 2) { text.count }
    let needle = PyString(vm, a[1])
    return Value(small: try vm.occurrences(of: needle, in: text, from: bounds.start, to: bounds.end))
  }

  static func startsWith(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try affix(vm, a, atEnd: false) }
  static func endsWith(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try affix(vm, a, atEnd: true) }

  private static func affix(_ vm: VM, _ a: Arguments, atEnd: Bool) throws(Unwind) -> Value {
    let text = PyString(vm, a[0])
    let name = atEnd ? "endswith" : "startswith"
    if vm.isString(a[1]), a[2].isUnbound {
      let part = PyString(vm, a[1])
      return Value(vm.stands(part, at: atEnd ? text.count - part.count : 0, in: text))
    }
    let bounds = try SearchBounds(vm, a, at: 2) { text.count }
    func matches(_ value: Value) -> Bool {
      let part = PyString(vm, value)
      guard bounds.end - bounds.start >= part.count else { return false }
      return vm.stands(part, at: atEnd ? bounds.end - part.count : bounds.start, in: text)
    }
    if vm.is(a[1], .tuple) {
      let tuple = PyTuple(vm, a[1])
      try vm.charge(tuple.count)
      for index in 0..<tuple.count {
        try vm.requireString(tuple[index], "tuple for \(name) must only contain str, not ")
        if matches(tuple[index]) { return .true }
      }
      return .false
    }
    try vm.requireString(a[1], "\(name) first arg must be str or a tuple of str, not ")
    return Value(matches(a[1]))
  }

  static func replace(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[1], argument: "replace() argument 1")
    try vm.requireString(a[2], argument: "replace() argument 2")
    let limit = try vm.indexAsInt(a[3], overflow: .overflowError)
    return try vm.replace(in: a[0], a[1], by: a[2], limit: limit < 0 ? .max : limit)
  }

  static func removePrefix(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[1], argument: "removeprefix() argument")
    let text = PyString(vm, a[0])
    let prefix = PyString(vm, a[1])
    let removed = vm.stands(prefix, at: 0, in: text) ? prefix.count : 0
    return try vm.substring(a[0], from: removed, count: text.count - removed)
  }

  static func removeSuffix(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.requireString(a[1], argument: "removesuffix() argument")
    let text = PyString(vm, a[0])
    let suffix = PyString(vm, a[1])
    let removed = vm.stands(suffix, at: text.count - suffix.count, in: text) ? suffix.count : 0
    return try vm.substring(a[0], from: 0, count: text.count - removed)
  }

  static func partition(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (text, separator) = try partitionOperands(vm, a)
    guard let place = try vm.find(separator, in: text, from: 0, to: text.count) else {
      let empty = vm[root: .emptyString]
      return try vm.newTuple(vm.exactString(a[0]), empty, empty)
    }
    return try parts(vm, a, place, separator.count)
  }

  static func rpartition(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let (text, separator) = try partitionOperands(vm, a)
    guard let place = try vm.findLast(separator, in: text, from: 0, to: text.count) else {
      let empty = vm[root: .emptyString]
      return try vm.newTuple(empty, empty, vm.exactString(a[0]))
    }
    return try parts(vm, a, place, separator.count)
  }

  private static func partitionOperands(_ vm: VM, _ a: Arguments) throws(Unwind) -> (PyString, PyString) {
    try vm.requireString(a[1], "must be str, not ")
    let separator = PyString(vm, a[1])
    if separator.count == 0 { throw vm.raise(.valueError, "empty separator") }
    return (PyString(vm, a[0]), separator)
  }

  private static func parts(_ vm: VM, _ a: Arguments, _ place: Int, _ length: Int) throws(Unwind) -> Value {
    let count = PyString(vm, a[0]).count
    let before = try vm.substring(a[0], from: 0, count: place)
    let after = try vm.substring(a[0], from: place + length, count: count - place - length)
    return try vm.newTuple(before, vm.exactString(a[1]), after)
  }
}

extension VM {
  /// `text.replace(old, new)`, at most `limit` times.
  func replace(in text: Value, _ old: Value, by new: Value, limit: Int) throws(Unwind) -> Value {
    let view = PyString(self, text)
    let needle = PyString(self, old)
    let fresh = PyString(self, new)
    let hits = try occurrences(of: needle, in: view, from: 0, to: view.count, limit: limit)
    if hits == 0 { return try exactString(text) }
    let (growth, overflow) = (fresh.count - needle.count).multipliedReportingOverflow(by: hits)
    guard !overflow, view.count + growth < 1 << 30 else { throw raiseMemoryError() }
    let total = view.count + growth
    if total == 0 { return self[root: .emptyString] }
    if view.widthShift != 0 || fresh.widthShift != 0 {
      return try replaceWide(text, view, needle, new, fresh, hits)
    }
    try charge(total >> 6)
    let isASCII = view.isASCII && fresh.isASCII
    let value = try allocateString(count: total, widthShift: 0, isASCII: isASCII)
    let units = words(value).bytes(from: 2)
    let isSingle = needle.count == 1
    let single = isSingle ? needle.units[0] : 0
    var source = 0
    var target = 0
    for hit in 0..<hits {
      let found: Int
      if isSingle {
        found = source &+ (view.units.advanced(by: source).firstIndex(of: single, count: view.count &- source) ?? 0)
      } else if needle.count == 0 {
        found = source &+ (hit == 0 ? 0 : 1)
      } else {
        found = try find(needle, in: view, from: source, to: view.count) ?? source
      }
      units.advanced(by: target).copyShort(from: view.units.advanced(by: source), count: found &- source)
      target &+= found &- source
      units.advanced(by: target).copyShort(from: fresh.units, count: fresh.count)
      target &+= fresh.count
      source = found &+ needle.count
    }
    units.advanced(by: target).copy(from: view.units.advanced(by: source), count: view.count &- source)
    // A Latin-1 text may have lost its last character above 127.
    if !isASCII, units.isASCII(count: total) { words(value).setFlag(ObjectFlags.ascii) }
    return value
  }

  private func replaceWide(
    _ text: Value, _ view: PyString, _ needle: PyString, _ new: Value, _ fresh: PyString, _ hits: Int
  ) throws(Unwind) -> Value {
    var out = TextBuilder(self)
    var source = 0
    for hit in 0..<hits {
      let found = needle.count == 0
        ? source + (hit == 0 ? 0 : 1) : try find(needle, in: view, from: source, to: view.count) ?? source
      try out.append(text, from: source, count: found - source)
      try out.append(new)
      source = found + needle.count
    }
    try out.append(text, from: source, count: view.count - source)
    return try out.finish()
  }
}
