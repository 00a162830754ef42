/// What programs add to the codecs: search functions, the codecs that these found, error handlers. A tuple of a list
/// and two dicts under the
/// root `codecs`, made when it is first needed.
@safe struct CodecRegistry {
  private let vm: VM
  private let parts: PyTuple

  init(_ vm: VM) throws(Unwind) {
    self.vm = vm
    if !vm[root: .codecs].isRef {
      vm[root: .codecs] = try vm.newTuple(vm.newList(), vm.newDict(), vm.newDict())
    }
    parts = PyTuple(vm, vm[root: .codecs])
  }

  var searchFunctions: PyList { PyList(vm, parts[0]) }
  /// Codecs by normalised name.
  var known: PyDict { PyDict(vm, parts[1]) }
  var handlers: PyDict { PyDict(vm, parts[2]) }

  /// `codecs.lookup`: the tuple that a search function gave for a name.
  func lookUp(_ encoding: String) throws(Unwind) -> Value {
    let name = try vm.intern(
      String(decoding: encoding.utf8.map { $0 == 0x20 ? 0x2D : ByteText.lower($0) }, as: UTF8.self))
    if let found = known.get(name: name) { return found }
    if searchFunctions.count == 0 { try importEncodings() }
    var index = 0
    while index < searchFunctions.count {
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      let found = try vm.call(searchFunctions[index], name)
      index += 1
      if found.isNone { continue }
      guard vm.is(found, .tuple), PyTuple(vm, found).count == 4 else {
        throw vm.raise(.typeError, "codec search functions must return 4-tuples")
      }
      try known.set(name: name, found)
      return found
    }
    throw vm.raise(.lookupError, "unknown encoding: \(encoding)")
  }

  /// The standard library's package registers the search function that knows its codecs.
  private func importEncodings() throws(Unwind) {
    do {
      _ = try vm.loadModule("encodings")
    } catch {
      guard case .exception = error, vm.pendingMatches(.moduleNotFoundError) else { throw error }
      vm.takePending()
    }
  }

  /// The error handler of a name.
  func handler(_ name: String) throws(Unwind) -> Value {
    // The module's functions are the handlers that are there from the start.
    if handlers.count == 0 { _ = try vm.loadModule("_codecs") }
    guard let handler = try handlers.get(name: vm.intern(name)) else {
      throw vm.raise(.lookupError, "unknown error handler name '\(name)'")
    }
    return handler
  }
}

extension VM {
  /// Calls a registered error handler: what stands in for the range that failed, and where to go on.
  func callErrorHandler(
    _ name: String, _ exception: Value, length: Int, acceptsBytes: Bool
  ) throws(Unwind) -> (replacement: Value, position: Int) {
    let handler = try CodecRegistry(self).handler(name)
    let result = try call(handler, exception)
    let what = acceptsBytes ? "encoding error handler must return (str/bytes, int) tuple"
      : "decoding error handler must return (str, int) tuple"
    guard self.is(result, .tuple), PyTuple(self, result).count == 2 else { throw raise(.typeError, what) }
    keep(result)
    let (replacement, place) = (PyTuple(self, result)[0], PyTuple(self, result)[1])
    guard isString(replacement) || acceptsBytes && self.is(replacement, .bytes), isInteger(place) else {
      throw raise(.typeError, what)
    }
    var position = try indexAsInt(place)
    if position < 0 { position += length }
    guard position >= 0, position <= length else {
      throw raise(.indexError, "position \(try indexAsInt(place)) from error handler out of bounds")
    }
    return (replacement, position)
  }

  /// One of the functions of a codec that is not built in: 0 encodes, 1 decodes.
  private func textCodec(_ encoding: String, _ index: Int) throws(Unwind) -> Value {
    let codec = try CodecRegistry(self).lookUp(encoding)
    keep(codec)
    if let isText = try findAttribute(codec, intern("_is_text_encoding")), try !truth(isText) {
      let function = index == 0 ? "encode" : "decode"
      throw raise(
        .lookupError,
        "'\(encoding)' is not a text encoding; use codecs.\(function)() to handle arbitrary codecs")
    }
    return PyTuple(self, codec)[index]
  }

  /// Calls a codec's function; its result is a tuple of the outcome and a length.
  func callCodec(
    _ function: Value, _ input: Value, _ encoding: String, errors: String, isEncoder: Bool
  ) throws(Unwind) -> Value {
    let result: Value
    do throws(Unwind) {
      result = try call(function, input, newString(errors))
    } catch {
      guard error.isException, canBeReworded(self[root: .pendingException]) else { throw error }
      throw reworded(takePending(), "\(isEncoder ? "encoding" : "decoding") with '\(encoding)' codec failed")
    }
    guard self.is(result, .tuple), PyTuple(self, result).count == 2 else {
      throw raise(.typeError, "\(isEncoder ? "encoder" : "decoder") must return a tuple (object, integer)")
    }
    return PyTuple(self, result)[0]
  }

  /// Whether an exception is a plain one that can be made again with another message (CPython: `_PyErr_TrySetFromCause`).
  private func canBeReworded(_ exception: Value) -> Bool {
    guard self.is(exception, .exception), exceptionFamily(exception) == .plain else { return false }
    let (own, base) = (classOf(exception), type(.baseException))
    guard lookup(class: own, name(.new)) == lookup(class: base, name(.new)),
      lookup(class: own, name(.`init`)) == lookup(class: base, name(.`init`))
    else { return false }
    let dict = words(exception).value(ExceptionLayout.dict)
    guard !dict.isRef || PyDict(self, dict).count == 0 else { return false }
    let arguments = PyTuple(self, words(exception).value(ExceptionLayout.args))
    return arguments.count == 0 || arguments.count == 1 && isExactString(arguments[0])
  }

  /// The same exception, with what was being done before its message; the original is its cause.
  private func reworded(_ cause: Value, _ what: String) -> Unwind {
    let arguments = PyTuple(self, words(cause).value(ExceptionLayout.args))
    let message = arguments.count == 0 ? "" : text(arguments[0])
    do throws(Unwind) {
      let shown = try newString("\(what) (\(typeName(cause)): \(message))")
      let exception = try newException(classOf(cause), arguments: newTuple(shown))
      let failure = raise(exception)
      words(exception).set(ExceptionLayout.context, cause)
      words(exception).set(ExceptionLayout.cause, cause)
      words(exception).set(ExceptionLayout.suppressContext, .true)
      return failure
    } catch {
      return error
    }
  }

  func encodeByRegistry(_ string: Value, encoding: String, errors: String) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let result = try callCodec(textCodec(encoding, 0), string, encoding, errors: errors, isEncoder: true)
    if self.is(result, .bytes) { return result }
    if let view = BytesView(self, result) { return try newBytes(view.array()) }
    throw raise(
      .typeError,
      "'\(encoding)' encoder returned '\(typeName(result))' instead of 'bytes'; "
        + "use codecs.encode() to encode to arbitrary types")
  }

  func decodeByRegistry(_ bytes: [UInt8], encoding: String, errors: String) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let function = try textCodec(encoding, 1)
    let input = try newBytes(bytes)
    keep(input)
    let result = try callCodec(function, input, encoding, errors: errors, isEncoder: false)
    guard isString(result) else {
      throw raise(
        .typeError,
        "'\(encoding)' decoder returned '\(typeName(result))' instead of 'str'; "
          + "use codecs.decode() to decode to arbitrary types")
    }
    return result
  }
}
