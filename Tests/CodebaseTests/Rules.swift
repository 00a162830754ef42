import Foundation

/// What the files must keep to. Each rule answers its violations, one sentence each, so that it can be tried on text.
enum Rules {
  /// The folders whose code may use unsafe constructs; their faces take and return safe types.
  static let fence = [
    "Sources/PythonRuntime/Cage/", "Sources/PythonRuntime/Machine/", "Sources/HTTPServer/Sockets/",
    "Sources/SessionStore/SQLite/", "Sources/Sandbox/",
  ]

  /// The toolchain's modules that a target may import beside what Package.swift lists for it.
  static func systemModules(of target: String) -> Set<String> {
    switch target {
    case "PythonSyntax", "PythonBytecode", "PythonCompiler": []
    case "PythonRuntime", "PythonInterpreter": ["Glibc", "Synchronization"]
    default: ["Glibc", "Dispatch", "Synchronization"]
    }
  }

  /// Imports that neither the graph nor the list above allows.
  static func forbiddenImports(in file: SourceFile, graph: [String: Set<String>]) -> [String] {
    let allowed = (graph[file.target] ?? []).union(systemModules(of: file.target))
    return file.code.compactMap { line in
      guard
        let match = line.firstMatch(
          of:
            /^\s*(?:@\w+\s+|package\s+|public\s+|internal\s+)*import\s+(?:(?:struct|class|enum|func|let|var|protocol)\s+)?(\w+)/
        )
      else { return nil }
      let module = String(match.1)
      return allowed.contains(module) ? nil : "\(file.path) imports \(module), which \(file.target) may not."
    }
  }

  /// Unsafe constructs outside the fence, and files inside it that do not say why they are safe.
  static func unsafeUses(in file: SourceFile) -> [String] {
    let uses = file.code.indices.filter { file.code[$0].contains(/\b(unsafe|Unsafe\w+|unsafeBitCast|Unmanaged)\b/) }
    guard let first = uses.first else { return [] }
    guard fence.contains(where: file.path.hasPrefix) else {
      return ["\(file.path):\(first + 1) uses an unsafe construct outside the fence."]
    }
    let reasons = file.lines.filter { $0.contains(/\/\/ SAFETY: (\S+ ){3,}/) }
    return reasons.isEmpty ? ["\(file.path) uses unsafe constructs and has no SAFETY sentence."] : []
  }

  /// Reasons that say nothing.
  static func emptyReasons(in file: SourceFile) -> [String] {
    file.lines.indices.compactMap { index in
      guard file.lines[index].contains("SAFETY:"), !file.lines[index].contains(/\/\/ SAFETY: (\S+ ){3,}/) else {
        return nil
      }
      return "\(file.path):\(index + 1) has a SAFETY comment that is not a sentence."
    }
  }

  /// Marks of unfinished work, and paths of somebody's machine.
  static func leftovers(path: String, text: String) -> [String] {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    let places = ["/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/"]
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { number, line in
      let words = line.split { !$0.isLetter }.map(String.init)
      return marks.filter(words.contains).map { "\(path):\(number + 1) has the mark \($0)." }
        + places.filter { line.contains($0) }.map { "\(path):\(number + 1) names a machine's path, \($0)." }
    }
  }

  /// Names that say nothing: of files, folders and types.
  static func emptyNames(in file: SourceFile) -> [String] {
    let empty = /(Util|Utils|Utilities|Helper|Helpers|Common|Misc|Manager|Impl)(?![a-z])/
    let declaration = /\b(?:class|struct|enum|actor|protocol|typealias)\s+(\w+)/
    let types = file.code.compactMap { $0.firstMatch(of: declaration).map { String($0.1) } }
    return (types + [file.path]).filter { $0.contains(empty) }.map { "\(file.path): the name \($0) says nothing." }
  }

  /// Types and `package` functions without a sentence of documentation.
  static func undocumented(in file: SourceFile) -> [String] {
    let declared =
      /^(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|final|indirect|private|fileprivate)\s+)*(?:class|struct|enum|actor|protocol)\s+(\w+)/
    let function = /^\s*package (?:static |mutating |final )*(?:func|init)\b/
    return file.code.indices.compactMap { index in
      let line = file.code[index]
      guard line.contains(declared) || line.contains(function) else { return nil }
      var above = index - 1
      while above >= 0, file.lines[above].contains(/^\s*@/) { above -= 1 }
      let documented = above >= 0 && file.lines[above].contains(/^\s*\/\/\//)
      return documented ? nil : "\(file.path):\(index + 1) declares something without saying what it is."
    }
  }
}

/// The sizes of a file and of its functions.
struct Sizes {
  static let fileLimit = 500
  static let functionLimit = 70
  /// No file grows beyond this, whatever the ratchet says.
  static let hardFileLimit = 700

  /// What is larger than it should be: "file PATH" or "function PATH NAME" to its lines.
  static func excess(in file: SourceFile) -> [String: Int] {
    var excess: [String: Int] = [:]
    let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
    if count > fileLimit { excess["file \(file.path)"] = count }
    for (name, lines) in functions(in: file) where lines > functionLimit {
      excess["function \(file.path) \(name)", default: 0] = max(lines, excess["function \(file.path) \(name)"] ?? 0)
    }
    return excess
  }

  /// The functions of a formatted file: one ends at the first closing brace that stands where its declaration starts.
  static func functions(in file: SourceFile) -> [(name: String, lines: Int)] {
    file.code.indices.compactMap { start in
      let match = file.code[start].firstMatch(
        of: /^( *)(?:@?\w+(?:\([^)]*\))? )*?(?:func (\S+?)[(<]|(init)[?(<]|(deinit) |(subscript)[(<])/)
      guard let match else { return nil }
      let name = String(match.2 ?? match.3 ?? match.4 ?? match.5 ?? "")
      let close = String(match.1) + "}"
      // A protocol's requirement has no body, and a body on one line ends there.
      if file.code[start].contains(/\}\s*$/) { return (name, 1) }
      guard let end = file.lines[start...].firstIndex(where: { $0 == close }) else { return nil }
      return (name, end - start + 1)
    }
  }
}

/// What was too large when the limits were set, and may only shrink.
struct Ratchet {
  let allowed: [String: Int]

  /// One line each: what it is, then how many lines it has.
  init(text: String) {
    var allowed: [String: Int] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      if let size = words.last.flatMap({ Int($0) }) { allowed[words.dropLast().joined(separator: " ")] = size }
    }
    self.allowed = allowed
  }

  /// What grew, what is new, and what has become small enough to leave the list.
  func violations(excess: [String: Int]) -> [String] {
    let grown = excess.compactMap { name, lines -> String? in
      guard let limit = allowed[name] else { return "\(name) has \(lines) lines: split it." }
      return lines > limit ? "\(name) has grown from \(limit) to \(lines) lines." : nil
    }
    let healed = allowed.keys.filter { excess[$0] == nil }.map { "\($0) is small enough: take it off the ratchet." }
    return (grown + healed).sorted()
  }
}
