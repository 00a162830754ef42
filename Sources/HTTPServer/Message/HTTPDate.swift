/// Dates as HTTP writes them (RFC 9110 section 5.6.7), always in GMT.
package enum HTTPDate {
  private static let dayNames = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // 1970-01-01 was a Thursday.
  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The preferred form of a time in seconds since 1970: `Sun, 06 Nov 1994 08:49:37 GMT`.
  package static func format(_ seconds: Int) -> String {
    let days = Int((Double(seconds) / 86_400).rounded(.down))
    let clock = seconds - days * 86_400
    let (year, month, day) = civil(days)
    let weekday = dayNames[((days % 7) + 7) % 7]
    return "\(weekday), \(two(day)) \(monthNames[month - 1]) \(four(year)) "
      + "\(two(clock / 3600)):\(two(clock / 60 % 60)):\(two(clock % 60)) GMT"
  }

  /// A time as RFC 3339 writes it, with milliseconds: `2026-11-21T07:00:00.000Z`.
  package static func formatInternet(_ nanoseconds: UInt64) -> String {
    let seconds = Int(nanoseconds / 1_000_000_000)
    let (year, month, day) = civil(seconds / 86_400)
    let clock = seconds % 86_400
    let thousandths = String(Int(nanoseconds / 1_000_000 % 1000) + 1000).dropFirst()
    return "\(four(year))-\(two(month))-\(two(day))T\(two(clock / 3600)):\(two(clock / 60 % 60)):\(two(clock % 60))"
      + ".\(thousandths)Z"
  }

  /// Seconds since 1970 of a date in any of the three forms that a recipient must understand; nil for anything else.
  package static func parse(_ text: String) -> Int? {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init)
    if words.count == 6, words[5] == "GMT", let month = monthNames.firstIndex(of: words[2]) {
      // Either `Sun, 06 Nov 1994 08:49:37 GMT` or `Sunday, 06-Nov-94 08:49:37 GMT`.
      guard let day = Int(words[1]), var year = Int(words[3]), let clock = clock(words[4]) else { return nil }
      if words[3].utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
      return seconds(year, month + 1, day, clock)
    }
    if words.count == 5, let month = monthNames.firstIndex(of: words[1]) {
      // `Sun Nov  6 08:49:37 1994`
      guard let day = Int(words[2]), let clock = clock(words[3]), let year = Int(words[4]) else { return nil }
      return seconds(year, month + 1, day, clock)
    }
    return nil
  }

  /// Milliseconds since 1970 of a time as RFC 3339 writes it, in UTC or with an offset; nil for anything else.
  package static func parseInternet(_ text: String) -> Int? {
    guard
      let match = text.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|z|[+-]\d\d:\d\d)/),
      let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), year >= 1, (1...12).contains(month),
      let clock = clock(String(match.4)), civil(days(year, month, day)) == (year, month, day)
    else { return nil }
    var offset = 0
    if match.6.utf8.count == 6 {
      guard let hours = Int(match.6.dropFirst().prefix(2)), let minutes = Int(match.6.suffix(2)), hours < 24,
        minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (match.6.hasPrefix("-") ? -60 : 60)
    }
    let thousandths = (match.5.map(String.init) ?? "") + "000"
    return (days(year, month, day) * 86_400 + clock - offset) * 1000 + (Int(thousandths.prefix(3)) ?? 0)
  }

  private static func seconds(_ year: Int, _ month: Int, _ day: Int, _ clock: Int) -> Int? {
    guard (1601...9999).contains(year), (1...31).contains(day) else { return nil }
    return days(year, month, day) * 86_400 + clock
  }

  private static func clock(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
      (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// Days since 1970 of a date of the Gregorian calendar. Years are counted from March, so that the leap day is last.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date of a number of days since 1970; the inverse of `days`.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let part = (5 * dayOfYear + 2) / 153
    let month = part < 10 ? part + 3 : part - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  private static func four(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 4 - text.utf8.count)) + text
  }
}
