import Foundation

/// The repository that these tests belong to, as files and lines.
enum Codebase {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every file of the repository, as a path from its top; what is built or made by running it is left out.
  static let files: [String] = {
    let made: Set<String> = [".build", ".git", "data", "__pycache__"]
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path + "/" + folder)) ?? []
      for name in names where !made.contains(name) {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        var isFolder: ObjCBool = false
        // Foundation asks for the answer by pointer.
        guard unsafe FileManager.default.fileExists(atPath: root.path + "/" + path, isDirectory: &isFolder) else {
          continue
        }
        if isFolder.boolValue { folders.append(path) } else { found.append(path) }
      }
    }
    return found.sorted()
  }()

  /// The Swift files below a folder.
  static func swiftFiles(in folder: String) -> [SourceFile] {
    files.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(".swift") }.map { SourceFile(path: $0, text: text($0)) }
  }

  /// The text of a file; empty for one that is not text.
  static func text(_ path: String) -> String {
    (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }
}

/// One Swift file: its lines as they stand, and as the compiler sees them.
struct SourceFile {
  let path: String
  let lines: [String]
  /// The lines without comments and without what stands in quotes.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var insideText = false
    code = lines.map { line in
      let delimiters = line.components(separatedBy: "\"\"\"").count - 1
      defer { if delimiters % 2 == 1 { insideText.toggle() } }
      return insideText || delimiters > 0 ? "" : Self.stripped(line)
    }
  }

  /// The target that the file belongs to: the folder below Sources or Tests.
  var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  private static func stripped(_ line: String) -> String {
    var kept = ""
    var quoted = false
    var previous: Character = " "
    for character in line {
      if character == "\"", previous != "\\" { quoted.toggle() }
      if !quoted, character == "/", previous == "/" { return String(kept.dropLast()) }
      if !quoted { kept.append(character) }
      previous = character == "\\" && previous == "\\" ? " " : character
    }
    return kept
  }
}
