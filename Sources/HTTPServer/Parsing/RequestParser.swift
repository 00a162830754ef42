/// Bytes to requests, without input or output of its own.
///
/// It is fed pieces of any size and gives the same requests and refusals however the bytes are cut: everything that it
/// decides depends on the bytes up to a point, never on where a piece ended. It works in three steps.
///
/// 1. The head is scanned for its end. The scan also refuses what no head may hold anywhere: control bytes, a CR that
///    is not followed by LF, an LF that does not follow a CR, and more bytes than the limits allow. A head that arrives
///    whole is scanned in place and copied once; a partial one is kept and scanning goes on where it stopped.
/// 2. The whole head is parsed and handed out. The caller decides how large a body it takes before any of it is read.
/// 3. The body is collected by its length or its chunks.
///
/// Strictness is a defence: two readers that disagree about where a request ends can be made to disagree about what was
/// asked (request smuggling). RFC 9112 lets a server repair some of these; this one repairs nothing but one thing,
/// empty lines before a request line.
package struct RequestParser {
  /// What the bytes so far amount to.
  package enum Event {
    /// All input is consumed and there is no event yet.
    case needsInput
    /// A head is complete; `expectBody` must be called before the parser goes on.
    case head(RequestHead)
    /// The request whose head was handed out last is complete; `takeBody` gives its body.
    case complete
  }

  private enum Stage {
    case head
    case awaitingLimit(RequestHead.Framing)
    case length(remaining: Int)
    case chunked(ChunkedDecoder)
    case complete
  }

  private enum Scan {
    case inLine
    case afterReturn
  }

  private let limits: Limits
  private var stage = Stage.head
  private var scan = Scan.inLine
  private var headBytes: [UInt8] = []
  /// Bytes of the current line, and of all lines before it, that were scanned.
  private var lineBytes = 0
  private var earlierBytes = 0
  private var isFirstLine = true
  private var emptyLines = 0
  private var body: [UInt8] = []
  private var discardsBody = false
  /// Bytes of the body that have been announced or received; what the body's deadline is reckoned from.
  private(set) var bodyBytes = 0

  /// A parser that expects the first request of a connection.
  package init(limits: Limits) {
    precondition(
      limits.requestLineBytes + limits.headerBytes <= 65_000, "positions in a head are kept in sixteen bits")
    self.limits = limits
  }

  /// True between two requests, when not one byte of the next has come.
  package var isBetweenRequests: Bool {
    if case .head = stage { return headBytes.isEmpty && lineBytes == 0 && scan == .inLine && emptyLines == 0 }
    return false
  }

  /// Bytes of a body that are held in memory now.
  var heldBytes: Int { body.count }

  /// True while a head is being received.
  var isInHead: Bool {
    if case .head = stage { return true }
    return false
  }

  /// Reads on from an index of the input until something happens or the input ends.
  package mutating func advance(_ input: Span<UInt8>, from index: inout Int) throws(Refusal) -> Event {
    switch stage {
    case .head:
      guard try scanHead(input, from: &index) else { return .needsInput }
      let head = try RequestHead(parsing: headBytes, limits: limits)
      headBytes = []
      stage = .awaitingLimit(head.framing)
      return .head(head)
    case .awaitingLimit:
      preconditionFailure("the parser goes on only after it was told how large a body is taken")
    case .length(let remaining):
      let count = min(remaining, input.count - index)
      if !discardsBody { input.append(index..<(index + count), to: &body) }
      index += count
      if count == remaining {
        stage = .complete
        return .complete
      }
      stage = .length(remaining: remaining - count)
      return .needsInput
    case .chunked(var decoder):
      stage = .complete
      let isComplete = try decoder.decode(input, from: &index, onto: &body, received: &bodyBytes)
      if discardsBody { body = [] }
      if isComplete { return .complete }
      stage = .chunked(decoder)
      return .needsInput
    case .complete:
      return .complete
    }
  }

  /// Says how large a body is taken for the head just handed out, and whether its bytes are wanted at all.
  package mutating func expectBody(limit: Int, discarding: Bool) throws(Refusal) {
    guard case .awaitingLimit(let framing) = stage else {
      preconditionFailure("a limit is set only after a head")
    }
    discardsBody = discarding
    switch framing {
    case .none:
      stage = .complete
    case .length(let length):
      guard length <= limit else { throw .bodyTooLarge(limit: limit) }
      bodyBytes = length
      // A client that announces much and sends little must not hold much memory.
      if !discarding { body.reserveCapacity(min(length, 16_384)) }
      stage = .length(remaining: length)
    case .chunked:
      stage = .chunked(ChunkedDecoder(limit: limit, limits: limits))
    }
  }

  /// Gives the complete request's body and makes ready for the next request.
  package mutating func takeBody() -> [UInt8] {
    guard case .complete = stage else { preconditionFailure("a body is taken only when it is complete") }
    stage = .head
    scan = .inLine
    (lineBytes, earlierBytes, emptyLines, bodyBytes) = (0, 0, 0, 0)
    isFirstLine = true
    return body.isEmpty ? [] : exchange(&body, with: [])
  }

  /// Scans to the end of the head; true when it was found. The head's bytes are then in `headBytes`, without the empty
  /// line that ends it.
  private mutating func scanHead(_ input: Span<UInt8>, from index: inout Int) throws(Refusal) -> Bool {
    var start = index
    var at = index
    let end = input.count
    while at < end {
      if scan == .inLine {
        let lineStart = at
        while at < end, ByteClass.isText(input[at]) { at += 1 }
        lineBytes += at - lineStart
        try checkLengths()
        if at == end { break }
        guard input[at] == 0x0D else {
          throw .malformed(
            input[at] == 0x0A ? "A line ends in LF without CR." : "The head of the request holds a control byte.")
        }
        at += 1
        scan = .afterReturn
        continue
      }
      guard input[at] == 0x0A else { throw .malformed("The head of the request holds a CR without LF.") }
      at += 1
      scan = .inLine
      if lineBytes > 0 {
        earlierBytes += lineBytes + 2
        if isFirstLine {
          isFirstLine = false
          earlierBytes = 0
        }
        lineBytes = 0
      } else if isFirstLine {
        emptyLines += 1
        guard emptyLines <= limits.emptyLinesBeforeRequest else {
          throw .malformed("There are too many empty lines before the request.")
        }
        headBytes = []
        start = at
      } else {
        input.append(start..<at, to: &headBytes)
        headBytes.removeLast(2)
        index = at
        return true
      }
    }
    input.append(start..<end, to: &headBytes)
    index = end
    return false
  }

  private func checkLengths() throws(Refusal) {
    if isFirstLine {
      guard lineBytes <= limits.requestLineBytes else {
        throw Refusal(
          status: 414, code: "target_too_long",
          detail: "The request line may have at most \(limits.requestLineBytes) bytes.")
      }
    } else if earlierBytes + lineBytes > limits.headerBytes {
      throw Refusal(
        status: 431, code: "headers_too_large",
        detail: "The header fields may have at most \(limits.headerBytes) bytes together.")
    }
  }
}

/// Puts a new value in a place and gives the old one, without a copy in between.
private func exchange<Value>(_ place: inout Value, with new: consuming Value) -> Value {
  let old = place
  place = new
  return old
}

extension ByteClass {
  /// True for the bytes that may stand within a line of a head.
  @inline(__always)
  static func isText(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7F || byte == 0x09
  }
}
