/// Why Python code is being left. What is raised lies in the state (`pendingException`), so this fits a register.
package enum Unwind: Error {
  /// A Python exception is pending.
  case exception
  /// A limit was reached, or the run was cancelled: nothing in the program can catch it.
  case limit(Limit)
}

/// The limits that end a run.
package enum Limit: UInt8, Sendable {
  case ticks, time, memory, output, cancelled
}
