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
    ]
  }

  private static func file(_ what: String, _ path: String, remedy: String) -> Finding {
    Finding(what: "\(what), \(path)", remedy: Host.isReadable(path) ? nil : remedy)
  }

  /// STRICT tables came with 3.37.
  static func isNewEnough(_ version: String) -> Bool {
    let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
    return numbers.count >= 2 && (numbers[0], numbers[1]) >= (3, 37)
  }
}
