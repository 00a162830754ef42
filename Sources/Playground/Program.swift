import PythonInterpreter
import Sandbox

/// What a person says about a program of theirs.
package struct ProgramOptions: Sendable {
  package var isSandboxed = true
  package var ticks: Int?
  package var seconds: Double?
  package var memoryBytes: Int?
  package var seed: Int?

  package init() {}

  var limits: RunLimits {
    RunLimits(
      seconds: seconds ?? 1e9, ticks: ticks ?? .max / 16, memoryBytes: memoryBytes ?? .max, outputBytes: .max,
      recursion: 1_000)
  }
}

/// `cellar run`: one program from a file or the standard input.
package enum Program {
  /// Runs it and answers the exit status: the program's own, 2 when a file cannot be read or written, 3 when a limit ended it.
  package static func run(_ path: String, _ options: ProgramOptions, traceFile: String? = nil) -> Int32 {
    let source: [UInt8]
    do throws(HostError) {
      source = try Host.read(path)
    } catch {
      Host.write("cellar: can't read '\(path)': \(error)\n", toErrors: true)
      return 2
    }
    let filename = path == "-" ? "<stdin>" : Host.absolute(path)
    if options.isSandboxed, SandboxedRun.isPossible, traceFile == nil {
      let text = String(validating: source, as: UTF8.self)
      var request = RunRequest(source: text ?? "", limits: options.limits)
      request.sourceBytes = text == nil ? source : nil
      request.filename = filename
      request.seed = options.seed ?? 0
      return SandboxedRun.run(request)
    }
    if !options.isSandboxed {
      Host.write("cellar: the program runs without a sandbox, in this process.\n", toErrors: true)
    }
    var trace: [UInt8] = []
    let status = LocalRun.run(
      source, filename: filename, limits: .init(options.limits), seconds: options.seconds,
      onTrace: traceFile == nil ? nil : { trace = $0 })
    guard let traceFile else { return status }
    do throws(HostError) {
      try Host.write(trace, toFile: traceFile)
    } catch {
      Host.write("cellar: can't write '\(traceFile)': \(error)\n", toErrors: true)
      return 2
    }
    return status
  }
}
