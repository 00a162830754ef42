/// Bytes that wait to be sent on one connection, as whole arrays: what could be sent at once never comes here, and
/// a large body is never copied.
struct OutputQueue {
  private struct Segment {
    let bytes: [UInt8]
    var range: Range<Int>
  }

  private var segments: [Segment] = []
  private(set) var byteCount = 0

  var isEmpty: Bool { byteCount == 0 }

  mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    segments.append(Segment(bytes: bytes, range: range))
    byteCount += range.count
  }

  /// What sending the queue came to.
  enum Result {
    case sent(Int)
    case broken
  }

  /// Sends as much as the transport takes now.
  mutating func send(_ transport: ([UInt8], Range<Int>, _ more: Bool) -> Transfer) -> Result {
    var done = 0
    var finished = 0
    sending: for index in segments.indices {
      let segment = segments[index]
      let outcome = transport(segment.bytes, segment.range, index + 1 < segments.count)
      switch outcome {
      case .moved(let count):
        done += count
        if count < segment.range.count {
          segments[index].range = (segment.range.lowerBound + count)..<segment.range.upperBound
          break sending
        }
        finished += 1
      case .wouldBlock: break sending
      case .ended, .broken: return .broken
      }
    }
    byteCount -= done
    if finished == segments.count {
      segments = []
    } else {
      segments.removeFirst(finished)
    }
    return .sent(done)
  }
}
