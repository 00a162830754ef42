/// Base64 (RFC 4648), as forgiving as CPython's `binascii`.
enum Base64 {
  /// Why a text cannot be decoded.
  struct Failure: Error { let message: String }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let pad: UInt8 = 0x3D

  static func encode(_ data: [UInt8], newline: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity((data.count + 2) / 3 * 4 + 1)
    let letters = alphabet
    for start in stride(from: 0, to: data.count, by: 3) {
      let left = data.count - start
      let second = left > 1 ? data[start + 1] : 0
      let third = left > 2 ? data[start + 2] : 0
      out.append(letters[Int(data[start] >> 2)])
      out.append(letters[Int((data[start] & 3) << 4 | second >> 4)])
      out.append(left > 1 ? letters[Int((second & 15) << 2 | third >> 6)] : pad)
      out.append(left > 2 ? letters[Int(third & 63)] : pad)
    }
    if newline { out.append(0x0A) }
    return out
  }

  private static func value(_ letter: UInt8) -> UInt8? {
    switch letter {
    case 0x41...0x5A: letter - 0x41
    case 0x61...0x7A: letter - 0x61 + 26
    case 0x30...0x39: letter - 0x30 + 52
    case 0x2B: 62
    case 0x2F: 63
    default: nil
    }
  }

  static func decode(_ text: [UInt8], isStrict: Bool) throws(Failure) -> [UInt8] {
    if isStrict, text.first == pad { throw Failure(message: "Leading padding not allowed") }
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 4 * 3)
    var (quad, left, pads) = (0, UInt8(0), 0)
    var hasPadding = false
    for (index, letter) in text.enumerated() {
      if letter == pad {
        hasPadding = true
        if quad >= 2 {
          pads += 1
          if quad + pads >= 4 {
            // Complete: nothing may follow.
            if isStrict, index + 1 < text.count { throw Failure(message: "Excess data after padding") }
            return out
          }
        }
        continue
      }
      guard let bits = value(letter) else {
        if isStrict { throw Failure(message: "Only base64 data is allowed") }
        continue
      }
      if isStrict, hasPadding { throw Failure(message: "Discontinuous padding not allowed") }
      pads = 0
      switch quad {
      case 0: left = bits
      case 1:
        out.append(left << 2 | bits >> 4)
        left = bits & 15
      case 2:
        out.append(left << 4 | bits >> 2)
        left = bits & 3
      default: out.append(left << 6 | bits)
      }
      quad = (quad + 1) & 3
    }
    if quad == 1 {
      throw Failure(
        message:
          "Invalid base64-encoded string: number of data characters (\(out.count / 3 * 4 + 1)) cannot be 1 more than a multiple of 4"
      )
    }
    if quad != 0 { throw Failure(message: "Incorrect padding") }
    return out
  }
}

/// Quoted-printable (RFC 1521), as CPython's `binascii` does it.
enum QuotedPrintable {
  static func decode(_ text: [UInt8], isHeader: Bool) -> [UInt8] {
    var out: [UInt8] = []
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == 0x5F, isHeader {
        out.append(0x20)
      } else if byte != 0x3D {
        out.append(byte)
      } else {
        guard index < text.count else { break }
        if text[index] == 0x0A || text[index] == 0x0D {
          // A soft line break.
          if text[index] != 0x0A { while index < text.count, text[index] != 0x0A { index += 1 } }
          if index < text.count { index += 1 }
        } else if text[index] == 0x3D {
          out.append(0x3D)
          index += 1
        } else if index + 1 < text.count, let high = ByteText.hexValue(text[index]),
          let low = ByteText.hexValue(text[index + 1])
        {
          out.append(high << 4 | low)
          index += 2
        } else {
          out.append(0x3D)
        }
      }
    }
    return out
  }

  static func encode(_ data: [UInt8], quotesTabs: Bool, isText: Bool, isHeader: Bool) -> [UInt8] {
    // Lines end as the first one does.
    let firstEnd = data.firstIndex(of: 0x0A)
    let hasReturns = firstEnd.map { $0 > 0 && data[$0 - 1] == 0x0D } ?? false
    var out: [UInt8] = []
    var (line, index) = (0, 0)
    func softBreak() {
      out.append(0x3D)
      if hasReturns { out.append(0x0D) }
      out.append(0x0A)
      line = 0
    }
    while index < data.count {
      let byte = data[index]
      if isQuoted(data, index, line, quotesTabs: quotesTabs, isText: isText, isHeader: isHeader) {
        if line + 3 >= 76 { softBreak() }
        out += [0x3D, hex(byte >> 4), hex(byte & 15)]
        index += 1
        line += 3
        continue
      }
      let isReturn = byte == 0x0D && index + 1 < data.count && data[index + 1] == 0x0A
      if isText, byte == 0x0A || isReturn {
        line = 0
        // A space at the end of a line would be lost.
        if let last = out.last, last == 0x20 || last == 0x09 {
          out.removeLast()
          out += [0x3D, hex(last >> 4), hex(last & 15)]
        }
        if hasReturns { out.append(0x0D) }
        out.append(0x0A)
        index += byte == 0x0D ? 2 : 1
        continue
      }
      if index + 1 != data.count, data[index + 1] != 0x0A, line + 1 >= 76 { softBreak() }
      line += 1
      out.append(isHeader && byte == 0x20 ? 0x5F : byte)
      index += 1
    }
    return out
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x37 + digit }

  private static func isQuoted(
    _ data: [UInt8], _ index: Int, _ line: Int, quotesTabs: Bool, isText: Bool, isHeader: Bool
  ) -> Bool {
    let byte = data[index]
    let isLast = index + 1 == data.count
    if byte > 126 || byte == 0x3D || isHeader && byte == 0x5F { return true }
    if byte == 0x2E, line == 0, isLast || [0x0A, 0x0D, 0].contains(data[index + 1]) { return true }
    if !isText, byte == 0x0D || byte == 0x0A { return true }
    if byte == 0x09 || byte == 0x20, isLast { return true }
    return byte < 33 && byte != 0x0D && byte != 0x0A
      && (quotesTabs || byte != 0x09 && byte != 0x20)
  }
}
