import Foundation
import Testing

import HTTPServer
import Playground

@Suite("The description of the API")
struct DescriptionTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Addresses of the page, which are for people and not for programs.
  private static let pages = ["GET /lessons", "GET /codemirror/"]

  private let document: JSONValue

  init() throws {
    document = try JSONValue(parsing: OpenAPIEndpoint.document(ceiling: ServiceOptions().ceiling))
  }

  private var operations: [(route: String, value: JSONValue)] {
    guard case .object(let paths) = document["paths"] ?? .null else { return [] }
    return paths.members.flatMap { path -> [(String, JSONValue)] in
      guard case .object(let item) = path.value else { return [] }
      return item.members.map { ("\($0.name.uppercased()) \(path.name)", $0.value) }
    }
  }

  @Test("has every route, and no other")
  func routes() throws {
    let folder = NSTemporaryDirectory() + "cellar-description-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = ServiceOptions()
    options.port = 0
    options.dataFolder = folder
    options.publicFolder = Self.root + "/Public"
    options.workers = 1
    options.logsRequests = false
    let routes = try Service(options).routes.filter { route in !Self.pages.contains { route.hasPrefix($0) } }
    #expect(Set(operations.map(\.route)) == Set(routes))
  }

  @Test("names each operation once, and says what can go wrong")
  func operationsAreWhole() {
    let ids = operations.compactMap { $0.value["operationId"]?.string }
    #expect(ids.count == operations.count)
    #expect(Set(ids).count == ids.count)
    for (route, value) in operations {
      #expect(value["summary"]?.string?.hasSuffix(".") == true, "\(route)")
      #expect(value["responses"]?["default"] != nil, "\(route)")
    }
  }

  @Test("every reference in it leads somewhere")
  func references() throws {
    let text = String(decoding: document.serialized(), as: UTF8.self)
    let references = Set(text.matches(of: /#\/components\/(\w+)\/([\w-]+)"/).map { [String($0.1), String($0.2)] })
    #expect(references.count > 20)
    for reference in references {
      #expect(document["components"]?[reference[0]]?[reference[1]] != nil, "\(reference)")
    }
  }
}
