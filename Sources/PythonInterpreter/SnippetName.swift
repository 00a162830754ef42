/// What the snippets of a session are called as files: each by the number of its run, so that a traceback and a step say which one they mean.
package enum SnippetName {
  /// The file name of a run's snippet; the first has the name of one that is run by itself.
  package static func of(run number: Int) -> String { number == 1 ? "<snippet>" : "<snippet \(number)>" }

  /// The run whose snippet a file is; nil for another file.
  static func run(of file: String) -> Int? {
    if file == "<snippet>" { return 1 }
    guard file.hasPrefix("<snippet "), file.hasSuffix(">") else { return nil }
    return Int(file.dropFirst("<snippet ".count).dropLast())
  }
}
