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
  /// It begins with the last image on the way, if that can be used.
  func replay(to head: Int64, client: String) async throws(Problem) -> Replay {
    var line = try await line(to: head, afterImage: true)
    var image: StoredImage?
    if let parent = line.first?.parent {
      if let first = (try? await store.image(of: parent)) ?? nil {
        image = try await self.image(after: requests(of: line, client), from: first)
      }
      if image == nil { line = try await self.line(to: head, afterImage: false) }
    }
    if image == nil { image = try await self.image(after: requests(of: line, client)) }
    if let image {
      store.keepImageLater(image, of: head, parent: nil, previous: nil, replacing: true) { [metrics] in
        metrics.count($0)
      }
    }
    metrics.replays.add()
    return Replay(image: image, runs: line.count)
  }

  private func line(to head: Int64, afterImage: Bool) async throws(Problem) -> [NumberedRun] {
    try await fromStore { () async throws(StoreError) in try await store.line(to: head, afterImage: afterImage) }
  }

  private func requests(of line: [NumberedRun], _ client: String) -> [RunRequest] {
    line.map { past in
      var asked = RunRequest(again: past, ceiling: ceiling, client: client)
      // The machine may be slower today; what else a run may use is counted in work, and is the same.
      asked.limits.seconds = max(asked.limits.seconds * 4, ceiling.seconds)
      return asked
    }
  }

  /// The image that runs leave, one after the other from the beginning or from an image on; one that leaves none changes nothing. Nil when
  /// none left any, or the image that they begin with cannot be used.
  func image(after requests: [RunRequest], from first: StoredImage? = nil) async throws(Problem) -> StoredImage? {
    var image = first
    for request in requests {
      var asked = request
      asked.keepsImage = true
      asked.start = image?.start ?? .fresh
      let answer = try await run(asked)
      if first != nil, answer.stateProblem != nil { return nil }
      if let left = answer.image { image = StoredImage(left) }
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
