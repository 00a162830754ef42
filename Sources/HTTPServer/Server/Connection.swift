/// One client connection as the event loop keeps it: the state machine beside the descriptor, the output that waits,
/// and the request under way. It is kept small, because most connections of a busy server are idle.
final class Connection {
  /// The request that is being answered, and what its answer's head and log line need.
  struct Current {
    var context: ResponseWriter.Context
    let method: String
    let path: String
    let route: String
    let startedAt: UInt64
    var exchange: Exchange?
    var stream: Stream?
  }

  /// An answer that is being sent piece by piece.
  struct Stream {
    let status: Int
    let isChunked: Bool
    /// False for HEAD, whose answer has no body.
    let hasBody: Bool
    let heartbeat: [UInt8]?
    var heartbeatAt: Int
    var bytes = 0
  }

  /// A request whose head was judged and whose body is being received.
  struct Judged {
    let head: RequestHead
    let judgement: Judge.Judgement
  }

  let descriptor: Int32
  let serial: UInt32
  let address: String
  var machine: ConnectionMachine
  var output = OutputQueue()
  /// Bytes that were received but could not be taken yet, because an answer comes first.
  var backlog: [UInt8] = []
  /// True until the kernel says that it has no more input; events tell only of changes.
  var mayHaveInput = false
  var peerHasEnded = false
  var judged: Judged?
  var current: Current?
  var exchangeCount: UInt32 = 0
  var isClosed = false
  /// The tick of the live entry in the timer wheel; nil if there is none.
  var timerTick: Int?
  /// What the loop's count of held bytes includes for this connection.
  var countedBytes = 0

  init(_ socket: AcceptedSocket, serial: UInt32, limits: Limits, now: Int) {
    descriptor = socket.descriptor
    self.serial = serial
    address = socket.address
    machine = ConnectionMachine(limits: limits, now: now)
  }

  /// When something must happen if nothing else does, in milliseconds.
  var nextDeadline: Int {
    min(machine.deadline, current?.stream?.heartbeatAt ?? ConnectionMachine.never)
  }

  var token: UInt64 { UInt64(serial) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}
