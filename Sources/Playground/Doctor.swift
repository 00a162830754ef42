import Sandbox
import SessionStore

/// Looks at this machine and says what is missing and how to get it.
package enum Doctor {
  /// One thing that the program needs.
  package struct Finding: Sendable {
    package let what: String
    /// What to do about it; nil when all is well.
    package let remedy: String?
  }

  /// Everything that is needed, whether it is there or not.
  package static func examine(publicFolder: String) -> [Finding] {
    [
      file("the standard library", "/usr/lib/python3.11/os.py", remedy: "apt-get install libpython3.11-stdlib"),
      file(
        "the page's editor", "/usr/share/javascript/codemirror/codemirror.js",
        remedy: "apt-get install libjs-codemirror"),
      file("the page", publicFolder + "/index.html", remedy: "name its folder with --public"),
      file(
        "system call filters", "/proc/sys/kernel/seccomp/actions_avail",
        remedy: "use a Linux kernel with CONFIG_SECCOMP_FILTER"),
      Finding(
        what: "SQLite \(sqliteVersion)", remedy: isNewEnough(sqliteVersion) ? nil : "install SQLite 3.37 or newer"),
      baseImage(), sandbox(),
    ]
  }

  private static func file(_ what: String, _ path: String, remedy: String) -> Finding {
    Finding(what: "\(what), \(path)", remedy: Host.isReadable(path) ? nil : remedy)
  }

  /// Made now, if no program was run by hand before.
  private static func baseImage() -> Finding {
    guard let image = LibraryBase.personal else {
      return Finding(
        what: "the base image of the library", remedy: "set HOME or XDG_CACHE_HOME to a folder that can be written")
    }
    return Finding(what: "the base image of the library, \(image.byteCount >> 20) MiB", remedy: nil)
  }

  /// How far a worker comes in locking itself in. A host that refuses some of it can be used; its operator should know.
  private static func sandbox() -> Finding {
    var options = WorkerPool.Options()
    options.workers = 1
    options.requiredLevel = 0
    let pool = WorkerPool(options)
    defer { pool.close() }
    guard pool.waitUntilReady(seconds: 15), let confinement = pool.confinement else {
      return Finding(what: "a worker process", remedy: "see what the service says of its workers in its log")
    }
    let missing = confinement.missing
    let lack = missing.isEmpty ? "" : "; not in force: \(missing.joined(separator: ", "))"
    return Finding(what: "the sandbox, level \(confinement.level) of 4\(lack)", remedy: nil)
  }

  /// STRICT tables came with 3.37.
  static func isNewEnough(_ version: String) -> Bool {
    let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
    return numbers.count >= 2 && (numbers[0], numbers[1]) >= (3, 37)
  }
}
