import PythonBytecode

/// An entry of a traceback as data, or the place of bad source. Lines count from 1; columns are characters from 0, the end
/// being the one after the last.
package struct TracebackEntry: Equatable, Sendable {
  package var file: String
  /// Nil for the place of a SyntaxError.
  package var function: String?
  package var line: Int
  package var endLine: Int?
  package var column: Int?
  package var endColumn: Int?
  /// The line as it stands in the source, where that is known.
  package var source: String?
}

extension VM {
  /// The entries of an exception's own traceback, oldest call first; of a SyntaxError also the place that it names. The last
  /// thousand, as tracebacks are printed.
  package func tracebackEntries(_ exception: Value) -> [TracebackEntry] {
    guard self.is(exception, .exception) else { return [] }
    var links: [Words] = []
    var link = words(exception).value(ExceptionLayout.traceback)
    while self.is(link, .traceback) {
      links.append(words(link))
      link = words(link).value(TracebackLayout.next)
    }
    let entries = links.suffix(TracebackWriter.maxEntries).map(entry)
    guard isInstance(exception, .syntaxError), let place = ExceptionWriter(self).syntaxPlace(exception) else {
      return entries
    }
    return entries + [entry(place)]
  }

  private func entry(_ traceback: Words) -> TracebackEntry {
    let code = tracebackCode(traceback)
    let file = text(code.value(CodeLayout.filename))
    let line = tracebackLine(traceback)
    let position = position(code, traceback.value(TracebackLayout.index).int)
    func column(_ column: Int32, inLine line: Int32) -> Int? {
      guard column >= 0 else { return nil }
      return sourceLine(file, Int(line)).map { $0.characters(upTo: Int(column)) } ?? Int(column)
    }
    return TracebackEntry(
      file: file, function: text(code.value(CodeLayout.name)), line: line,
      endLine: position.endLine > 0 ? Int(position.endLine) : nil,
      column: column(position.column, inLine: position.line),
      endColumn: column(position.endColumn, inLine: position.endLine),
      source: sourceLine(file, line).map { String(decoding: $0, as: UTF8.self) })
  }

  private func entry(_ place: SyntaxPlace) -> TracebackEntry {
    let source = place.text.map { String(decoding: $0.prefix { $0 != 0x0A }, as: UTF8.self) }
    return TracebackEntry(
      file: String(decoding: place.filename, as: UTF8.self), line: place.line, endLine: max(place.endLine, place.line),
      column: place.offset > 0 ? place.offset - 1 : nil, endColumn: place.endOffset > 0 ? place.endOffset - 1 : nil,
      source: source)
  }
}
