/// The text of a module of the library, and where it lies.
package struct LibrarySource: Sendable {
  package let bytes: [UInt8]
  package let filename: String
  package let isPackage: Bool

  package init(bytes: [UInt8], filename: String, isPackage: Bool) {
    self.bytes = bytes
    self.filename = filename
    self.isPackage = isPackage
  }
}
