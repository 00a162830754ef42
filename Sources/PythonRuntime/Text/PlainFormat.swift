/// The simplest formats, without a detour: ASCII text with `{}` fields (or `%s` and `%d`) for small integers and ASCII strings. Anything
/// else is left to the formatters that know everything.
struct PlainFormat {
  private let vm: VM
  private let text: PyString
  private let arguments: PyTuple
  private let isPercent: Bool

  init(_ vm: VM, _ text: Value, _ arguments: Value, isPercent: Bool) {
    self.vm = vm
    self.text = PyString(vm, text)
    self.arguments = PyTuple(vm, arguments)
    self.isPercent = isPercent
  }

  /// The result, or nil when something is not plain. Nothing has happened then.
  func string() throws(Unwind) -> Value? {
    guard text.isASCII, let count = length() else { return nil }
    if count < 2 { return nil }
    try vm.charge(count >> 4 + 4)
    let value = try vm.allocateString(count: count, widthShift: 0, isASCII: true)
    fill(vm.words(value).bytes(from: 2))
    return value
  }

  /// The result's length; nil when a field or an argument is not plain, or their numbers differ.
  private func length() -> Int? {
    let count = text.count
    let open: UInt8 = isPercent ? 0x25 : 0x7B
    var total = 0
    var next = 0
    var index = 0
    while index < count {
      let byte = text.units[index]
      if byte == open {
        index &+= 1
        guard index < count, next < arguments.count else { return nil }
        let letter = text.units[index]
        let argument = arguments[next]
        if argument.isInt, letter == (isPercent ? 0x64 : 0x7D) || isPercent && letter == 0x73 {
          total &+= vm.decimalLength(argument.int)
        } else if letter == (isPercent ? 0x73 : 0x7D), vm.isExactString(argument) {
          let string = PyString(vm, argument)
          guard string.isASCII || string.count == 0 else { return nil }
          total &+= string.count
        } else {
          return nil
        }
        next &+= 1
      } else if byte == 0x7D, !isPercent {
        return nil
      } else {
        total &+= 1
      }
      index &+= 1
    }
    // Arguments that are left over are an error for `%` only.
    if isPercent, next != arguments.count { return nil }
    return total < 1 << 28 ? total : nil
  }

  private func fill(_ target: Bytes) {
    let count = text.count
    let open: UInt8 = isPercent ? 0x25 : 0x7B
    var place = 0
    var next = 0
    var index = 0
    while index < count {
      let byte = text.units[index]
      if byte != open {
        target[place] = byte
        place &+= 1
        index &+= 1
        continue
      }
      let argument = arguments[next]
      if argument.isInt {
        let length = vm.decimalLength(argument.int)
        target.advanced(by: place).putDecimal(argument.int, count: length)
        place &+= length
      } else {
        let string = PyString(vm, argument)
        target.advanced(by: place).copyShort(from: string.units, count: string.count)
        place &+= string.count
      }
      next &+= 1
      index &+= 2
    }
  }
}
