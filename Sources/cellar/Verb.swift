import Playground
import Sandbox

/// One thing that the program does.
struct Verb: Sendable {
  let name: String
  /// What it takes besides options, as the help shows it.
  var arguments: [String] = []
  /// Nil for what is not for people.
  let help: String?
  var options: [Option] = []
  /// Does it; answers the exit status.
  let run: @Sendable (Settings) -> Int32
}

extension Verb {
  static let serve = Verb(
    name: "serve", help: "serves the page and the API until it is asked to end",
    options: [
      .host, .port, .data, .publicFolder, .workers, .requireSandbox, .allowHost, .allowOrigin, .rateLimit, .log,
      .keepDays,
      .storeMegabytes, .mostSeconds, .mostTicks, .mostMemory,
    ]
  ) { settings in
    do throws(ServiceError) {
      let service = try Service(settings.service)
      let host = settings.service.host.contains(":") ? "[\(settings.service.host)]" : settings.service.host
      let address = "http://\(host):\(service.port)"
      Host.write("Cellar serves on \(address)\nTry: curl --data-binary 'print(6 * 7)' \(address)/v1/run\n")
      try service.run()
      return 0
    } catch {
      Host.write("cellar: \(error.description)\n", toErrors: true)
      return 1
    }
  }

  static let run = Verb(
    name: "run", arguments: ["FILE"], help: "runs a program; - is standard input",
    options: [.noSandbox, .ticks, .seconds, .memory, .seed, .trace]
  ) { settings in
    Program.run(settings.arguments[0], settings.program, traceFile: settings.traceFile)
  }

  static let repl = Verb(name: "repl", help: "a prompt that runs each statement and shows what it gives") { _ in
    Prompt.run(limits: .init(), banner: "Cellar \(Version.program), Python \(Version.python). exit() or Ctrl-D ends.")
  }

  static let check = Verb(
    name: "check", help: "says what is missing on this machine and how to get it", options: [.publicFolder]
  ) { settings in
    let findings = Doctor.examine(publicFolder: settings.service.publicFolder)
    for finding in findings {
      Host.write(finding.remedy.map { "missing  \(finding.what): \($0)\n" } ?? "ok       \(finding.what)\n")
    }
    return findings.contains { $0.remedy != nil } ? 1 : 0
  }

  static let backup = Verb(
    name: "backup", arguments: ["FILE"], help: "writes a checked copy of the store, while a server may be using it",
    options: [.data]
  ) { settings in
    report { () throws(ServiceError) in
      try StoreCommands.backup(folder: settings.service.dataFolder, to: settings.arguments[0])
    }
  }

  static let export = Verb(
    name: "export", arguments: ["ID"], help: "prints a session as a file that can be imported", options: [.data]
  ) { settings in
    report { () throws(ServiceError) in
      try StoreCommands.export(settings.arguments[0], folder: settings.service.dataFolder) { Host.write($0) }
    }
  }

  static let take = Verb(
    name: "import", arguments: ["FILE"], help: "keeps a session from a file, - for standard input; prints its id",
    options: [.data]
  ) { settings in
    report { () throws(ServiceError) in
      let file: [UInt8]
      do throws(HostError) {
        file = try Host.read(settings.arguments[0])
      } catch {
        throw ServiceError(description: "\(settings.arguments[0]) cannot be read: \(error).")
      }
      Host.write(try StoreCommands.take(file, folder: settings.service.dataFolder) + "\n")
    }
  }

  /// Does something; answers the exit status, and says what went wrong.
  private static func report(_ body: () throws(ServiceError) -> Void) -> Int32 {
    do throws(ServiceError) {
      try body()
      return 0
    } catch {
      Host.write("cellar: \(error.description)\n", toErrors: true)
      return 1
    }
  }

  static let worker = Verb(name: "worker", help: nil) { _ in
    Worker.serve()
  }

  /// For tests: see `HoppingRun`.
  static let hop = Verb(name: "hop", arguments: ["TICKS", "FOLDER", "FILE"], help: nil) { settings in
    HoppingRun.run(settings.arguments)
  }
}
