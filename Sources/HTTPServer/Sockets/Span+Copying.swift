/// Copies out of spans, which have no bulk copy of their own; each is one memory copy.
extension Span where Element == UInt8 {
  /// Appends the bytes in a range to an array.
  func append(_ range: Range<Int>, to array: inout [UInt8]) {
    if range.isEmpty { return }
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range outside the span")
    // SAFETY: the range was checked against the span, and the pointer does not leave the closure.
    unsafe withUnsafeBufferPointer { all in
      unsafe array.append(contentsOf: UnsafeBufferPointer(rebasing: all[range]))
    }
  }
}
