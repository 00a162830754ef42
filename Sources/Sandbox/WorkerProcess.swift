import CSandbox
import Glibc
import PythonRuntime

/// A worker that was started: this program again, with the verb `worker`, in new namespaces where the host allows that,
/// with no descriptor but its end of a channel, the shared page, and /dev/null where programs expect their
/// standard streams. It is killed with its last reference here.
///
/// Start it on a thread that lives as long as the worker is to live: the kernel ends a worker with that thread.
@safe final class WorkerProcess: Sendable {
  /// The descriptors on which a worker finds its channel, and its shared page.
  static let channelDescriptor: Int32 = 3
  static let pageDescriptor: Int32 = 4
  /// The base image, if there is one.
  static let baseDescriptor: Int32 = 5

  /// How a process ended.
  enum End: Equatable, Sendable {
    case status(Int)
    case signal(Int32)
  }

  let channel: Channel
  let page: SharedPage
  let process: pid_t

  /// Starts a worker; `program` is the path of the program to run.
  init(program: String, base: BaseImage?) throws(Channel.Failure) {
    let (ours, theirs) = try Channel.pair()
    defer { close(theirs) }
    guard let file = SharedPage.makeFile(), let page = SharedPage(mapping: file.number) else { throw .system(errno) }
    channel = ours
    self.page = page
    let descriptors = [theirs, file.number, base?.descriptor ?? -1]
    var started = Self.start(program, descriptors, isolated: true)
    if started < 0 { started = Self.start(program, descriptors, isolated: false) }
    guard started > 0 else { throw .system(-started) }
    process = started
  }

  deinit {
    kill(process, SIGKILL)
    _ = waitForEnd()
  }

  /// The worker's: the base image that it was started with. It comes from the broker, which has verified it.
  static func baseImage() -> BaseImage? {
    guard fcntl(baseDescriptor, F_GETFD) >= 0 else { return nil }
    return try? BaseImage(descriptor: baseDescriptor, verifies: false)
  }

  /// How much memory it has at the moment.
  var residentBytes: Int {
    // SAFETY: the path lives during the call, and these flags take no third argument.
    let file = unsafe open("/proc/\(process)/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 128)
    // SAFETY: the array has room for what the call may write.
    let count = unsafe read(file, &text, text.count)
    let fields = String(decoding: text.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  /// Kills it, whatever it is doing; says how it ended, which may be of its own.
  func end() -> End {
    kill(process, SIGKILL)
    return waitForEnd()
  }

  /// The number of the new process, or the negative of the system's number for what went wrong.
  private static func start(_ program: String, _ descriptors: [Int32], isolated: Bool) -> pid_t {
    // A trap in a worker is answered by the broker; a backtrace would only take most of a second.
    let texts = [program, "0 \(geteuid()) 1", "0 \(getegid()) 1"]
    // SAFETY: all lists live during the call, which returns when the new process has become the program or ended.
    return unsafe withTerminatedList(["cellar", "worker"]) { arguments in
      unsafe withTerminatedList(["SWIFT_BACKTRACE=enable=no"]) { environment in
        unsafe withTerminatedList(texts) { texts in
          var start = unsafe sandbox_start()
          unsafe start.program = UnsafePointer(texts[0])
          unsafe start.arguments = UnsafePointer(arguments)
          unsafe start.environment = UnsafePointer(environment)
          unsafe start.users = UnsafePointer(texts[1])
          unsafe start.groups = UnsafePointer(texts[2])
          unsafe start.descriptors = (descriptors[0], descriptors[1], descriptors[2], -1, -1, -1, -1, -1)
          unsafe start.kinds =
            isolated ? Int32(sandbox_new_users | sandbox_new_processes) : 0
          let process = unsafe sandbox_start_worker(&start)
          let failure = unsafe start.failure
          guard process > 0, failure != 0 else { return process }
          var status: Int32 = 0
          while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
          return -failure
        }
      }
    }
  }

  private func waitForEnd() -> End {
    var status: Int32 = 0
    // SAFETY: the call writes one number to `status`.
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return .status(0) }
    }
    let signal = status & 0x7f
    return signal == 0 ? .status(Int(status >> 8 & 0xff)) : .signal(signal)
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
