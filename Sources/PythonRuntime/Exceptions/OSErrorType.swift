import Glibc

/// `OSError`: the class that fits the error number, and what the text is made of.
enum OSErrorType {
  static let type = NativeType(
    .osError, "OSError", base: .exception, kind: .exception,
    [
      NativeFunction("__new__", "cls, *args, **kwargs", new, binding: .static),
      NativeFunction("__init__", "self, *args, **kwargs", initialize),
      NativeFunction("__str__", "self, /", str),
      NativeFunction("__reduce__", "self, /", reduce),
    ],
    properties: [
      .field("errno", ExceptionField.errno), .field("strerror", ExceptionField.strerror),
      .field("filename", ExceptionField.filename), .field("filename2", ExceptionField.filename2),
      NativeProperty("characters_written", getCharactersWritten, set: setCharactersWritten),
    ])

  /// Which subclass an error number means.
  static func known(_ errno: Int) -> WellKnown? {
    switch Int32(truncatingIfNeeded: errno) {
    case EAGAIN, EALREADY, EINPROGRESS: .blockingIOError
    case EPIPE, ESHUTDOWN: .brokenPipeError
    case ECHILD: .childProcessError
    case ECONNABORTED: .connectionAbortedError
    case ECONNREFUSED: .connectionRefusedError
    case ECONNRESET: .connectionResetError
    case EEXIST: .fileExistsError
    case ENOENT: .fileNotFoundError
    case EISDIR: .isADirectoryError
    case ENOTDIR: .notADirectoryError
    case EINTR: .interruptedError
    case EACCES, EPERM: .permissionError
    case ESRCH: .processLookupError
    case ETIMEDOUT: .timeoutError
    default: nil
    }
  }

  /// A class with an `__init__` of its own and no `__new__` gets its arguments there.
  private static func usesInit(_ vm: VM, _ cls: Ref) -> Bool {
    let own = vm.type(.osError)
    return vm.lookupSpecial(class: cls, .`init`) != vm.lookupSpecial(class: own, .`init`)
      && vm.lookupSpecial(class: cls, .new) == vm.lookupSpecial(class: own, .new)
  }

  static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var cls = try BaseExceptionType.checkClass(vm, a[0], .osError)
    if usesInit(vm, cls) { return try vm.newException(cls, arguments: vm[root: .emptyTuple]) }
    if PyDict(vm, a[2]).count > 0 { throw vm.raise(.typeError, "\(vm.className(cls))() takes no keyword arguments") }
    let args = PyTuple(vm, a[1])
    if cls == vm.type(.osError), args.count >= 2, args.count <= 5, let errno = vm.asInt(args[0]), let known = known(errno) {
      cls = vm.type(known)
    }
    let exception = try vm.newException(cls, arguments: a[1])
    try takeArguments(vm, exception, a[1])
    return exception
  }

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard usesInit(vm, vm.classOf(a[0])) else { return .none }
    try BaseExceptionType.refuseKeywords(vm, a[0], a[2])
    try takeArguments(vm, a[0], a[1])
    return .none
  }

  private static func takeArguments(_ vm: VM, _ exception: Value, _ given: Value) throws(Unwind) {
    let args = PyTuple(vm, given)
    var kept = given
    var fields = [Value](repeating: .none, count: ExceptionFamily.os.count)
    if args.count >= 2 && args.count <= 5 {
      fields[ExceptionField.errno] = args[0]
      fields[ExceptionField.strerror] = args[1]
      if args.count > 2, !args[2].isNone {
        if vm.classOf(exception) == vm.type(.blockingIOError), vm.asInt(args[2]) != nil {
          fields[ExceptionField.charactersWritten] = args[2]
        } else {
          fields[ExceptionField.filename] = args[2]
          if args.count > 4, !args[4].isNone { fields[ExceptionField.filename2] = args[4] }
          // The file names are no arguments any more, as ever.
          kept = try vm.newTuple(args[0], args[1])
        }
      }
    }
    vm.words(exception).set(ExceptionLayout.args, kept)
    try vm.setExceptionFields(exception, fields)
  }

  static func str(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let fields = try vm.exceptionFields(a[0])
    let errno = fields[ExceptionField.errno]
    let strerror = fields[ExceptionField.strerror]
    let filename = fields[ExceptionField.filename]
    if filename.isNone && (errno.isNone || strerror.isNone) { return try vm.plainExceptionText(a[0]) }
    return try vm.guardingDepth { () throws(Unwind) in
      var text = Array("[Errno ".utf8)
      text += PyString(vm, try vm.str(errno)).utf8()
      text += Array("] ".utf8)
      text += PyString(vm, try vm.str(strerror)).utf8()
      if !filename.isNone {
        text += Array(": ".utf8)
        text += PyString(vm, try vm.repr(filename)).utf8()
        let second = try vm.exceptionFields(a[0])[ExceptionField.filename2]
        if !second.isNone {
          text += Array(" -> ".utf8)
          text += PyString(vm, try vm.repr(second)).utf8()
        }
      }
      return try vm.newString(utf8: text)
    }
  }

  static func reduce(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var args = BaseExceptionType.args(vm, a[0])
    let fields = try vm.exceptionFields(a[0])
    let filename = fields[ExceptionField.filename]
    let tuple = PyTuple(vm, args)
    if tuple.count == 2, !filename.isNone {
      let second = fields[ExceptionField.filename2]
      args = second.isNone
        ? try vm.newTuple(tuple[0], tuple[1], filename) : try vm.newTuple(tuple[0], tuple[1], filename, .none, second)
    }
    return try BaseExceptionType.reduced(vm, a[0], args)
  }

  static func getCharactersWritten(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let value = try vm.exceptionFields(a[0])[ExceptionField.charactersWritten]
    if value.isNone { throw vm.raise(.attributeError, "characters_written") }
    return value
  }

  static func setCharactersWritten(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if a[1].isUnbound {
      _ = try getCharactersWritten(vm, a)
      try vm.exceptionFields(a[0])[ExceptionField.charactersWritten] = .none
    } else {
      let count = try vm.integer(vm.indexAsInt(a[1], overflow: .valueError))
      try vm.exceptionFields(a[0])[ExceptionField.charactersWritten] = count
    }
    return .none
  }
}
