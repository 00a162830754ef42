/// A moment after which one waits no longer, on the clock that never jumps.
package struct Deadline: Sendable {
  private let moment: ContinuousClock.Instant?

  package static let never = Deadline(moment: nil)

  /// So many seconds from now.
  package static func after(seconds: Double) -> Deadline {
    Deadline(moment: .now + .seconds(seconds))
  }

  private init(moment: ContinuousClock.Instant?) {
    self.moment = moment
  }

  /// Whole milliseconds, rounded up; nil when there is no deadline.
  var millisecondsLeft: Int32? {
    guard let moment else { return nil }
    let left = ContinuousClock.now.duration(to: moment)
    let milliseconds =
      left.components.seconds * 1_000 + (left.components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return Int32(clamping: max(0, milliseconds))
  }
}
