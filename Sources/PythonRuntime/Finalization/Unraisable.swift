/// What becomes of exceptions that nobody can handle: those of finalisers and callbacks.
extension VM {
  /// Runs Python code whose exceptions have nowhere to go: they are reported through `sys.unraisablehook`. Limits end the run.
  func reportingUnraisable(about object: Value, _ body: () throws(Unwind) -> Void) throws(Unwind) {
    let handled = self[root: .handledException]
    let mark = keepMark()
    defer {
      keepRelease(mark)
      self[root: .handledException] = handled
    }
    keep(handled)
    do throws(Unwind) {
      try body()
    } catch {
      guard error.isException else { throw error }
      let exception = takePending()
      keep(exception)
      do throws(Unwind) {
        try writeUnraisable(exception, object)
      } catch {
        guard error.isException else { throw error }
        takePending()
      }
    }
  }

  /// Calls `sys.unraisablehook`, or writes the report itself when that is the original.
  private func writeUnraisable(_ exception: Value, _ object: Value) throws(Unwind) {
    let traceback = words(exception).value(ExceptionLayout.traceback)
    let sys = PyDict(self, self[root: .modules]).get(name: try intern("sys"))
    guard let sys, let hook = try findAttribute(sys, intern("unraisablehook")), !self.is(hook, .native) else {
      return try writeUnraisable(exception, message: "Exception ignored in", object)
    }
    let arguments = try StructSequence.make(
      self, "UnraisableHookArgs", module: "sys",
      [
        ("exc_type", Value(classOf(exception))), ("exc_value", exception), ("exc_traceback", traceback),
        ("err_msg", .none), ("object", object),
      ])
    keep(arguments)
    do throws(Unwind) {
      _ = try call(hook, arguments)
    } catch {
      guard error.isException else { throw error }
      try writeUnraisable(takePending(), message: "Exception ignored in sys.unraisablehook", hook)
    }
  }

  /// The report on the error stream.
  func writeUnraisable(_ exception: Value, message: String, _ object: Value) throws(Unwind) {
    keep(exception)
    var out: [UInt8] = []
    if !object.isNone {
      var shown = Array("<object repr() failed>".utf8)
      do throws(Unwind) {
        shown = PyString(self, try repr(object)).utf8()
      } catch {
        guard error.isException else { throw error }
        takePending()
      }
      out += Array("\(message): ".utf8) + shown + [0x0A]
    }
    words(exception).set(ExceptionLayout.context, .none)
    try writeToErrors(out + formatException(exception))
  }
}

/// `sys.unraisablehook`.
enum UnraisableHook {
  static let function = NativeFunction("unraisablehook", "unraisable, /") { (vm, a) throws(Unwind) in
    let message = try vm.getAttribute(a[0], vm.intern("err_msg"))
    let exception = try vm.getAttribute(a[0], vm.intern("exc_value"))
    let object = try vm.getAttribute(a[0], vm.intern("object"))
    guard vm.is(exception, .exception) else { return .none }
    let text = vm.isString(message) ? vm.text(message) : "Exception ignored in"
    try vm.writeUnraisable(exception, message: text, object)
    return .none
  }
}

extension VM {
  /// The warning about a coroutine that ends without having been started, through module `warnings` where there is one.
  func warnNeverAwaited(_ coroutine: Value) throws(Unwind) {
    do throws(Unwind) {
      let warnings = try loadModule("warnings")
      _ = try call(getAttribute(warnings, intern("_warn_unawaited_coroutine")), coroutine)
    } catch {
      guard error.isException, pendingMatches(.importError) || pendingMatches(.attributeError) else { throw error }
      takePending()
      let name = text(try getAttribute(coroutine, self.name(.qualname)))
      try writeToErrors(Array("RuntimeWarning: coroutine '\(name)' was never awaited\n".utf8))
    }
  }
}
