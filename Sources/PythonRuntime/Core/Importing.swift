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
      try iterate(fromList) { (item) throws(Unwind) in
        guard self.isString(item), self.text(item) != "*" else { return true }
        if try self.findAttribute(module, try self.intern(item)) == nil,
          self.host.moduleSource("\(full).\(self.text(item))") != nil
        {
          _ = try self.loadModule("\(full).\(self.text(item))")
        }
        return true
      }
    }
    return module
  }

  private func packageName(_ globals: Value) throws(Unwind) -> String {
    guard self.is(globals, .dict) else { throw raise(.typeError, "globals must be a dict") }
    let dict = PyDict(self, globals)
    if let package = dict.get(name: name(.package)), isString(package), PyString(self, package).count > 0 { return text(package) }
    guard let name = dict.get(name: name(.name)), isString(name), dict.get(name: self.name(.path)) != nil || text(name).contains(".")
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
    let module: Value
    if let number = NativeRegistry.modules.firstIndex(where: { $0.name == name }) {
      module = try makeNativeModule(number, key)
    } else if let row = libraryRow(key) {
      module = try makeModule(key, code: row[0], filename: row[2], isPackage: row[3] == .true)
    } else if let found = host.moduleSource(name) {
      module = try makeSourceModule(key, found.source, found.filename, isPackage: found.isPackage)
    } else {
      throw raiseModuleNotFound(try notFoundSentence(name, parent), key)
    }
    if let parent, let dot = name.lastIndex(of: ".") {
      try setAttribute(parent, try intern(String(name[name.index(after: dot)...])), module)
    }
    return module
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

  private func makeNativeModule(_ index: Int, _ name: Value) throws(Unwind) -> Value {
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
  private func makeModule(_ name: Value, code: Value, filename: Value, isPackage: Bool) throws(Unwind) -> Value {
    let mark = keepMark()
    defer { keepRelease(mark) }
    let module = try newModule(name)
    keep(module)
    let dict = PyDict(self, words(module).value(1))
    try dict.set(name: self.name(.file), filename)
    try dict.set(name: self.name(.builtins), builtinsModule())
    if isPackage {
      try dict.set(name: self.name(.path), newList())
      try dict.set(name: self.name(.package), name)
    } else {
      let parent = text(name).split(separator: ".").dropLast().joined(separator: ".")
      try dict.set(name: self.name(.package), newString(parent))
    }
    let modules = PyDict(self, self[root: .modules])
    try modules.set(name: name, module)
    self[.importsUnderway] += 1
    defer { self[.importsUnderway] -= 1 }
    do {
      _ = try runCode(code, globals: words(module).value(1), locals: words(module).value(1), closure: .none, what: "exec")
    } catch {
      if let entry = modules.find(name: name) { modules.remove(at: entry) }
      throw error
    }
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
    let message = "cannot import name '\(text(name))' from '\(shown)' (\(place))"
    throw raise(
      try call(
        Value(type(.importError)), arguments: [newString(message)], keywords: [(try intern("name"), newString(shown))]))
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
