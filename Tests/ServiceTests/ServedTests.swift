import Foundation
import Testing

@Suite("The running service")
struct ServedTests {
  @Test("the image's health check passes while the server lives, and it ends with status 0 when asked")
  func health() throws {
    let server = try RunningServer()
    let check = Program.root.path + "/Scripts/healthcheck.sh"
    #expect(try Program.run(check, ["\(server.port)"]).status == 0)
    #expect(server.stop() == 0)
    #expect(try Program.run(check, ["\(server.port)"]).status != 0)
  }

  @Test(
    "each address answers with its type",
    arguments: [
      ("/", "200 text/html; charset=utf-8"),
      ("/styles/desk.css", "200 text/css; charset=utf-8"),
      ("/healthz", "200 text/plain; charset=utf-8"),
      ("/readyz", "200 application/json"),
      ("/v1/version", "200 application/json"),
      ("/v1/limits", "200 application/json"),
      ("/nothing", "404 application/problem+json"),
    ])
  func addresses(path: String, expected: String) throws {
    let server = try RunningServer()
    let url = "http://127.0.0.1:\(server.port)\(path)"
    let outcome = try Program.run(
      "/usr/bin/curl", ["--silent", "--output", "/dev/null", "--write-out", "%{http_code} %{content_type}", url])
    #expect(outcome.output == expected)
  }

  @Test("a second server on the same data is refused")
  func secondServer() throws {
    let folder = NSTemporaryDirectory() + "cellar-second-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = Process()
    first.executableURL = URL(fileURLWithPath: Program.cellar)
    first.arguments = ["serve", "--port", "0", "--data", folder]
    first.currentDirectoryURL = Program.root
    let output = Pipe()
    first.standardOutput = output
    try first.run()
    _ = try output.fileHandleForReading.read(upToCount: 1)
    let second = try Program.run(Program.cellar, ["serve", "--port", "0", "--data", folder])
    #expect(second.status == 1)
    #expect(second.errors == "cellar: Another process has the store in \(folder) open.\n")
    first.terminate()
    first.waitUntilExit()
  }
}
