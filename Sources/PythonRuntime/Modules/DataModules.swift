/// What the modules for texts, numbers and bytes add to the registry.
enum DataModules {
  static let types: [NativeType] = RegexModule.types + StructModule.types + ArrayModule.types

  static let modules: [NativeModule] = [
    RegexModule.module, StructModule.module, ArrayModule.module,
  ]
}
