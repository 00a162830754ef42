/// What a call of a native function needs, laid out so that nothing is counted or copied on the way: the table is made once for the
/// process and never given back.
struct NativeEntry {
  let body: NativeFunction.Body
  let required: Int32
  let positional: Int32
  let isSimple: Bool
  let isPlain: Bool
  /// `__new__`, which is given a class of its own kind.
  let isNew: Bool
  /// Where the fallbacks of the positional parameters start in `NativeTable.fallbacks`.
  let firstFallback: Int32
}

/// The table, and its address in the state, so that a call does not look a global up behind a lock.
@safe struct NativeTable {
  private let entries: UnsafeMutablePointer<NativeEntry>
  private let fallbacks: UnsafeMutablePointer<Value>
  private let count: Int

  /// Made once for the process.
  // SAFETY: written once here, before anything reads it, and read-only from then on.
  nonisolated(unsafe) static let shared: UnsafeMutablePointer<NativeTable> = {
    let place = UnsafeMutablePointer<NativeTable>.allocate(capacity: 1)
    unsafe place.initialize(to: NativeTable(NativeRegistry.functions))
    return unsafe place
  }()

  private init(_ functions: [NativeFunction]) {
    count = functions.count
    unsafe entries = UnsafeMutablePointer<NativeEntry>.allocate(capacity: functions.count)
    let total = functions.reduce(0) { $0 + $1.signature.positionalCount }
    unsafe fallbacks = UnsafeMutablePointer<Value>.allocate(capacity: total + 1)
    var next = 0
    for (index, function) in functions.enumerated() {
      let signature = function.signature
      // SAFETY: index is below the capacity allocated above.
      unsafe (entries + index).initialize(
        to: NativeEntry(
          body: function.body, required: Int32(signature.requiredPositionalCount),
          positional: Int32(signature.positionalCount), isSimple: signature.isSimple,
          isPlain: function.binding == .plain,
          isNew: function.binding == .static && function.name == "__new__", firstFallback: Int32(next)))
      for position in 0..<signature.positionalCount {
        var value = Value.unbound
        if case .value(let fallback) = signature.parameters[position].fallback { value = fallback }
        // SAFETY: `next` counts to `total`.
        unsafe (fallbacks + next).initialize(to: value)
        next += 1
      }
    }
  }

  /// The entry of native function `number`, where it lies.
  @inline(__always) func entry(_ number: Int) -> UnsafeMutablePointer<NativeEntry> {
    precondition(number >= 0 && number < count, "a native function that does not exist")
    // SAFETY: checked against the capacity.
    return unsafe entries + number
  }

  @inline(__always) func fallback(_ first: Int32, _ position: Int) -> Value {
    // SAFETY: positions are below the entry's positional count, for each of which a fallback was written.
    unsafe fallbacks[Int(first) &+ position]
  }
}

extension VM {
  /// Whether `__new__` of a built-in type may make what it was asked for: only a class of that kind has the layout for it.
  @inline(__always) func canMake(_ class: Value, with owner: Ref) -> Bool {
    `class`.isRef && (`class`.ref == owner || self.is(`class`, .class) && isSubclass(`class`.ref, owner))
  }

  /// Calls a native function with positional arguments from `start` on if its signature allows just that; nil if they must be bound.
  @inline(__always)
  func callSimpleNative(_ number: Int, _ start: Words, count: Int, owner: Value) throws(Unwind) -> Value? {
    // SAFETY: `Instance` put the address of the table there.
    let table = unsafe UnsafePointer<NativeTable>(bitPattern: self[.natives])!.pointee
    let entry = unsafe table.entry(number)
    // SAFETY: the entry is initialised and never changes.
    let (required, positional) = unsafe (Int(entry.pointee.required), Int(entry.pointee.positional))
    guard unsafe entry.pointee.isSimple, count >= required, count <= positional else { return nil }
    if owner.isRef, unsafe entry.pointee.isPlain {
      // A method that was reached through its class must get an instance of that class.
      guard count > 0 else { return nil }
      let type = classOf(start.value(0))
      if _slowPath(type != owner.ref), !isSubclass(type, owner.ref) { return nil }
    } else if owner.isRef, unsafe entry.pointee.isNew {
      guard count > 0, canMake(start.value(0), with: owner.ref) else { return nil }
    }
    var position = count
    while position < positional {
      start.set(position, unsafe table.fallback(entry.pointee.firstFallback, position))
      position &+= 1
    }
    let savedTop = self[.top]
    let end = address(ofOffset: Int(ref(start).offset)) &+ positional &* 8
    if end > savedTop { self[.top] = end }
    if _slowPath(end &+ VM.stackSlack &* 8 > self[.stackLimit]) { try reserveStack(upTo: end + VM.stackSlack * 8) }
    defer { self[.top] = savedTop }
    return try unsafe entry.pointee.body(self, Arguments(words: start, count: positional))
  }
}
