import HTTPServer
import PythonInterpreter
import Sandbox
import SessionStore

extension SessionBook {
  /// What replaying a session came to.
  struct Replay: Sendable {
    /// Nil when the snippets left nothing that could be kept.
    let image: StoredImage?
    let runs: Int
  }

  /// Runs the snippets that led to where a run ended, with the same seed and clock, and keeps the image that they leave.
  /// Snippets are deterministic, so it is the image that was lost; one that fails now leaves things as they were before it.
  func replay(to head: Int64, client: String) async throws(Problem) -> Replay {
    let line = try await fromStore { () async throws(StoreError) in try await store.line(to: head) }
    let requests = line.map { past in
      var asked = RunRequest(again: past, ceiling: ceiling, client: client)
      // The machine may be slower today; what else a run may use is counted in work, and is the same.
      asked.limits.seconds = max(asked.limits.seconds * 4, ceiling.seconds)
      return asked
    }
    let replay = Replay(image: try await image(after: requests), runs: requests.count)
    if let image = replay.image {
      store.keepImageLater(image, of: head, parent: nil, previous: nil, replacing: true) { [metrics] in
        metrics.count($0)
      }
    }
    metrics.replays.add()
    return replay
  }

  /// The image that runs leave, one after the other from the beginning; one that leaves none changes nothing.
  func image(after requests: [RunRequest]) async throws(Problem) -> StoredImage? {
    var image: StoredImage?
    for request in requests {
      var asked = request
      asked.keepsImage = true
      asked.start = image?.start ?? .fresh
      if let left = try await run(asked).image { image = StoredImage(left) }
    }
    return image
  }

  /// Runs something in a worker and waits for its answer.
  func run(_ asked: RunRequest) async throws(Problem) -> RunAnswer {
    let answer: Result<RunAnswer, Problem> = await withCheckedContinuation { continuation in
      do throws(WorkerPool.Refusal) {
        try workers.run(asked) { continuation.resume(returning: .success($0)) }
      } catch {
        continuation.resume(returning: .failure(Problem(error)))
      }
    }
    return try answer.get()
  }

  /// The answer that a request got when it came first; nil when it is new.
  func earlierRun(_ request: RepeatableRequest) async throws(Problem) -> RunEnding? {
    try await fromStore { () async throws(StoreError) in
      guard case .run(let number, let session)? = try await store.earlierAnswer(to: request) else { return nil }
      return RunEnding(try await store.run(number, of: session), of: session)
    }
  }
}

extension RunRequest {
  /// A run of a session, to be made again as it was; what it begins with is still to be said.
  init(again past: NumberedRun, ceiling: RunLimits, client: String) {
    self.init(source: past.run.source, limits: RunLimits(kept: past.run.limits).within(ceiling))
    filename = SnippetName.of(run: past.number)
    input = Array(past.run.stdin.utf8)
    seed = Int(past.run.seed)
    clock = Double(past.run.clock)
    change = past.run.change.flatMap { CellChange(kept: $0) }
    keepsImage = true
    self.client = client
  }
}

extension RunEnding {
  /// The answer of a run that was kept.
  init(_ kept: NumberedRun, of session: String) {
    let place = RunPlace(session: session, number: kept.number, startedAfresh: kept.parent == nil)
    self.init(outcome: kept.run.outcome, text: kept.run.text, json: kept.run.json(at: place))
  }
}

extension StoredImage {
  /// What a worker gave, as it is kept.
  init(_ image: RunStart.Image) {
    self.init(
      build: String(image.fingerprint, radix: 16), head: image.head,
      pages: Dictionary(image.pages.map { ($0.number, $0.bytes) }, uniquingKeysWith: { _, last in last }))
  }

  /// What a worker is told to begin with.
  var start: RunStart {
    .image(
      RunStart.Image(
        fingerprint: UInt64(build, radix: 16) ?? 0, head: head,
        pages: pages.sorted { $0.key < $1.key }.map { RunStart.Image.Page(number: $0.key, bytes: $0.value) }))
  }
}
