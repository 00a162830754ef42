/// `time.strftime` in the C locale.
enum TimeFormatter {
  static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  private static func padded(_ number: Int, _ width: Int, _ filler: Character = "0") -> String {
    let digits = String(abs(number))
    let padding = String(repeating: filler, count: max(0, width - digits.count - (number < 0 ? 1 : 0)))
    return (number < 0 ? "-" : "") + padding + digits
  }

  /// The format's scalars with each directive replaced; a lone `%` at the end stays.
  static func format(_ format: [UInt32], _ time: CivilTime) -> [UInt32] {
    var out: [UInt32] = []
    var index = 0
    while index < format.count {
      guard format[index] == 0x25, index + 1 < format.count else {
        out.append(format[index])
        index += 1
        continue
      }
      index += 1
      // Modifiers of other locales, and the padding flags of the C library.
      var flag: UInt32 = 0
      while index + 1 < format.count, [0x2D, 0x5F, 0x30, 0x5E, 0x23, 0x45, 0x4F].contains(format[index]) {
        flag = format[index]
        index += 1
      }
      let directive = Unicode.Scalar(format[index]).map(Character.init) ?? "%"
      index += 1
      guard var text = self.text(directive, time) else {
        out += [0x25] + format[(index - 1)..<index]
        continue
      }
      if flag == 0x2D {
        while text.count > 1, text.hasPrefix("0") || text.hasPrefix(" ") { text.removeFirst() }
      } else if flag == 0x5E {
        text = text.uppercased()
      }
      out += text.unicodeScalars.map(\.value)
    }
    return out
  }

  private static func text(_ directive: Character, _ time: CivilTime) -> String? {
    switch directive {
    case "a": String(days[time.weekday].prefix(3))
    case "A": days[time.weekday]
    case "b", "h": String(months[time.month - 1].prefix(3))
    case "B": months[time.month - 1]
    case "p": time.hour < 12 ? "AM" : "PM"
    case "P": time.hour < 12 ? "am" : "pm"
    case "n": "\n"
    case "t": "\t"
    case "%": "%"
    case "Z": "UTC"
    case "z": "+0000"
    default: number(directive, time) ?? combination(directive, time)
    }
  }

  private static func number(_ directive: Character, _ time: CivilTime) -> String? {
    switch directive {
    case "d": padded(time.day, 2)
    case "e": padded(time.day, 2, " ")
    case "H": padded(time.hour, 2)
    case "k": padded(time.hour, 2, " ")
    case "I": padded((time.hour + 11) % 12 + 1, 2)
    case "l": padded((time.hour + 11) % 12 + 1, 2, " ")
    case "j": padded(time.yearDay, 3)
    case "m": padded(time.month, 2)
    case "M": padded(time.minute, 2)
    case "S": padded(time.second, 2)
    case "s": String(time.seconds)
    case "u": String(time.weekday + 1)
    case "w": String((time.weekday + 1) % 7)
    case "U": padded((time.yearDay + 6 - (time.weekday + 1) % 7) / 7, 2)
    case "W": padded((time.yearDay + 6 - time.weekday) / 7, 2)
    case "V": padded(time.isoWeek.week, 2)
    case "G": String(time.isoWeek.year)
    case "g": padded((time.isoWeek.year % 100 + 100) % 100, 2)
    case "y": padded((time.year % 100 + 100) % 100, 2)
    case "C": padded(time.year / 100, 2)
    case "Y": String(time.year)
    default: nil
    }
  }

  private static func combination(_ directive: Character, _ time: CivilTime) -> String? {
    let formats: [Character: String] = [
      "c": "%a %b %e %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S", "D": "%m/%d/%y", "F": "%Y-%m-%d", "T": "%H:%M:%S",
      "R": "%H:%M", "r": "%I:%M:%S %p",
    ]
    guard let format = formats[directive] else { return nil }
    let scalars = self.format(format.unicodeScalars.map(\.value), time)
    return String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
  }
}
