import Foundation

/// The built program, as a person would call it.
enum Program {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static var cellar: String {
    #if DEBUG
      root.path + "/.build/debug/cellar"
    #else
      root.path + "/.build/release/cellar"
    #endif
  }

  /// What a command printed and how it ended.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs a command to its end, in the repository.
  static func run(
    _ command: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = standardInput
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try standardInput.fileHandleForWriting.close()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }
}

/// A server of a test's own, on a free port, with a data folder that goes with it.
final class RunningServer {
  let port: Int
  private let process = Process()
  private let folder = NSTemporaryDirectory() + "cellar-service-" + UUID().uuidString

  /// Why a server did not come up.
  struct NotServing: Error {
    let printed: String
  }

  init() throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: Program.cellar)
    process.arguments = ["serve", "--port", "0", "--data", folder]
    process.currentDirectoryURL = Program.root
    process.standardOutput = output
    try process.run()
    // The first line names the address once the port is bound.
    var printed = ""
    while !printed.contains("\n"), let data = try output.fileHandleForReading.read(upToCount: 1) {
      printed += String(decoding: data, as: UTF8.self)
    }
    guard let match = printed.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+)/), let port = Int(match.1) else {
      throw NotServing(printed: printed)
    }
    self.port = port
  }

  /// Asks the server to end; answers its exit status.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }

  deinit {
    if process.isRunning { _ = stop() }
    try? FileManager.default.removeItem(atPath: folder)
  }
}
