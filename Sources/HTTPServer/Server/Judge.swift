/// Decides about a request from its head alone, before any of its body is read: whether it is meant for this server,
/// whether its sender may do this, whether there is such a route, and how large a body it may have.
struct Judge {
  /// What will answer the request.
  enum Target {
    case route(Route, PathParameters)
    case file(StaticFile)
    /// The answer is settled already.
    case settled(Response)
  }

  /// The decision, and what the answer's head will say because of it.
  struct Judgement {
    var target: Target
    /// The route's template, `files`, or `none`: a label from a fixed set.
    var route: String
    var bodyLimit: Int
    var grantedOrigin: String?
    var variesByOrigin = false
    var rate: RateLimiter.Verdict?
  }

  private let router: Router
  private let hosts: HostPolicy
  private let origins: OriginPolicy
  private let limits: Limits
  private var limiter: RateLimiter?

  init(router: Router, configuration: Configuration) {
    self.router = router
    hosts = configuration.hosts
    origins = configuration.origins
    limits = configuration.limits
    limiter = configuration.rateLimit.map { RateLimiter($0) }
  }

  /// Judges a request of a client.
  mutating func judge(_ head: RequestHead, client: String, now: Int) -> Judgement {
    if !hosts.allows(authority: head.authority) {
      return settled(
        Problem(421, code: "unknown_host", detail: "This server does not answer to the host name in the request."))
    }
    if head.path == "*" {
      return settled(Response(204).adding("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
    }
    switch router.resolve(head.method, head.path) {
    case .route(let route, let parameters):
      return judge(head, route, parameters, client: client, now: now)
    case .otherMethods(let allow):
      return head.method == .options ? options(head, allow: allow) : settled(.methodNotAllowed(allow: allow))
    case .nothing:
      return judgeFile(head)
    }
  }

  private mutating func judge(
    _ head: RequestHead, _ route: Route, _ parameters: PathParameters, client: String, now: Int
  ) -> Judgement {
    var judgement = Judgement(
      target: .route(route, parameters), route: route.template,
      bodyLimit: route.options.bodyLimit ?? limits.bodyBytes)
    let isShared = route.options.isShared
    if isShared {
      judgement.variesByOrigin = true
      judgement.grantedOrigin = head.headers["origin"].flatMap(origins.grant)
    }
    if let problem = refusal(head, route) {
      judgement.target = .settled(problem.response())
      return judgement
    }
    if route.options.isRateLimited, let verdict = limiter?.take(client: client, now: now) {
      judgement.rate = verdict
      if !verdict.isAllowed {
        let problem = Problem(429, code: "too_many_requests", detail: "Too many requests; try again later.")
        judgement.target = .settled(problem.field("Retry-After", String(verdict.retrySeconds)).response())
      }
    }
    return judgement
  }

  private func refusal(_ head: RequestHead, _ route: Route) -> Problem? {
    if !head.method.isSafe,
      let problem = origins.refusal(head.headers, authority: head.authority, isShared: route.options.isShared)
    {
      return problem
    }
    guard head.framing != .none else { return nil }
    if let coding = head.headers["content-encoding"], coding.lowercased() != "identity" {
      return Problem(415, code: "unsupported_encoding", detail: "The body must not be encoded.")
        .field("Accept-Encoding", "identity")
    }
    if let taken = route.options.mediaTypes {
      let type = head.headers["content-type"].map { MediaType.essence(of: $0) }
      if type.map({ !taken.contains($0) }) ?? true { return .unsupportedType(taken) }
    }
    return nil
  }

  private func judgeFile(_ head: RequestHead) -> Judgement {
    guard let file = router.files?.file(at: head.path) else { return settled(.notFound()) }
    let allow = "GET, HEAD, OPTIONS"
    switch head.method {
    case .get, .head: return Judgement(target: .file(file), route: "files", bodyLimit: limits.bodyBytes)
    case .options: return options(head, allow: allow)
    case .post, .put, .patch, .delete, .trace, .connect, .query: return settled(.methodNotAllowed(allow: allow))
    }
  }

  /// Answers OPTIONS, and the preflight question of a page of another origin.
  private func options(_ head: RequestHead, allow: String) -> Judgement {
    var judgement = settled(Response(204).adding("Allow", allow))
    guard let origin = head.headers["origin"], let wanted = head.headers["access-control-request-method"],
      let method = Method(rawValue: wanted), case .route(let route, _) = router.resolve(method, head.path),
      route.options.isShared
    else { return judgement }
    judgement.variesByOrigin = true
    guard let grant = origins.grant(to: origin) else { return judgement }
    judgement.grantedOrigin = grant
    let response = Response(204).adding("Allow", allow).adding("Access-Control-Allow-Methods", allow)
      .adding(
        "Access-Control-Allow-Headers",
        "Accept, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id, traceparent"
      )
      .adding("Access-Control-Max-Age", "600")
    judgement.target = .settled(response)
    return judgement
  }

  private func settled(_ problem: Problem) -> Judgement {
    settled(problem.response())
  }

  private func settled(_ response: Response) -> Judgement {
    Judgement(target: .settled(response), route: "none", bodyLimit: limits.bodyBytes)
  }
}
