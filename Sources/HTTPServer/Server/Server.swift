import Dispatch

/// A server: bound from the moment it exists, serving once started, gone when it has drained.
package final class Server: Sendable {
  /// The port that it is bound to.
  package let port: UInt16
  private let mailbox: Mailbox
  private let configuration: Configuration
  private let router: Router
  private let listener: Listener
  private let epoll: Epoll
  private let stopped = DispatchGroup()

  /// Binds to the configured address.
  package init(configuration: Configuration, router: Router) throws(SystemError) {
    Machine.ignoreBrokenPipes()
    self.configuration = configuration
    self.router = router
    listener = try Listener(
      host: configuration.host, port: configuration.port,
      stallMilliseconds: Int32(clamping: configuration.limits.stallSeconds * 1000))
    port = listener.port
    mailbox = try Mailbox()
    epoll = try Epoll()
    try EventLoop.watch(listener, mailbox, with: epoll)
  }

  /// Starts to serve, on a thread of its own.
  package func start() throws(SystemError) {
    stopped.enter()
    try Machine.startThread { [self] in
      EventLoop(configuration: configuration, router: router, listener: listener, mailbox: mailbox, epoll: epoll).run()
      stopped.leave()
    }
  }

  /// Stops accepting, lets running requests finish, and then stops. It returns at once.
  package func drain() {
    mailbox.post(.drain)
  }

  /// Drains when the process is asked to end, and returns when it has drained.
  package func serveUntilSignal() {
    let sources = Machine.endingSignals.map { number in
      Machine.ignoreSignal(number)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [mailbox] in mailbox.post(.drain) }
      source.resume()
      return source
    }
    waitUntilStopped()
    for source in sources { source.cancel() }
  }

  /// Returns when the server has drained.
  package func waitUntilStopped() {
    stopped.wait()
  }
}
