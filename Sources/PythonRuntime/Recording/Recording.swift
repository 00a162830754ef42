/// What a step is.
package enum StepEvent: UInt8, Sendable {
  case line, call, `return`, exception, yield, resume
  /// After the last step of a run that a limit ended.
  case limit
}

/// A value as it was shown at a moment: one that is no object by its bits, an object by its number in the recorder's table.
package struct ShownValue: Equatable, Sendable {
  package var bits: UInt64

  package static let unbound = ShownValue(bits: Value.unbound.bits)
  package var isUnbound: Bool { bits == Value.unbound.bits }
  /// Its number in `Recorder.objects`, if it is one.
  package var object: Int? { bits & 7 == 1 ? Int(bits >> 4) : nil }
  /// The value itself, if it is no object.
  package var constant: Value { Value(bits: bits) }

  init(bits: UInt64) { self.bits = bits }

  /// Where values are not taken down: the value itself, or which object it is. The same place is another object after a collection.
  init(unseen value: Value, collections: Int) {
    bits =
      value.isRef
      ? UInt64(truncatingIfNeeded: collections) << 40 | UInt64(value.ref.offset) << 8 | 0xFD : value.bits
  }
  init(object: Int) { bits = UInt64(truncatingIfNeeded: object) << 4 | 1 }
}

/// What is shown of an object: texts by their numbers in the recorder's table.
package struct ShownObject: Hashable, Sendable {
  package var type: Int32
  package var text: Int32
  /// Its place / 16; 0 if it has no identity that matters.
  package var ref: Int32
  /// The label of a function, or 0.
  package var function: Int32
  package var isCut: Bool
}

/// One call of a function, or the module's, or another block's.
package struct FrameRecord: BitwiseCopyable, Sendable {
  private let number: Int32
  private let parentNumber: Int32
  private let firstLine: Int32
  package var name: Int32
  /// Which call of that name it is; 0 for the module's.
  package var call: Int32
  /// The name of the file that its code comes from.
  package var file: Int32
  /// The label of the function object; 0 for the module's.
  package var function: Int32
  package var kind: Kind

  package var id: Int { Int(number) }
  package var line: Int { Int(firstLine) }
  /// The frame that it was called from, or 0.
  package var parent: Int { Int(parentNumber) }

  init(id: Int, name: Int32, call: Int32, file: Int32, function: Int32, line: Int, parent: Int, kind: Kind) {
    number = Int32(truncatingIfNeeded: id)
    parentNumber = Int32(truncatingIfNeeded: parent)
    firstLine = Int32(truncatingIfNeeded: line)
    self.name = name
    self.call = call
    self.file = file
    self.function = function
    self.kind = kind
  }

  /// What is being run in it.
  package enum Kind: String, BitwiseCopyable, Sendable {
    case call, module, `class`, comprehension, generator, coroutine
  }
}

/// A step, and where what happened to cells before it begins.
package struct StepRecord: Sendable {
  package var line: Int32
  package var frame: Int32
  /// Bytes of output until now.
  package var output: Int32
  package var firstEvent: Int32
  package var event: StepEvent
  package var leaves: Bool
}

/// What a step showed: what was returned, raised or yielded, and where its changes begin.
package struct StepValues: Sendable {
  package var value: ShownValue
  package var firstChange: Int32
}

/// A name that changed.
package struct ChangeRecord: Sendable {
  package var name: Int32
  /// A name of the module while another frame is running.
  package var isGlobal: Bool
  package var value: ShownValue
}

/// Something that happened to a cell. Where values were not taken down, `old` and `new` only tell whether an object was the same one.
package struct CellRecord: Sendable {
  package var step: Int32
  package var cell: Int32
  package var name: Int32
  package var line: Int32
  package var frame: Int32
  /// The function that ran, or that got the cell.
  package var function: Int32
  /// The function that ran while another got the cell.
  package var by: Int32
  package var access: CellAccess
  package var old: ShownValue
  package var new: ShownValue
}

/// A function object that was made.
package struct FunctionRecord: Sendable {
  package var label: Int32
  package var name: Int32
  package var qualifiedName: Int32
  package var line: Int32
  package var file: Int32
  /// The first step that shows it, and the frame that made it.
  package var step: Int32
  package var frame: Int32
}

/// What was recorded of a part of a run. Without values it has no `values` and no `changes`.
package struct Recording: Sendable {
  /// The number of the first step.
  package var first = 1
  package var steps: [StepRecord] = []
  package var values: [StepValues] = []
  package var changes: [ChangeRecord] = []
  package var ledger: [CellRecord] = []
  package var frames: [FrameRecord] = []
  package var functions: [FunctionRecord] = []
  /// Something was left out: a bound was met.
  package var isPartial = false

  /// The names that a step, by its index, shows changed.
  package func changes(at index: Int) -> ArraySlice<ChangeRecord> {
    guard index < values.count else { return [] }
    let end = index + 1 < values.count ? Int(values[index + 1].firstChange) : changes.count
    return changes[Int(values[index].firstChange)..<end]
  }

  /// What was returned, raised or yielded at a step, by its index.
  package func value(at index: Int) -> ShownValue { index < values.count ? values[index].value : .unbound }

  /// What a step, by its index, is the first to show of cells.
  package func events(at index: Int) -> ArraySlice<CellRecord> {
    let end = index + 1 < steps.count ? Int(steps[index + 1].firstEvent) : ledger.count
    return ledger[Int(steps[index].firstEvent)..<end]
  }
}
