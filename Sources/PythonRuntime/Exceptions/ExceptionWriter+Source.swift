/// The place of a SyntaxError.
struct SyntaxPlace {
  var message: Value
  var filename: [UInt8]
  var line: Int
  /// Characters from 1; -1 if unknown.
  var offset: Int
  var endLine: Int
  var endOffset: Int
  var text: [UInt8]?
}

extension ExceptionWriter {
  /// What a SyntaxError says about its place, or nil when it says nothing usable.
  func syntaxPlace(_ exception: Value) -> SyntaxPlace? {
    // Whatever has this attribute is shown so, as long as the others are there too.
    guard attempt({ () throws(Unwind) in try vm.findAttribute(exception, vm.name(.printFileAndLine)) }) != nil else {
      return nil
    }
    func attribute(_ special: Special) -> Value? {
      attempt { () throws(Unwind) in try vm.getAttribute(exception, vm.name(special)) }
    }
    func number(_ value: Value?, _ fallback: Int) -> Int? {
      guard let value else { return nil }
      return value.isNone ? fallback : vm.asInt(value)
    }
    guard let message = attribute(.msg), let filename = attribute(.filename), let line = attribute(.lineno),
      let lineNumber = vm.asInt(line), let offset = number(attribute(.offset), -1), let text = attribute(.text)
    else { return nil }
    var endLine = lineNumber
    var endOffset = -1
    // Subclasses show one caret.
    if vm.isExactly(exception, .syntaxError) {
      guard let line = number(attribute(.endLineno), lineNumber), let column = number(attribute(.endOffset), -1)
      else { return nil }
      endLine = line
      endOffset = column
    }
    var name = Array("<string>".utf8)
    if !filename.isNone {
      guard let shown = attempt({ () throws(Unwind) in try vm.str(filename) }) else { return nil }
      name = PyString(vm, shown).utf8()
    }
    let source = vm.isString(text) ? PyString(vm, text).utf8() : nil
    return SyntaxPlace(
      message: message, filename: name, line: lineNumber, offset: offset, endLine: endLine, endOffset: endOffset,
      text: source)
  }

  /// The line with bad source, and carets under what is bad.
  mutating func writeSource(_ source: [UInt8], _ place: SyntaxPlace) {
    // Of what spans several lines, the first is shown.
    let end = min(place.endLine > place.line ? source.count : place.endOffset, source.count &+ 1)
    let carets = end > 0 && end > place.offset ? min(end &- place.offset, source.count &+ 1) : 1
    var offset = place.offset &- 1
    var start = 0
    while start < source.count, [0x20, 0x09, 0x0C].contains(source[start]) {
      start += 1
      offset &-= 1
    }
    var length = source.count - start
    if length > 0, source[source.count - 1] == 0x0A { length -= 1 }
    offset = min(offset, length)
    while let newline = source[start...].firstIndex(of: 0x0A), newline - start < offset {
      length -= newline + 1 - start
      offset -= newline + 1 - start
      start = newline + 1
    }
    writeMargin()
    write("    ")
    write(Array(source[start...]))
    if start + length >= source.count || source[start + max(length, 0)] != 0x0A { write("\n") }
    if offset < 0 { return }
    writeMargin()
    write("    " + String(repeating: " ", count: offset) + String(repeating: "^", count: max(carets, 1)) + "\n")
  }
}
