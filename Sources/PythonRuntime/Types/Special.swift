/// Names that the runtime itself looks up. Those before `firstPlain` are special methods: each class keeps what its method resolution finds for
/// them (`ClassLayout.specials`).
package enum Special: Int, CaseIterable, Sendable {
  case new, `init`, del, repr, str, bytes, format
  case lt, le, eq, ne, gt, ge
  case hash, bool, getattr, getattribute, setattr, delattr, dir, get, set, delete
  case call, len, lengthHint, getitem, setitem, delitem, missing, iter, next, reversed, contains
  case add, sub, mul, matmul, truediv, floordiv, mod, pow, lshift, rshift, and, or, xor
  case radd, rsub, rmul, rmatmul, rtruediv, rfloordiv, rmod, rpow, rlshift, rrshift, rand, ror, rxor
  case iadd, isub, imul, imatmul, itruediv, ifloordiv, imod, ipow, ilshift, irshift, iand, ior, ixor
  case neg, pos, abs, invert, complex, int, float, index, round, trunc, floor, ceil, divmod, rdivmod
  case enter, exit, await, aiter, anext, aenter, aexit
  case instancecheck, subclasscheck, classGetitem, initSubclass, setName, mroEntries, prepare, subclasshook
  case sizeof, fspath

  case dict, `class`, name, qualname, module, doc, slots, annotations, weakref, all, path, file, builtins, main
  case classcell, matchArgs, bases, mro, code, closure, defaults, kwdefaults, globals, wrapped, notes, cause, context
  case suppressContext, traceback, isabstractmethod, abstractmethods, loader, package, spec, reduce, reduceEx
  case underscore, import_, buildClass, debug, origName, args, send, throwName, close, append, keys, items, sort
  case value, msg, filename, lineno, offset, text, endLineno, endOffset, printFileAndLine, errno, strerror, filename2
  case read, write, flush, softspace, encoding, errors, stdout, stderr, stdin, sys, displayhook, key, flags, joinName
  case code_, obj, names_

  static let specialCount = Special.dict.rawValue

  /// The name as programs write it.
  package var text: String {
    switch self {
    case .lengthHint: "__length_hint__"
    case .classGetitem: "__class_getitem__"
    case .initSubclass: "__init_subclass__"
    case .setName: "__set_name__"
    case .mroEntries: "__mro_entries__"
    case .matchArgs: "__match_args__"
    case .suppressContext: "__suppress_context__"
    case .reduceEx: "__reduce_ex__"
    case .underscore: "_"
    case .import_: "__import__"
    case .buildClass: "__build_class__"
    case .isabstractmethod, .abstractmethods: "__\(self)__"
    case .args, .send, .close, .append, .keys, .items, .sort, .value, .msg, .filename, .lineno, .offset, .text, .errno:
      "\(self)"
    case .strerror, .filename2, .read, .write, .flush, .softspace, .encoding, .errors, .stdout, .stderr, .stdin: "\(self)"
    case .sys, .displayhook, .key, .flags, .obj: "\(self)"
    case .throwName: "throw"
    case .joinName: "join"
    case .code_: "code"
    case .names_: "names"
    case .origName: "name"
    case .endLineno: "end_lineno"
    case .endOffset: "end_offset"
    case .printFileAndLine: "print_file_and_line"
    default: "__\(self)__"
    }
  }

  /// `__radd__` for `__add__`, and so on.
  static func binary(_ op: BinaryOperation) -> Special { Special(rawValue: Special.add.rawValue + Int(op.rawValue))! }
  static func reflected(_ op: BinaryOperation) -> Special { Special(rawValue: Special.radd.rawValue + Int(op.rawValue))! }
  static func inPlace(_ op: BinaryOperation) -> Special { Special(rawValue: Special.iadd.rawValue + Int(op.rawValue))! }
  static func comparison(_ op: Comparison) -> Special { Special(rawValue: Special.lt.rawValue + [0, 1, 2, 3, 4, 5][Int(op.rawValue)])! }
}

extension VM {
  /// The interned string of a name the runtime knows.
  package func name(_ special: Special) -> Value { PyTuple(self, self[root: .specialNames])[special.rawValue] }

  /// What a class has for a special method, by its method resolution order; not bound.
  @inline(__always) package func lookupSpecial(class type: Ref, _ special: Special) -> Value? {
    let known = PyTuple(self, words(type).value(ClassLayout.specials))[special.rawValue]
    if known.isUnbound { return resolveSpecial(class: type, special) }
    return known == .absent ? nil : known
  }

  /// The special method of a value's class, not bound.
  @inline(__always) package func lookupSpecial(_ value: Value, _ special: Special) -> Value? {
    lookupSpecial(class: classOf(value), special)
  }

  @inline(never) private func resolveSpecial(class type: Ref, _ special: Special) -> Value? {
    let found = lookup(class: type, name(special))
    PyTuple(self, words(type).value(ClassLayout.specials))[special.rawValue] = found ?? .absent
    return found
  }

  /// Looks a name up along the method resolution order. Never runs Python code.
  package func lookup(class type: Ref, _ name: Value) -> Value? {
    let slot = methodCacheSlot(type, name)
    let key = UInt64(type.offset) | UInt64(name.ref.offset) << 32
    if slot[0] == key { return slot.value(1) == .absent ? nil : slot.value(1) }
    let mro = PyTuple(self, words(type).value(ClassLayout.mro))
    var found: Value?
    for index in 0..<mro.count {
      if let value = PyDict(self, words(mro[index]).value(ClassLayout.dict)).get(name: name) {
        found = value
        break
      }
    }
    if words(name).hasFlag(ObjectFlags.interned) {
      slot[0] = key
      slot.set(1, found ?? .absent)
    }
    return found
  }

  private func methodCacheSlot(_ type: Ref, _ name: Value) -> Words {
    let mixed = (type.offset >> 4) ^ (name.ref.offset >> 4) &* 31
    return words(at: Cage.caches + Int(mixed & 1023) * 16)
  }

  /// Forgets what look-ups in classes have found; after a class has changed.
  func forgetMethods() { words(at: Cage.caches).fill(from: 0, count: 2048, with: 0) }

  /// To be called after attribute `name` of a class was set or deleted. `isPlainOverwrite`: an existing value that is no descriptor was replaced by another one.
  func classDidChange(_ type: Ref, _ name: Value, isPlainOverwrite: Bool) {
    if isPlainOverwrite { forgetMethods() } else { forgetCaches() }
    if isSpecialName(name) { forgetSpecials(type) }
  }

  private func isSpecialName(_ name: Value) -> Bool {
    let string = PyString(self, name)
    return string.count > 4 && string[0] == 0x5F && string[1] == 0x5F
  }

  func forgetSpecials(_ type: Ref) {
    words(words(type).value(ClassLayout.specials)).fill(from: 2, count: Special.specialCount, with: Value.unbound.bits)
    let subclasses = subclasses(of: type)
    for index in 0..<subclasses.count { forgetSpecials(subclasses[index]) }
  }
}
