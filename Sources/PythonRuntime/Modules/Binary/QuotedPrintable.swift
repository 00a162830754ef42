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
