/// Media types: by a file's name, and as they stand in `Content-Type`.
package enum MediaType {
  /// The type without parameters, in lower case.
  package static func essence(of value: String) -> String {
    let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
    return String(decoding: type, as: UTF8.self).trimmingBlanks().lowercased()
  }

  /// The type under which a file is served.
  package static func ofFile(named name: String) -> String {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "application/octet-stream" }
    return switch name[name.index(after: dot)...].lowercased() {
    case "html", "htm": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "json", "map": "application/json"
    case "webmanifest": "application/manifest+json"
    case "txt", "md": "text/plain; charset=utf-8"
    case "py": "text/x-python; charset=utf-8"
    case "xml": "application/xml"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "gif": "image/gif"
    case "webp": "image/webp"
    case "ico": "image/x-icon"
    case "woff2": "font/woff2"
    case "woff": "font/woff"
    case "wasm": "application/wasm"
    case "pdf": "application/pdf"
    case "gz": "application/gzip"
    case "zip": "application/zip"
    default: "application/octet-stream"
    }
  }
}

extension String {
  /// The text without spaces and tabs at its ends.
  func trimmingBlanks() -> String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let bytes = Array(utf8)
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}
