import PythonInterpreter
import Sandbox

/// `cellar run`: one program from a file or the standard input.
package enum Program {
  /// Runs it and answers the exit status: the program's own, 2 when the file cannot be read, 3 when a limit ended it.
  package static func run(_ path: String) -> Int32 {
    let source: [UInt8]
    do throws(HostError) {
      source = try Host.read(path)
    } catch {
      Host.write("cellar: can't read '\(path)': \(error)\n", toErrors: true)
      return 2
    }
    return LocalRun.run(source, filename: path == "-" ? "<stdin>" : path, limits: .init())
  }
}
