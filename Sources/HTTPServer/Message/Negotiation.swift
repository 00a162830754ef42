/// Choosing among the forms of an answer by the client's `Accept` field (RFC 9110 section 12.5.1).
package enum Negotiation {
  private struct Range {
    let type: String
    let subtype: String
    /// Thousandths: weights have at most three decimals.
    let weight: Int

    /// How closely the range names a type: nothing, `*/*`, `text/*`, `text/plain`.
    func precision(for offered: String) -> Int? {
      if type == "*" { return 0 }
      let parts = offered.split(separator: "/", maxSplits: 1)
      guard parts.count == 2, parts[0] == type else { return nil }
      if subtype == "*" { return 1 }
      return parts[1] == subtype ? 2 : nil
    }
  }

  /// The offered type with the highest weight, the earlier of equals; nil when none is acceptable.
  package static func preferred(among offered: [String], accept: String) -> String? {
    let ranges = accept.split(separator: ",").prefix(64).compactMap { parse(String($0)) }
    if ranges.isEmpty { return offered.first }
    var best: (type: String, weight: Int)?
    for type in offered {
      let weight = weight(of: MediaType.essence(of: type), ranges)
      if weight > 0, weight > best?.weight ?? 0 { best = (type, weight) }
    }
    return best?.type
  }

  /// The weight that the most precise matching range gives to a type.
  private static func weight(of type: String, _ ranges: [Range]) -> Int {
    var found: (precision: Int, weight: Int)?
    for range in ranges {
      if let precision = range.precision(for: type), precision > found?.precision ?? -1 {
        found = (precision, range.weight)
      }
    }
    return found?.weight ?? 0
  }

  private static func parse(_ text: String) -> Range? {
    let parts = text.split(separator: ";")
    guard let first = parts.first else { return nil }
    let type = String(first).trimmingBlanks().lowercased().split(separator: "/", maxSplits: 1)
    guard type.count == 2 else { return nil }
    var weight = 1000
    for parameter in parts.dropFirst() {
      let pair = String(parameter).trimmingBlanks().lowercased()
      if pair.hasPrefix("q="), let value = quality(pair.dropFirst(2)) { weight = value }
    }
    return Range(type: String(type[0]), subtype: String(type[1]), weight: weight)
  }

  /// A weight between 0 and 1 with at most three decimals, in thousandths.
  private static func quality(_ text: Substring) -> Int? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0] == "0" || parts[0] == "1" else { return nil }
    var value = parts[0] == "1" ? 1000 : 0
    if parts.count == 2 {
      guard parts[1].utf8.count <= 3 else { return nil }
      var unit = 100
      for digit in parts[1].utf8 {
        guard (48...57).contains(digit) else { return nil }
        value += Int(digit - 48) * unit
        unit /= 10
      }
    }
    return value <= 1000 ? value : nil
  }
}
