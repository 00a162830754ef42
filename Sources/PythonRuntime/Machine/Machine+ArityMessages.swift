/// What is said about the arguments of native functions.
extension VM {
  /// How messages name a native function: a constructor by its class.
  func shownName(_ function: NativeFunction, _ owner: Value) -> String {
    owner.isRef && (function.name == "__new__" || function.name == "__init__") ? className(owner.ref) : function.name
  }

  /// How messages about methods without a parser of their own name them: with the class.
  func qualifiedName(_ function: NativeFunction, _ native: Words) -> String {
    let owner = native.value(4)
    let name = shownName(function, owner)
    guard owner.isRef, name == function.name else { return name }
    // A method that was bound before it was called is known by its object's class.
    let receiver = native.value(2)
    let cls = receiver.isUnbound ? owner.ref : self.is(receiver, .class) ? receiver.ref : classOf(receiver)
    return "\(className(cls)).\(name)"
  }

  /// CPython's messages depend on how a C function takes its arguments; what it would be follows from the signature.
  func raiseNativeArity(_ function: NativeFunction, _ native: Words, given: Int, named: Int, receiver: Int)
    -> Unwind
  {
    let owner = native.value(4)
    let signature = function.signature
    let maximum = signature.positionalCount - receiver
    let minimum = signature.requiredPositionalCount - receiver
    let name = shownName(function, owner)
    let isConstructor = name != function.name
    let isSpecial = owner.isRef && !isConstructor && function.isSlot(of: className(owner.ref))
    if max(signature.positionalOnlyCount, receiver) == signature.parameters.count {
      let bound = given < minimum ? minimum : maximum
      let plural = bound == 1 ? "" : "s"
      if isSpecial {
        // Some wrappers take their arguments as a function without a name would.
        let isNumber = [.int, .float, .complex].contains(layoutKind(owner.ref))
        let isNameless = maximum > 1 || NativeFunction.isRepetition(name) && !isNumber
        let word = minimum == maximum ? "" : given < minimum ? "at least " : "at most "
        return raise(.typeError, "\(isNameless ? " " : "")expected \(word)\(bound) argument\(plural), got \(given)")
      }
      if NativeFunction.takesRange(name), minimum == 1, maximum == 3 {
        let word = given < minimum ? "at least" : "at most"
        return raise(.typeError, "\(name)() takes \(word) \(bound) argument\(plural) (\(given) given)")
      }
      if maximum == 0 {
        return raise(.typeError, "\(qualifiedName(function, native))() takes no arguments (\(given) given)")
      }
      if maximum == 1 && minimum == 1 && !isConstructor {
        return raise(.typeError, "\(qualifiedName(function, native))() takes exactly one argument (\(given) given)")
      }
      let word = minimum == maximum ? "" : given < minimum ? "at least " : "at most "
      return raise(.typeError, "\(name) expected \(word)\(bound) argument\(plural), got \(given)")
    }
    let all = signature.parameters.count - receiver
    if maximum == 0, given + named <= all { return raise(.typeError, "\(name)() takes no positional arguments") }
    let word = minimum == all ? "exactly" : given < minimum ? "at least" : "at most"
    let bound = given < minimum ? minimum : signature.keywordOnlyCount > 0 && maximum > 0 ? maximum : all
    let lacksPositionalOnly = given < signature.positionalOnlyCount - receiver && given < minimum
    let kind = signature.keywordOnlyCount > 0 && maximum > 0 || lacksPositionalOnly ? " positional" : ""
    return raise(
      .typeError, "\(name)() takes \(word) \(bound)\(kind) argument\(bound == 1 ? "" : "s") (\(given + named) given)")
  }
}
