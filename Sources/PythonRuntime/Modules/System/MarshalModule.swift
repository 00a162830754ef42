/// `marshal`, so far as CPython's `importlib` needs it to be imported: there are no compiled files to read or write.
enum MarshalModule {
  static let module = NativeModule("marshal", []) { (vm, dict) throws(Unwind) in
    try dict.set(name: vm.intern("version"), Value(small: 4))
  }
}
