/// Checksums by tables.
enum CyclicCode {
  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }

  static let hqx: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start) << 8) { crc, _ in (crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1) & 0xFFFF }
  }

  static func crc32(_ data: [UInt8], _ start: UInt32) -> UInt32 {
    var crc = ~start
    let table = table
    for byte in data { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8 }
    return ~crc
  }
}
