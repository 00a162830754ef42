/// The sources that tracebacks show: of the session's own snippets they lie in the cage, so that they are part of its image; those
/// of the library lie in the base image.
extension VM {
  /// How many snippets of a session are kept for tracebacks.
  private static let mostSnippets = 100

  /// Keeps a source for tracebacks, or forgets it. Without memory for it, tracebacks show no lines.
  package func keepSource(_ source: [UInt8]?, filename: String) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    do {
      let sources = PyDict(self, self[root: .sources])
      let key = try intern(filename)
      if let source {
        try sources.set(name: key, newBytes(source))
        if sources.count > VM.mostSnippets { forgetOldestSnippet(sources) }
      } else if let entry = sources.find(name: key) {
        sources.remove(at: entry)
      }
    } catch {
      takePending()
    }
  }

  /// Those of the library are not forgotten: what lies in files stays there.
  private func forgetOldestSnippet(_ sources: PyDict) {
    let oldest = (0..<sources.entryCount).first { index in
      sources.entry(at: index).map { text($0.key).hasPrefix("<snippet") } == true
    }
    if let oldest { sources.remove(at: oldest) }
  }

  /// A line of a source, without its end; nil when there is no such source or line.
  func sourceLine(_ file: String, _ number: Int) -> [UInt8]? {
    guard number > 0, var line = wholeLine(Array(file.utf8), number) else { return nil }
    while line.last == 0x0A || line.last == 0x0D { line.removeLast() }
    return line
  }

  /// The whole text of a source, as a string; nil when there is none of this name.
  func keptSource(filename: [UInt8]) throws(Unwind) -> Value? {
    guard let own = PyDict(self, self[root: .sources]).value(ofText: filename), self.is(own, .bytes) else {
      return librarySource(filename: filename)
    }
    let bytes = words(own).bytes(from: 2).array(count: words(own).low(1))
    try charge(bytes.count / 8)
    return try newString(String(decoding: bytes, as: UTF8.self))
  }

  private func wholeLine(_ name: [UInt8], _ number: Int) -> [UInt8]? {
    if let own = PyDict(self, self[root: .sources]).value(ofText: name), self.is(own, .bytes) {
      return line(number, of: words(own).bytes(from: 2), count: words(own).low(1))
    }
    guard let source = librarySource(filename: name) else { return nil }
    let string = PyString(self, source)
    guard string.isASCII else {
      let text = string.utf8()
      return text.split(separator: 0x0A, maxSplits: number, omittingEmptySubsequences: false).dropFirst(number - 1)
        .first.map(Array.init)
    }
    return line(number, of: string.units, count: string.count)
  }

  private func line(_ number: Int, of text: Bytes, count: Int) -> [UInt8]? {
    var start = 0
    for _ in 1..<number {
      guard let end = text.advanced(by: start).firstIndex(of: 0x0A, count: count - start) else { return nil }
      start += end + 1
    }
    guard start < count || number == 1 else { return nil }
    let length = text.advanced(by: start).firstIndex(of: 0x0A, count: count - start) ?? count - start
    return text.advanced(by: start).array(count: length)
  }

  /// The text of the library's module that comes from this file.
  private func librarySource(filename: [UInt8]) -> Value? {
    let library = PyDict(self, self[root: .library])
    for index in 0..<library.entryCount {
      guard let entry = library.entry(at: index) else { continue }
      let row = PyTuple(self, entry.value)
      if PyString(self, row[2]).utf8() == filename { return row[1] }
    }
    return nil
  }
}

extension PyDict {
  /// The value of a string key with this text; never runs Python code or allocates.
  fileprivate func value(ofText text: [UInt8]) -> Value? {
    for index in 0..<entryCount {
      if let entry = entry(at: index), vm.isString(entry.key), PyString(vm, entry.key).utf8() == text {
        return entry.value
      }
    }
    return nil
  }
}
