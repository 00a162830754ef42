/// Reads the members of a JSON object that a request must or may have, and gathers what is wrong with each of them,
/// so that one answer names every mistake.
///
/// Read the members, then call `finish`, which refuses the request if any was wrong or unknown.
package struct JSONFields {
  private let object: JSONObject
  private let prefix: String
  private var known: Set<String> = []
  package private(set) var errors: [Problem.FieldError] = []

  /// The members of a value that must be an object.
  package init(_ value: JSONValue) throws(Problem) {
    guard case .object(let object) = value else {
      throw Problem(422, code: "invalid_fields", detail: "The body must be a JSON object, not \(value.kind).")
    }
    self.init(object, prefix: "")
  }

  private init(_ object: JSONObject, prefix: String) {
    self.object = object
    self.prefix = prefix
  }

  /// Notes that a member is wrong, in a phrase that follows its name.
  package mutating func refuse(_ name: String, _ detail: String) {
    errors.append(Problem.FieldError(field: pointer(name), detail: detail))
  }

  private func pointer(_ name: String) -> String {
    var escaped = ""
    for character in name.unicodeScalars {
      switch character {
      case "~": escaped += "~0"
      case "/": escaped += "~1"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return prefix + "/" + escaped
  }

  /// The member's value; null counts as absent.
  private mutating func take(_ name: String) -> JSONValue? {
    known.insert(name)
    guard let value = object[name], value != .null else { return nil }
    return value
  }

  private mutating func optional<Value>(
    _ name: String, _ expectation: String, _ convert: (JSONValue) -> Value?
  ) -> Value? {
    guard let value = take(name) else { return nil }
    guard let converted = convert(value) else {
      refuse(name, "must be \(expectation), not \(value.kind)")
      return nil
    }
    return converted
  }

  /// Text that must be there; the empty string when it is not, or is wrong, which `finish` then refuses.
  package mutating func requiredString(_ name: String) -> String {
    if let text = string(name) { return text }
    if isMissing(name) { refuse(name, "is missing") }
    return ""
  }

  /// Whether a member is not there, or null.
  package func isMissing(_ name: String) -> Bool {
    (object[name] ?? .null) == .null
  }

  /// Text, if it is there, of at most so many bytes.
  package mutating func string(_ name: String, atMost limit: Int = .max) -> String? {
    guard let text = optional(name, "a string", \.string) else { return nil }
    if text.utf8.count > limit { refuse(name, "has \(text.utf8.count) bytes, more than \(limit)") }
    return text
  }

  /// Text that must be one of a few words.
  package mutating func choice(_ name: String, of words: [String]) -> String? {
    guard let text = string(name) else { return nil }
    if !words.contains(text) { refuse(name, "must be one of \(words.joined(separator: ", "))") }
    return text
  }

  /// A whole number within bounds, if it is there.
  package mutating func integer(_ name: String, in bounds: ClosedRange<Int>) -> Int? {
    let found = optional(name, "a whole number") { value -> Int? in
      switch value {
      case .int(let whole): whole
      // To JSON, 1.0 is the same number as 1.
      case .double(let number): Int(exactly: number)
      default: nil
      }
    }
    guard let number = found else { return nil }
    if !bounds.contains(number) { refuse(name, "must be from \(bounds.lowerBound) to \(bounds.upperBound)") }
    return number
  }

  /// A number within bounds, if it is there.
  package mutating func number(_ name: String, in bounds: ClosedRange<Double>) -> Double? {
    let found = optional(name, "a number") { value -> Double? in
      switch value {
      case .int(let whole): Double(whole)
      case .double(let number): number
      default: nil
      }
    }
    if let found, !bounds.contains(found) {
      refuse(name, "must be from \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    return found
  }

  /// True or false, if it is there.
  package mutating func bool(_ name: String) -> Bool? {
    optional(name, "true or false") { if case .bool(let flag) = $0 { flag } else { nil } }
  }

  /// The elements of an array, if it is there.
  package mutating func array(_ name: String) -> [JSONValue]? {
    optional(name, "an array", \.array)
  }

  /// The member as it stands, for the caller to look into.
  package mutating func any(_ name: String) -> JSONValue? {
    take(name)
  }

  /// Reads a nested object; mistakes in it count as this object's, under their full pointers.
  package mutating func object<Value>(_ name: String, _ read: (inout JSONFields) -> Value) -> Value? {
    let found = optional(name, "an object") { if case .object(let object) = $0 { object } else { nil } }
    guard let found else { return nil }
    var nested = JSONFields(found, prefix: pointer(name))
    let value = read(&nested)
    nested.refuseUnknown()
    errors += nested.errors
    return value
  }

  private mutating func refuseUnknown() {
    for member in object.members where !known.contains(member.name) {
      refuse(member.name, "is not known here")
    }
  }

  /// Refuses the request if a member was wrong, missing or unknown.
  package mutating func finish() throws(Problem) {
    refuseUnknown()
    guard let first = errors.first else { return }
    throw Problem(
      422, code: "invalid_fields", detail: "The member \(first.field) \(first.detail).", errors: errors)
  }
}
