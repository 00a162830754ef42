import Dispatch
import PythonRuntime
import Synchronization

/// Runs one program of a person's own in a worker, as a service would: what it prints goes to the process's streams as
/// it comes, and what it reads is asked for line by line.
package final class SandboxedRun: Sendable {
  private let pool: WorkerPool
  private let done = DispatchSemaphore(value: 0)
  private let answer = Mutex<RunAnswer?>(nil)
  private let ticket = Mutex<WorkerPool.Ticket?>(nil)
  /// Lines are read here, so that nobody else waits for a person.
  private let reading = DispatchQueue(label: "cellar.input")
  private let lines = Mutex(StandardInput())

  private init() {
    var options = WorkerPool.Options()
    options.workers = 1
    options.memoryShare = 0.9
    options.base = LibraryBase.personal
    pool = WorkerPool(options)
  }

  /// False where a worker would lack the library that the program may import: in builds for development.
  package static var isPossible: Bool { LocalInterpreter.buildsImages }

  /// Runs a program; answers the exit status: the program's own, or 3 when a limit ended it.
  package static func run(_ request: RunRequest) -> Int32 {
    SandboxedRun().perform(request)
  }

  private func perform(_ program: RunRequest) -> Int32 {
    var request = program
    request.isProgram = true
    ticket.withLock { ticket in
      ticket = try? pool.run(
        request, onEvent: { [self] in handle($0) }, onInput: { [self] in provideLine() },
        completion: { [self] final in
          answer.withLock { $0 = final }
          done.signal()
        })
    }
    done.wait()
    pool.close()
    guard let answer = answer.withLock({ $0 }) else { return 1 }
    switch answer.outcome {
    case .ok, .exception, .syntaxError, .recursion: return Int32(truncatingIfNeeded: answer.exitStatus)
    case .memory where answer.error != nil: return 1
    case .crashed: return 1
    case .time, .ticks, .memory, .output, .cancelled:
      StandardStream.errors.write("cellar: the run was ended by its limit of \(answer.outcome.rawValue)\n")
      return 3
    }
  }

  private func handle(_ event: RunEvent) {
    guard case .output(let piece) = event else { return }
    (piece.isError ? StandardStream.errors : .output).write(piece.text)
  }

  private func provideLine() {
    reading.async { [self] in
      let line = lines.withLock { $0.next() ?? [] }
      if let ticket = ticket.withLock({ $0 }) { pool.provide(line, to: ticket) }
    }
  }
}
