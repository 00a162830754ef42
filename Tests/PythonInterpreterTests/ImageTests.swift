import PythonInterpreter
import PythonRuntime
import Testing

/// A suspended run goes on from its image, at another base, as if nothing had happened.
@Suite("Images")
struct ImageTests {
  static let programs: [(name: String, source: String)] = [
    (
      "closures",
      """
      def make_counter(step):
          count = 0
          def counter():
              nonlocal count
              count += step
              return count
          return counter
      counters = [make_counter(k) for k in range(5)]
      for i in range(3000):
          for counter in counters:
              counter()
      print([counter() for counter in counters], [c.__closure__[0].cell_contents for c in counters])
      """
    ),
    (
      "generators",
      """
      def tree(depth):
          if depth:
              yield from tree(depth - 1)
              yield depth
              yield from tree(depth - 1)
      total = 0
      for value in tree(11):
          total = total * 3 % 1000003 + value
      print(total)
      """
    ),
    (
      "classes",
      """
      class Account:
          opened = 0
          def __init__(self, owner):
              self.owner = owner
              self.balance = 0
              Account.opened += 1
          def deposit(self, amount):
              self.balance += amount
              return self
      accounts = [Account(str(i)) for i in range(40)]
      for i in range(4000):
          accounts[i % 40].deposit(i).tag = i
      print(Account.opened, sum(a.balance for a in accounts), accounts[7].tag)
      """
    ),
    (
      "exceptions",
      """
      def risky(i):
          if i % 3 == 0:
              raise ValueError(i)
          if i % 5 == 0:
              raise KeyError(str(i))
          return i
      seen = [0, 0, 0]
      for i in range(4000):
          try:
              seen[0] += risky(i)
          except ValueError as error:
              seen[1] += error.args[0]
          except KeyError:
              seen[2] += 1
          finally:
              seen[0] += 1
      print(seen)
      """
    ),
    (
      "garbage",
      """
      class Node:
          def __init__(self, next):
              self.next = next
              self.self = self
      head = None
      for i in range(30000):
          head = Node(head if i % 100 else None)
      depth = 0
      while head:
          depth += 1
          head = head.next
      print(depth)
      """
    ),
    (
      "numbers and text",
      """
      a, b = 0, 1
      words = {}
      for i in range(2500):
          a, b = b, a + b
          word = f"{b % 997:03x}-{i / 7:.3f}"
          words[word[:2]] = words.get(word[:2], 0) + len(word)
      print(len(str(a)), sorted(words.items())[:5], a % 1000000007)
      """
    ),
    (
      "a traceback",
      """
      def fail(n):
          if n == 0:
              return [1, 2][5]
          return fail(n - 1)
      for i in range(5000):
          i * i
      fail(3)
      """
    ),
  ]

  /// Output, ticks and outcome of a whole run.
  struct Record: Equatable, Sendable {
    var output: [UInt8] = []
    var ticks = 0
    var outcome = Interpreter.Outcome.ok
  }

  @Test("a run that is saved and restored at every 10,000th tick gives the same output and ticks", arguments: programs)
  func restoresInTheMiddle(_ program: (name: String, source: String)) throws {
    let source = Array(program.source.utf8)
    let whole = try #require(Interpreter())
    let expected = Self.record(whole.run(source))

    var actual = Record()
    var interpreter = try #require(Interpreter())
    var progress = interpreter.begin(source, sliceTicks: 10_000)
    var images = 0
    while case .suspended = progress {
      actual.output += interpreter.output.flatMap(\.bytes)
      // The old instance lives on beside the new one, so the new one's cage lies elsewhere.
      let restored = try Interpreter(image: Image(decoding: interpreter.image().encoded()))
      interpreter = restored
      images += 1
      progress = interpreter.proceed()
    }
    guard case .finished(let result) = progress else { return }
    let last = Self.record(result)
    actual = Record(output: actual.output + last.output, ticks: last.ticks, outcome: last.outcome)
    #expect(images > 2)
    #expect(actual == expected)
  }

  static func record(_ result: Interpreter.Result) -> Record {
    Record(output: result.output.flatMap(\.bytes), ticks: result.ticks, outcome: result.outcome)
  }

  @Test("an image that was damaged anywhere is refused")
  func refusesDamage() throws {
    let interpreter = try #require(Interpreter())
    _ = interpreter.run(Array("x = [1, 2, 3]".utf8))
    let image = interpreter.image()
    let encoded = image.encoded()
    for place in stride(from: 0, to: encoded.count, by: encoded.count / 50) {
      var bytes = encoded
      bytes[place] ^= 0x10
      #expect(throws: Image.Failure.self) { _ = try Interpreter(image: Image(decoding: bytes)) }
    }
    #expect(throws: Image.Failure.self) { _ = try Image(decoding: Array(encoded.dropLast(8))) }
    #expect(try Image(decoding: encoded) == image)
    let restored = try Interpreter(image: image)
    #expect(restored.run(Array("print(x)".utf8)).output.flatMap(\.bytes) == Array("[1, 2, 3]\n".utf8))
  }
}

/// Limits end a run exactly where they say, and leave the instance usable.
@Suite("Limits")
struct LimitTests {
  @Test("a tick limit ends the run at the same tick each time, and the next run works")
  func ticksAreExact() throws {
    var limits = Interpreter.Limits()
    limits.ticks = 50_000
    var ticks: Set<Int> = []
    for _ in 0..<3 {
      let interpreter = try #require(Interpreter())
      let result = interpreter.run(Array("i = 0\nwhile True:\n    try:\n        i += 1\n    except:\n        pass".utf8), limits: limits)
      #expect(result.outcome == .limit(.ticks))
      ticks.insert(result.ticks)
      #expect(interpreter.run(Array("print(i > 1000)".utf8)).output.first?.bytes == Array("True\n".utf8))
    }
    #expect(ticks.count == 1)
    #expect(ticks.allSatisfy { (50_000...50_100).contains($0) })
  }

  @Test("MemoryError can be caught, and memory is usable again")
  func memoryCanBeCaught() throws {
    var limits = Interpreter.Limits()
    limits.memoryBytes = 16 << 20
    let interpreter = try #require(Interpreter())
    let source = """
      kept = []
      try:
          while True:
              kept.append([0] * 1000)
      except MemoryError:
          count = len(kept)
          kept = None
      print(500 < count < 2200)
      print(sum(len([0] * 1000) for i in range(5000)))
      """
    let result = interpreter.run(Array(source.utf8), limits: limits)
    #expect(result.output.flatMap(\.bytes) == Array("True\n5000000\n".utf8))
  }

  @Test("endless recursion is a RecursionError, endless output a limit")
  func recursionAndOutput() throws {
    let interpreter = try #require(Interpreter())
    let recursion = interpreter.run(Array("def f(): return f()\ntry:\n    f()\nexcept RecursionError as e:\n    print(e)".utf8))
    #expect(recursion.output.first?.bytes == Array("maximum recursion depth exceeded\n".utf8))
    var limits = Interpreter.Limits()
    limits.outputBytes = 1000
    let output = interpreter.run(Array("while True: print('x' * 99)".utf8), limits: limits)
    #expect(output.outcome == .limit(.output))
    #expect(output.output.reduce(0) { $0 + $1.bytes.count } == 1000)
  }
}
