/// What the compiler says about bad source, as the exception that Python raises for it.
extension VM {
  /// Makes the exception of a failed compilation and sets it pending.
  package func raiseCompileFailure(_ failure: CompileFailure) -> Unwind {
    let kind: WellKnown
    switch failure.kind {
    case .value: return raise(.valueError, failure.message)
    case .memory: return failure.message.isEmpty ? raise(.memoryError, arguments: []) : raise(.memoryError, failure.message)
    case .recursion: return raise(.recursionError, failure.message)
    case .syntax: kind = .syntaxError
    case .indentation: kind = .indentationError
    case .tab: kind = .tabError
    }
    do {
      let message = try newString(failure.message)
      let place = [
        try newString(failure.filename), Value(small: failure.line), Value(small: failure.column),
        try failure.text.map { (text) throws(Unwind) in try newString(text) } ?? .none,
        Value(small: failure.endLine), Value(small: failure.endColumn),
      ]
      let exception = try newException(type(kind), arguments: newTuple(message, newTuple(place)))
      try setExceptionFields(exception, [message] + place + [.none])
      return raise(exception)
    } catch {
      return error
    }
  }
}
