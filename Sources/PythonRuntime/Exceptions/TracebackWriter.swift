import PythonBytecode

/// Writes the entries of a traceback: file, line, function, the source line and carets under what ran, as CPython's `traceback.c` does.
struct TracebackWriter {
  let vm: VM
  /// What stands before each line: the margin of an exception group.
  let prefix: String

  init(_ vm: VM, prefix: String = "") {
    self.vm = vm
    self.prefix = prefix
  }

  /// The same entry is shown this often in a row; then it is counted.
  static let maxRepeats = 3
  static let maxEntries = 1000

  /// All entries of a traceback, oldest call first.
  func text(_ traceback: Value, limit: Int? = nil) -> [UInt8] {
    var entries: [Words] = []
    var link = traceback
    while vm.is(link, .traceback) {
      entries.append(vm.words(link))
      link = vm.words(link).value(TracebackLayout.next)
    }
    let shown = max(0, min(limit ?? sysLimit, TracebackWriter.maxEntries))
    var out: [UInt8] = []
    var repeats = 0
    var last: (file: Value, line: Int, name: Value)?
    for entry in entries.suffix(shown) {
      let code = vm.tracebackCode(entry)
      let file = code.value(CodeLayout.filename)
      let name = code.value(CodeLayout.name)
      let line = vm.tracebackLine(entry)
      if last == nil || last?.line != line || !isSame(last?.file, file) || !isSame(last?.name, name) {
        out += repeated(repeats)
        last = (file, line, name)
        repeats = 0
      }
      repeats += 1
      if repeats <= TracebackWriter.maxRepeats {
        out += heading(file, line, name)
        out += source(code, vm.text(file), line, entry.value(TracebackLayout.index).int)
      }
    }
    return out + repeated(repeats)
  }

  private func isSame(_ a: Value?, _ b: Value) -> Bool { a.map { vm.equalStrings($0, b) } ?? false }

  private var sysLimit: Int {
    guard let name = try? vm.intern("sys"), let sys = PyDict(vm, vm[root: .modules]).get(name: name),
      vm.is(sys, .module), let limitName = try? vm.intern("tracebacklimit"),
      let limit = PyDict(vm, vm.words(sys).value(1)).get(name: limitName), limit.isInt
    else { return TracebackWriter.maxEntries }
    return limit.int
  }

  private func repeated(_ count: Int) -> [UInt8] {
    let more = count - TracebackWriter.maxRepeats
    return more > 0 ? Array("  [Previous line repeated \(more) more time\(more > 1 ? "s" : "")]\n".utf8) : []
  }

  private func heading(_ file: Value, _ line: Int, _ name: Value) -> [UInt8] {
    Array("\(prefix)  File \"".utf8) + PyString(vm, file).utf8() + Array("\", line \(line), in ".utf8)
      + PyString(vm, name).utf8() + [0x0A]
  }

  // MARK: The source line

  private func source(_ code: Words, _ filename: String, _ number: Int, _ index: Int) -> [UInt8] {
    guard let line = vm.sourceLine(filename, number) else { return [] }
    let indent = line.prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C }.count
    var out = Array(prefix.utf8) + Array("    ".utf8) + line[indent...] + [0x0A]
    if let carets = carets(line, indent: indent, vm.position(code, index)) {
      out += Array(prefix.utf8) + Array("    ".utf8) + carets + [0x0A]
    }
    return out
  }

  /// The carets under a line without its indentation; nil where they would say nothing.
  private func carets(_ line: [UInt8], indent: Int, _ position: CodePosition) -> [UInt8]? {
    guard position.line >= 0, position.endLine >= 0, position.column >= 0, position.endColumn >= 0 else { return nil }
    let start = line.characters(upTo: Int(position.column))
    var end = line.characters(upTo: Int(position.endColumn))
    let length = line.characters(upTo: line.count)
    var anchors: (left: Int, right: Int)?
    if position.line == position.endLine {
      anchors = self.anchors(line, Int(position.column), Int(position.endColumn), start)
    } else {
      // Of what goes on in the next line, all to the end of this one.
      end = length
      for byte in line.reversed() {
        guard byte == 0x20 || byte == 0x09 || byte == 0x0C else { break }
        end -= 1
      }
    }
    if end - start == length - indent && anchors == nil { return nil }
    var out: [UInt8] = []
    // Columns from 1, after the indentation.
    var column = indent + 1
    while column <= end {
      if column <= start {
        out.append(0x20)
      } else if let anchors {
        out.append(anchors.left < column && column <= anchors.right ? 0x5E : 0x7E)
      } else {
        out.append(0x5E)
      }
      column += 1
    }
    return out
  }

  /// Where in an operation or subscript the operator or the brackets are, in characters of the line.
  private func anchors(_ line: [UInt8], _ from: Int, _ to: Int, _ start: Int) -> (left: Int, right: Int)? {
    guard from < to, to <= line.count else { return nil }
    let segment = Array(line[from..<to])
    guard let found = vm.host.anchors(segment) else { return nil }
    return (segment.characters(upTo: found.left) + start, segment.characters(upTo: found.right) + start)
  }
}

extension [UInt8] {
  /// How many characters of UTF-8 the first `count` bytes are.
  func characters(upTo count: Int) -> Int {
    prefix(Swift.max(0, count)).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}
