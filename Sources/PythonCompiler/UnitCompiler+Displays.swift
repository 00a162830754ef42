import PythonBytecode
import PythonSyntax

/// Displays of tuples, lists, sets and dicts, and f-strings.
extension UnitCompiler {
  enum Display { case tuple, list, set }

  /// So many items are built at once from registers; more are added one by one.
  private static let chunk = 64

  func evaluateDisplay(_ form: Display, _ items: [Expression], into destination: Register) throws(SyntaxError) {
    if form != .tuple, items.count >= 3, case .tuple(let values)? = session.folder.tuple(items) {
      // A list or set of constants is copied from one constant.
      let result = accumulator(for: destination)
      code.emit(form == .list ? .buildList : .buildSet, result, result, 0, at: here)
      let constant = constantOperand(form == .list ? .tuple(values) : .frozenSet(values), scratch: nil)
      code.emit(form == .list ? .listExtend : .setUpdate, result, constant, at: here)
      return deliver(result, to: destination)
    }
    try collect(form, items, into: destination)
  }

  /// Builds the display, with `*` items too.
  func collect(_ form: Display, _ items: [Expression], into destination: Register) throws(SyntaxError) {
    let prefix = items.prefix(UnitCompiler.chunk).prefix { !$0.isStarred }
    let mark = code.top
    let build: Opcode =
      switch form {
      case .tuple: prefix.count == items.count ? .buildTuple : .buildList
      case .list: .buildList
      case .set: .buildSet
      }
    let result = prefix.count == items.count ? destination : accumulator(for: destination)
    let inner = code.top
    let first = code.allocate(0)
    for item in prefix { try evaluate(item, into: code.allocate()) }
    code.emit(build, result, prefix.isEmpty ? result : first, prefix.count, at: here)
    code.release(to: inner)
    if prefix.count < items.count {
      for item in items.dropFirst(prefix.count) {
        if case .starred(let value, _) = item.kind {
          code.emit(form == .set ? .setUpdate : .listExtend, result, try operand(value), at: here)
        } else {
          code.emit(form == .set ? .setAdd : .listAppend, result, try operand(item), at: here)
        }
        code.release(to: inner)
      }
      if form == .tuple {
        code.emit(.listToTuple, destination, result, at: here)
      } else {
        deliver(result, to: destination)
      }
    }
    code.release(to: mark)
  }

  func evaluateDict(
    _ keys: [Expression?], _ values: [Expression], into destination: Register
  ) throws(SyntaxError) {
    let prefix = keys.prefix(UnitCompiler.chunk / 2).prefix { $0 != nil }.count
    let result = prefix == keys.count ? destination : accumulator(for: destination)
    let mark = code.top
    let first = code.allocate(0)
    for index in 0..<prefix {
      if let key = keys[index] { try evaluate(key, into: code.allocate()) }
      try evaluate(values[index], into: code.allocate())
    }
    code.emit(.buildDict, result, prefix == 0 ? result : first, prefix, at: here)
    code.release(to: mark)
    guard prefix < keys.count else { return }
    for index in prefix..<keys.count {
      if let key = keys[index] {
        let key = try operand(key)
        code.emit(.dictAdd, result, key, try operand(values[index]), at: here)
      } else {
        code.emit(.dictUpdate, result, try operand(values[index]), at: here)
      }
      code.release(to: mark)
    }
    deliver(result, to: destination)
  }

  // MARK: f-strings

  func evaluateJoined(_ parts: [Expression], into destination: Register) throws(SyntaxError) {
    if parts.isEmpty { return loadConstant(.string([]), into: destination) }
    if parts.count == 1, case .formattedValue(let value, let conversion, let format) = parts[0].kind {
      here = parts[0].span
      return try evaluateFormatted(value, conversion, format, into: destination)
    }
    // What is built so far is the first part of the next round.
    let first = code.allocate(0)
    let mark = code.top
    var count = 0
    for part in parts {
      if count == UnitCompiler.chunk {
        code.emit(.buildString, first, first, count, at: here)
        code.release(to: mark + 1)
        count = 1
      }
      try evaluate(part, into: code.allocate())
      count += 1
    }
    code.emit(.buildString, destination, first, count, at: here)
    code.release(to: mark)
  }

  func evaluateFormatted(
    _ value: Expression, _ conversion: Character?, _ format: Expression?, into destination: Register
  ) throws(SyntaxError) {
    let register = try operand(value, scratch: scratch(destination))
    let kind: UInt8 =
      switch conversion {
      case "s": 1
      case "r": 2
      case "a": 3
      default: 0
      }
    let flags = kind << InstructionFlags.conversionShift
    if let format {
      let spec = try operand(format)
      code.emit(.formatValue, flags: flags | InstructionFlags.hasSpec, destination, register, spec, at: here)
    } else {
      code.emit(.formatValue, flags: flags, destination, register, at: here)
    }
  }
}
