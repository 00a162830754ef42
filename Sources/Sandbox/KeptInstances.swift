import PythonInterpreter

/// Instances of sessions that a worker keeps alive between two runs, the ones used last.
struct KeptInstances {
  static let most = 64

  private struct Entry {
    let session: String
    let state: Int
    let interpreter: Interpreter
  }

  /// The one used longest ago is first.
  private var entries: [Entry] = []

  var usedBytes: Int { entries.reduce(0) { $0 + $1.interpreter.instance.vm.usedBytes } }

  mutating func keep(_ interpreter: Interpreter, _ session: String, state: Int) {
    forget(session)
    if entries.count >= Self.most { entries.removeFirst() }
    interpreter.stream = nil
    interpreter.instance.host.isCancelled = { nil }
    entries.append(Entry(session: session, state: state, interpreter: interpreter))
  }

  /// The instance of a session in just this state; whatever it was in, it is not kept any longer.
  mutating func take(_ session: String, state: Int) -> Interpreter? {
    guard let index = entries.firstIndex(where: { $0.session == session }) else { return nil }
    let entry = entries.remove(at: index)
    return entry.state == state ? entry.interpreter : nil
  }

  mutating func forget(_ session: String) {
    entries.removeAll { $0.session == session }
  }

  mutating func removeAll() {
    entries.removeAll()
  }
}
