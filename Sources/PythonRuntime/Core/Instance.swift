import PythonBytecode

/// One interpreter: a cage, its state, and what it has outside. Owns them; everything else goes through `vm`.
package final class Instance {
  /// How many addresses an instance reserves; what it uses of them is another matter.
  package static var reservedBytes: Int { Cage.reservedBytes }

  package let vm: VM
  package let host: Host

  /// Whether another instance has taken the cage over.
  private var isGivenUp = false

  /// A cage with nothing in it, to be filled from an image.
  convenience init(empty: Void) throws(Image.Failure) {
    guard let base = unsafe Cage.reserve() else { throw .noAddressSpace }
    unsafe self.init(cage: base)
  }

  private init(cage base: UnsafeMutableRawPointer) {
    let count = StateWord.count.rawValue
    let state = UnsafeMutablePointer<Int>.allocate(capacity: count)
    // SAFETY: just allocated with that capacity.
    unsafe state.initialize(repeating: 0, count: count)
    unsafe vm = VM(base: base, state: state)
    host = Host()
    unsafe vm[.host] = Int(bitPattern: Unmanaged.passUnretained(host).toOpaque())
    unsafe vm[.natives] = Int(bitPattern: NativeTable.shared)
  }

  /// A fresh instance with the built-in types and functions; nil when the host has no address space for it. They are made once for the
  /// process: each instance maps them, and has copies of the pages that it changes.
  package convenience init?() {
    do {
      if let types = Self.builtInTypes {
        try self.init(empty: ())
        guard types.map(into: vm) else { return nil }
        takeState(of: types)
      } else {
        try self.init(making: ())
      }
    } catch {
      return nil
    }
  }

  /// What a fresh instance holds; nil when the host gives no memory that can be mapped more than once.
  private static let builtInTypes: BaseImage? = {
    guard let first = try? Instance(making: ()) else { return nil }
    return try? BaseImage(bytes: first.saved(builderKey: 0))
  }()

  private convenience init(making: Void) throws(Image.Failure) {
    try self.init(empty: ())
    vm.prepareState(memoryLimit: Cage.heapEnd)
    do {
      try vm.makeBuiltins()
    } catch {
      preconditionFailure("the built-in types did not fit an empty cage")
    }
  }

  /// A fresh instance that begins with a base image.
  package convenience init(base: BaseImage) throws(Image.Failure) {
    try self.init(mapping: base)
    do {
      try vm.beginSession()
    } catch {
      preconditionFailure("a few objects did not fit a fresh instance")
    }
  }

  /// An instance as the base image left it, or, without one, an empty cage.
  convenience init(mapping base: BaseImage?) throws(Image.Failure) {
    try self.init(empty: ())
    guard let base else { return }
    guard base.map(into: vm) else { throw .noAddressSpace }
    take(base)
  }

  /// A fresh instance in the cage of one that nobody uses any more; nil when that did not begin with a base image, or its memory could
  /// not be made what it was. A page that was read or written before is found there without a fault.
  package convenience init?(recycling used: Instance) {
    self.init(cageOf: used)
    do {
      try vm.beginSession()
    } catch {
      preconditionFailure("a few objects did not fit a fresh instance")
    }
  }

  /// An instance as the base image left it, in the cage of one that nobody uses any more; nil when that cannot be.
  convenience init?(cageOf used: Instance) {
    guard let base = used.host.base, base.restore(used.vm) else { return nil }
    used.isGivenUp = true
    unsafe self.init(cage: used.vm.base)
    take(base)
  }

  private func take(_ base: BaseImage) {
    host.base = base
    takeState(of: base)
  }

  private func takeState(of base: BaseImage) {
    for index in StateWord.pc.rawValue..<StateWord.count.rawValue { restoreStateWord(index, base.stateWord(index)) }
  }

  deinit {
    if !isGivenUp { unsafe Cage.release(vm.base) }
    // SAFETY: allocated in init, and nothing uses the handle after its owner.
    unsafe vm.state.deallocate()
  }
}

extension VM {
  /// An empty heap and stack.
  fileprivate func prepareState(memoryLimit: Int) {
    for root in StateWord.firstRoot.rawValue..<StateWord.afterRoots.rawValue {
      self[.host, root] = Int(Value.none.bits)
    }
    self[.heapTop] = Cage.heapStart / Cage.pageBytes
    self[.freePageHint] = self[.heapTop]
    self[.basePages] = self[.heapTop]
    self[.immutableStart] = self[.heapTop]
    self[.immutableEnd] = self[.heapTop]
    self[.memoryLimit] = memoryLimit
    self[.collectAt] = 2 << 20
    self[.cacheTop] = Cage.caches + 16384
    self[.recursionLimit] = 1000
    self[.tickLimit] = Int.max / 16
    self[.sliceLength] = 1 << 20
    self[.outputLimit] = Int.max
    let stack = address(ofOffset: Cage.stackStart)
    self[.base] = stack + 64
    self[.top] = stack + 64
    self[.stackLimit] = stack + 65536
  }

  /// What each instance has of its own beside the base image.
  fileprivate func beginSession() throws(Unwind) {
    self[root: .internTable] = try newDict()
    self[root: .weakReferences] = .none
    self[root: .sources] = try newDict()
    // Those that the image brings never end.
    self[root: .programClasses] = .none
  }

  /// The classes, their methods and the module `builtins`.
  fileprivate func makeBuiltins() throws(Unwind) {
    try makeBareClasses()
    try makeNames()
    try makeClassDicts()
    try makeBuiltinsModule()
    try makeEntryFunction()
    self[root: .sources] = try newDict()
    self[root: .library] = try newDict()
    forgetCaches()
  }

  /// First the class objects alone, so that anything can be allocated.
  private func makeBareClasses() throws(Unwind) {
    // Tuples, lists and strings are needed by classes; their own classes are set right once they exist.
    for type in NativeRegistry.types {
      var bits: UInt64 = type.isSubclassable ? ClassFlags.isSubclassable : 0
      bits |= UInt64(type.kind.rawValue) << 48
      let ref = try allocateBareClass(bits)
      self[.wellKnown, type.wellKnown.rawValue] = Int(Value(ref).bits)
    }
    for type in NativeRegistry.types {
      let object = words(self.type(type.wellKnown))
      object[0] = header(.class, class: self.type(.type), size: ClassLayout.words - 2)
    }
    self[root: .emptyTuple] = try emptyTuple()
    for type in NativeRegistry.types {
      let object = words(self.type(type.wellKnown))
      object.set(ClassLayout.subclasses, try newList())
      let specials = try newTuple(count: Special.specialCount)
      words(specials).fill(from: 2, count: Special.specialCount, with: Value.unbound.bits)
      object.set(ClassLayout.specials, specials)
      object.set(ClassLayout.dict, try newDict())
      object.set(ClassLayout.extra, .none)
    }
  }

  private func allocateBareClass(_ bits: UInt64) throws(Unwind) -> Ref {
    let ref = try allocateCell(ClassLayout.words * 8)
    let object = words(ref)
    object[0] = header(.class, class: .null, size: ClassLayout.words - 2)
    object[ClassLayout.bits] = bits
    for index in 2..<ClassLayout.words { object.set(index, .none) }
    return ref
  }

  private func emptyTuple() throws(Unwind) -> Value {
    let ref = try allocateCell(16)
    words(ref)[0] = header(.tuple, class: type(.tuple))
    words(ref)[1] = 0
    return Value(ref)
  }

  private func makeNames() throws(Unwind) {
    self[root: .internTable] = try newDict()
    self[root: .singleCharacters] = try newTuple(count: 256)
    self[root: .emptyString] = try intern(allocateString(count: 0, widthShift: 0, isASCII: true))
    try prepareFloats()
    let names = try newTuple(count: Special.allCases.count)
    self[root: .specialNames] = names
    for special in Special.allCases { PyTuple(self, names)[special.rawValue] = try intern(special.text) }
  }

  private func makeClassDicts() throws(Unwind) {
    var number = 0
    for type in NativeRegistry.types {
      let ref = self.type(type.wellKnown)
      let object = words(ref)
      let name = try intern(type.name)
      object.set(ClassLayout.name, name)
      object.set(ClassLayout.qualifiedName, name)
      let isRoot = type.wellKnown == .object
      let base = self.type(type.base)
      object.set(ClassLayout.base, isRoot ? .none : Value(base))
      let bases = isRoot ? [] : [base] + (type.secondBase.map { [self.type($0)] } ?? [])
      object.set(ClassLayout.bases, try newTuple(bases.map { Value($0) }))
      for base in bases {
        object[ClassLayout.bits] |= words(base)[ClassLayout.bits] & ClassFlags.inherited
        try subclasses(of: base).append(ref)
      }
      object[ClassLayout.bits] |= NativeRegistry.flags(of: type.wellKnown)
      object.set(ClassLayout.mro, try resolutionOrder(ref))
      let dict = PyDict(self, object.value(ClassLayout.dict))
      for function in type.functions {
        let key = try intern(function.name)
        let isSpecial = function.isSlot(of: type.name)
        let owner: WellKnown =
          function.binding == .static ? .builtinFunction
          : function.binding == .class ? .classMethodDescriptor : isSpecial ? .wrapperDescriptor : .methodDescriptor
        let native = try newNative(number, receiver: .unbound, class: owner, definedIn: Value(ref))
        try dict.set(name: key, native)
        number += 1
      }
      for function in type.functions where type.wellKnown != .object && type.wellKnown != .type {
        switch function.name {
        case "__getattribute__": object[ClassLayout.bits] |= ClassFlags.hasGetattribute
        case "__setattr__", "__delattr__": object[ClassLayout.bits] |= ClassFlags.hasSetattr
        default: break
        }
      }
      let module = try intern(type.module)
      if !type.properties.contains(where: { $0.name == "__module__" }) { object.set(ClassLayout.module, module) }
      let doc = try type.doc.map { (text) throws(Unwind) in try newString(text) } ?? .none
      if dict.find(name: self.name(.doc)) == nil { try dict.set(name: self.name(.doc), doc) }
    }
    try makeProperties()
  }

  /// Getters and setters have the numbers after all functions.
  private func makeProperties() throws(Unwind) {
    var number = NativeRegistry.firstProperty
    for type in NativeRegistry.types {
      let ref = self.type(type.wellKnown)
      let dict = PyDict(self, words(ref).value(ClassLayout.dict))
      for property in type.properties {
        let key = try intern(property.name)
        let setter = property.setter == nil ? Value.none : Value(small: number + 1)
        let owner = self.type(property.isMember ? .member : .getset)
        let descriptor = try allocateRecord(
          .nativeProperty, class: owner, Value(small: number), setter, key, Value(ref))
        try dict.set(name: key, Value(descriptor))
        number += property.setter == nil ? 1 : 2
      }
    }
    for type in NativeRegistry.types where type.kind == .instance {
      let ref = self.type(type.wellKnown)
      words(ref).set(ClassLayout.rootShape, Value(try newShape(owner: ref, count: 0, keys: newDict())))
    }
    let eq = name(.eq)
    for type in NativeRegistry.types {
      let dict = PyDict(self, words(self.type(type.wellKnown)).value(ClassLayout.dict))
      if dict.find(name: eq) != nil, dict.find(name: name(.hash)) == nil { try dict.set(name: name(.hash), .none) }
    }
  }

  private func makeBuiltinsModule() throws(Unwind) {
    let builtins = try newDict()
    self[root: .builtins] = builtins
    let dict = PyDict(self, builtins)
    try dict.set(name: name(.name), intern("builtins"))
    try dict.set(name: name(.doc), .none)
    try dict.set(name: intern("__package__"), intern(""))
    var number = NativeRegistry.firstBuiltin
    let module = try intern("builtins")
    for function in NativeRegistry.builtins {
      try dict.set(
        name: intern(function.name),
        newNative(number, receiver: .unbound, class: .builtinFunction, module: module))
      number += 1
    }
    for type in NativeRegistry.types where type.module == "builtins" && NativeRegistry.isPublic(type.wellKnown) {
      try dict.set(name: intern(type.name), Value(self.type(type.wellKnown)))
    }
    for (word, value) in [
      ("None", Value.none), ("True", .true), ("False", .false), ("Ellipsis", .ellipsis),
      ("NotImplemented", .notImplemented), ("__debug__", .true),
    ] {
      try dict.set(name: intern(word), value)
    }
    try dict.set(name: intern("EnvironmentError"), Value(type(.osError)))
    try dict.set(name: intern("IOError"), Value(type(.osError)))
    self[root: .modules] = try newDict()
    let object = try allocateRecord(.module, class: type(.module), builtins)
    try PyDict(self, self[root: .modules]).set(name: module, Value(object))
  }

  /// The function that seems to run while nothing does: native code that is called from outside stands on its frame.
  private func makeEntryFunction() throws(Unwind) {
    let code = CodeObject(
      name: "<entry>", qualifiedName: "<entry>", filename: "<entry>", firstLine: 0, argumentCount: 0,
      positionalOnlyCount: 0, keywordOnlyCount: 0, flags: [], localNames: [], cellNames: [], cellRegisters: [],
      freeNames: [], names: [], constants: [.none], visibleConstantCount: 1,
      instructions: [Instruction(.returnNone).word], registerCount: 0, cacheCount: 0, exceptionTable: [],
      positions: [CodePosition(line: 0, endLine: 0, column: -1, endColumn: -1)], hasNamespace: false)
    // The frame's function is needed before code can be loaded; loading does not look at it.
    let function = try newFunction(load(code), globals: self[root: .builtins], cellCount: 0)
    self[root: .entryFunction] = function
    self[.function] = address(ofOffset: Int(function.ref.offset))
    self[.pc] = address(ofOffset: Int(words(function)[FunctionLayout.entry] & 0xFFFF_FFFF))
  }
}
