/// What a program wants done about exceptions that nothing caught.
extension VM {
  /// `sys.excepthook`, when a program has put something in its place.
  private var replacedExceptionHook: Value? {
    guard let sys = PyDict(self, self[root: .modules]).get(name: name(.sys)), self.is(sys, .module),
      let name = try? intern("excepthook"), let hook = PyDict(self, words(sys).value(1)).get(name: name)
    else { return nil }
    let isOwn = self.is(hook, .native) && host.natives[words(hook).value(1).int].name == "excepthook"
    return isOwn ? nil : hook
  }

  /// Gives an exception to the program's hook. Answers what is left to print: the exception itself, unless a hook took it; and
  /// what became of the hook.
  package func reportUncaught(_ exception: Value, shown: [UInt8]) throws(Unwind) -> [UInt8] {
    guard let hook = replacedExceptionHook else { return shown }
    let mark = keepMark()
    defer { keepRelease(mark) }
    keep(exception)
    do throws(Unwind) {
      _ = try call(
        hook, Value(classOf(exception)), exception, words(exception).value(ExceptionLayout.traceback))
      return []
    } catch {
      guard error.isException else { throw error }
      let failure = takePending()
      return Array("Error in sys.excepthook:\n".utf8) + formatException(failure)
        + Array("\nOriginal exception was:\n".utf8) + shown
    }
  }
}
