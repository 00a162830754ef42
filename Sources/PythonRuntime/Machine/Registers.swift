import PythonBytecode

/// The run loop's own registers: the part of the state that it keeps in the processor's registers while it runs.
///
/// `fuel` is `remaining * 8 + pc` in bytes: a jump adds its offset to both, so that straight-line code costs nothing and `fuel - pc` is
/// exactly what is left, in bytes of code (8 a tick).
@safe struct Registers {
  var pc: UnsafeMutablePointer<UInt64>
  var base: Words
  var function: Words
  var fuel: Int

  @inline(__always) init(_ vm: VM) {
    // SAFETY: the state holds the addresses that `save` or the call machinery put there, all within this instance's cage.
    unsafe pc = unsafe UnsafeMutablePointer(bitPattern: vm[.pc])!
    unsafe base = Words(unchecked: UnsafeMutablePointer(bitPattern: vm[.base])!)
    unsafe function = Words(unchecked: UnsafeMutablePointer(bitPattern: vm[.function])!)
    fuel = vm[.fuel] &+ vm[.pc]
  }

  /// Writes the registers to the state, before anything outside of the loop looks at them.
  @inline(__always) func save(_ vm: VM) {
    vm[.pc] = pcAddress
    vm[.base] = baseAddress
    // SAFETY: only the address is taken.
    unsafe vm[.function] = Int(bitPattern: function.address)
    vm[.fuel] = fuel &- pcAddress
    vm[.top] = baseAddress &+ Int(function[FunctionLayout.entry] >> 32 & 0xFFFF) &* 8
  }

  /// Reads them back: anything may have changed.
  @inline(__always) mutating func load(_ vm: VM) { self = Registers(vm) }

  // SAFETY: only the address is taken.
  var pcAddress: Int { @inline(__always) get { unsafe Int(bitPattern: pc) } }
  var baseAddress: Int { @inline(__always) get { unsafe Int(bitPattern: base.address) } }

  /// The next word of code.
  @inline(__always) mutating func next() -> UInt64 {
    // SAFETY: code was verified when it was loaded: no path runs past its end.
    let word = unsafe pc.pointee
    unsafe pc += 1
    return word
  }

  /// The word before the next one: the last of the instruction that was left.
  var lastWord: UInt64 {
    // SAFETY: as for `next`: at least one word of the code was passed.
    @inline(__always) get { unsafe pc[-1] }
  }

  /// Register number `index`.
  subscript(_ index: Int) -> Value {
    @inline(__always) get { base.value(index) }
    @inline(__always) nonmutating set { base.set(index, newValue) }
  }

  /// A word of the frame's header: -1 the way back, -2 the caller's function, -3 the result's place (and this function), -4 what the continuation needs.
  func header(_ index: Int) -> UInt64 {
    // SAFETY: a frame always has its header below its base, within the stack or the page below it.
    unsafe base.address[index]
  }

  func setHeader(_ index: Int, _ word: UInt64) {
    // SAFETY: as for reading.
    unsafe base.address[index] = word
  }

  /// Goes to the code at an offset of the cage.
  @inline(__always) mutating func goTo(_ vm: VM, offset: Int) {
    let address = vm.address(ofOffset: offset)
    fuel &+= address &- pcAddress
    // SAFETY: offsets of code come from functions and return words, which only the runtime makes.
    unsafe pc = unsafe UnsafeMutablePointer(bitPattern: address)!
  }

  /// Makes the registers of another frame the current ones; `words` may be negative.
  @inline(__always) mutating func moveBase(by words: Int) {
    // SAFETY: within the register stack: the distance is a window's (checked against the stack limit) or a return word's.
    unsafe base = Words(unchecked: base.address + words)
  }

  /// Jumps by `words`.
  @inline(__always) mutating func jump(_ words: Int) {
    // SAFETY: jump targets were verified when the code was loaded.
    unsafe pc += words
    fuel &+= words &* 8
  }

  /// True when a safe point must do more than nothing.
  var isOutOfFuel: Bool { @inline(__always) get { fuel &- pcAddress < 0 } }
}

/// The way back from a frame, a word that looks like a small integer:
/// bits 2–17 the distance of the caller's base in words, 18–23 the continuation, 24–55 the offset of the word to go on with.
enum ReturnInfo {
  @inline(__always) static func make(offset: Int, delta: Int, _ continuation: Continuation) -> UInt64 {
    UInt64(truncatingIfNeeded: offset) << 24 | UInt64(continuation.rawValue) << 18
      | UInt64(truncatingIfNeeded: delta) << 2
  }
  @inline(__always) static func delta(_ info: UInt64) -> Int { Int(info >> 2 & 0xFFFF) }
  @inline(__always) static func offset(_ info: UInt64) -> Int { Int(info >> 24 & 0xFFFF_FFFF) }
  static func continuation(_ info: UInt64) -> Continuation {
    Continuation(rawValue: UInt8(info >> 18 & 0x3F)) ?? .exit
  }
  static let continuationMask: UInt64 = 0x3F << 18
  @inline(__always) static func isForIterate(_ info: UInt64) -> Bool {
    info & (0x3F << 18) == UInt64(Continuation.forIterate.rawValue) << 18
  }
}

/// What happens with a frame's result.
enum Continuation: UInt8 {
  /// It goes to the place of the callee.
  case result = 0
  /// The run loop ends: a native function called.
  case exit
  /// It must be None and is dropped: the instance that was being initialised (header word -4) is the result.
  case initializer
  /// The frame is a generator's (header word -4), resumed by `forIterate`, `send` or a native function.
  case forIterate, send, resume
}

/// Why the run loop ended.
enum RunExit: Int {
  /// Not at all: an exception is to be unwound, or was caught.
  case raised
  case returned, yielded, suspended
  /// The other loop is to go on.
  case switched
  /// The entry frame was left by an exception, which is pending.
  case failed
  /// A limit; the state's word after says which.
  case limit
}

extension VM {
  /// Words of the register stack by their address.
  @inline(__always) func stackWord(_ address: Int) -> Words {
    // SAFETY: `top` and the bases derived from it lie within the register stack, whose end `growStackLimit` guards.
    unsafe Words(unchecked: UnsafeMutablePointer(bitPattern: address)!)
  }

  /// The current frame's registers, for code outside of the loop.
  var frame: Words { stackWord(self[.base]) }
  var runningFunction: Words { stackWord(self[.function]) }

  func register(_ index: Int) -> Value { frame.value(index) }
  func setRegister(_ index: Int, _ value: Value) { frame.set(index, value) }

  /// A header word of the current frame.
  func frameHeader(_ index: Int) -> UInt64 { stackWord(self[.base] + index * 8)[0] }

  /// The offset in the cage of an address in it.
  @inline(__always) func offset(ofAddress address: Int) -> Int {
    // SAFETY: only a difference is taken.
    unsafe address &- Int(bitPattern: base)
  }
  @inline(__always) func address(ofOffset offset: Int) -> Int {
    // SAFETY: only an address is made; it is used through `Words`.
    unsafe Int(bitPattern: base) &+ offset
  }

  /// The code word that `pc` stands before.
  func codeWord(_ delta: Int) -> UInt64 { stackWord(self[.pc] + delta * 8)[0] }

  /// Opens the next part of the register stack, or raises RecursionError at its end.
  func growStackLimit() {
    let end = address(ofOffset: Cage.stackEnd) - 65536
    self[.stackLimit] = min(self[.stackLimit] + 65536, end)
  }

  /// Makes sure that a frame may reach `address`.
  @inline(__always) func reserveStack(upTo address: Int) throws(Unwind) {
    if _slowPath(address > self[.stackLimit]) { try extendStack(upTo: address) }
  }

  @inline(never) private func extendStack(upTo address: Int) throws(Unwind) {
    let end = self.address(ofOffset: Cage.stackEnd) - 65536
    guard address < end else { throw raiseTooDeep() }
    while address > self[.stackLimit] { growStackLimit() }
  }

  // MARK: Fuel

  /// What is left of this slice.
  var remainingTicks: Int {
    let stolen = self[.stolenFuel]
    return (stolen == 0 ? self[.fuel] : self[.fuel] &+ stolen) / 8
  }

  /// All ticks used until now.
  package var ticksUsed: Int { self[.ticksUsed] + self[.sliceTicks] - remainingTicks }

  /// Makes the next safe point a long one.
  func interruptSoon() {
    guard self[.stolenFuel] == 0 else { return }
    self[.stolenFuel] = self[.fuel] + 8
    self[.fuel] = -8
  }

  /// Gives back what `interruptSoon` took, and a new slice when this one is used up. Throws at the tick limit and when the run is cancelled.
  func settleFuel() throws(Unwind) {
    if self[.stolenFuel] != 0 {
      self[.fuel] += self[.stolenFuel]
      self[.stolenFuel] = 0
    }
    guard self[.fuel] < 0 else { return }
    self[.ticksUsed] += self[.sliceTicks] - self[.fuel] / 8
    self[.sliceTicks] = 0
    self[.fuel] = 0
    if self[.ticksUsed] >= self[.tickLimit] { throw .limit(.ticks) }
    if let limit = host.isCancelled() { throw .limit(limit) }
    startSlice()
  }

  func startSlice() {
    // Asked for here, done at the loop's next safe point where no native function is underway.
    if self[.suspendsSlices] != 0 { self[.suspendRequested] = 1 }
    let slice = min(self[.sliceLength], self[.tickLimit] - self[.ticksUsed])
    self[.sliceTicks] = slice
    self[.fuel] = slice * 8
  }
}
