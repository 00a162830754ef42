import Foundation

/// A folder of a test's own, gone with the test.
final class Folder {
  let path = NSTemporaryDirectory() + "cellar-store-" + UUID().uuidString

  var database: String { path + "/cellar.sqlite" }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
