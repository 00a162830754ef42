/// The target of a request line, in whichever of its four forms (RFC 9112 section 3.2), checked and decoded.
struct RequestTarget {
  let path: String
  let query: String?
  /// The authority of the absolute form, which overrides the Host field.
  let authority: String?

  init(parsing target: ArraySlice<UInt8>, method: Method) throws(Refusal) {
    if target.elementsEqual("*".utf8) {
      guard method == .options else { throw .malformed("Only OPTIONS can be asked of the server as a whole.") }
      (path, query, authority) = ("*", nil, nil)
      return
    }
    var rest = target
    var host: String?
    if rest.first != UInt8(ascii: "/") {
      let named = try RequestTarget.authorityOfAbsoluteForm(&rest)
      guard Authority.isValid(named) else { throw .malformed("The target's host is not a host.") }
      host = String(decoding: named, as: UTF8.self)
    }
    authority = host
    let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
    path = try RequestTarget.decodePath(rest[..<mark])
    query = mark < rest.endIndex ? try RequestTarget.checkedQuery(rest[(mark + 1)...]) : nil
  }

  /// Takes `http://host` off the front; what remains is the path, at least a slash.
  private static func authorityOfAbsoluteForm(_ rest: inout ArraySlice<UInt8>) throws(Refusal) -> ArraySlice<UInt8> {
    let text = String(decoding: rest.prefix(8), as: UTF8.self).lowercased()
    let skipped = text.hasPrefix("http://") ? 7 : text == "https://" ? 8 : 0
    guard skipped > 0 else { throw .malformed("The target is neither a path nor a URL.") }
    let remaining = rest.dropFirst(skipped)
    let end = remaining.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? remaining.endIndex
    rest = remaining[end...]
    if rest.first != UInt8(ascii: "/") { rest = ArraySlice([UInt8(ascii: "/")] + rest) }
    return remaining[..<end]
  }

  /// Decodes a path. Escapes for a slash, a backslash or a control byte, text that is not UTF-8, and empty, `.` and
  /// `..` segments are refused, so that no later reader can take the path for another one.
  private static func decodePath(_ raw: ArraySlice<UInt8>) throws(Refusal) -> String {
    var needsDecoding = false
    var previous: UInt8 = 0
    var mayHoldDots = false
    for byte in raw {
      if !ByteClass.contains(byte, ByteClass.path) {
        guard byte == UInt8(ascii: "%") else { throw .malformed("The target holds a byte that no URL can hold.") }
        needsDecoding = true
      }
      if previous == UInt8(ascii: "/") {
        if byte == UInt8(ascii: "/") { throw .malformed("The path holds an empty segment.") }
        if byte == UInt8(ascii: ".") { mayHoldDots = true }
      }
      previous = byte
    }
    guard needsDecoding else {
      let path = String(decoding: raw, as: UTF8.self)
      if mayHoldDots { try refuseDots(path) }
      return path
    }
    guard let decoded = PercentCoding.decode(raw, plusIsSpace: false) else {
      throw .malformed("The path holds a broken percent escape.")
    }
    let slash = UInt8(ascii: "/")
    guard decoded.count(where: { $0 == slash }) == raw.count(where: { $0 == slash }),
      decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") })
    else { throw .malformed("The path holds an escape for a slash, a backslash or a control byte.") }
    guard let path = String(validating: decoded, as: UTF8.self) else { throw .malformed("The path is not UTF-8.") }
    try refuseDots(path)
    return path
  }

  private static func refuseDots(_ path: String) throws(Refusal) {
    for segment in path.utf8.split(separator: UInt8(ascii: "/"))
    where segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) {
      throw .malformed("The path holds a dot segment.")
    }
  }

  private static func checkedQuery(_ raw: ArraySlice<UInt8>) throws(Refusal) -> String {
    var index = raw.startIndex
    while index < raw.endIndex {
      let byte = raw[index]
      if byte == UInt8(ascii: "%") {
        guard raw.endIndex - index > 2, PercentCoding.hexValue(raw[index + 1]) != nil,
          PercentCoding.hexValue(raw[index + 2]) != nil
        else { throw .malformed("The query holds a broken percent escape.") }
      } else if !ByteClass.contains(byte, ByteClass.path), byte != UInt8(ascii: "?") {
        throw .malformed("The target holds a byte that no URL can hold.")
      }
      index += 1
    }
    return String(decoding: raw, as: UTF8.self)
  }
}

/// The host and port of a URL or a Host field.
enum Authority {
  /// True for a name, an IPv4 address or a bracketed IPv6 address, with or without a port below 65,536; never with a
  /// user.
  static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
    let (name, port) = split(bytes)
    guard !name.isEmpty else { return false }
    if name.first == UInt8(ascii: "[") {
      guard name.count > 2, name.last == UInt8(ascii: "]"),
        name.dropFirst().dropLast().allSatisfy({
          PercentCoding.hexValue($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
        })
      else { return false }
    } else {
      guard name.allSatisfy({ ByteClass.contains($0, ByteClass.host) }) else { return false }
    }
    guard let port else { return true }
    guard port.count <= 5, port.allSatisfy({ (48...57).contains($0) }) else { return false }
    return port.reduce(0) { $0 * 10 + Int($1 - 48) } <= 65_535
  }

  /// The name alone, without brackets and port, in lower case.
  static func name(of authority: String) -> String {
    let (name, _) = split(ArraySlice(authority.utf8))
    let bare = name.first == UInt8(ascii: "[") ? name.dropFirst().dropLast() : name
    return String(decoding: bare, as: UTF8.self).lowercased()
  }

  private static func split(_ bytes: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
    let afterBracket = bytes.firstIndex(of: UInt8(ascii: "]")) ?? bytes.startIndex
    guard let colon = bytes[afterBracket...].firstIndex(of: UInt8(ascii: ":")) else { return (bytes, nil) }
    return (bytes[..<colon], bytes[(colon + 1)...])
  }
}
