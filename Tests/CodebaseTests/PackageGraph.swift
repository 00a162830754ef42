/// Which target may import which, as Package.swift and ARCHITECTURE.md say it.
enum PackageGraph {
  /// From calls such as `target("A", ["B", "C"])`.
  static func manifest(_ text: String) -> [String: Set<String>] {
    var graph: [String: Set<String>] = [:]
    for match in text.matches(
      of: /^\s*(?:target|program|tests)\(\s*"(\w+)"(?:,\s*\[([^\]]*)\])?/.anchorsMatchLineEndings())
    {
      graph[String(match.1)] = names(match.2 ?? "", quote: "\"")
    }
    return graph
  }

  /// From rows such as "| `A` | `B`, `C` | what it is |".
  static func table(_ text: String) -> [String: Set<String>] {
    var graph: [String: Set<String>] = [:]
    for match in text.matches(of: /^\| `(\w+)` \|([^|]*)\|/.anchorsMatchLineEndings()) {
      graph[String(match.1)] = names(match.2, quote: "`")
    }
    return graph
  }

  private static func names(_ list: Substring, quote: Character) -> Set<String> {
    Set(list.split(separator: quote).map(String.init).filter { $0.first?.isLetter == true })
  }
}
