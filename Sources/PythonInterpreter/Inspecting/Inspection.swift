import PythonRuntime

/// A run that is watched, and then asked about: steps, cells and what happened to them, at any moment of it.
package final class Inspection {
  /// What is run, as in `Interpreter.run`.
  package struct Subject: Sendable {
    package var source: [UInt8]
    package var filename = "<snippet>"
    package var mode = Interpreter.Mode.snippet
    package var input: [UInt8] = []
    package var limits = Interpreter.Limits()
    package var recordedSteps = 100_000
    /// What-if: a cell that is set on the way.
    package var change: CellChange?

    package init(source: [UInt8]) { self.source = source }
  }

  let interpreter: Interpreter
  let rehearsal: Rehearsal
  package let subject: Subject
  /// How the run ended, once it has.
  private(set) var result: Interpreter.Result?
  private(set) lazy var ledger = LedgerIndex(recording)
  /// The recorded steps again, with what names and cells held; and the ledger of that. Only where nobody stands at a step.
  private(set) lazy var detailed = rehearsal.record(1..<min(stepCount, max(1, subject.recordedSteps)) + 1)
  private(set) lazy var detailedLedger = LedgerIndex(detailed)
  private(set) lazy var ownFile = recorder.number(of: subject.filename)
  /// Makes an interpreter like the one that the run began in, to try a fix.
  package var makesInterpreter: (() -> Interpreter?)?

  /// Why the cell was not set that was to be set on the way.
  package var changeFailure: CellChange.Failure? { recorder.changeFailure }

  var recorder: Recorder { rehearsal.recorder }
  /// What there is without values.
  var recording: Recording { rehearsal.recording }

  /// Will watch what runs next, which must be the subject. The interpreter is left as a run that nobody watched would leave it.
  package init(watching interpreter: Interpreter, _ subject: Subject) {
    self.interpreter = interpreter
    self.subject = subject
    let rehearsal = Rehearsal(interpreter.instance, recordedSteps: subject.recordedSteps)
    self.rehearsal = rehearsal
    rehearsal.recorder.change = subject.change
    interpreter.onEnd = { rehearsal.finish(wasLimited: $0) }
  }

  /// The run has ended so: from now on there can be questions, until the interpreter runs something else.
  package func end(_ result: Interpreter.Result) {
    interpreter.onEnd = nil
    self.result = result
    rehearsal.rest()
  }

  /// Runs the snippet, watched, and answers how it ended.
  package func run() -> Interpreter.Result {
    let result = interpreter.run(
      subject.source, filename: subject.filename, mode: subject.mode, input: subject.input, limits: subject.limits)
    end(result)
    return result
  }

  /// Ends what is underway, in this instance, when `isDue` says so.
  package func interrupts(_ isDue: @escaping () -> Bool) {
    interpreter.instance.host.isCancelled = { isDue() ? .time : nil }
  }

  /// Puts the interpreter back to where the run left it.
  package func leave() { rehearsal.visitEnd { _ in } }

  /// What can be said of an interpreter at rest whose last run nobody watched.
  package static func report(atRest interpreter: Interpreter) -> [UInt8] {
    Inspection(unwatched: interpreter).report(steps: false)
  }

  private init(unwatched interpreter: Interpreter) {
    self.interpreter = interpreter
    subject = Subject(source: [])
    rehearsal = Rehearsal(unwatched: interpreter.instance)
  }

  /// How many steps the run had.
  package var stepCount: Int { rehearsal.stepCount }

  /// The answer to a question.
  package func answer(_ query: InspectQuery) -> Inspected {
    switch query.subject {
    case .steps: return steps(query)
    case .find: return find(query)
    case .ledger: return ledger(query)
    case .report:
      var json = JSONText()
      json.object { writeReport(to: &$0, steps: true) }
      return Inspected(body: json.bytes)
    case .state, .functions, .function, .cells, .cell, .matrix, .graph, .assign: return look(query)
    }
  }

  /// What is asked of a moment.
  private func look(_ query: InspectQuery) -> Inspected {
    guard let step = query.step else {
      return rehearsal.visitEnd { vm in self.answer(query, Survey(vm, recorder), step: nil) }
    }
    guard step >= 1, step <= stepCount else { return .missing("step") }
    var answer = Inspected.interrupted
    _ = rehearsal.visit(step: step) { [unowned self] vm in
      answer = self.answer(query, Survey(vm, recorder), step: step)
    }
    return answer
  }

  /// Whether a frame's code is of this run's snippet, and not of an earlier one's.
  func isOwn(_ frame: Int32) -> Bool { ledger.frame(Int(frame)).map { $0.file == ownFile } ?? false }

  /// The number of the session's run whose snippet a file is, if that is another one.
  func otherRun(_ file: String) -> Int? {
    file == subject.filename ? nil : SnippetName.run(of: file)
  }

  private func answer(_ query: InspectQuery, _ survey: Survey, step: Int?) -> Inspected {
    switch query.subject {
    case .functions, .function: return functions(query, survey, step)
    case .cells, .cell: return cells(query, survey, step)
    case .matrix: return matrix(survey, step)
    case .graph: return picture(query.form, survey, step)
    case .assign: return assignment(query, survey)
    default: return state(query, survey, step)
    }
  }

  /// What a run's answer says about its functions and cells: the members of an object.
  package func report(steps: Bool) -> [UInt8] {
    var json = JSONText()
    json.object { writeReport(to: &$0, steps: steps) }
    return json.bytes
  }

  private func writeReport(to json: inout JSONText, steps includesSteps: Bool) {
    let survey = rehearsal.visitEnd { vm in Survey(vm, recorder) }
    writeFunctions(survey.functionViews(), to: &json)
    writeCells(survey.cellViews(weighs: true), nil, to: &json)
    json.object("matrix") { writeMatrix(survey, nil, to: &$0) }
    guard result != nil else { return json.array("warnings") { _ in } }
    json.int("stepCount", stepCount)
    // What a run does in which a cell was set from outside is nobody's mistake.
    let diagnosis = subject.change == nil ? Diagnosis(self) : nil
    let findings = diagnosis?.findings() ?? (explanation: nil, warnings: [])
    json.array("warnings") { json in
      for finding in findings.warnings { json.object { finding.write(to: &$0) } }
    }
    if let explanation = findings.explanation { json.object("explanation") { explanation.write(to: &$0) } }
    if includesSteps {
      var query = InspectQuery(.steps)
      query.limit = subject.recordedSteps
      json.raw("steps", steps(query).body)
    }
  }
}
