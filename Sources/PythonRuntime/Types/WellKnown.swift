/// The classes that the runtime itself needs to name. Exceptions of the built-in hierarchy come last, in an order in which a
/// base stands before its subclasses.
package enum WellKnown: Int, CaseIterable, Sendable {
  case object, type, int, bool, float, complex, str, bytes, bytearray, memoryview, tuple, list, dict, set, frozenset
  case range, slice, function, code, cell, method, builtinFunction, methodDescriptor, getset, member, module
  case noneType, notImplementedType, ellipsisType
  case generator, coroutine, asyncGenerator, asyncGeneratorStep, coroutineWrapper, anextAwaitable
  case weakProxy, weakCallableProxy, threadLock, threadRLock, threadLocal, context, contextVariable, contextToken
  case abcData, structTime, orderedDict, orderedDictKeys, orderedDictValues, orderedDictItems
  case ioBase, rawIOBase, bufferedIOBase, textIOBase, stringIO, bytesIO, syntaxNode, symbolTableEntry
  case property, staticmethod, classmethod, `super`, traceback, frame, mappingProxy
  case listIterator, tupleIterator, strIterator, bytesIterator, bytearrayIterator, sequenceIterator, rangeIterator
  case longRangeIterator, dictKeyIterator, dictValueIterator, dictItemIterator, dictReverseKeyIterator
  case dictReverseValueIterator, dictReverseItemIterator, setIterator, callableIterator
  case reversed, enumerate, zip, map, filter, listReverseIterator
  case dictKeys, dictValues, dictItems
  case itertoolsAccumulate, itertoolsChain, itertoolsCombinations, itertoolsCombinationsWithReplacement
  case itertoolsCompress, itertoolsCount, itertoolsCycle, itertoolsDropwhile, itertoolsFilterfalse, itertoolsGroupby
  case itertoolsGrouper, itertoolsIslice, itertoolsPairwise, itertoolsPermutations, itertoolsProduct
  case itertoolsRepeat, itertoolsStarmap, itertoolsTakewhile, itertoolsTee, itertoolsTeeDataobject
  case itertoolsZipLongest
  case deque, dequeIterator, dequeReverseIterator, defaultdict, tupleGetter
  case partial, lruCacheWrapper, keyWrapper, itemGetter, attributeGetter, methodCaller
  case outputStream, weakReference, genericAlias, unionType, namespace, wrapperDescriptor, classMethodDescriptor, methodWrapper
  case randomGenerator, structSequence
  case regexPattern, regexMatch, regexScanner
  case structError, structStruct, structIterator, array, arrayIterator
  case digest, blake2b, blake2s, binasciiError, binasciiIncomplete, jsonScanner, jsonEncoder
  case csvError, csvDialect, csvReader, csvWriter

  case baseException, exception
  case baseExceptionGroup, exceptionGroup
  case generatorExit, keyboardInterrupt, systemExit
  case arithmeticError, floatingPointError, overflowError, zeroDivisionError
  case assertionError, attributeError, bufferError, eofError
  case importError, moduleNotFoundError
  case lookupError, indexError, keyError
  case memoryError
  case nameError, unboundLocalError
  case osError, blockingIOError, childProcessError, connectionError, brokenPipeError, connectionAbortedError
  case connectionRefusedError, connectionResetError, fileExistsError, fileNotFoundError, interruptedError
  case isADirectoryError, notADirectoryError, permissionError, processLookupError, timeoutError
  case referenceError
  case runtimeError, notImplementedError, recursionError
  case stopAsyncIteration, stopIteration
  case syntaxError, indentationError, tabError
  case systemError, typeError
  case valueError, unicodeError, unicodeDecodeError, unicodeEncodeError, unicodeTranslateError
  case warning, bytesWarning, deprecationWarning, encodingWarning, futureWarning, importWarning
  case pendingDeprecationWarning, resourceWarning, runtimeWarning, syntaxWarning, unicodeWarning, userWarning
}

extension VM {
  /// The class that the runtime knows by this name.
  @inline(__always) package func type(_ known: WellKnown) -> Ref {
    Value(bits: UInt64(bitPattern: Int64(self[.wellKnown, known.rawValue]))).ref
  }

  /// The class of a value.
  package func classOf(_ value: Value) -> Ref {
    if value.isInt { return type(.int) }
    if value.isInlineFloat { return type(.float) }
    if value.isRef { return classOf(words(value)) }
    switch value {
    case .none: return type(.noneType)
    case .true, .false: return type(.bool)
    case .ellipsis: return type(.ellipsisType)
    default: return type(.notImplementedType)
    }
  }

  /// The class of an object by its words.
  @inline(__always) func classOf(_ object: Words) -> Ref {
    let ref = Ref(offset: UInt32(truncatingIfNeeded: object[0] >> 32))
    return object.kind == .instance ? words(ref).value(ShapeLayout.owner).ref : ref
  }

  /// The kind of a value's object; nil for what is no object in the cage.
  @inline(__always) package func kind(_ value: Value) -> Kind? {
    value.isRef ? words(value).kind : nil
  }

  /// Whether the value is an object of this very layout (instances of Python subclasses included).
  @inline(__always) package func `is`(_ value: Value, _ kind: Kind) -> Bool {
    value.isRef && UInt8(truncatingIfNeeded: words(value)[0]) == kind.rawValue
  }

  /// Whether the value's class is this one, not a subclass.
  @inline(__always) package func isExactly(_ value: Value, _ known: WellKnown) -> Bool {
    classOf(value) == type(known)
  }

  /// The same for a class whose instances are all objects, of a layout of their own.
  @inline(__always) func isPlainly(_ value: Value, _ known: WellKnown) -> Bool {
    value.isRef && words(value)[0] >> 32 == UInt64(type(known).offset)
  }
}
