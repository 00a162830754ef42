import PythonRuntime

extension RunLimits {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(seconds)
    for number in [ticks, memoryBytes, outputBytes, recursion, recordedSteps] { writer.write(number) }
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(
      seconds: try reader.double(), ticks: try reader.int(), memoryBytes: try reader.int(),
      outputBytes: try reader.int(), recursion: try reader.int(), recordedSteps: try reader.int())
  }
}

extension LiveState {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(session)
    writer.write(before)
    writer.write(after)
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(session: try reader.string(), before: try reader.int(), after: try reader.int())
  }
}

extension RunStart {
  fileprivate func write(to writer: inout WireWriter) {
    switch self {
    case .fresh: writer.write(0)
    case .image(let image):
      writer.write(1)
      writer.write(image.encoded())
    case .live: writer.write(2)
    }
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    switch try reader.int() {
    case 0: self = .fresh
    case 1: self = .image(try Image(&reader))
    case 2: self = .live
    default: throw WireReader.Malformed()
    }
  }
}

extension CellChange {
  fileprivate func write(to writer: inout WireWriter) {
    writer.write(step)
    writer.write(cell)
    writer.write(expression)
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(step: try reader.int(), cell: try reader.int(), expression: try reader.string())
  }
}

extension CellChange.Failure {
  fileprivate func write(to writer: inout WireWriter) {
    switch self {
    case .notReached: writer.write(0)
    case .noSuchCell: writer.write(1)
    case .raised(let line):
      writer.write(2)
      writer.write(line)
    }
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    switch try reader.int() {
    case 0: self = .notReached
    case 1: self = .noSuchCell
    case 2: self = .raised(try reader.string())
    default: throw WireReader.Malformed()
    }
  }
}

extension RunRequest: WireValue {
  /// Writes it, as its initialiser reads it.
  package func write(to writer: inout WireWriter) {
    writer.write(source)
    writer.write(optional: sourceBytes) { $0.write($1) }
    writer.write(filename)
    writer.write(input)
    writer.write(seed)
    writer.write(clock)
    limits.write(to: &writer)
    writer.write(trace.rawValue)
    writer.write(optional: change) { $1.write(to: &$0) }
    start.write(to: &writer)
    writer.write(keepsImage)
    writer.write(isProgram)
    writer.write(optional: live) { $1.write(to: &$0) }
  }

  package init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    let source = try reader.string()
    let bytes = try reader.optional { (reader) throws(WireReader.Malformed) in try reader.content() }
    let filename = try reader.string()
    let input = try reader.content()
    let seed = try reader.int()
    let clock = try reader.double()
    self.init(source: source, limits: try RunLimits(&reader))
    sourceBytes = bytes
    self.filename = filename
    self.input = input
    self.seed = seed
    self.clock = clock
    guard let trace = Trace(rawValue: try reader.int()) else { throw WireReader.Malformed() }
    self.trace = trace
    change = try reader.optional { (reader) throws(WireReader.Malformed) in try CellChange(&reader) }
    start = try RunStart(&reader)
    keepsImage = try reader.flag()
    isProgram = try reader.flag()
    live = try reader.optional { (reader) throws(WireReader.Malformed) in try LiveState(&reader) }
  }
}

extension RunAnswer.Piece: WireValue {
  /// Writes it, as its initialiser reads it.
  package func write(to writer: inout WireWriter) {
    writer.write(time)
    writer.write(isError)
    writer.write(text)
  }

  package init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(time: try reader.double(), isError: try reader.flag(), text: try reader.string())
  }
}

extension RunAnswer.Failure {
  fileprivate func write(to writer: inout WireWriter) {
    for part in [type, message, text] { writer.write(part) }
    writer.write(frames.count)
    for frame in frames {
      writer.write(frame.file)
      writer.write(frame.line)
      for text in [frame.function, frame.source] { writer.write(optional: text) { $0.write($1) } }
      for number in [frame.endLine, frame.column, frame.endColumn] { writer.write(optional: number) { $0.write($1) } }
    }
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    let (type, message, text) = (try reader.string(), try reader.string(), try reader.string())
    let frames = try reader.list { (reader) throws(WireReader.Malformed) in try RunAnswer.Frame(&reader) }
    self.init(type: type, message: message, text: text, frames: frames)
  }
}

extension RunAnswer.Frame {
  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    let string: (inout WireReader) throws(WireReader.Malformed) -> String = {
      (reader) throws(WireReader.Malformed) in try reader.string()
    }
    let int: (inout WireReader) throws(WireReader.Malformed) -> Int = {
      (reader) throws(WireReader.Malformed) in try reader.int()
    }
    let (file, line) = (try reader.string(), try reader.int())
    let (function, source) = (try reader.optional(string), try reader.optional(string))
    self.init(
      file: file, function: function, line: line, endLine: try reader.optional(int),
      column: try reader.optional(int), endColumn: try reader.optional(int), source: source)
  }
}

extension RunAnswer.Usage {
  fileprivate func write(to writer: inout WireWriter) {
    for number in [ticks, memoryBytes, outputBytes, steps] { writer.write(number) }
    writer.write(seconds)
  }

  fileprivate init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init()
    ticks = try reader.count()
    memoryBytes = try reader.count()
    outputBytes = try reader.count()
    steps = try reader.count()
    let seconds = try reader.double()
    guard seconds >= 0, seconds.isFinite else { throw WireReader.Malformed() }
    self.seconds = seconds
  }
}

extension RunAnswer: WireValue {
  /// Writes it, as its initialiser reads it.
  package func write(to writer: inout WireWriter) {
    writer.write(outcome.rawValue)
    writer.write(pieces.count)
    for piece in pieces { piece.write(to: &writer) }
    writer.write(optional: result) { $0.write($1) }
    writer.write(optional: error) { $1.write(to: &$0) }
    usage.write(to: &writer)
    writer.write(exitStatus)
    writer.write(optional: truncated.stdout) { $0.write($1) }
    writer.write(optional: truncated.stderr) { $0.write($1) }
    writer.write(optional: image) { $0.write($1.encoded()) }
    writer.write(optional: report) { $0.write($1) }
    writer.write(optional: changeFailure) { $1.write(to: &$0) }
    writer.write(stateProblem?.rawValue ?? 0)
  }

  package init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    guard let outcome = Outcome(rawValue: try reader.string()) else { throw WireReader.Malformed() }
    self.init(outcome)
    pieces = try reader.list { (reader) throws(WireReader.Malformed) in try Piece(&reader) }
    result = try reader.optional { (reader) throws(WireReader.Malformed) in try reader.string() }
    error = try reader.optional { (reader) throws(WireReader.Malformed) in try Failure(&reader) }
    usage = try Usage(&reader)
    exitStatus = try reader.int()
    truncated.stdout = try reader.optional { (reader) throws(WireReader.Malformed) in try reader.count() }
    truncated.stderr = try reader.optional { (reader) throws(WireReader.Malformed) in try reader.count() }
    image = try reader.optional { (reader) throws(WireReader.Malformed) in try Image(&reader) }
    report = try reader.optional { (reader) throws(WireReader.Malformed) in try reader.content() }
    changeFailure = try reader.optional { (reader) throws(WireReader.Malformed) in try CellChange.Failure(&reader) }
    let problem = try reader.int()
    stateProblem = StateProblem(rawValue: problem)
    if problem != 0, stateProblem == nil { throw WireReader.Malformed() }
  }
}

extension InspectRequest: WireValue {
  /// Writes it, as its initialiser reads it.
  package func write(to writer: inout WireWriter) {
    run.write(to: &writer)
    writer.write(query)
  }

  package init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    self.init(run: try RunRequest(&reader), query: try reader.content())
  }
}

extension InspectAnswer: WireValue {
  /// Writes it, as its initialiser reads it.
  package func write(to writer: inout WireWriter) {
    writer.write(status)
    writer.write(contentType)
    writer.write(body)
  }

  package init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    let status = try reader.int()
    guard (200...599).contains(status) else { throw WireReader.Malformed() }
    let contentType = try reader.string()
    // It becomes a header of an answer.
    guard contentType.utf8.count < 100, contentType.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw WireReader.Malformed()
    }
    self.init(status: status, contentType: contentType, body: try reader.content())
  }
}

extension Image {
  init(_ reader: inout WireReader) throws(WireReader.Malformed) {
    let content = try reader.content()
    do throws(Failure) {
      try self.init(decoding: content)
    } catch {
      throw WireReader.Malformed()
    }
  }
}
