/// Finds the route of a request: a tree of path segments, built once before the server starts.
///
/// A template is a path whose segments may hold one `{name}` each, with fixed text before or after it, as in
/// `/p/{id}.json`. Fixed segments win over captures, and a capture with more fixed text over one with less: a path is that
/// of the first template that matches, whatever the method.
package struct Router: Sendable {
  /// What there is at a path.
  package enum Resolution {
    case route(Route, PathParameters)
    /// The path exists, but not with this method; the methods that it has, as `Allow` lists them.
    case otherMethods(allow: String)
    case nothing
  }

  private struct Node: Sendable {
    var fixed: [String: Node] = [:]
    var captures: [Capture] = []
    var routes: [Route] = []
  }

  private struct Capture: Sendable {
    let prefix: String
    let name: String
    let suffix: String
    var node: Node

    var fixedLength: Int { prefix.utf8.count + suffix.utf8.count }

    func match(_ segment: Substring) -> String? {
      guard segment.utf8.count > fixedLength, segment.hasPrefix(prefix), segment.hasSuffix(suffix) else { return nil }
      return String(segment.dropFirst(prefix.count).dropLast(suffix.count))
    }
  }

  /// Paths with more segments than any template has are not searched.
  private var deepest = 0
  private var root = Node()
  /// Templates without captures, by their whole path.
  private var fixedPaths: [String: [Route]] = [:]
  /// In the order in which they were added.
  package private(set) var all: [Route] = []
  var files: StaticFiles?

  /// A router without routes.
  package init() {}

  /// Adds a route; the same method and template twice is a mistake of the program.
  package mutating func add(
    _ method: Method, _ template: String, options: RouteOptions = RouteOptions(), _ handler: Handler
  ) {
    precondition(template.hasPrefix("/"), "a template begins with a slash")
    let route = Route(method: method, template: template, options: options, handler: handler)
    precondition(
      !all.contains { $0.method == method && $0.template == template }, "\(method.rawValue) \(template) is there twice")
    all.append(route)
    if !template.contains("{") {
      fixedPaths[template, default: []].append(route)
    }
    let segments = Router.segments(of: template)
    deepest = max(deepest, segments.count)
    Router.insert(route, segments[...], into: &root)
  }

  /// Serves the files of a directory wherever no template matches.
  package mutating func serveFiles(_ files: StaticFiles) {
    self.files = files
  }

  private static func segments(of path: String) -> [Substring] {
    path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func insert(_ route: Route, _ segments: ArraySlice<Substring>, into node: inout Node) {
    guard let segment = segments.first else {
      node.routes.append(route)
      return
    }
    let rest = segments.dropFirst()
    guard let open = segment.firstIndex(of: "{") else {
      insert(route, rest, into: &node.fixed[String(segment), default: Node()])
      return
    }
    guard let close = segment.firstIndex(of: "}"), open < close else {
      preconditionFailure("a brace is not closed in \(route.template)")
    }
    let prefix = String(segment[..<open])
    let name = String(segment[segment.index(after: open)..<close])
    let suffix = String(segment[segment.index(after: close)...])
    let known = node.captures.firstIndex { $0.prefix == prefix && $0.name == name && $0.suffix == suffix }
    if let known {
      insert(route, rest, into: &node.captures[known].node)
    } else {
      var capture = Capture(prefix: prefix, name: name, suffix: suffix, node: Node())
      insert(route, rest, into: &capture.node)
      node.captures.append(capture)
      node.captures.sort { $0.fixedLength > $1.fixedLength }
    }
  }

  /// Finds what there is at a path for a method; HEAD is answered by GET.
  package func resolve(_ method: Method, _ path: String) -> Resolution {
    if let routes = fixedPaths[path] {
      return Router.choose(method, routes, PathParameters())
    }
    let segments = Router.segments(of: path)
    guard segments.count <= deepest else { return .nothing }
    var parameters = PathParameters()
    var others: [Route] = []
    if let route = Router.find(method, segments[...], root, &parameters, &others) {
      return .route(route, parameters)
    }
    return others.isEmpty ? .nothing : .otherMethods(allow: Router.allow(others))
  }

  private static func choose(_ method: Method, _ routes: [Route], _ parameters: PathParameters) -> Resolution {
    if let route = pick(method, routes) { return .route(route, parameters) }
    return .otherMethods(allow: allow(routes))
  }

  private static func pick(_ method: Method, _ routes: [Route]) -> Route? {
    routes.first { $0.method == method } ?? (method == .head ? routes.first { $0.method == .get } : nil)
  }

  private static func find(
    _ method: Method, _ segments: ArraySlice<Substring>, _ node: Node, _ parameters: inout PathParameters,
    _ others: inout [Route]
  ) -> Route? {
    guard let segment = segments.first else {
      if let route = pick(method, node.routes) { return route }
      others += node.routes
      return nil
    }
    if let next = node.fixed[String(segment)],
      let route = find(method, segments.dropFirst(), next, &parameters, &others)
    {
      return route
    }
    for capture in node.captures {
      guard others.isEmpty, let value = capture.match(segment) else { continue }
      parameters.values.append((capture.name, value))
      if let route = find(method, segments.dropFirst(), capture.node, &parameters, &others) { return route }
      parameters.values.removeLast()
    }
    return nil
  }

  /// The methods of routes as `Allow` lists them, with those that the server answers by itself.
  static func allow(_ routes: [Route]) -> String {
    var methods = Set(routes.map(\.method))
    if methods.contains(.get) { methods.insert(.head) }
    methods.insert(.options)
    return Method.allCases.filter { methods.contains($0) }.map(\.rawValue).joined(separator: ", ")
  }
}

/// Adding a route with one line: a handler that takes only the request answers at once, and one that also takes a
/// responder answers when it can.
extension Router {
  /// A GET (and HEAD) that is answered at once.
  package mutating func get(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request) throws(Problem) -> Response
  ) {
    add(.get, template, options: options, .immediate(handler))
  }

  /// A GET (and HEAD) that is answered later.
  package mutating func get(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request, Responder) -> Void
  ) {
    add(.get, template, options: options, .deferred(handler))
  }

  /// A POST that is answered at once.
  package mutating func post(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request) throws(Problem) -> Response
  ) {
    add(.post, template, options: options, .immediate(handler))
  }

  /// A POST that is answered later.
  package mutating func post(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request, Responder) -> Void
  ) {
    add(.post, template, options: options, .deferred(handler))
  }

  /// A PUT that is answered at once.
  package mutating func put(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request) throws(Problem) -> Response
  ) {
    add(.put, template, options: options, .immediate(handler))
  }

  /// A PUT that is answered later.
  package mutating func put(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request, Responder) -> Void
  ) {
    add(.put, template, options: options, .deferred(handler))
  }

  /// A PATCH that is answered at once.
  package mutating func patch(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request) throws(Problem) -> Response
  ) {
    add(.patch, template, options: options, .immediate(handler))
  }

  /// A PATCH that is answered later.
  package mutating func patch(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request, Responder) -> Void
  ) {
    add(.patch, template, options: options, .deferred(handler))
  }

  /// A DELETE that is answered at once.
  package mutating func delete(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request) throws(Problem) -> Response
  ) {
    add(.delete, template, options: options, .immediate(handler))
  }

  /// A DELETE that is answered later.
  package mutating func delete(
    _ template: String, options: RouteOptions = RouteOptions(),
    _ handler: @escaping @Sendable (Request, Responder) -> Void
  ) {
    add(.delete, template, options: options, .deferred(handler))
  }
}
