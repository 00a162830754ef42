import CSandbox
import Glibc

/// The inside of a worker process: it gives up what it will not need, then does one job after the other until its
/// broker closes the channel.
package enum Worker {
  /// How far workers are confined: 1 is a process of its own with resource limits and no descriptors of the broker's.
  package static let sandboxLevel = 1

  /// Never returns. `job` answers a message with a message; whatever ends the process ends only this worker.
  package static func serve(_ job: (RunRequest) -> RunAnswer) -> Never {
    confine()
    let channel = Channel(descriptor: WorkerProcess.channelDescriptor)
    while let message = try? channel.receive(until: .never) {
      guard let request = RunRequest(decoding: message) else { exit(2) }
      // The broker ends a worker that is late. If the broker is gone, this does.
      alarm(UInt32(clamping: Int(request.limits.seconds.rounded(.up)) + 5))
      let answer = job(request)
      alarm(0)
      guard (try? channel.send(answer.encoded(), until: .never)) != nil else { exit(1) }
    }
    exit(0)
  }

  /// No new privileges, few files, no processes, no dumps.
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
