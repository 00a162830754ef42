/// `_string`: the two parsers that the standard library's `string.Formatter` stands on.
enum StringModule {
  static let module = NativeModule(
    "_string",
    [
      NativeFunction("formatter_parser", "format_string, /", parse),
      NativeFunction("formatter_field_name_split", "field_name, /", splitFieldName),
    ])

  private static func requireString(_ vm: VM, _ value: Value) throws(Unwind) {
    try vm.requireString(value, "expected str, got ")
  }

  /// An iterator of `(literal, field name, spec, conversion)`.
  static func parse(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try requireString(vm, a[0])
    let text = a[0]
    let result = try vm.newList()
    let list = PyList(vm, result)
    var scanner = FormatScanner(vm, text, 0..<PyString(vm, text).count)
    func part(_ range: Range<Int>) throws(Unwind) -> Value {
      try vm.substring(text, from: range.lowerBound, count: range.count)
    }
    while let piece = try scanner.next() {
      try vm.charge(4)
      let literal = try part(piece.literal)
      guard let field = piece.field else {
        try list.append(vm.newTuple(literal, .none, .none, .none))
        continue
      }
      var conversion = Value.none
      if let scalar = field.conversion { conversion = try vm.character(scalar) }
      try list.append(vm.newTuple(literal, part(field.name), part(field.spec), conversion))
    }
    return try vm.makeIterator(result)
  }

  /// The first part of a field's name, and an iterator of `(is attribute, name)` for the rest.
  static func splitFieldName(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try requireString(vm, a[0])
    let text = a[0]
    var path = FieldPath(vm, text, 0..<PyString(vm, text).count)
    func part(_ range: Range<Int>) throws(Unwind) -> Value {
      try vm.substring(text, from: range.lowerBound, count: range.count)
    }
    let first = try path.first()
    var head = try part(first)
    if let index = path.firstIndex { head = try vm.integer(index) }
    let result = try vm.newList()
    let list = PyList(vm, result)
    while let step = try path.next() {
      switch step {
      case .attribute(let range): try list.append(vm.newTuple(.true, part(range)))
      case .index(let index): try list.append(vm.newTuple(.false, vm.integer(index)))
      case .key(let range): try list.append(vm.newTuple(.false, part(range)))
      }
    }
    return try vm.newTuple(head, vm.makeIterator(result))
  }
}
