import PythonBytecode

/// What an instance has outside of its cage: the native functions, where output goes, and how source becomes code. Nothing of it is part of an image.
package final class Host {
  /// By number, as in `NativeRegistry.functions`.
  let natives: [NativeFunction]
  /// The number of the getter behind `__dict__` of instances; its setter and the getter of `__weakref__` follow.
  let dictGetter: Int
  /// Takes what the program prints. `isError`: on the error stream.
  package var write: (_ bytes: [UInt8], _ isError: Bool) -> Void = { _, _ in }
  /// The run's standard input, whole; how far it was read is part of the instance's state.
  package var input: [UInt8] = []
  /// Gives the next line of input with its newline, when no `input` is given ahead; empty at the end.
  package var readLine: (() -> [UInt8])?
  /// Compiles source for `compile`, `exec`, `eval` and imports; throws what a `SyntaxError` needs.
  package var compile: (_ request: CompileRequest) throws(CompileFailure) -> CodeObject = { request throws(CompileFailure) in
    throw CompileFailure(kind: .syntax, message: "there is no compiler", filename: request.filename)
  }
  /// Parses source for module `ast`, and compiles what a program made with it.
  package var parse: (_ request: CompileRequest) throws(CompileFailure) -> SyntaxNode = {
    request throws(CompileFailure) in
    throw CompileFailure(kind: .syntax, message: "there is no parser", filename: request.filename)
  }
  package var compileTree: (_ tree: SyntaxNode, _ request: CompileRequest) throws(CompileFailure) -> CodeObject = {
    (_, request) throws(CompileFailure) in
    throw CompileFailure(kind: .syntax, message: "there is no compiler", filename: request.filename)
  }
  /// Tells the names of a source for module `symtable`.
  package var symbolTable: (_ request: CompileRequest) throws(CompileFailure) -> SymbolTable = {
    request throws(CompileFailure) in
    throw CompileFailure(kind: .syntax, message: "there is no compiler", filename: request.filename)
  }
  /// The source of an importable module, or nil.
  package var moduleSource: (_ name: String) -> (source: [UInt8], filename: String, isPackage: Bool)? = { _ in nil }
  /// True when the run is to stop: asked between slices.
  package var isCancelled: () -> Limit? = { nil }
  /// The objects whose repr is being made.
  var reprStack: [UInt64] = []
  /// What the instance began with, if that was not an empty cage.
  var base: BaseImage?
  /// Told of steps and of what happens to cells, when somebody watches.
  package var recorder: Recorder?
  /// Collect at every safe point: for tests.
  package var collectsAlways = false
  /// For carets in tracebacks: of a piece of source that is an operation or a subscript, the bytes of its operator or brackets.
  package var anchors: (_ segment: [UInt8]) -> (left: Int, right: Int)? = { _ in nil }

  package init() {
    natives = NativeRegistry.functions
    dictGetter = NativeRegistry.dictGetter
  }
}

package struct CompileRequest {
  /// `snippet` is a module whose last expression is the run's result.
  package enum Mode { case module, snippet, interactive, expression }
  package var source: [UInt8]
  package var filename: String
  package var mode: Mode
  package var optimize: Int
  /// The flags of `compile`, as CPython numbers them.
  package var flags: Int
  /// The source is that of a file, so that an error can show its line.
  package var isFile = false
  /// Told of each `SyntaxWarning` and `DeprecationWarning`.
  package var warn: (_ warning: CompileWarning) -> Void = { _ in }

  /// `PyCF_ALLOW_INCOMPLETE_INPUT`: the message of a source that is not at its end says so.
  package static let allowsIncomplete = 0x4000
  /// `CO_FUTURE_ANNOTATIONS`
  package static let futureAnnotations = 0x100_0000

  package init(source: [UInt8], filename: String, mode: Mode, optimize: Int, flags: Int) {
    self.source = source
    self.filename = filename
    self.mode = mode
    self.optimize = optimize
    self.flags = flags
  }
}

/// What the compiler warns of, and where.
package struct CompileWarning {
  package var message: String
  package var isDeprecation: Bool
  package var line: Int
  package var column: Int
  package var endLine: Int
  package var endColumn: Int

  package init(message: String, isDeprecation: Bool, line: Int, column: Int, endLine: Int, endColumn: Int) {
    self.message = message
    self.isDeprecation = isDeprecation
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
  }
}

/// Why source did not compile; becomes a Python exception.
package struct CompileFailure: Error {
  package enum Kind { case syntax, indentation, tab, value, memory, recursion }
  package var kind: Kind
  package var message: String
  package var filename: String
  package var line: Int
  package var column: Int
  package var endLine: Int
  package var endColumn: Int
  package var text: String?

  package init(
    kind: Kind, message: String, filename: String, line: Int = 0, column: Int = 0, endLine: Int = 0,
    endColumn: Int = 0, text: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.filename = filename
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
    self.text = text
  }
}
