/// The sessions, their runs and the images that these left, in one SQLite file in one folder. All SQL of the program is
/// in this target. Functions that change something answer once it would survive a power loss.
package final class SessionStore: Sendable {
  package let database: Database

  /// Opens the store in a folder, making both when they are missing.
  package init(folder: String) throws(StoreError) {
    database = try Database(folder: folder)
  }

  /// Opens the store in a folder to read it, which can be done beside a server that writes it.
  package init(reading folder: String) throws(StoreError) {
    database = try Database(reading: folder)
  }

  /// Ends orderly. A store that is never closed loses nothing; its file is only larger.
  package func close() throws(StoreError) {
    try database.close()
  }

  /// Returns when what is made of acknowledged runs, images and what search reads, is written too.
  package func settle() async {
    await database.settle()
  }

  /// Whether a write can be committed now; throws why not.
  package func checkWritable() async throws(StoreError) {
    try await database.write { _ throws(StoreError) in }
  }
}
