import PythonBytecode
import PythonSyntax

/// Something that `return`, `break` and `continue` have to leave in an orderly way.
struct Block {
  enum Kind {
    case loop(next: Label, end: Label)
    /// In the body of a `try` with handlers.
    case tryBody
    /// In a handler: the exception handled before is in the register; the handler's name is unbound at its end.
    case handler(saved: Register, name: String?)
    /// In a handler of `except*`, which may not be left by these statements.
    case starHandler
    /// In the body (or a handler) of a `try` with `finally`.
    case finallyBody([Statement])
    /// In a `finally` body that runs because of an exception.
    case finallyEnd(saved: Register)
    case with(exit: Register, isAsync: Bool, span: Span)
  }

  let kind: Kind
  /// The exception handler outside of the block.
  let outerRegion: Int32

  /// Leaving it may change locals: it runs code of the program, or unbinds a name.
  var changesLocals: Bool {
    switch kind {
    case .finallyBody, .with, .handler(_, .some): true
    default: false
    }
  }
}

/// Loops, and the ways out of blocks.
extension UnitCompiler {
  func push(_ kind: Block.Kind) throws(SyntaxError) {
    if blocks.count >= 20 { throw error("too many statically nested blocks") }
    blocks.append(Block(kind: kind, outerRegion: code.region))
  }

  func pop() { blocks.removeLast() }

  /// The loop as CPython lays it out too: test, body, test again at the bottom.
  func compileWhile(_ test: Expression, _ body: [Statement], _ orElse: [Statement]) throws(SyntaxError) {
    let span = here
    let bodyLabel = code.newLabel()
    let next = code.newLabel()
    let otherwise = code.newLabel()
    let end = code.newLabel()
    let isOutermost = enterLoop()
    try push(.loop(next: next, end: end))
    if session.folder.constant(test)?.truth == true { code.emit(.nop, at: span) }
    try jump(ifTrue: false, test, to: otherwise)
    code.bind(bodyLabel)
    try compile(body)
    here = span
    code.bind(next)
    try jump(ifTrue: true, test, to: bodyLabel)
    pop()
    leaveLoop(isOutermost)
    code.bind(otherwise)
    try compile(orElse)
    code.bind(end)
  }

  func compileFor(
    _ target: Expression, _ iterable: Expression, _ body: [Statement], _ orElse: [Statement]
  ) throws(SyntaxError) {
    let span = here
    let next = code.newLabel()
    let end = code.newLabel()
    try push(.loop(next: next, end: end))
    let iterator = code.allocate()
    let source = try operand(constantContainer(iterable), scratch: iterator)
    code.emit(.getIterator, iterator, source, at: span)
    let isOutermost = enterLoop()
    let top = try beginFor(target, next)
    try compile(body)
    here = span
    code.bind(next)
    code.branch(.forIterate, iterator, top.item, to: top.body, at: span)
    pop()
    leaveLoop(isOutermost)
    try compile(orElse)
    code.bind(end)
  }

  /// The way into the loop and the store of its target; returns the register that items come in, and the body's label.
  func beginFor(_ target: Expression, _ next: Label) throws(SyntaxError) -> (item: Register, body: Label) {
    let entry = code.bound
    code.jump(to: next, at: .nowhere)
    let body = code.newLabel()
    code.bound = entry
    code.bind(body)
    if let local = localTarget(target) {
      if case .name(let name, _) = target.kind {
        let saved = here
        here = target.span
        try refuseDebug(name)
        here = saved
      }
      markBound(local)
      return (local, body)
    }
    let item = code.allocate()
    try store(target, from: item)
    return (item, body)
  }

  func compileBreak() throws(SyntaxError) {
    try leaveLoop(continuing: false)
  }

  func compileContinue() throws(SyntaxError) {
    try leaveLoop(continuing: true)
  }

  private func leaveLoop(continuing: Bool) throws(SyntaxError) {
    let span = here
    for index in blocks.indices.reversed() {
      if case .starHandler = blocks[index].kind { try refuseInStarHandler() }
      if case .loop(let next, let end) = blocks[index].kind {
        try leave(downTo: index + 1, span)
        code.jump(to: continuing ? next : end, at: span)
        return
      }
    }
    throw error(continuing ? "'continue' not properly in loop" : "'break' outside loop")
  }

  func refuseInStarHandler() throws(SyntaxError) {
    throw error("'break', 'continue' and 'return' cannot appear in an except* block")
  }

  /// Leaves all blocks: for `return`.
  func leaveAll(_ span: Span) throws(SyntaxError) {
    for block in blocks { if case .starHandler = block.kind { try refuseInStarHandler() } }
    try leave(downTo: 0, span)
  }

  /// Emits what it takes to leave the blocks from `depth` on, innermost first.
  private func leave(downTo depth: Int, _ span: Span) throws(SyntaxError) {
    let savedBlocks = blocks
    let savedRegion = code.region
    while blocks.count > depth {
      let block = blocks.removeLast()
      code.region = block.outerRegion
      here = span
      switch block.kind {
      case .loop, .tryBody, .starHandler: break
      case .handler(let saved, let name):
        code.emit(.popHandled, saved, at: .nowhere)
        if let name { clearHandlerName(name) }
      case .finallyBody(let body):
        let number = statementNumber
        try compile(body)
        statementNumber = number
      case .finallyEnd(let saved): code.emit(.popHandled, saved, at: .nowhere)
      case .with(let exit, let isAsync, let withSpan):
        here = withSpan
        try emitNormalExit(exit, isAsync: isAsync)
      }
    }
    // The code that jumps away belongs to where it goes; then back to where we were.
    blocks = savedBlocks
    defer { code.region = savedRegion }
    here = span
  }
}
