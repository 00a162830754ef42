/// Warnings of the compiler and of the runtime itself.
extension VM {
  /// Gives what the compiler warns of to the module `warnings`, if that is there; else shows it as that would.
  func warnOfSource(_ warning: CompileWarning, filename: String) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    guard let module = PyDict(self, self[root: .modules]).get(name: try intern("warnings")), self.is(module, .module),
      let warn = try findAttribute(module, intern("warn_explicit"))
    else {
      // Without filters of a program's own nobody asks for the other kind.
      if warning.isDeprecation { return }
      return try showWarning("SyntaxWarning", warning.message, filename: filename, line: warning.line)
    }
    keep(warn)
    let category = warning.isDeprecation ? WellKnown.deprecationWarning : .syntaxWarning
    do throws(Unwind) {
      _ = try call(
        warn,
        arguments: [
          newString(warning.message), Value(type(category)), newString(filename), Value(small: warning.line), .none,
          .none,
        ], keywords: [])
    } catch {
      guard error.isException, pendingMatches(category) else { throw error }
      // Where warnings are errors, this one is one of the source.
      takePending()
      throw raiseCompileFailure(
        CompileFailure(
          kind: .syntax, message: warning.message, filename: filename, line: warning.line, column: warning.column,
          endLine: warning.endLine, endColumn: warning.endColumn))
    }
  }

  /// `warnings.warn(message, category)`, on behalf of the Python code that is running.
  func warn(_ category: WellKnown, _ message: String) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let module: Value
    do throws(Unwind) {
      module = try loadModule("warnings")
    } catch {
      // Without the library there is nobody to tell.
      guard error.isException, pendingMatches(.importError) else { throw error }
      takePending()
      return
    }
    let warn = try getAttribute(module, intern("warn"))
    keep(warn)
    _ = try call(warn, newString(message), Value(type(category)))
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
