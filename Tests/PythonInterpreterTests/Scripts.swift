import Foundation

/// The scripts of `Tests/Language`, as material for tests of the machine.
enum Scripts {
  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".py") && $0 != "run.py" }.sorted()

  static func source(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  static func all() throws -> [[UInt8]] { try names.map(source) }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Language")
}

/// Runs a body on a thread whose stack is deep enough for native functions and Python code that call each other.
func onInterpreterThread<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) throws -> Answer {
  let outcome = ThreadOutcome<Answer>()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    outcome.value = Swift.Result(catching: body)
    done.signal()
  }
  thread.stackSize = 512 << 20
  thread.start()
  done.wait()
  guard let value = outcome.value else { preconditionFailure("the thread signalled without an outcome") }
  return try value.get()
}

/// Written by the thread before it signals, read after that.
private final class ThreadOutcome<Answer: Sendable>: @unchecked Sendable {
  var value: Result<Answer, any Error>?
}
