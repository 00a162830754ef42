import HTTPServer

/// What the page needs beside its own files: the lessons, and the editor that Debian's `libjs-codemirror` installs.
struct PageEndpoints {
  private static let editorFolder = "/usr/share/javascript/codemirror"
  /// The editor's files that the page loads, by their folders. Where the package is missing, the page has an editor of
  /// its own.
  private static let editorFiles = [
    "lib": ["codemirror.js", "codemirror.css"],
    "mode/python": ["python.js"],
    "addon/edit": ["matchbrackets.js", "closebrackets.js"],
    "addon/comment": ["comment.js"],
  ]

  private let lessons: [Lesson]

  /// Reads the lessons of the page's folder.
  init(publicFolder: String) throws(LessonError) {
    let files = StaticFiles(directory: publicFolder + "/lessons")
    var lessons: [Lesson] = []
    for path in files.paths where path.hasSuffix(".md") {
      guard let text = String(validating: files.bytes(at: path) ?? [], as: UTF8.self) else {
        throw LessonError(description: "lessons\(path) is not UTF-8.")
      }
      lessons += try LessonFile.lessons(in: text, named: "lessons\(path)")
    }
    guard Set(lessons.map(\.id)).count == lessons.count else {
      throw LessonError(description: "Two lessons have the same id.")
    }
    self.lessons = lessons
  }

  func add(to router: inout Router) {
    let answer: JSONValue = ["lessons": .array(lessons.map(\.json))]
    let json = FixedContent(answer.serialized(), type: "application/json")
    let page = FixedContent(Array(LessonPage.html(lessons).utf8), type: "text/html; charset=utf-8")
    router.get("/v1/lessons", options: RouteOptions(isShared: true)) { request throws(Problem) in
      try json.response(to: request)
    }
    router.get("/lessons") { request throws(Problem) in try page.response(to: request) }
    for (folder, names) in Self.editorFiles {
      let files = StaticFiles(directory: "\(Self.editorFolder)/\(folder)", only: names)
      for name in names {
        router.get("/codemirror/\(folder)/\(name)") { request throws(Problem) in
          guard let response = files.response(at: "/" + name, to: request) else {
            throw Problem.notFound("The editor is not installed here; the page has another.")
          }
          return response
        }
      }
    }
  }
}
