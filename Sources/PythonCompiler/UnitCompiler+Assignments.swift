import PythonBytecode
import PythonSyntax

/// Assignments of every kind, and `del`.
extension UnitCompiler {
  func compileAssignment(_ targets: [Expression], _ value: Expression) throws(SyntaxError) {
    if targets.count == 1 { return try assign(value, to: targets[0]) }
    // The value is kept in the first target when that is a local, else in a temporary.
    let register: Register
    var rest = targets[...]
    if let local = localTarget(targets[0]) {
      try refuseDebug(nameOf(targets[0]))
      try evaluate(value, into: local)
      markBound(local)
      register = local
      rest = rest.dropFirst()
    } else {
      register = code.allocate()
      try evaluate(value, into: register)
    }
    for target in rest { try store(target, from: register) }
  }

  private func nameOf(_ target: Expression) -> String {
    if case .name(let name, _) = target.kind { return name }
    return ""
  }

  /// The register of a target that is a plain local.
  func localTarget(_ target: Expression) -> Register? {
    guard case .name(let name, _) = target.kind, scope.kind == .function else { return nil }
    let mangledName = mangle(name)
    guard scope.residence(of: mangledName) == .local, !scope.walrusTargets.contains(mangledName) else { return nil }
    return localRegister(mangledName)
  }

  private func assign(_ value: Expression, to target: Expression) throws(SyntaxError) {
    if scope.kind == .function, case .name(let name, _) = target.kind, case .register = place(of: mangle(name)) {
      let register = localRegister(mangle(name))
      try evaluate(value, into: register)
      here = target.span
      try refuseDebug(name)
      return markBound(register)
    }
    if let targets = target.items, let values = value.items, targets.count == values.count, targets.count > 0,
      !targets.contains(where: \.isStarred), !values.contains(where: \.isStarred)
    {
      return try assignPairwise(values, to: targets)
    }
    let register = try operand(value)
    try store(target, from: register)
  }

  /// `a, b = b, a`: without a tuple. All values first, then the targets from left to right.
  private func assignPairwise(_ values: [Expression], to targets: [Expression]) throws(SyntaxError) {
    var sources: [Register] = []
    for value in values { sources.append(try operand(value)) }
    let locals = targets.map { localTarget($0) }
    if Set(locals).count == targets.count, !locals.contains(nil) {
      for target in targets { try refuseDebug(nameOf(target)) }
      moveAll(zip(locals.compactMap { $0 }, sources).map { ($0, $1) })
      for case let local? in locals { markBound(local) }
      return
    }
    // A target may change a local that is still to be stored elsewhere.
    for index in sources.indices where !code.isTemporary(sources[index]) && locals.contains(sources[index]) {
      let copy = code.allocate()
      code.emit(.move, copy, sources[index], at: here)
      sources[index] = copy
    }
    for (target, source) in zip(targets, sources) { try store(target, from: source) }
  }

  /// Moves all at once: no target is overwritten while it is still a source.
  private func moveAll(_ moves: [(target: Register, source: Register)]) {
    var pending = moves.filter { $0.target != $0.source }
    while !pending.isEmpty {
      if let index = pending.firstIndex(where: { move in !pending.contains { $0.source == move.target } }) {
        let move = pending.remove(at: index)
        code.emit(.move, move.target, move.source, at: here)
      } else {
        // A cycle: one value steps aside.
        let aside = code.allocate()
        let source = pending[0].source
        code.emit(.move, aside, source, at: here)
        for index in pending.indices where pending[index].source == source { pending[index].source = aside }
      }
    }
  }

  // MARK: Stores

  func store(_ target: Expression, from value: Register) throws(SyntaxError) {
    try enterLevel()
    defer { leaveLevel() }
    let saved = here
    here = target.span
    let mark = code.top
    defer {
      here = saved
      code.release(to: mark)
    }
    switch target.kind {
    case .name(let name, _):
      try refuseDebug(name)
      storeName(name, from: value)
    case .attribute(let object, let name, _):
      let register = try operand(object)
      try refuseDebug(name)
      code.emitNamed(.storeAttribute, register, value, name: mangle(name), at: attributeSpan(target, name))
    case .subscript(let object, let index, _):
      let register = try operand(object)
      let index = try operand(index)
      code.emit(.storeItem, register, index, value, at: here)
    case .list(let targets, _), .tuple(let targets, _): try unpack(value, to: targets)
    case .starred: throw error("starred assignment target must be in a list or tuple")
    default: throw error("cannot assign to expression")
    }
  }

  private func unpack(_ value: Register, to targets: [Expression]) throws(SyntaxError) {
    var star: Int?
    for (index, target) in targets.enumerated() where target.isStarred {
      if star != nil { throw error("multiple starred expressions in assignment") }
      if index >= 256 || targets.count - index - 1 >= 1 << 15 {
        throw error("too many expressions in star-unpacking assignment")
      }
      star = index
    }
    if targets.count >= 1 << 15 { throw error("too many expressions in star-unpacking assignment") }
    // Locals get their items at once, up to the first target whose own store may fail.
    var registers: [Register] = []
    var direct = true
    for target in targets {
      var plain = target
      if case .starred(let inner, _) = target.kind { plain = inner }
      if direct, let local = localTarget(plain) {
        try refuseDebug(nameOf(plain))
        registers.append(local)
      } else {
        direct = false
        registers.append(code.allocate())
      }
    }
    if let star {
      code.emit(.unpackStarred, value, star, targets.count - star - 1, at: here)
    } else {
      code.emit(.unpack, value, targets.count, at: here)
    }
    code.emitNumbers(registers, role: .registers, at: here)
    for register in registers where !code.isTemporary(register) { markBound(register) }
    for (target, register) in zip(targets, registers) where code.isTemporary(register) {
      if case .starred(let inner, _) = target.kind {
        try store(inner, from: register)
      } else {
        try store(target, from: register)
      }
    }
  }

  // MARK: Augmented and annotated

  func compileAugmented(
    _ target: Expression, _ op: BinaryOperator, _ value: Expression
  ) throws(SyntaxError) {
    switch target.kind {
    case .name(let name, _):
      let statement = here
      here = target.span
      try refuseDebug(name)
      here = statement
      if case .register(let register) = place(of: mangle(name)), !scope.walrusTargets.contains(mangle(name)) {
        checkBound(register, at: target.span)
        try emitBinary(op, register, value, into: register, isInPlace: true)
        return markBound(register)
      }
      let result = code.allocate()
      let saved = here
      here = target.span
      try loadName(name, into: result)
      here = saved
      try emitBinary(op, result, value, into: result, isInPlace: true)
      here = target.span
      storeName(name, from: result)
      here = saved
    case .attribute(let object, let name, _):
      let register = try operand(object)
      try refuseDebug(name)
      let span = attributeSpan(target, name)
      let result = code.allocate()
      code.emitNamed(.loadAttribute, result, register, name: mangle(name), at: span)
      try emitBinary(op, result, value, into: result, isInPlace: true)
      code.emitNamed(.storeAttribute, register, result, name: mangle(name), at: span)
    case .subscript(let object, let index, _):
      let register = try operand(object)
      let index = try operand(index)
      let result = code.allocate()
      code.emit(.loadItem, result, register, index, at: target.span)
      try emitBinary(op, result, value, into: result, isInPlace: true)
      code.emit(.storeItem, register, index, result, at: target.span)
    default: throw error("illegal expression for augmented assignment")
    }
  }

  func compileAnnotated(
    _ target: Expression, _ annotation: Expression, _ value: Expression?, _ simple: Bool
  ) throws(SyntaxError) {
    if let value { try assign(value, to: target) }
    let isEvaluated = kind == .module || kind == .classBody
    switch target.kind {
    case .name(let name, _):
      try refuseDebug(name)
      if simple, isEvaluated {
        let register = try annotationOperand(annotation)
        let dictionary = code.allocate()
        code.emitNamed(.loadName, dictionary, name: "__annotations__", at: here)
        let key = code.allocate()
        loadConstant(CodeConstant(mangle(name)), into: key)
        code.emit(.storeItem, dictionary, key, register, at: here)
      }
    case .attribute(let object, let name, _):
      try refuseDebug(name)
      if value == nil { try evaluateForEffect(object) }
    case .subscript(let object, let index, _):
      if value == nil {
        try evaluateForEffect(object)
        try evaluateForEffect(index)
      }
    default: throw error("invalid node type for annotated assignment")
    }
    if !simple, isEvaluated, !session.futureAnnotations { try evaluateForEffect(annotation) }
  }

  /// An annotation's value: with `from __future__ import annotations`, its text.
  func annotationOperand(_ annotation: Expression) throws(SyntaxError) -> Register {
    guard session.futureAnnotations else { return try operand(annotation) }
    let register = code.allocate()
    loadConstant(CodeConstant(try Unparser.text(annotation, session.errors)), into: register)
    return register
  }

  // MARK: Deletion

  func compileDeletion(_ target: Expression) throws(SyntaxError) {
    try enterLevel()
    defer { leaveLevel() }
    let saved = here
    here = target.span
    let mark = code.top
    defer {
      here = saved
      code.release(to: mark)
    }
    switch target.kind {
    case .name(let name, _):
      try refuseDebug(name, deleting: true)
      deleteName(name)
    case .attribute(let object, let name, _):
      let register = try operand(object)
      try refuseDebug(name, deleting: true)
      code.emitNamed(.deleteAttribute, register, name: mangle(name), at: attributeSpan(target, name))
    case .subscript(let object, let index, _):
      let register = try operand(object)
      code.emit(.deleteItem, register, try operand(index), at: here)
    case .list(let targets, _), .tuple(let targets, _): for target in targets { try compileDeletion(target) }
    default: throw error("cannot delete expression")
    }
  }
}

extension Expression {
  /// The items of a tuple or list display.
  var items: [Expression]? {
    switch kind {
    case .list(let items, _), .tuple(let items, _): items
    default: nil
    }
  }
}
