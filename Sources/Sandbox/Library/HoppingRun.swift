import Glibc
import PythonInterpreter
import PythonRuntime

/// Runs a program and, each time when so many ticks were used, leaves its image in a file and goes on from there in a new process, which
/// this one becomes. For tests: what is printed, and the number of ticks at the end, are those of a run in one piece.
package enum HoppingRun {
  private static let imageEnding = ".image"

  /// `arguments`: the ticks between two hops, a folder for the images, and the program or the image to go on with.
  package static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count == 3, let ticks = Int(arguments[0]), ticks > 0 else { return 2 }
    var status: Int32 = 1
    _ = InterpreterThread.run {
      status = hop(ticks: ticks, folder: arguments[1], program: arguments[2])
    }
    return status
  }

  private static func hop(ticks: Int, folder: String, program: String) -> Int32 {
    let base = BaseImageCache(folder: folder, trustsChecked: true)?.image { _ in }
    let progress: Interpreter.Progress
    let interpreter: Interpreter
    if program.hasSuffix(imageEnding) {
      guard let bytes = Files.read(program), let known = try? Image(decoding: bytes),
        let restored = try? Interpreter(image: known, base: base)
      else { return 2 }
      interpreter = restored
      interpreter.stream = print
      progress = interpreter.proceed()
    } else {
      guard let source = Files.read(program),
        let fresh = base.map({ try? Interpreter(base: $0) }) ?? Interpreter()
      else { return 2 }
      interpreter = fresh
      interpreter.stream = print
      progress = interpreter.begin(source, filename: program, sliceTicks: ticks)
    }
    // A process keeps its number when it becomes another one.
    let path = "\(folder)/hop-\(getpid())\(imageEnding)"
    guard case .finished(let result) = progress else {
      guard Files.write(interpreter.image().encoded(), to: path) else { return 2 }
      return become(["cellar", "hop", String(ticks), folder, path])
    }
    Files.remove(path)
    print(Array("\(result.ticks) ticks\n".utf8), isError: true)
    return Int32(truncatingIfNeeded: result.exitStatus)
  }

  private static func print(_ bytes: [UInt8], isError: Bool) {
    _ = Files.writeAll(bytes, to: isError ? STDERR_FILENO : STDOUT_FILENO)
  }

  /// Only returns when it fails.
  private static func become(_ arguments: [String]) -> Int32 {
    // SAFETY: the copies live until the process is another one, or until it ends soon after.
    var list = unsafe arguments.map { unsafe strdup($0) } + [nil]
    unsafe execv("/proc/self/exe", &list)
    return 2
  }
}
