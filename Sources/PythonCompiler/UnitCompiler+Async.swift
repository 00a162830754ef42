import PythonBytecode
import PythonSyntax

/// Generators and coroutines: `yield`, `await`, `async for`.
extension UnitCompiler {
  func evaluateYield(_ value: Expression?, into destination: Register) throws(SyntaxError) {
    guard scope.kind == .function else { throw error("'yield' outside function") }
    var register: Register
    if let value {
      register = try operand(value)
    } else {
      register = code.allocate()
      loadConstant(.none, into: register)
    }
    if scope.isCoroutine {
      let wrapped = code.isTemporary(register) ? register : code.allocate()
      code.emit(.wrapAsyncYield, wrapped, register, at: here)
      register = wrapped
    }
    code.emit(.yield, destination, register, at: here)
  }

  func evaluateYieldFrom(_ value: Expression, into destination: Register) throws(SyntaxError) {
    guard scope.kind == .function else { throw error("'yield' outside function") }
    if kind == .asyncFunction { throw error("'yield from' inside async function") }
    let register = try operand(value)
    delegate(.getYieldFromIterator, register, into: destination)
  }

  func evaluateAwait(_ value: Expression, into destination: Register) throws(SyntaxError) {
    guard scope.kind == .function else { throw error("'await' outside function") }
    guard kind == .asyncFunction || kind == .comprehension else { throw error("'await' outside async function") }
    let register = try operand(value)
    delegate(.getAwaitable, register, into: destination)
  }

  /// Awaits what is in the register and puts the result there.
  func emitAwait(_ register: Register, flags: UInt8 = 0) {
    let mark = code.top
    delegate(.getAwaitable, flags: flags, register, into: register)
    code.release(to: mark)
  }

  /// Yields everything that the iterator of `source` yields; the value it ends with goes to `destination`.
  private func delegate(_ start: Opcode, flags: UInt8 = 0, _ source: Register, into destination: Register) {
    let iterator = code.allocate()
    let value = code.allocate()
    let again = code.newLabel()
    let done = code.newLabel()
    code.emit(start, flags: flags, iterator, source, at: here)
    loadConstant(.none, into: value)
    code.bind(again)
    code.branch(.send, iterator, value, to: done, at: here)
    code.emit(.yield, flags: InstructionFlags.isDelegating, value, value, iterator, at: here)
    code.jump(to: again, at: here)
    code.bind(done)
    deliver(value, to: destination)
  }

  func compileAsyncFor(
    _ target: Expression, _ iterable: Expression, _ body: [Statement], _ orElse: [Statement]
  ) throws(SyntaxError) {
    if kind != .asyncFunction { throw error("'async for' outside async function") }
    let span = here
    let next = code.newLabel()
    let end = code.newLabel()
    let exhausted = code.newLabel()
    let iterator = code.allocate()
    let source = try operand(iterable, scratch: iterator)
    code.emit(.getAsyncIterator, iterator, source, at: span)
    let isOutermost = enterLoop()
    try push(.loop(next: next, end: end))
    try emitAsyncNext(iterator, target, next, exhausted)
    try compile(body)
    code.jump(to: next, at: .nowhere)
    pop()
    leaveLoop(isOutermost)
    code.bind(exhausted)
    try compile(orElse)
    code.bind(end)
  }

  /// The top of an `async for`: gets the next item and stores it; at the end goes to `exhausted`.
  func emitAsyncNext(
    _ iterator: Register, _ target: Expression, _ next: Label, _ exhausted: Label
  ) throws(SyntaxError) {
    let span = here
    let item = code.allocate()
    let exception = code.allocate()
    let handler = code.newLabel()
    code.bind(next)
    let entry = code.bound
    let outer = code.enterRegion(handler: handler, register: exception)
    code.emit(.getAsyncNext, item, iterator, at: span)
    emitAwait(item)
    code.region = outer
    let previous = code.enterColdSection()
    let after = code.bound
    code.bound = entry
    code.bind(handler)
    code.emit(.endAsyncFor, exception, at: span)
    code.jump(to: exhausted, at: .nowhere)
    code.leaveColdSection(previous)
    code.bound = after
    try store(target, from: item)
    here = span
  }
}
