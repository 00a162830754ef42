/// What the compiler warns of.
extension VM {
  /// Gives a `SyntaxWarning` to the module `warnings`, if that is there; else shows it as that would.
  func warnOfSource(_ message: String, filename: String, line: Int) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    guard let module = PyDict(self, self[root: .modules]).get(name: try intern("warnings")), self.is(module, .module),
      let warn = try findAttribute(module, intern("warn_explicit"))
    else { return try showWarning("SyntaxWarning", message, filename: filename, line: line) }
    keep(warn)
    do throws(Unwind) {
      _ = try call(
        warn,
        arguments: [
          newString(message), Value(type(.syntaxWarning)), newString(filename), Value(small: line), .none, .none,
        ], keywords: [])
    } catch {
      guard error.isException, pendingMatches(.syntaxWarning) else { throw error }
      // Where warnings are errors, this one is one of the source.
      takePending()
      throw raiseCompileFailure(
        CompileFailure(kind: .syntax, message: message, filename: filename, line: line, column: 0))
    }
  }

  /// A warning on the error stream: place, category, message and the source line.
  private func showWarning(_ category: String, _ message: String, filename: String, line: Int) throws(Unwind) {
    var text = Array("\(filename):\(line): \(category): \(message)\n".utf8)
    if let source = sourceLine(filename, line) {
      let isBlank: (UInt8) -> Bool = { [0x20, 0x09, 0x0C].contains($0) }
      let stripped = source.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
      text += [0x20, 0x20] + stripped + [0x0A]
    }
    try writeToErrors(text)
  }

  /// Writes to what `sys.stderr` is now.
  func writeToErrors(_ bytes: [UInt8]) throws(Unwind) {
    if let sys = PyDict(self, self[root: .modules]).get(name: name(.sys)), self.is(sys, .module),
      let stream = PyDict(self, words(sys).value(1)).get(name: name(.stderr)), !isErrorStream(stream)
    {
      if !stream.isNone { _ = try callMethod(stream, "write", newString(utf8: bytes)) }
    } else {
      try write(bytes, isError: true)
    }
  }
}
