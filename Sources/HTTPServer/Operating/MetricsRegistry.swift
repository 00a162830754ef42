import Synchronization

/// A number that only grows; any thread may add to it.
package final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  /// Counts so many more.
  package func add(_ amount: Int = 1) {
    value.wrappingAdd(amount, ordering: .relaxed)
  }

  package var count: Int { value.load(ordering: .relaxed) }
}

/// A number that goes up and down.
package final class Gauge: Sendable {
  private let value = Atomic<Int>(0)

  /// Moves the number by an amount.
  package func add(_ amount: Int) {
    value.wrappingAdd(amount, ordering: .relaxed)
  }

  /// Sets the number.
  package func set(_ number: Int) {
    value.store(number, ordering: .relaxed)
  }

  package var current: Int { value.load(ordering: .relaxed) }
}

/// Durations, counted in fixed buckets.
package final class Histogram: Sendable {
  private struct State {
    var counts: [Int]
    var sum = 0.0
  }

  package static let secondsBuckets = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]

  let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
  }

  /// Counts one value.
  package func record(_ value: Double) {
    var index = 0
    while index < bounds.count, value > bounds[index] { index += 1 }
    state.withLock { state in
      state.counts[index] += 1
      state.sum += value
    }
  }

  /// The number of values in each bucket (not cumulative), and their sum.
  var snapshot: (counts: [Int], sum: Double) {
    state.withLock { ($0.counts, $0.sum) }
  }
}

/// All metrics of the process, by name and labels, and their text form for Prometheus.
///
/// Labels must come from small fixed sets (route templates, statuses, outcomes), never from requests.
package final class MetricsRegistry: Sendable {
  package typealias Labels = [(name: String, value: String)]

  private enum Series: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    case reading(@Sendable () -> Double)
    case histogram(Histogram)
  }

  private struct Family: Sendable {
    let type: String
    let help: String
    var series: [(labels: String, series: Series)] = []
  }

  private let families = Mutex<[String: Family]>([:])

  /// A registry without metrics.
  package init() {}

  /// The counter of a name and labels; the same ones give the same counter. Its name ends in `_total`.
  package func counter(_ name: String, help: String, labels: Labels = []) -> Counter {
    guard case .counter(let counter) = find(name, "counter", help, labels, { .counter(Counter()) }) else {
      preconditionFailure("\(name) is not a counter")
    }
    return counter
  }

  /// The gauge of a name and labels; the same ones give the same gauge.
  package func gauge(_ name: String, help: String, labels: Labels = []) -> Gauge {
    guard case .gauge(let gauge) = find(name, "gauge", help, labels, { .gauge(Gauge()) }) else {
      preconditionFailure("\(name) is not a gauge")
    }
    return gauge
  }

  /// A number that is read when the metrics are asked for; `type` is `gauge` or `counter`.
  package func reading(
    _ name: String, type: String = "gauge", help: String, labels: Labels = [],
    _ read: @escaping @Sendable () -> Double
  ) {
    _ = find(name, type, help, labels) { .reading(read) }
  }

  /// The histogram of a name and labels; the same ones give the same histogram.
  package func histogram(
    _ name: String, help: String, labels: Labels = [], bounds: [Double] = Histogram.secondsBuckets
  ) -> Histogram {
    guard case .histogram(let found) = find(name, "histogram", help, labels, { .histogram(Histogram(bounds: bounds)) })
    else { preconditionFailure("\(name) is not a histogram") }
    return found
  }

  private func find(
    _ name: String, _ type: String, _ help: String, _ labels: Labels, _ make: () -> Series
  ) -> Series {
    let text = MetricsRegistry.text(labels)
    return families.withLock { families in
      var family = families[name] ?? Family(type: type, help: help)
      if let known = family.series.first(where: { $0.labels == text }) { return known.series }
      let made = make()
      family.series.append((text, made))
      families[name] = family
      return made
    }
  }

  private static func text(_ labels: Labels) -> String {
    labels.map { label in
      let value = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      return "\(label.name)=\"\(value)\""
    }.joined(separator: ",")
  }

  /// All metrics in Prometheus' text format, version 0.0.4.
  package func render() -> String {
    let families = families.withLock { $0 }
    var out = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      out += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.type)\n"
      for (labels, series) in family.series.sorted(by: { $0.labels < $1.labels }) {
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        switch series {
        case .counter(let counter): out += "\(name)\(braces) \(counter.count)\n"
        case .gauge(let gauge): out += "\(name)\(braces) \(gauge.current)\n"
        case .reading(let read): out += "\(name)\(braces) \(MetricsRegistry.number(read()))\n"
        case .histogram(let histogram): out += MetricsRegistry.text(name, labels, histogram)
        }
      }
    }
    return out
  }

  private static func text(_ name: String, _ labels: String, _ histogram: Histogram) -> String {
    let (counts, sum) = histogram.snapshot
    let comma = labels.isEmpty ? "" : ","
    let braces = labels.isEmpty ? "" : "{\(labels)}"
    var out = ""
    var total = 0
    for (index, count) in counts.enumerated() {
      total += count
      let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
      out += "\(name)_bucket{\(labels)\(comma)le=\"\(bound)\"} \(total)\n"
    }
    return out + "\(name)_sum\(braces) \(number(sum))\n\(name)_count\(braces) \(total)\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int(exactly: value) { return String(whole) }
    return value.description
  }
}
