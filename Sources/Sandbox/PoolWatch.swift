import Glibc

/// The thread of a pool: reads what workers say as it comes, and looks at them many times a second while they work.
final class PoolWatch {
  private static let busyMilliseconds: Int32 = 20
  private static let idleMilliseconds: Int32 = 50
  private static let startSeconds = 15.0
  /// A worker that was given work and never gets at it.
  private static let deafSeconds = 10.0

  private unowned let core: PoolCore
  private var readers: [Int: FrameReader] = [:]
  private var looks = 0
  private var lastBusy = ContinuousClock.now
  private var nextStart = ContinuousClock.now

  init(_ core: PoolCore) {
    self.core = core
  }

  func run() {
    while !core.hasStopped {
      startMissing()
      let (workers, isBusy) = core.read { state in
        (state.workers, !state.workers.allSatisfy(\.jobs.isEmpty) || state.workers.count != state.count)
      }
      if isBusy { lastBusy = .now }
      let isIdle = lastBusy.duration(to: .now).inSeconds > 1
      wait(workers, milliseconds: isBusy ? Self.busyMilliseconds : isIdle ? -1 : Self.idleMilliseconds)
      look()
    }
    core.change { $0.workers.removeAll() }
  }

  // MARK: Starting

  private func startMissing() {
    guard ContinuousClock.now >= nextStart else { return }
    let missing = core.read { state -> Int in
      let willing = state.workers.count { !$0.isStuck }
      let most = state.count * 3 + 2
      return min(state.count - willing, most - state.workers.count)
    }
    for _ in 0..<max(0, missing) {
      do throws(Channel.Failure) {
        let options = core.read { $0.options }
        let process = try WorkerProcess(program: options.program, base: options.base)
        core.change { $0.add(process) }
      } catch {
        core.change { state in
          state.failedStarts += 1
          state.incident(.notStarted, "A worker could not be started: \(error).")
          state.failWaiting()
        }
      }
    }
    let failures = core.read { $0.failedStarts }
    if failures > 2 { nextStart = .now + .milliseconds(min(1_000, 20 * failures)) }
  }

  // MARK: Reading

  private func wait(_ workers: [PoolWorker], milliseconds: Int32) {
    var requests = [pollfd(fd: core.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
    for worker in workers {
      let events = worker.outbox.isEmpty ? POLLIN : POLLIN | POLLOUT
      requests.append(pollfd(fd: worker.process.channel.descriptor, events: Int16(events), revents: 0))
    }
    if milliseconds < 0 {
      core.setAsleep(true)
      // A job that came before the flag was up has not woken anybody.
      if core.read({ !$0.jobs.isEmpty }) { return core.setAsleep(false) }
    }
    // SAFETY: the array and its length, during the call.
    let ready = unsafe poll(&requests, nfds_t(requests.count), milliseconds)
    core.setAsleep(false)
    guard ready > 0 else { return }
    if requests[0].revents != 0 { core.clearWake() }
    for (worker, request) in zip(workers, requests.dropFirst()) where request.revents != 0 {
      if request.revents & Int16(POLLOUT) != 0 {
        core.change { state in
          if let index = state.index(of: worker.number) { state.workers[index].flush() }
        }
      }
      read(worker)
    }
  }

  private func read(_ worker: PoolWorker) {
    var reader = readers.removeValue(forKey: worker.number) ?? FrameReader(longestMessage: 160 << 20)
    var failure: Channel.Failure?
    var messages: [WorkerMessage] = []
    do throws(Channel.Failure) {
      while try worker.process.channel.receive(into: &reader, acceptsDescriptors: false) {
        while let bytes = try reader.next() {
          guard let message = try? WorkerMessage(decoding: bytes) else { throw .malformed }
          messages.append(message)
        }
        if !messages.isEmpty { break }
      }
    } catch {
      failure = error
    }
    core.change { [messages] state in
      for message in messages {
        guard failure == nil || failure == .closed, let index = state.index(of: worker.number) else { return }
        do throws(Channel.Failure) {
          try state.receive(message, from: index)
        } catch {
          failure = error
        }
      }
      if failure == nil { state.dispatchWaiting() }
    }
    if failure == nil {
      readers[worker.number] = reader
    } else {
      bury(worker.number)
    }
  }

  /// Waits for a worker's end, which is near or has come, and has its jobs looked after.
  private func bury(_ number: Int) {
    readers[number] = nil
    let found = core.read { state in state.index(of: number).map { state.workers[$0].process } }
    guard let process = found else { return }
    let end = process.end()
    core.change { $0.buried(number, end) }
  }

  // MARK: Watching

  private func look() {
    looks &+= 1
    let now = ContinuousClock.now
    let looksAtMemory = looks % 8 == 0
    let doomed = core.read { state -> [WorkerProcess] in
      var doomed: [WorkerProcess] = []
      for index in state.workers.indices {
        state.workers[index].look(now)
        if let doom = Self.doom(of: state.workers[index], state, now, looksAtMemory) {
          state.workers[index].doom = doom
        }
        if state.workers[index].doom != nil { doomed.append(state.workers[index].process) }
      }
      return doomed
    }
    // Their channels close with them, which is where they are buried.
    for process in doomed { kill(process.process, SIGKILL) }
    core.change { state in
      for index in state.workers.indices where state.workers[index].isStuck { state.relieve(index) }
      state.dispatchWaiting()
    }
  }

  /// Why a worker is to be ended now.
  private static func doom(
    of worker: PoolWorker, _ state: PoolState, _ now: ContinuousClock.Instant, _ looksAtMemory: Bool
  ) -> PoolWorker.Doom? {
    if worker.doom != nil { return nil }
    guard worker.confinement != nil else {
      return worker.started.duration(to: now).inSeconds > startSeconds ? .hung : nil
    }
    if worker.jobs.isEmpty {
      // The latest goes: the earlier ones have the sessions.
      let isSurplus = state.workers.count { !$0.isStuck } > state.count && state.workers.last?.number == worker.number
      return isSurplus && worker.restSeconds > 0.5 ? .surplus : nil
    }
    let current = state.currentJob(of: worker)
    if current?.waitsForInput == true { return nil }
    if let deadline = current?.cancelDeadline, deadline < now { return .cancelled }
    if worker.silence > current?.patienceSeconds ?? deafSeconds { return .hung }
    if looksAtMemory, worker.process.residentBytes > state.workerMemoryBytes { return .memory }
    return nil
  }
}
