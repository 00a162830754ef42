import HTTPServer
import Sandbox

/// The workers of a service: started as its operator wants them, their misfortunes in its log, their numbers in its metrics.
enum WorkerService {
  /// How long the first worker may take to be ready.
  private static let startSeconds = 20.0

  static func start(
    _ options: ServiceOptions, _ log: LogWriter?, _ metrics: MetricsRegistry
  ) throws(ServiceError) -> WorkerPool {
    var pool = WorkerPool.Options()
    pool.workers = options.workers
    pool.base = LibraryBase.image(folder: options.dataFolder)
    pool.requiredLevel = options.requiredSandbox ?? 1
    pool.onIncident = { incident in
      log?.log(.warning, "worker_\(incident.kind.rawValue)", [("detail", .string(incident.detail))])
    }
    let workers = WorkerPool(pool)
    if let level = options.requiredSandbox, !workers.waitUntilReady(seconds: startSeconds) {
      let missing = workers.refusedConfinement.map { "; it lacks \($0.missing.joined(separator: ", "))" } ?? ""
      throw ServiceError(description: "No worker reaches sandbox level \(level) on this host\(missing).")
    }
    count(workers, in: metrics)
    return workers
  }

  private static func count(_ workers: WorkerPool, in metrics: MetricsRegistry) {
    typealias Reading = (name: String, type: String, help: String, read: KeyPath<WorkerPool.Statistics, Int> & Sendable)
    let readings: [Reading] = [
      ("cellar_workers", "gauge", "Worker processes.", \.workers),
      ("cellar_workers_busy", "gauge", "Worker processes that have work.", \.busyWorkers),
      ("cellar_jobs", "gauge", "Runs and questions underway or waiting.", \.jobs),
      ("cellar_jobs_waiting", "gauge", "Runs and questions that no worker has taken yet.", \.waitingJobs),
      ("cellar_snippets_refused", "gauge", "Snippets that are refused because they crashed workers.", \.quarantined),
      ("cellar_workers_started_total", "counter", "Worker processes that were started.", \.startedWorkers),
      ("cellar_worker_crashes_total", "counter", "Workers that ended of themselves.", \.crashes),
      ("cellar_worker_hangs_total", "counter", "Workers that were ended because they gave no sign of life.", \.hangs),
      ("cellar_worker_memory_kills_total", "counter", "Workers that were ended because of their memory.", \.memoryKills),
      ("cellar_run_retries_total", "counter", "Runs that were begun again because their worker died.", \.retries),
      ("cellar_jobs_refused_total", "counter", "Runs and questions that were refused at once.", \.refusals),
    ]
    for reading in readings {
      metrics.reading(reading.name, type: reading.type, help: reading.help) { [weak workers] in
        Double(workers?.statistics[keyPath: reading.read] ?? 0)
      }
    }
    metrics.reading("cellar_sandbox_level", help: "How far workers are confined, from 0 to 4.") { [weak workers] in
      Double(workers?.confinement?.level ?? 0)
    }
  }
}
