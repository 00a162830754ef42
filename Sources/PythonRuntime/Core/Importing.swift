/// Importing: modules of the runtime's own, and those whose source the host gives.
extension VM {
  /// `__import__`.
  func importModule(_ name: Value, globals: Value, fromList: Value, level: Value) throws(Unwind) -> Value {
    let depth = try indexAsInt(level)
    guard depth >= 0 else { throw raise(.valueError, "level must be >= 0") }
    var full = text(name)
    if depth > 0 {
      let package = try packageName(globals)
      var parts = package.split(separator: ".").map(String.init)
      guard parts.count >= depth else {
        throw raise(.importError, "attempted relative import beyond top-level package")
      }
      parts.removeLast(depth - 1)
      full = full.isEmpty ? parts.joined(separator: ".") : (parts + [full]).joined(separator: ".")
    } else if full.isEmpty {
      throw raise(.valueError, "Empty module name")
    }
    let module = try loadModule(full)
    guard try truth(fromList) else {
      // `import a.b` binds `a`.
      let first = depth > 0 ? full : String(full.prefix { $0 != "." })
      return first == full ? module : try loadModule(first)
    }
    if try findAttribute(module, self.name(.path)) != nil {
      try loadSubmodules(named: fromList, of: module, full, goesIntoAll: true)
    }
    return module
  }

  /// The names after `from … import` that are no attributes of a package may be modules in it.
  private func loadSubmodules(
    named names: Value, of module: Value, _ full: String, goesIntoAll: Bool
  ) throws(Unwind) {
    try iterate(names) { (item) throws(Unwind) in
      guard self.isString(item) else { return true }
      if self.text(item) == "*" {
        if goesIntoAll, let all = try self.findAttribute(module, self.name(.all)) {
          try self.loadSubmodules(named: all, of: module, full, goesIntoAll: false)
        }
      } else if try self.findAttribute(module, try self.intern(item)) == nil {
        try self.loadSubmoduleIfAny("\(full).\(self.text(item))")
      }
      return true
    }
  }

  private func packageName(_ globals: Value) throws(Unwind) -> String {
    guard self.is(globals, .dict) else { throw raise(.typeError, "globals must be a dict") }
    let dict = PyDict(self, globals)
    if let package = dict.get(name: name(.package)), isString(package), PyString(self, package).count > 0 {
      return text(package)
    }
    guard let name = dict.get(name: name(.name)), isString(name),
      dict.get(name: self.name(.path)) != nil || text(name).contains(".")
    else { throw raise(.importError, "attempted relative import with no known parent package") }
    if dict.get(name: self.name(.path)) != nil { return text(name) }
    return text(name).split(separator: ".").dropLast().joined(separator: ".")
  }

  /// The module of this full name, from `sys.modules` or new.
  func loadModule(_ name: String) throws(Unwind) -> Value {
    let modules = PyDict(self, self[root: .modules])
    let key = try intern(name)
    if let known = modules.get(name: key) {
      guard !known.isNone else {
        throw raiseModuleNotFound("import of \(name) halted; None in sys.modules", key)
      }
      return known
    }
    var parent: Value?
    if let dot = name.lastIndex(of: ".") {
      let parentName = String(name[..<dot])
      parent = try loadModule(parentName)
      if let known = modules.get(name: key) { return known }
    }
    let mark = keepMark()
    defer { keepRelease(mark) }
    if let parent { keep(parent) }
    let importer = self[root: .importer]
    var spec = Value.none
    if importer.isRef {
      spec = try callMethod(importer, "spec_of", key)
      keep(spec)
      if spec.isNone, try hasOwnFinders(importer) { return try loadTheLongWay(importer, name, parent) }
    }
    let module = try makeModule(name, key, parent, spec)
    keep(module)
    if let parent, let dot = name.lastIndex(of: ".") {
      try setAttribute(parent, try intern(String(name[name.index(after: dot)...])), module)
    }
    return module
  }

  private func makeModule(_ name: String, _ key: Value, _ parent: Value?, _ spec: Value) throws(Unwind) -> Value {
    if let number = NativeRegistry.modules.firstIndex(where: { $0.name == name }) {
      let module = try makeNativeModule(number, key)
      if !spec.isNone { try setSpec(spec, of: module) }
      return module
    }
    if let row = libraryRow(key) {
      return try makeModule(key, code: row[0], filename: row[2], isPackage: row[3] == .true, spec: spec)
    }
    if let found = host.moduleSource(name) {
      return try makeSourceModule(key, found.source, found.filename, isPackage: found.isPackage)
    }
    throw raiseModuleNotFound(try notFoundSentence(name, parent), key)
  }

  /// Whether a program has put finders of its own into `sys.meta_path`.
  private func hasOwnFinders(_ importer: Value) throws(Unwind) -> Bool {
    try truth(callMethod(importer, "has_other_finders"))
  }

  /// Asks all finders, through `importlib`, whose own calls tracebacks do not show.
  private func loadTheLongWay(_ importer: Value, _ name: String, _ parent: Value?) throws(Unwind) -> Value {
    do throws(Unwind) {
      return try callMethod(importer, "load", newString(name))
    } catch {
      guard error.isException else { throw error }
      leaveOutImporterCalls()
      guard pendingMatches(.moduleNotFoundError) else { throw error }
      let exception = self[root: .pendingException]
      let plain = "No module named '\(name)'"
      guard exceptionMessage(exception) == plain else { throw error }
      throw raiseModuleNotFound(try notFoundSentence(name, parent), try intern(name))
    }
  }

  /// Takes the calls of `importlib` out of the pending exception's traceback.
  private func leaveOutImporterCalls() {
    let exception = words(self[root: .pendingException])
    func first(_ start: Value) -> Value {
      var entry = start
      while entry.isRef, isImporterCall(words(entry)) { entry = words(entry).value(TracebackLayout.next) }
      return entry
    }
    var entry = first(exception.value(ExceptionLayout.traceback))
    exception.set(ExceptionLayout.traceback, entry)
    while entry.isRef {
      let next = first(words(entry).value(TracebackLayout.next))
      words(entry).set(TracebackLayout.next, next)
      entry = next
    }
  }

  private func isImporterCall(_ traceback: Words) -> Bool {
    let function = words(traceback.value(TracebackLayout.function))
    let file = text(words(function.value(FunctionLayout.code)).value(CodeLayout.filename))
    return file.hasSuffix("importlib/_bootstrap.py") || file.hasSuffix("_cellar_importer.py")
  }

  /// A submodule that a list of names after `from … import` may mean; it need not be there.
  private func loadSubmoduleIfAny(_ name: String) throws(Unwind) {
    do throws(Unwind) {
      _ = try loadModule(name)
    } catch {
      guard error.isException, pendingMatches(.moduleNotFoundError) else { throw error }
      let missing = try getAttribute(self[root: .pendingException], intern("name"))
      let isHalted = PyDict(self, self[root: .modules]).get(name: try intern(name)) != nil
      guard isString(missing), text(missing) == name, !isHalted else { throw error }
      takePending()
    }
  }

  private func setSpec(_ spec: Value, of module: Value) throws(Unwind) {
    let dict = PyDict(self, words(module).value(1))
    try dict.set(name: name(.spec), spec)
    try dict.set(name: name(.loader), getAttribute(spec, intern("loader")))
    try dict.set(name: name(.package), getAttribute(spec, intern("parent")))
  }

  /// Why there is no such module: it may not be one, or may only not be available here.
  private func notFoundSentence(_ name: String, _ parent: Value?) throws(Unwind) -> String {
    let first = String(name.prefix { $0 != "." })
    if let parent, try findAttribute(parent, self.name(.path)) == nil {
      let package = String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
      return "No module named '\(name)'; '\(package)' is not a package"
    }
    guard StandardLibraryNames.all.contains(first) else { return "No module named '\(name)'" }
    return "No module named '\(name)': it is not available in the sandbox"
  }

  private func raiseModuleNotFound(_ message: String, _ name: Value) -> Unwind {
    do {
      let exception = try call(
        Value(type(.moduleNotFoundError)), arguments: [newString(message)], keywords: [(try intern("name"), name)])
      return raise(exception)
    } catch {
      return error
    }
  }

  func newModule(_ name: Value) throws(Unwind) -> Value {
    let dict = try newDict()
    try fillModule(PyDict(self, dict), name: name, doc: .none)
    return Value(try allocateRecord(.module, class: type(.module), dict))
  }

  /// A module of the runtime's own, in `sys.modules` too.
  func makeNativeModule(_ index: Int, _ name: Value) throws(Unwind) -> Value {
    let source = NativeRegistry.modules[index]
    let module = try newModule(name)
    keep(module)
    let dict = PyDict(self, words(module).value(1))
    var number = NativeRegistry.firstModule
    for earlier in NativeRegistry.modules.prefix(index) { number += earlier.functions.count }
    for function in source.functions {
      try dict.set(
        name: intern(function.name),
        newNative(number, receiver: .unbound, class: .builtinFunction, module: name))
      number += 1
    }
    try source.populate(self, dict)
    try PyDict(self, self[root: .modules]).set(name: name, module)
    return module
  }

  private func makeSourceModule(
    _ name: Value, _ source: [UInt8], _ filename: String, isPackage: Bool
  ) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    keepSource(source, filename: filename)
    let code = try compile(source, filename: filename, mode: .module, optimize: -1, flags: 0)
    keep(code)
    return try makeModule(name, code: code, filename: newString(filename), isPackage: isPackage)
  }

  /// Makes a module and executes its code in it.
  private func makeModule(
    _ name: Value, code: Value, filename: Value, isPackage: Bool, spec: Value = .none
  ) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let module = try newModule(name)
    keep(module)
    let dict = PyDict(self, words(module).value(1))
    try dict.set(name: self.name(.file), filename)
    try dict.set(name: self.name(.builtins), builtinsModule())
    if isPackage {
      let parts = text(filename).split(separator: "/", omittingEmptySubsequences: false)
      let folder = parts.dropLast().joined(separator: "/")
      try dict.set(name: self.name(.path), newList([newString(folder)]))
      try dict.set(name: self.name(.package), name)
    } else {
      let parent = text(name).split(separator: ".").dropLast().joined(separator: ".")
      try dict.set(name: self.name(.package), newString(parent))
    }
    let initializing = try intern("_initializing")
    if !spec.isNone {
      try setSpec(spec, of: module)
      try setAttribute(spec, initializing, .true)
    }
    let modules = PyDict(self, self[root: .modules])
    try modules.set(name: name, module)
    self[.importsUnderway] += 1
    defer { self[.importsUnderway] -= 1 }
    do {
      let namespace = words(module).value(1)
      _ = try runCode(code, globals: namespace, locals: namespace, closure: .none, what: "exec")
    } catch {
      if let entry = modules.find(name: name) { modules.remove(at: entry) }
      throw error
    }
    if !spec.isNone { try setAttribute(spec, initializing, .false) }
    // A module may put something else in its place.
    return modules.get(name: name) ?? module
  }

  /// `from module import name`.
  func importedName(_ module: Value, _ name: Value) throws(Unwind) -> Value {
    if let value = try findAttribute(module, name) { return value }
    var shown = "<unknown module name>"
    if let own = try findAttribute(module, self.name(.name)), isString(own) {
      shown = text(own)
      let full = try intern("\(shown).\(text(name))")
      if let known = PyDict(self, self[root: .modules]).get(name: full) { return known }
    }
    var place = "unknown location"
    if let file = try findAttribute(module, self.name(.file)), isString(file) { place = text(file) }
    let isPartial = try isInitializing(module)
    let which = isPartial
      ? "partially initialized module '\(shown)' (most likely due to a circular import)" : "'\(shown)'"
    let message = "cannot import name '\(text(name))' from \(which) (\(place))"
    throw raise(
      try call(
        Value(type(.importError)), arguments: [newString(message)], keywords: [(try intern("name"), newString(shown))]))
  }

  private func isInitializing(_ module: Value) throws(Unwind) -> Bool {
    guard let spec = try findAttribute(module, name(.spec)), !spec.isNone,
      let flag = try findAttribute(spec, intern("_initializing"))
    else { return false }
    return try truth(flag)
  }

  /// `from module import *`.
  func importAll(_ module: Value, into namespace: Value) throws(Unwind) {
    if let all = try findAttribute(module, name(.all)) {
      try iterate(all) { (item) throws(Unwind) in
        guard self.isString(item) else {
          throw self.raise(.typeError, "Item in __all__ must be str, not \(self.typeName(item))")
        }
        try self.setItem(namespace, item, self.getAttribute(module, self.intern(item)))
        return true
      }
      return
    }
    guard let dict = try findAttribute(module, name(.dict)) else {
      throw raise(.importError, "from-import-* object has no __dict__ and no __all__")
    }
    try forEachItem(dict) { (key, value) throws(Unwind) in
      guard self.isString(key), PyString(self, key).count > 0, PyString(self, key)[0] != 0x5F else { return }
      try self.setItem(namespace, key, value)
    }
  }
}
