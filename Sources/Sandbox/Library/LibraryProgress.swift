import Glibc
import Synchronization

/// Shows on a terminal how far the making of a base image is, on one line that is wiped at the end.
package final class LibraryProgress: Sendable {
  private let isShown = isatty(STDERR_FILENO) != 0
  private let lastPercent = Mutex(-1)

  package init() {}

  /// Takes what a cache reports.
  package func show(_ event: BaseImageCache.Event) {
    if case .failed(let module, let traceback) = event {
      let reason = traceback.split(separator: "\n").last ?? "for no reason"
      return write("\(isShown ? "\r\u{1B}[K" : "")cellar: the library's \(module) cannot be loaded: \(reason)\n")
    }
    guard isShown else { return }
    switch event {
    case .compiled(let done, let total):
      let percent = done * 100 / max(total, 1)
      let isNew = lastPercent.withLock { last in
        defer { last = max(last, percent) }
        return percent > last
      }
      if isNew { write("\rcellar: compiling the library, \(percent) %") }
    case .executing: write("\rcellar: loading the library …      ")
    case .failed: break
    case .built: write("\r\u{1B}[K")
    }
  }

  private func write(_ text: String) { _ = Files.writeAll(Array(text.utf8), to: STDERR_FILENO) }
}
