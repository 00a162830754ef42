import Glibc
import PythonInterpreter

/// Runs a program in this very process, without a worker: for `cellar run --no-sandbox` and for measuring the interpreter.
package enum LocalRun {
  /// The stack of the thread that interprets: native functions and Python code may call each other a few thousand times.
  static let stackBytes = 512 << 20

  /// Runs a source and writes what it prints to this process's streams; answers the exit status: that of the program, or 3 when a
  /// limit ended it.
  package static func run(_ source: [UInt8], filename: String, limits: Interpreter.Limits) -> Int32 {
    let job = Job(source, filename, limits)
    var attributes = pthread_attr_t()
    // SAFETY: the attributes are initialised, used and destroyed here; the job outlives the thread, which is joined.
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, stackBytes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        // SAFETY: the argument is the job that the creator passed, still alive.
        unsafe Unmanaged<Job>.fromOpaque(argument!).takeUnretainedValue().perform()
        return nil
      }, Unmanaged.passUnretained(job).toOpaque())
    guard code == 0 else {
      write(Array("cellar: a thread to interpret on could not be made\n".utf8), to: 2)
      return 1
    }
    pthread_join(thread, nil)
    return job.status
  }

  fileprivate static func write(_ bytes: [UInt8], to descriptor: Int32) {
    unsafe bytes.withUnsafeBytes { buffer in
      var rest = unsafe buffer[...]
      while unsafe !rest.isEmpty {
        // SAFETY: the pointer and count are the array's own.
        let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        guard count > 0 else { return }
        unsafe rest = unsafe rest.dropFirst(count)
      }
    }
  }
}

extension UnsafeRawBufferPointer.SubSequence {
  /// Where the slice starts in memory.
  fileprivate var baseAddress: UnsafeRawPointer? { unsafe base.baseAddress.map { unsafe $0 + startIndex } }
}

/// What the interpreting thread is given.
private final class Job {
  let source: [UInt8]
  let filename: String
  let limits: Interpreter.Limits
  var status: Int32 = 1

  init(_ source: [UInt8], _ filename: String, _ limits: Interpreter.Limits) {
    self.source = source
    self.filename = filename
    self.limits = limits
  }

  func perform() {
    guard let interpreter = Interpreter() else {
      LocalRun.write(Array("cellar: there is no address space for an interpreter\n".utf8), to: 2)
      return
    }
    var pending: [UInt8] = []
    interpreter.stream = { bytes, isError in
      if isError {
        LocalRun.write(pending, to: 1)
        pending.removeAll(keepingCapacity: true)
        LocalRun.write(bytes, to: 2)
      } else {
        pending += bytes
        if pending.count > 1 << 16 {
          LocalRun.write(pending, to: 1)
          pending.removeAll(keepingCapacity: true)
        }
      }
    }
    let result = interpreter.run(source, filename: filename, limits: limits)
    LocalRun.write(pending, to: 1)
    if case .limit(let limit) = result.outcome {
      LocalRun.write(Array("cellar: the run was ended by its limit of \(limit)\n".utf8), to: 2)
      status = 3
    } else {
      status = Int32(truncatingIfNeeded: result.exitStatus)
    }
  }
}
