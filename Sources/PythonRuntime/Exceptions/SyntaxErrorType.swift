/// `SyntaxError`: a message and a place in source.
enum SyntaxErrorType {
  static let type = NativeType(
    .syntaxError, "SyntaxError", base: .exception, kind: .exception,
    [
      NativeFunction("__init__", "self, *args, **kwargs", initialize),
      NativeFunction("__str__", "self, /", str),
    ],
    properties: [
      .field("msg", ExceptionField.message), .field("filename", ExceptionField.syntaxFilename),
      .field("lineno", ExceptionField.line), .field("offset", ExceptionField.offset),
      .field("text", ExceptionField.text), .field("end_lineno", ExceptionField.endLine),
      .field("end_offset", ExceptionField.endOffset), .field("print_file_and_line", ExceptionField.printsPlace),
    ])

  static func initialize(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try BaseExceptionType.refuseKeywords(vm, a[0], a[2])
    vm.words(a[0]).set(ExceptionLayout.args, a[1])
    var fields = [Value](repeating: .none, count: ExceptionFamily.syntax.count)
    let args = PyTuple(vm, a[1])
    if args.count > 0 { fields[ExceptionField.message] = args[0] }
    if args.count == 2 {
      let place = PyTuple(vm, try vm.tupleOf(args[1]))
      guard place.count >= 4 else {
        throw vm.raise(.typeError, "function takes at least 4 arguments (\(place.count) given)")
      }
      guard place.count <= 6 else {
        throw vm.raise(.typeError, "function takes at most 6 arguments (\(place.count) given)")
      }
      if place.count == 5 {
        throw vm.raise(.typeError, "end_offset must be provided when end_lineno is provided")
      }
      for index in 0..<place.count { fields[ExceptionField.syntaxFilename + index] = place[index] }
    }
    try vm.setExceptionFields(a[0], fields)
    return .none
  }

  /// The message, with the file's own name and the line where they are known.
  static func str(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let fields = try vm.exceptionFields(a[0])
    let filename = fields[ExceptionField.syntaxFilename]
    let line = fields[ExceptionField.line]
    var place: [UInt8] = []
    if vm.isString(filename) {
      place += PyString(vm, filename).utf8().split(separator: 0x2F, omittingEmptySubsequences: false).last ?? []
    }
    if vm.isExactly(line, .int) {
      place += Array("\(place.isEmpty && !vm.isString(filename) ? "" : ", ")line \(vm.asInt(line) ?? -1)".utf8)
    }
    let message = fields[ExceptionField.message]
    let text = try vm.guardingDepth { () throws(Unwind) in try vm.str(message) }
    if !vm.isString(filename) && !vm.isExactly(line, .int) { return text }
    return try vm.newString(utf8: PyString(vm, text).utf8() + Array(" (".utf8) + place + [0x29])
  }
}
