/// Conditional requests (RFC 9110 section 13), for anything that has an entity tag.
package enum Preconditions {
  /// What a request's conditions come to.
  package enum Outcome: Sendable {
    case met
    /// 304 for GET and HEAD.
    case notModified
    /// 412.
    case failed
  }

  /// Evaluates the conditions in the order that the standard sets.
  package static func evaluate(_ headers: Headers, entityTag: String?, modifiedSeconds: Int? = nil) -> Outcome {
    if let condition = headers.joined("if-match") {
      guard matches(condition, entityTag, weakly: false) else { return .failed }
    } else if let modifiedSeconds, let date = headers["if-unmodified-since"].flatMap(HTTPDate.parse),
      modifiedSeconds > date
    {
      return .failed
    }
    if let condition = headers.joined("if-none-match") {
      return matches(condition, entityTag, weakly: true) ? .notModified : .met
    }
    if let modifiedSeconds, let date = headers["if-modified-since"].flatMap(HTTPDate.parse), modifiedSeconds <= date {
      return .notModified
    }
    return .met
  }

  /// True if a list of entity tags names this one; `*` names any that exists.
  private static func matches(_ condition: String, _ entityTag: String?, weakly: Bool) -> Bool {
    guard let entityTag else { return false }
    if condition.trimmingBlanks() == "*" { return true }
    let wanted = opaque(entityTag[...])
    if !weakly && entityTag.hasPrefix("W/") { return false }
    for tag in tags(in: condition) {
      if !weakly && tag.hasPrefix("W/") { continue }
      if opaque(tag) == wanted { return true }
    }
    return false
  }

  private static func opaque(_ tag: Substring) -> Substring {
    tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
  }

  /// The tags in a list. A tag may hold commas, so they are found by their quotes.
  private static func tags(in list: String) -> [Substring] {
    var found: [Substring] = []
    var rest = list[...]
    while let open = rest.firstIndex(of: "\"") {
      let after = rest[rest.index(after: open)...]
      guard let close = after.firstIndex(of: "\"") else { break }
      let isWeak = rest[..<open].hasSuffix("W/")
      let start = isWeak ? rest.index(open, offsetBy: -2) : open
      found.append(rest[start...close])
      rest = rest[rest.index(after: close)...]
    }
    return found
  }
}
