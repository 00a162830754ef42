/// What was over a limit when it was accepted, and may only shrink.
struct Ratchet {
  let allowed: [String: Int]

  /// One line each: what it is, then how much of it there may be.
  init(text: String) {
    var allowed: [String: Int] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      if let size = words.last.flatMap({ Int($0) }) { allowed[words.dropLast().joined(separator: " ")] = size }
    }
    self.allowed = allowed
  }

  /// What grew, what is new, and what has become small enough to leave the list.
  func violations(excess: [String: Int]) -> [String] {
    let grown = excess.compactMap { name, amount -> String? in
      guard let limit = allowed[name] else { return "\(name) \(amount) is over the limit." }
      return amount > limit ? "\(name) has grown from \(limit) to \(amount)." : nil
    }
    let healed = allowed.keys.filter { excess[$0] == nil }.map { "\($0) is within the limit: take it off the ratchet." }
    return (grown + healed).sorted()
  }
}
