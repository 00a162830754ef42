import PythonBytecode
import PythonSyntax

/// Calls: callee and arguments are computed where the call wants them, in a window at the top of the frame.
extension UnitCompiler {
  func evaluateCall(
    _ function: Expression, _ arguments: [Expression], _ keywords: [Keyword], into destination: Register
  ) throws(SyntaxError) {
    try validate(keywords)
    // A call whose value is wanted at the top of the frame has its window there: `f(g(x))` moves nothing.
    let window = code.isTemporary(destination) && code.isTop(destination) ? destination : code.allocate()
    let isSpread = arguments.contains(where: \.isStarred) || keywords.contains { $0.name == nil }
    if case .attribute(let object, let name, .load) = function.kind, !isSpread {
      try callMethod(object, name, function, arguments, keywords, window)
    } else {
      try evaluate(function, into: window)
      _ = code.allocate(2)
      if isSpread {
        try callSpread(arguments, keywords, window)
      } else {
        try call(arguments, keywords, window)
      }
    }
    deliver(window, to: destination)
  }

  /// Refuses `f(a=1, a=2)` and `f(__debug__=1)`.
  func validate(_ keywords: [Keyword]) throws(SyntaxError) {
    var seen: Set<String> = []
    for keyword in keywords {
      guard let name = keyword.name else { continue }
      try refuseDebug(name)
      if !seen.insert(name).inserted {
        here = keyword.span
        throw error("keyword argument repeated: \(name)")
      }
    }
  }

  /// The callee is in `window`, two registers more are taken.
  func call(_ arguments: [Expression], _ keywords: [Keyword], _ window: Register) throws(SyntaxError) {
    for argument in arguments { try evaluate(argument, into: code.allocate()) }
    for keyword in keywords { try evaluate(keyword.value, into: code.allocate()) }
    emitCall(window, arguments.count, keywords, plain: .call, named: .callKeywords)
  }

  private func emitCall(
    _ window: Register, _ positionalCount: Int, _ keywords: [Keyword], plain: Opcode, named: Opcode
  ) {
    let count = positionalCount + keywords.count
    if keywords.isEmpty {
      code.emit(plain, window, count, at: here)
    } else {
      let names = code.shortConstant(.tuple(keywords.map { CodeConstant($0.name ?? "") }))
      code.emit(named, window, count, names, at: here)
    }
  }

  // MARK: Methods

  private func callMethod(
    _ object: Expression, _ name: String, _ function: Expression, _ arguments: [Expression], _ keywords: [Keyword],
    _ window: Register
  ) throws(SyntaxError) {
    _ = code.allocate(2)
    let receiver = code.allocate()
    let attribute = methodSpan(attribute: function, name, whole: function.span)
    let call = methodSpan(attribute: function, name, whole: here)
    if keywords.isEmpty, arguments.allSatisfy(isEffectless) {
      try evaluate(object, into: receiver)
      for argument in arguments { try evaluate(argument, into: code.allocate()) }
      code.emitNamed(
        .callNamedMethod, window, arguments.count, name: mangle(name), at: attribute, nameAt: call)
      return
    }
    let register = try operand(object, scratch: receiver)
    code.emitNamed(.loadMethod, window, register, name: mangle(name), at: attribute)
    for argument in arguments { try evaluate(argument, into: code.allocate()) }
    for keyword in keywords { try evaluate(keyword.value, into: code.allocate()) }
    let saved = here
    here = call
    emitCall(window, arguments.count, keywords, plain: .callMethod, named: .callMethodKeywords)
    here = saved
  }

  /// Evaluating it does nothing that anybody could see: a constant, or a local that is bound.
  private func isEffectless(_ expression: Expression) -> Bool {
    if let local = stableLocal(expression) { return code.bound?.contains(local) ?? true }
    return session.folder.constant(expression) != nil
  }

  // MARK: `*` and `**`

  /// The callee is in `window`, two registers more are taken; the tuple goes to `window + 3`, the dict to `window + 4`.
  private func callSpread(
    _ arguments: [Expression], _ keywords: [Keyword], _ window: Register
  ) throws(SyntaxError) {
    let positional = code.allocate()
    if arguments.count == 1, case .starred(let value, _) = arguments[0].kind {
      try evaluate(value, into: positional)
    } else if arguments.contains(where: \.isStarred) {
      try collect(.list, arguments, into: positional)
      code.emit(.listToTuple, positional, positional, at: here)
    } else {
      try collect(.tuple, arguments, into: positional)
    }
    try finishSpread(keywords, window)
  }

  /// The positional arguments are in `window + 3`, the newest register: the keyword arguments, and the call.
  func finishSpread(_ keywords: [Keyword], _ window: Register) throws(SyntaxError) {
    let named = code.allocate()
    if keywords.isEmpty {
      code.emit(.loadNone, named, at: here)
    } else if keywords.count == 1, keywords[0].name == nil {
      // The call copies what it takes from a mapping, so that `f(*args, **kwargs)` need not.
      try evaluate(keywords[0].value, into: named)
    } else {
      try collectKeywords(keywords, into: named, callee: window)
    }
    code.emit(.callSpread, window, at: here)
  }

  private func collectKeywords(
    _ keywords: [Keyword], into dictionary: Register, callee: Register
  ) throws(SyntaxError) {
    code.emit(.buildDict, dictionary, dictionary, 0, at: here)
    var index = 0
    while index < keywords.count {
      let mark = code.top
      if keywords[index].name == nil {
        let value = try operand(keywords[index].value)
        code.emit(.dictMerge, dictionary, value, callee, at: here)
        index += 1
      } else {
        // A run of named ones is a dict of its own, so that a name given twice is an error.
        let part = code.allocate()
        let first = code.allocate(0)
        var count = 0
        while index < keywords.count, let name = keywords[index].name, count < 32 {
          loadConstant(CodeConstant(name), into: code.allocate())
          try evaluate(keywords[index].value, into: code.allocate())
          count += 1
          index += 1
        }
        code.emit(.buildDict, part, first, count, at: here)
        code.emit(.dictMerge, dictionary, part, callee, at: here)
      }
      code.release(to: mark)
    }
  }
}

extension Expression {
  var isStarred: Bool {
    if case .starred = kind { return true }
    return false
  }
}
