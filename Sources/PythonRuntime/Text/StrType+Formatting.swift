/// `str`: `format`, `format_map` and `__format__`.
extension StrType {
  static let formatting: [NativeFunction] = [
    NativeFunction("format", "self, /, *args, **kwargs", format),
    NativeFunction("format_map", "self, mapping, /", formatMap),
    NativeFunction("__format__", "self, format_spec, /", formatWithSpec),
  ]

  static func format(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    if let plain = try PlainFormat(vm, a[0], a[1], isPercent: false).string() { return plain }
    var formatter = StringFormatter(vm, positional: a[1], mapping: a[2])
    return try formatter.format(a[0])
  }

  static func formatMap(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    var formatter = StringFormatter(vm, positional: nil, mapping: a[1])
    return try formatter.format(a[0])
  }

  static func formatWithSpec(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    try vm.formatString(a[0], NumberFormat.spec(vm, a))
  }
}

extension VM {
  /// `str.__format__`.
  func formatString(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
    let view = PyString(self, spec)
    if view.count == 0 { return isExactString(value) ? value : try str(value) }
    let parsed = try FormatSpec(self, view, defaultType: 0x73, isNumber: false, typeName: typeName(value))
    guard parsed.type == 0x73 else { throw parsed.unknownType(self, typeName(value)) }
    if parsed.hasSign {
      let name = parsed.sign == 0x20 ? "Space" : "Sign"
      throw raise(.valueError, "\(name) not allowed in string format specifier")
    }
    if parsed.avoidsNegativeZero {
      throw raise(.valueError, "Negative zero coercion (z) not allowed in string format specifier")
    }
    if parsed.isAlternate {
      throw raise(.valueError, "Alternate form (#) not allowed in string format specifier")
    }
    if parsed.align == .afterSign {
      throw raise(.valueError, "'=' alignment not allowed in string format specifier")
    }
    return try formatText(value, parsed, align: parsed.align ?? .left)
  }

  /// A string cut to the precision and padded to the width.
  func formatText(_ text: Value, _ spec: FormatSpec, align: FormatSpec.Align) throws(Unwind) -> Value {
    let full = PyString(self, text).count
    let count = spec.precision >= 0 ? min(spec.precision, full) : full
    let cut = count < full ? try substring(text, from: 0, count: count) : try exactString(text)
    if spec.width <= count { return cut }
    let missing = spec.width - count
    let left =
      switch align {
      case .left: 0
      case .center: missing / 2
      case .right, .afterSign: missing
      }
    return try pad(cut, left: left, right: missing - left, with: spec.fill)
  }

  /// What an f-string's field or `format()` gives: the common types at once, others by `__format__`.
  func formatValue(_ value: Value, spec: Value) throws(Unwind) -> Value {
    if value.isInt { return try formatInteger(value, spec) }
    if value.isInlineFloat { return try formatFloat(value, spec) }
    if isExactString(value) { return try formatString(value, spec) }
    return try format(value, spec)
  }

  /// An f-string's field without a spec.
  func formatValue(_ value: Value) throws(Unwind) -> Value {
    if isExactString(value) { return value }
    if value.isInt { return try IntText.string(self, value) }
    return try format(value, self[root: .emptyString])
  }
}
