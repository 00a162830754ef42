import PythonBytecode
import PythonSyntax

/// `try` and `with`.
///
/// A handler begins with `pushHandled`, and every way out of it does `popHandled`: the normal end, `return` and its
/// like
/// (through `Block.handler`), and an exception of its own (through a region around the handler, whose code ends in
/// `reraise`).
extension UnitCompiler {
  func compileTry(
    _ body: [Statement], _ handlers: [ExceptHandler], _ orElse: [Statement], _ finally: [Statement], isStar: Bool
  ) throws(SyntaxError) {
    // Reaching `try:` is a step.
    code.emit(.nop, at: here)
    guard !finally.isEmpty else { return try compileTryExcept(body, handlers, orElse, isStar: isStar) }
    let span = here
    let exception = code.allocate()
    let saved = code.allocate()
    let entry = code.bound
    let handler = code.newLabel()

    // The body, and the `finally` that follows it in the normal course.
    try push(.finallyBody(finally))
    let outer = code.enterRegion(handler: handler, register: exception)
    if handlers.isEmpty {
      try compile(body)
    } else {
      try compileTryExcept(body, handlers, orElse, isStar: isStar)
    }
    code.region = outer
    pop()
    here = span
    let mark = code.top
    try compile(finally)
    code.release(to: mark)

    // The `finally` that runs because of an exception.
    let previous = code.enterColdSection()
    let after = code.bound
    code.bound = entry
    code.bind(handler)
    here = span
    code.emit(.pushHandled, saved, exception, at: .nowhere)
    let cleanup = code.newLabel()
    try push(.finallyEnd(saved: saved))
    _ = code.enterRegion(handler: cleanup, register: exception)
    try compile(finally)
    pop()
    code.region = outer
    emitReraise(exception, saved, at: here)
    // An exception in it.
    code.bound = entry
    code.bind(cleanup)
    emitReraise(exception, saved)
    code.leaveColdSection(previous)
    code.bound = after
  }

  /// Ends a handler whose exception goes on.
  private func emitReraise(_ exception: Register, _ saved: Register, at span: Span = .nowhere) {
    code.emit(.popHandled, saved, at: .nowhere)
    code.emit(.reraise, exception, at: span)
    code.bound = nil
  }

  private func compileTryExcept(
    _ body: [Statement], _ handlers: [ExceptHandler], _ orElse: [Statement], isStar: Bool
  ) throws(SyntaxError) {
    for (index, handler) in handlers.enumerated() where handler.type == nil && index < handlers.count - 1 {
      here = handler.span
      throw error("default 'except:' must be last")
    }
    let exception = code.allocate()
    let saved = code.allocate()
    let entry = code.bound
    let handler = code.newLabel()
    let end = code.newLabel()

    try push(.tryBody)
    let outer = code.enterRegion(handler: handler, register: exception)
    try compile(body)
    pop()
    code.region = outer
    try compile(orElse)

    let previous = code.enterColdSection()
    let after = code.bound
    code.bound = entry
    code.bind(handler)
    code.emit(.pushHandled, saved, exception, at: .nowhere)
    let cleanup = code.newLabel()
    _ = code.enterRegion(handler: cleanup, register: exception)
    if isStar {
      try compileStarHandlers(handlers, exception, saved, end, outer)
    } else {
      try compileHandlers(handlers, exception, saved, end, outer)
    }
    code.region = outer
    code.bound = entry
    code.bind(cleanup)
    emitReraise(exception, saved)
    code.leaveColdSection(previous)
    code.bound = after
    code.bind(end)
  }

  private func compileHandlers(
    _ handlers: [ExceptHandler], _ exception: Register, _ saved: Register, _ end: Label, _ outer: Int32
  ) throws(SyntaxError) {
    let inner = code.region
    for handler in handlers {
      let mark = code.top
      let next = code.newLabel()
      here = handler.span
      if let type = handler.type {
        let register = try operand(type)
        let matches = code.allocate()
        code.emit(.matchException, matches, exception, register, at: here)
        code.branch(.jumpIfFalse, matches, to: next, at: here)
        code.release(to: mark)
      } else {
        code.emit(.nop, at: here)
      }
      code.region = outer
      try push(.handler(saved: saved, name: handler.name))
      code.region = inner
      if let name = handler.name {
        try compileNamedHandler(name, handler, exception, saved)
      } else {
        try compile(handler.body)
      }
      pop()
      code.region = outer
      code.emit(.popHandled, saved, at: .nowhere)
      if let name = handler.name { clearHandlerName(name) }
      code.jump(to: end, at: .nowhere)
      code.region = inner
      code.bind(next)
      code.release(to: mark)
    }
    // No handler wants it: the last one had the last say.
    code.region = outer
    emitReraise(exception, saved, at: handlers.last?.span ?? .nowhere)
  }

  /// The body of `except … as name`; an exception in it unbinds the name too.
  private func compileNamedHandler(
    _ name: String, _ handler: ExceptHandler, _ exception: Register, _ saved: Register
  ) throws(SyntaxError) {
    try refuseDebug(name)
    storeName(name, from: exception)
    let cleanup = code.newLabel()
    let entry = code.bound
    let inner = code.enterRegion(handler: cleanup, register: exception)
    try compile(handler.body)
    code.region = inner
    let previous = code.enterColdSection()
    let after = code.bound
    code.bound = entry
    code.bind(cleanup)
    here = .nowhere
    clearHandlerName(name)
    // Falls into the outer region's way out.
    code.emit(.reraise, exception, at: .nowhere)
    code.bound = nil
    code.leaveColdSection(previous)
    code.bound = after
  }

  /// `name = None; del name`, at each way out of `except … as name`.
  func clearHandlerName(_ name: String) {
    let saved = here
    here = .nowhere
    if case .register(let register) = place(of: mangle(name)) {
      code.emit(.deleteLocal, register, at: .nowhere)
    } else {
      let mark = code.top
      let none = code.allocate()
      loadConstant(.none, into: none)
      storeName(name, from: none)
      deleteName(name, isCertain: true)
      code.release(to: mark)
    }
    here = saved
  }

  // MARK: `except*`

  /// Each clause takes its part of the group; what is left, and what the clauses raise, is raised together in the end.
  private func compileStarHandlers(
    _ handlers: [ExceptHandler], _ exception: Register, _ saved: Register, _ end: Label, _ outer: Int32
  ) throws(SyntaxError) {
    let raised = code.allocate()
    let match = code.allocate(2)
    let rest = code.allocate()
    here = handlers.first?.span ?? here
    code.emit(.buildList, raised, raised, 0, at: here)
    code.emit(.move, rest, exception, at: here)
    let inner = code.region
    for handler in handlers {
      let mark = code.top
      here = handler.span
      let next = code.newLabel()
      guard let type = handler.type else { throw error("expected one or more exception types") }
      let register = try operand(type)
      code.emit(.matchExceptionGroup, match, rest, register, at: here)
      code.emit(.move, rest, match + 1, at: here)
      code.branch(.jumpIfNone, match, to: next, at: here)
      code.release(to: mark)
      try compileStarHandler(handler, match, raised, outer)
      code.region = inner
      code.bind(next)
      code.release(to: mark)
    }
    let nothing = code.newLabel()
    here = .nowhere
    let skip = code.newLabel()
    code.branch(.jumpIfNone, rest, to: skip, at: .nowhere)
    code.emit(.listAppend, raised, rest, at: .nowhere)
    code.bind(skip)
    code.emit(.prepareReraiseStar, match, exception, raised, at: .nowhere)
    code.branch(.jumpIfNone, match, to: nothing, at: .nowhere)
    code.region = outer
    emitReraise(match, saved)
    code.bind(nothing)
    code.emit(.popHandled, saved, at: .nowhere)
    code.jump(to: end, at: .nowhere)
  }

  private func compileStarHandler(
    _ handler: ExceptHandler, _ match: Register, _ raised: Register, _ outer: Int32
  ) throws(SyntaxError) {
    let failure = code.allocate()
    let before = code.allocate()
    let cleanup = code.newLabel()
    let done = code.newLabel()
    try push(.starHandler)
    // While the clause runs, its part of the group is the exception handled.
    code.emit(.pushHandled, before, match, at: .nowhere)
    if let name = handler.name {
      try refuseDebug(name)
      storeName(name, from: match)
    }
    let entry = code.bound
    let inner = code.enterRegion(handler: cleanup, register: failure)
    try compile(handler.body)
    code.region = inner
    pop()
    if let name = handler.name { clearHandlerName(name) }
    code.emit(.popHandled, before, at: .nowhere)
    code.jump(to: done, at: .nowhere)
    // What it raises is kept for the end.
    code.bound = entry
    code.bind(cleanup)
    if let name = handler.name { clearHandlerName(name) }
    code.emit(.popHandled, before, at: .nowhere)
    code.emit(.listAppend, raised, failure, at: .nowhere)
    code.bind(done)
  }

  // MARK: `with`

  func compileWith(_ items: ArraySlice<WithItem>, _ body: [Statement], isAsync: Bool) throws(SyntaxError) {
    guard let item = items.first else { return try compile(body) }
    let span = here
    if isAsync, kind != .asyncFunction { throw error("'async with' outside async function") }
    let exit = code.allocate(2)
    let exception = code.allocate()
    let saved = code.allocate()
    let mark = code.top
    let manager = try operand(item.context)
    if isAsync {
      code.emit(.enterAsyncContext, exit, manager, at: span)
      emitAwait(exit + 1, flags: InstructionFlags.isEntering)
    } else {
      code.emit(.enterContext, exit, manager, at: span)
    }
    code.release(to: mark)
    let entry = code.bound
    let handler = code.newLabel()
    let end = code.newLabel()
    try push(.with(exit: exit, isAsync: isAsync, span: span))
    let outer = code.enterRegion(handler: handler, register: exception)
    if let target = item.target { try store(target, from: exit + 1) }
    try compileWith(items.dropFirst(), body, isAsync: isAsync)
    code.region = outer
    pop()
    here = span
    code.beginStatement()
    try emitNormalExit(exit, isAsync: isAsync)

    let previous = code.enterColdSection()
    let after = code.bound
    code.bound = entry
    code.bind(handler)
    code.emit(.pushHandled, saved, exception, at: span)
    let cleanup = code.newLabel()
    _ = code.enterRegion(handler: cleanup, register: exception)
    let result = code.allocate()
    code.emit(.callExit, result, exit, exception, at: span)
    if isAsync { emitAwait(result, flags: InstructionFlags.isExiting) }
    let swallowed = code.newLabel()
    code.branch(.jumpIfTrue, result, to: swallowed, at: span)
    code.region = outer
    emitReraise(exception, saved)
    code.bind(swallowed)
    code.emit(.popHandled, saved, at: span)
    code.jump(to: end, at: .nowhere)
    code.bound = entry
    code.bind(cleanup)
    emitReraise(exception, saved)
    code.leaveColdSection(previous)
    code.bound = after
    code.release(to: mark)
    code.bind(end)
  }

  /// `exit(None, None, None)`.
  func emitNormalExit(_ exit: Register, isAsync: Bool) throws(SyntaxError) {
    let mark = code.top
    let window = code.allocate(6)
    code.emit(.move, window, exit, at: here)
    for index in 3..<6 { loadConstant(.none, into: window + index) }
    code.emit(.call, window, 3, at: here)
    if isAsync { emitAwait(window, flags: InstructionFlags.isExiting) }
    code.release(to: mark)
  }
}
