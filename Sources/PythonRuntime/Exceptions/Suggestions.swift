/// "Did you mean …?": the name most like one that was not found, by the rules of CPython's `suggestions.c`.
extension VM {
  /// A name to suggest for a NameError or AttributeError; not for their subclasses.
  func suggestion(for exception: Value) -> String? {
    let own = classOf(exception)
    guard own == type(.nameError) || own == type(.attributeError) else { return nil }
    let mark = keepMark()
    defer { keepRelease(mark) }
    do {
      let fields = try exceptionFields(exception)
      let name = fields[ExceptionField.name]
      guard isExactString(name) else { return nil }
      if own == type(.attributeError) {
        let object = fields[ExceptionField.object]
        return object.isNone ? nil : Suggestions.best(for: PyString(self, name).utf8(), among: try attributeNames(object))
      }
      return suggestVariable(exception, PyString(self, name).utf8())
    } catch {
      _ = takePending()
      return nil
    }
  }

  /// `dir(object)`.
  private func attributeNames(_ object: Value) throws(Unwind) -> [[UInt8]] {
    guard let method = lookupSpecial(object, .dir) else { return [] }
    let list = try listFromIterable(callBound(method, object))
    keep(list)
    let names = try self.names(PyList(self, list).count) { PyList(self, list)[$0] }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func names(_ count: Int, _ name: (Int) -> Value) throws(Unwind) -> [[UInt8]] {
    guard count < Suggestions.maxCandidates else { return [] }
    var names: [[UInt8]] = []
    for index in 0..<count {
      // One that is no string ends the search.
      guard isString(name(index)) else { return [] }
      names.append(PyString(self, name(index)).utf8())
    }
    return names
  }

  /// Local variables, then globals, then builtins of the place where the name was not found.
  private func suggestVariable(_ exception: Value, _ name: [UInt8]) -> String? {
    var traceback = words(exception).value(ExceptionLayout.traceback)
    guard self.is(traceback, .traceback) else { return nil }
    while self.is(words(traceback).value(TracebackLayout.next), .traceback) {
      traceback = words(traceback).value(TracebackLayout.next)
    }
    let function = tracebackFunction(words(traceback))
    let locals = PyTuple(self, words(function.value(FunctionLayout.code)).value(CodeLayout.localNames))
    if let names = try? names(locals.count, { locals[$0] }), let found = Suggestions.best(for: name, among: names) {
      return found
    }
    for dict in [function.value(FunctionLayout.globals), self[root: .builtins]] where self.is(dict, .dict) {
      let view = PyDict(self, dict)
      var keys: [Value] = []
      for index in 0..<view.entryCount {
        if let entry = view.entry(at: index) { keys.append(entry.key) }
      }
      if let names = try? names(keys.count, { keys[$0] }), let found = Suggestions.best(for: name, among: names) {
        return found
      }
    }
    return nil
  }
}

/// The distance of names, and the best among candidates.
enum Suggestions {
  static let maxCandidates = 750
  static let maxNameBytes = 40
  static let moveCost = 2
  static let caseCost = 1

  static func best(for name: [UInt8], among candidates: [[UInt8]]) -> String? {
    guard candidates.count < maxCandidates else { return nil }
    var best: [UInt8]?
    var bestDistance = Int.max
    for candidate in candidates where candidate != name {
      // At most a third of the characters may differ.
      let limit = min((name.count + candidate.count + 3) * moveCost / 6, bestDistance - 1)
      let distance = distance(name, candidate, limit: limit)
      if distance <= limit {
        best = candidate
        bestDistance = distance
      }
    }
    return best.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func substitutionCost(_ a: UInt8, _ b: UInt8) -> Int {
    if a == b { return 0 }
    func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
    return lower(a) == lower(b) ? caseCost : moveCost
  }

  /// The cost of making one name of the other, or something above `limit`.
  static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int {
    var a = first[...]
    var b = second[...]
    while let x = a.first, x == b.first {
      a.removeFirst()
      b.removeFirst()
    }
    while let x = a.last, x == b.last {
      a.removeLast()
      b.removeLast()
    }
    if a.isEmpty || b.isEmpty { return (a.count + b.count) * moveCost }
    if a.count > maxNameBytes || b.count > maxNameBytes { return limit + 1 }
    if b.count < a.count { swap(&a, &b) }
    if (b.count - a.count) * moveCost > limit { return limit + 1 }
    // One row of the matrix of distances, updated in place.
    var row = (1...a.count).map { $0 * moveCost }
    var result = 0
    for (bIndex, code) in b.enumerated() {
      var distance = bIndex * moveCost
      result = distance
      var minimum = Int.max
      for (aIndex, byte) in a.enumerated() {
        let substitute = distance + substitutionCost(code, byte)
        distance = row[aIndex]
        result = min(min(result, distance) + moveCost, substitute)
        row[aIndex] = result
        minimum = min(minimum, result)
      }
      if minimum > limit { return limit + 1 }
    }
    return result
  }
}
