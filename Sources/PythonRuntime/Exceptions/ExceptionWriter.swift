/// Writes an exception as CPython's interpreter does when nothing caught it: traceback, place of bad source, message, notes, with the
/// exceptions behind it and the members of groups.
///
/// It runs Python code (`__str__`, `__notes__`, …) and survives whatever that does; its output is bounded.
struct ExceptionWriter {
  let vm: VM
  var out: [UInt8] = []
  /// The exceptions on the chain already, so that a circle of causes ends.
  private var seen: Set<UInt64> = []
  private var groupDepth = 0
  private var needsClose = false

  static let maxGroupWidth = 15
  static let maxGroupDepth = 10
  static let maxBytes = 4 << 20
  /// How many exceptions of one chain are shown.
  static let maxChain = 1000

  init(_ vm: VM) { self.vm = vm }

  // MARK: Output

  mutating func write(_ text: String) {
    if out.count < ExceptionWriter.maxBytes { out += text.utf8 }
  }

  mutating func write(_ bytes: [UInt8]) {
    if out.count < ExceptionWriter.maxBytes { out += bytes }
  }

  /// The indentation of the group, then its bar.
  mutating func writeMargin(_ margin: String? = nil) {
    write(String(repeating: "  ", count: groupDepth) + (margin ?? (groupDepth > 0 ? "| " : "")))
  }

  /// What Python code gives, or nil when it raised.
  func attempt(_ body: () throws(Unwind) -> Value?) -> Value? {
    do {
      return try body()
    } catch {
      _ = vm.takePending()
      return nil
    }
  }

  private func text(_ value: Value, _ convert: (Value) throws(Unwind) -> Value) -> [UInt8]? {
    guard let string = attempt({ () throws(Unwind) in try convert(value) }) else { return nil }
    return PyString(vm, string).utf8()
  }

  // MARK: Chains

  /// The exception after those that it was raised from or while handling.
  mutating func writeChain(_ exception: Value) {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    var chain: [(exception: Value, message: String)] = [(exception, "")]
    while chain.count < ExceptionWriter.maxChain {
      let current = chain[chain.count - 1].exception
      seen.insert(current.bits)
      guard let (earlier, message) = predecessor(current), !seen.contains(earlier.bits) else { break }
      vm.keep(earlier)
      chain.append((earlier, message))
    }
    let closes = needsClose
    for index in chain.indices.reversed() {
      needsClose = closes
      writeOne(chain[index].exception)
      if index > 0 {
        // Between two exceptions stand the words that join them.
        writeMargin()
        write("\n")
        writeMargin()
        write(chain[index].message)
        writeMargin()
        write("\n")
      }
    }
  }

  private func predecessor(_ exception: Value) -> (Value, String)? {
    let object = vm.words(exception)
    let cause = object.value(ExceptionLayout.cause)
    if cause.isRef {
      return (cause, "The above exception was the direct cause of the following exception:\n")
    }
    let context = object.value(ExceptionLayout.context)
    if context.isRef && object.value(ExceptionLayout.suppressContext) != .true {
      return (context, "During handling of the above exception, another exception occurred:\n")
    }
    return nil
  }

  private mutating func writeOne(_ exception: Value) {
    if vm.isInstance(exception, .baseExceptionGroup) {
      writeGroup(exception)
    } else {
      writeException(exception)
    }
  }

  // MARK: Groups

  private mutating func writeGroup(_ group: Value) {
    if groupDepth > ExceptionWriter.maxGroupDepth {
      writeMargin()
      write("... (max_group_depth is \(ExceptionWriter.maxGroupDepth))\n")
      return
    }
    if groupDepth == 0 { groupDepth = 1 }
    writeException(group)
    guard let members = attempt({ () throws(Unwind) in Value(vm.ref(try ExceptionGroupType.exceptions(vm, group).words)) })
    else { return }
    let count = PyTuple(vm, members).count
    let shown = min(count, ExceptionWriter.maxGroupWidth + 1)
    needsClose = false
    for index in 0..<shown {
      let isLast = index == shown - 1
      // The frame may be closed by a group inside.
      if isLast { needsClose = true }
      let isCut = index >= ExceptionWriter.maxGroupWidth
      writeMargin("")
      write("\(index == 0 ? "+-" : "  ")+---------------- \(isCut ? "..." : String(index + 1)) ----------------\n")
      groupDepth += 1
      if isCut {
        let rest = count - ExceptionWriter.maxGroupWidth
        writeMargin()
        write("and \(rest) more exception\(rest > 1 ? "s" : "")\n")
      } else {
        writeChain(PyTuple(vm, members)[index])
      }
      if isLast && needsClose {
        writeMargin("")
        write("+------------------------------------\n")
        needsClose = false
      }
      groupDepth -= 1
    }
    if groupDepth == 1 { groupDepth = 0 }
  }

  // MARK: One exception

  /// Traceback, place, message and notes of one exception.
  private mutating func writeException(_ exception: Value) {
    let traceback = vm.words(exception).value(ExceptionLayout.traceback)
    if traceback.isRef {
      let isGroup = vm.isInstance(exception, .baseExceptionGroup)
      writeMargin(isGroup && groupDepth == 1 ? "+ " : nil)
      write(isGroup ? "Exception Group Traceback (most recent call last):\n" : "Traceback (most recent call last):\n")
      let prefix = String(repeating: "  ", count: groupDepth) + (groupDepth > 0 ? "| " : "")
      write(TracebackWriter(vm, prefix: prefix).text(traceback))
    }
    let hasPlace = writeMessage(exception)
    write("\n")
    // The notes of bad source are not shown.
    if !hasPlace { writeNotes(exception) }
  }

  /// The last lines: the place of bad source (true if there is one), type and message.
  @discardableResult mutating func writeMessage(_ exception: Value) -> Bool {
    var value = exception
    if let place = syntaxPlace(exception) {
      writeMargin()
      write("  File \"")
      write(place.filename)
      write("\", line \(place.line)\n")
      if let source = place.text { writeSource(source, place) }
      value = place.message
    }
    writeMargin()
    writeTypeName(vm.classOf(exception))
    let hasPlace = value != exception
    if value.isNone { return hasPlace }
    if let message = text(value, vm.str) {
      if !message.isEmpty {
        write(": ")
        write(message)
      }
    } else {
      write(": <exception str() failed>")
    }
    if !hasPlace, let suggestion = vm.suggestion(for: exception) {
      write(". Did you mean: '\(suggestion)'?")
    }
    return hasPlace
  }

  private mutating func writeTypeName(_ type: Ref) {
    let module = attempt { () throws(Unwind) in try vm.getAttribute(Value(type), vm.name(.module)) }
    if let module, vm.isString(module) {
      let name = vm.text(module)
      if name != "builtins" && name != "__main__" { write(name + ".") }
    } else {
      write("<unknown>.")
    }
    write(vm.text(vm.words(type).value(ClassLayout.qualifiedName)))
  }

  private mutating func writeNotes(_ exception: Value) {
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    guard let notes = attempt({ () throws(Unwind) in try vm.findAttribute(exception, vm.name(.notes)) }) else { return }
    vm.keep(notes)
    guard ExceptionGroupType.isSequence(vm, notes) else {
      writeMargin()
      write(text(notes, vm.repr) ?? Array("<__notes__ repr() failed>".utf8))
      return
    }
    var count = 0
    let length = attempt { () throws(Unwind) in
      count = try vm.length(notes)
      return Value.none
    }
    guard length != nil else { return }
    for index in 0..<max(count, 0) {
      if out.count >= ExceptionWriter.maxBytes { return }
      guard let note = attempt({ () throws(Unwind) in try vm.getItem(notes, Value(small: index)) }) else { return }
      vm.keep(note)
      if let words = text(note, vm.str) {
        for line in words.linesWithEnds() {
          writeMargin()
          write(line)
        }
      } else {
        writeMargin()
        write("<note str() failed>")
      }
      write("\n")
    }
  }
}

extension [UInt8] {
  /// The lines, each with what ends it: `str.splitlines(True)`.
  fileprivate func linesWithEnds() -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    var index = 0
    while index < count {
      line.append(self[index])
      let byte = self[index]
      var isEnd = byte >= 0x0A && byte <= 0x0C || byte >= 0x1C && byte <= 0x1E
      if byte == 0x0D {
        isEnd = true
        if index + 1 < count, self[index + 1] == 0x0A {
          line.append(0x0A)
          index += 1
        }
      }
      // U+0085, U+2028 and U+2029.
      if byte == 0x85, index > 0, self[index - 1] == 0xC2 { isEnd = true }
      if byte == 0xA8 || byte == 0xA9, index > 1, self[index - 1] == 0x80, self[index - 2] == 0xE2 { isEnd = true }
      if isEnd {
        lines.append(line)
        line = []
      }
      index += 1
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}

extension VM {
  /// An uncaught exception as the interpreter prints it, in UTF-8; surrogates are shown escaped.
  package func formatException(_ exception: Value) -> [UInt8] { formattedException(exception).escapingSurrogates() }

  /// The same, as `traceback.format_exception` joins it.
  func formattedException(_ exception: Value) -> [UInt8] {
    writing(exception) { $0.writeChain(exception) }
  }

  /// Type and message alone, as `traceback.format_exception_only` joins them.
  func formattedMessage(_ exception: Value) -> [UInt8] {
    writing(exception) {
      $0.writeMessage(exception)
      $0.write("\n")
    }
  }

  /// Writes with a clean state: what is pending now is pending after.
  private func writing(_ exception: Value, _ body: (inout ExceptionWriter) -> Void) -> [UInt8] {
    guard self.is(exception, .exception) else { return [] }
    let mark = keepMark()
    defer { keepRelease(mark) }
    let pending = self[root: .pendingException]
    keep(pending)
    keep(exception)
    var writer = ExceptionWriter(self)
    body(&writer)
    self[root: .pendingException] = pending
    return writer.out
  }
}

extension [UInt8] {
  /// Surrogates, three bytes each, as `\udc80`: UTF-8 proper, as the error stream writes it.
  fileprivate func escapingSurrogates() -> [UInt8] {
    guard contains(0xED) else { return self }
    var out: [UInt8] = []
    var index = 0
    while index < count {
      if self[index] == 0xED, index + 2 < count, self[index + 1] >= 0xA0 {
        let scalar = 0xD000 | Int(self[index + 1] & 0x3F) << 6 | Int(self[index + 2] & 0x3F)
        out += Array("\\u\(String(scalar, radix: 16))".utf8)
        index += 3
      } else {
        out.append(self[index])
        index += 1
      }
    }
    return out
  }
}
