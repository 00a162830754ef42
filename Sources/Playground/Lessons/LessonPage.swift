/// `/lessons`: all lessons as one page that needs no JavaScript.
enum LessonPage {
  /// The page's HTML.
  static func html(_ lessons: [Lesson]) -> String {
    let topics = lessons.reduce(into: [String]()) { if $0.last != $1.topic { $0.append($1.topic) } }
    let contents = topics.enumerated().map { "<li><a href=\"#topic-\($0 + 1)\">\(escaped($1))</a></li>" }.joined()
    let sections = topics.enumerated().map { index, topic in
      "<section><h2 id=\"topic-\(index + 1)\">\(escaped(topic))</h2>"
        + lessons.filter { $0.topic == topic }.map(article).joined() + "</section>"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Lessons on closures: Cellar</title>
      <link rel="icon" href="/icon.svg" type="image/svg+xml">
      <link rel="stylesheet" href="/styles/colours.css">
      <link rel="stylesheet" href="/styles/reading.css">
      <script src="/app/theme-first.js"></script>
      </head>
      <body>
      <header><a href="/">Cellar</a></header>
      <main>
      <h1>Lessons on closures</h1>
      <p>\(lessons.count) questions, each with a program that shows the answer. Claims that tutorials make are marked:
      they hold, hold with a condition, or do not hold.</p>
      <nav aria-label="Topics"><ul>\(contents)</ul></nav>
      \(sections.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  private static func article(_ lesson: Lesson) -> String {
    var html = "<article id=\"\(escaped(lesson.id))\"><h3>\(escaped(lesson.question))</h3>"
    if let claim = lesson.claim, let verdict = lesson.verdict {
      html += "<p class=\"claim\">Claim: <q>\(prose(claim))</q> "
      html += "<span class=\"badge \(verdict.rawValue)\">\(verdict.words)</span></p>"
    }
    html += lesson.text.map { "<p>\(prose($0))</p>" }.joined()
    html += "<pre tabindex=\"0\"><code>\(escaped(lesson.code))</code></pre>"
    html += "<pre class=\"output\" tabindex=\"0\"><samp>\(escaped(lesson.output))</samp></pre>"
    return html + "<p><a href=\"/?lesson=\(escaped(lesson.id))\">Run it and look inside</a></p></article>\n"
  }

  /// A paragraph with `code` and *emphasis* as elements.
  private static func prose(_ text: String) -> String {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
      index % 2 == 1 ? "<code>\(escaped(String(part)))</code>" : emphasised(escaped(String(part)))
    }.joined()
  }

  /// An asterisk that opens before a letter and closes after one is emphasis; others, as in `*args`, stay.
  private static func emphasised(_ text: String) -> String {
    let parts = text.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count % 2 == 1 else { return text }
    return parts.enumerated().map { $0 % 2 == 1 ? "<em>\($1)</em>" : String($1) }.joined()
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
