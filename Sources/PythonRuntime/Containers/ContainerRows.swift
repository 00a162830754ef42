/// What the containers, the iterators and their modules add to the registry.
enum ContainerRows {
  static let types: [NativeType] =
    [ListType.type, TupleType.type, DictType.type] + DictViews.types + SetType.types
    + [RangeType.type, SliceType.type] + IteratorTypes.types + ItertoolsModule.types + CollectionsModule.types
    + FunctoolsModule.types + OperatorModule.types

  static let builtins: [NativeFunction] = IterationBuiltins.functions

  static let modules: [NativeModule] = [
    ItertoolsModule.module, CollectionsModule.module, FunctoolsModule.module, OperatorModule.module,
  ]
}
