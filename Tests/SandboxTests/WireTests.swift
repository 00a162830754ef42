import Sandbox
import Testing

@Suite("Messages between broker and worker")
struct WireTests {
  let request = RunRequest(
    source: "print('ü🦔\0')",
    limits: RunLimits(seconds: 0.25, ticks: .max, memoryBytes: 1, outputBytes: 0, recursion: -1))
  let answer = RunAnswer(
    outcome: "exception",
    pieces: [.init(isError: false, text: "one\n"), .init(isError: true, text: ""), .init(isError: false, text: "ü")],
    error: .init(type: "ValueError", message: "", text: "Traceback"), ticks: 12, memoryBytes: 4096)

  @Test("what was written is read")
  func roundTrip() {
    #expect(RunRequest(decoding: request.encoded()) == request)
    #expect(RunAnswer(decoding: answer.encoded()) == answer)
    #expect(RunAnswer(decoding: RunAnswer(outcome: "ok").encoded()) == RunAnswer(outcome: "ok"))
  }

  @Test("a message that is cut, or goes on, is refused")
  func cut() {
    let whole = answer.encoded()
    for count in 0..<whole.count { #expect(RunAnswer(decoding: Array(whole[..<count])) == nil) }
    #expect(RunAnswer(decoding: whole + [0]) == nil)
  }

  @Test("no damage to a byte is more than a refusal")
  func damage() {
    let whole = answer.encoded()
    for index in whole.indices {
      for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        var damaged = whole
        damaged[index] = value
        _ = RunAnswer(decoding: damaged)
        _ = RunRequest(decoding: damaged)
      }
    }
  }
}

@Suite("A channel")
struct ChannelTests {
  @Test("carries whole messages in order, also empty and large ones")
  func order() async throws {
    let (ours, theirs) = try Channel.pair()
    let peer = Channel(descriptor: theirs)
    let messages: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 3 << 20)]
    async let sent: Void = Task.detached {
      for message in messages { try ours.send(message, until: .after(seconds: 10)) }
    }.value
    for message in messages { #expect(try peer.receive(until: .after(seconds: 10)) == message) }
    try await sent
  }

  @Test("says that nothing came in time")
  func late() throws {
    let (ours, theirs) = try Channel.pair()
    let peer = Channel(descriptor: theirs)
    #expect(throws: Channel.Failure.late) { try peer.receive(until: .after(seconds: 0.02)) }
    try ours.send([1], until: .never)
    #expect(try peer.receive(until: .never) == [1])
  }

  @Test("says that the peer is gone")
  func closed() throws {
    let peer = Channel(descriptor: try Channel.pair().theirs)
    #expect(throws: Channel.Failure.closed) { try peer.receive(until: .never) }
    #expect(throws: Channel.Failure.closed) { try peer.send([1], until: .never) }
  }

  @Test("does not wait for a message that is longer than any")
  func tooLong() throws {
    let (ours, theirs) = try Channel.pair()
    let peer = Channel(descriptor: theirs)
    #expect(throws: Channel.Failure.malformed) {
      try ours.send([UInt8](repeating: 0, count: Channel.longestMessage + 1), until: .never)
    }
    _ = peer
  }
}
