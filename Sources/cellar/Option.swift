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
  /// Where `run` writes what it recorded; nil to record nothing.
  var traceFile: String?
  var program = ProgramOptions()
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

  static let trace = Option(
    name: "--trace", value: "FILE", help: "records the run and writes its steps and cells there, as JSON"
  ) {
    guard !$1.isEmpty else { return "a file" }
    $0.traceFile = $1
    return nil
  }

  static let workers = Option(name: "--workers", value: "N", help: "worker processes (one for each processor)") {
    guard let count = Int($1), (1...256).contains(count) else { return "a number from 1 to 256" }
    $0.service.workers = count
    return nil
  }

  static let requireSandbox = Option(
    name: "--require-sandbox", value: "LEVEL", help: "start only if workers are confined this far, 1 to 4"
  ) {
    guard let level = Int($1), (1...4).contains(level) else { return "a level from 1 to 4" }
    $0.service.requiredSandbox = level
    return nil
  }

  static let noSandbox = Option(name: "--no-sandbox", value: "", help: "run it in this process, for debugging") {
    $0.program.isSandboxed = false
    return ["", "yes", "1"].contains($1) ? nil : "given without a value"
  }

  static let ticks = Option(name: "--ticks", value: "N", help: "end it after so many instructions (any number)") {
    guard let ticks = Int($1), ticks > 0 else { return "a number from 1 on" }
    $0.program.ticks = ticks
    return nil
  }

  static let seconds = Option(name: "--seconds", value: "S", help: "end it after so much time (any time)") {
    guard let seconds = Double($1), seconds > 0, seconds < 1e9 else { return "a number above 0" }
    $0.program.seconds = seconds
    return nil
  }

  static let memory = Option(name: "--memory", value: "BYTES", help: "the memory that it may use (all of its cage)") {
    guard let bytes = Int($1), bytes >= 1 << 20 else { return "a number from 1048576 on" }
    $0.program.memoryBytes = bytes
    return nil
  }

  static let seed = Option(name: "--seed", value: "N", help: "what random numbers depend on (0)") {
    guard let seed = Int($1) else { return "a whole number" }
    $0.program.seed = seed
    return nil
  }

  static let allowHost = Option(
    name: "--allow-host", value: "NAME", help: "a further name to answer to; may be repeated", repeats: true
  ) {
    guard !$1.isEmpty else { return "a host's name" }
    $0.service.allowedHosts.append($1)
    return nil
  }

  static let allowOrigin = Option(
    name: "--allow-origin", value: "URL", help: "an origin whose pages may use the API; may be repeated", repeats: true
  ) {
    guard $1 == "*" || $1.hasPrefix("http://") || $1.hasPrefix("https://") else { return "an origin, or *" }
    $0.service.allowedOrigins.append($1)
    return nil
  }

  static let rateLimit = Option(
    name: "--rate-limit", value: "N", help: "requests a second that one client may make (any number)"
  ) {
    guard let count = Int($1), (1...1_000_000).contains(count) else { return "a number from 1 to 1000000" }
    $0.service.requestsPerSecond = count
    return nil
  }

  static let log = Option(name: "--log", value: "on|off", help: "a line of JSON for each request (on)") {
    guard ["on", "off"].contains($1) else { return "on or off" }
    $0.service.logsRequests = $1 == "on"
    return nil
  }

  static let keepDays = Option(
    name: "--keep-days", value: "N", help: "deletes sessions that nobody changed for so long (never)"
  ) {
    guard let days = Int($1), (1...100_000).contains(days) else { return "a number from 1 to 100000" }
    $0.service.keptDays = days
    return nil
  }

  static let storeMegabytes = Option(
    name: "--store-megabytes", value: "N", help: "deletes what was left alone the longest beyond this size (never)"
  ) {
    guard let size = Int($1), (1...100_000_000).contains(size) else { return "a number from 1 to 100000000" }
    $0.service.storeBytes = size << 20
    return nil
  }

  static let mostSeconds = Option(
    name: "--most-seconds", value: "S", help: "the most seconds that a run may ask for (5)"
  ) {
    guard let seconds = Double($1), (0.01...86_400).contains(seconds) else { return "a number from 0.01 to 86400" }
    $0.service.ceiling.seconds = seconds
    return nil
  }

  static let mostTicks = Option(
    name: "--most-ticks", value: "N", help: "the most ticks that a run may ask for (500000000)"
  ) {
    guard let ticks = Int($1), (1...Int.max / 32).contains(ticks) else { return "a positive number" }
    $0.service.ceiling.ticks = ticks
    return nil
  }

  static let mostMemory = Option(
    name: "--most-megabytes", value: "N", help: "the most megabytes that a run may ask for (64)"
  ) {
    guard let size = Int($1), (1...3_072).contains(size) else { return "a number from 1 to 3072" }
    $0.service.ceiling.memoryBytes = size << 20
    return nil
  }
}
