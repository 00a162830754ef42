/// Running requests and writing their answers.
extension EventLoop {
  private static let largestGatheredBody = 16_384

  /// Answers the request that was judged, now that its body is there.
  func answer(_ connection: Connection, body: [UInt8]) {
    guard let judged = connection.judged.take() else { preconditionFailure("a request runs only after it was judged") }
    let head = judged.head
    let judgement = judged.judgement
    let identity = RequestIdentity(headers: head.headers, made: nextRandom())
    var context = ResponseWriter.Context(identity: identity)
    context.isHead = head.method == .head
    context.isHTTP11 = head.isHTTP11
    context.grantedOrigin = judgement.grantedOrigin
    context.variesByOrigin = judgement.variesByOrigin
    context.rate = judgement.rate
    connection.exchangeCount &+= 1
    requestsLeft -= 1
    connection.current = Connection.Current(
      context: context, method: head.method.rawValue, path: head.path, route: judgement.route,
      startedAt: nowNanoseconds)
    switch judgement.target {
    case .settled(let response): complete(connection, response)
    case .file(let file): complete(connection, file.response(to: head.headers, method: head.method))
    case .route(let route, let parameters):
      let request = Request(
        head: head, body: body, parameters: parameters, clientAddress: connection.address, route: route.template,
        identity: identity)
      run(route, request, connection)
    }
  }

  private func run(_ route: Route, _ request: Request, _ connection: Connection) {
    switch route.handler {
    case .immediate(let handler):
      do throws(Problem) {
        complete(connection, try handler(request))
      } catch {
        complete(connection, error.response())
      }
    case .deferred(let handler):
      let token = ExchangeToken(
        descriptor: connection.descriptor, serial: connection.serial, number: connection.exchangeCount)
      let exchange = Exchange(
        token: token, mailbox: mailbox, streamLimit: configuration.limits.streamBufferBytes)
      connection.current?.exchange = exchange
      handler(request, Responder(exchange))
      if let response = exchange.handlerReturned() { complete(connection, response) }
    }
  }

  /// Answers what could not be understood, as the connection's last answer.
  func refuse(_ connection: Connection, _ refusal: Refusal) {
    let identity =
      connection.judged.map { RequestIdentity(headers: $0.head.headers, made: nextRandom()) }
      ?? RequestIdentity(made: nextRandom())
    let judged = connection.judged.take()
    var context = ResponseWriter.Context(identity: identity)
    context.isHead = judged?.head.method == .head
    context.grantedOrigin = judged?.judgement.grantedOrigin
    context.variesByOrigin = judged?.judgement.variesByOrigin ?? false
    connection.current = Connection.Current(
      context: context, method: judged?.head.method.rawValue ?? "-", path: judged?.head.path ?? "-",
      route: judged?.judgement.route ?? "none", startedAt: nowNanoseconds)
    complete(connection, refusal.problem.response())
  }

  /// Writes a whole answer and makes the connection ready for the next request.
  func complete(_ connection: Connection, _ response: Response) {
    guard var current = connection.current.take() else { return }
    current.context.isLast = connection.machine.isLastAnswer
    let range = response.bodyRange ?? 0..<response.body.count
    let sendsBody = !current.context.isHead && response.status != 204 && response.status != 304 && !range.isEmpty
    gather(for: connection)
    writer.appendHead(response, .known(range.count), current.context, to: &gathered)
    if sendsBody {
      if range.count <= EventLoop.largestGatheredBody {
        gathered.append(contentsOf: response.body[range])
      } else {
        let head = gathered
        gathered = []
        connection.output.append(head, 0..<head.count)
        connection.output.append(response.body, range)
      }
    }
    connection.machine.answered(now: now)
    record(current, status: response.status, bytes: sendsBody ? range.count : 0, client: connection.address)
  }

  /// Counts and logs a request whose answer is complete.
  func record(_ current: Connection.Current, status: Int, bytes: Int, client: String) {
    let duration = Machine.monotonicNanoseconds() &- current.startedAt
    metrics.record(route: current.route, status: status, nanoseconds: duration)
    guard log.isOn else { return }
    log.add(
      AccessLog.Entry(
        identity: current.context.identity, client: client, method: current.method, path: current.path,
        route: current.route, status: status, bytes: bytes, microseconds: Int(duration / 1000)),
      realTime: realTime)
  }
}

/// Answers that are sent piece by piece.
extension EventLoop {
  /// Writes the head of a streamed answer.
  func beginStream(_ connection: Connection, _ head: Response, heartbeat: [UInt8]?) {
    guard var current = connection.current, current.stream == nil else { return }
    let isHTTP11 = current.context.isHTTP11
    // Without chunks only the end of the connection marks the end of the body.
    if !isHTTP11 { connection.machine.closeAfterAnswer() }
    current.context.isLast = connection.machine.isLastAnswer
    gather(for: connection)
    writer.appendHead(head, isHTTP11 ? .chunked : .untilClose, current.context, to: &gathered)
    current.stream = Connection.Stream(
      status: head.status, isChunked: isHTTP11, hasBody: !current.context.isHead, heartbeat: heartbeat,
      heartbeatAt: nextHeartbeat(heartbeat))
    connection.current = current
    metrics.streamsOpen.add(1)
    schedule(connection)
  }

  private func nextHeartbeat(_ heartbeat: [UInt8]?) -> Int {
    heartbeat == nil ? ConnectionMachine.never : now + configuration.limits.heartbeatSeconds * 1000
  }

  /// Sends a piece that a producer posted.
  func sendStream(_ connection: Connection, _ bytes: [UInt8]) {
    guard let stream = connection.current?.stream else { return }
    connection.current?.stream?.heartbeatAt = nextHeartbeat(stream.heartbeat)
    connection.current?.stream?.bytes += bytes.count
    write(bytes, stream, connection)
    connection.current?.exchange?.streamMoved(taken: bytes.count, unsent: connection.output.byteCount)
    if gathered.count >= 65_536 {
      flush(connection)
      if !connection.isClosed { schedule(connection) }
    }
  }

  /// Sends the comment that shows a silent stream to be alive.
  func sendHeartbeat(_ connection: Connection) {
    guard let stream = connection.current?.stream, let heartbeat = stream.heartbeat else { return }
    connection.current?.stream?.heartbeatAt = nextHeartbeat(heartbeat)
    // A client that takes nothing gets no heartbeats on top of what waits for it.
    guard connection.output.isEmpty else { return }
    write(heartbeat, stream, connection)
    flush(connection)
  }

  /// A stream's client that has finished sending may be gone altogether: a heartbeat finds out, because the system of a
  /// client that is gone answers it with a reset.
  func probe(_ connection: Connection) {
    if connection.current?.stream?.heartbeat != nil { sendHeartbeat(connection) }
  }

  private func write(_ bytes: [UInt8], _ stream: Connection.Stream, _ connection: Connection) {
    guard stream.hasBody, !bytes.isEmpty else { return }
    gather(for: connection)
    if stream.isChunked {
      gathered.append(contentsOf: String(bytes.count, radix: 16).utf8)
      gathered.append(contentsOf: "\r\n".utf8)
    }
    gathered.append(contentsOf: bytes)
    if stream.isChunked { gathered.append(contentsOf: "\r\n".utf8) }
  }

  /// Ends a streamed answer; one that is not complete is cut off, so that the client can tell.
  func endStream(_ connection: Connection, isComplete: Bool) {
    guard let stream = connection.current?.stream, let current = connection.current.take() else { return }
    metrics.streamsOpen.add(-1)
    record(current, status: stream.status, bytes: stream.bytes, client: connection.address)
    guard isComplete else {
      flush(connection)
      destroy(connection)
      return
    }
    if stream.isChunked && stream.hasBody {
      gather(for: connection)
      gathered.append(contentsOf: "0\r\n\r\n".utf8)
    }
    connection.machine.answered(now: now)
  }
}
