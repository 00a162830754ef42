/// Every bound that the server keeps, with the defaults that suit a small public service.
package struct Limits: Sendable {
  package var requestLineBytes = 16 << 10
  package var headerBytes = 32 << 10
  package var headerFields = 100
  /// The largest body of a route that sets no limit of its own.
  package var bodyBytes = 1 << 20
  /// All bodies that are being received, together.
  package var bodyBytesInFlight = 256 << 20
  package var emptyLinesBeforeRequest = 4
  package var chunkExtensionBytes = 4 << 10
  package var chunkSizeDigits = 16
  package var trailerBytes = 8 << 10

  /// From the first byte of a head to its last.
  package var headerSeconds = 10
  /// For a body: this long, plus its size at the slowest rate that is borne.
  package var bodySeconds = 10
  package var bodyBytesPerSecond = 16 << 10
  package var idleSeconds = 60
  /// How long a client may take none of the bytes that wait for it.
  package var stallSeconds = 15
  /// How long, and how many bytes, are read from a client after its last answer.
  package var lingerSeconds = 2
  package var lingerBytes = 16 << 20
  /// How long running requests may take to finish after the server was asked to stop.
  package var drainSeconds = 30
  /// The longest silence on an event stream.
  package var heartbeatSeconds = 12

  package var connections = 10_000
  package var connectionsPerAddress = 10_000
  /// Above this, a stream tells its producer to wait; at four times this, it is cut.
  package var streamBufferBytes = 256 << 10

  /// The defaults.
  package init() {}
}
