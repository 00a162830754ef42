/// `str`: taking apart and joining.
extension StrType {
  static let splitting: [NativeFunction] = [
    NativeFunction("split", "self, sep=None, maxsplit=-1", split),
    NativeFunction("rsplit", "self, sep=None, maxsplit=-1", rsplit),
    NativeFunction("splitlines", "self, keepends=False", splitLines),
    NativeFunction("join", "self, iterable, /", join),
    NativeFunction("strip", "self, chars=None, /", strip),
    NativeFunction("lstrip", "self, chars=None, /", lstrip),
    NativeFunction("rstrip", "self, chars=None, /", rstrip),
  ]

  /// The separator's argument and how many splits there may be.
  private static func splitLimit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Int {
    let limit = try vm.indexAsInt(a[2], overflow: .overflowError)
    if !a[1].isNone {
      try vm.requireString(a[1], "must be str or None, not ")
      if PyString(vm, a[1]).count == 0 { throw vm.raise(.valueError, "empty separator") }
    }
    return limit < 0 ? Int.max : limit
  }

  static func split(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let limit = try splitLimit(vm, a)
    return a[1].isNone
      ? try vm.splitAtSpaces(a[0], limit: limit) : try vm.split(a[0], a[1], limit: limit)
  }

  static func rsplit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let limit = try splitLimit(vm, a)
    let text = PyString(vm, a[0])
    let result = try vm.newList()
    let list = PyList(vm, result)
    var end = text.count
    var left = limit
    if a[1].isNone {
      try vm.charge(text.count >> 3)
      while true {
        while end > 0, CharacterClass.isSpace(text[end &- 1]) { end &-= 1 }
        if end == 0 { break }
        var start = left == 0 ? 0 : end
        while left != 0, start > 0, !CharacterClass.isSpace(text[start &- 1]) { start &-= 1 }
        try list.append(vm.substring(a[0], from: start, count: end - start))
        end = start
        if left == 0 { break }
        left -= 1
      }
    } else {
      let separator = PyString(vm, a[1])
      while left > 0, let found = try vm.findLast(separator, in: text, from: 0, to: end) {
        try list.append(vm.substring(a[0], from: found + separator.count, count: end - found - separator.count))
        end = found
        left -= 1
      }
      try list.append(vm.substring(a[0], from: 0, count: end))
    }
    reverse(list)
    return result
  }

  private static func reverse(_ list: PyList) {
    var low = 0
    var high = list.count - 1
    while low < high {
      let value = list[low]
      list[low] = list[high]
      list[high] = value
      low += 1
      high -= 1
    }
  }

  static func splitLines(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let keepsEnds = a[1].isBool ? a[1] == .true : try vm.indexAsInt(a[1]) != 0
    let text = PyString(vm, a[0])
    let result = try vm.newList()
    let list = PyList(vm, result)
    try vm.charge(text.count >> 3)
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, !CharacterClass.isLineBreak(text[end]) { end &+= 1 }
      var next = end
      if next < text.count {
        next += text[next] == 0x0D && next + 1 < text.count && text[next + 1] == 0x0A ? 2 : 1
      }
      try list.append(vm.substring(a[0], from: start, count: (keepsEnds ? next : end) - start))
      start = next
    }
    return result
  }

  static func join(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var source = a[1]
    // A subclass may iterate differently.
    if !vm.isExactly(source, .list) && !vm.isExactly(source, .tuple) {
      guard vm.lookupSpecial(source, .iter) != nil || vm.lookupSpecial(source, .getitem) != nil else {
        throw vm.raise(.typeError, "can only join an iterable")
      }
      source = try vm.listFromIterable(source)
    }
    guard let (words, start, count) = vm.elements(source) else { return vm[root: .emptyString] }
    for index in 0..<count where !vm.isString(words.value(start &+ index)) {
      let found = vm.typeName(words.value(start + index))
      throw vm.raise(.typeError, "sequence item \(index): expected str instance, \(found) found")
    }
    return try vm.join(words, at: start, count: count, separator: a[0])
  }

  static func strip(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try trim(vm, a, left: true, right: true, "strip")
  }
  static func lstrip(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try trim(vm, a, left: true, right: false, "lstrip")
  }
  static func rstrip(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try trim(vm, a, left: false, right: true, "rstrip")
  }

  private static func trim(
    _ vm: VM, _ a: Arguments, left: Bool, right: Bool, _ name: String
  ) throws(Unwind) -> Value {
    let text = PyString(vm, a[0])
    if a[1].isNone {
      return try trim(vm, a[0], text, left, right) { CharacterClass.isSpace($0) }
    }
    guard vm.isString(a[1]) else { throw vm.raise(.typeError, "\(name) arg must be None or str") }
    let set = PyString(vm, a[1])
    if set.count == 1 {
      let only = set[0]
      return try trim(vm, a[0], text, left, right) { $0 == only }
    }
    let count = set.count
    try vm.charge(count >> 3)
    // A filter of 64 bits spares most searches of the set.
    var filter: UInt64 = 0
    for index in 0..<count { filter |= 1 << UInt64(set[index] & 63) }
    let members = count > 16 ? Set((0..<count).map { set[$0] }) : []
    return try trim(vm, a[0], text, left, right) { scalar in
      if filter >> UInt64(scalar & 63) & 1 == 0 { return false }
      if count > 16 { return members.contains(scalar) }
      for index in 0..<count where set[index] == scalar { return true }
      return false
    }
  }

  @inline(__always) private static func trim(
    _ vm: VM, _ value: Value, _ text: PyString, _ left: Bool, _ right: Bool, _ drops: (UInt32) -> Bool
  ) throws(Unwind) -> Value {
    var start = 0
    var end = text.count
    if left { while start < end, drops(text[start]) { start &+= 1 } }
    if right { while end > start, drops(text[end &- 1]) { end &-= 1 } }
    try vm.charge((text.count - end + start) >> 3)
    return try vm.substring(value, from: start, count: end - start)
  }
}

extension VM {
  /// `text.split()`.
  func splitAtSpaces(_ text: Value, limit: Int) throws(Unwind) -> Value {
    let view = PyString(self, text)
    let result = try newList(capacity: min(12, view.count >> 1 + 1))
    let list = PyList(self, result)
    let count = view.count
    try charge(count >> 3)
    var start = 0
    var left = limit
    while true {
      while start < count, CharacterClass.isSpace(view[start]) { start &+= 1 }
      if start == count { break }
      var end = start
      if left == 0 {
        end = count
      } else {
        repeat { end &+= 1 } while end < count && !CharacterClass.isSpace(view[end])
      }
      try list.append(substring(text, from: start, count: end - start))
      if left == 0 { break }
      left -= 1
      start = end
    }
    return result
  }

  /// `text.split(separator)`; the separator is not empty.
  func split(_ text: Value, _ separator: Value, limit: Int) throws(Unwind) -> Value {
    let view = PyString(self, text)
    let between = PyString(self, separator)
    let length = between.count
    let result = try newList(capacity: 4)
    let list = PyList(self, result)
    var start = 0
    var left = limit
    if length == 1, view.widthShift == 0, between.widthShift == 0 {
      let byte = between.units[0]
      while left > 0,
        let offset = view.units.advanced(by: start).firstIndex(of: byte, count: view.count &- start)
      {
        try list.append(substring(text, from: start, count: offset))
        start = start &+ offset &+ 1
        left &-= 1
      }
    } else {
      while left > 0, let found = try find(between, in: view, from: start, to: view.count) {
        try list.append(substring(text, from: start, count: found - start))
        start = found + length
        left -= 1
      }
    }
    try charge(view.count >> 5 + list.count >> 1)
    if start == 0, list.count == 0 {
      try list.append(exactString(text))
    } else {
      try list.append(substring(text, from: start, count: view.count - start))
    }
    return result
  }
}
