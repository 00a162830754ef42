/// The image that a run left, as what the store keeps of it: whatever lies outside of the memory, and the pages of memory
/// that differ from the base image's.
package struct StoredImage: Equatable, Sendable {
  package static let pageBytes = 4096

  /// Which interpreter can read the image.
  package let build: String
  package let head: [UInt8]
  /// Page number to content, `pageBytes` each.
  package let pages: [Int: [UInt8]]

  package init(build: String, head: [UInt8], pages: [Int: [UInt8]]) {
    self.build = build
    self.head = head
    self.pages = pages
  }

  /// Where the head's pages lie: behind every page of memory.
  private static let headPosition = 1 << 32

  /// Everything, as whole pages by position; zeros follow the end of the head.
  var allPages: [Int: [UInt8]] {
    var all = pages
    for (index, start) in stride(from: 0, to: head.count, by: Self.pageBytes).enumerated() {
      let part = head[start..<min(start + Self.pageBytes, head.count)]
      all[Self.headPosition + index] = Array(part) + repeatElement(0, count: Self.pageBytes - part.count)
    }
    return all
  }

  /// The inverse of `allPages`; nil when a part of the head is missing.
  init?(build: String, headBytes: Int, allPages: [Int: [UInt8]]) {
    var head: [UInt8] = []
    var pages = allPages
    for index in 0..<(headBytes + Self.pageBytes - 1) / Self.pageBytes {
      guard let part = pages.removeValue(forKey: Self.headPosition + index) else { return nil }
      head += part
    }
    guard pages.allSatisfy({ $0.key < Self.headPosition && $0.value.count == Self.pageBytes }) else { return nil }
    self.init(build: build, head: Array(head.prefix(headBytes)), pages: pages)
  }
}
