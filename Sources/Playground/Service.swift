import Glibc
import HTTPServer
import Sandbox
import SessionStore
import Synchronization

/// Why a service did not start: one sentence.
package struct ServiceError: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) {
    self.description = description
  }
}

/// The product as a running server: the store, the workers, the routes.
package final class Service: Sendable {
  /// The port that it is bound to.
  package var port: UInt16 { server.port }
  private let server: Server
  private let store: SessionStore
  private let keeper: Keeper
  /// Every method and path that there is, beside the page's files.
  package let routes: [String]

  /// Opens the store, starts the workers and binds the port.
  package init(_ options: ServiceOptions) throws(ServiceError) {
    guard Host.isReadable(options.publicFolder + "/index.html") else {
      throw ServiceError(description: "There is no page in \(options.publicFolder): name its folder with --public.")
    }
    do throws(StoreError) {
      store = try SessionStore(folder: options.dataFolder)
    } catch {
      throw ServiceError(description: error.description)
    }
    let metrics = MetricsRegistry()
    let log = options.logsRequests ? LogWriter(descriptor: STDERR_FILENO) : nil
    let book = SessionBook(
      store: store, workers: try WorkerService.start(options, log, metrics), limits: .ofHTTP, ceiling: options.ceiling,
      metrics: RunMetrics(metrics))
    metrics.addProcessMetrics()
    metrics.reading("cellar_sessions_in_use", help: "Sessions that are remembered beside the store.") {
      Double(book.laneCount)
    }
    keeper = Keeper(book: book, rules: options.retention, log: log)
    let state = ServiceState()
    let router = try Self.router(options, book, state, metrics)
    routes = router.all.map { "\($0.method.rawValue) \($0.template)" }
    do throws(SystemError) {
      server = try Server(configuration: Self.configuration(options, state, metrics, log), router: router)
    } catch {
      throw ServiceError(description: "Port \(options.port) of \(options.host) cannot be served: \(error).")
    }
  }

  /// Serves until the process is asked to end, and then ends orderly.
  package func run() throws(ServiceError) {
    do throws(SystemError) {
      try server.start()
    } catch {
      throw ServiceError(description: "The server cannot start: \(error).")
    }
    server.serveUntilSignal()
    keeper.stop()
    do throws(StoreError) {
      try store.close()
    } catch {
      throw ServiceError(description: error.description)
    }
  }

  /// Every endpoint.
  private static func router(
    _ options: ServiceOptions, _ book: SessionBook, _ state: ServiceState, _ metrics: MetricsRegistry
  ) throws(ServiceError) -> Router {
    let defaults = Snippet.Defaults(limits: book.limits, ceiling: book.ceiling)
    let pages = StaticFiles(directory: options.publicFolder)
    var router = Router()
    HealthEndpoints(store: book.store, workers: book.workers, state: state).add(to: &router)
    MetricsEndpoint(metrics: metrics).add(to: &router)
    AboutEndpoints(limits: book.limits, ceiling: book.ceiling).add(to: &router)
    OpenAPIEndpoint(ceiling: book.ceiling).add(to: &router)
    RunEndpoint(workers: book.workers, defaults: defaults, metrics: book.metrics).add(to: &router)
    SessionEndpoints(book: book).add(to: &router)
    SessionRunEndpoints(book: book).add(to: &router)
    InspectEndpoints(book: book).add(to: &router)
    WhatIfEndpoint(book: book).add(to: &router)
    ArchiveEndpoints(book: book).add(to: &router)
    ShareEndpoints(book: book, defaults: defaults, pages: pages).add(to: &router)
    do throws(LessonError) {
      try PageEndpoints(publicFolder: options.publicFolder).add(to: &router)
    } catch {
      throw ServiceError(description: error.description)
    }
    router.serveFiles(pages)
    return router
  }

  private static func configuration(
    _ options: ServiceOptions, _ state: ServiceState, _ metrics: MetricsRegistry, _ log: LogWriter?
  ) -> Configuration {
    var configuration = Configuration()
    configuration.metrics = metrics
    configuration.log = log
    configuration.onDrain = { state.isDraining = true }
    // An answer is sent as one event, and must fit.
    configuration.limits.streamBufferBytes = 4 << 20
    configuration.host = options.host
    configuration.port = options.port
    configuration.hosts = .loopback(and: options.allowedHosts)
    configuration.origins = OriginPolicy(origins: options.allowedOrigins)
    configuration.rateLimit = options.requestsPerSecond.map { RateLimit(burst: $0 * 2, perSecond: Double($0)) }
    configuration.security.contentSecurityPolicy = ContentPolicy.text
    return configuration
  }
}

/// What pages may load.
enum ContentPolicy {
  static let text =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

/// What the service is doing as a whole.
final class ServiceState: Sendable {
  private let draining = Atomic(false)

  /// True once it was asked to end: it finishes what it has, and should get nothing more.
  var isDraining: Bool {
    get { draining.load(ordering: .relaxed) }
    set { draining.store(newValue, ordering: .relaxed) }
  }
}
