extension VM {
  /// The bytes of a bytes-like object, outside of the cage.
  func byteArray(_ value: Value) -> [UInt8] { BytesView(self, value)?.array() ?? [] }
}
