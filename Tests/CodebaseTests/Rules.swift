import Foundation

/// What the files must keep to. Each rule answers its violations, one sentence each, so that it can be tried on text.
enum Rules {
  /// The folders whose code may use unsafe constructs; their faces take and return safe types.
  static let fence = [
    "Sources/PythonRuntime/Cage/", "Sources/PythonRuntime/Machine/", "Sources/PythonRuntime/Core/Instance.swift",
    "Sources/HTTPServer/Sockets/",
    "Sources/SessionStore/SQLite/", "Sources/Sandbox/", "Sources/Playground/System/",
  ]

  /// The toolchain's modules that a target may import beside what Package.swift lists for it.
  static func systemModules(of target: String) -> Set<String> {
    switch target {
    case "PythonSyntax", "PythonBytecode": []
    case "PythonCompiler": ["Glibc"]
    case "PythonRuntime", "PythonInterpreter": ["Glibc", "Synchronization"]
    default: ["Glibc", "Dispatch", "Synchronization"]
    }
  }

  /// Imports that neither the graph nor the list above allows.
  static func forbiddenImports(in file: SourceFile, graph: [String: Set<String>]) -> [String] {
    let allowed = (graph[file.target] ?? []).union(systemModules(of: file.target))
    return file.code.compactMap { line in
      guard line.mentions("import") else { return nil }
      let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
      let access: Set<Substring> = ["package", "public", "internal", "private", "fileprivate"]
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
      let statement = words.drop { access.contains($0) }
      guard statement.first == "import" else { return nil }
      let path = statement.dropFirst().drop { kinds.contains($0) }
      let module = String(path.first?.prefix { $0 != "." } ?? "")
      return allowed.contains(module) ? nil : "\(file.path) imports \(module), which \(file.target) may not."
    }
  }

  /// Unsafe constructs outside the fence, and files inside it that do not say why they are safe.
  static func unsafeUses(in file: SourceFile) -> [String] {
    let uses = file.code.indices.filter {
      (file.code[$0].mentions("nsafe") || file.code[$0].mentions("Unmanaged"))
        && file.code[$0].contains(/\b(unsafe|Unsafe\w+|unsafeBitCast|Unmanaged)\b/)
    }
    guard let first = uses.first else { return [] }
    guard fence.contains(where: file.path.hasPrefix) else {
      return ["\(file.path):\(first + 1) uses an unsafe construct outside the fence."]
    }
    let reasons = file.lines.filter { $0.contains(/\/\/ SAFETY: (\S+ )+\S/) }
    return reasons.isEmpty ? ["\(file.path) uses unsafe constructs and has no SAFETY sentence."] : []
  }

  /// Reasons that say nothing.
  static func emptyReasons(in file: SourceFile) -> [String] {
    file.lines.indices.compactMap { index in
      guard file.lines[index].contains("SAFETY:"), !file.lines[index].contains(/\/\/ SAFETY: (\S+ )+\S/) else {
        return nil
      }
      return "\(file.path):\(index + 1) has a SAFETY comment that is not a sentence."
    }
  }

  /// Marks of unfinished work, and paths of somebody's machine.
  static func leftovers(path: String, text: String) -> [String] {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    let places = ["/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/"]
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
      number, line -> [String] in
      let suspect = (marks + places).contains { word in line.contains(word) }
      guard suspect else { return [] }
      let words = line.split { !$0.isLetter }.map(String.init)
      return marks.filter(words.contains).map { "\(path):\(number + 1) has the mark \($0)." }
        + places.filter { line.contains($0) }.map { "\(path):\(number + 1) names a machine's path, \($0)." }
    }
  }

  /// Names that say nothing: of files, folders and types.
  static func emptyNames(in file: SourceFile) -> [String] {
    let empty = /(Util|Utils|Utilities|Helper|Helpers|Common|Misc|Manager|Impl)(?![a-z])/
    let declaration = /\b(?:class|struct|enum|actor|protocol|typealias)\s+(\w+)/
    let kinds = ["class ", "struct ", "enum ", "actor ", "protocol ", "typealias "]
    let declarations = file.code.filter { line in kinds.contains { line.contains($0) } }
    let types = declarations.compactMap { $0.firstMatch(of: declaration).map { String($0.1) } }
    return (types + [file.path]).filter { $0.contains(empty) }.map { "\(file.path): the name \($0) says nothing." }
  }

  /// The lines that declare a type or a `package` function without a sentence that says what it is.
  static func undocumented(in file: SourceFile) -> [Int] {
    let type = /^(?:@\w+ )?(?:(?:package|final|indirect|private|fileprivate) )*(?:class|struct|enum|actor|protocol) \w/
    let function = /^\s*package (?:static |mutating |final )*func\b/
    return file.code.indices.filter { index in
      let line = file.code[index]
      guard line.first.map({ $0 != " " && $0 != "}" }) == true || line.mentions("package ") else { return false }
      guard file.code[index].contains(type) || file.code[index].contains(function) else { return false }
      var above = index - 1
      while above >= 0, file.lines[above].contains(/^\s*@/) { above -= 1 }
      return above < 0 || !file.lines[above].contains(/^\s*\/\/\//)
    }
  }

  /// How many lines of code are too long, comments and quoted text aside: the formatter breaks neither.
  static func longLines(in file: SourceFile) -> Int {
    file.code.count { $0.utf8.count > 120 }
  }
}
