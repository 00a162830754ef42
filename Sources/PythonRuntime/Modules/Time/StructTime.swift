/// The type `time.struct_time`: a tuple of nine integers that have names.
enum StructTime {
  private static let names = [
    "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
  ]

  static let type = NativeType(
    .structTime, "struct_time", base: .tuple, kind: .tuple, isSubclassable: false, module: "time",
    [
      NativeFunction("__new__", "cls, sequence, dict=None, /", new, binding: .static),
      NativeFunction("__repr__", "self, /", { (vm, a) throws(Unwind) in
        let items = PyTuple(vm, a[0])
        var parts: [String] = []
        for (index, name) in names.enumerated() { parts.append("\(name)=\(vm.text(try vm.repr(items[index])))") }
        return try vm.newString("time.struct_time(\(parts.joined(separator: ", ")))")
      }),
      NativeFunction("__reduce__", "self, /", { (vm, a) throws(Unwind) in
        let plain = try vm.newTuple(from: vm.words(a[0]), at: 2, count: names.count)
        return try vm.newPair(Value(vm.type(.structTime)), vm.newPair(plain, vm.newDict()))
      }),
    ],
    properties: names.enumerated().map { (index, name) in
      NativeProperty(name, { (vm, a) throws(Unwind) in PyTuple(vm, a[0])[index] })
    } + [
      NativeProperty("tm_zone", { (vm, _) throws(Unwind) in try vm.newString("UTC") }),
      NativeProperty("tm_gmtoff", { (_, _) throws(Unwind) in .zero }),
      NativeProperty("n_fields", { (_, _) throws(Unwind) in Value(small: 11) }),
      NativeProperty("n_sequence_fields", { (_, _) throws(Unwind) in Value(small: 9) }),
      NativeProperty("n_unnamed_fields", { (_, _) throws(Unwind) in .zero }),
    ])

  private static func new(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isIterable(a[1]) else { throw vm.raise(.typeError, "constructor requires a sequence") }
    let items = try vm.tupleOf(a[1])
    let count = PyTuple(vm, items).count
    guard count >= 9 else {
      throw vm.raise(.typeError, "time.struct_time() takes an at least 9-sequence (\(count)-sequence given)")
    }
    guard count <= 11 else {
      throw vm.raise(.typeError, "time.struct_time() takes an at most 11-sequence (\(count)-sequence given)")
    }
    return try make(vm, (0..<9).map { PyTuple(vm, items)[$0] })
  }

  private static func make(_ vm: VM, _ items: [Value]) throws(Unwind) -> Value {
    let tuple = try vm.newTuple(items)
    vm.words(tuple).setHigh(0, Int(vm.type(.structTime).offset))
    return tuple
  }

  static func make(_ vm: VM, _ time: CivilTime) throws(Unwind) -> Value {
    try make(
      vm,
      [
        time.year, time.month, time.day, time.hour, time.minute, time.second, time.weekday, time.yearDay, 0,
      ].map { Value(small: $0) })
  }

  /// The parts of a tuple or struct_time; `checks`: each must be in its range, as for `strftime`.
  static func civil(_ vm: VM, _ value: Value, checks: Bool) throws(Unwind) -> CivilTime {
    guard vm.is(value, .tuple) else { throw vm.raise(.typeError, "Tuple or struct_time argument required") }
    let items = PyTuple(vm, value)
    guard items.count == 9 else {
      throw vm.raise(.typeError, "\(checks ? "strftime" : "mktime")(): illegal time tuple argument")
    }
    var parts: [Int] = []
    for index in 0..<9 {
      let part = try vm.indexAsInt(items[index], overflow: .overflowError)
      guard abs(part) < 1 << 31 else { throw vm.raise(.overflowError, "Python int too large to convert to C int") }
      parts.append(part)
    }
    var time = CivilTime(
      year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5],
      weekday: parts[6], yearDay: parts[7])
    guard checks else { return time }
    // Zero stands for the first of each, as in CPython.
    time.month = time.month == 0 ? 1 : time.month
    time.day = time.day == 0 ? 1 : time.day
    time.yearDay = time.yearDay == 0 ? 1 : time.yearDay
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("month", time.month, 1...12), ("day of month", time.day, 1...31), ("hour", time.hour, 0...23),
      ("minute", time.minute, 0...59), ("seconds", time.second, 0...61), ("day of year", time.yearDay, 1...366),
    ]
    for (name, part, range) in ranges where !range.contains(part) {
      throw vm.raise(.valueError, "\(name) out of range")
    }
    guard time.weekday >= -1 else { throw vm.raise(.valueError, "day of week out of range") }
    time.weekday = (time.weekday + 7) % 7
    return time
  }
}
