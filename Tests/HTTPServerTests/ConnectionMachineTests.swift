import HTTPServer
import Testing

@Suite("A connection's life")
struct ConnectionMachineTests {
  /// A machine and a script of what happened to it, in words.
  private struct Life {
    var machine = ConnectionMachine(limits: Limits(), now: 0)
    var log: [String] = []

    mutating func note(_ action: ConnectionMachine.Action, now: Int) {
      switch action {
      case .wait: break
      case .judge(let head):
        log.append("judge \(head.path)")
        note(machine.accept(bodyLimit: 100, discarding: false), now: now)
      case .run(let body): log.append("run \(String(decoding: body, as: UTF8.self))")
      case .refuse(let refusal): log.append("refuse \(refusal.status)")
      case .linger: log.append("linger")
      case .close: log.append("close")
      }
    }

    /// Feeds bytes until the machine wants no more; gives how many it took.
    @discardableResult
    mutating func receive(_ text: String, now: Int = 0) -> Int {
      let bytes = Array(text.utf8)
      var index = 0
      while machine.wantsInput {
        let before = log.count
        note(machine.advance(bytes.span, from: &index, now: now), now: now)
        if log.count == before { break }
      }
      return index
    }

    mutating func answer(now: Int = 0) {
      machine.answered(now: now)
      note(machine.outputChanged(isEmpty: true, progressed: true, now: now), now: now)
    }
  }

  private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test("requests are run one after the other, each when the one before is answered")
  func pipelining() {
    var life = Life()
    let taken = life.receive(get + get)
    #expect(life.log == ["judge /", "run "])
    #expect(taken == get.utf8.count)
    #expect(!life.machine.wantsInput)
    life.answer()
    life.receive(get)
    #expect(life.log == ["judge /", "run ", "judge /", "run "])
  }

  @Test("after Connection: close nothing more is run, and the close lingers")
  func closing() {
    var life = Life()
    life.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    #expect(life.machine.isLastAnswer)
    life.answer()
    #expect(life.log.last == "linger")
    #expect(life.receive(get) == get.utf8.count)
    #expect(life.log.last == "linger")
    life.note(life.machine.inputEnded(), now: 0)
    #expect(life.log.last == "close")
  }

  @Test("a refusal is the last answer")
  func refusing() {
    var life = Life()
    life.receive("GET / HTTP/3.0\r\n\r\n")
    #expect(life.log == ["refuse 505"])
    #expect(life.machine.isLastAnswer)
    life.answer()
    #expect(life.log == ["refuse 505", "linger"])
    life.note(life.machine.expired(now: 5000), now: 5000)
    #expect(life.log.last == "close")
  }

  @Test("a head that drips in is cut off ten seconds after its first byte")
  func slowHead() {
    var life = Life()
    life.receive("GET", now: 30_000)
    #expect(life.machine.deadline == 40_000)
    life.receive(" / HTTP", now: 39_000)
    #expect(life.machine.deadline == 40_000)
    life.note(life.machine.expired(now: 40_000), now: 40_000)
    #expect(life.log == ["refuse 408"])
  }

  @Test("a body gets ten seconds and the time of its size at the least rate")
  func slowBody() {
    var life = Life()
    var limits = Limits()
    limits.bodyBytes = 1 << 20
    life.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 64\r\n\r\nabc", now: 1000)
    #expect(life.machine.deadline == 11_000 + 64 / 16)
    life.note(life.machine.expired(now: 12_000), now: 12_000)
    #expect(life.log.last == "refuse 408")
  }

  @Test("an idle connection is closed without a word after a minute")
  func idle() {
    var life = Life()
    life.receive(get)
    #expect(life.machine.deadline == ConnectionMachine.never)
    life.answer(now: 1000)
    #expect(life.machine.deadline == 61_000)
    life.note(life.machine.expired(now: 61_000), now: 61_000)
    #expect(life.log.last == "close")
  }

  @Test("a client that takes nothing of its answer is closed after fifteen seconds")
  func stalled() {
    var life = Life()
    life.receive(get)
    life.machine.answered(now: 1000)
    life.note(life.machine.outputChanged(isEmpty: false, progressed: true, now: 1000), now: 1000)
    #expect(!life.machine.wantsInput)
    #expect(life.machine.deadline == 16_000)
    life.note(life.machine.outputChanged(isEmpty: false, progressed: false, now: 9000), now: 9000)
    #expect(life.machine.deadline == 16_000)
    life.note(life.machine.outputChanged(isEmpty: false, progressed: true, now: 10_000), now: 10_000)
    #expect(life.machine.deadline == 25_000)
    life.note(life.machine.expired(now: 25_000), now: 25_000)
    #expect(life.log.last == "close")
  }

  @Test("a client that has finished sending still gets its answer")
  func halfClosed() {
    var life = Life()
    life.receive(get)
    life.note(life.machine.inputEnded(), now: 0)
    #expect(life.log == ["judge /", "run "])
    #expect(life.machine.isLastAnswer)
    life.answer()
    #expect(life.log.last == "close")
  }

  @Test("an end within a request is an error, and between requests it is not")
  func ended() {
    var within = Life()
    within.receive("GET / HT")
    within.note(within.machine.inputEnded(), now: 0)
    #expect(within.log == ["refuse 400"])
    var between = Life()
    between.note(between.machine.inputEnded(), now: 0)
    #expect(between.log == ["close"])
  }

  @Test("draining makes the running answer the last, and gives an idle client a moment")
  func draining() {
    var busy = Life()
    busy.receive(get)
    busy.machine.drain(now: 5000)
    #expect(busy.machine.isLastAnswer)
    busy.answer(now: 6000)
    #expect(busy.log.last == "linger")
    var idle = Life()
    idle.machine.drain(now: 5000)
    #expect(idle.machine.deadline == 5300)
    idle.receive(get, now: 5100)
    #expect(idle.log == ["judge /", "run "])
    #expect(idle.machine.isLastAnswer)
  }

  @Test("a deadline that moves on needs no new entry in the timer wheel, and comes up once")
  func wheel() {
    var wheel = TimerWheel(now: 0)
    let tick = wheel.enter(descriptor: 3, serial: 7, at: 1000)
    #expect(wheel.due(now: 900).isEmpty)
    #expect(wheel.due(now: 1200).map(\.tick) == [tick])
    #expect(wheel.due(now: 5000).isEmpty)
    #expect(wheel.count == 0)
    _ = wheel.enter(descriptor: 3, serial: 7, at: 5_000_000)
    #expect(wheel.due(now: 5000 + 128_000).count == 1, "a far deadline comes up early and is entered again")
    _ = wheel.enter(descriptor: 4, serial: 8, at: 200_000)
    #expect(wheel.due(now: 900_000_000).count == 1, "a long sleep loses nothing")
  }
}
