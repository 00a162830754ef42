import PythonSyntax

/// Where in a piece of source that is an operation the operator is, or in a subscript the brackets: as bytes from where to where. Nil for
/// anything else. Tracebacks point there (`extract_anchors_from_line` of CPython).
func operatorPlace(_ segment: [UInt8]) -> (left: Int, right: Int)? {
  guard let module = try? parse(segment, filename: "<segment>", mode: .module), case .module(let body) = module,
    body.count == 1, case .expression(let expression) = body[0].kind
  else { return nil }
  switch expression.kind {
  case .binary(let left, _, let right):
    let end = min(Int(right.span.column), segment.count)
    var start = Int(left.span.endColumn)
    while start < end, isBlank(segment[start]) { start += 1 }
    guard start < end else { return nil }
    let isWide = start + 1 < end && !isBlank(segment[start + 1])
    return (start, start + (isWide ? 2 : 1))
  case .subscript(let value, let index, _):
    return (Int(value.span.endColumn), Int(index.span.endColumn) + 1)
  default: return nil
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }
