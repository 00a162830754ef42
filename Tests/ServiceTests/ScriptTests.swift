import Foundation
import Testing

/// The scripts in Tests/Service: each starts servers of its own, and passes when it ends with status 0.
@Suite("The service, over real sockets")
struct ScriptTests {
  static let folder = Program.root.path + "/Tests/Service"

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".py") && $0 != "served.py" }.sorted()
  }()

  @Test("there are scripts")
  func scripts() {
    #expect(Self.names.count >= 7)
  }

  @Test("holds what it says", arguments: names)
  func script(_ name: String) throws {
    let outcome = try Program.run(
      "/usr/bin/python3.11", ["-B", "\(Self.folder)/\(name)"], environment: ["CELLAR_PROGRAM": Program.cellar])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}
