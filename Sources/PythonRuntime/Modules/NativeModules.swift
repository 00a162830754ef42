/// The modules of this folder that stand on nothing but the core, and their types.
enum NativeModules {
  static let types: [NativeType] =
    [ABCModule.dataType, StructTime.type] + ThreadModule.types + ContextModule.types + OrderedDictType.types
    + IOModule.types + [SyntaxModule.type, SymbolTableModule.type]

  static let all: [NativeModule] =
    [
      WeakrefModule.module, GCModule.module, AtexitModule.module, ABCModule.module, ThreadModule.module,
      ContextModule.module, HeapqModule.module, BisectModule.module, TimeModule.module, IOModule.module,
      SyntaxModule.module, SymbolTableModule.module,
    ] + PlatformModules.all
}
