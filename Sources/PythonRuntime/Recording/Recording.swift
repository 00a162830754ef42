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
package struct FrameRecord: Sendable {
  package var id: Int
  package var name: Int32
  /// Which call of that name it is; 0 for the module's.
  package var call: Int32
  /// The name of the file that its code comes from.
  package var file: Int32
  /// The label of the function object; 0 for the module's.
  package var function: Int32
  package var line: Int
  package var parent: Int
  package var kind: Kind

  /// What is being run in it.
  package enum Kind: String, Sendable {
    case call, module, `class`, comprehension, generator, coroutine
  }
}

/// A step, and where its changes and what happened to cells before it begin.
package struct StepRecord: Sendable {
  package var line: Int32
  package var frame: Int32
  package var value: ShownValue
  /// Bytes of output until now.
  package var output: Int32
  package var firstChange: Int32
  package var firstEvent: Int32
  package var event: StepEvent
  package var leaves: Bool
}

/// A name that changed.
package struct ChangeRecord: Sendable {
  package var name: Int32
  /// A name of the module while another frame is running.
  package var isGlobal: Bool
  package var value: ShownValue
}

/// Something that happened to a cell.
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

/// What was recorded of a part of a run.
package struct Recording: Sendable {
  /// The number of the first step.
  package var first = 1
  package var steps: [StepRecord] = []
  package var changes: [ChangeRecord] = []
  package var ledger: [CellRecord] = []
  package var frames: [FrameRecord] = []
  package var functions: [FunctionRecord] = []
  /// Something was left out: a bound was met.
  package var isPartial = false

  /// The names that a step, by its index, shows changed.
  package func changes(at index: Int) -> ArraySlice<ChangeRecord> {
    let end = index + 1 < steps.count ? Int(steps[index + 1].firstChange) : changes.count
    return changes[Int(steps[index].firstChange)..<end]
  }

  /// What a step, by its index, is the first to show of cells.
  package func events(at index: Int) -> ArraySlice<CellRecord> {
    let end = index + 1 < steps.count ? Int(steps[index + 1].firstEvent) : ledger.count
    return ledger[Int(steps[index].firstEvent)..<end]
  }
}
