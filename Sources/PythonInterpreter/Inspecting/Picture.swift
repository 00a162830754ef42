import PythonRuntime

/// The environment at a moment as boxes and arrows: frames, functions, cells, and the objects that they lead to.
struct Picture {
  /// A box.
  struct Node {
    /// What it stands for.
    enum Kind: String {
      case frame, function, cell, object
    }

    var id: String
    var kind: Kind
    var label: String
    /// A cell's or an object's value; a frame's names that hold no object.
    var lines: [String] = []
    var status = ""
  }

  /// An arrow.
  struct Edge {
    var from: String
    var to: String
    var label: String
  }

  var nodes: [Node] = []
  var edges: [Edge] = []
  private var known: Set<String> = []
  private static let mostObjects = 60

  init(_ inspection: Inspection, _ survey: Survey, _ step: Int?) {
    let frames = survey.frameViews()
    let functions = survey.functionViews()
    let objects = Dictionary(
      survey.objectViews(limit: Picture.mostObjects).views.map { ($0.ref, $0) }, uniquingKeysWith: { first, _ in first }
    )
    if step == nil { add(Node(id: "frame:1", kind: .frame, label: "<module>", status: "finished")) }
    for frame in frames {
      let kind = frame.status == .running ? "" : " (\(frame.status.rawValue))"
      add(
        Node(
          id: "frame:\(frame.record.id)", kind: .frame, label: inspection.recorder.label(of: frame.record) + kind,
          status: frame.status.rawValue))
    }
    for function in functions { add(Node(id: "function:\(function.label)", kind: .function, label: function.label)) }
    for cell in survey.cellViews(weighs: false) {
      add(
        Node(
          id: "cell:\(cell.number)", kind: .cell, label: "\(cell.name) cell#\(cell.number)",
          status: cell.status.rawValue))
      let value = cell.value.isUnbound ? "empty" : inspection.recorder.text(of: cell.value).text
      nodes[nodes.count - 1].lines = [value]
      link("cell:\(cell.number)", cell.value, "", inspection, objects)
    }
    for function in functions {
      for (name, cell) in function.free { edge("function:\(function.label)", "cell:\(cell)", name) }
    }
    if step == nil {
      for (name, value) in survey.globals() { name == "" ? () : show("frame:1", name, value, inspection, objects) }
    }
    for frame in frames {
      let id = "frame:\(frame.record.id)"
      for (name, value) in frame.locals { show(id, name, value, inspection, objects) }
      for (name, cell, isOwn) in frame.cells where isOwn { edge(id, "cell:\(cell)", name) }
    }
    dropIdle()
  }

  private mutating func add(_ node: Node) {
    if known.insert(node.id).inserted { nodes.append(node) }
  }

  private mutating func edge(_ from: String, _ to: String, _ label: String) {
    if known.contains(from), known.contains(to) { edges.append(Edge(from: from, to: to, label: label)) }
  }

  /// A name in a frame: an arrow to what it holds, or a line in the frame's box.
  private mutating func show(
    _ id: String, _ name: String, _ value: ShownValue, _ inspection: Inspection, _ objects: [Int: ObjectView]
  ) {
    if link(id, value, name, inspection, objects) { return }
    guard let index = nodes.firstIndex(where: { $0.id == id }) else { return }
    nodes[index].lines.append("\(name) = \(inspection.recorder.text(of: value).text)")
  }

  /// An arrow to a function or object; false when the value is neither.
  @discardableResult
  private mutating func link(
    _ id: String, _ value: ShownValue, _ name: String, _ inspection: Inspection, _ objects: [Int: ObjectView]
  ) -> Bool {
    guard let number = value.object else { return false }
    let object = inspection.recorder.objects[number]
    if object.function != 0 {
      let target = "function:\(inspection.text(object.function))"
      guard known.contains(target) else { return false }
      edge(id, target, name)
      return true
    }
    guard let view = objects[Int(object.ref)] else { return false }
    let target = "object:\(view.ref)"
    if known.insert(target).inserted {
      nodes.append(Node(id: target, kind: .object, label: view.type, lines: [inspection.text(object.text)]))
      for item in view.items { link(target, item, "", inspection, objects) }
      for (_, item) in view.pairs { link(target, item, "", inspection, objects) }
      for (attribute, item) in view.attributes where link(target, item, attribute, inspection, objects) == false {
        let line = "\(attribute) = \(inspection.recorder.text(of: item).text)"
        if let index = nodes.firstIndex(where: { $0.id == target }) { nodes[index].lines.append(line) }
      }
    }
    edges.append(Edge(from: id, to: target, label: name))
    return true
  }

  /// Functions that nothing shown leads to would only crowd the picture.
  private mutating func dropIdle() {
    let reached = Set(edges.map(\.to))
    let gone = Set(nodes.filter { $0.kind == .function && !reached.contains($0.id) && !$0.label.isEmpty }.map(\.id))
    let idle = gone.filter { id in !edges.contains { $0.from == id } }
    nodes.removeAll { idle.contains($0.id) }
  }
}

extension Inspection {
  func picture(_ form: InspectQuery.Form, _ survey: Survey, _ step: Int?) -> Inspected {
    let picture = Picture(self, survey, step)
    switch form {
    case .json: return Inspected(body: picture.json())
    case .txt: return Inspected(contentType: "text/plain; charset=utf-8", body: Array(picture.text().utf8))
    case .dot: return Inspected(contentType: "text/vnd.graphviz; charset=utf-8", body: Array(picture.graphviz().utf8))
    case .mmd: return Inspected(contentType: "text/plain; charset=utf-8", body: Array(picture.mermaid().utf8))
    case .svg: return Inspected(contentType: "image/svg+xml", body: Array(picture.vector().utf8))
    }
  }
}
