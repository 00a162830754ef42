/// `escape_decode`: the escapes of a bytes literal.
enum EscapeDecoder {
  static func decode(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let bytes = vm.isString(a[0]) ? PyString(vm, a[0]).utf8() : try vm.requireBytes(a[0]).array()
    let errors = try CodecsModule.errors(vm, a[1], "escape_decode")
    try vm.charge(bytes.count >> 3)
    var out: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      guard byte == 0x5C else {
        out.append(byte)
        continue
      }
      guard position < bytes.count else { throw vm.raise(.valueError, "Trailing \\ in string") }
      let letter = bytes[position]
      position += 1
      switch letter {
      case 0x0A: break
      case 0x5C, 0x27, 0x22: out.append(letter)
      case 0x61: out.append(7)
      case 0x62: out.append(8)
      case 0x66: out.append(12)
      case 0x6E: out.append(10)
      case 0x72: out.append(13)
      case 0x74: out.append(9)
      case 0x76: out.append(11)
      case 0x30...0x37:
        var value = Int(letter - 0x30)
        var digits = 1
        while digits < 3, position < bytes.count, bytes[position] &- 0x30 < 8 {
          value = value * 8 + Int(bytes[position] - 0x30)
          position += 1
          digits += 1
        }
        out.append(UInt8(truncatingIfNeeded: value))
      case 0x78:
        if position + 1 < bytes.count, let high = ByteText.hexValue(bytes[position]),
          let low = ByteText.hexValue(bytes[position + 1])
        {
          out.append(high << 4 | low)
          position += 2
          continue
        }
        try handle(vm, errors, position - 2, &out)
        // What is left of the escape is skipped.
        if position < bytes.count, ByteText.hexValue(bytes[position]) != nil { position += 1 }
      default: out += [0x5C, letter]
      }
    }
    return try vm.newTuple(vm.newBytes(out), Value(small: bytes.count))
  }

  private static func handle(_ vm: VM, _ errors: String, _ position: Int, _ out: inout [UInt8]) throws(Unwind) {
    switch errors {
    case "strict": throw vm.raise(.valueError, "invalid \\x escape at position \(position)")
    case "replace": out.append(0x3F)
    case "ignore": break
    default: throw vm.raise(.valueError, "decoding error; unknown error handling code: \(errors)")
    }
  }
}
