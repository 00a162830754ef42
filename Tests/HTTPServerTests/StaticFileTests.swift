import Glibc
import HTTPServer
import Testing

extension SocketTests {
  @Suite("Static files")
  struct StaticFileTests {
    /// A directory of files that is removed when it is dropped.
    private final class Folder {
      let path: String

      init() {
        var template = Array("/tmp/cellar-files-XXXXXX".utf8CString)
        _ = unsafe mkdtemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        unsafe mkdir(path + "/sub", 0o755)
      }

      func write(_ name: String, _ text: String) {
        let descriptor = unsafe open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
      }

      deinit {
        for name in ["index.html", "app.0123abcd.js", "sub/index.html", ".secret", "link", "empty"] {
          unsafe unlink("\(path)/\(name)")
        }
        unsafe rmdir(path + "/sub")
        unsafe rmdir(path)
      }
    }

    private let folder = Folder()
    private let server: TestServer

    init() throws {
      folder.write("index.html", "<!doctype html><p>0123456789</p>")
      folder.write("app.0123abcd.js", "let a = 1;")
      folder.write("sub/index.html", "sub")
      folder.write(".secret", "secret")
      folder.write("empty", "")
      unsafe symlink("/etc/passwd", folder.path + "/link")
      server = try TestServer(files: folder.path)
    }

    private func ask(_ path: String, _ fields: String = "", method: String = "GET") throws -> TestClient.Answer {
      try server.ask("\(method) \(path) HTTP/1.1\nHost: localhost\n\(fields)\n", isHead: method == "HEAD")
    }

    @Test("files come with their type, validators and caching rule")
    func serving() throws {
      let page = try ask("/")
      #expect(page.status == 200)
      #expect(page.fields["content-type"] == "text/html; charset=utf-8")
      #expect(page.fields["cache-control"] == "no-cache")
      #expect(page.fields["etag"] != nil)
      #expect(page.fields["last-modified"] != nil)
      #expect(try ask("/index.html").body == page.body)
      #expect(try ask("/app.0123abcd.js").fields["cache-control"] == "public, max-age=31536000, immutable")
      #expect(try ask("/sub/").text == "sub")
      #expect(try ask("/empty").body.isEmpty)
    }

    @Test("hidden files, links and what is outside are not there", arguments: ["/.secret", "/link", "/sub", "/none"])
    func hidden(_ path: String) throws {
      #expect(try ask(path).status == 404)
    }

    @Test("only reading is possible")
    func methods() throws {
      #expect(try ask("/", method: "DELETE").fields["allow"] == "GET, HEAD, OPTIONS")
      #expect(try ask("/", method: "OPTIONS").status == 204)
      #expect(try ask("/", method: "HEAD").fields["content-length"] == "32")
    }

    @Test("conditions are weighed in the standard's order")
    func conditions() throws {
      let page = try ask("/")
      let tag = try #require(page.fields["etag"])
      let date = try #require(page.fields["last-modified"])
      let old = "Sun, 06 Nov 1994 08:49:37 GMT"
      let cases: [(String, Int)] = [
        ("If-None-Match: \(tag)\n", 304), ("If-None-Match: W/\(tag)\n", 304), ("If-None-Match: *\n", 304),
        ("If-None-Match: \"a,b\", \(tag)\n", 304), ("If-None-Match: \"x\"\n", 200),
        ("If-None-Match: \"x\"\nIf-Modified-Since: \(date)\n", 200), ("If-Modified-Since: \(date)\n", 304),
        ("If-Modified-Since: \(old)\n", 200), ("If-Modified-Since: nonsense\n", 200), ("If-Match: \"x\"\n", 412),
        ("If-Match: *\n", 200), ("If-Match: W/\(tag)\n", 412), ("If-Match: \(tag)\n", 200),
        ("If-Unmodified-Since: \(old)\n", 412), ("If-Unmodified-Since: \(date)\n", 200),
      ]
      for (fields, status) in cases { #expect(try ask("/", fields).status == status, "\(fields)") }
      #expect(try ask("/", "If-None-Match: \(tag)\n").fields["etag"] == tag)
    }

    @Test("one range of a GET is served")
    func ranges() throws {
      let page = try ask("/")
      let tag = try #require(page.fields["etag"])
      let part = try ask("/", "Range: bytes=18-27\n")
      #expect(part.status == 206)
      #expect(part.text == "0123456789")
      #expect(part.fields["content-range"] == "bytes 18-27/32")
      #expect(try ask("/", "Range: bytes=99-\n").fields["content-range"] == "bytes */32")
      #expect(try ask("/", "Range: bytes=0-1,3-4\n").status == 200)
      #expect(try ask("/", "Range: bytes=0-1\nIf-Range: \(tag)\n").status == 206)
      #expect(try ask("/", "Range: bytes=0-1\nIf-Range: \"x\"\n").status == 200)
      #expect(try ask("/", "Range: bytes=0-1\n", method: "HEAD").status == 200)
    }

    @Test("a file that changes is served anew, with another tag")
    func changing() throws {
      let before = try ask("/")
      folder.write("index.html", "changed")
      for _ in 0..<300 where try ask("/").body == before.body { Machine.pause(milliseconds: 10) }
      let after = try ask("/")
      #expect(after.text == "changed")
      #expect(after.fields["etag"] != before.fields["etag"])
    }
  }
}
