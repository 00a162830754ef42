/// What the modules for texts, numbers and bytes add to the registry.
enum DataModules {
  static let types: [NativeType] =
    RegexModule.types + StructModule.types + ArrayModule.types + DigestModules.types
    + BinasciiModule.types + JSONModule.types + CSVModule.types

  static let modules: [NativeModule] = [
    RegexModule.module, StructModule.module, ArrayModule.module, BinasciiModule.module, JSONModule.module,
    CSVModule.module, UnicodeDataModule.module,
  ] + DigestModules.modules
}
