import CSandbox
import Dispatch
import Glibc
import Synchronization

/// A pool's state and the thread that serves it: it starts workers, reads what they say, and watches them. The kernel ends
/// workers with the thread that started them, so that thread lives as long as the pool.
final class PoolCore: Sendable {
  private let state: Mutex<PoolState>
  private let isStopping = Atomic<Bool>(false)
  /// True while the thread waits without a time limit, and must be woken to look at a new job.
  private let isAsleep = Atomic<Bool>(false)
  private let wakeIn: Descriptor
  private let wakeOut: Descriptor
  let workerCount: Int

  /// Signalled when the watching thread has ended the workers.
  private let ended = DispatchSemaphore(value: 0)

  init(_ options: WorkerPool.Options) {
    let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    workerCount = max(1, options.workers ?? processors)
    let machineBytes = sysconf(Int32(_SC_PHYS_PAGES)) &* sysconf(Int32(_SC_PAGESIZE))
    let share = Int(Double(machineBytes) * options.memoryShare) / workerCount
    let memory = options.workerMemoryBytes ?? max(256 << 20, share)
    state = Mutex(PoolState(options, count: workerCount, workerMemoryBytes: memory))
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    // SAFETY: the array has room for the two descriptors that the call writes.
    let code = unsafe socketpair(AF_UNIX, kind, 0, &ends)
    precondition(code == 0, "A pool of workers needs two descriptors.")
    wakeIn = Descriptor(ends[0])
    wakeOut = Descriptor(ends[1])
  }

  func start() {
    let started = LongThread.start { [self] in
      PoolWatch(self).run()
      ended.signal()
    }
    precondition(started, "A pool of workers needs a thread.")
  }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    wake()
  }

  /// Returns when the workers are gone, after `stop`.
  func waitForEnd() { ended.wait() }

  var hasStopped: Bool { isStopping.load(ordering: .acquiring) }

  // MARK: For any thread

  func submit(
    _ kind: PoolJob.Kind, client: String, onInput: (@Sendable () -> Void)? = nil,
    onImage: (@Sendable (RunStart.Image) -> Void)? = nil
  ) throws(WorkerPool.Refusal) -> Int {
    var result: Result<Int, WorkerPool.Refusal> = .failure(.overloaded)
    let effects = state.withLock { state in
      do throws(WorkerPool.Refusal) {
        result = .success(try state.submit(kind, client: client, onInput: onInput, onImage: onImage))
      } catch {
        result = .failure(error)
      }
      return state.takeEffects()
    }
    if isAsleep.load(ordering: .relaxed) { wake() }
    for effect in effects { effect() }
    return try result.get()
  }

  func cancel(_ number: Int) {
    change { $0.cancel(number) }
    if isAsleep.load(ordering: .relaxed) { wake() }
  }

  func trap(_ number: Int) {
    change { $0.trap(number) }
  }

  func forget(_ session: String) {
    change { $0.forget(session) }
  }

  var confinement: Confinement? {
    state.withLock { state in
      let known = state.workers.compactMap { $0.doom == nil ? $0.confinement : nil }
      return known.min { $0.level < $1.level }
    }
  }

  var statistics: WorkerPool.Statistics { state.withLock { $0.current } }
  var processes: [Int32] { state.withLock { $0.workers.map(\.process.process) } }

  /// Changes the state, and does what follows from that when the lock is open again.
  func change(_ body: (inout PoolState) -> Void) {
    let effects = state.withLock { state in
      body(&state)
      return state.takeEffects()
    }
    for effect in effects { effect() }
  }

  /// Reads something off the state.
  func read<Answer: Sendable>(_ body: (inout PoolState) -> Answer) -> Answer {
    state.withLock { body(&$0) }
  }

  // MARK: Waking the thread

  var wakeDescriptor: Int32 { wakeOut.number }

  func setAsleep(_ asleep: Bool) {
    isAsleep.store(asleep, ordering: .relaxed)
  }

  private func wake() {
    // SAFETY: one byte, which lives during the call. When the buffer is full the thread is awake already.
    var byte: UInt8 = 1
    _ = unsafe write(wakeIn.number, &byte, 1)
  }

  func clearWake() {
    var bytes = [UInt8](repeating: 0, count: 64)
    // SAFETY: the array has room for what the call may write.
    while unsafe Glibc.read(wakeOut.number, &bytes, bytes.count) == bytes.count {}
  }
}
