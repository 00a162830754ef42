import Playground

/// One option of a verb: how it is written, what it means, and what it does to the settings.
struct Option: Sendable {
  let name: String
  /// What stands for its value in the help.
  let value: String
  let help: String
  /// True if it may be given several times, and in the environment as a list with commas.
  var repeats = false
  /// Takes the value over, or says in a phrase what it must be.
  let take: @Sendable (inout Settings, String) -> String?

  /// The variable of the environment that gives the same, unless the command line does.
  var variable: String { "CELLAR_" + name.dropFirst(2).uppercased().replacing("-", with: "_") }
}

/// What the command line and the environment say, together.
struct Settings: Sendable {
  var service = ServiceOptions()
  /// What is not an option.
  var arguments: [String] = []
}

extension Option {
  static let host = Option(name: "--host", value: "ADDRESS", help: "the address to listen on (127.0.0.1)") {
    $0.service.host = $1
    return nil
  }

  static let port = Option(name: "--port", value: "N", help: "the port to listen on, 0 for any that is free (8080)") {
    guard let port = UInt16($1) else { return "a number from 0 to 65535" }
    $0.service.port = port
    return nil
  }

  static let data = Option(name: "--data", value: "DIR", help: "the folder of the session store (data)") {
    guard !$1.isEmpty else { return "a folder" }
    $0.service.dataFolder = $1
    return nil
  }

  static let publicFolder = Option(name: "--public", value: "DIR", help: "the folder of the page (Public)") {
    guard !$1.isEmpty else { return "a folder" }
    $0.service.publicFolder = $1
    return nil
  }

  static let workers = Option(name: "--workers", value: "N", help: "worker processes (one for each processor)") {
    guard let count = Int($1), (1...256).contains(count) else { return "a number from 1 to 256" }
    $0.service.workers = count
    return nil
  }

  static let allowHost = Option(
    name: "--allow-host", value: "NAME", help: "a further name to answer to; may be repeated", repeats: true
  ) {
    guard !$1.isEmpty else { return "a host's name" }
    $0.service.allowedHosts.append($1)
    return nil
  }
}
