import Foundation
import PythonInterpreter
import PythonRuntime
import Sandbox
import Testing

@Suite("Instances in memory that was used before")
struct RecyclingTests {
  /// Changes classes and modules of the library, fills memory, and leaves by an exception with frames and generators underway.
  private static let rude = """
    import collections, functools, json, re
    json.secret = collections.Counter.secret = "left behind"
    functools.lru_cache = None
    re.compile("(a|b)*c").match("abababc")
    items = [object() for _ in range(200_000)]
    def forever():
      while True: yield items
    g = forever(); next(g)
    1 / 0
    """
  private static let polite = """
    import json, functools, collections
    print(hasattr(json, "secret"), hasattr(collections.Counter, "secret"), functools.lru_cache is None)
    print(json.dumps({"a": [1, 2.5, None]}), len(dir()))
    """

  private func outcome(_ interpreter: Interpreter) -> (output: [UInt8], ticks: Int, image: Image) {
    let result = interpreter.run(Array(Self.polite.utf8))
    return (result.output.flatMap(\.bytes), result.ticks, interpreter.image())
  }

  @Test("are as fresh as in new memory, whatever was there")
  func fresh() throws {
    let folder = NSTemporaryDirectory() + "cellar-base-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let base = try #require(LibraryBase.image(folder: folder))
    let wanted = outcome(try Interpreter(base: base))
    #expect(String(decoding: wanted.output, as: UTF8.self).hasPrefix("False False False\n"))
    var used = try Interpreter(base: base)
    for _ in 0..<3 {
      #expect(used.run(Array(Self.rude.utf8)).outcome == .exception)
      used = try #require(Interpreter(recycling: used))
      let found = outcome(used)
      #expect(found.output == wanted.output && found.ticks == wanted.ticks && found.image == wanted.image)
      used = try #require(Interpreter(recycling: used))
      #expect(used.image() == (try Interpreter(base: base)).image())
    }
  }
}
