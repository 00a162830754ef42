/// A mistake that was seen to happen, explained in one sentence, with a fix that was tried.
struct Finding {
  /// The mistakes that are known.
  enum Kind: String {
    case missingNonlocal = "missing_nonlocal"
    case missingGlobal = "missing_global"
    case unassignedFree = "unassigned_free"
    case emptiedCell = "emptied_cell"
    case exceptName = "except_name"
    case classScope = "class_scope"
    case lateBinding = "late_binding"
    case lateGenerator = "late_generator"
    case mutableDefault = "mutable_default"
    case missingWraps = "missing_wraps"
  }

  var kind: Kind
  var text: String
  var line: Int
  var lines: [Int]
  var variable: String
  var cell: Int?
  var functions: [String] = []
  var fix: Fix?

  func write(to json: inout JSONText) {
    json.text("kind", kind.rawValue)
    json.text("text", text)
    json.int("line", line)
    json.array("lines") { json in for line in lines { json.element(line) } }
    json.text("variable", variable)
    if let cell { json.int("cell", cell) }
    if !functions.isEmpty { json.texts("functions", functions) }
    if let fix { json.object("fix") { fix.write(to: &$0) } }
  }
}

/// A change of the source.
struct Fix {
  /// What is replaced: lines from 1, columns in characters from 0, end exclusive.
  struct Edit {
    var line: Int
    var column: Int
    var endLine: Int
    var endColumn: Int
    var text: String
  }

  var text: String
  var edits: [Edit]
  /// The whole source with the change, and what it did when it was run.
  var source = ""
  var outcome = ""
  var output = ""

  func write(to json: inout JSONText) {
    json.text("text", text)
    json.array("edits") { json in
      for edit in edits {
        json.object { json in
          json.int("line", edit.line)
          json.int("column", edit.column)
          json.int("endLine", edit.endLine)
          json.int("endColumn", edit.endColumn)
          json.text("text", edit.text)
        }
      }
    }
    json.text("source", source)
    json.object("verified") { json in
      json.text("outcome", outcome)
      json.text("stdout", output)
    }
  }
}
