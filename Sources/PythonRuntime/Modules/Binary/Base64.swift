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
