/// A function of the runtime's own, as Python sees it: a row of a type's or a module's table.
///
/// The signature stands in Python's notation (`"self, index=-1, /"`), is parsed once, and one binder owns every message about arguments. A
/// default is `None`, `True`, `False` or an integer; nothing after `=` means that a missing argument arrives as *unbound*.
package struct NativeFunction: Sendable {
  package typealias Body = @Sendable (VM, Arguments) throws(Unwind) -> Value
  package let name: String
  package let signature: Signature
  package let binding: Binding
  package let body: Body
  /// How `inspect` shows the signature, where a default is none that the row can have.
  let shown: String?
  package let doc: String

  /// How a class gives it to programs.
  package enum Binding: Sendable {
    /// A method: the first argument is the instance. In a module: a plain function.
    case plain
    case `static`
    case `class`
  }

  package init(
    _ name: String, _ signature: String, _ body: @escaping Body, binding: Binding = .plain, shown: String? = nil,
    doc: String = ""
  ) {
    self.name = name
    self.signature = Signature(signature)
    self.binding = binding
    self.body = body
    self.shown = shown
    self.doc = doc
  }
}

extension NativeFunction {
  /// Special names of ordinary methods: CPython has no slot for them.
  private static let plain: Set<String> = [
    "__reduce__", "__reduce_ex__", "__sizeof__", "__format__", "__dir__", "__reversed__", "__class_getitem__",
    "__init_subclass__", "__subclasshook__", "__getstate__", "__setstate__", "__copy__", "__deepcopy__",
    "__getnewargs__", "__getnewargs_ex__", "__round__", "__trunc__", "__floor__", "__ceil__", "__length_hint__",
    "__complex__", "__bytes__", "__getformat__", "__instancecheck__", "__subclasscheck__", "__subclasses__",
    "__prepare__", "__alloc__", "__enter__", "__exit__", "__mro_entries__", "__missing__", "__set_name__",
  ]

  /// The wrappers of a sequence's repetition.
  static func isRepetition(_ name: String) -> Bool { ["__mul__", "__rmul__", "__imul__"].contains(name) }

  /// The methods that look for something between two places.
  static func takesRange(_ name: String) -> Bool {
    ["find", "rfind", "index", "rindex", "count", "startswith", "endswith"].contains(name)
  }

  /// `__text_signature__`, which `inspect` reads; nil when a parameter may be missing, for which there is no notation. What it is bound to
  /// stands first: `$self` or `$type` is a parameter of the row, `$module` is not.
  func textSignature(isOfModule: Bool) -> String? {
    guard shown != nil || !signature.parameters.contains(where: { $0.fallback == .absent }) else { return nil }
    let parts = (shown ?? signature.text).split(separator: ", ").map(String.init)
    let bound = isOfModule ? "$module" : parts.first == "cls" ? "$type" : "$self"
    let isNamed = signature.positionalOnlyCount > 0 || binding == .static
    return "(\(([bound] + (isNamed ? [] : ["/"]) + parts.dropFirst(isOfModule ? 0 : 1)).joined(separator: ", ")))"
  }

  /// Whether it fills a slot of its type, and so is a wrapper rather than a method.
  func isSlot(of type: String) -> Bool {
    guard name.hasPrefix("__"), name.hasSuffix("__"), !NativeFunction.plain.contains(name) else { return false }
    switch (type, name) {
    case ("dict", "__getitem__"), ("dict", "__contains__"), ("list", "__getitem__"), ("set", "__contains__"),
      ("frozenset", "__contains__"):
      return false
    default: return true
    }
  }
}

/// An attribute of a built-in type that is computed: `function.__closure__`. The getter's argument is the object, the setter's are the object
/// and the value (unbound for `del`).
package struct NativeProperty: Sendable {
  package let name: String
  package let getter: NativeFunction.Body
  package let setter: NativeFunction.Body?
  /// Whether CPython reads it from a field: it is a `member_descriptor` and not a `getset_descriptor`.
  package let isMember: Bool

  package init(
    _ name: String, _ getter: @escaping NativeFunction.Body, set setter: NativeFunction.Body? = nil,
    isMember: Bool = false
  ) {
    self.name = name
    self.getter = getter
    self.setter = setter
    self.isMember = isMember
  }
}

/// A built-in type: its row among the well-known classes, and what it gives to programs.
package struct NativeType: Sendable {
  package let wellKnown: WellKnown
  package let name: String
  package let base: WellKnown
  /// A further base: only ExceptionGroup has two.
  package let secondBase: WellKnown?
  /// The layout of its instances; a class made by a program inherits it.
  package let kind: Kind
  package let isSubclassable: Bool
  /// `__text_signature__`: how it is called, where CPython tells.
  package let signature: String?
  package let functions: [NativeFunction]
  package let properties: [NativeProperty]
  package let doc: String?
  /// `builtins`, unless the type says otherwise.
  package let module: String

  package init(
    _ wellKnown: WellKnown, _ name: String, base: WellKnown = .object, secondBase: WellKnown? = nil, kind: Kind,
    isSubclassable: Bool = true, module: String = "builtins", signature: String? = nil, doc: String? = nil,
    _ functions: [NativeFunction],
    properties: [NativeProperty] = []
  ) {
    self.wellKnown = wellKnown
    self.name = name
    self.base = base
    self.secondBase = secondBase
    self.kind = kind
    self.isSubclassable = isSubclassable
    self.signature = signature
    self.functions = functions
    self.properties = properties
    self.doc = doc
    self.module = module
  }
}

/// The bound arguments of a native function: in the order of its signature, `*args` a tuple, `**kwargs` a dict. They lie on the
/// register stack, so they stay alive during the call.
@safe package struct Arguments {
  package let words: Words
  package let count: Int

  @inline(__always) init(words: Words, count: Int) {
    self.words = words
    self.count = count
  }

  package subscript(_ index: Int) -> Value {
    @inline(__always) get { words.value(index) }
    /// For a value that replaces an argument and is to stay alive.
    nonmutating set { words.set(index, newValue) }
  }
}

/// A signature in Python's notation, taken apart.
package struct Signature: Sendable {
  package enum Default: Sendable, Equatable { case required, absent, value(Value) }
  package struct Parameter: Sendable {
    package let name: String
    package let fallback: Default
  }

  /// As it stands in the row.
  package let text: String
  package private(set) var parameters: [Parameter] = []
  package private(set) var positionalOnlyCount = 0
  /// Positional ones, positional-only included.
  package private(set) var positionalCount = 0
  package private(set) var requiredPositionalCount = 0
  package private(set) var hasVariadic = false
  package private(set) var hasKeywordVariadic = false
  package private(set) var keywordOnlyCount = 0

  /// True if a call with positional arguments only needs no more than defaults at the end.
  package var isSimple: Bool { !hasVariadic && !hasKeywordVariadic && keywordOnlyCount == 0 }

  /// Thousands of signatures are read when a process starts, so this goes over bytes.
  package init(_ text: String) {
    self.text = text
    var sawStar = false
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: ",")) ?? bytes.count
      add(Signature.trimmed(bytes[start..<end]), &sawStar)
      start = end + 1
    }
  }

  private mutating func add(_ part: ArraySlice<UInt8>, _ sawStar: inout Bool) {
    switch part.first {
    case nil: break
    case UInt8(ascii: "/"): positionalOnlyCount = parameters.count
    case UInt8(ascii: "*"):
      let isKeywordVariadic = part.dropFirst().first == UInt8(ascii: "*")
      if isKeywordVariadic { hasKeywordVariadic = true } else { sawStar = true }
      if part.count > 1 && !isKeywordVariadic { hasVariadic = true }
    default:
      let equals = part.firstIndex(of: UInt8(ascii: "="))
      let name = Signature.trimmed(part[..<(equals ?? part.endIndex)])
      let fallback = equals.map { Signature.parseDefault(Signature.trimmed(part[($0 + 1)...])) } ?? .required
      parameters.append(Parameter(name: String(decoding: name, as: UTF8.self), fallback: fallback))
      if sawStar {
        keywordOnlyCount += 1
      } else {
        positionalCount += 1
        if fallback == .required { requiredPositionalCount += 1 }
      }
    }
  }

  private static func trimmed(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let space = UInt8(ascii: " ")
    guard let first = part.firstIndex(where: { $0 != space }), let last = part.lastIndex(where: { $0 != space }) else {
      return []
    }
    return part[first...last]
  }

  private static func parseDefault(_ bytes: ArraySlice<UInt8>) -> Default {
    let text = String(decoding: bytes, as: UTF8.self)
    switch text {
    case "": return .absent
    case "None": return .value(.none)
    case "True": return .value(.true)
    case "False": return .value(.false)
    default:
      guard let int = Int(text) else { preconditionFailure("a default of a native function: \(text)") }
      return .value(Value(small: int))
    }
  }
}
