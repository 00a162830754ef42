import Glibc

/// What the machine tells about itself: clocks, this process's use of resources, threads of our own.
package enum Machine {
  /// Nanoseconds on a clock that never goes back.
  package static func monotonicNanoseconds() -> UInt64 {
    nanoseconds(of: CLOCK_MONOTONIC)
  }

  /// Nanoseconds since 1970.
  package static func realTimeNanoseconds() -> UInt64 {
    nanoseconds(of: CLOCK_REALTIME)
  }

  private static func nanoseconds(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    // SAFETY: the call fills in a local of the right type.
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Holds the calling thread up; for tests and start-up only, never for the event loop.
  package static func pause(milliseconds: Int) {
    usleep(UInt32(milliseconds * 1000))
  }

  /// User and system time that this process has used, in seconds.
  package static func processorSeconds() -> Double {
    var usage = rusage()
    // SAFETY: the call fills in a local of the right type.
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
  }

  package static var pageBytes: Int { sysconf(Int32(_SC_PAGESIZE)) }

  /// Raises the soft limit of open descriptors to the hard one; gives the limit that is then in force.
  package static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    // SAFETY: both calls work on a local of the right type.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }

  /// Makes a write to a closed pipe or socket an error instead of the end of the process.
  package static func ignoreBrokenPipes() {
    ignoreSignal(SIGPIPE)
  }

  /// The signals that ask a process to end.
  static let endingSignals = [SIGTERM, SIGINT]

  /// Keeps a signal from ending the process; a Dispatch source can still see it.
  static func ignoreSignal(_ number: Int32) {
    _ = signal(number, SIG_IGN)
  }

  /// Runs the body on a new thread of its own, detached.
  static func startThread(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    final class Work {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    // SAFETY: the retained reference is released once: by the thread when it starts, or below when there is none.
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        let work = unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
        work.body()
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      unsafe work.release()
      throw SystemError(call: "pthread_create", code: status)
    }
    pthread_detach(thread)
  }
}
