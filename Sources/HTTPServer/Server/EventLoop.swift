import Dispatch

/// The server's heart: one thread that waits for sockets and moves every connection on.
///
/// The loop does all input and output and keeps all connections; what to do is decided by each connection's machine,
/// and what to answer by the judge and the handlers. Handlers run here only if they answer at once; others answer
/// through the mailbox. Measured on the machine that this was written on, one such thread serves more than 100,000
/// fixed answers a second at 3 µs of processor time each; a Dispatch source for each connection came to 83,000 at 11
/// µs.
///
/// Connections are watched edge-triggered: `mayHaveInput` remembers what an event said, so that reading can pause
/// (while an answer is pending) and go on later without a system call to change what is watched.
///
/// Answers are gathered in one buffer, `gathered`, that belongs to one connection at a time, and leave with one send
/// when the connection's turn ends; pipelined requests so cost one send together.
final class EventLoop {
  let configuration: Configuration
  let mailbox: Mailbox
  let metrics: HTTPMetrics
  var judge: Judge
  var writer: ResponseWriter
  var log: AccessLog
  private let epoll: Epoll
  private var events = Epoll.EventBuffer(capacity: 512)
  private var listener: Listener?
  /// By descriptor.
  var connections: [Connection?] = []
  private(set) var connectionCount = 0
  private var connectionsByAddress: [String: Int] = [:]
  private let mostConnections: Int
  private var nextSerial: UInt32 = 1
  private var wheel: TimerWheel
  private var received = [UInt8](repeating: 0, count: 65_536)
  var gathered: [UInt8] = []
  private var gathering: Connection?
  /// Connections that have more to do than one turn allows, and what is left of the turn under way: one client that
  /// pipelines thousands of requests must not keep the others waiting.
  private var again: [Connection] = []
  var requestsLeft = 0
  private var heldBytes = 0
  private var drainDeadline: Int?
  private var randomState: UInt64
  /// Milliseconds and nanoseconds on the monotonic clock, and the time of day, as of the last wait.
  private(set) var now: Int
  var nowNanoseconds: UInt64
  var realTime: UInt64

  private static let listenerToken: UInt64 = 0
  private static let wakeUpToken: UInt64 = 1
  private static let receivesPerTurn = 16
  private static let requestsPerTurn = 64

  init(configuration: Configuration, router: Router, listener: Listener, mailbox: Mailbox, epoll: Epoll) {
    self.configuration = configuration
    self.mailbox = mailbox
    self.listener = listener
    metrics = HTTPMetrics(configuration.metrics)
    judge = Judge(router: router, configuration: configuration)
    writer = ResponseWriter(security: configuration.security, rateLimit: configuration.rateLimit)
    log = AccessLog(writer: configuration.log)
    mostConnections = max(16, min(configuration.limits.connections, Machine.raiseDescriptorLimit() - 64))
    nowNanoseconds = Machine.monotonicNanoseconds()
    realTime = Machine.realTimeNanoseconds()
    now = Int(nowNanoseconds / 1_000_000)
    wheel = TimerWheel(now: now)
    var random = SystemRandomNumberGenerator()
    randomState = random.next()
    self.epoll = epoll
  }

  /// Has the kernel watch what the loop listens to beside its connections.
  static func watch(_ listener: Listener, _ mailbox: Mailbox, with epoll: Epoll) throws(SystemError) {
    try epoll.watchInput(listener.descriptor, token: listenerToken)
    try epoll.watchInput(mailbox.wakeUp.descriptor, token: wakeUpToken)
  }

  /// Serves until the server has drained.
  func run() {
    while true {
      let count = epoll.wait(into: &events, milliseconds: timeout)
      readClocks()
      for index in 0..<count { handle(events[index]) }
      if !again.isEmpty {
        let waiting = again
        again = []
        for connection in waiting where !connection.isClosed { pump(connection) }
      }
      for entry in wheel.due(now: now) { timerFired(entry) }
      flushGathered()
      log.flush()
      if let drainDeadline, connectionCount == 0 || now >= drainDeadline { break }
    }
    for connection in connections { if let connection { destroy(connection) } }
    log.flush()
  }

  private var timeout: Int32 {
    if !again.isEmpty { return 0 }
    if wheel.count > 0 || drainDeadline != nil { return Int32(TimerWheel.tickMilliseconds) }
    return -1
  }

  private func readClocks() {
    nowNanoseconds = Machine.monotonicNanoseconds()
    now = Int(nowNanoseconds / 1_000_000)
    realTime = Machine.realTimeNanoseconds()
    writer.setTime(seconds: Int(realTime / 1_000_000_000))
  }

  /// A number that hardly ever comes twice, for request ids (SplitMix64).
  func nextRandom() -> UInt64 {
    randomState &+= 0x9E37_79B9_7F4A_7C15
    var mixed = randomState
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  private func handle(_ event: Epoll.Event) {
    switch event.token {
    case EventLoop.listenerToken: acceptAll()
    case EventLoop.wakeUpToken: for message in mailbox.takeAll() { handle(message) }
    default:
      guard let connection = find(UInt32(truncatingIfNeeded: event.token), UInt32(event.token >> 32)) else { return }
      if event.broken {
        destroy(connection)
        return
      }
      if event.ended { connection.peerHasEnded = true }
      if event.readable { connection.mayHaveInput = true }
      if event.writable && !connection.output.isEmpty {
        flush(connection)
        if connection.isClosed { return }
      }
      if event.ended { probe(connection) }
      pump(connection)
    }
  }

  func find(_ descriptor: UInt32, _ serial: UInt32) -> Connection? {
    let index = Int(descriptor)
    guard index < connections.count, let connection = connections[index], connection.serial == serial else {
      return nil
    }
    return connection
  }

  private func acceptAll() {
    guard let listener else { return }
    for _ in 0..<256 {
      switch Socket.accept(listener.descriptor) {
      case .accepted(let socket): admit(socket)
      case .none: return
      case .exhausted:
        // The listener stays readable, so it must not be watched until there may be room again.
        epoll.forget(listener.descriptor)
        let mailbox = mailbox
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(100)) { mailbox.post(.resumeAccepting) }
        return
      }
    }
  }

  private func admit(_ socket: AcceptedSocket) {
    let ofAddress = connectionsByAddress[socket.address] ?? 0
    guard connectionCount < mostConnections, ofAddress < configuration.limits.connectionsPerAddress else {
      metrics.connectionsRefused.add()
      refuse(socket)
      return
    }
    let connection = Connection(socket, serial: nextSerial, limits: configuration.limits, now: now)
    nextSerial = nextSerial == .max ? 1 : nextSerial + 1
    do throws(SystemError) {
      try epoll.watchConnection(socket.descriptor, token: connection.token)
    } catch {
      Socket.close(socket.descriptor)
      return
    }
    let index = Int(socket.descriptor)
    while connections.count <= index { connections.append(nil) }
    connections[index] = connection
    connectionCount += 1
    connectionsByAddress[socket.address] = ofAddress + 1
    metrics.connectionsAccepted.add()
    metrics.connectionsOpen.set(connectionCount)
    schedule(connection)
  }

  /// Tells a client that there is no room, as far as its socket takes it at once.
  private func refuse(_ socket: AcceptedSocket) {
    let problem = Problem.overloaded(retryAfterSeconds: 5, detail: "There are too many connections.")
    let response = problem.response()
    var out: [UInt8] = []
    let context = ResponseWriter.Context(isLast: true, identity: RequestIdentity(made: nextRandom()))
    writer.appendHead(response, .known(response.body.count), context, to: &out)
    out += response.body
    _ = Socket.send(socket.descriptor, out, 0..<out.count)
    Socket.shutdownWriting(socket.descriptor)
    Socket.close(socket.descriptor)
  }

  /// Takes what a connection has to say, as long as it is to be listened to, and sends what came of it.
  func pump(_ connection: Connection) {
    var receives = 0
    requestsLeft = EventLoop.requestsPerTurn
    while !connection.isClosed, connection.machine.wantsInput {
      if requestsLeft <= 0 {
        again.append(connection)
        break
      }
      if !connection.backlog.isEmpty {
        let backlog = connection.backlog
        connection.backlog = []
        feed(connection, backlog.span)
      } else if connection.mayHaveInput {
        receives += 1
        if receives > EventLoop.receivesPerTurn {
          again.append(connection)
          break
        }
        receive(connection)
      } else {
        break
      }
      // Sending may find the client slow; then its further requests wait.
      if gathered.count >= 65_536 { flush(connection) }
    }
    if connection.isClosed { return }
    flush(connection)
    if connection.isClosed { return }
    schedule(connection)
  }

  private func receive(_ connection: Connection) {
    // The buffer is held here and not in the property while handlers run: a span of it may not outlive an access to it.
    var buffer = received
    received = []
    defer { received = buffer }
    switch Socket.receive(connection.descriptor, into: &buffer) {
    case .moved(let count):
      // Less than there was room for means that there is no more, unless the end has come as well.
      if count < buffer.count && !connection.peerHasEnded { connection.mayHaveInput = false }
      feed(connection, buffer.span.extracting(0..<count))
    case .wouldBlock: connection.mayHaveInput = false
    case .ended:
      connection.mayHaveInput = false
      // The machine must know whether an answer still waits before it decides whether this is the end.
      flush(connection)
      if connection.isClosed { return }
      perform(connection.machine.inputEnded(), connection, hasMoreInput: false)
    case .broken: destroy(connection)
    }
  }

  private func feed(_ connection: Connection, _ input: Span<UInt8>) {
    var index = 0
    while !connection.isClosed, connection.machine.wantsInput, requestsLeft > 0 {
      let action = connection.machine.advance(input, from: &index, now: now)
      if case .wait = action { break }
      perform(action, connection, hasMoreInput: index < input.count)
      if gathered.count >= 65_536 || !connection.output.isEmpty { flush(connection) }
    }
    if connection.isClosed { return }
    if index < input.count { input.append(index..<input.count, to: &connection.backlog) }
    countHeldBytes(of: connection)
  }

  /// Keeps the sum of all partial bodies; refuses the one that goes beyond the limit.
  private func countHeldBytes(of connection: Connection) {
    let held = connection.machine.heldBytes
    heldBytes += held - connection.countedBytes
    connection.countedBytes = held
    if held > 0, heldBytes > configuration.limits.bodyBytesInFlight {
      let refusal = Refusal(status: 503, code: "overloaded", detail: "Too many bodies are being received.")
      perform(connection.machine.refuse(refusal), connection, hasMoreInput: false)
    }
  }

  private func perform(_ action: ConnectionMachine.Action, _ connection: Connection, hasMoreInput: Bool) {
    switch action {
    case .wait: break
    case .judge(let head): judged(head, connection, hasMoreInput: hasMoreInput)
    case .run(let body): answer(connection, body: body)
    case .refuse(let refusal): refuse(connection, refusal)
    case .linger: Socket.shutdownWriting(connection.descriptor)
    case .close: destroy(connection)
    }
  }

  /// Decides about a request of which the head is there.
  private func judged(_ head: RequestHead, _ connection: Connection, hasMoreInput: Bool) {
    let judgement = judge.judge(head, client: connection.address, now: now)
    connection.judged = Connection.Judged(head: head, judgement: judgement)
    let isSettled = if case .settled = judgement.target { true } else { false }
    let isWaiting = head.expectsContinue && head.framing != .none && !hasMoreInput
    if isSettled && isWaiting {
      // The client holds its body back until it hears something: it hears the answer.
      connection.machine.answerEarly()
      answer(connection, body: [])
      return
    }
    let action = connection.machine.accept(bodyLimit: judgement.bodyLimit, discarding: isSettled)
    perform(action, connection, hasMoreInput: hasMoreInput)
    if case .wait = action, isWaiting {
      gather(for: connection)
      gathered.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
    }
  }

  /// Makes the gathering buffer this connection's.
  func gather(for connection: Connection) {
    if gathering === connection { return }
    flushGathered()
    gathering = connection
  }

  private func flushGathered() {
    if let owner = gathering, !owner.isClosed {
      flush(owner)
      // What could not be sent has a deadline now.
      if !owner.isClosed { schedule(owner) }
    }
    gathering = nil
    gathered.removeAll(keepingCapacity: gathered.count < 1 << 20)
  }

  /// Sends what was gathered and what waits, as far as the client takes it.
  func flush(_ connection: Connection) {
    var progressed = false
    if gathering === connection {
      gathering = nil
      if !gathered.isEmpty {
        var sent = 0
        if connection.output.isEmpty {
          switch Socket.send(connection.descriptor, gathered, 0..<gathered.count) {
          case .moved(let count): sent = count
          case .wouldBlock: break
          case .ended, .broken:
            gathered.removeAll(keepingCapacity: gathered.count < 1 << 20)
            destroy(connection)
            return
          }
        }
        metrics.bytesSent.add(sent)
        progressed = sent > 0
        if sent < gathered.count {
          let rest = Array(gathered[sent...])
          connection.output.append(rest, 0..<rest.count)
        }
        gathered.removeAll(keepingCapacity: gathered.count < 1 << 20)
      }
    }
    if !connection.output.isEmpty {
      let descriptor = connection.descriptor
      switch connection.output.send({ Socket.send(descriptor, $0, $1, more: $2) }) {
      case .sent(let count):
        metrics.bytesSent.add(count)
        progressed = progressed || count > 0
      case .broken:
        destroy(connection)
        return
      }
    }
    let action = connection.machine.outputChanged(
      isEmpty: connection.output.isEmpty, progressed: progressed, now: now)
    perform(action, connection, hasMoreInput: false)
    if connection.isClosed { return }
    if let current = connection.current, current.stream != nil {
      current.exchange?.streamMoved(taken: 0, unsent: connection.output.byteCount)
    }
  }

  /// Makes sure that the connection comes up in time for its next deadline.
  func schedule(_ connection: Connection) {
    let deadline = connection.nextDeadline
    guard deadline != ConnectionMachine.never else { return }
    if let tick = connection.timerTick, tick <= deadline / TimerWheel.tickMilliseconds + 1 { return }
    connection.timerTick = wheel.enter(descriptor: connection.descriptor, serial: connection.serial, at: deadline)
  }

  private func timerFired(_ entry: TimerWheel.Entry) {
    guard let connection = find(UInt32(bitPattern: entry.descriptor), entry.serial), connection.timerTick == entry.tick
    else { return }
    connection.timerTick = nil
    if let stream = connection.current?.stream, stream.heartbeatAt <= now { sendHeartbeat(connection) }
    if !connection.isClosed, connection.machine.deadline <= now {
      perform(connection.machine.expired(now: now), connection, hasMoreInput: false)
      if !connection.isClosed { flush(connection) }
    }
    if !connection.isClosed { schedule(connection) }
  }

  private func handle(_ message: Message) {
    switch message {
    case .drain: drain()
    case .resumeAccepting:
      guard let listener else { return }
      do throws(SystemError) {
        try epoll.watchInput(listener.descriptor, token: EventLoop.listenerToken)
      } catch {
        // It can fail only for want of memory, or because it is watched already, which is what is wanted.
        acceptAll()
      }
    case .answer(let token, let response):
      guard let connection = find(token) else { return }
      complete(connection, response)
      settle(connection)
    case .beginStream(let token, let head, let heartbeat):
      guard let connection = find(token) else { return }
      beginStream(connection, head, heartbeat: heartbeat)
    case .streamBytes(let token, let bytes):
      guard let connection = find(token) else { return }
      sendStream(connection, bytes)
    case .endStream(let token, let isComplete):
      guard let connection = find(token) else { return }
      endStream(connection, isComplete: isComplete)
      if !connection.isClosed { settle(connection) }
    }
  }

  /// The connection of an exchange, if the exchange is still the current one.
  private func find(_ token: ExchangeToken) -> Connection? {
    guard let connection = find(UInt32(bitPattern: token.descriptor), token.serial),
      connection.exchangeCount == token.number, connection.current?.exchange != nil
    else { return nil }
    return connection
  }

  /// After an answer from another thread: sends it, and goes on with what the client sent meanwhile.
  private func settle(_ connection: Connection) {
    flush(connection)
    if !connection.isClosed { pump(connection) }
  }

  private func drain() {
    guard drainDeadline == nil else { return }
    // Whoever has connected already is still served.
    acceptAll()
    if let listener {
      epoll.forget(listener.descriptor)
      Socket.close(listener.descriptor)
    }
    listener = nil
    drainDeadline = now + configuration.limits.drainSeconds * 1000
    configuration.onDrain?()
    for connection in connections {
      guard let connection else { continue }
      connection.machine.drain(now: now)
      schedule(connection)
    }
  }

  func destroy(_ connection: Connection) {
    guard !connection.isClosed else { return }
    connection.isClosed = true
    if gathering === connection {
      gathering = nil
      gathered.removeAll(keepingCapacity: gathered.count < 1 << 20)
    }
    if let current = connection.current {
      connection.current = nil
      if let stream = current.stream {
        metrics.streamsOpen.add(-1)
        record(current, status: stream.status, bytes: stream.bytes, client: connection.address)
      }
      current.exchange?.cancel()
    }
    _ = connection.machine.close()
    heldBytes -= connection.countedBytes
    Socket.close(connection.descriptor)
    connections[Int(connection.descriptor)] = nil
    connectionCount -= 1
    let ofAddress = (connectionsByAddress[connection.address] ?? 1) - 1
    connectionsByAddress[connection.address] = ofAddress > 0 ? ofAddress : nil
    metrics.connectionsOpen.set(connectionCount)
  }
}
