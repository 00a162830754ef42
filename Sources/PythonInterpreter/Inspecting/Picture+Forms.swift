/// A picture as JSON, plain text, DOT and Mermaid.
extension Picture {
  func json() -> [UInt8] {
    var json = JSONText()
    json.object { json in
      json.array("nodes") { json in
        for node in nodes {
          json.object { json in
            json.text("id", node.id)
            json.text("kind", node.kind.rawValue)
            json.text("label", node.label)
            if !node.lines.isEmpty { json.text("value", node.lines.joined(separator: "\n")) }
            if !node.status.isEmpty { json.text("status", node.status) }
          }
        }
      }
      json.array("edges") { json in
        for edge in edges {
          json.object { json in
            json.text("from", edge.from)
            json.text("to", edge.to)
            json.text("label", edge.label)
          }
        }
      }
    }
    return json.bytes
  }

  /// One box after the other, each with its lines and arrows.
  func text() -> String {
    var out = ""
    for node in nodes {
      let status = node.kind == .cell && !node.status.isEmpty ? "  [\(node.status.replacing("_", with: " "))]" : ""
      if node.kind == .cell {
        out += "cell \(node.label) = \(node.lines.first ?? "empty")\(status)\n"
      } else {
        out += "\(node.kind.rawValue) \(node.label)\n"
        for line in node.lines { out += "    \(line)\n" }
      }
      for edge in edges where edge.from == node.id {
        out += "    \(edge.label.isEmpty ? "" : edge.label + " ")-> \(name(of: edge.to))\n"
      }
    }
    return out
  }

  private func name(of id: String) -> String {
    guard let node = nodes.first(where: { $0.id == id }) else { return id }
    return node.kind == .object ? node.lines.first ?? node.label : "\(node.kind.rawValue) \(node.label)"
  }

  private func number(_ id: String) -> Int { nodes.firstIndex { $0.id == id } ?? 0 }

  func graphviz() -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }
    var out = "digraph environment {\n  rankdir=LR;\n  node [fontname=\"monospace\", fontsize=11];\n"
    for (index, node) in nodes.enumerated() {
      let shape =
        switch node.kind {
        case .frame: "box, style=rounded"
        case .function: "component"
        case .cell: node.status == "retained" ? "box, style=dashed" : "box"
        case .object: "note"
        }
      out += "  n\(index) [shape=\(shape), label=\(quoted(([node.label] + node.lines).joined(separator: "\n")))];\n"
    }
    for edge in edges { out += "  n\(number(edge.from)) -> n\(number(edge.to)) [label=\(quoted(edge.label))];\n" }
    return out + "}\n"
  }

  func mermaid() -> String {
    func quoted(_ text: String) -> String {
      "\""
        + text.replacing("#", with: "#35;").replacing("\"", with: "#quot;").replacing("<", with: "#lt;")
        .replacing(">", with: "#gt;").replacing("\n", with: "<br/>") + "\""
    }
    var out = "flowchart LR\n"
    for (index, node) in nodes.enumerated() {
      let label = quoted(([node.label] + node.lines).joined(separator: "\n"))
      switch node.kind {
      case .frame: out += "  n\(index)(\(label))\n"
      case .function: out += "  n\(index)[[\(label)]]\n"
      case .cell: out += "  n\(index)[\(label)]\n"
      case .object: out += "  n\(index)[/\(label)/]\n"
      }
    }
    for edge in edges {
      let label = edge.label.isEmpty ? "" : "|\(quoted(edge.label))|"
      out += "  n\(number(edge.from)) -->\(label) n\(number(edge.to))\n"
    }
    return out
  }
}
