/// What an expression at the prompt, or at the end of a snippet, gives.
extension VM {
  /// Gives a value to `sys.displayhook`, which a program may have replaced.
  func printExpression(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let value = register(a(i))
      guard let sys = PyDict(self, self[root: .modules]).get(name: name(.sys)), self.is(sys, .module) else {
        return try showResult(value)
      }
      guard let hook = PyDict(self, words(sys).value(1)).get(name: name(.displayhook)) else {
        throw raise(.runtimeError, "lost sys.displayhook")
      }
      _ = try call(hook, arguments: [value], keywords: [])
    }
  }

  /// Makes the repr of a snippet's last value the run's result, and keeps the value in `_`.
  func keepResult(_ i: UInt64) -> Bool {
    attempt { () throws(Unwind) in
      let value = register(a(i))
      guard !value.isNone else { return }
      let shown = try repr(value)
      try chargeOutput(PyString(self, shown).count)
      self[root: .shownResult] = shown
      try PyDict(self, self[root: .builtins]).set(name: name(.underscore), register(a(i)))
    }
  }

  /// Shows a value as the prompt does: its repr on a line of `sys.stdout`, and `_` in builtins; None is not shown.
  func showResult(_ value: Value) throws(Unwind) {
    guard !value.isNone else { return }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(value)
    // While it is shown, the one before is forgotten, so that showing it again in there ends.
    try PyDict(self, self[root: .builtins]).set(name: name(.underscore), .none)
    let shown = try repr(value)
    keep(shown)
    if let file = try replacedOutput(), !isOutputStream(file) {
      guard !file.isNone else { throw raise(.runtimeError, "lost sys.stdout") }
      keep(file)
      _ = try callMethod(file, "write", shown)
      _ = try callMethod(file, "write", character(0x0A))
    } else {
      try write(PyString(self, shown).utf8() + [0x0A], isError: false)
    }
    try PyDict(self, self[root: .builtins]).set(name: name(.underscore), value)
  }

  /// What `sys.stdout` is when a program has set it, perhaps None; nil for the run's own stream.
  func replacedOutput() throws(Unwind) -> Value? {
    guard let sys = PyDict(self, self[root: .modules]).get(name: name(.sys)), self.is(sys, .module) else { return nil }
    guard let file = PyDict(self, words(sys).value(1)).get(name: name(.stdout)) else {
      throw raise(.runtimeError, "lost sys.stdout")
    }
    return file == self[root: .outputStream] ? nil : file
  }
}
