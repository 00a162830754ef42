import PythonBytecode
import PythonCompiler
import PythonRuntime
import PythonSyntax

/// The only door to the interpreter: a fresh instance, and snippets run in it under limits, one after the other, sharing globals.
package final class Interpreter {
  package let instance: Instance
  private var vm: VM { instance.vm }
  private let globals: Value
  private var output: [OutputEvent] = []

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
    /// Type, message and traceback, when an exception was not caught.
    package var error: Failure?
    package var ticks: Int
    package var memoryBytes: Int
    /// What `SystemExit` asked for; 1 for another exception, 0 without.
    package var exitStatus: Int
  }

  package struct Failure: Sendable {
    package var type: String
    package var message: String
    package var traceback: String
  }

  /// Nil when the host has no address space for an instance.
  package init?() {
    guard let instance = Instance() else { return nil }
    self.instance = instance
    guard let globals = try? instance.vm.makeMainModule() else { return nil }
    self.globals = globals
    instance.host.compile = { (request) throws(CompileFailure) in try Interpreter.compile(request) }
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

  /// Takes output as it comes, instead of its being collected in the result.
  package var stream: ((_ bytes: [UInt8], _ isError: Bool) -> Void)?

  /// Runs one snippet.
  package func run(_ source: [UInt8], filename: String = "<snippet>", limits: Limits = Limits()) -> Result {
    output = []
    let ticksBefore = vm.beginRun(
      ticks: limits.ticks, memoryBytes: limits.memoryBytes, outputBytes: limits.outputBytes,
      recursion: limits.recursion)
    instance.host.sources[filename] = source.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    var outcome = Outcome.ok
    var failure: Failure?
    var exitStatus = 0
    do throws(Unwind) {
      try vm.runMain(source, filename: filename, globals: globals)
    } catch {
      vm.prepareToReport(memoryBytes: limits.memoryBytes)
      switch error {
      case .limit(let limit): outcome = .limit(limit)
      case .exception:
        let exception = vm.takePending()
        if let status = vm.exitStatus(of: exception) {
          exitStatus = status.code
          if let message = status.message { append(message, true) }
          outcome = exitStatus == 0 ? .ok : .exception
        } else {
          let shown = vm.formatException(exception)
          append(shown, true)
          failure = Failure(
            type: vm.typeName(exception), message: vm.exceptionMessage(exception),
            traceback: String(decoding: shown, as: UTF8.self))
          outcome = vm.isInstance(exception, .syntaxError) ? .syntaxError
            : vm.isInstance(exception, .recursionError) ? .recursion : .exception
          exitStatus = 1
        }
      }
    }
    return Result(
      outcome: outcome, output: output, error: failure, ticks: vm.ticksUsed - ticksBefore, memoryBytes: vm.usedBytes,
      exitStatus: exitStatus)
  }

  /// Compiles for the runtime, and says what it needs to raise when that fails.
  private static func compile(_ request: CompileRequest) throws(CompileFailure) -> CodeObject {
    let mode: ParseMode =
      switch request.mode {
      case .module: .module
      case .interactive: .interactive
      case .expression: .expression
      }
    do throws(SyntaxError) {
      return try PythonCompiler.compile(
        source: request.source, mode: mode,
        options: CompileOptions(filename: request.filename, optimizationLevel: max(request.optimize, 0)))
    } catch {
      let kind: CompileFailure.Kind =
        switch error.kind {
        case .syntax: .syntax
        case .indentation: .indentation
        case .tab: .tab
        case .memory: .memory
        case .recursion: .recursion
        }
      throw CompileFailure(
        kind: kind, message: error.message, filename: request.filename, line: Int(error.line),
        column: Int(error.column), endLine: Int(error.endLine), endColumn: Int(error.endColumn), text: error.text)
    }
  }
}
