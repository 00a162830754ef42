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
    options: [.host, .port, .data, .publicFolder, .workers, .allowHost]
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
    name: "run", arguments: ["FILE"], help: "runs a program; - is standard input", options: []
  ) { settings in
    Program.run(settings.arguments[0])
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

  static let worker = Verb(name: "worker", help: nil) { _ in
    Worker.serve()
  }
}
