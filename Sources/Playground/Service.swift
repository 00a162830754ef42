import HTTPServer
import Sandbox
import SessionStore

/// What the operator decides about a service.
package struct ServiceOptions: Sendable {
  package var host = "127.0.0.1"
  /// 0 lets the system choose.
  package var port: UInt16 = 8080
  /// The folder of the store.
  package var dataFolder = "data"
  /// The folder of the page.
  package var publicFolder = "Public"
  /// Names beside the loopback ones that the server answers to.
  package var allowedHosts: [String] = []
  /// Workers to keep; nil means one for each processor.
  package var workers: Int?
  /// The most that a run may be allowed.
  package var ceiling = RunLimits.ofHTTP

  package init() {}
}

/// Why a service did not start: one sentence.
package struct ServiceError: Error, CustomStringConvertible {
  package let description: String
}

/// The product as a running server: the store, the workers, the routes.
package final class Service: Sendable {
  /// The port that it is bound to.
  package var port: UInt16 { server.port }
  private let server: Server
  private let store: SessionStore

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
    let workers = WorkerPool(count: options.workers)
    let metrics = MetricsRegistry()
    let counts = RunMetrics(metrics)
    let (limits, ceiling) = (RunLimits.ofHTTP, options.ceiling)
    let book = SessionBook(store: store, workers: workers, limits: limits, ceiling: ceiling, metrics: counts)
    var router = Router()
    HealthEndpoints(store: store, workers: workers).add(to: &router)
    MetricsEndpoint(metrics: metrics).add(to: &router)
    AboutEndpoints(limits: limits, ceiling: ceiling).add(to: &router)
    RunEndpoint(workers: workers, defaults: Snippet.Defaults(limits: limits, ceiling: ceiling), metrics: counts)
      .add(to: &router)
    SessionEndpoints(book: book, lifetime: nil).add(to: &router)
    SessionRunEndpoints(book: book).add(to: &router)
    do throws(LessonError) {
      try PageEndpoints(publicFolder: options.publicFolder).add(to: &router)
    } catch {
      throw ServiceError(description: error.description)
    }
    router.serveFiles(StaticFiles(directory: options.publicFolder))
    do throws(SystemError) {
      server = try Server(configuration: Self.configuration(options, metrics), router: router)
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
    do throws(StoreError) {
      try store.close()
    } catch {
      throw ServiceError(description: error.description)
    }
  }

  private static func configuration(_ options: ServiceOptions, _ metrics: MetricsRegistry) -> Configuration {
    var configuration = Configuration()
    metrics.addProcessMetrics()
    configuration.metrics = metrics
    // An answer is sent as one event, and must fit.
    configuration.limits.streamBufferBytes = 4 << 20
    configuration.host = options.host
    configuration.port = options.port
    configuration.hosts = .loopback(and: options.allowedHosts)
    configuration.security.contentSecurityPolicy =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
      + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    return configuration
  }
}
