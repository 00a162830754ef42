import CSandbox
import Glibc

/// A worker that was started: this program again, with the verb `worker`, an empty environment, and no descriptor but
/// its end of a channel (and /dev/null where programs expect their standard streams). It is killed with its last
/// reference here.
@safe final class WorkerProcess: Sendable {
  /// The descriptor on which a worker finds its channel.
  static let channelDescriptor: Int32 = 3

  let channel: Channel
  private let process: pid_t

  /// Starts a worker; `program` is the path of the program to run.
  init(program: String) throws(Channel.Failure) {
    let (ours, theirs) = try Channel.pair()
    defer { close(theirs) }
    channel = ours

    var actions = unsafe posix_spawn_file_actions_t()
    // SAFETY: `actions` is made by init and unmade by destroy; the calls between them copy what they are given.
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, theirs, Self.channelDescriptor)
    for stream in Int32(0)...2 {
      unsafe posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    unsafe posix_spawn_file_actions_addclosefrom_np(&actions, Self.channelDescriptor + 1)

    // A trap in a worker is answered by the broker; a backtrace would only take most of a second.
    let arguments = ["cellar", "worker"]
    let environment = ["SWIFT_BACKTRACE=enable=no"]
    var started: pid_t = 0
    // SAFETY: the lists are terminated by nil and live during the call, which copies them into the new process.
    let code = unsafe withTerminatedList(arguments) { arguments in
      unsafe withTerminatedList(environment) { environment in
        unsafe posix_spawn(&started, program, &actions, nil, arguments, environment)
      }
    }
    guard code == 0 else { throw .system(code) }
    process = started
  }

  deinit {
    kill(process, SIGKILL)
    _ = waitForEnd()
  }

  /// Ends the worker whatever it is doing; says how it ended if it had ended already.
  func end() -> String {
    kill(process, SIGKILL)
    return waitForEnd()
  }

  private func waitForEnd() -> String {
    var status: Int32 = 0
    // SAFETY: the call writes one number to `status`.
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return "it had ended before" }
    }
    let signal = status & 0x7f
    return signal == 0 ? "it ended with status \(status >> 8 & 0xff)" : "signal \(signal) ended it"
  }
}

/// Texts as C wants a list of them.
private func withTerminatedList<Answer>(
  _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Answer
) -> Answer {
  // SAFETY: strdup's copies live until they are freed after `body`, and the list ends with nil.
  var list = unsafe texts.map { unsafe strdup($0) } + [nil]
  defer { unsafe list.forEach { unsafe free($0) } }
  return unsafe list.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
}
