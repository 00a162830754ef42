/// The second instructions of pairs (`Opcode.parts`): done without choosing an instruction, which costs about as much as a simple one does.
/// An observer sees every instruction by itself, so for it a pair is no more than its first.
extension VM {
  @inline(__always) func thenMove<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    return move(r.next(), &r)
  }

  @inline(__always) func thenLoadInt<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    return loadInt(r.next(), &r)
  }

  @inline(__always) func thenLoadFree<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return loadFree(i, &r, O.self)
  }

  @inline(__always) func thenStoreFree<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    storeFree(i, &r, O.self)
    return true
  }

  @inline(__always) func thenAdd<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return add(i, &r, r[b(i)], r[c(i)])
  }

  @inline(__always) func thenAddInt<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return add(i, &r, r[b(i)], immediate(i))
  }

  @inline(__always) func thenMultiply<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return multiply(i, &r, r[b(i)], r[c(i)])
  }

  @inline(__always) func thenModulo<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return modulo(i, &r, r[b(i)], r[c(i)])
  }

  @inline(__always) func thenLoadAttribute<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return loadAttribute(i, &r)
  }

  @inline(__always) func thenLoadItemInt<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return loadItem(i, &r, immediate(i))
  }

  @inline(__always) func thenStoreItem<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return storeItem(i, &r)
  }

  @inline(__always) func thenJumpIfFalse<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return jumpIfFalse(i, &r)
  }

  @inline(__always) func thenJumpIfLess<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return jumpIf(i, &r, .less, r[b(i)], true)
  }

  @inline(__always) func thenJumpUnlessLess<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return jumpIf(i, &r, .less, r[b(i)], false)
  }

  @inline(__always) func thenJumpUnlessGreater<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return jumpIf(i, &r, .greater, r[b(i)], false)
  }

  @inline(__always) func thenJumpUnlessEqualInt<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return jumpIf(i, &r, .equal, immediateB(i), false)
  }

  @inline(__always) func thenForIterate<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return forIterate(i, &r, O.self)
  }

  @inline(__always) func thenCall<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return call(i, &r, O.self)
  }

  @inline(__always) func thenCallSpread<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return callSpread(i, &r, O.self)
  }

  @inline(__always) func thenCallNamedMethod<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return callNamedMethod(i, &r, O.self)
  }

  @inline(__always) func thenReturn<O: Observer>(_ r: inout Registers, _: O.Type) -> Bool {
    if O.isActive { return true }
    let i = r.next()
    return returnValue(r[a(i)], &r, O.self)
  }
}
