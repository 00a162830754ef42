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
  static let types: [NativeType] =
    CoreTypes.types + NumberRows.types + TextTypes.types + ContainerRows.types + ExceptionTypes.types
    + [StructSequence.type] + WeakrefModule.types
    + NativeModules.types
    + TracebackTypes.types
    + DataModules.types
  static let builtins: [NativeFunction] =
    CoreBuiltins.functions + NumberBuiltins.functions + TextBuiltins.functions + ContainerRows.builtins
    + AsyncIteration.builtins
  static let modules: [NativeModule] =
    NumberRows.modules + ContainerRows.modules
    + NativeModules.all
    + [SysModule.module, ImpModule.module, MarshalModule.module, WarningsModule.module]
    + [StringModule.module, CodecsModule.module]
    + DataModules.modules

  /// Numbers: the functions of the types, of the builtins, of the modules, then getters and setters, then those of `__dict__`.
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
    all.append(NativeFunction("__dict__", "self, /", ObjectType.getDict))
    all.append(NativeFunction("__dict__", "self, value, /", ObjectType.setDict))
    all.append(NativeFunction("__weakref__", "self, /", ObjectType.getWeakref))
    return all
  }()

  static let firstBuiltin = types.reduce(0) { $0 + $1.functions.count }
  static let firstModule = firstBuiltin + builtins.count
  static let firstProperty = modules.reduce(firstModule) { $0 + $1.functions.count }
  static let dictGetter = functions.count - 3

  /// What patterns and `hasDict` need to know of a built-in class.
  static func flags(of known: WellKnown) -> UInt64 {
    switch known {
    case .list, .tuple, .range, .memoryview, .deque, .array:
      ClassFlags.sequence | (known == .list || known == .tuple ? ClassFlags.matchSelf : 0)
    case .dict: ClassFlags.mapping | ClassFlags.matchSelf
    case .mappingProxy: ClassFlags.mapping
    case .weakProxy, .weakCallableProxy: ClassFlags.hasGetattribute | ClassFlags.hasSetattr
    case .type: ClassFlags.hasDict | ClassFlags.hasWeakref
    case .set, .frozenset: ClassFlags.matchSelf | ClassFlags.hasWeakref
    case .int, .float, .bool, .str, .bytes, .bytearray: ClassFlags.matchSelf
    case .baseException, .module, .function, .namespace, .staticmethod, .classmethod, .partial, .lruCacheWrapper,
      .syntaxNode:
      ClassFlags.hasDict
    case .threadLocal, .orderedDict, .ioBase, .rawIOBase, .bufferedIOBase, .textIOBase, .stringIO, .bytesIO:
      ClassFlags.hasDict | ClassFlags.hasWeakref
    default: 0
    }
  }

  /// Whether the class is a name in `builtins`.
  static func isPublic(_ known: WellKnown) -> Bool {
    if known.rawValue >= WellKnown.baseException.rawValue { return true }
    switch known {
    case .object, .type, .int, .bool, .float, .complex, .str, .bytes, .bytearray, .memoryview, .tuple, .list, .dict,
      .set, .frozenset, .range, .slice, .property, .staticmethod, .classmethod, .super, .reversed, .enumerate, .zip,
      .map, .filter:
      return true
    default: return false
    }
  }
}
