import PythonInterpreter

/// Runs a program in this very process, without a worker: what it prints goes straight to the process's own streams.
package enum LocalRun {
  /// Runs a source; answers the exit status: the program's own, or 3 when a limit ended it. With `onTrace` it is recorded, and that is given
  /// what was seen, as JSON.
  package static func run(
    _ source: [UInt8], filename: String, limits: Interpreter.Limits, seconds: Double? = nil,
    onTrace: (([UInt8]) -> Void)? = nil
  ) -> Int32 {
    var status: Int32 = 1
    let started = InterpreterThread.run {
      status = perform(source, filename, limits, seconds, onTrace)
    }
    if !started { complain("a thread to interpret on could not be made") }
    return status
  }

  private static func perform(
    _ source: [UInt8], _ filename: String, _ limits: Interpreter.Limits, _ seconds: Double?,
    _ onTrace: (([UInt8]) -> Void)?
  ) -> Int32 {
    guard let interpreter = LocalInterpreter.make() else {
      complain("there is no address space for an interpreter")
      return 1
    }
    interpreter.endsWithRun = true
    var pending: [UInt8] = []
    func flush() {
      StandardStream.output.write(pending)
      pending.removeAll(keepingCapacity: true)
    }
    interpreter.stream = { bytes, isError in
      if isError {
        flush()
        StandardStream.errors.write(bytes)
      } else {
        pending += bytes
        if pending.count > 1 << 16 { flush() }
      }
    }
    let lines = StandardInput()
    interpreter.instance.host.readLine = {
      flush()
      return lines.next() ?? []
    }
    if let seconds {
      let end = ContinuousClock.now + .seconds(seconds)
      interpreter.instance.host.isCancelled = { ContinuousClock.now >= end ? .time : nil }
    }
    let result: Interpreter.Result
    if let onTrace {
      var subject = Inspection.Subject(source: source)
      subject.filename = filename
      subject.mode = .program
      subject.limits = limits
      let inspection = Inspection(watching: interpreter, subject)
      inspection.makesInterpreter = LocalInterpreter.make
      result = inspection.run()
      flush()
      onTrace(inspection.report(steps: true))
    } else {
      result = interpreter.run(source, filename: filename, limits: limits)
      flush()
    }
    guard case .limit(let limit) = result.outcome else { return Int32(truncatingIfNeeded: result.exitStatus) }
    complain("the run was ended by its limit of \(limit)")
    return 3
  }

  private static func complain(_ sentence: String) {
    StandardStream.errors.write("cellar: \(sentence)\n")
  }
}
