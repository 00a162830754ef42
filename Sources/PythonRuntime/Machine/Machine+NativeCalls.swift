/// Calls from native code with a fixed number of arguments: nothing is collected into arrays.
extension VM {
  /// A window at the top of the stack with the callee in it.
  @inline(__always) private func openWindow(_ callee: Value) throws(Unwind) -> (address: Int, place: Words) {
    let window = self[.top]
    if _slowPath(window &+ (16 &+ VM.stackSlack) &* 8 > self[.stackLimit]) {
      try reserveStack(upTo: window + (16 + VM.stackSlack) * 8)
    }
    let place = stackWord(window)
    place.set(0, callee)
    place.set(1, .none)
    place.set(2, .none)
    return (window, place)
  }

  /// Calls without arguments.
  package func call(_ callee: Value) throws(Unwind) -> Value {
    let (window, _) = try openWindow(callee)
    return try callWindow(window, count: 0, names: .unbound)
  }

  /// Calls with one argument.
  package func call(_ callee: Value, _ first: Value) throws(Unwind) -> Value {
    let (window, place) = try openWindow(callee)
    place.set(3, first)
    return try callWindow(window, count: 1, names: .unbound)
  }

  /// Calls with two arguments.
  package func call(_ callee: Value, _ first: Value, _ second: Value) throws(Unwind) -> Value {
    let (window, place) = try openWindow(callee)
    place.set(3, first)
    place.set(4, second)
    return try callWindow(window, count: 2, names: .unbound)
  }

  /// Calls with three arguments.
  package func call(_ callee: Value, _ first: Value, _ second: Value, _ third: Value) throws(Unwind) -> Value {
    let (window, place) = try openWindow(callee)
    place.set(3, first)
    place.set(4, second)
    place.set(5, third)
    return try callWindow(window, count: 3, names: .unbound)
  }

  // MARK: A special method found in a class, with its object: nothing is bound, unless the method is a descriptor of its own.

  func callBound(_ method: Value, _ object: Value) throws(Unwind) -> Value {
    if let result = try callUnbound(method, object, .unbound, .unbound, count: 1) { return result }
    return try call(bindDescriptor(method, object))
  }

  func callBound(_ method: Value, _ object: Value, _ first: Value) throws(Unwind) -> Value {
    if let result = try callUnbound(method, object, first, .unbound, count: 2) { return result }
    return try call(bindDescriptor(method, object), first)
  }

  func callBound(_ method: Value, _ object: Value, _ first: Value, _ second: Value) throws(Unwind) -> Value {
    if let result = try callUnbound(method, object, first, second, count: 3) { return result }
    return try call(bindDescriptor(method, object), first, second)
  }

  /// A plain function of Python's or ours is called with the object before the arguments; nil for anything else.
  @inline(__always)
  private func callUnbound(_ method: Value, _ object: Value, _ first: Value, _ second: Value, count: Int) throws(Unwind)
    -> Value?
  {
    guard method.isRef else { return nil }
    let callee = words(method)
    if callee.kindByte == Kind.native.rawValue, callee.value(2).isUnbound, callee.value(4).isRef {
      let (_, place) = try openWindow(method)
      place.set(3, object)
      place.set(4, first)
      place.set(5, second)
      let start = place.advanced(by: 3)
      let number = callee.value(1).int
      if let result = try callSimpleNative(number, start, count: count, owner: callee.value(4)) { return result }
      guard host.natives[number].binding == .plain else { return nil }
      return try callNative(number: number, start, count: count, names: .unbound, native: callee)
    }
    guard callee.kindByte == Kind.function.rawValue else { return nil }
    let (window, place) = try openWindow(method)
    place.set(3, object)
    place.set(4, first)
    place.set(5, second)
    return try callWindow(window, count: count, names: .unbound)
  }
}
