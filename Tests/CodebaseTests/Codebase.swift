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
    let (quote, backslash, slash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"))
    var kept: [UInt8] = []
    var quoted = false
    var previous: UInt8 = 0
    for byte in line.utf8 {
      if byte == quote, previous != backslash { quoted.toggle() }
      if !quoted, byte == slash, previous == slash { return String(decoding: kept.dropLast(), as: UTF8.self) }
      if !quoted { kept.append(byte) }
      previous = byte == backslash && previous == backslash ? 0 : byte
    }
    return String(decoding: kept, as: UTF8.self)
  }
}

extension String {
  /// Whether a word of plain letters occurs. It rules out most lines long before a regular expression would.
  func mentions(_ word: StaticString) -> Bool {
    let wanted = Array(word.description.utf8)
    let bytes = utf8
    guard bytes.count >= wanted.count else { return false }
    var index = bytes.startIndex
    while let found = bytes[index...].firstIndex(of: wanted[0]) {
      if bytes[found...].starts(with: wanted) { return true }
      index = bytes.index(after: found)
    }
    return false
  }
}
