extension VM {
  /// Type and message of an exception, on a line.
  package func formatException(_ exception: Value) -> [UInt8] {
    Array("\(typeName(exception)): \(exceptionMessage(exception))\n".utf8)
  }
}
