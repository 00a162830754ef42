import CSandbox
import Glibc
import PythonInterpreter

/// The inside of a worker process: it gives up what it will not need, then runs one snippet after the other, each in a
/// fresh instance, until its broker closes the channel.
package enum Worker {
  /// How far workers are confined: 1 is a process of its own with resource limits and no descriptors of the broker's.
  package static let sandboxLevel = 1

  /// Never returns; whatever ends the process ends only this worker.
  package static func serve() -> Never {
    var status: Int32 = 1
    _ = InterpreterThread.run {
      confine()
      status = work()
    }
    exit(status)
  }

  private static func work() -> Int32 {
    let channel = Channel(descriptor: WorkerProcess.channelDescriptor)
    while true {
      // Made ahead, while nobody waits for it.
      guard let interpreter = Interpreter() else { return 1 }
      guard let message = try? channel.receive(until: .never) else { return 0 }
      var reader = WireReader(message)
      guard let request = try? RunRequest(&reader) else { return 2 }
      var writer = WireWriter()
      run(request, on: interpreter).write(to: &writer)
      guard (try? channel.send(writer.bytes, until: .never)) != nil else { return 1 }
    }
  }

  private static func run(_ request: RunRequest, on interpreter: Interpreter) -> RunAnswer {
    // Three watch the clock: the interpreter itself, which then still tells what was printed; the broker, for native
    // work that does not end; and the system, in case the broker is gone.
    let deadline = Deadline.after(seconds: request.limits.seconds)
    interpreter.instance.host.isCancelled = { deadline.millisecondsLeft == 0 ? .time : nil }
    alarm(UInt32(clamping: Int(min(request.limits.seconds, 3_600).rounded(.up)) + 5))
    defer { alarm(0) }
    return RunAnswer(interpreter.run(Array(request.source.utf8), limits: .init(request.limits)))
  }

  /// No new privileges, no more processes or threads, few files, no dumps.
  private static func confine() {
    precondition(forbid_new_privileges() == 0, "A worker could not give up new privileges.")
    let limits = [
      (RLIMIT_CORE, 0), (__RLIMIT_NPROC, 0), (RLIMIT_NOFILE, 16), (__RLIMIT_MEMLOCK, 0), (__RLIMIT_MSGQUEUE, 0),
    ]
    for (resource, most) in limits {
      var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most))
      // SAFETY: the call reads one structure, which lives during it.
      let code = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
      precondition(code == 0, "A worker could not set its own limits.")
    }
  }
}

extension Interpreter.Limits {
  fileprivate init(_ limits: RunLimits) {
    self.init()
    ticks = limits.ticks
    memoryBytes = limits.memoryBytes
    outputBytes = limits.outputBytes
    recursion = limits.recursion
  }
}

extension RunAnswer {
  fileprivate init(_ result: Interpreter.Result) {
    switch result.outcome {
    case .ok: self.init(.ok)
    // A program may handle the exception; when it does not, the limit is what ended it.
    case .exception: self.init(result.error?.type == "MemoryError" ? .memory : .exception)
    case .syntaxError: self.init(.syntaxError)
    case .recursion: self.init(.recursion)
    case .limit(let limit): self.init(Outcome(rawValue: "\(limit)") ?? .crashed)
    }
    pieces = result.output.map { Piece(isError: $0.isError, text: String(decoding: $0.bytes, as: UTF8.self)) }
    error = result.error.map { Failure(type: $0.type, message: $0.message, text: $0.traceback) }
    usage.ticks = result.ticks
    usage.memoryBytes = result.memoryBytes
    usage.outputBytes = result.output.reduce(0) { $0 + $1.bytes.count }
  }
}
