/// The machine's instructions. What compiler and machine agree on stands here and nowhere else.
///
/// **Registers.** A frame is a window of 64-bit registers `r0, r1, …`. The parameters come first, in the order of
/// `co_varnames` (positional-only, positional, keyword-only, `*args`, `**kwargs`), then the other local variables, then the
/// cell variables that are not parameters, then temporaries in stack order. A register that holds no value is *unbound*.
/// A captured variable's register holds its cell from `makeCell` on. A code object that has a namespace (module, class
/// body, `exec`) finds the mapping in `r0`.
///
/// **Words.** An instruction is one 64-bit word `op:8 flags:8 A:16 B:16 C:16`, low bits first. `BC` is B and C as one signed
/// 32-bit number. Some instructions are followed by extension words, which count as instructions for ticks and
/// have positions of their own. `NAME` is an extension word `nameIndex:32 cacheIndex:32`: an index into the constants (a
/// string) and the number of an inline cache, counted from 0 within the code object.
/// Flag bit 0 (`InstructionFlags.startsLine`) is set on the first instruction of each line that is reached: the recorder's steps.
///
/// **Jumps** are relative to the word after the instruction (its extension words included). Each taken jump and each call is a safe point.
///
/// **Calls.** The callee goes to `rA`, `rA+1` and `rA+2` are the machine's, arguments follow from `rA+3`; the result comes to `rA`.
/// `A + 3 + argument count` must be within the frame. All registers from `rA` up are lost by a call.
///
/// **Unbound locals.** The machine does not check the registers that it reads: the compiler puts `checkBound` before
/// every read of a local that it cannot prove to be bound. Cells and free variables are checked by their loads.
package enum Opcode: UInt8, CaseIterable, Sendable {
  // MARK: Moves and constants
  case nop
  /// rA = rB
  case move
  /// rA = constants[BC]
  case loadConstant
  /// rA = BC, a small integer
  case loadInt
  case loadNone, loadTrue, loadFalse
  /// UnboundLocalError for `varnames[A]` when rA is unbound
  case checkBound
  /// rA becomes unbound (its UnboundLocalError is checkBound's)
  case deleteLocal

  // MARK: Variables
  /// rA = a new cell that holds what rA held (a parameter's value, or unbound)
  case makeCell
  /// rA = contents of the cell in rB; UnboundLocalError if empty. B's name is found through `cellRegisters`.
  case loadCell
  /// contents of the cell in rA = rB
  case storeCell
  /// empties the cell in rA; UnboundLocalError if it is empty
  case deleteCell
  /// rA = contents of the function's cell number B; NameError ("cannot access free variable …") if empty
  case loadFree
  /// contents of the function's cell number A = rB
  case storeFree
  case deleteFree
  /// rA = namespace[NAME] if it is there, else contents of the function's cell B. Class bodies.
  case loadClassFree
  /// rA = global, else builtin NAME
  case loadGlobal
  /// global NAME = rA
  case storeGlobal
  /// deletes global NAME
  case deleteGlobal
  /// rA = namespace[NAME], else global, else builtin
  case loadName
  case storeName
  case deleteName

  // MARK: Arithmetic: rA = rB op rC. Flag bit 1 (`isInPlace`) marks the augmented assignment.
  case add, subtract, multiply, matrixMultiply, divide, floorDivide, modulo, power
  case leftShift, rightShift, and, or, xor
  /// The same with C as a signed 16-bit integer on the right.
  case addInt, subtractInt, multiplyInt, floorDivideInt, moduloInt, powerInt, leftShiftInt, rightShiftInt, andInt
  /// rA = op rB
  case negate, positive, invert, not

  // MARK: Comparison: rA = rB op rC
  case less, lessOrEqual, equal, notEqual, greater, greaterOrEqual
  case `is`, isNot
  /// rA = rB in rC
  case contains, notContains

  // MARK: Jumps
  /// pc += BC
  case jump
  /// pc += BC if rA is true (by Python's truth)
  case jumpIfTrue, jumpIfFalse
  case jumpIfNone, jumpIfNotNone
  /// pc += C (signed) if rA op rB
  case jumpIfLess, jumpIfLessOrEqual, jumpIfEqual, jumpIfNotEqual, jumpIfGreater, jumpIfGreaterOrEqual
  /// pc += C if not (rA op rB)
  case jumpUnlessLess, jumpUnlessLessOrEqual, jumpUnlessEqual, jumpUnlessNotEqual, jumpUnlessGreater
  case jumpUnlessGreaterOrEqual
  /// The same with B as a signed 16-bit integer.
  case jumpIfLessInt, jumpIfLessOrEqualInt, jumpIfEqualInt, jumpIfNotEqualInt, jumpIfGreaterInt
  case jumpIfGreaterOrEqualInt
  case jumpUnlessLessInt, jumpUnlessLessOrEqualInt, jumpUnlessEqualInt, jumpUnlessNotEqualInt, jumpUnlessGreaterInt
  case jumpUnlessGreaterOrEqualInt
  /// pc += C if rA is rB (identity), or is not
  case jumpIfIs, jumpIfIsNot

  // MARK: Iteration
  /// rA = iter(rB)
  case getIterator
  /// Advances the iterator in rA: when there is an item, rB = item and pc += C; at its end, goes on with the next word. Stands at
  /// the bottom of a loop: `getIterator; jump L; body: …; L: forIterate …, body`.
  case forIterate

  // MARK: Building and taking apart
  /// rA = the C values from rB on, as a tuple, list, set; as a string (`buildString`: all are strings)
  case buildTuple, buildList, buildSet, buildString
  /// rA = dict of the C pairs (key, value) from rB on
  case buildDict
  /// rA = slice(rB, rB+1, and rB+2 when C is 3)
  case buildSlice
  /// rA.append(rB), for comprehensions and displays
  case listAppend
  /// rA.extend(rB) for `*rB` in a display ("Value after * must be an iterable, not …")
  case listExtend
  case setAdd, setUpdate
  /// rA[rB] = rC
  case dictAdd
  /// rA.update(rB) for `**rB` in a display ("'…' object is not a mapping")
  case dictUpdate
  /// rA.update(rB) for `**rB` in a call of rC; a repeated key is the call's TypeError
  case dictMerge
  /// rA = tuple(rB), rB a list of the compiler's own
  case listToTuple
  /// rA = format(rB, spec): flags bits 1–2 the conversion (0 none, 1 str, 2 repr, 3 ascii), bit 3: rC is the spec
  case formatValue
  /// The B items of rA go to the B registers named by the extension words, four 16-bit numbers a word, low bits first
  case unpack
  /// B items before, a list, C items after: B + 1 + C registers in extension words as for `unpack`
  case unpackStarred

  // MARK: Attributes and items
  /// rA = rB.NAME
  case loadAttribute
  /// rA.NAME = rB
  case storeAttribute
  /// del rA.NAME
  case deleteAttribute
  /// rA = rB[rC]
  case loadItem
  /// rA = rB[C], C a signed 16-bit integer
  case loadItemInt
  /// rA[rB] = rC
  case storeItem
  /// del rA[rB]
  case deleteItem

  // MARK: Calls
  /// rA = rA(B arguments)
  case call
  /// rA = rA(B arguments), of which the last ones are named by the tuple constants[C]
  case callKeywords
  /// rA = rA(*rA+3, **rA+4): a tuple, or the one operand of `*` as it is (any iterable, or "… argument after * must be an
  /// iterable"); and a dict, or the one operand of `**` as it is (any mapping, or "… argument after ** must be a mapping"), or None
  case callSpread
  /// rA = the function that `rB.NAME` names and rA+3 = rB; or, if it is no plain method, rA = rB.NAME and rA+3 unbound
  case loadMethod
  /// Calls what `loadMethod` left in rA with B arguments from rA+4 on
  case callMethod
  /// The same with names as in `callKeywords`; B counts all arguments, rA+3 not among them
  case callMethodKeywords
  /// `loadMethod` (of rA+3, NAME) and `callMethod` in one: only where evaluating the arguments can have no effect. The
  /// attribute's position is the first word's, the call's that of the extension word.
  case callNamedMethod
  /// return rA
  case `return`
  case returnNone
  /// rA = function of code constants[B]. C: see `FunctionParts`; extension words, four 16-bit numbers each: first the registers of the
  /// parts present in the order of their bits, then one number for each of the code's free variables: a register that holds a
  /// cell, or 0x8000 + the number of a cell of the running function.
  case makeFunction
  /// rA = the function that makes classes (`__build_class__`): called with body function, name, bases, keywords
  case loadBuildClass
  /// rA = AssertionError
  case loadAssertionError

  // MARK: Generators and coroutines
  /// Ends the call: makes the generator, coroutine or asynchronous generator of this frame and returns it. Stands after `makeCell`s.
  case makeGenerator
  /// Yields rB; on resumption rA = what was sent. Flag bit 1 (`isDelegating`): it passes on what the iterator in rC yielded.
  case yield
  /// rA = the iterator for `yield from rB`
  case getYieldFromIterator
  /// rA = the iterator for `await rB`
  case getAwaitable
  /// Sends rB to the iterator in rA: rB = what it yields and goes on; when it ends, rB = its value and pc += C
  case send
  /// rA = aiter(rB), the awaitable of anext(rB)
  case getAsyncIterator, getAsyncNext
  /// The exception rA ended an `async for`: goes on if it is StopAsyncIteration, else raises it again
  case endAsyncFor
  /// rA = rB wrapped as a value that an asynchronous generator yields
  case wrapAsyncYield

  // MARK: Exceptions and with
  /// raise; raise rA; raise rA from rB
  case raiseAgain, raise, raiseFrom
  /// Raises rA, an exception that was caught here, without a new entry in its traceback
  case reraise
  /// First in a handler: rA = the exception handled until now; the one handled from here on is rB
  case pushHandled
  /// The exception handled is rA again
  case popHandled
  /// rA = whether exception rB matches type (or tuple of types) rC
  case matchException
  /// `except*`: rA = the part of group rB that matches rC (None if nothing does), rA+1 = the rest (None if nothing is left)
  case matchExceptionGroup
  /// `except*`: rA = what to raise after the clauses (None for nothing): rB the original, rC the list of what was raised and left
  case prepareReraiseStar
  /// rA = rB.__exit__ (bound), rA+1 = rB.__enter__()
  case enterContext
  /// rA = rB.__aexit__ (bound), rA+1 = rB.__aenter__() (to be awaited)
  case enterAsyncContext
  /// rA = rB(type, value, traceback) of exception rC
  case callExit

  // MARK: Modules, classes, interactive
  /// rA = import of NAME with level rB and fromlist rC
  case importName
  /// rA = attribute NAME of module rB, for `from … import`
  case importFrom
  /// Copies the public names of module rA to the namespace
  case importStar
  /// Makes `__annotations__` in the namespace if it is missing
  case setupAnnotations
  /// Shows rA as the prompt does, and keeps it in `_`
  case printExpression
  /// Makes the repr of rA the run's result, and keeps rA in `_`
  case keepResult

  // MARK: Pattern matching
  /// rA = whether rB is a sequence, a mapping, as patterns see it
  case matchSequence, matchMapping
  /// rA = len(rB)
  case getLength
  /// rA = tuple of the values of the keys rC (a tuple) in rB, or None if one is missing
  case matchKeys
  /// rA = tuple of the attributes of rB as an instance of class rC, or None. Extension word: `keyword names' constant index:32,
  /// count of positional patterns:32`
  case matchClass
  /// rA = dict(rB) without the keys in the tuple rC
  case copyWithoutKeys

  // MARK: Pairs
  /// Two instructions that often follow each other, in one: the machine goes from the first to the second, which stands behind it
  /// as ever, without choosing what to do next. The first may itself be a pair. Only the loader makes them, of code that was verified.
  case moveThenMove, moveThenCall, moveThenCallSpread, moveThenCallNamedMethod, moveThenMoveThenCall
  case loadFreeThenMoveThenCall, loadGlobalThenMoveThenCall, loadIntThenCall, loadIntThenModulo
  case loadIntThenStoreItem, loadFreeThenLoadFree, loadFreeThenMove, loadFreeThenLoadInt, loadFreeThenAdd
  case loadFreeThenMultiply, loadFreeThenLoadItemInt, loadFreeThenJumpUnlessLess, loadFreeThenJumpUnlessGreater
  case loadFreeThenReturn, storeFreeThenLoadFree, loadGlobalThenMove, addThenAdd, addThenAddInt, addThenStoreFree
  case addThenForIterate, addThenReturn, multiplyThenAdd, multiplyThenAddInt, moduloThenForIterate
  case moduloIntThenJumpUnlessEqualInt, addIntThenStoreFree, addIntThenStoreItem, addIntThenJumpIfLess
  case subtractIntThenCall, containsThenJumpIfFalse, notContainsThenJumpIfFalse, loadItemThenMultiply
  case loadItemThenAddInt, storeItemThenForIterate, loadAttributeThenLoadAttribute
}

extension Opcode {
  /// The instructions that a pair stands for; nil for any other.
  package var parts: (first: Opcode, second: Opcode)? {
    switch self {
    case .moveThenMove: (.move, .move)
    case .moveThenCall: (.move, .call)
    case .moveThenCallSpread: (.move, .callSpread)
    case .moveThenCallNamedMethod: (.move, .callNamedMethod)
    case .moveThenMoveThenCall: (.moveThenMove, .call)
    case .loadFreeThenMoveThenCall: (.loadFreeThenMove, .call)
    case .loadGlobalThenMoveThenCall: (.loadGlobalThenMove, .call)
    case .loadIntThenCall: (.loadInt, .call)
    case .loadIntThenModulo: (.loadInt, .modulo)
    case .loadIntThenStoreItem: (.loadInt, .storeItem)
    case .loadFreeThenLoadFree: (.loadFree, .loadFree)
    case .loadFreeThenMove: (.loadFree, .move)
    case .loadFreeThenLoadInt: (.loadFree, .loadInt)
    case .loadFreeThenAdd: (.loadFree, .add)
    case .loadFreeThenMultiply: (.loadFree, .multiply)
    case .loadFreeThenLoadItemInt: (.loadFree, .loadItemInt)
    case .loadFreeThenJumpUnlessLess: (.loadFree, .jumpUnlessLess)
    case .loadFreeThenJumpUnlessGreater: (.loadFree, .jumpUnlessGreater)
    case .loadFreeThenReturn: (.loadFree, .return)
    case .storeFreeThenLoadFree: (.storeFree, .loadFree)
    case .loadGlobalThenMove: (.loadGlobal, .move)
    case .addThenAdd: (.add, .add)
    case .addThenAddInt: (.add, .addInt)
    case .addThenStoreFree: (.add, .storeFree)
    case .addThenForIterate: (.add, .forIterate)
    case .addThenReturn: (.add, .return)
    case .multiplyThenAdd: (.multiply, .add)
    case .multiplyThenAddInt: (.multiply, .addInt)
    case .moduloThenForIterate: (.modulo, .forIterate)
    case .moduloIntThenJumpUnlessEqualInt: (.moduloInt, .jumpUnlessEqualInt)
    case .addIntThenStoreFree: (.addInt, .storeFree)
    case .addIntThenStoreItem: (.addInt, .storeItem)
    case .addIntThenJumpIfLess: (.addInt, .jumpIfLess)
    case .subtractIntThenCall: (.subtractInt, .call)
    case .containsThenJumpIfFalse: (.contains, .jumpIfFalse)
    case .notContainsThenJumpIfFalse: (.notContains, .jumpIfFalse)
    case .loadItemThenMultiply: (.loadItem, .multiply)
    case .loadItemThenAddInt: (.loadItem, .addInt)
    case .storeItemThenForIterate: (.storeItem, .forIterate)
    case .loadAttributeThenLoadAttribute: (.loadAttribute, .loadAttribute)
    default: nil
    }
  }

  /// What a word does by itself: of a pair the first instruction.
  package var single: Opcode { parts?.first.single ?? self }

  private static let pairs = Dictionary(
    uniqueKeysWithValues: allCases.compactMap { pair in
      pair.parts.map { (UInt16($0.first.rawValue) << 8 | UInt16($0.second.rawValue), pair) }
    })

  /// The pair that does what `first` and `second` do, if there is one.
  package static func pair(_ first: Opcode, _ second: Opcode) -> Opcode? {
    pairs[UInt16(first.rawValue) << 8 | UInt16(second.rawValue)]
  }
}

/// The flag byte of an instruction.
package enum InstructionFlags {
  /// The first instruction of a line: a step of the recorder.
  @inlinable package static var startsLine: UInt8 { 1 }
  /// Arithmetic: an augmented assignment.
  @inlinable package static var isInPlace: UInt8 { 2 }
  /// `yield`: on behalf of a delegate.
  @inlinable package static var isDelegating: UInt8 { 2 }
  /// `getAwaitable`: of what `__aenter__` or `__aexit__` gave.
  @inlinable package static var isEntering: UInt8 { 2 }
  @inlinable package static var isExiting: UInt8 { 4 }
  /// `formatValue`: shift of the conversion, and the bit for a spec.
  @inlinable package static var conversionShift: UInt8 { 1 }
  @inlinable package static var hasSpec: UInt8 { 8 }
  /// The first instruction of a statement: only the registers below its place in `statementTops` are alive.
  @inlinable package static var startsStatement: UInt8 { 0x10 }
}

/// Which registers follow a `makeFunction`, by the bits of its C.
package enum FunctionParts {
  /// Tuple of the defaults of positional parameters.
  @inlinable package static var defaults: UInt16 { 1 }
  /// Dict of the defaults of keyword-only parameters.
  @inlinable package static var keywordDefaults: UInt16 { 2 }
  /// Dict of annotations.
  @inlinable package static var annotations: UInt16 { 4 }
}

/// One instruction word, made and taken apart.
package struct Instruction: Equatable, Sendable {
  package var word: UInt64

  @inlinable package init(word: UInt64) { self.word = word }

  package init(_ opcode: Opcode, flags: UInt8 = 0, a: UInt16 = 0, b: UInt16 = 0, c: UInt16 = 0) {
    word = UInt64(opcode.rawValue) | UInt64(flags) << 8 | UInt64(a) << 16 | UInt64(b) << 32 | UInt64(c) << 48
  }

  package init(_ opcode: Opcode, flags: UInt8 = 0, a: UInt16 = 0, bc: Int32) {
    word = UInt64(opcode.rawValue) | UInt64(flags) << 8 | UInt64(a) << 16 | UInt64(UInt32(bitPattern: bc)) << 32
  }

  /// Nil for a byte that names no instruction.
  package var opcode: Opcode? { Opcode(rawValue: UInt8(truncatingIfNeeded: word)) }
  package var flags: UInt8 { UInt8(truncatingIfNeeded: word >> 8) }
  package var a: UInt16 { UInt16(truncatingIfNeeded: word >> 16) }
  package var b: UInt16 { UInt16(truncatingIfNeeded: word >> 32) }
  package var c: UInt16 { UInt16(truncatingIfNeeded: word >> 48) }
  package var bc: Int32 { Int32(truncatingIfNeeded: word >> 32) }
}
