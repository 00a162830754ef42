/// A file of lessons: Markdown of a fixed form. `# Topic` comes first; each lesson is `## Title`, lines `- name: value`,
/// paragraphs, one block of `python` and one of `output`.
struct LessonFile {
  private static let names: Set<String> = ["id", "question", "claim", "verdict"]

  private let name: String
  private var topic = ""
  private var title: String?
  private var values: [String: String] = [:]
  private var paragraphs: [String] = []
  private var isParagraphOpen = false
  private var blocks: [String: String] = [:]
  private var openBlock: String?
  private var lessons: [Lesson] = []

  /// The lessons of a file, in its order.
  static func lessons(in text: String, named name: String) throws(LessonError) -> [Lesson] {
    var file = LessonFile(name: name)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) { try file.read(String(line)) }
    try file.endLesson()
    return file.lessons
  }

  private init(name: String) {
    self.name = name
  }

  private mutating func read(_ line: String) throws(LessonError) {
    if let block = openBlock {
      if line == "```" { openBlock = nil } else { blocks[block, default: ""] += line + "\n" }
    } else if line.hasPrefix("```") {
      let block = String(line.dropFirst(3))
      guard blocks[block] == nil else { throw fault("has two blocks of \(block)") }
      blocks[block] = ""
      openBlock = block
      isParagraphOpen = false
    } else if line.hasPrefix("# ") {
      topic = String(line.dropFirst(2))
    } else if line.hasPrefix("## ") {
      try endLesson()
      title = String(line.dropFirst(3))
    } else if line.hasPrefix("- "), paragraphs.isEmpty {
      try readValue(line.dropFirst(2))
    } else if line.isEmpty {
      isParagraphOpen = false
    } else if isParagraphOpen {
      paragraphs[paragraphs.count - 1] += " " + line
    } else {
      paragraphs.append(line)
      isParagraphOpen = true
    }
  }

  private mutating func readValue(_ text: Substring) throws(LessonError) {
    let parts = text.split(separator: ": ", maxSplits: 1)
    guard parts.count == 2, LessonFile.names.contains(String(parts[0])) else { throw fault("has the line '- \(text)'") }
    values[String(parts[0])] = String(parts[1])
  }

  private mutating func endLesson() throws(LessonError) {
    defer {
      values = [:]
      paragraphs = []
      isParagraphOpen = false
      blocks = [:]
    }
    guard let title else { return }
    guard openBlock == nil else { throw fault("has a block without an end") }
    guard let id = values["id"], let question = values["question"] else { throw fault("lacks its id or its question") }
    guard let code = blocks["python"], let output = blocks["output"] else {
      throw fault("lacks its program or its output")
    }
    let verdict = values["verdict"].flatMap(Lesson.Verdict.init)
    guard (verdict == nil) == (values["claim"] == nil), (verdict == nil) == (values["verdict"] == nil) else {
      throw fault("has a claim without a verdict, or a verdict without a claim")
    }
    lessons.append(
      Lesson(
        id: id, topic: topic, title: title, question: question, claim: values["claim"], verdict: verdict,
        text: paragraphs, code: code, output: output))
  }

  private func fault(_ what: String) -> LessonError {
    LessonError(description: "\(name): the lesson '\(title ?? topic)' \(what).")
  }
}
