/// Generators, coroutines, asynchronous generators.
enum GeneratorTypes {
  static let types = [
    generator, coroutine, asyncGenerator, asyncGeneratorStep, coroutineWrapper, AsyncIteration.withDefault,
  ]

  static let generator = NativeType(
    .generator, "generator", kind: .generator, isSubclassable: false,
    [
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in try finish(vm, vm.resume(a[0], .none)) }),
      NativeFunction("send", "self, value, /", { (vm, a) throws(Unwind) in try finish(vm, vm.resume(a[0], a[1])) }),
      NativeFunction("throw", "self, type, value=, traceback=, /", throwInto),
      NativeFunction("close", "self, /", close), NativeFunction("__repr__", "self, /", repr),
    ],
    properties: common("gi"))

  static let coroutine = NativeType(
    .coroutine, "coroutine", kind: .generator, isSubclassable: false,
    [
      NativeFunction("__await__", "self, /", { (vm, a) throws(Unwind) in
        Value(try vm.allocateRecord(.coroutineWrapper, class: vm.type(.coroutineWrapper), a[0]))
      }),
      NativeFunction("send", "self, value, /", { (vm, a) throws(Unwind) in
        try checkNotFinished(vm, a[0])
        return try finish(vm, vm.resume(a[0], a[1]))
      }),
      NativeFunction("throw", "self, type, value=, traceback=, /", { (vm, a) throws(Unwind) in
        try checkNotFinished(vm, a[0])
        return try throwInto(vm, a)
      }),
      NativeFunction("close", "self, /", close), NativeFunction("__repr__", "self, /", repr),
    ],
    properties: common("cr") + [NativeProperty("cr_origin", { (_, _) throws(Unwind) in .none })])

  static let asyncGenerator = NativeType(
    .asyncGenerator, "async_generator", kind: .generator, isSubclassable: false,
    [
      NativeFunction("__aiter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__anext__", "self, /", { (vm, a) throws(Unwind) in try step(vm, a[0], "send", [.none]) }),
      NativeFunction("asend", "self, value, /", { (vm, a) throws(Unwind) in try step(vm, a[0], "send", [a[1]]) }),
      NativeFunction("athrow", "self, type, value=, traceback=, /", { (vm, a) throws(Unwind) in
        try step(vm, a[0], "throw", [a[1], a[2], a[3]].map { $0.isUnbound ? .none : $0 })
      }),
      NativeFunction("aclose", "self, /", { (vm, a) throws(Unwind) in try step(vm, a[0], "close", []) }),
      NativeFunction("__repr__", "self, /", repr),
    ],
    properties: common("ag"))

  /// `1` generator, `2` what to do, `3` arguments, `4` state: 0 new, 1 running, 2 done.
  static let asyncGeneratorStep = NativeType(
    .asyncGeneratorStep, "async_generator_asend", kind: .asyncGeneratorStep, isSubclassable: false,
    [
      NativeFunction("__await__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in try advance(vm, a[0], .none) }),
      NativeFunction("send", "self, value, /", { (vm, a) throws(Unwind) in try advance(vm, a[0], a[1]) }),
      NativeFunction("throw", "self, type, value=, traceback=, /", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        object.set(4, Value(small: 1))
        let exception = try thrown(vm, a)
        _ = vm.raise(exception)
        return try deliver(vm, a[0], { () throws(Unwind) in try vm.throwInto(object.value(1)) })
      }),
      NativeFunction("close", "self, /", { (vm, a) throws(Unwind) in
        vm.words(a[0]).set(4, Value(small: 2))
        return .none
      }),
    ])

  static let coroutineWrapper = NativeType(
    .coroutineWrapper, "coroutine_wrapper", kind: .coroutineWrapper, isSubclassable: false,
    [
      NativeFunction("__iter__", "self, /", { (_, a) throws(Unwind) in a[0] }),
      NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
        try checkNotFinished(vm, vm.words(a[0]).value(1))
        return try finish(vm, vm.resume(vm.words(a[0]).value(1), .none))
      }),
      NativeFunction("send", "self, value, /", { (vm, a) throws(Unwind) in
        try checkNotFinished(vm, vm.words(a[0]).value(1))
        return try finish(vm, vm.resume(vm.words(a[0]).value(1), a[1]))
      }),
      NativeFunction("throw", "self, type, value=, traceback=, /", { (vm, a) throws(Unwind) in
        a[0] = vm.words(a[0]).value(1)
        return try throwInto(vm, a)
      }),
      NativeFunction("close", "self, /", { (vm, a) throws(Unwind) in
        a[0] = vm.words(a[0]).value(1)
        return try close(vm, a)
      }),
    ])

  private static func common(_ prefix: String) -> [NativeProperty] {
    [
      NativeProperty("\(prefix)_frame", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        guard vm.generatorState(object) != .finished else { return .none }
        let function = object.value(GeneratorLayout.function)
        let start = Int(vm.words(function)[FunctionLayout.entry] & 0xFFFF_FFFF)
        let index = (Int(object[GeneratorLayout.resume]) - start) / 8 - 1
        let frame = try vm.newFrame(function, index: index)
        if vm.generatorState(object) != .running {
          // Its registers lie in the generator.
          let registers = vm.address(ofOffset: Int(a[0].ref.offset) + GeneratorLayout.registers * 8)
          let live = LiveFrame(function: function, base: registers, index: index)
          vm.words(frame).set(FrameLayout.locals, try vm.locals(live))
        }
        return frame
      }),
      NativeProperty("\(prefix)_running", { (vm, a) throws(Unwind) in
        Value(vm.generatorState(vm.words(a[0])) == .running)
      }),
      NativeProperty("\(prefix)_suspended", { (vm, a) throws(Unwind) in
        Value(vm.generatorState(vm.words(a[0])) == .suspended)
      }),
      NativeProperty("\(prefix)_code", { (vm, a) throws(Unwind) in
        vm.words(vm.words(a[0]).value(GeneratorLayout.function)).value(FunctionLayout.code)
      }),
      NativeProperty(prefix == "gi" ? "gi_yieldfrom" : "\(prefix)_await", { (vm, a) throws(Unwind) in
        let object = vm.words(a[0])
        return vm.generatorState(object) == .suspended ? object.value(GeneratorLayout.delegate) : .none
      }),
      NativeProperty(
        "__name__", { (vm, a) throws(Unwind) in
          let own = vm.words(a[0]).value(GeneratorLayout.name)
          if own.isRef { return own }
          return try vm.getAttribute(vm.words(a[0]).value(GeneratorLayout.function), vm.name(.name))
        },
        set: { (vm, a) throws(Unwind) in
          guard vm.isString(a[1]) else { throw vm.raise(.typeError, "__name__ must be set to a string object") }
          vm.words(a[0]).set(GeneratorLayout.name, a[1])
          return .none
        }),
      NativeProperty(
        "__qualname__", { (vm, a) throws(Unwind) in
          let own = vm.words(a[0]).value(GeneratorLayout.qualifiedName)
          if own.isRef { return own }
          return try vm.getAttribute(vm.words(a[0]).value(GeneratorLayout.function), vm.name(.qualname))
        },
        set: { (vm, a) throws(Unwind) in
          guard vm.isString(a[1]) else { throw vm.raise(.typeError, "__qualname__ must be set to a string object") }
          vm.words(a[0]).set(GeneratorLayout.qualifiedName, a[1])
          return .none
        }),
    ]
  }

  private static func repr(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let name = try vm.getAttribute(a[0], vm.name(.qualname))
    let word = vm.typeName(a[0])
    return try vm.newString("<\(word) object \(vm.text(name)) at \(vm.address(of: a[0]))>")
  }

  /// What a resumption means to a caller of `next` or `send`.
  private static func finish(_ vm: VM, _ resumption: VM.Resumption) throws(Unwind) -> Value {
    switch resumption {
    case .yielded(let value): return value
    case .returned(let value): throw vm.raise(.stopIteration, arguments: value.isNone ? [] : [value])
    }
  }

  private static func checkNotFinished(_ vm: VM, _ coroutine: Value) throws(Unwind) {
    if vm.generatorState(vm.words(coroutine)) == .finished {
      throw vm.raise(.runtimeError, "cannot reuse already awaited coroutine")
    }
  }

  /// The exception that `throw(type, value, traceback)` means.
  private static func thrown(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try thrown(vm, a[1], a[2], a[3])
  }

  private static func thrown(
    _ vm: VM, _ type: Value, _ value: Value, _ traceback: Value
  ) throws(Unwind) -> Value {
    var exception = type
    if vm.isExceptionClass(type) {
      if vm.is(value, .exception), vm.isSubclass(vm.classOf(value), type.ref) {
        exception = value
      } else if value.isUnbound || value.isNone {
        exception = try vm.call(type)
      } else if vm.is(value, .tuple) {
        exception = try vm.call(type, tuple: value, dict: .none)
      } else {
        exception = try vm.call(type, value)
      }
    } else if vm.is(type, .exception) {
      guard value.isUnbound || value.isNone else {
        throw vm.raise(.typeError, "instance exception may not have a separate value")
      }
    } else {
      throw vm.raise(
        .typeError,
        "exceptions must be classes or instances deriving from BaseException, not \(vm.typeName(type))")
    }
    if !vm.is(exception, .exception) {
      let message =
        "calling \(vm.text(try vm.repr(type))) should have returned an instance of BaseException, not \(vm.typeName(exception))"
      exception = try vm.newException(vm.type(.typeError), arguments: vm.newTuple(vm.newString(message)))
    }
    if !traceback.isUnbound, !traceback.isNone {
      guard vm.is(traceback, .traceback) else {
        throw vm.raise(.typeError, "throw() third argument must be a traceback object")
      }
      vm.words(exception).set(ExceptionLayout.traceback, traceback)
    }
    return exception
  }

  static func throwInto(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let exception = try thrown(vm, a)
    return try finish(vm, raiseInside(vm, a[0], exception))
  }

  /// Raises in a generator, or in what it delegates to.
  private static func raiseInside(_ vm: VM, _ generator: Value, _ exception: Value) throws(Unwind) -> VM.Resumption {
    let object = vm.words(generator)
    let delegate = object.value(GeneratorLayout.delegate)
    vm.keep(exception)
    guard delegate.isRef, vm.generatorState(object) == .suspended else {
      vm[root: .pendingException] = exception
      return try vm.throwInto(generator)
    }
    if vm.isSubclass(vm.classOf(exception), vm.type(.generatorExit)) {
      do throws(Unwind) {
        vm.setState(object, .running)
        defer { vm.setState(object, .suspended) }
        try closeDelegate(vm, delegate)
      } catch {
        guard error.isException else { throw error }
        return try vm.throwInto(generator)
      }
      vm[root: .pendingException] = exception
      return try vm.throwInto(generator)
    }
    guard let method = try vm.findAttribute(delegate, vm.name(.throwName)) else {
      vm[root: .pendingException] = exception
      return try vm.throwInto(generator)
    }
    do throws(Unwind) {
      vm.setState(object, .running)
      defer { vm.setState(object, .suspended) }
      return .yielded(try vm.call(method, exception))
    } catch {
      guard error.isException else { throw error }
      guard vm.pendingMatches(.stopIteration) else { return try vm.throwInto(generator) }
      // The delegate ended: the generator goes on after its `yield from` with the value.
      return try vm.resumeAfterDelegate(generator, vm.stopIterationValue(vm.takePending()))
    }
  }

  private static func closeDelegate(_ vm: VM, _ delegate: Value) throws(Unwind) {
    var method: Value?
    try vm.reportingUnraisable(about: delegate) { () throws(Unwind) in
      method = try vm.findAttribute(delegate, vm.name(.close))
    }
    if let method { _ = try vm.call(method) }
  }

  static func close(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let object = vm.words(a[0])
    switch vm.generatorState(object) {
    case .finished: return .none
    case .created:
      vm.finishUnstarted(a[0])
      return .none
    default: break
    }
    let exception = try vm.newException(vm.type(.generatorExit), arguments: vm[root: .emptyTuple])
    do throws(Unwind) {
      if case .yielded = try raiseInside(vm, a[0], exception) {
        throw vm.raise(.runtimeError, "\(vm.generatorWord(object)) ignored GeneratorExit")
      }
      return .none
    } catch {
      guard error.isException, vm.pendingMatches(.generatorExit) || vm.pendingMatches(.stopIteration) else { throw error }
      vm.takePending()
      return .none
    }
  }

  // MARK: Steps of asynchronous generators

  private static func step(_ vm: VM, _ generator: Value, _ what: String, _ arguments: [Value]) throws(Unwind) -> Value {
    try vm.beginAsyncGenerator(generator)
    return Value(
      try vm.allocateRecord(
        .asyncGeneratorStep, class: vm.type(.asyncGeneratorStep), generator, vm.intern(what), vm.newTuple(arguments),
        .zero))
  }

  private static func advance(_ vm: VM, _ step: Value, _ sent: Value) throws(Unwind) -> Value {
    let object = vm.words(step)
    let generator = object.value(1)
    let arguments = PyTuple(vm, object.value(3))
    let what = vm.text(object.value(2))
    switch object.value(4).int {
    case 2:
      throw vm.raise(.runtimeError, "cannot reuse already awaited \(what == "send" ? "__anext__()/asend()" : "aclose()/athrow()")")
    case 0:
      object.set(4, Value(small: 1))
      if what == "send" {
        return try deliver(vm, step, { () throws(Unwind) in try vm.resume(generator, sent.isNone ? arguments[0] : sent) })
      }
      if what == "close" {
        if vm.generatorState(vm.words(generator)) == .finished {
          object.set(4, Value(small: 2))
          throw vm.raise(.stopIteration, arguments: [])
        }
        let exception = try vm.newException(vm.type(.generatorExit), arguments: vm[root: .emptyTuple])
        return try deliver(vm, step, { () throws(Unwind) in try raiseInside(vm, generator, exception) })
      }
      let exception = try thrown(vm, arguments[0], arguments[1], arguments[2])
      return try deliver(vm, step, { () throws(Unwind) in try raiseInside(vm, generator, exception) })
    default:
      return try deliver(vm, step, { () throws(Unwind) in try vm.resume(generator, sent) })
    }
  }

  /// A wrapped value that the generator yields is the step's result; anything else is passed on to the event loop.
  private static func deliver(_ vm: VM, _ step: Value, _ run: () throws(Unwind) -> VM.Resumption) throws(Unwind) -> Value {
    let object = vm.words(step)
    let isClosing = vm.text(object.value(2)) == "close"
    do throws(Unwind) {
      switch try run() {
      case .yielded(let value):
        guard vm.is(value, .record), vm.classOf(value) == vm.type(.asyncGeneratorStep) else { return value }
        object.set(4, Value(small: 2))
        if isClosing { throw vm.raise(.runtimeError, "async generator ignored GeneratorExit") }
        throw vm.raise(.stopIteration, arguments: [vm.words(value).value(1)])
      case .returned:
        object.set(4, Value(small: 2))
        if isClosing { throw vm.raise(.stopIteration, arguments: []) }
        throw vm.raise(.stopAsyncIteration, arguments: [])
      }
    } catch {
      guard error.isException, isClosing, vm.pendingMatches(.generatorExit) || vm.pendingMatches(.stopAsyncIteration) else {
        throw error
      }
      vm.takePending()
      object.set(4, Value(small: 2))
      throw vm.raise(.stopIteration, arguments: [])
    }
  }
}
