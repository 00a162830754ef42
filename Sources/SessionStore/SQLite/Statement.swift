import CSQLite

/// A prepared statement, which its connection keeps and finalises with itself.
@safe final class Statement {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) {
    unsafe self.handle = unsafe handle
  }

  deinit {
    // SAFETY: `handle` came from sqlite3_prepare_v3 and nobody else finalises it.
    unsafe sqlite3_finalize(handle)
  }

  /// Binds every parameter, and is refused when their number is not the statement's.
  func bind(_ values: [SQLiteValue]) -> Int32 {
    // SAFETY: `handle` is prepared as long as self lives.
    guard unsafe sqlite3_bind_parameter_count(handle) == values.count else { return SQLITE_RANGE }
    for (index, value) in values.enumerated() {
      let code = bind(value, at: Int32(index + 1))
      if code != SQLITE_OK { return code }
    }
    return SQLITE_OK
  }

  private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
    // SAFETY: SQLITE_TRANSIENT (-1) makes SQLite copy text and blobs before the call returns, so the pointers, which are
    // valid during the call, are never used after it; each length is the buffer's own.
    let transient = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value {
    case .null: return unsafe sqlite3_bind_null(handle, index)
    case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
    case .real(let number): return unsafe sqlite3_bind_double(handle, index, number)
    case .text(var text):
      return text.withUTF8 { buffer in
        // SQLite takes a null pointer for NULL.
        guard let start = buffer.baseAddress else { return unsafe sqlite3_bind_text(handle, index, "", 0, transient) }
        return unsafe start.withMemoryRebound(to: CChar.self, capacity: buffer.count) { start in
          unsafe sqlite3_bind_text64(handle, index, start, UInt64(buffer.count), transient, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let bytes):
      return unsafe bytes.withUnsafeBytes { buffer in
        guard let start = buffer.baseAddress else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
        return unsafe sqlite3_bind_blob64(handle, index, start, UInt64(buffer.count), transient)
      }
    }
  }

  func step() -> Int32 {
    // SAFETY: `handle` is prepared as long as self lives.
    unsafe sqlite3_step(handle)
  }

  /// Makes the statement ready to run again. Its result repeats an error that step() already reported.
  func reset() {
    // SAFETY: `handle` is prepared as long as self lives.
    unsafe sqlite3_reset(handle)
    unsafe sqlite3_clear_bindings(handle)
  }

  /// The value of a column of the current row.
  func column(_ index: Int32) -> SQLiteValue {
    // SAFETY: SQLite's pointers are valid until the next step, and their bytes are copied here. The length is asked for
    // after the pointer, as sqlite.org/c3ref/column_blob.html wants it.
    switch unsafe sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return unsafe .real(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      let start = unsafe sqlite3_column_text(handle, index)
      let count = unsafe Int(sqlite3_column_bytes(handle, index))
      return unsafe .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      let start = unsafe sqlite3_column_blob(handle, index)
      let count = unsafe Int(sqlite3_column_bytes(handle, index))
      return unsafe .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
    default: return .null
    }
  }
}

/// The current row of a statement; valid only inside the body that it was handed to.
package struct Row {
  let statement: Statement

  package subscript(_ column: Int) -> SQLiteValue { statement.column(Int32(column)) }
}
