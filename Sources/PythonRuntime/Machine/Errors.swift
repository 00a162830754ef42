/// Raising. The exception that is on its way lies in the root `pendingException`; `Unwind.exception` says that it does.
extension VM {
  /// Makes an exception of a built-in type with one message and sets it pending: `throw vm.raise(.typeError, "…")`.
  package func raise(_ type: WellKnown, _ message: String) -> Unwind {
    do {
      return try raise(type, arguments: [newString(message)])
    } catch {
      return error
    }
  }

  /// The same with any arguments.
  package func raise(_ type: WellKnown, arguments: [Value]) -> Unwind {
    do {
      let exception = try newException(self.type(type), arguments: newTuple(arguments))
      return raise(exception)
    } catch {
      return error
    }
  }

  /// Sets an exception object pending, with the one being handled as its context.
  package func raise(_ exception: Value) -> Unwind {
    linkContext(exception)
    self[root: .pendingException] = exception
    return .exception
  }

  /// The limit of memory was met. Until a collection, which is asked for, has freed enough, there is a reserve beyond
  /// the limit, so that a handler can let go of what it does not need; when that is used up too, the run ends.
  package func raiseMemoryError() -> Unwind {
    // The exception itself did not fit.
    if self[.raisesMemoryError] != 0 { return .limit(.memory) }
    self[.raisesMemoryError] = 1
    defer { self[.raisesMemoryError] = 0 }
    requestCollection()
    if self[.memoryReserve] == 0 {
      self[.memoryReserve] = VM.memoryReserveBytes
      self[.memoryLimit] += VM.memoryReserveBytes
    }
    do {
      return raise(try newException(type(.memoryError), arguments: self[root: .emptyTuple]))
    } catch {
      return .limit(.memory)
    }
  }

  static let memoryReserveBytes = 1 << 18

  /// After a collection: takes the reserve back, unless what is alive still comes close to the limit.
  func endMemoryReserve() {
    guard self[.memoryReserve] > 0, self[.liveBytes] <= self[.memoryLimit] - 2 * self[.memoryReserve] else { return }
    self[.memoryLimit] -= self[.memoryReserve]
    self[.memoryReserve] = 0
  }

  /// An exception object of a class that needs no `__new__` or `__init__` of its own.
  package func newException(_ type: Ref, arguments: Value) throws(Unwind) -> Value {
    Value(
      try allocateRecord(
        .exception, class: type, arguments, .none, .none, .none, .false, .none, .none))
  }

  /// The exception being handled becomes the context of a new one; a chain that would become a cycle is cut, as CPython does.
  func linkContext(_ exception: Value) {
    let handled = self[root: .handledException]
    guard handled.isRef, handled != exception, self.is(exception, .exception) else { return }
    var link = handled
    var steps = 0
    while link.isRef, steps < 100_000 {
      let next = words(link).value(ExceptionLayout.context)
      if next == exception {
        words(link).set(ExceptionLayout.context, .none)
        break
      }
      link = next
      steps += 1
    }
    words(exception).set(ExceptionLayout.context, handled)
  }

  /// A new exception in the place of the pending one, which is its cause.
  func raiseFromPending(_ type: WellKnown, _ message: String) -> Unwind {
    let cause = takePending()
    let failure = raise(type, message)
    let pending = self[root: .pendingException]
    guard self.is(pending, .exception) else { return failure }
    words(pending).set(ExceptionLayout.context, cause)
    words(pending).set(ExceptionLayout.cause, cause)
    words(pending).set(ExceptionLayout.suppressContext, .true)
    return failure
  }

  /// After `catch`: whether the pending exception is of this type.
  package func pendingMatches(_ type: WellKnown) -> Bool {
    let pending = self[root: .pendingException]
    return pending.isRef && isSubclass(classOf(pending), self.type(type))
  }

  /// Takes the pending exception away: it is handled.
  @discardableResult package func takePending() -> Value {
    let pending = self[root: .pendingException]
    self[root: .pendingException] = .none
    return pending
  }

  /// `type(value).__name__`.
  package func typeName(_ value: Value) -> String { className(classOf(value)) }
  package func className(_ type: Ref) -> String { text(words(type).value(ClassLayout.name)) }
}

/// The words of an exception.
package enum ExceptionLayout {
  package static let args = 1
  package static let traceback = 2
  package static let context = 3
  package static let cause = 4
  package static let suppressContext = 5
  package static let dict = 6
  package static let extra = 7
}

/// Ticks beyond those of the instructions.
extension VM {
  /// Charges native work, in the size of instructions; ends the run when the limit is met. The register `fuel` is bytes of code: 8 a tick.
  @inline(__always) package func charge(_ ticks: Int) throws(Unwind) {
    let left = self[.fuel] &- ticks &* 8
    self[.fuel] = left
    // Many small charges count like a large one: a native loop may never reach a safe point.
    if ticks > 1024 || left < -(1 << 19), _slowPath(remainingTicks < 0) { try settleFuel() }
  }

  /// Values that a native needs across Python code lie on the register stack.
  package func keepMark() -> Int { self[.top] }
  package func keep(_ value: Value) {
    let top = self[.top]
    stackWord(top).set(0, value)
    self[.top] = top &+ 8
    if top &+ 8 >= self[.stackLimit] { growStackLimit() }
  }
  package func keepRelease(_ mark: Int) { self[.top] = mark }
}
