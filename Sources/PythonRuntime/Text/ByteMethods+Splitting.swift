/// bytes and bytearray: taking apart and joining.
extension ByteMethods {
  static let splitting: [NativeFunction] = [
    NativeFunction("split", "self, sep=None, maxsplit=-1", split),
    NativeFunction("rsplit", "self, sep=None, maxsplit=-1", rsplit),
    NativeFunction("splitlines", "self, keepends=False", splitLines),
    NativeFunction("join", "self, iterable_of_bytes, /", join),
    NativeFunction("strip", "self, bytes=None, /", strip),
    NativeFunction("lstrip", "self, bytes=None, /", lstrip),
    NativeFunction("rstrip", "self, bytes=None, /", rstrip),
  ]

  private static func part(
    _ vm: VM, _ a: Arguments, _ text: BytesView, _ start: Int, _ end: Int
  ) throws(Unwind) -> Value {
    try vm.newBytes(like: a[0], text.bytes.advanced(by: start), count: end - start)
  }

  static func split(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let given = try vm.indexAsInt(a[2], overflow: .overflowError)
    var left = given < 0 ? Int.max : given
    let result = try vm.newList()
    let list = PyList(vm, result)
    if a[1].isNone {
      let text = receiver(vm, a)
      try vm.charge(text.count >> 3)
      var start = 0
      while true {
        while start < text.count, ByteText.isSpace(text[start]) { start += 1 }
        if start == text.count { break }
        var end = start
        if left == 0 {
          end = text.count
        } else {
          while end < text.count, !ByteText.isSpace(text[end]) { end += 1 }
        }
        try list.append(part(vm, a, text, start, end))
        if left == 0 { break }
        left -= 1
        start = end
      }
      return result
    }
    let separator = try vm.requireBytes(a[1])
    if separator.count == 0 { throw vm.raise(.valueError, "empty separator") }
    let text = receiver(vm, a)
    var start = 0
    while left > 0, let found = try find(vm, separator, in: text, from: start, to: text.count) {
      try list.append(part(vm, a, text, start, found))
      start = found + separator.count
      left -= 1
    }
    try list.append(part(vm, a, text, start, text.count))
    return result
  }

  static func rsplit(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let given = try vm.indexAsInt(a[2], overflow: .overflowError)
    var left = given < 0 ? Int.max : given
    var parts: [Value] = []
    if a[1].isNone {
      let text = receiver(vm, a)
      try vm.charge(text.count >> 3)
      var end = text.count
      while true {
        while end > 0, ByteText.isSpace(text[end - 1]) { end -= 1 }
        if end == 0 { break }
        var start = left == 0 ? 0 : end
        while left != 0, start > 0, !ByteText.isSpace(text[start - 1]) { start -= 1 }
        parts.append(try part(vm, a, text, start, end))
        end = start
        if left == 0 { break }
        left -= 1
      }
      return try vm.newList(parts.reversed())
    }
    let separator = try vm.requireBytes(a[1])
    if separator.count == 0 { throw vm.raise(.valueError, "empty separator") }
    let text = receiver(vm, a)
    var end = text.count
    while left > 0, let found = try findLast(vm, separator, in: text, from: 0, to: end) {
      parts.append(try part(vm, a, text, found + separator.count, end))
      end = found
      left -= 1
    }
    parts.append(try part(vm, a, text, 0, end))
    return try vm.newList(parts.reversed())
  }

  static func splitLines(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let keepsEnds = a[1].isBool ? a[1] == .true : try vm.indexAsInt(a[1]) != 0
    let text = receiver(vm, a)
    try vm.charge(text.count >> 3)
    let result = try vm.newList()
    let list = PyList(vm, result)
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 0x0A, text[end] != 0x0D { end += 1 }
      var next = end
      if next < text.count {
        next += text[next] == 0x0D && next + 1 < text.count && text[next + 1] == 0x0A ? 2 : 1
      }
      try list.append(part(vm, a, text, start, keepsEnds ? next : end))
      start = next
    }
    return result
  }

  static func join(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if !vm.isExactly(a[1], .list), !vm.isExactly(a[1], .tuple) {
      guard vm.lookupSpecial(a[1], .iter) != nil || vm.lookupSpecial(a[1], .getitem) != nil else {
        throw vm.raise(.typeError, "can only join an iterable")
      }
      // Meanwhile a bytearray that separates keeps its size.
      let array = vm.is(a[0], .bytearray) ? PyBytearray(vm, a[0]) : nil
      array?.exports += 1
      defer { array?.exports -= 1 }
      a[1] = try vm.listFromIterable(a[1])
    }
    guard let (words, start, count) = vm.elements(a[1]) else { return try vm.newBytes(like: a[0], []) }
    let separator = receiver(vm, a)
    var total = count > 1 ? separator.count &* (count - 1) : 0
    for index in 0..<count {
      guard let piece = BytesView(vm, words.value(start + index)) else {
        let found = vm.typeName(words.value(start + index))
        throw vm.raise(.typeError, "sequence item \(index): expected a bytes-like object, \(found) found")
      }
      total += piece.count
    }
    guard total >= 0, total < 1 << 30 else { throw vm.raiseMemoryError() }
    try vm.charge(count >> 1 + total >> 6)
    if count == 1, vm.isExactly(words.value(start), .bytes), vm.is(a[0], .bytes) { return words.value(start) }
    let (value, target) = try vm.allocateBytes(like: a[0], count: total)
    var filled = 0
    for index in 0..<count {
      if index > 0 {
        target.advanced(by: filled).copyShort(from: separator.bytes, count: separator.count)
        filled += separator.count
      }
      guard let piece = BytesView(vm, words.value(start + index)) else { continue }
      if piece.stride == 1 {
        target.advanced(by: filled).copyShort(from: piece.bytes, count: piece.count)
      } else {
        target.advanced(by: filled).write(piece.array())
      }
      filled += piece.count
    }
    return value
  }

  static func strip(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try trim(vm, a, left: true, right: true) }
  static func lstrip(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try trim(vm, a, left: true, right: false) }
  static func rstrip(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value { try trim(vm, a, left: false, right: true) }

  private static func trim(_ vm: VM, _ a: Arguments, left: Bool, right: Bool) throws(Unwind) -> Value {
    var drops = [Bool](repeating: false, count: 256)
    if a[1].isNone {
      for byte in [0x20, 9, 10, 11, 12, 13] { drops[byte] = true }
    } else {
      let set = try vm.requireBytes(a[1])
      for index in 0..<set.count { drops[Int(set[index])] = true }
    }
    let text = receiver(vm, a)
    try vm.charge(text.count >> 4)
    var start = 0
    var end = text.count
    if left { while start < end, drops[Int(text[start])] { start += 1 } }
    if right { while end > start, drops[Int(text[end - 1])] { end -= 1 } }
    return try part(vm, a, text, start, end)
  }
}
