/// Module `time`, on the run's clock and in UTC.
enum TimeModule {
  static let module = NativeModule("time", clocks + conversions) { (vm, dict) throws(Unwind) in
    for (name, number) in [
      ("CLOCK_REALTIME", 0), ("CLOCK_MONOTONIC", 1), ("CLOCK_PROCESS_CPUTIME_ID", 2), ("CLOCK_THREAD_CPUTIME_ID", 3),
      ("CLOCK_MONOTONIC_RAW", 4), ("CLOCK_BOOTTIME", 7), ("CLOCK_TAI", 11), ("timezone", 0), ("altzone", 0),
      ("daylight", 0), ("_STRUCT_TM_ITEMS", 11),
    ] {
      try dict.set(name: vm.intern(name), Value(small: number))
    }
    let zone = try vm.newString("UTC")
    try dict.set(name: vm.intern("tzname"), vm.newTuple(zone, zone))
    try dict.set(name: vm.intern("struct_time"), Value(vm.type(.structTime)))
  }

  // MARK: Clocks

  private static func clock(_ name: String, _ nanoseconds: @escaping @Sendable (VM) -> Int) -> [NativeFunction] {
    [
      NativeFunction(name, "", { (vm, _) throws(Unwind) in try vm.float(Double(nanoseconds(vm)) / 1e9) }),
      NativeFunction("\(name)_ns", "", { (vm, _) throws(Unwind) in try vm.integer(nanoseconds(vm)) }),
    ]
  }

  private static func reading(_ vm: VM, _ id: Value) throws(Unwind) -> Int {
    let number = try vm.indexAsInt(id, overflow: .overflowError)
    guard number >= 0, number <= 11 else {
      throw vm.raise(.osError, arguments: [Value(small: 22), try vm.newString("Invalid argument")])
    }
    return number == 0 || number == 11 ? vm.realNanoseconds : vm.monotonicNanoseconds
  }

  private static let clocks: [NativeFunction] =
    clock("time") { $0.realNanoseconds } + clock("monotonic") { $0.monotonicNanoseconds }
    + clock("perf_counter") { $0.monotonicNanoseconds } + clock("process_time") { $0.ticksUsed &* VM.nanosecondsPerTick }
    + clock("thread_time") { $0.ticksUsed &* VM.nanosecondsPerTick }
    + [
      NativeFunction("clock_gettime", "clk_id, /", { (vm, a) throws(Unwind) in
        try vm.float(Double(reading(vm, a[0])) / 1e9)
      }),
      NativeFunction("clock_gettime_ns", "clk_id, /", { (vm, a) throws(Unwind) in try vm.integer(reading(vm, a[0])) }),
      NativeFunction("clock_getres", "clk_id, /", { (vm, a) throws(Unwind) in
        _ = try reading(vm, a[0])
        return try vm.float(1e-9)
      }),
      NativeFunction("get_clock_info", "name, /", clockInfo),
      NativeFunction("sleep", "seconds, /", { (vm, a) throws(Unwind) in
        guard let seconds = try vm.realNumber(a[0]) else {
          throw vm.raise(.typeError, "'\(vm.typeName(a[0]))' object cannot be interpreted as an integer")
        }
        if seconds.isNaN { throw vm.raise(.valueError, "Invalid value NaN (not a number)") }
        guard seconds >= 0 else { throw vm.raise(.valueError, "sleep length must be non-negative") }
        guard seconds < 9.3e9 else { throw vm.raise(.overflowError, "timestamp too large to convert to C _PyTime_t") }
        vm.sleep(seconds: seconds)
        return .none
      }),
      NativeFunction("tzset", "", { (_, _) throws(Unwind) in .none }),
    ]

  private static func clockInfo(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    guard vm.isString(a[0]) else {
      throw vm.raise(.typeError, "get_clock_info() argument 1 must be str, not \(vm.typeName(a[0]))")
    }
    let name = vm.text(a[0])
    guard ["time", "monotonic", "perf_counter", "process_time", "thread_time"].contains(name) else {
      throw vm.raise(.valueError, "unknown clock")
    }
    return try vm.call(
      Value(vm.type(.namespace)), arguments: [],
      keywords: [
        (vm.intern("implementation"), vm.newString("ticks of the run")), (vm.intern("monotonic"), Value(name != "time")),
        (vm.intern("adjustable"), .false), (vm.intern("resolution"), vm.float(1e-9)),
      ])
  }

  // MARK: Dates

  private static let conversions: [NativeFunction] = [
    NativeFunction("gmtime", "seconds=None, /", { (vm, a) throws(Unwind) in try StructTime.make(vm, moment(vm, a[0])) }),
    NativeFunction("localtime", "seconds=None, /", { (vm, a) throws(Unwind) in
      try StructTime.make(vm, moment(vm, a[0]))
    }),
    NativeFunction("mktime", "tuple, /", { (vm, a) throws(Unwind) in
      try vm.float(Double(StructTime.civil(vm, a[0], checks: false).seconds))
    }),
    NativeFunction("asctime", "tuple=None, /", { (vm, a) throws(Unwind) in
      try vm.newString(shown(a[0].isNone ? moment(vm, .none) : StructTime.civil(vm, a[0], checks: true)))
    }),
    NativeFunction("ctime", "seconds=None, /", { (vm, a) throws(Unwind) in
      try vm.newString(shown(moment(vm, a[0])))
    }),
    NativeFunction("strftime", "format, tuple=None, /", { (vm, a) throws(Unwind) in
      guard vm.isString(a[0]) else {
        throw vm.raise(.typeError, "strftime() argument 1 must be str, not \(vm.typeName(a[0]))")
      }
      let time = try a[1].isNone ? moment(vm, .none) : StructTime.civil(vm, a[1], checks: true)
      let format = PyString(vm, a[0])
      try vm.charge(format.count)
      return try vm.newString(scalars: TimeFormatter.format((0..<format.count).map { format[$0] }, time))
    }),
    NativeFunction("strptime", "string, format=, /", { (vm, a) throws(Unwind) in
      let parser = try vm.getAttribute(vm.loadModule("_strptime"), vm.intern("_strptime_time"))
      return a[1].isUnbound ? try vm.call(parser, a[0]) : try vm.call(parser, a[0], a[1])
    }),
  ]

  private static func moment(_ vm: VM, _ seconds: Value) throws(Unwind) -> CivilTime {
    if seconds.isNone { return CivilTime(seconds: Int((Double(vm.realNanoseconds) / 1e9).rounded(.down))) }
    guard let real = try vm.realNumber(seconds) else {
      throw vm.raise(.typeError, "'\(vm.typeName(seconds))' object cannot be interpreted as an integer")
    }
    if real.isNaN { throw vm.raise(.valueError, "Invalid value NaN (not a number)") }
    guard abs(real) < 9.2e18 else { throw vm.raise(.overflowError, "timestamp out of range for platform time_t") }
    guard abs(real) < 6.7e16 else {
      throw vm.raise(
        .osError, arguments: [Value(small: 75), try vm.newString("Value too large for defined data type")])
    }
    return CivilTime(seconds: Int(real.rounded(.down)))
  }

  private static func shown(_ time: CivilTime) -> String {
    let scalars = TimeFormatter.format("%a %b %e %H:%M:%S %Y".unicodeScalars.map(\.value), time)
    return String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
  }
}
