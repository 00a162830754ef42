/// The types of text, as the registry lists them.
enum TextTypes {
  static let types: [NativeType] = [StrType.type, BytesType.type, BytearrayType.type, MemoryViewType.type]
}
