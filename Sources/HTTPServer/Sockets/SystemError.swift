import Glibc

/// A system call that failed: which one, and the error number it left.
package struct SystemError: Error, CustomStringConvertible {
  package let call: String
  package let code: Int32

  /// An error that the caller already knows.
  package init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  /// The error of the call that has just failed on this thread.
  static func last(_ call: String) -> SystemError {
    SystemError(call: call, code: errno)
  }

  package var description: String {
    // SAFETY: strerror returns a NUL-terminated string that stays valid until the thread's next call of it; it is
    // copied before this expression ends.
    "\(call): \(unsafe String(cString: strerror(code)))"
  }
}
