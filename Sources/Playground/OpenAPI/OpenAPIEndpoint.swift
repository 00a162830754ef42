import HTTPServer
import Sandbox

/// `GET /openapi.json`: the whole API for programs to read. A test holds it to the routes.
package struct OpenAPIEndpoint {
  let ceiling: RunLimits

  /// The document; what is written by hand is its schemas, parameters and operations.
  package static func document(ceiling: RunLimits) -> [UInt8] {
    let text = OpenAPIComponents.text(ceiling: ceiling)
    guard case .object(let components)? = try? JSONValue(parsing: Array(text.utf8)) else {
      preconditionFailure("The components of the API's description are not JSON.")
    }
    var paths = JSONObject()
    for operation in Operations.all {
      var item = JSONObject()
      if case .object(let known)? = paths[operation.path] { item = known }
      item[operation.method] = operation.json
      paths[operation.path] = .object(item)
    }
    let document: JSONValue = [
      "openapi": "3.1.0",
      "info": [
        "title": "Cellar", "version": "1", "summary": "Runs Python snippets and shows the cells behind their closures.",
        "description": .string(OpenAPIComponents.description),
      ],
      "paths": .object(paths), "components": .object(components),
    ]
    return document.serialized()
  }

  func add(to router: inout Router) {
    let document = Self.document(ceiling: ceiling)
    let tag = EntityTag.of(document)
    router.get("/openapi.json", options: RouteOptions(isShared: true)) { request throws(Problem) in
      try request.answer(tagged: tag) { .json(serialized: document) }
    }
  }
}
