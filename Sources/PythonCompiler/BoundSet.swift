/// A set of local variables' registers.
struct BoundSet: Equatable {
  private var low: UInt64 = 0
  private var rest: [UInt64] = []

  func contains(_ register: Int) -> Bool {
    if register < 64 { return low >> UInt64(register) & 1 != 0 }
    let index = register / 64 - 1
    return index < rest.count && rest[index] >> UInt64(register % 64) & 1 != 0
  }

  mutating func insert(_ register: Int) {
    if register < 64 {
      low |= 1 << UInt64(register)
      return
    }
    let index = register / 64 - 1
    while rest.count <= index { rest.append(0) }
    rest[index] |= 1 << UInt64(register % 64)
  }

  func intersection(_ other: BoundSet) -> BoundSet {
    var result = BoundSet()
    result.low = low & other.low
    result.rest = zip(rest, other.rest).map { $0 & $1 }
    return result
  }
}
