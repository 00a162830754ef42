/// The modules of CPython's own library that snippets may import. Each is a row; what has no row is not available, whatever lies in
/// the library's folder. None of them can do more than the snippet itself could.
package struct LibraryModule: Sendable {
  /// How much of it the base image holds.
  package enum Readiness: Sendable {
    /// Already executed: importing it finds it.
    case loaded
    /// Compiled: importing it executes it.
    case compiled
  }

  package let name: String
  package let readiness: Readiness
  /// With the modules inside of it, except those named.
  package let isWholePackage: Bool
  package let without: Set<String>

  private init(_ name: String, _ readiness: Readiness, whole: Bool = false, without: Set<String> = []) {
    self.name = name
    self.readiness = readiness
    isWholePackage = whole
    self.without = without
  }

  private static func loaded(_ names: String) -> [LibraryModule] {
    names.split(separator: " ").map { LibraryModule(String($0), .loaded) }
  }

  private static func compiled(_ names: String) -> [LibraryModule] {
    names.split(separator: " ").map { LibraryModule(String($0), .compiled) }
  }

  private static func package(_ name: String, without: Set<String> = []) -> LibraryModule {
    LibraryModule(name, .compiled, whole: true, without: without)
  }

  /// Every row.
  package static let all: [LibraryModule] =
    // What programs commonly import, in the order in which the image executes it.
    loaded("abc _collections_abc types operator keyword reprlib functools collections collections.abc enum")
    + loaded("re re._constants re._parser re._casefix re._compiler copyreg copy weakref _weakrefset contextlib")
    + loaded("warnings linecache token tokenize traceback dis opcode ast inspect dataclasses typing")
    + loaded("string textwrap bisect heapq numbers random json json.decoder json.encoder json.scanner")
    + loaded("io codecs os posixpath genericpath stat _sitebuiltins statistics datetime asyncio email.utils")
    // Language and run time.
    + compiled("__future__ _pyio _compat_pickle _markupbase _pydecimal _py_abc _strptime _threading_local this")
    + compiled("code codeop cmd symtable tabnanny pyclbr rlcompleter timeit sched queue threading struct")
    + compiled("sre_compile sre_constants sre_parse pickle pickletools shelve trace bdb pkgutil runpy")
    + compiled("site sysconfig pydoc platform locale gettext getopt argparse optparse contextvars")
    + [
      package("importlib", without: ["importlib.metadata"]),
      package("concurrent", without: ["concurrent.futures.process"]),
      package("encodings", without: ["encodings.mbcs", "encodings.oem", "encodings.utf_7"]),
      package("unittest"), package("logging"),
      package("asyncio", without: ["asyncio.windows_events", "asyncio.windows_utils"]),
    ]
    + compiled("doctest pdb signal selectors")
    // Numbers, dates, data.
    + compiled("fractions decimal calendar zoneinfo colorsys graphlib uuid secrets hashlib hmac")
    + compiled("base64 binhex quopri uu stringprep xdrlib csv configparser tomllib tomllib._parser")
    + compiled("tomllib._re tomllib._types json.tool ipaddress zipfile")
    + [package("zoneinfo")]
    // Text and names.
    + compiled("pprint difflib fnmatch glob shlex string html html.entities html.parser mimetypes netrc")
    + compiled("ntpath nturl2path pathlib tempfile shutil filecmp fileinput")
    + [
      package("email"), package("urllib", without: ["urllib.request", "urllib.robotparser"]), package("xml"),
      package("wsgiref", without: ["wsgiref.simple_server"]),
    ]
    + compiled("http http.cookies")

  /// Rows by name, for asking whether a module may be had.
  package static let byName: [String: LibraryModule] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, later in later.isWholePackage ? later : first })

  /// Whether a snippet may import the module of this full name, if the library has it.
  package static func allows(_ name: String) -> Bool {
    if byName[name] != nil { return true }
    var parent = name[...]
    while let dot = parent.lastIndex(of: ".") {
      parent = parent[..<dot]
      if let row = byName[String(parent)], row.isWholePackage { return !row.without.contains(name) }
    }
    return false
  }
}
