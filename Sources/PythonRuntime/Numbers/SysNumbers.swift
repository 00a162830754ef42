/// What `sys` says about numbers.
enum SysNumbers {
  static let functions: [NativeFunction] = [
    NativeFunction("get_int_max_str_digits", "", { (vm, _) throws(Unwind) in Value(small: vm.maxIntDigits) }),
    NativeFunction("set_int_max_str_digits", "maxdigits", setMaxDigits),
  ]

  static func setMaxDigits(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let digits = try vm.indexAsInt(a[0], overflow: .overflowError)
    guard digits == 0 || digits >= 640 else {
      throw vm.raise(.valueError, "maxdigits must be 0 or larger than 640")
    }
    vm.maxIntDigits = digits
    return .none
  }

  static func populate(_ vm: VM, _ dict: PyDict) throws(Unwind) {
    func add(_ name: String, _ fields: [(name: String, value: Value)]) throws(Unwind) {
      try dict.set(name: vm.intern(name), StructSequence.make(vm, name, module: "sys", fields))
    }
    try add("float_info", [
      ("max", vm.float(.greatestFiniteMagnitude)), ("max_exp", Value(small: 1024)), ("max_10_exp", Value(small: 308)),
      ("min", vm.float(.leastNormalMagnitude)), ("min_exp", Value(small: -1021)), ("min_10_exp", Value(small: -307)),
      ("dig", Value(small: 15)), ("mant_dig", Value(small: 53)), ("epsilon", vm.float(.ulpOfOne)),
      ("radix", Value(small: 2)), ("rounds", Value(small: 1)),
    ])
    // As CPython's, whose ints have digits of 30 bits.
    try add("int_info", [
      ("bits_per_digit", Value(small: 30)), ("sizeof_digit", Value(small: 4)),
      ("default_max_str_digits", Value(small: 4300)), ("str_digits_check_threshold", Value(small: 640)),
    ])
    try add("hash_info", [
      ("width", Value(small: 64)), ("modulus", vm.integer(VM.hashModulus)), ("inf", Value(small: 314_159)),
      ("nan", .zero), ("imag", Value(small: 1_000_003)), ("algorithm", vm.newString("fnv")),
      ("hash_bits", Value(small: 32)), ("seed_bits", Value(small: 64)), ("cutoff", .zero),
    ])
  }
}
