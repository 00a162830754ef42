/// The abstract bases of module `io`: `_IOBase` and the three beneath it. What they do is said in terms of the methods of the class that
/// derives from them.
enum StreamBaseTypes {
  static let types = [
    NativeType(.ioBase, "_IOBase", kind: .instance, module: "_io", state + checks + lines, properties: [
      NativeProperty("__dict__", ObjectType.getDict, set: ObjectType.setDict),
      NativeProperty("closed", { (vm, a) throws(Unwind) in Value(try isMarkedClosed(vm, a[0])) })
    ]),
    NativeType(.rawIOBase, "_RawIOBase", base: .ioBase, kind: .instance, module: "_io", raw),
    NativeType(.bufferedIOBase, "_BufferedIOBase", base: .ioBase, kind: .instance, module: "_io", buffered),
    NativeType(
      .textIOBase, "_TextIOBase", base: .ioBase, kind: .instance, module: "_io",
      ["read", "readline", "write", "detach"].map { unsupported($0) },
      properties: ["encoding", "newlines", "errors"].map { name in
        NativeProperty(name, { (_, _) throws(Unwind) in .none })
      }),
  ]

  static func unsupported(_ name: String) -> NativeFunction {
    NativeFunction(name, "self, *args, **kwargs", { (vm, _) throws(Unwind) in throw vm.raiseUnsupported(name) })
  }

  private static let flag = "__IOBase_closed"

  /// Whether `close` of the base was called.
  private static func isMarkedClosed(_ vm: VM, _ stream: Value) throws(Unwind) -> Bool {
    guard let mark = try vm.findAttribute(stream, vm.intern(flag)) else { return false }
    return try vm.truth(mark)
  }

  private static func checkOpen(_ vm: VM, _ stream: Value) throws(Unwind) {
    if try vm.truth(vm.getAttribute(stream, vm.intern("closed"))) {
      throw vm.raise(.valueError, "I/O operation on closed file.")
    }
  }

  private static let state: [NativeFunction] = [
    unsupported("seek"), unsupported("truncate"), unsupported("fileno"),
    NativeFunction("tell", "self, /", { (vm, a) throws(Unwind) in
      try vm.callMethod(a[0], "seek", .zero, Value(small: 1))
    }),
    NativeFunction("flush", "self, /", { (vm, a) throws(Unwind) in
      if try isMarkedClosed(vm, a[0]) { throw vm.raise(.valueError, "I/O operation on closed file.") }
      return .none
    }),
    NativeFunction("close", "self, /", { (vm, a) throws(Unwind) in
      if try isMarkedClosed(vm, a[0]) { return .none }
      defer { if let key = try? vm.intern(flag) { _ = try? vm.setAttribute(a[0], key, .true) } }
      _ = try vm.callMethod(a[0], "flush")
      return .none
    }),
    NativeFunction("isatty", "self, /", { (vm, a) throws(Unwind) in
      try checkOpen(vm, a[0])
      return .false
    }),
    NativeFunction("__enter__", "self, /", { (vm, a) throws(Unwind) in
      try checkOpen(vm, a[0])
      return a[0]
    }),
    NativeFunction("__exit__", "self, /, *args", { (vm, a) throws(Unwind) in try vm.callMethod(a[0], "close") }),
  ]

  private static let checks: [NativeFunction] =
    ["seekable", "readable", "writable"].map { name in
      NativeFunction(name, "self, /", { (vm, a) throws(Unwind) in
        try checkOpen(vm, a[0])
        return .false
      })
    }
    + [
      ("_checkSeekable", "seekable", "File or stream is not seekable."),
      ("_checkReadable", "readable", "File or stream is not readable."),
      ("_checkWritable", "writable", "File or stream is not writable."),
    ].map { (name, ability, message) in
      NativeFunction(name, "self, /, *args", { (vm, a) throws(Unwind) in
        let able = try vm.callMethod(a[0], ability)
        guard able == .true else { throw vm.raiseUnsupported(message) }
        return able
      })
    }
    + [
      NativeFunction("_checkClosed", "self, /, *args", { (vm, a) throws(Unwind) in
        try checkOpen(vm, a[0])
        return .none
      })
    ]

  private static let lines: [NativeFunction] = [
    NativeFunction("readline", "self, size=-1, /", readLine),
    NativeFunction("readlines", "self, hint=None, /", { (vm, a) throws(Unwind) in
      let limit = a[1].isNone ? 0 : try vm.indexAsInt(a[1], overflow: .overflowError)
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      let list = try vm.newList()
      vm.keep(list)
      var total = 0
      try vm.iterate(a[0]) { (line) throws(Unwind) in
        try PyList(vm, list).append(line)
        total += try vm.length(line)
        return limit <= 0 || total < limit
      }
      return list
    }),
    NativeFunction("writelines", "self, lines, /", { (vm, a) throws(Unwind) in
      try checkOpen(vm, a[0])
      try vm.iterate(a[1]) { (line) throws(Unwind) in
        _ = try vm.callMethod(a[0], "write", line)
        return true
      }
      return .none
    }),
    NativeFunction("__iter__", "self, /", { (vm, a) throws(Unwind) in
      try checkOpen(vm, a[0])
      return a[0]
    }),
    NativeFunction("__next__", "self, /", { (vm, a) throws(Unwind) in
      let line = try vm.callMethod(a[0], "readline")
      guard try vm.length(line) > 0 else { throw vm.raise(.stopIteration, arguments: []) }
      return line
    }),
  ]

  /// Byte after byte, for what has no better way.
  private static func readLine(_ vm: VM, _ a: Arguments) throws(Unwind) -> Value {
    let limit = a[1].isNone ? -1 : try vm.indexAsInt(a[1], overflow: .overflowError)
    var line: [UInt8] = []
    while limit < 0 || line.count < limit {
      let piece = try vm.callMethod(a[0], "read", Value(small: 1))
      guard vm.is(piece, .bytes), let view = BytesView(vm, piece) else {
        throw vm.raise(.osError, "read() should have returned a bytes object, not '\(vm.typeName(piece))'")
      }
      if view.count == 0 { break }
      line += view.array()
      if line.last == 0x0A { break }
    }
    return try vm.newBytes(line)
  }

  private static let raw: [NativeFunction] = [
    NativeFunction("read", "self, size=-1, /", { (vm, a) throws(Unwind) in
      let size = a[1].isNone ? -1 : try vm.indexAsInt(a[1], overflow: .overflowError)
      if size < 0 { return try vm.callMethod(a[0], "readall") }
      guard size < 1 << 28 else { throw vm.raiseMemoryError() }
      let mark = vm.keepMark()
      defer { vm.keepRelease(mark) }
      let buffer = try vm.call(Value(vm.type(.bytearray)), Value(small: size))
      vm.keep(buffer)
      let count = try vm.callMethod(a[0], "readinto", buffer)
      if count.isNone { return .none }
      let used = try vm.indexAsInt(count, overflow: .overflowError)
      guard used >= 0, used <= size, let view = BytesView(vm, buffer) else {
        throw vm.raise(.valueError, "readinto returned \(used) outside buffer size \(size)")
      }
      return try vm.newBytes(Array(view.array().prefix(used)))
    }),
    NativeFunction("readall", "self, /", { (vm, a) throws(Unwind) in
      var all: [UInt8] = []
      while true {
        let piece = try vm.callMethod(a[0], "read", Value(small: 8192))
        if piece.isNone { return all.isEmpty ? .none : try vm.newBytes(all) }
        guard let view = BytesView(vm, piece), vm.is(piece, .bytes) else {
          throw vm.raise(.typeError, "read() should return bytes")
        }
        if view.count == 0 { return try vm.newBytes(all) }
        guard all.count < 1 << 28 else { throw vm.raiseMemoryError() }
        all += view.array()
      }
    }),
  ]

  private static let buffered: [NativeFunction] =
    ["detach", "read", "read1", "write"].map { unsupported($0) } + [readInto("readinto", "read"), readInto("readinto1", "read1")]

  private static func readInto(_ name: String, _ source: String) -> NativeFunction {
    NativeFunction(name, "self, buffer, /", { (vm, a) throws(Unwind) in
      let target = try vm.requireWritableBytes(a[1])
      let data = try vm.callMethod(a[0], source, Value(small: target.count))
      guard vm.is(data, .bytes), let view = BytesView(vm, data) else {
        throw vm.raise(.typeError, "read() should return bytes")
      }
      let room = try vm.requireWritableBytes(a[1])
      guard view.count <= room.count else {
        throw vm.raise(.valueError, "read() returned too much data: \(room.count) bytes requested, \(view.count) returned")
      }
      room.bytes.write(view.array())
      return Value(small: view.count)
    })
  }
}

extension VM {
  /// `io.UnsupportedOperation`.
  func raiseUnsupported(_ message: String) -> Unwind {
    do {
      let cls = try getAttribute(loadModule("_io"), intern("UnsupportedOperation"))
      return raise(try call(cls, newString(message)))
    } catch {
      return error
    }
  }
}
