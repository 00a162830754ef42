import PythonBytecode
import PythonCompiler
import PythonRuntime
import PythonSyntax

/// The only door to the interpreter: a fresh instance, and snippets run in it under limits, one after the other, sharing globals.
package final class Interpreter {
  package let instance: Instance
  private var vm: VM { instance.vm }
  private let globals: Value
  /// What was printed since the run began or was resumed, unless `stream` takes it.
  package private(set) var output: [OutputEvent] = []

  /// What a run may use. Ticks, output and memory are exact and the same on every machine.
  package struct Limits: Sendable {
    package var ticks = Int.max / 16
    package var memoryBytes = Int.max
    package var outputBytes = Int.max
    package var recursion = 1000

    package init() {}
  }

  /// A piece of output, in order.
  package struct OutputEvent: Sendable {
    package var isError: Bool
    package var bytes: [UInt8]
  }

  /// How a run ended.
  package enum Outcome: Equatable, Sendable {
    case ok, exception, syntaxError, recursion
    case limit(Limit)
  }

  /// What a run brought.
  package struct Result: Sendable {
    package var outcome: Outcome
    package var output: [OutputEvent]
    /// The repr of a snippet's last expression, unless that is None.
    package var result: String?
    /// Type, message and traceback, when an exception was not caught.
    package var error: Failure?
    package var ticks: Int
    package var memoryBytes: Int
    /// What `SystemExit` asked for; 1 for another exception, 0 without.
    package var exitStatus: Int
    /// `SystemExit` ended the run.
    package var isExit = false
  }

  /// The exception that ended a run.
  package struct Failure: Sendable {
    package var type: String
    package var message: String
    /// All that Python prints about it.
    package var traceback: String
    /// The calls that led to it, oldest first, and of a SyntaxError the place that it names.
    package var entries: [TracebackEntry]
  }

  /// What a source is run as.
  package enum Mode: Sendable {
    /// A file: expressions show nothing.
    case program
    /// A file whose last expression is the run's result.
    case snippet
    /// A statement at the prompt, whose expressions are printed.
    case interactive
  }

  /// Nil when the host has no address space for an instance.
  package convenience init?() {
    guard let instance = Instance(), let globals = try? instance.vm.makeMainModule() else { return nil }
    self.init(instance, globals)
  }

  /// The interpreter that an image holds, wherever it was taken; refuses what is damaged or of another build.
  package convenience init(image: Image, base: BaseImage? = nil) throws(Image.Failure) {
    let instance = try Instance(image: image, base: base)
    self.init(instance, instance.vm.mainGlobals)
    isSuspended = !image.isIdle
  }

  /// The same in the memory of one that is not needed any more; nil when that cannot be.
  package convenience init?(image: Image, recycling used: Interpreter) throws(Image.Failure) {
    guard let instance = try Instance(image: image, recycling: used.instance) else { return nil }
    self.init(instance, instance.vm.mainGlobals)
    isSuspended = !image.isIdle
  }

  /// A fresh interpreter with what the base image brings.
  package convenience init(base: BaseImage) throws(Image.Failure) {
    let instance = try Instance(base: base)
    self.init(instance, instance.vm.mainGlobals)
  }

  /// A fresh interpreter in the memory of one that is not needed any more; nil when that cannot be.
  package convenience init?(recycling used: Interpreter) {
    guard let instance = Instance(recycling: used.instance) else { return nil }
    self.init(instance, instance.vm.mainGlobals)
  }

  private init(_ instance: Instance, _ globals: Value) {
    self.instance = instance
    self.globals = globals
    instance.host.compile = { (request) throws(CompileFailure) in try Interpreter.compile(request) }
    instance.host.symbolTable = { (request) throws(CompileFailure) in try Interpreter.symbolTable(request) }
    instance.host.parse = { (request) throws(CompileFailure) in try Interpreter.parse(request) }
    instance.host.compileTree = { (tree, request) throws(CompileFailure) in try Interpreter.compile(tree, request) }
    instance.host.anchors = operatorPlace
    instance.host.write = { [unowned self] bytes, isError in append(bytes, isError) }
  }

  private func append(_ bytes: [UInt8], _ isError: Bool) {
    if let stream {
      stream(bytes, isError)
    } else if let last = output.indices.last, output[last].isError == isError {
      output[last].bytes += bytes
    } else {
      output.append(OutputEvent(isError: isError, bytes: bytes))
    }
  }

  /// Called when a run has ended, before anything is asked of what it left; with whether a limit ended it.
  var onEnd: ((_ wasLimited: Bool) -> Void)?

  /// Takes output as it comes, instead of its being collected in the result.
  package var stream: ((_ bytes: [UInt8], _ isError: Bool) -> Void)?

  /// Gives the library's modules to programs by their source, compiled when they are imported.
  package func importsSources(_ source: @escaping (_ name: String) -> LibrarySource?) {
    instance.host.moduleSource = { name in
      source(name).map { (source: $0.bytes, filename: $0.filename, isPackage: $0.isPackage) }
    }
  }

  /// The instance ends with its run: what is left is finalised then, as when CPython's process ends.
  package var endsWithRun = false

  /// Where a run stands: at its end, or suspended in the middle.
  package enum Progress {
    case finished(Result)
    case suspended
  }

  /// Runs one snippet to its end. `input` is what it may read with `input()`.
  package func run(
    _ source: [UInt8], filename: String = "<snippet>", mode: Mode = .program, input: [UInt8] = [],
    limits: Limits = Limits()
  ) -> Result {
    guard case .finished(let result) = begin(source, filename: filename, mode: mode, input: input, limits: limits)
    else { preconditionFailure("a run without slices was suspended") }
    return result
  }

  /// Begins a run; with `sliceTicks` it is suspended at the first safe point after that many ticks, and again after as many more.
  package func begin(
    _ source: [UInt8], filename: String = "<snippet>", mode: Mode = .program, input: [UInt8] = [],
    limits: Limits = Limits(), sliceTicks: Int? = nil
  ) -> Progress {
    instance.tidy()
    vm.beginRun(
      ticks: limits.ticks, memoryBytes: limits.memoryBytes, outputBytes: limits.outputBytes,
      recursion: limits.recursion, sliceTicks: sliceTicks)
    instance.host.input = input
    // What was typed at the prompt is not shown again, as in CPython.
    vm.keepSource(mode == .interactive ? nil : source, filename: filename)
    let mode: CompileRequest.Mode =
      switch mode {
      case .program: .module
      case .snippet: .snippet
      case .interactive: .interactive
      }
    return advance { () throws(Unwind) in
      try vm.runMain(source, filename: filename, globals: globals, mode: mode)
    }
  }

  /// Whether a run was begun that is not at its end.
  package private(set) var isSuspended = false

  /// Goes on with a suspended run.
  package func proceed() -> Progress {
    advance { () throws(Unwind) in try vm.continueMain() }
  }

  /// The instance as it stands, between runs or while one is suspended.
  package func image() -> Image { instance.image(isIdle: !isSuspended) }

  private func advance(_ step: () throws(Unwind) -> Bool) -> Progress {
    output = []
    isSuspended = false
    do throws(Unwind) {
      guard try step() else {
        isSuspended = true
        return .suspended
      }
      if endsWithRun { try vm.endProgram() }
      onEnd?(false)
      return .finished(result(.ok))
    } catch {
      let ticks = vm.runTicks
      onEnd?(!error.isException)
      vm.prepareToReport()
      switch error {
      case .limit(let limit): return .finished(result(.limit(limit), ticks: ticks))
      case .exception: return .finished(failed(vm.takePending(), ticks: ticks))
      }
    }
  }

  /// The result of a run that an exception ended.
  private func failed(_ exception: Value, ticks: Int) -> Result {
    if let status = vm.exitStatus(of: exception) {
      if let message = status.message { append(message, true) }
      endProgram()
      var result = result(status.code == 0 ? .ok : .exception, exitStatus: status.code, ticks: ticks)
      result.isExit = true
      return result
    }
    let shown = vm.formatException(exception)
    append((try? vm.reportUncaught(exception, shown: shown)) ?? shown, true)
    let failure = Failure(
      type: vm.typeName(exception), message: vm.exceptionMessage(exception),
      traceback: String(decoding: shown, as: UTF8.self), entries: vm.tracebackEntries(exception))
    let outcome: Outcome =
      vm.isInstance(exception, .syntaxError) ? .syntaxError
      : vm.isInstance(exception, .recursionError) ? .recursion : .exception
    endProgram()
    return result(outcome, error: failure, exitStatus: 1, ticks: ticks)
  }

  /// After an exception; what a limit leaves undone is left.
  private func endProgram() {
    guard endsWithRun else { return }
    do throws(Unwind) {
      try vm.endProgram()
    } catch {
      vm.takePending()
    }
  }

  private func result(_ outcome: Outcome, error: Failure? = nil, exitStatus: Int = 0, ticks: Int? = nil) -> Result {
    Result(
      outcome: outcome, output: output, result: outcome == .ok ? vm.shownResult : nil, error: error,
      ticks: ticks ?? vm.runTicks, memoryBytes: vm.usedBytes,
      exitStatus: exitStatus)
  }
}
