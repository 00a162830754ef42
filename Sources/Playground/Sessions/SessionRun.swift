import HTTPServer
import PythonInterpreter
import Sandbox
import SessionStore
import Synchronization

/// One snippet on its way through a session: it waits for its turn, runs in a worker on what the session's last run left,
/// is kept, and is answered. Everything happens in callbacks, because each change of thread would take longer than most
/// snippets.
final class SessionRun: Sendable {
  /// What has been decided when the snippet is sent to a worker.
  private struct Job {
    let known: Lane.Known
    let snippet: Snippet
    let parent: Int64?
    let after: Int
    /// Where the image was that the lane knew.
    let imageIsFrom: String
    var resumed = "fresh"
    var replayedRuns = 0
    /// What a replay left, in place of what the lane knows.
    var image: StoredImage?
  }

  /// Where what the run left belongs.
  private struct Place {
    let head: Int64
    let job: Job
  }

  /// What the run left, and where that belongs: either may be known first.
  private struct Left {
    var image: StoredImage?
    var place: Place?
  }

  /// The answer, and the session's version with which it is given: either may be known first.
  private struct Answer {
    var ending: RunEnding?
    var sessionTag: String?
  }

  private let left = Mutex(Left())
  private let answer = Mutex(Answer())
  private let book: SessionBook
  private let lane: Lane
  private let request: Request
  private let repeatable: RepeatableRequest?
  private let form: Snippet.Form
  /// Makes what is run, if that is not what the request says.
  private let making: Making?
  private let began: @Sendable (CurrentRun) -> Void
  private let ended: @Sendable (CurrentRun.Ending) -> Void

  typealias Making = @Sendable (Snippet.Defaults) throws(Problem) -> Snippet

  /// Has a request's snippet run in a session. `began` is told when it is its turn, `ended` in any case.
  static func start(
    _ request: Request, in id: String, book: SessionBook, repeatable: RepeatableRequest?, form: Snippet.Form,
    making: Making? = nil, began: @escaping @Sendable (CurrentRun) -> Void = { _ in },
    ended: @escaping @Sendable (CurrentRun.Ending) -> Void
  ) throws(Problem) {
    try book.take(id) { lane in
      SessionRun(book, lane, request, repeatable, form, making, began, ended).proceed()
    }
  }

  private init(
    _ book: SessionBook, _ lane: Lane, _ request: Request, _ repeatable: RepeatableRequest?, _ form: Snippet.Form,
    _ making: Making?, _ began: @escaping @Sendable (CurrentRun) -> Void,
    _ ended: @escaping @Sendable (CurrentRun.Ending) -> Void
  ) {
    self.book = book
    self.lane = lane
    self.request = request
    self.repeatable = repeatable
    self.form = form
    self.making = making
    self.began = began
    self.ended = ended
  }

  private func proceed() {
    if repeatable == nil {
      if let known = lane.known { return begin(known) }
      return book.resume(lane) { [self] result in
        switch result {
        case .success(let known): begin(known, imageIsFrom: "image")
        case .failure(let problem): finish(.failure(problem))
        }
      }
    }
    Task {
      do throws(Problem) {
        let known = try await book.known(lane)
        if let repeatable, let earlier = try await book.earlierRun(repeatable) { return finish(.success(earlier)) }
        begin(known)
      } catch {
        finish(.failure(error))
      }
    }
  }

  private func begin(_ known: Lane.Known, imageIsFrom origin: String = "memory") {
    do throws(Problem) {
      try book.refuseExpired(known.session)
      try request.requireMatch(known.session)
      guard known.session.runCount < SessionStore.mostRuns else {
        throw Problem(409, code: "session_full", detail: "A session holds \(SessionStore.mostRuns) runs; fork it.")
      }
      let defaults = Snippet.Defaults(
        limits: known.limits, ceiling: book.ceiling, seed: known.session.seed, clock: known.session.clock)
      let snippet = if let making { try making(defaults) } else { try Snippet(request, defaults: defaults) }
      let current = CurrentRun(number: known.session.runCount + 1, isStreamed: form == .events)
      lane.current = current
      began(current)
      choose(
        Job(
          known: known, snippet: snippet, parent: known.session.head, after: book.nextState(), imageIsFrom: origin,
          image: known.image))
    } catch {
      finish(.failure(error))
    }
  }

  /// Finds the quickest way to what the last run left.
  private func choose(_ job: Job, isAlive: Bool = true) {
    var job = job
    guard let parent = job.parent else { return send(job, .fresh) }
    if isAlive, job.known.live != nil {
      job.resumed = "memory"
      return send(job, .live)
    }
    if let image = job.image {
      job.resumed = job.imageIsFrom
      return send(job, image.start)
    }
    Task { [job] in
      var job = job
      if let image = (try? await book.store.image(of: parent)) ?? nil {
        job.image = image
        job.resumed = "image"
        send(job, image.start)
      } else {
        await replay(job)
      }
    }
  }

  /// Runs the session's snippets again, because there is no image that can be used.
  private func replay(_ job: Job) async {
    var job = job
    do throws(Problem) {
      guard let parent = job.parent else { return send(job, .fresh) }
      let replay = try await book.replay(to: parent, client: request.clientAddress)
      job.image = replay.image
      job.replayedRuns = replay.runs
      job.resumed = "replay"
      send(job, replay.image?.start ?? .fresh, isReplayed: true)
    } catch {
      finish(.failure(error))
    }
  }

  private func send(_ job: Job, _ start: RunStart, isReplayed: Bool = false) {
    var asked = job.snippet.runRequest(client: request.clientAddress)
    asked.filename = SnippetName.of(run: job.known.session.runCount + 1)
    asked.start = start
    asked.keepsImage = true
    asked.live = LiveState(session: lane.id, before: job.known.live ?? 0, after: job.after)
    let current = lane.current
    var onEvent: (@Sendable (RunEvent) -> Void)?
    if let current, current.isStreamed { onEvent = { current.tell($0) } }
    let attempt = current?.attempt() ?? 0
    do throws(WorkerPool.Refusal) {
      let ticket = try book.workers.run(
        asked, onEvent: onEvent, onImage: { [self] image in keepLeft { $0.image = StoredImage(image) } },
        completion: { [self] answer in answered(answer, job, isReplayed: isReplayed) })
      // The answer may have come already, and with it another attempt.
      current?.onCancel(of: attempt) { [workers = book.workers] in workers.cancel(ticket) }
    } catch {
      finish(.failure(Problem(error)))
    }
  }

  private func answered(_ answer: RunAnswer, _ job: Job, isReplayed: Bool) {
    if let failure = answer.changeFailure { return finish(.failure(Problem(failure))) }
    switch answer.stateProblem {
    case nil: keep(answer, job)
    case .missing?: choose(job, isAlive: false)
    case .damaged?, .otherBuild?:
      guard !isReplayed else {
        return finish(
          .failure(Problem(503, code: "session_unavailable", detail: "The session's state could not be made again.")))
      }
      Task { await replay(job) }
    }
  }

  private func keep(_ answer: RunAnswer, _ job: Job) {
    let found = RunReport(answer.report)
    let run = Run(job.snippet, answer, found, at: Moment.now)
    book.store.append(run, to: job.known.session, startedFrom: job.parent, for: repeatable) { [self] result in
      switch result {
      case .success(let session):
        kept(run, found, job, session: session)
        complete { $0.sessionTag = session.tag }
      case .failure(let error):
        lane.known = nil
        book.workers.forget(session: lane.id)
        finish(.failure(Problem(error)))
      }
    }
    // The answer is written while the run is.
    let place = RunPlace(
      session: lane.id, number: job.known.session.runCount + 1, startedAfresh: job.parent == nil, resumed: job.resumed,
      replayedRuns: job.replayedRuns)
    // Who follows the run from elsewhere wants JSON, whatever this request wants.
    let json = form == .text && lane.current?.isFollowed != true ? [] : run.json(at: place, found)
    let text = form == .text ? run.text : ""
    book.metrics.count(run.outcome, answer.usage)
    complete { $0.ending = RunEnding(outcome: run.outcome, text: text, json: json) }
  }

  /// Notes one half of the answer, and gives it when the other is there too.
  private func complete(_ note: (inout Answer) -> Void) {
    let answer = answer.withLock { answer in
      note(&answer)
      return answer
    }
    guard var ending = answer.ending, let tag = answer.sessionTag else { return }
    ending.sessionTag = tag
    finish(.success(ending))
  }

  private func kept(_ run: Run, _ found: RunReport, _ job: Job, session: Session) {
    var known = job.known
    known.session = session
    if run.leavesState {
      known.live = job.after
      known.image = nil
    } else {
      // The worker's instance may have gone on; the session has not.
      known.live = nil
      known.image = job.image
      book.workers.forget(session: lane.id)
    }
    lane.known = known
    if run.leavesState, let head = session.head { keepLeft { $0.place = Place(head: head, job: job) } }
    book.store.indexLater(run, number: session.runCount, of: session.key, Findings(run, found))
  }

  /// Notes one half of what the run left, and keeps it when the other is there too.
  private func keepLeft(_ note: (inout Left) -> Void) {
    let (image, place) = left.withLock { left in
      note(&left)
      return (left.image, left.place)
    }
    guard let image, let place else { return }
    lane.note(image, of: place.job.after)
    book.store.keepImageLater(image, of: place.head, parent: place.job.parent, previous: place.job.image) {
      [metrics = book.metrics] in
      metrics.count($0)
    }
  }

  private func finish(_ ending: CurrentRun.Ending) {
    let current = lane.current
    lane.current = nil
    ended(ending)
    current?.end(ending)
    lane.leave()
  }
}

extension Session {
  /// The version as an entity tag.
  var tag: String { "\"v\(version)\"" }
}

extension Request {
  /// Refuses a request whose `If-Match` names another version of the session.
  func requireMatch(_ session: Session) throws(Problem) {
    guard headers.contains("if-match") else { return }
    if case .failed = Preconditions.evaluate(headers, entityTag: session.tag) {
      throw Problem(.changedMeanwhile(session: session.id, version: session.version))
    }
  }
}
