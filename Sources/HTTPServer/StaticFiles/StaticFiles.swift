import Synchronization

/// The files of one directory, kept in memory and read again when they change.
///
/// Only what a scan of the directory found is ever served, and a scan follows no links, so no path of a request,
/// however it is written, is given to the file system. The directory is looked at again at most once in two seconds.
package final class StaticFiles: Sendable {
  private struct Entry {
    let facts: FileFacts
    let file: StaticFile
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var scannedAt: UInt64 = 0
  }

  /// Files above this size are not served; the pages of a service are far smaller.
  package static let largestFile = 16 << 20
  private static let mostFiles = 10_000
  private static let rescanNanoseconds: UInt64 = 2_000_000_000

  private let directory: String
  /// The only names that are served; nil means all.
  private let names: Set<String>?
  private let state = Mutex(State())

  /// Reads the directory's files; or only those with some names.
  package init(directory: String, only names: [String]? = nil) {
    self.directory = directory
    self.names = names.map(Set.init)
    state.withLock { scan(&$0) }
  }

  /// The paths of all files, sorted.
  package var paths: [String] {
    state.withLock { $0.entries.keys.sorted() }
  }

  /// Answers a GET with the file at a path other than the request's own; nil if there is none.
  package func response(at path: String, to request: Request) -> Response? {
    file(at: path)?.response(to: request.headers, method: request.method)
  }

  /// What the file at a path holds; nil if there is none.
  package func bytes(at path: String) -> [UInt8]? {
    file(at: path)?.bytes
  }

  /// The file at a path; a directory's is its `index.html`.
  func file(at path: String) -> StaticFile? {
    state.withLock { state in
      if Machine.monotonicNanoseconds() &- state.scannedAt > StaticFiles.rescanNanoseconds { scan(&state) }
      return state.entries[path.hasSuffix("/") ? path + "index.html" : path]?.file
    }
  }

  private func scan(_ state: inout State) {
    var found: [String: Entry] = [:]
    collect("/", depth: 0, from: state.entries, into: &found)
    state.entries = found
    state.scannedAt = Machine.monotonicNanoseconds()
  }

  private func collect(
    _ prefix: String, depth: Int, from known: [String: Entry], into found: inout [String: Entry]
  ) {
    for name in FileReading.names(in: directory + prefix) where !name.hasPrefix(".") && names?.contains(name) != false {
      guard found.count < StaticFiles.mostFiles, let facts = FileReading.facts(directory + prefix + name) else {
        continue
      }
      let path = prefix + name
      if facts.isDirectory, depth < 8 {
        collect(path + "/", depth: depth + 1, from: known, into: &found)
      } else if facts.isRegular {
        if let entry = known[path], entry.facts == facts {
          found[path] = entry
        } else if let bytes = FileReading.bytes(directory + path, atMost: StaticFiles.largestFile) {
          let file = StaticFile(name: name, bytes: bytes, modifiedSeconds: facts.modifiedSeconds)
          found[path] = Entry(facts: facts, file: file)
        }
      }
    }
  }
}
