/// A function object of the snippets, as it is at a moment.
package struct FunctionView: Sendable {
  package var label: String
  package var name: String
  /// What its code is called.
  package var codeName: String
  package var qualifiedName: String
  package var line: Int
  /// The name of the file that its code comes from.
  package var file: String
  /// Its place / 16.
  package var ref: Int
  package var free: [(name: String, cell: Int)]
  package var defaults: [(name: String, value: ShownValue)]
  package var flags: [String]
}

/// A cell of the snippets, as it is at a moment.
package struct CellView: Sendable {
  /// Who needs it.
  package enum Status: String, Sendable {
    case onStack = "on_stack"
    case retained, freed
  }

  package var number: Int
  package var name: String
  /// Unbound when it is empty.
  package var value: ShownValue
  package var sharers: [String]
  package var status: Status
  /// The function whose call made it.
  package var ownerFunction: String
  /// What would be freed if it was emptied; nil when that was not worked out.
  package var retainedBytes: Int?
  /// What keeps it alive, from a root on.
  package var path: [String]

  package init(
    number: Int, name: String, value: ShownValue, sharers: [String], status: Status, ownerFunction: String,
    retainedBytes: Int? = nil, path: [String]
  ) {
    self.number = number
    self.name = name
    self.value = value
    self.sharers = sharers
    self.status = status
    self.ownerFunction = ownerFunction
    self.retainedBytes = retainedBytes
    self.path = path
  }
}

/// A frame at a moment.
package struct FrameView: Sendable {
  /// Whether it runs.
  package enum Status: String, Sendable {
    case running, waiting, suspended
  }

  package var record: FrameRecord
  package var status: Status
  package var line: Int
  package var locals: [(name: String, value: ShownValue)]
  package var cells: [(name: String, cell: Int, isOwn: Bool)]
}

/// What an object is made of, at a moment.
package struct ObjectView: Sendable {
  package var ref: Int
  package var type: String
  package var length: Int?
  package var items: [ShownValue] = []
  package var pairs: [(key: ShownValue, value: ShownValue)] = []
  package var attributes: [(name: String, value: ShownValue)] = []
  /// The frame of a suspended generator.
  package var frame: Int?
  /// How many parts were left out.
  package var more = 0
}
