import Playground

/// A mistake in how the program was called: one sentence.
struct UsageError: Error {
  let sentence: String
}

/// What `cellar` can be told to do, and how its arguments are read.
enum Command {
  /// The verbs, in the order in which the help lists them.
  static let verbs: [Verb] = [.serve, .run, .repl, .check, .backup, .export, .take, .worker, .hop]

  /// Does what the arguments say; answers the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    do throws(UsageError) {
      switch arguments.first {
      case nil: throw UsageError(sentence: "Say what to do: \(names); see cellar --help.")
      case "--help", "-h", "help":
        Host.write(help)
        return 0
      case "--version":
        Host.write("cellar \(Version.program), Python \(Version.python)\n")
        return 0
      case let name?:
        guard let verb = verbs.first(where: { $0.name == name }) else {
          throw UsageError(sentence: "There is no \(name); it is one of \(names).")
        }
        return verb.run(try settings(of: verb, Array(arguments.dropFirst())))
      }
    } catch {
      Host.write("cellar: \(error.sentence)\n", toErrors: true)
      return 2
    }
  }

  private static var names: String {
    verbs.filter { $0.help != nil }.map(\.name).joined(separator: ", ")
  }

  /// Reads the arguments of a verb, over what the environment says.
  private static func settings(of verb: Verb, _ arguments: [String]) throws(UsageError) -> Settings {
    var settings = Settings()
    for option in verb.options {
      guard let text = Host.environment(option.variable) else { continue }
      for value in option.repeats ? text.split(separator: ",").map(String.init) : [text] {
        try take(value, of: option, called: option.variable, into: &settings)
      }
    }
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        settings.arguments.append(argument)
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = verb.options.first(where: { $0.name == parts[0] }) else {
        throw UsageError(sentence: "\(verb.name) has no option \(parts[0]); see cellar --help.")
      }
      let isFlag = option.value.isEmpty
      guard let value = parts.count == 2 ? parts[1] : isFlag ? "" : rest.popFirst() else {
        throw UsageError(sentence: "\(option.name) needs a value, \(option.value).")
      }
      try take(value, of: option, called: option.name, into: &settings)
    }
    guard settings.arguments.count == verb.arguments.count else {
      let wanted = verb.arguments.isEmpty ? "no arguments" : verb.arguments.joined(separator: " ")
      throw UsageError(sentence: "\(verb.name) takes \(wanted), and was given \(settings.arguments.count).")
    }
    return settings
  }

  private static func take(
    _ value: String, of option: Option, called name: String, into settings: inout Settings
  ) throws(UsageError) {
    if let wanted = option.take(&settings, value) {
      throw UsageError(sentence: "\(name) must be \(wanted), not '\(value)'.")
    }
  }

  private static var help: String {
    var text = "Cellar runs Python snippets and shows the cells behind their closures.\n\n"
    for verb in verbs {
      guard let help = verb.help else { continue }
      text += "  cellar \(([verb.name] + verb.arguments).joined(separator: " "))\n      \(help)\n"
      for option in verb.options {
        let written = "\(option.name) \(option.value)"
        text += "      " + written + String(repeating: " ", count: max(2, 20 - written.count)) + option.help + "\n"
      }
    }
    return text
      + "  cellar --version\n  cellar --help\n\nEach option can come from the environment: --port from CELLAR_PORT.\n"
  }
}
