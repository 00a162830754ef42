/// What a route does with a request.
package enum Handler: Sendable {
  /// Answers at once, on the event loop: it must not wait for anything.
  case immediate(@Sendable (Request) throws(Problem) -> Response)
  /// Is given a responder that any thread may answer through, later.
  case deferred(@Sendable (Request, Responder) -> Void)
}

/// What a route asks of its requests.
package struct RouteOptions: Sendable {
  /// The largest body that is read; nil means the server's limit.
  package var bodyLimit: Int?
  /// The media types of bodies that it takes; nil means any.
  package var mediaTypes: [String]?
  /// True if each request takes a token of its client's bucket.
  package var isRateLimited = false
  /// True if pages of other origins may use it, as far as the server's cross-origin policy goes.
  package var isShared = false

  /// Options; each left out keeps its default.
  package init(
    bodyLimit: Int? = nil, mediaTypes: [String]? = nil, isRateLimited: Bool = false, isShared: Bool = false
  ) {
    self.bodyLimit = bodyLimit
    self.mediaTypes = mediaTypes
    self.isRateLimited = isRateLimited
    self.isShared = isShared
  }
}

/// One method of one template.
package final class Route: Sendable {
  package let method: Method
  package let template: String
  let options: RouteOptions
  let handler: Handler

  init(method: Method, template: String, options: RouteOptions, handler: Handler) {
    self.method = method
    self.template = template
    self.options = options
    self.handler = handler
  }
}
