import HTTPServer
import Sandbox
import SessionStore

/// What is counted of runs and of keeping them.
final class RunMetrics: Sendable {
  let replays: Counter
  /// By the name of the outcome.
  private let runs: [String: Counter]
  private let ticks: Counter
  private let newPages: Counter
  private let newBytes: Counter

  init(_ registry: MetricsRegistry) {
    let outcomes = RunAnswer.Outcome.allCases.map { outcome in
      let labels = [(name: "outcome", value: outcome.rawValue)]
      return (outcome.rawValue, registry.counter("cellar_runs_total", help: "Runs by outcome.", labels: labels))
    }
    runs = Dictionary(uniqueKeysWithValues: outcomes)
    ticks = registry.counter("cellar_ticks_total", help: "Ticks that runs used.")
    replays = registry.counter("cellar_replays_total", help: "Sessions that were replayed for want of an image.")
    newPages = registry.counter("cellar_image_pages_total", help: "Pages of images that the store did not have.")
    newBytes = registry.counter("cellar_image_bytes_total", help: "Bytes that these take in the store.")
  }

  /// Counts a run by its outcome.
  func count(_ outcome: String, _ usage: RunAnswer.Usage) {
    runs[outcome]?.add()
    ticks.add(usage.ticks)
  }

  /// Counts an image that was kept.
  func count(_ kept: SessionStore.Kept) {
    newPages.add(kept.newPages)
    newBytes.add(kept.newBytes)
  }
}
