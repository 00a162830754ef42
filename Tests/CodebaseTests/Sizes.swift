/// How large a file and its functions are, and how much of it is not documented.
enum Sizes {
  static let fileLimit = 500
  static let functionLimit = 70
  /// No file grows beyond this, whatever the ratchet says.
  static let hardFileLimit = 700

  /// What is more than it should be: lines of "file PATH" and "function PATH NAME", declarations
  /// of "undocumented PATH", lines over 120 columns of "long PATH".
  static func excess(in file: SourceFile) -> [String: Int] {
    var excess: [String: Int] = [:]
    let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
    if count > fileLimit { excess["file \(file.path)"] = count }
    for (name, lines) in functions(in: file) where lines > functionLimit {
      excess["function \(file.path) \(name)", default: 0].raise(to: lines)
    }
    // What a test is called says what it is.
    let undocumented = file.path.hasPrefix("Tests/") ? 0 : Rules.undocumented(in: file).count
    if undocumented > 0 { excess["undocumented \(file.path)"] = undocumented }
    let long = Rules.longLines(in: file)
    if long > 0 { excess["long \(file.path)"] = long }
    return excess
  }

  /// The functions of a formatted file: one ends at the first closing brace that stands where its declaration starts.
  static func functions(in file: SourceFile) -> [(name: String, lines: Int)] {
    file.code.indices.compactMap { start in
      let line = file.code[start]
      guard line.mentions("func ") || line.mentions("init") || line.mentions("subscript") else { return nil }
      let match = line.firstMatch(
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

extension Int {
  fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}
