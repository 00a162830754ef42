/// A handle on one interpreter instance: the base of its cage and its state words. It is two addresses, copied freely, and the first
/// argument of every function that may allocate, raise, run Python code or collect.
///
/// The state lies outside of the cage, so nothing that goes wrong among a program's objects changes the machine's own registers.
/// `Instance` owns both; a handle is valid as long as its instance lives.
@safe package struct VM: BitwiseCopyable {
  let base: UnsafeMutableRawPointer
  let state: UnsafeMutablePointer<Int>

  init(base: UnsafeMutableRawPointer, state: UnsafeMutablePointer<Int>) {
    unsafe self.base = unsafe base
    unsafe self.state = unsafe state
  }

  package subscript(_ word: StateWord) -> Int {
    @inline(__always) get {
      // SAFETY: `StateWord` numbers words of the state, which `Instance` allocated for all of them.
      unsafe state[word.rawValue]
    }
    @inline(__always) nonmutating set {
      // SAFETY: as for reading.
      unsafe state[word.rawValue] = newValue
    }
  }

  /// A state word that holds a value and is a root of the collector.
  package subscript(root word: StateWord) -> Value {
    @inline(__always) get { Value(bits: UInt64(bitPattern: Int64(self[word]))) }
    @inline(__always) nonmutating set { self[word] = Int(Int64(bitPattern: newValue.bits)) }
  }

  /// Numbered words within an array of the state: `heapCursors` and the like.
  subscript(_ word: StateWord, _ index: Int) -> Int {
    @inline(__always) get {
      // SAFETY: indices are size classes or well-known types, checked against the array's length where they are made.
      unsafe state[word.rawValue &+ index]
    }
    @inline(__always) nonmutating set {
      // SAFETY: as for reading.
      unsafe state[word.rawValue &+ index] = newValue
    }
  }

  /// The words of the object at `ref`.
  @inline(__always) package func words(_ ref: Ref) -> Words {
    // SAFETY: base + 32-bit offset is within the reservation.
    unsafe Words(unchecked: (base + Int(ref.offset)).assumingMemoryBound(to: UInt64.self))
  }

  /// The words of the object that `value` refers to; only for a value that `isRef`.
  @inline(__always) package func words(_ value: Value) -> Words { words(value.ref) }

  /// The words at a byte offset.
  @inline(__always) package func words(at offset: Int) -> Words { words(Ref(offset: UInt32(truncatingIfNeeded: offset))) }

  /// The bytes at a byte offset.
  @inline(__always) package func bytes(at offset: Int) -> Bytes {
    // SAFETY: base + 32-bit offset is within the reservation.
    unsafe Bytes(unchecked: base + Int(UInt32(truncatingIfNeeded: offset)))
  }

  /// The offset of words that were reached from this cage.
  @inline(__always) package func ref(_ words: Words) -> Ref {
    // SAFETY: an address within the reservation, so the difference is meaningful; it is truncated to an offset.
    unsafe Ref(offset: UInt32(truncatingIfNeeded: UnsafeMutableRawPointer(words.address) - base))
  }

  /// What this instance has outside of the cage.
  package var host: Host {
    // SAFETY: `Instance` keeps its host alive for as long as the handle is valid, and stored this very reference.
    unsafe Unmanaged<Host>.fromOpaque(UnsafeRawPointer(bitPattern: self[.host])!).takeUnretainedValue()
  }
}

/// The words of the machine's state.
package enum StateWord: Int {
  case host, natives
  // MARK: Registers, as saved while anything but the run loop runs. Addresses are absolute here, offsets in an image.
  case pc, base, function, fuel
  /// First free word of the register stack (address); natives keep values from here on.
  case top
  /// Highest address that a frame may reach now; `stackEnd` is the last it can ever be.
  case stackLimit
  case depth, recursionLimit
  // MARK: Limits. Ticks are counted down in `fuel` within a slice.
  case ticksUsed, tickLimit, sliceTicks, sliceLength, exitReason, exitLimit, isReraise
  /// Set while `fuel` was taken away to reach a safe point soon: what it was.
  case stolenFuel
  case outputUsed, outputLimit
  /// How many bytes of the run's input were read.
  case inputUsed
  // MARK: Heap
  case heapTop
  case acquiredBytes, collectAt, memoryLimit, memoryReserve, raisesMemoryError, liveBytes, collections, wantsCollection
  case freePageHint, freePages
  /// The first page whose objects are not permanent, as those of the base image are; and the pages among those whose objects
  /// never refer to anything else than at first.
  case basePages, immutableStart, immutableEnd
  /// For each size class: cursor and limit (offsets) of the run of free cells in use; first block; block being swept; next granule there.
  case cursors
  case limits = 100
  case firstBlocks = 160
  case sweepBlocks = 220
  case sweepGranules = 280
  case cacheTop = 340
  // MARK: Roots
  case firstRoot
  static var pendingException: StateWord { .firstRoot }
  case handledException, builtins, modules, internTable, mainModule, emptyTuple, emptyString
  case specialNames, singleCharacters, boxedZero, profile, lastResult, suspendedValue, entryFunction
  case functionCounts, weakReferences, outputStream, errorStream, codecs, shownResult, inputStream
  /// See `Finalization`: objects that have something to be told at their end, and those whose end has come.
  case finalizable, endedObjects
  /// The hooks of `sys.set_asyncgen_hooks`.
  case asyncGeneratorFirst, asyncGeneratorEnd
  case exitCallbacks
  /// What the base image brings: its interned strings, and the library's modules by name (code, source, file name, whether a package).
  case baseInternTable, library
  /// CPython's `importlib._bootstrap`, once it can be used; and the sources that tracebacks show, by file name.
  case importer, sources
  /// Of module `contextvars`: the current context, and `Token.MISSING`.
  case currentContext, missingToken
  /// See `Subclasses`.
  case programClasses
  /// Classes that the runtime knows, by `WellKnown`.
  case wellKnown
  case afterRoots = 760
  case isObserved, runNumber, hasRun, hashSeed, nestedRuns, suspendRequested, suspendsSlices, runStartTicks
  /// Which run loop is to be used, and which is (1: the observed one): a mismatch ends the loop at the next chance.
  case wantedLoop, currentLoop
  /// See `Finalization`: whether statements look for objects that ended, what that has cost until now, in ticks.
  case isAttentive, attentionSpent, hasCandidates, importsUnderway
  /// How much of `endedObjects` has been dealt with.
  case endedNext, weakReferenceCount
  /// How often classes were registered with abstract ones.
  case registrations
  /// The run's clock: what to add for the time of day, and how long was slept, in nanoseconds.
  case clockOffset, sleptNanoseconds
  /// `gc`: 1 after `gc.disable()`; debug flags; thresholds.
  case collectionDisabled, collectionDebug, threshold0, threshold1, threshold2
  /// The limit of `sys.set_int_max_str_digits`: 0 is CPython's own, -1 none.
  case maxIntDigits
  /// How many cells the snippets made.
  case cellsMade
  /// How many random generators took a seed from the run's own.
  case seedsDrawn
  /// How many words the journal has, and where it must be read (0: nothing is written down).
  case journalNext, journalEnd
  /// Set when a function stored a global, until the recorder looks.
  case globalsStored
  case count = 800
}
