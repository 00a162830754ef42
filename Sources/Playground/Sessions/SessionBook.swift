import HTTPServer
import Sandbox
import SessionStore
import Synchronization

/// The sessions that are in use. Requests for one session are served in order, those for different ones side by side.
final class SessionBook: Sendable {
  let store: SessionStore
  let workers: WorkerPool
  let limits: RunLimits
  let ceiling: RunLimits
  let metrics: RunMetrics
  let indexer: Indexer
  private let state = Mutex(State())

  private struct State {
    var lanes: [String: Lane] = [:]
    var uses: UInt64 = 0
    var states = 0
  }

  /// How many sessions are remembered while nobody uses them, and how many bytes of their images.
  private static let mostLanes = 20_000
  private static let mostImageBytes = 128 << 20
  /// How often, in uses, it is looked whether that is too much.
  private static let usesBetweenLooks: UInt64 = 256

  init(store: SessionStore, workers: WorkerPool, limits: RunLimits, ceiling: RunLimits, metrics: RunMetrics) {
    self.store = store
    self.workers = workers
    self.limits = limits
    self.ceiling = ceiling
    self.metrics = metrics
    indexer = Indexer(store: store)
  }

  /// Has something done when it is the turn of a session's request; it must have the lane left in the end.
  func take(_ id: String, _ turn: @escaping @Sendable (Lane) -> Void) throws(Problem) {
    let (lane, moment) = state.withLock { state in
      state.uses += 1
      let lane = state.lanes[id] ?? Lane(id: id)
      state.lanes[id] = lane
      return (lane, state.uses)
    }
    if moment % Self.usesBetweenLooks == 0 { forgetSome() }
    try lane.take(at: moment) { turn(lane) }
  }

  /// Does something with a session when it is its turn. `known` is nil inside when the session was not read yet.
  func during<Answer: Sendable>(
    _ id: String, _ body: @Sendable (Lane) async throws(Problem) -> Answer
  ) async throws(Problem) -> Answer {
    let taken: Result<Lane, Problem> = await withCheckedContinuation { continuation in
      do throws(Problem) {
        try take(id) { continuation.resume(returning: .success($0)) }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    let lane = try taken.get()
    defer { lane.leave() }
    return try await body(lane)
  }

  /// The run of a session that is under way.
  func current(_ id: String) -> CurrentRun? {
    state.withLock { $0.lanes[id] }?.current
  }

  /// A session as it stands, read if it must be. Only for whoever has the lane's turn.
  func known(_ lane: Lane) async throws(Problem) -> Lane.Known {
    if let known = lane.known {
      try refuseExpired(known.session)
      return known
    }
    do throws(Problem) {
      let session = try await session(lane.id)
      let known = Lane.Known(session: session, limits: RunLimits(kept: session.limits).within(ceiling))
      lane.known = known
      return known
    } catch {
      remove(lane.id)
      throw error
    }
  }

  /// The same with what the session's next run begins with, for who does not wait.
  func resume(_ lane: Lane, then: @escaping @Sendable (Result<Lane.Known, Problem>) -> Void) {
    store.resume(lane.id) { [self] result in
      do throws(Problem) {
        let kept = try result.mapError { Problem($0) }.get()
        try refuseExpired(kept.session)
        let known = Lane.Known(
          session: kept.session, limits: RunLimits(kept: kept.session.limits).within(ceiling), image: kept.image)
        lane.known = known
        then(.success(known))
      } catch {
        remove(lane.id)
        then(.failure(error))
      }
    }
  }

  /// A session as it is kept.
  func session(_ id: String) async throws(Problem) -> Session {
    let session = try await fromStore { () async throws(StoreError) in try await store.session(id) }
    try refuseExpired(session)
    return session
  }

  /// A session whose time is over is gone, whether it was removed already or not.
  func refuseExpired(_ session: Session) throws(Problem) {
    if session.isExpired(at: Moment.now) { throw Problem(.gone("session \(session.id)")) }
  }

  /// Gives up what is known of a session.
  func remove(_ id: String) {
    workers.forget(session: id)
    state.withLock { _ = $0.lanes.removeValue(forKey: id) }
  }

  /// A number that names a new state of a session to the workers.
  func nextState() -> Int {
    state.withLock { state in
      state.states += 1
      return state.states
    }
  }

  /// How many sessions are remembered.
  var laneCount: Int { state.withLock { $0.lanes.count } }

  private func forgetSome() {
    let lanes = state.withLock { $0.lanes }
    let idle = lanes.values.compactMap { lane in lane.idleSince.map { (lane: lane, since: $0) } }
      .sorted { $0.since < $1.since }
    var bytes = idle.reduce(0) { $0 + $1.lane.heldBytes }
    for (lane, _) in idle where bytes > Self.mostImageBytes {
      bytes -= lane.heldBytes
      lane.dropImage()
    }
    let surplus = lanes.count - Self.mostLanes
    guard surplus > 0 else { return }
    state.withLock { state in
      for (lane, since) in idle.prefix(surplus) where lane.idleSince == since { state.lanes[lane.id] = nil }
    }
  }
}
