import PythonRuntime
import Sandbox
import Testing

@Suite("Messages between broker and worker")
struct WireTests {
  private let request: RunRequest = {
    var request = RunRequest(
      source: "print('ü🦔\0')",
      limits: RunLimits(seconds: 0.25, ticks: .max, memoryBytes: 1, outputBytes: 0, recursion: -1))
    request.input = [0, 255]
    request.start = .image(
      Image(fingerprint: 7, head: [1, 2, 3], pages: [.init(number: 4096, bytes: [UInt8](repeating: 5, count: 4096))]))
    request.live = LiveState(session: "s", before: 1, after: 2)
    request.trace = .cells
    request.change = CellChange(step: 3, cell: 7, expression: "x + 1")
    return request
  }()

  private let answer: RunAnswer = {
    var answer = RunAnswer(.exception)
    answer.pieces = [.init(isError: false, text: "one\n"), .init(time: 0.5, isError: true, text: "")]
    answer.error = .init(
      type: "ValueError", message: "", text: "Traceback",
      frames: [.init(file: "a", function: "f", line: 1, endLine: 2, column: 3, endColumn: 4, source: "ü")])
    answer.usage.ticks = 12
    answer.truncated.stdout = 1 << 40
    answer.image = Image(fingerprint: 1, head: [9], pages: [])
    answer.report = [0x7B, 0x7D]
    answer.result = "'x'"
    answer.changeFailure = .raised("NameError: x")
    return answer
  }()

  @Test("what was written is read")
  func roundTrip() throws {
    let request = try RunRequest(decoding: request.encoded())
    #expect(request.encoded() == self.request.encoded())
    #expect(request.source == self.request.source && request.live == self.request.live && request.trace == .cells)
    let answer = try RunAnswer(decoding: answer.encoded())
    #expect(answer.encoded() == self.answer.encoded())
    #expect(answer.pieces == self.answer.pieces && answer.error == self.answer.error)
    #expect(request.change == self.request.change && answer.changeFailure == self.answer.changeFailure)
    #expect(answer.truncated == self.answer.truncated && answer.usage == self.answer.usage)
    let question = InspectRequest(run: request, query: [1])
    #expect(try InspectRequest(decoding: question.encoded()).query == [1])
    let document = InspectAnswer(status: 404, contentType: "image/svg+xml", body: [1, 2])
    #expect(try InspectAnswer(decoding: document.encoded()) == document)
  }

  @Test("a message that is cut, or goes on, is refused")
  func cut() {
    let whole = answer.encoded()
    for count in 0..<whole.count { #expect((try? RunAnswer(decoding: Array(whole[..<count]))) == nil) }
    #expect((try? RunAnswer(decoding: whole + [0])) == nil)
  }

  @Test("no damage to a byte is more than a refusal")
  func damage() {
    let whole = answer.encoded()
    for index in whole.indices {
      for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        var damaged = whole
        damaged[index] = value
        _ = try? RunAnswer(decoding: damaged)
        _ = try? RunRequest(decoding: damaged)
        _ = try? InspectAnswer(decoding: damaged)
      }
    }
  }

  @Test("what would end an answer's header is no type of a document")
  func contentType() {
    let document = InspectAnswer(status: 200, contentType: "text/plain\r\nX: y", body: [])
    #expect((try? InspectAnswer(decoding: document.encoded())) == nil)
  }
}

@Suite("A channel")
struct ChannelTests {
  @Test("carries whole messages in order, also empty ones and those that go through a file in memory")
  func order() throws {
    let (ours, theirs) = try Channel.pair()
    let peer = Channel(descriptor: theirs)
    let messages: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 3 << 20), [4]]
    var reader = FrameReader()
    for message in messages {
      var frame = try #require(OutgoingFrame(message))
      #expect(try ours.send(&frame))
      _ = try peer.receive(into: &reader, acceptsDescriptors: true)
      #expect(try reader.next() == message)
    }
    #expect(try reader.next() == nil)
    #expect(try !peer.receive(into: &reader, acceptsDescriptors: true))
  }

  @Test("a message that comes byte by byte is the same message")
  func pieces() throws {
    let (ours, theirs) = try Channel.pair()
    let peer = Channel(descriptor: theirs)
    var reader = FrameReader()
    for byte in [3, 0, 0, 0, 7, 8, 9] as [UInt8] {
      #expect(try reader.next() == nil)
      var frame = OutgoingFrame(unframed: [byte])
      #expect(try ours.send(&frame))
      #expect(try peer.receive(into: &reader, acceptsDescriptors: true))
    }
    #expect(try reader.next() == [7, 8, 9])
  }

  @Test("says that the peer is gone")
  func closed() throws {
    let peer = Channel(descriptor: try Channel.pair().theirs)
    var reader = FrameReader()
    #expect(throws: Channel.Failure.closed) { try peer.receive(into: &reader, acceptsDescriptors: true) }
    #expect(throws: Channel.Failure.closed) { try peer.sendAll([1]) }
  }

  @Test("does not wait for a message that is longer than any, nor take a file that did not come")
  func hostile() throws {
    for head in [[0xFF, 0xFF, 0xFF, 0x7F], [8, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]] {
      let (ours, theirs) = try Channel.pair()
      let peer = Channel(descriptor: theirs)
      var reader = FrameReader()
      var frame = OutgoingFrame(unframed: head)
      #expect(try ours.send(&frame))
      _ = try peer.receive(into: &reader, acceptsDescriptors: true)
      #expect(throws: Channel.Failure.malformed) { try reader.next() }
    }
  }
}

@Suite("Output that was not sent")
struct OutputLogTests {
  @Test("what is no record is not read, whatever the bytes are")
  func hostile() {
    #expect(OutputLog.pieces(in: []).isEmpty)
    #expect(OutputLog.pieces(in: [UInt8](repeating: 0xFF, count: 1_000)).isEmpty)
    #expect(OutputLog.pieces(in: [UInt8](repeating: 0, count: 64)).allSatisfy { $0.text.isEmpty })
  }
}
