/// Module `array`.
enum ArrayModule {
  static let types = [ArrayType.type, ArrayItems.iterator]

  static let module = NativeModule(
    "array",
    [
      NativeFunction(
        "_array_reconstructor", "arraytype, typecode, mformat_code, items, /", ArrayConversion.reconstruct)
    ]
  ) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("array"), Value(vm.type(.array)))
    try dict.set(name: vm.intern("ArrayType"), Value(vm.type(.array)))
    let codes = ArrayCode.allCases.map(\.letter).joined()
    try dict.set(name: vm.intern("typecodes"), vm.newString(codes))
  }
}
