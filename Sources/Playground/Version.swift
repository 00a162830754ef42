/// What this program is, as `--version` and `GET /v1/version` say it.
package enum Version {
  package static let program = "0.1.0"
  /// The language that snippets are written in.
  package static let python = "3.11"
}
