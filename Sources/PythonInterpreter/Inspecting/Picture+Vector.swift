/// A picture as SVG: frames to the left, functions beside them, then cells, then objects.
extension Picture {
  private struct Box {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
  }

  private static let lineHeight = 17
  private static let most = 46

  func vector() -> String {
    let (boxes, width, height) = layOut()
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12">
      <title>Frames, functions and cells</title>
      <style>
      .frame rect{fill:#eef3fb;stroke:#3d5a98}.function rect{fill:#f3eefb;stroke:#6b3fa0}
      .cell rect{fill:#fff6e0;stroke:#a86500;stroke-width:2}.cell.retained rect{stroke-dasharray:5 3}
      .object rect{fill:#eef7ee;stroke:#3b7a3b}.suspended rect,.waiting rect{stroke-dasharray:2 3}
      text{fill:#1b1b1b}.head{font-weight:bold}path{fill:none;stroke:#555}.name{fill:#555;font-size:11px}
      </style>
      <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
      <path d="M0 0 8 4 0 8z" style="fill:#555;stroke:none"/></marker></defs>

      """
    for edge in edges {
      guard let from = boxes[edge.from], let to = boxes[edge.to] else { continue }
      out += arrow(from, to, edge.label)
    }
    for node in nodes {
      guard let box = boxes[node.id] else { continue }
      out +=
        "<g class=\"\(node.kind.rawValue) \(node.status)\"><rect x=\"\(box.x)\" y=\"\(box.y)\" width=\"\(box.width)\""
      out += " height=\"\(box.height)\" rx=\"\(node.kind == .frame ? 8 : 3)\"/>"
      for (index, line) in lines(node).enumerated() {
        let y = box.y + 16 + index * Picture.lineHeight
        out +=
          "<text x=\"\(box.x + 9)\" y=\"\(y)\"\(index == 0 ? " class=\"head\"" : "")>\(Picture.escaped(line))</text>"
      }
      out += "</g>\n"
    }
    return out + "</svg>\n"
  }

  private func arrow(_ from: Box, _ to: Box, _ label: String) -> String {
    let startX = from.x + from.width
    let startY = from.y + from.height / 2
    let isBack = to.x <= from.x
    let endX = isBack ? to.x + to.width : to.x
    let endY = to.y + to.height / 2
    let bend = isBack ? 60 : max(24, (endX - startX) / 2)
    var out = "<path marker-end=\"url(#tip)\" d=\"M\(startX) \(startY)C\(startX + bend) \(startY) "
    out += "\(isBack ? endX + bend : endX - bend) \(endY) \(endX) \(endY)\"/>"
    if !label.isEmpty {
      out +=
        "<text class=\"name\" x=\"\(startX + 8)\" y=\"\(startY + (endY - startY) / 4 - 4)\">\(Picture.escaped(label))</text>"
    }
    return out + "\n"
  }

  private func lines(_ node: Node) -> [String] {
    ([node.label] + node.lines.prefix(24)).map { $0.count > Picture.most ? $0.prefix(Picture.most - 1) + "…" : $0 }
  }

  private func layOut() -> (boxes: [String: Box], width: Int, height: Int) {
    var boxes: [String: Box] = [:]
    var x = 16
    var height = 0
    for kind in [Node.Kind.frame, .function, .cell, .object] {
      let column = nodes.filter { $0.kind == kind }
      guard !column.isEmpty else { continue }
      var y = 16
      let width = 22 + 8 * (column.flatMap { lines($0).map(\.count) }.max() ?? 4)
      for node in column {
        let boxHeight = 8 + Picture.lineHeight * lines(node).count
        boxes[node.id] = Box(x: x, y: y, width: width, height: boxHeight)
        y += boxHeight + 22
      }
      height = max(height, y)
      x += width + 110
    }
    return (boxes, max(x - 94, 32), max(height, 32))
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
