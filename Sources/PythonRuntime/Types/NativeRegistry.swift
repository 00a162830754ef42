/// Every native function by number, and the tables of types, modules and builtins. Numbers are the order of the tables; an image names the
/// fingerprint of the build that made it, so numbers never meet another table.
package struct NativeModule: Sendable {
  package let name: String
  package let functions: [NativeFunction]
  /// Adds what is not a function: constants, types.
  package let populate: @Sendable (VM, PyDict) throws(Unwind) -> Void

  package init(
    _ name: String, _ functions: [NativeFunction],
    populate: @escaping @Sendable (VM, PyDict) throws(Unwind) -> Void = { (_, _) throws(Unwind) in }
  ) {
    self.name = name
    self.functions = functions
    self.populate = populate
  }
}

enum NativeRegistry {
  /// In an order in which a base stands before its subclasses.
  static let types: [NativeType] = CoreTypes.types + ExceptionTypes.types
  static let builtins: [NativeFunction] = CoreBuiltins.functions
  static let modules: [NativeModule] = []

  /// All functions: of the types, then of the builtins, then of the modules; getters and setters last.
  static let functions: [NativeFunction] = {
    var all: [NativeFunction] = []
    for type in types { all += type.functions }
    all += builtins
    for module in modules { all += module.functions }
    for type in types {
      for property in type.properties {
        all.append(NativeFunction(property.name, "self, /", property.getter))
        if let setter = property.setter { all.append(NativeFunction(property.name, "self, value, /", setter)) }
      }
    }
    return all
  }()
}
