import PythonBytecode

/// The run loop: one function, generic over an observer and made twice, with one line for each instruction.
///
/// A handler is an `@inline(__always)` function of the instruction, the registers and the machine, and answers whether to go on. The common case
/// of an instruction stands in its handler; everything else is in `@inline(never)` functions that see the saved state, so that
/// here nothing is retained, released or boxed, and all registers stay in the processor's. After anything that may run
/// Python code, raise or collect, the registers are loaded again. Measured: handlers cost nothing over textual code; local functions that capture
/// loop state, or tables of functions, cost 1.4 to 6 times the speed.
extension VM {
  /// Runs until the entry frame returns or something stops it.
  func run() -> RunExit {
    let outer = self[.currentLoop]
    defer { self[.currentLoop] = outer }
    while true {
      self[.currentLoop] = self[.wantedLoop]
      let exit = self[.currentLoop] != 0 ? runObserved() : runUnobserved()
      if exit != .switched { return exit }
    }
  }

  @inline(never) func runUnobserved() -> RunExit { runLoop(Unobserved.self) }
  @inline(never) func runObserved() -> RunExit { runLoop(Observed.self) }

  @inline(__always) private func runLoop<O: Observer>(_ observer: O.Type) -> RunExit {
    var r = Registers(self)
    while true {
      var ok = true
      repeat {
        let i = r.next()
        if O.isActive, _slowPath(!observe(i, &r)) {
          ok = false
          continue
        }
        switch opcode(i) {
        case .nop: break
        case .move: ok = move(i, &r)
        case .loadConstant: r[a(i)] = constant(bc(i), &r)
        case .loadInt: ok = loadInt(i, &r)
        case .loadNone: r[a(i)] = .none
        case .loadTrue: r[a(i)] = .true
        case .loadFalse: r[a(i)] = .false
        case .checkBound: if _slowPath(r[a(i)].isUnbound) { ok = slow(&r, i, raiseUnboundLocal) }
        case .deleteLocal: r[a(i)] = .unbound

        case .makeCell: ok = makeCell(i, &r, O.self)
        case .loadCell: ok = loadCell(i, &r, O.self)
        case .storeCell: storeCell(i, &r, O.self)
        case .deleteCell: ok = slow(&r, i, deleteCell)
        case .loadFree: ok = loadFree(i, &r, O.self)
        case .storeFree: storeFree(i, &r, O.self)
        case .deleteFree: ok = slow(&r, i, deleteFree)
        case .loadClassFree: ok = slow(&r, i, loadClassFree)
        case .loadGlobal: ok = loadGlobal(i, &r)
        case .storeGlobal:
          ok = storeGlobal(i, &r)
          if O.isActive { self[.globalsStored] = 1 }
        case .deleteGlobal: ok = slow(&r, i, deleteGlobal)
        case .loadName: ok = loadName(i, &r)
        case .storeName: ok = storeName(i, &r)
        case .deleteName: ok = slow(&r, i, deleteName)

        case .add: ok = add(i, &r, r[b(i)], r[c(i)])
        case .subtract: ok = subtract(i, &r, r[b(i)], r[c(i)])
        case .multiply: ok = multiply(i, &r, r[b(i)], r[c(i)])
        case .matrixMultiply: ok = slow(&r, i, binarySlow)
        case .divide: ok = divide(i, &r, r[b(i)], r[c(i)])
        case .floorDivide: ok = floorDivide(i, &r, r[b(i)], r[c(i)])
        case .modulo: ok = modulo(i, &r, r[b(i)], r[c(i)])
        case .power: ok = slow(&r, i, binarySlow)
        case .leftShift: ok = leftShift(i, &r, r[b(i)], r[c(i)])
        case .rightShift: ok = rightShift(i, &r, r[b(i)], r[c(i)])
        case .and: ok = and(i, &r, r[b(i)], r[c(i)])
        case .or: ok = or(i, &r, r[b(i)], r[c(i)])
        case .xor: ok = xor(i, &r, r[b(i)], r[c(i)])
        case .addInt: ok = add(i, &r, r[b(i)], immediate(i))
        case .subtractInt: ok = subtract(i, &r, r[b(i)], immediate(i))
        case .multiplyInt: ok = multiply(i, &r, r[b(i)], immediate(i))
        case .floorDivideInt: ok = floorDivide(i, &r, r[b(i)], immediate(i))
        case .moduloInt: ok = modulo(i, &r, r[b(i)], immediate(i))
        case .powerInt: ok = power(i, &r, r[b(i)])
        case .leftShiftInt: ok = leftShift(i, &r, r[b(i)], immediate(i))
        case .rightShiftInt: ok = rightShift(i, &r, r[b(i)], immediate(i))
        case .andInt: ok = and(i, &r, r[b(i)], immediate(i))
        case .negate: ok = negate(i, &r)
        case .positive, .invert: ok = slow(&r, i, unarySlow)
        case .not: ok = not(i, &r)

        case .less: ok = compare(i, &r, .less)
        case .lessOrEqual: ok = compare(i, &r, .lessOrEqual)
        case .equal: ok = compare(i, &r, .equal)
        case .notEqual: ok = compare(i, &r, .notEqual)
        case .greater: ok = compare(i, &r, .greater)
        case .greaterOrEqual: ok = compare(i, &r, .greaterOrEqual)
        case .is: r[a(i)] = Value(r[b(i)] == r[c(i)])
        case .isNot: r[a(i)] = Value(r[b(i)] != r[c(i)])
        case .contains: ok = contains(i, &r, true)
        case .notContains: ok = contains(i, &r, false)

        case .jump: ok = jump(bc(i), &r)
        case .jumpIfTrue: ok = jumpIfTrue(i, &r)
        case .jumpIfFalse: ok = jumpIfFalse(i, &r)
        case .jumpIfNone: if r[a(i)].isNone { ok = jump(bc(i), &r) }
        case .jumpIfNotNone: if !r[a(i)].isNone { ok = jump(bc(i), &r) }
        case .jumpIfLess: ok = jumpIf(i, &r, .less, r[b(i)], true)
        case .jumpIfLessOrEqual: ok = jumpIf(i, &r, .lessOrEqual, r[b(i)], true)
        case .jumpIfEqual: ok = jumpIf(i, &r, .equal, r[b(i)], true)
        case .jumpIfNotEqual: ok = jumpIf(i, &r, .notEqual, r[b(i)], true)
        case .jumpIfGreater: ok = jumpIf(i, &r, .greater, r[b(i)], true)
        case .jumpIfGreaterOrEqual: ok = jumpIf(i, &r, .greaterOrEqual, r[b(i)], true)
        case .jumpUnlessLess: ok = jumpIf(i, &r, .less, r[b(i)], false)
        case .jumpUnlessLessOrEqual: ok = jumpIf(i, &r, .lessOrEqual, r[b(i)], false)
        case .jumpUnlessEqual: ok = jumpIf(i, &r, .equal, r[b(i)], false)
        case .jumpUnlessNotEqual: ok = jumpIf(i, &r, .notEqual, r[b(i)], false)
        case .jumpUnlessGreater: ok = jumpIf(i, &r, .greater, r[b(i)], false)
        case .jumpUnlessGreaterOrEqual: ok = jumpIf(i, &r, .greaterOrEqual, r[b(i)], false)
        case .jumpIfLessInt: ok = jumpIf(i, &r, .less, immediateB(i), true)
        case .jumpIfLessOrEqualInt: ok = jumpIf(i, &r, .lessOrEqual, immediateB(i), true)
        case .jumpIfEqualInt: ok = jumpIf(i, &r, .equal, immediateB(i), true)
        case .jumpIfNotEqualInt: ok = jumpIf(i, &r, .notEqual, immediateB(i), true)
        case .jumpIfGreaterInt: ok = jumpIf(i, &r, .greater, immediateB(i), true)
        case .jumpIfGreaterOrEqualInt: ok = jumpIf(i, &r, .greaterOrEqual, immediateB(i), true)
        case .jumpUnlessLessInt: ok = jumpIf(i, &r, .less, immediateB(i), false)
        case .jumpUnlessLessOrEqualInt: ok = jumpIf(i, &r, .lessOrEqual, immediateB(i), false)
        case .jumpUnlessEqualInt: ok = jumpIf(i, &r, .equal, immediateB(i), false)
        case .jumpUnlessNotEqualInt: ok = jumpIf(i, &r, .notEqual, immediateB(i), false)
        case .jumpUnlessGreaterInt: ok = jumpIf(i, &r, .greater, immediateB(i), false)
        case .jumpUnlessGreaterOrEqualInt: ok = jumpIf(i, &r, .greaterOrEqual, immediateB(i), false)
        case .jumpIfIs: if r[a(i)] == r[b(i)] { ok = jump(signedC(i), &r) }
        case .jumpIfIsNot: if r[a(i)] != r[b(i)] { ok = jump(signedC(i), &r) }

        case .getIterator: ok = getIterator(i, &r)
        case .forIterate: ok = forIterate(i, &r, O.self)

        case .buildTuple: ok = slow(&r, i, buildTuple)
        case .buildList: ok = slow(&r, i, buildList)
        case .buildSet: ok = slow(&r, i, buildSet)
        case .buildString: ok = slow(&r, i, buildString)
        case .buildDict: ok = slow(&r, i, buildDict)
        case .buildSlice: ok = slow(&r, i, buildSlice)
        case .listAppend: ok = listAppend(i, &r)
        case .listExtend: ok = slow(&r, i, listExtend)
        case .setAdd: ok = slow(&r, i, setAdd)
        case .setUpdate: ok = slow(&r, i, setUpdate)
        case .dictAdd: ok = slow(&r, i, dictAdd)
        case .dictUpdate: ok = slow(&r, i, dictUpdate)
        case .dictMerge: ok = slow(&r, i, dictMerge)
        case .listToTuple: ok = slow(&r, i, listToTuple)
        case .formatValue: ok = slow(&r, i, formatValue)
        case .unpack: ok = unpack(i, &r)
        case .unpackStarred: ok = slow(&r, i, unpackStarred)

        case .loadAttribute: ok = loadAttribute(i, &r)
        case .storeAttribute: ok = storeAttribute(i, &r)
        case .deleteAttribute: ok = slow(&r, i, deleteAttribute)
        case .loadItem: ok = loadItem(i, &r, r[c(i)])
        case .loadItemInt: ok = loadItem(i, &r, immediate(i))
        case .storeItem: ok = storeItem(i, &r)
        case .deleteItem: ok = slow(&r, i, deleteItem)

        case .call: ok = call(i, &r, O.self)
        case .callKeywords: ok = callKeywords(i, &r, O.self)
        case .callSpread: ok = callSpread(i, &r, O.self)
        case .loadMethod: ok = loadMethod(i, &r)
        case .callMethod: ok = callMethod(i, &r, O.self)
        case .callMethodKeywords: ok = slow(&r, i, callMethodKeywords)
        case .callNamedMethod: ok = callNamedMethod(i, &r, O.self)
        case .return: ok = returnValue(r[a(i)], &r, O.self)
        case .returnNone: ok = returnValue(.none, &r, O.self)
        case .makeFunction: ok = slow(&r, i, makeFunction)
        case .loadBuildClass: ok = slow(&r, i, loadBuildClass)
        case .loadAssertionError: r[a(i)] = Value(type(.assertionError))

        case .makeGenerator: ok = slow(&r, i, makeGenerator)
        case .yield: ok = yield(i, &r, O.self)
        case .getYieldFromIterator: ok = slow(&r, i, getYieldFromIterator)
        case .getAwaitable: ok = slow(&r, i, getAwaitable)
        case .send: ok = slow(&r, i, send)
        case .getAsyncIterator: ok = slow(&r, i, getAsyncIterator)
        case .getAsyncNext: ok = slow(&r, i, getAsyncNext)
        case .endAsyncFor: ok = slow(&r, i, endAsyncFor)
        case .wrapAsyncYield: ok = slow(&r, i, wrapAsyncYield)

        case .raiseAgain, .raise, .raiseFrom: ok = slow(&r, i, raiseSlow)
        case .reraise: ok = slow(&r, i, reraise)
        case .pushHandled: pushHandled(i, &r)
        case .popHandled: self[root: .handledException] = r[a(i)]
        case .matchException: ok = slow(&r, i, matchException)
        case .matchExceptionGroup: ok = slow(&r, i, matchExceptionGroup)
        case .prepareReraiseStar: ok = slow(&r, i, prepareReraiseStar)
        case .enterContext: ok = slow(&r, i, enterContext)
        case .enterAsyncContext: ok = slow(&r, i, enterAsyncContext)
        case .callExit: ok = slow(&r, i, callExit)

        case .importName: ok = slow(&r, i, importName)
        case .importFrom: ok = slow(&r, i, importFrom)
        case .importStar: ok = slow(&r, i, importStar)
        case .setupAnnotations: ok = slow(&r, i, setupAnnotations)
        case .printExpression: ok = slow(&r, i, printExpression)
        case .keepResult: ok = slow(&r, i, keepResult)

        case .matchSequence, .matchMapping: ok = slow(&r, i, matchKind)
        case .getLength: ok = slow(&r, i, getLength)
        case .matchKeys: ok = slow(&r, i, matchKeys)
        case .matchClass: ok = slow(&r, i, matchClass)
        case .copyWithoutKeys: ok = slow(&r, i, copyWithoutKeys)

        case .moveThenMove: ok = move(i, &r) && thenMove(&r, O.self)
        case .moveThenCall: ok = move(i, &r) && thenCall(&r, O.self)
        case .moveThenCallSpread: ok = move(i, &r) && thenCallSpread(&r, O.self)
        case .moveThenCallNamedMethod: ok = move(i, &r) && thenCallNamedMethod(&r, O.self)
        case .moveThenMoveThenCall: ok = move(i, &r) && thenMove(&r, O.self) && thenCall(&r, O.self)
        case .loadFreeThenMoveThenCall: ok = loadFree(i, &r, O.self) && thenMove(&r, O.self) && thenCall(&r, O.self)
        case .loadGlobalThenMoveThenCall: ok = loadGlobal(i, &r) && thenMove(&r, O.self) && thenCall(&r, O.self)
        case .loadIntThenCall: ok = loadInt(i, &r) && thenCall(&r, O.self)
        case .loadIntThenModulo: ok = loadInt(i, &r) && thenModulo(&r, O.self)
        case .loadIntThenStoreItem: ok = loadInt(i, &r) && thenStoreItem(&r, O.self)
        case .loadFreeThenLoadFree: ok = loadFree(i, &r, O.self) && thenLoadFree(&r, O.self)
        case .loadFreeThenMove: ok = loadFree(i, &r, O.self) && thenMove(&r, O.self)
        case .loadFreeThenLoadInt: ok = loadFree(i, &r, O.self) && thenLoadInt(&r, O.self)
        case .loadFreeThenAdd: ok = loadFree(i, &r, O.self) && thenAdd(&r, O.self)
        case .loadFreeThenMultiply: ok = loadFree(i, &r, O.self) && thenMultiply(&r, O.self)
        case .loadFreeThenLoadItemInt: ok = loadFree(i, &r, O.self) && thenLoadItemInt(&r, O.self)
        case .loadFreeThenJumpUnlessLess: ok = loadFree(i, &r, O.self) && thenJumpUnlessLess(&r, O.self)
        case .loadFreeThenJumpUnlessGreater: ok = loadFree(i, &r, O.self) && thenJumpUnlessGreater(&r, O.self)
        case .loadFreeThenReturn: ok = loadFree(i, &r, O.self) && thenReturn(&r, O.self)
        case .storeFreeThenLoadFree:
          storeFree(i, &r, O.self)
          ok = thenLoadFree(&r, O.self)
        case .loadGlobalThenMove: ok = loadGlobal(i, &r) && thenMove(&r, O.self)
        case .addThenAdd: ok = add(i, &r, r[b(i)], r[c(i)]) && thenAdd(&r, O.self)
        case .addThenAddInt: ok = add(i, &r, r[b(i)], r[c(i)]) && thenAddInt(&r, O.self)
        case .addThenStoreFree: ok = add(i, &r, r[b(i)], r[c(i)]) && thenStoreFree(&r, O.self)
        case .addThenForIterate: ok = add(i, &r, r[b(i)], r[c(i)]) && thenForIterate(&r, O.self)
        case .addThenReturn: ok = add(i, &r, r[b(i)], r[c(i)]) && thenReturn(&r, O.self)
        case .multiplyThenAdd: ok = multiply(i, &r, r[b(i)], r[c(i)]) && thenAdd(&r, O.self)
        case .multiplyThenAddInt: ok = multiply(i, &r, r[b(i)], r[c(i)]) && thenAddInt(&r, O.self)
        case .moduloThenForIterate: ok = modulo(i, &r, r[b(i)], r[c(i)]) && thenForIterate(&r, O.self)
        case .moduloIntThenJumpUnlessEqualInt:
          ok = modulo(i, &r, r[b(i)], immediate(i)) && thenJumpUnlessEqualInt(&r, O.self)
        case .addIntThenStoreFree: ok = add(i, &r, r[b(i)], immediate(i)) && thenStoreFree(&r, O.self)
        case .addIntThenStoreItem: ok = add(i, &r, r[b(i)], immediate(i)) && thenStoreItem(&r, O.self)
        case .addIntThenJumpIfLess: ok = add(i, &r, r[b(i)], immediate(i)) && thenJumpIfLess(&r, O.self)
        case .subtractIntThenCall: ok = subtract(i, &r, r[b(i)], immediate(i)) && thenCall(&r, O.self)
        case .containsThenJumpIfFalse: ok = contains(i, &r, true) && thenJumpIfFalse(&r, O.self)
        case .notContainsThenJumpIfFalse: ok = contains(i, &r, false) && thenJumpIfFalse(&r, O.self)
        case .loadItemThenMultiply: ok = loadItem(i, &r, r[c(i)]) && thenMultiply(&r, O.self)
        case .loadItemThenAddInt: ok = loadItem(i, &r, r[c(i)]) && thenAddInt(&r, O.self)
        case .storeItemThenForIterate: ok = storeItem(i, &r) && thenForIterate(&r, O.self)
        case .loadAttributeThenLoadAttribute: ok = loadAttribute(i, &r) && thenLoadAttribute(&r, O.self)
        }
      } while _fastPath(ok)

      // A handler said no: it saved the state, and `exitReason` says why.
      let exit = leaveOrUnwind()
      if exit != .raised { return exit }
      r.load(self)
    }
  }

  // MARK: Operands

  @inline(__always) private func opcode(_ i: UInt64) -> Opcode {
    let byte = UInt8(truncatingIfNeeded: i)
    // A branch that is never taken costs less than a choice that each instruction has to wait for.
    if _slowPath(byte > lastOpcode) { stopAtUnknownOpcode() }
    // SAFETY: Opcode's raw values are 0 up to `lastOpcode`, without a gap.
    return unsafe unsafeBitCast(byte, to: Opcode.self)
  }

  @inline(never) private func stopAtUnknownOpcode() -> Never {
    preconditionFailure("code was verified when it was loaded, and cannot have an unknown opcode")
  }

  /// Calls a function that sees the saved state, and loads what it left.
  @inline(__always)
  func slow(_ r: inout Registers, _ i: UInt64, _ body: (UInt64) -> Bool) -> Bool {
    r.save(self)
    let ok = body(i)
    r.load(self)
    return ok
  }

  /// Runs a throwing body; what it throws is left for `leaveOrUnwind`.
  @inline(__always) func attempt(_ body: () throws(Unwind) -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      note(error)
      return false
    }
  }

  /// The same for a call: it may have changed which loop is wanted.
  @inline(__always) func attemptCall(_ body: () throws(Unwind) -> Void) -> Bool {
    attempt(body) && (_fastPath(self[.wantedLoop] == self[.currentLoop]) || leaveToSwitch())
  }

  /// Leaves the loop for the other one, which goes on at `pc`.
  @inline(never) func leaveToSwitch() -> Bool {
    self[.exitReason] = RunExit.switched.rawValue
    return false
  }

  func note(_ unwind: Unwind) {
    switch unwind {
    case .exception: self[.exitReason] = RunExit.raised.rawValue
    case .limit(let limit):
      self[.exitReason] = RunExit.limit.rawValue
      self[.exitLimit] = Int(limit.rawValue)
    }
  }
}

/// Whether the loop tells the recorder what it does.
protocol Observer {
  static var isActive: Bool { get }
}

enum Unobserved: Observer {
  @inline(__always) static var isActive: Bool { false }
}

enum Observed: Observer {
  @inline(__always) static var isActive: Bool { true }
}

/// The last of the opcodes. Computed, because a global constant would be looked up behind a lock at each instruction.
@inline(__always) private var lastOpcode: UInt8 {
  // SAFETY: the raw values are the order of the cases, so they are also how a case lies in memory.
  unsafe unsafeBitCast(Opcode.loadAttributeThenLoadAttribute, to: UInt8.self)
}

@inline(__always) func a(_ i: UInt64) -> Int { Int(i >> 16 & 0xFFFF) }
@inline(__always) func b(_ i: UInt64) -> Int { Int(i >> 32 & 0xFFFF) }
@inline(__always) func c(_ i: UInt64) -> Int { Int(i >> 48) }
@inline(__always) func bc(_ i: UInt64) -> Int { Int(Int64(bitPattern: i) >> 32) }
@inline(__always) func signedC(_ i: UInt64) -> Int { Int(Int64(bitPattern: i) >> 48) }
/// C, and B, as a signed 16-bit integer that is a value.
@inline(__always) func immediate(_ i: UInt64) -> Value { Value(small: signedC(i)) }
@inline(__always) func immediateB(_ i: UInt64) -> Value { Value(small: Int(Int16(truncatingIfNeeded: i >> 32))) }
