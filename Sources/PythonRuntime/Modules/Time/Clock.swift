/// The run's clock: it starts when the run was told it starts, and moves on with the ticks used and the time slept. So it reads the same each time
/// that the same program runs.
extension VM {
  /// What a tick takes on this clock.
  static let nanosecondsPerTick = 10

  /// Nanoseconds that only go forward.
  var monotonicNanoseconds: Int { self[.sleptNanoseconds] &+ ticksUsed &* VM.nanosecondsPerTick }

  /// Nanoseconds since 1970.
  var realNanoseconds: Int { self[.clockOffset] &+ monotonicNanoseconds }

  /// Sets the time that it is now, in seconds since 1970.
  package func setClock(seconds: Double) {
    let nanoseconds = min(max(seconds, -62_135_596_800), 253_402_300_799) * 1e9
    self[.clockOffset] = (Int(exactly: nanoseconds.rounded()) ?? 0) &- monotonicNanoseconds
  }

  /// Moves the clock on; nobody waits.
  func sleep(seconds: Double) {
    guard seconds > 0 else { return }
    let nanoseconds = Int(exactly: (min(seconds, 9e9) * 1e9).rounded(.up)) ?? 0
    let (sum, overflow) = self[.sleptNanoseconds].addingReportingOverflow(nanoseconds)
    self[.sleptNanoseconds] = overflow || sum > Int.max / 4 ? Int.max / 4 : sum
  }
}

/// A moment in parts, in the one time zone there is: UTC.
struct CivilTime: Equatable {
  var year: Int
  /// 1…12, 1…31, 0…23, 0…59, 0…61
  var month, day, hour, minute, second: Int
  /// Monday is 0; January 1st is 1.
  var weekday, yearDay: Int

  /// The parts of a count of seconds since 1970.
  init(seconds: Int) {
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let rest = seconds - days * 86_400
    (year, month, day) = CivilTime.date(ofDay: days)
    hour = rest / 3600
    minute = rest / 60 % 60
    second = rest % 60
    weekday = ((days + 3) % 7 + 7) % 7
    yearDay = days - CivilTime.day(year: year, month: 1, day: 1) + 1
  }

  init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, weekday: Int, yearDay: Int) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.weekday = weekday
    self.yearDay = yearDay
  }

  /// Days since 1970 of a date of the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the last.
  static func day(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(ofDay days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// Seconds since 1970; months and days beyond their range count on.
  var seconds: Int {
    let months = year * 12 + month - 1
    let wholeYear = (months >= 0 ? months : months - 11) / 12
    let days = CivilTime.day(year: wholeYear, month: months - wholeYear * 12 + 1, day: 1) + day - 1
    return ((days * 24 + hour) * 60 + minute) * 60 + second
  }

  /// Year and week by ISO 8601.
  var isoWeek: (year: Int, week: Int) {
    let week = (yearDay - 1 - weekday + 10) / 7
    if week < 1 { return (year - 1, CivilTime.weeks(in: year - 1)) }
    return week > CivilTime.weeks(in: year) ? (year + 1, 1) : (year, week)
  }

  private static func weeks(in year: Int) -> Int {
    func weekdayOfLast(_ year: Int) -> Int { ((day(year: year, month: 12, day: 31) + 3) % 7 + 7) % 7 }
    return weekdayOfLast(year) == 3 || weekdayOfLast(year - 1) == 2 ? 53 : 52
  }
}
