/// A function: `1` the argument count that needs no binding, or all ones:32, its number (`nextFunctionNumber`):32; `2` entry offset:32, register count:16, registers to clear:16;
/// then values: `3` code, `4` globals, `5` defaults, `6` extras (`FunctionExtras`) or None, and its cells from word 7 on. The header's
/// size is the number of cells.
enum FunctionLayout {
  static let simpleArgumentCount = 1
  static let entry = 2
  static let code = 3
  static let globals = 4
  static let defaults = 5
  static let extras = 6
  static let cells = 7
  static let notSimple = 0xFFFF_FFFF
}

/// What few functions have: a record.
enum FunctionExtras {
  static let keywordDefaults = 1
  static let annotations = 2
  static let dict = 3
  static let name = 4
  static let qualifiedName = 5
  static let doc = 6
  static let module = 7
  static let builtins = 8
  /// Unbound where it was never set.
  /// The tuple that `__closure__` gives.
  static let closure = 9
  static let count = 9
}

/// A code object: numbers first, then raw memory (code words, positions, exception table), then values, then the constants.
enum CodeLayout {
  /// 1: argument count:16, positional-only:16, keyword-only:16, co_flags:16
  static let counts = 1
  /// 2: register count:16, registers to clear:16, first line:32
  static let frame = 2
  /// 3: number of constants:32, visible ones:32 (`constantCount` is the low half)
  static let constantCount = 3
  /// 4: number of words:32, number of exception entries:32
  static let wordCount = 4
  /// 5: code words, 6: positions, 7: exception table, 8: cell registers, 9: statement tops: offsets of raw memory
  static let instructions = 5
  static let positions = 6
  static let exceptions = 7
  static let cellRegisters = 8
  static let statementTops = 9
  static let rawRefs = [instructions, positions, exceptions, cellRegisters, statementTops]
  static let firstValue = 10
  static let name = 10
  static let qualifiedName = 11
  static let filename = 12
  static let localNames = 13
  static let cellNames = 14
  static let freeNames = 15
  static let names = 16
  /// Of a snippet's code where its functions are counted: see `Numbering.swift`; else None.
  static let counter = 17
  static let valueCount = 8
  static let constants = 18
}

/// A generator, coroutine or asynchronous generator: `1` register count:32, state:32 (`GeneratorState`); `2` offset of the word to go on
/// with:32; then values, then the registers of its frame.
enum GeneratorLayout {
  static let registerCount = 1
  static let resume = 2
  static let firstValue = 3
  static let function = 3
  static let handled = 4
  static let name = 5
  static let qualifiedName = 6
  /// The delegate while suspended in `yield from` or `await`, else None.
  static let delegate = 7
  /// What asynchronous generators keep: hooks and closed flags.
  static let extra = 8
  static let valueCount = 6
  static let registers = 9
}

enum GeneratorState: Int {
  case created, suspended, running, finished
}

/// A shape: what attributes the instances of a class have, in order: `1` count of attributes:32; values: `2` class, `3` keys (dict: name → index;
/// it may hold more names than this shape has: only indices below the count are its), `4` transitions (dict: name → shape) or None.
enum ShapeLayout {
  static let count = 1
  static let owner = 2
  static let keys = 3
  static let transitions = 4
  static let words = 5
}

/// An instance: `1` overflow: None, or the tuple of the slots beyond those inside (in dict mode: its dict); slots from word 2 on. The header's
/// size is the number of slots inside, its class half is the shape.
enum InstanceLayout {
  static let overflow = 1
  static let slots = 2
}

/// A class: `1` bits (`ClassFlags`, slots for new instances, layout kind); values from word 2.
enum ClassLayout {
  static let bits = 1
  static let name = 2
  static let bases = 3
  static let mro = 4
  static let dict = 5
  /// The shape of a new instance, or None if instances are of a built-in layout.
  static let rootShape = 6
  /// See `Subclasses`.
  static let subclasses = 7
  /// Buffer-like tuple of the special methods, by `Special`: unbound is not yet known, None is absent.
  static let specials = 8
  static let qualifiedName = 9
  static let module = 10
  static let base = 11
  /// Of a subclass of a built-in: values that an instance of it needs beyond.
  static let extra = 12
  /// The shape of its instances in dict mode, once there are any; another than the root's, so that no cache takes one for the other.
  static let dictShape = 13
  static let words = 14
}

extension VM {
  package func newCell(_ contents: Value) throws(Unwind) -> Value {
    let ref = try allocateCell(16)
    let cell = words(ref)
    cell[0] = header(.cell, class: type(.cell)) | nextCellNumber(runningFunction)
    cell.set(1, contents)
    if isObserved { observeCell(.created, Value(ref), new: contents) }
    return Value(ref)
  }

  /// A native function as a program sees it: bound to `receiver` if that is not unbound.
  package func newNative(_ number: Int, receiver: Value, class owner: WellKnown, module: Value = .none, definedIn: Value = .none)
    throws(Unwind) -> Value
  {
    Value(try allocateRecord(.native, class: type(owner), Value(small: number), receiver, module, definedIn))
  }

  /// The index of the word that holds the `__dict__` of an instance of a Python subclass of a built-in type.
  func dictIndex(_ object: Words, _ kind: Kind) -> Int {
    switch kind {
    case .tuple: return 2 + object.low(1)
    case .list, .dict, .set, .complex: return 3
    case .string: return 2 + (PyStringBytes.count(object) + 7) / 8
    case .bytes: return 2 + (object.low(1) + 7) / 8
    case .bytearray: return 4
    case .int: return 2 + object.low(1)
    case .float: return 2
    default: return object.size
    }
  }
}

/// The bytes of a string's units by its words alone.
enum PyStringBytes {
  static func count(_ object: Words) -> Int {
    object.low(1) << Int((object[0] & ObjectFlags.widthMask) >> ObjectFlags.widthShift)
  }
}
