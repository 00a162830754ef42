/// The type `_csv.Dialect`, a record with the parameters in the order of `names`.
struct CSVDialect {
  enum Quoting: Int { case minimal, all, nonNumeric, none }

  let delimiter: UInt32
  let doublesQuotes: Bool
  let escape: UInt32?
  let lineEnd: Value
  let quote: UInt32?
  let quoting: Quoting
  let skipsSpace: Bool
  let isStrict: Bool

  private static let names = [
    "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict",
  ]
  /// The parameters as a signature has them.
  static let keywords = "*, " + names.map { "\($0)=" }.joined(separator: ", ")

  static let type = NativeType(
    .csvDialect, "Dialect", kind: .record, module: "_csv", doc: "CSV dialect",
    [
      NativeFunction(
        "__new__", "cls, dialect=None, delimiter=, doublequote=, escapechar=, lineterminator=, quotechar=, quoting=, "
          + "skipinitialspace=, strict=",
        { (vm, a) throws(Unwind) in try make(vm, a[0].ref, a, from: 1) }, binding: .static),
      NativeFunction("__reduce__", "self, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.typeError, "cannot pickle 'Dialect' instances")
      }),
      NativeFunction("__reduce_ex__", "self, protocol, /", { (vm, _) throws(Unwind) in
        throw vm.raise(.typeError, "cannot pickle 'Dialect' instances")
      }),
    ],
    properties: names.enumerated().map { index, name in
      NativeProperty(name, { (vm, a) throws(Unwind) in vm.words(a[0]).value(index + 1) })
    })

  init(_ vm: VM, _ value: Value) {
    let words = vm.words(value)
    func character(_ index: Int) -> UInt32? {
      let text = words.value(index)
      return vm.isString(text) ? PyString(vm, text)[0] : nil
    }
    delimiter = character(1) ?? 0x2C
    doublesQuotes = words.value(2) == .true
    escape = character(3)
    lineEnd = words.value(4)
    quote = character(5)
    quoting = Quoting(rawValue: words.value(6).int) ?? .minimal
    skipsSpace = words.value(7) == .true
    isStrict = words.value(8) == .true
  }

  /// From a name or an object with attributes at `first` in the arguments, and parameters behind it.
  static func make(_ vm: VM, _ type: Ref, _ a: Arguments, from first: Int) throws(Unwind) -> Value {
    if vm.isString(a[first]) { a[first] = try CSVModule.dialect(vm, named: a[first]) }
    let model = a[first]
    var isGiven = false
    for index in 0..<names.count where !a[first + 1 + index].isUnbound { isGiven = true }
    if !isGiven, vm.isInstance(model, .csvDialect), type == vm.type(.csvDialect) { return model }
    let result = Value(try vm.allocateSubclassable(.record, class: type, words: names.count + 1))
    let words = vm.words(result)
    let defaults: [Value] = [
      try vm.character(0x2C), .true, .none, try vm.newString("\r\n"), try vm.character(0x22), .zero, .false, .false,
    ]
    for (index, value) in defaults.enumerated() { words.set(index + 1, value) }
    let mark = vm.keepMark()
    defer { vm.keepRelease(mark) }
    vm.keep(result)
    for (index, name) in names.enumerated() {
      var value = a[first + 1 + index]
      if value.isUnbound, !model.isNone, let found = try vm.findAttribute(model, vm.intern(name)) { value = found }
      if !value.isUnbound { words.set(index + 1, try checked(vm, name, value)) }
    }
    let hasQuoting = !a[first + 6].isUnbound || !model.isNone
    if words.value(6).int != Quoting.none.rawValue, words.value(5).isNone {
      // Without a quote character nothing is quoted, unless that was asked for.
      guard !hasQuoting || a[first + 6].isUnbound && model.isNone else {
        throw vm.raise(.typeError, "quotechar must be set if quoting enabled")
      }
      words.set(6, Value(small: Quoting.none.rawValue))
    }
    return result
  }

  private static func checked(_ vm: VM, _ name: String, _ value: Value) throws(Unwind) -> Value {
    switch name {
    case "doublequote", "skipinitialspace", "strict": return Value(try vm.truth(value))
    case "quoting":
      guard vm.isInteger(value) else { throw vm.raise(.typeError, "\"quoting\" must be an integer") }
      guard let number = vm.asInt(value), Quoting(rawValue: number) != nil else {
        throw vm.raise(.typeError, "bad \"quoting\" value")
      }
      return Value(small: number)
    case "lineterminator":
      guard vm.isString(value) else { throw vm.raise(.typeError, "\"lineterminator\" must be a string") }
      return value
    default:
      if value.isNone, name != "delimiter" { return value }
      guard vm.isString(value) else {
        let orNone = name == "delimiter" ? "" : " or None"
        throw vm.raise(.typeError, "\"\(name)\" must be string\(orNone), not \(vm.typeName(value))")
      }
      guard PyString(vm, value).count == 1 else {
        throw vm.raise(.typeError, "\"\(name)\" must be a 1-character string")
      }
      return value
    }
  }
}
