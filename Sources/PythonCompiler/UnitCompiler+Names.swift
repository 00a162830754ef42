import PythonBytecode
import PythonSyntax

/// Loads, stores and deletions of names; constants.
extension UnitCompiler {
  /// The register of a local that an expression may use directly: nothing between here and the use changes it.
  func stableLocal(_ expression: Expression) -> Register? {
    guard case .name(let name, .load) = expression.kind else { return nil }
    let mangledName = mangle(name)
    guard scope.kind == .function, scope.residence(of: mangledName) == .local,
      !scope.walrusTargets.contains(mangledName)
    else { return nil }
    return localRegister(mangledName)
  }

  /// Makes sure that the local in `register` is bound.
  func checkBound(_ register: Register, at span: Span) {
    guard let bound = code.bound, !bound.contains(register) else { return }
    code.emit(.checkBound, register, at: span)
    markBound(register)
  }

  func loadName(_ name: String, into destination: Register) throws(SyntaxError) {
    let name = mangle(name)
    switch place(of: name) {
    case .register(let register):
      checkBound(register, at: here)
      // `x = x` does nothing, but is a step.
      if register == destination {
        code.emit(.nop, at: here)
      } else {
        code.emit(.move, destination, register, at: here)
      }
    case .cell(let register): code.emit(.loadCell, destination, register, at: here)
    case .free(let index): code.emit(.loadFree, destination, index, at: here)
    case .classFree(let index):
      code.emitNamed(.loadClassFree, destination, index, name: name, isListed: false, at: here)
    case .global: code.emitNamed(.loadGlobal, destination, name: name, at: here)
    case .namespace: code.emitNamed(.loadName, destination, name: name, at: here)
    }
  }

  func storeName(_ name: String, from value: Register) {
    let name = mangle(name)
    switch place(of: name) {
    case .register(let register):
      if register != value { code.emit(.move, register, value, at: here) }
      markBound(register)
    case .cell(let register): code.emit(.storeCell, register, value, at: here)
    case .free(let index), .classFree(let index): code.emit(.storeFree, index, value, at: here)
    case .global: code.emitNamed(.storeGlobal, value, name: name, at: here)
    case .namespace: code.emitNamed(.storeName, value, name: name, at: here)
    }
  }

  /// `isCertain`: the name was just assigned, so there is no error to report.
  func deleteName(_ name: String, isCertain: Bool = false) {
    let name = mangle(name)
    switch place(of: name) {
    case .register(let register):
      if !isCertain { code.emit(.checkBound, register, at: here) }
      code.emit(.deleteLocal, register, at: here)
    case .cell(let register): code.emit(.deleteCell, register, at: here)
    case .free(let index), .classFree(let index): code.emit(.deleteFree, index, at: here)
    case .global: code.emitNamed(.deleteGlobal, name: name, at: here)
    case .namespace: code.emitNamed(.deleteName, name: name, at: here)
    }
  }

  /// `__debug__` can't be changed.
  func refuseDebug(_ name: String, deleting: Bool = false) throws(SyntaxError) {
    if name == "__debug__" { throw error(deleting ? "cannot delete __debug__" : "cannot assign to __debug__") }
  }

  // MARK: Constants

  func loadConstant(_ value: CodeConstant, into destination: Register) {
    let index = code.constant(value)
    switch value {
    case .none: code.emit(.loadNone, destination, at: here)
    case .true: code.emit(.loadTrue, destination, at: here)
    case .false: code.emit(.loadFalse, destination, at: here)
    case .int(let number) where Int32(exactly: number) != nil:
      code.emitWide(.loadInt, destination, number, at: here)
    default: code.emitWide(.loadConstant, destination, index, at: here)
    }
  }

  /// A constant as an operand: within a loop, in a register that is loaded before the loop.
  func constantOperand(_ value: CodeConstant, scratch: Register?) -> Register {
    if let number = preloadNumber {
      if let known = preloaded[value] { return known }
      if preloaded.count < UnitCompiler.maximumPreloads {
        let slot = preloaded.count
        code.preloadSlots = max(code.preloadSlots, slot + 1)
        let index = code.constant(value)
        let instruction: Instruction =
          switch value {
          case .none: Instruction(.loadNone)
          case .true: Instruction(.loadTrue)
          case .false: Instruction(.loadFalse)
          case .int(let number) where Int32(exactly: number) != nil:
            Instruction(.loadInt, bc: Int32(truncatingIfNeeded: number))
          default: Instruction(.loadConstant, bc: Int32(truncatingIfNeeded: index))
          }
        code.preloads[number].append(CodeBuilder.Preload(instruction: instruction, slot: slot))
        preloaded[value] = CodeBuilder.preloadBase + slot
        return CodeBuilder.preloadBase + slot
      }
    }
    let register = scratch ?? code.allocate()
    loadConstant(value, into: register)
    return register
  }

  static let maximumPreloads = 12

  /// Begins a loop: the outermost one gets a place for its constants.
  func enterLoop() -> Bool {
    guard preloadNumber == nil else { return false }
    code.preloads.append([])
    preloadNumber = code.preloads.count - 1
    preloaded = [:]
    code.emitPreload(code.preloads.count - 1, at: here)
    return true
  }

  func leaveLoop(_ isOutermost: Bool) {
    guard isOutermost else { return }
    preloadNumber = nil
    preloaded = [:]
  }
}
