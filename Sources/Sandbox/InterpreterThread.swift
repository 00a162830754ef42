import Glibc

/// A thread to interpret on: native functions and Python code may call each other a few thousand times, which needs more
/// stack than a thread has by itself.
enum InterpreterThread {
  /// Address space; only what is used costs memory.
  private static let stackBytes = 512 << 20

  /// Runs the body on such a thread and waits for its end; false when there is no such thread to be had.
  static func run(_ body: @escaping () -> Void) -> Bool {
    final class Work {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    let work = Work(body)
    var attributes = pthread_attr_t()
    // SAFETY: the attributes are made, used and unmade here; the work outlives the thread, which is waited for.
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        // SAFETY: the argument is the work that the creator keeps alive.
        unsafe Unmanaged<Work>.fromOpaque(argument!).takeUnretainedValue().body()
        return nil
      }, Unmanaged.passUnretained(work).toOpaque())
    guard code == 0 else { return false }
    pthread_join(thread, nil)
    return true
  }
}
