import PythonInterpreter
import Sandbox

/// `cellar run`: one program from a file or the standard input.
package enum Program {
  /// Runs it and answers the exit status: the program's own, 2 when a file cannot be read or written, 3 when a limit ended it.
  package static func run(_ path: String, traceFile: String? = nil) -> Int32 {
    let source: [UInt8]
    do throws(HostError) {
      source = try Host.read(path)
    } catch {
      Host.write("cellar: can't read '\(path)': \(error)\n", toErrors: true)
      return 2
    }
    let filename = path == "-" ? "<stdin>" : Host.absolute(path)
    guard let traceFile else { return LocalRun.run(source, filename: filename, limits: .init()) }
    var trace: [UInt8] = []
    let status = LocalRun.run(source, filename: filename, limits: .init()) { trace = $0 }
    do throws(HostError) {
      try Host.write(trace, toFile: traceFile)
    } catch {
      Host.write("cellar: can't write '\(traceFile)': \(error)\n", toErrors: true)
      return 2
    }
    return status
  }
}
