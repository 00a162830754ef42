/// What Python's operators mean, for any values: exact built-ins directly, all others through their classes.
extension VM {
  // MARK: Truth, hash, equality

  package func truth(_ value: Value) throws(Unwind) -> Bool {
    if value.isInt { return value.bits != 0 }
    guard value.isRef else { return !(value == .false || value.isNone) }
    let object = words(value)
    if !object.hasFlag(ObjectFlags.hasDict) {
      switch object.kind {
      case .string, .tuple, .bytes: return object.low(1) != 0
      case .list, .bytearray: return object[1] != 0
      case .dict: return object[2] != 0
      case .set: return setCount(value) != 0
      case .int: return object.low(1) != 0
      case .float: return Double(bitPattern: object[1]) != 0
      case .function, .native, .code: return true
      default: break
      }
    }
    if value.isInlineFloat { return true }
    if let method = lookupSpecial(value, .bool) {
      let answer = try callBound(method, value)
      guard answer.isBool else {
        throw raise(.typeError, "__bool__ should return bool, returned \(typeName(answer))")
      }
      return answer == .true
    }
    if lookupSpecial(value, .len) != nil { return try length(value) != 0 }
    return true
  }

  package func hash(_ value: Value) throws(Unwind) -> Int {
    if value.isInt || value.isInlineFloat { return hashNumber(value) }
    if value.isRef {
      let object = words(value)
      if object.kindByte == Kind.string.rawValue && !object.hasFlag(ObjectFlags.hasDict) { return stringHash(value) }
      if isPlain(value, .tuple) { return try tupleHash(value) }
      guard let method = lookupSpecial(value, .hash), !method.isNone else {
        throw raise(.typeError, "unhashable type: '\(typeName(value))'")
      }
      let answer = try callBound(method, value)
      if let int = asInt(answer) { return int == -1 ? -2 : int }
      guard self.is(answer, .int) || answer.isBool else {
        throw raise(.typeError, "__hash__ method should return an integer")
      }
      return hashNumber(answer)
    }
    if value.isBool { return value == .true ? 1 : 0 }
    return Int(value.bits >> 3) &* 0x9E3779B1
  }

  /// Whether two keys are equal when that can be said without running Python code; nil when not.
  @inline(__always) func equalKeysQuickly(_ a: Value, _ b: Value) -> Bool? {
    if a.isInt && b.isInt { return false }  // equal bits were seen by the caller
    if a.isRef && b.isRef {
      let x = words(a)
      let y = words(b)
      if x.kindByte == Kind.string.rawValue && y.kindByte == Kind.string.rawValue
        && (x[0] | y[0]) & ObjectFlags.hasDict == 0
      {
        return equalStrings(a, b)
      }
    }
    return nil
  }

  /// `a is b or a == b`, as containers compare.
  package func equal(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    if a == b { return true }
    if let quick = equalKeysQuickly(a, b) { return quick }
    return try truth(compare(.equal, a, b))
  }

  // MARK: Comparison

  package func compare(_ op: Comparison, _ a: Value, _ b: Value) throws(Unwind) -> Value {
    if let answer = compareNumbers(op, a, b) { return answer }
    if isPlain(a, .tuple) && isPlain(b, .tuple) || isPlain(a, .list) && isPlain(b, .list) {
      return try compareSequences(op, a, b)
    }
    if isExactString(a), isExactString(b) {
      if op == .equal || op == .notEqual { return Value(equalStrings(a, b) == (op == .equal)) }
      try charge(min(PyString(self, a).count, PyString(self, b).count) >> 6)
      return Value(VM.holds(op, compareStrings(a, b), 0))
    }
    let typeA = classOf(a)
    let typeB = classOf(b)
    let special = Special.comparison(op)
    let reflected = Special.comparison(op.reflected)
    var triedReflected = false
    if typeA != typeB, isSubclass(typeB, typeA), let method = lookupSpecial(class: typeB, reflected) {
      triedReflected = true
      let answer = try callBound(method, b, a)
      if answer != .notImplemented { return answer }
    }
    if let method = lookupSpecial(class: typeA, special) {
      let answer = try callBound(method, a, b)
      if answer != .notImplemented { return answer }
    }
    if !triedReflected, let method = lookupSpecial(class: typeB, reflected) {
      let answer = try callBound(method, b, a)
      if answer != .notImplemented { return answer }
    }
    switch op {
    case .equal: return Value(a == b)
    case .notEqual: return Value(a != b)
    default:
      throw raise(
        .typeError,
        "'\(op.symbol)' not supported between instances of '\(typeName(a))' and '\(typeName(b))'")
    }
  }

  package func lessThan(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
    if let quick = compareQuickly(.less, a, b) { return quick }
    return try truth(compare(.less, a, b))
  }

  @inline(__always) func isExactString(_ value: Value) -> Bool {
    guard value.isRef else { return false }
    let object = words(value)
    return object.kindByte == Kind.string.rawValue && !object.hasFlag(ObjectFlags.hasDict)
  }

  // MARK: Arithmetic

  package func binary(_ op: BinaryOperation, _ a: Value, _ b: Value) throws(Unwind) -> Value {
    if let result = try binaryNumber(op, a, b) { return result }
    if op == .add {
      if isExactString(a), isExactString(b) { return try concatStrings(a, b) }
      if isPlain(a, .list), isPlain(b, .list) { return try listConcatenated(a, b) }
      if isPlain(a, .tuple), isPlain(b, .tuple) { return try tupleConcatenated(a, b) }
    }
    // A subclass of str on the right may know better.
    if op == .modulo, isExactString(a), !isString(b) || isExactString(b) { return try percentFormat(a, b) }
    if let result = try binaryByClass(op, a, b) { return result }
    throw raiseUnsupported(op.symbol, op, a, b)
  }

  /// By the methods of both classes; nil if neither knows how.
  private func binaryByClass(_ op: BinaryOperation, _ a: Value, _ b: Value) throws(Unwind) -> Value? {
    let typeA = classOf(a)
    let typeB = classOf(b)
    let method = lookupSpecial(class: typeA, .binary(op))
    let reflected = typeA == typeB ? nil : lookupSpecial(class: typeB, .reflected(op))
    var triedReflected = false
    if let reflected, isSubclass(typeB, typeA), method != reflected,
      lookupSpecial(class: typeA, .reflected(op)) != reflected
    {
      triedReflected = true
      let answer = try callBound(reflected, b, a)
      if answer != .notImplemented { return answer }
    }
    if let method {
      let answer = try callBound(method, a, b)
      if answer != .notImplemented { return answer }
    }
    if let reflected, !triedReflected {
      let answer = try callBound(reflected, b, a)
      if answer != .notImplemented { return answer }
    }
    // Sequences concatenate and repeat after everything else, with messages of their own.
    if op == .multiply, let answer = try repeatSequence(a, b) { return answer }
    if op == .add, let error = concatenationError(a, b) { throw error }
    return nil
  }

  /// `sequence * n` when n is only known through `__index__`, and the error of a sequence times something else.
  private func repeatSequence(_ a: Value, _ b: Value) throws(Unwind) -> Value? {
    for (sequence, count) in [(a, b), (b, a)] where isSequenceValue(sequence) {
      guard lookupSpecial(count, .index) != nil else {
        if isSequenceValue(a) || isSequenceValue(b) {
          throw raise(.typeError, "can't multiply sequence by non-int of type '\(typeName(count))'")
        }
        return nil
      }
    }
    return nil
  }

  private func isSequenceValue(_ value: Value) -> Bool {
    switch kind(value) {
    case .string, .bytes, .bytearray, .list, .tuple: true
    default: false
    }
  }

  private func concatenationError(_ a: Value, _ b: Value) -> Unwind? {
    switch kind(a) {
    case .string: return raise(.typeError, "can only concatenate str (not \"\(typeName(b))\") to str")
    case .list: return raise(.typeError, "can only concatenate list (not \"\(typeName(b))\") to list")
    case .tuple: return raise(.typeError, "can only concatenate tuple (not \"\(typeName(b))\") to tuple")
    case .bytes: return raise(.typeError, "can't concat \(typeName(b)) to bytes")
    case .bytearray: return raise(.typeError, "can't concat \(typeName(b)) to bytearray")
    default: return nil
    }
  }

  func raiseUnsupported(_ symbol: String, _ op: BinaryOperation, _ a: Value, _ b: Value) -> Unwind {
    let shown = op == .power && !symbol.hasSuffix("=") ? "** or pow()" : symbol
    if op == .rightShift, self.is(a, .native), symbol == ">>", host.natives[words(a).value(1).int].name == "print" {
      return raise(
        .typeError,
        "unsupported operand type(s) for >>: '\(typeName(a))' and '\(typeName(b))'. Did you mean \"print(<message>, file=<output_stream>)\"?")
    }
    return raise(
      .typeError, "unsupported operand type(s) for \(shown): '\(typeName(a))' and '\(typeName(b))'")
  }

  package func binaryInPlace(_ op: BinaryOperation, _ a: Value, _ b: Value) throws(Unwind) -> Value {
    if let result = try binaryNumber(op, a, b) { return result }
    if let method = lookupSpecial(a, .inPlace(op)) {
      let answer = try callBound(method, a, b)
      if answer != .notImplemented { return answer }
    }
    if op == .add, isExactString(a), isExactString(b) { return try concatStrings(a, b) }
    if let result = try binaryByClass(op, a, b) { return result }
    throw raiseUnsupported(op.symbol + "=", op, a, b)
  }

  package func unary(_ special: Special, _ value: Value) throws(Unwind) -> Value {
    if let method = lookupSpecial(value, special) { return try callBound(method, value) }
    let symbol = special == .neg ? "unary -" : special == .pos ? "unary +" : special == .invert ? "unary ~" : "abs()"
    if special == .abs { throw raise(.typeError, "bad operand type for abs(): '\(typeName(value))'") }
    throw raise(.typeError, "bad operand type for \(symbol): '\(typeName(value))'")
  }

  // MARK: Containers

  package func length(_ value: Value) throws(Unwind) -> Int {
    if value.isRef {
      let object = words(value)
      switch object.kind {
      case .list where !object.hasFlag(ObjectFlags.hasDict): return Int(truncatingIfNeeded: object[1])
      case .tuple, .string, .bytes: if !object.hasFlag(ObjectFlags.hasDict) { return object.low(1) }
      case .dict where !object.hasFlag(ObjectFlags.hasDict): return Int(truncatingIfNeeded: object[2])
      default: break
      }
    }
    guard let method = lookupSpecial(value, .len) else {
      throw raise(.typeError, "object of type '\(typeName(value))' has no len()")
    }
    let answer = try callBound(method, value)
    let count: Int
    do {
      count = try indexAsInt(answer, overflow: .overflowError)
    } catch {
      guard error.isException, pendingMatches(.typeError) else { throw error }
      takePending()
      throw raise(.typeError, "'\(typeName(answer))' object cannot be interpreted as an integer")
    }
    if count < 0 { throw raise(.valueError, "__len__() should return >= 0") }
    return count
  }

  package func contains(_ container: Value, _ item: Value) throws(Unwind) -> Bool {
    if let answer = try containsBuiltin(container, item) { return answer }
    if let method = lookupSpecial(container, .contains) {
      guard !method.isNone else { throw raise(.typeError, "'\(typeName(container))' object is not a container") }
      return try truth(callBound(method, container, item))
    }
    guard isIterable(container) else {
      throw raise(.typeError, "argument of type '\(typeName(container))' is not iterable")
    }
    var found = false
    try iterate(container) { (element) throws(Unwind) in
      found = try self.equal(element, item)
      return !found
    }
    return found
  }

  package func getItem(_ object: Value, _ key: Value) throws(Unwind) -> Value {
    if object.isRef, !words(object).hasFlag(ObjectFlags.hasDict) {
      switch words(object).kind {
      case .dict: return try dictItem(object, key)
      case .list: return try listItem(object, key)
      case .tuple: return try tupleItem(object, key)
      case .string: return try stringItem(object, key)
      case .bytes, .bytearray: return try bytesItem(object, key)
      default: break
      }
    }
    if let method = lookupSpecial(object, .getitem) { return try callBound(method, object, key) }
    if self.is(object, .class) {
      if let method = try findAttribute(object, name(.classGetitem)) { return try call(method, key) }
      if object.ref == type(.type) { return try newGenericAlias(object, key) }
      throw raise(.typeError, "type '\(className(object.ref))' is not subscriptable")
    }
    throw raise(.typeError, "'\(typeName(object))' object is not subscriptable")
  }

  package func setItem(_ object: Value, _ key: Value, _ value: Value) throws(Unwind) {
    if object.isRef, !words(object).hasFlag(ObjectFlags.hasDict) {
      switch words(object).kind {
      case .dict: return try PyDict(self, object).set(key, value)
      case .list: return try listSetItem(object, key, value)
      default: break
      }
    }
    guard let method = lookupSpecial(object, .setitem) else {
      throw raise(.typeError, "'\(typeName(object))' object does not support item assignment")
    }
    _ = try callBound(method, object, key, value)
  }

  package func deleteItem(_ object: Value, _ key: Value) throws(Unwind) {
    guard let method = lookupSpecial(object, .delitem) else {
      if lookupSpecial(object, .getitem) != nil || lookupSpecial(object, .setitem) != nil {
        throw raise(.typeError, "'\(typeName(object))' object doesn't support item deletion")
      }
      throw raise(.typeError, "'\(typeName(object))' object does not support item deletion")
    }
    _ = try callBound(method, object, key)
  }

  // MARK: Iteration

  package func isIterable(_ value: Value) -> Bool {
    if let method = lookupSpecial(value, .iter) { return !method.isNone }
    return lookupSpecial(value, .getitem) != nil && !self.is(value, .dict)
  }

  package func makeIterator(_ value: Value) throws(Unwind) -> Value {
    if let iterator = try makeBuiltinIterator(value) { return iterator }
    if self.is(value, .generator), classOf(value) == type(.generator) { return value }
    if let method = lookupSpecial(value, .iter) {
      guard !method.isNone else { throw raise(.typeError, "'\(typeName(value))' object is not iterable") }
      let iterator = try callBound(method, value)
      guard lookupSpecial(iterator, .next) != nil else {
        throw raise(.typeError, "iter() returned non-iterator of type '\(typeName(iterator))'")
      }
      return iterator
    }
    if lookupSpecial(value, .getitem) != nil {
      return Value(
        try allocateRecord(.sequenceIterator, class: type(.sequenceIterator), value, .zero))
    }
    throw raise(.typeError, "'\(typeName(value))' object is not iterable")
  }

  /// The next item, or nil at the end.
  package func next(_ iterator: Value) throws(Unwind) -> Value? {
    if iterator.isRef {
      let object = words(iterator)
      if object.kind == .generator, classOf(object) == type(.generator) {
        switch try resume(iterator, .none) {
        case .yielded(let value): return value
        case .returned: return nil
        }
      }
      if object.kind.isBuiltinIterator && !object.hasFlag(ObjectFlags.hasDict) {
        return try nextBuiltin(iterator, object.kind)
      }
    }
    guard let method = lookupSpecial(iterator, .next) else {
      throw raise(.typeError, "'\(typeName(iterator))' object is not an iterator")
    }
    do {
      return try callBound(method, iterator)
    } catch {
      guard error.isException, pendingMatches(.stopIteration) else { throw error }
      takePending()
      return nil
    }
  }

  /// Gives each item to `body` until it answers false.
  package func iterate(_ value: Value, _ body: (Value) throws(Unwind) -> Bool) throws(Unwind) {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let iterator = try makeIterator(value)
    keep(iterator)
    var count = 0
    while let item = try next(iterator) {
      count &+= 1
      if count & 15 == 0 { try charge(16) }
      if count & 1023 == 0, self[.fuel] < 0 { try settleFuel() }
      if try !body(item) { return }
    }
  }

  package func listFromIterable(_ value: Value) throws(Unwind) -> Value {
    if let (source, start, count) = elements(value), !words(value).hasFlag(ObjectFlags.hasDict) {
      try charge(count / 8)
      return try newList(from: source, at: start, count: count)
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let list = try newList()
    keep(list)
    let view = PyList(self, list)
    try iterate(value) { (item) throws(Unwind) in
      try view.append(item)
      return true
    }
    return list
  }

  // MARK: Text

  package func repr(_ value: Value) throws(Unwind) -> Value {
    if value.isInt { return try IntText.string(self, value) }
    if value.isInlineFloat { return try FloatText.string(self, value.inlineFloat) }
    if isExactString(value) { return try stringRepr(value) }
    guard let method = lookupSpecial(value, .repr) else {
      throw raise(.typeError, "'\(typeName(value))' object has no repr")
    }
    let text = try callBound(method, value)
    guard isString(text) else {
      throw raise(.typeError, "__repr__ returned non-string (type \(typeName(text)))")
    }
    return text
  }

  package func str(_ value: Value) throws(Unwind) -> Value {
    if isExactString(value) { return value }
    if value.isInt { return try IntText.string(self, value) }
    if value.isInlineFloat { return try FloatText.string(self, value.inlineFloat) }
    guard let method = lookupSpecial(value, .str) else { return try repr(value) }
    let text = try callBound(method, value)
    guard isString(text) else {
      throw raise(.typeError, "__str__ returned non-string (type \(typeName(text)))")
    }
    return text
  }

  package func format(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
    if PyString(self, spec).count == 0 && (isExactString(value) || value.isInt) { return try str(value) }
    guard let method = lookupSpecial(value, .format) else {
      throw raise(.typeError, "Type \(typeName(value)) doesn't define __format__")
    }
    let text = try callBound(method, value, spec)
    guard isString(text) else {
      throw raise(.typeError, "__format__ must return a str, not \(typeName(text))")
    }
    return text
  }

  // MARK: Integers from anything

  package func index(_ value: Value) throws(Unwind) -> Value {
    if value.isInt { return value }
    if self.is(value, .int) || value.isBool { return value }
    guard let method = lookupSpecial(value, .index) else {
      throw raise(.typeError, "'\(typeName(value))' object cannot be interpreted as an integer")
    }
    let answer = try callBound(method, value)
    guard answer.isInt || self.is(answer, .int) || answer.isBool else {
      throw raise(.typeError, "__index__ returned non-int (type \(typeName(answer)))")
    }
    if !answer.isInt { try warnOfSubclass(answer, .int, from: "__index__") }
    return answer
  }

  package func indexAsInt(_ value: Value, overflow: WellKnown = .indexError) throws(Unwind) -> Int {
    if value.isInt { return value.int }
    let index = try self.index(value)
    guard let int = asInt(index) else {
      throw raise(overflow, "cannot fit '\(typeName(value))' into an index-sized integer")
    }
    return int
  }

  // MARK: Calling methods

  /// Whether calling the value can mean anything.
  package func isCallable(_ value: Value) -> Bool {
    lookupSpecial(value, .call) != nil || self.is(value, .class)
  }

  func specialMethod(_ object: Value, _ special: Special) throws(Unwind) -> Value {
    guard let method = lookupSpecial(object, special) else {
      throw raise(.attributeError, "'\(typeName(object))' object has no attribute '\(special.text)'")
    }
    return method
  }

  package func callMethod(_ object: Value, _ name: String, _ arguments: Value...) throws(Unwind) -> Value {
    let method = try getAttribute(object, try intern(name))
    return try call(method, arguments: arguments, keywords: [])
  }

  // MARK: Recursion of repr

  /// False when the object's repr is already being made: it shows as `[...]`.
  package func enterRepr(_ value: Value) throws(Unwind) -> Bool {
    if host.reprStack.contains(value.bits) { return false }
    guard host.reprStack.count < 1000 - min(self[.depth], 900) else {
      throw raise(.recursionError, "maximum recursion depth exceeded while getting the repr of an object")
    }
    host.reprStack.append(value.bits)
    return true
  }

  package func leaveRepr(_ value: Value) {
    if let index = host.reprStack.lastIndex(of: value.bits) { host.reprStack.remove(at: index) }
  }
}

extension Kind {
  /// The iterators that `nextBuiltin` advances.
  var isBuiltinIterator: Bool {
    switch self {
    case .listIterator, .tupleIterator, .stringIterator, .bytesIterator, .bytearrayIterator, .sequenceIterator,
      .rangeIterator, .longRangeIterator, .dictIterator, .setIterator, .callIterator, .reversedIterator,
      .enumerate, .zip, .map, .filter, .itertool:
      true
    default: false
    }
  }
}
