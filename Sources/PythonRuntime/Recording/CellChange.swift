/// What-if: a cell that a run sets on its way, before the first statement that begins at a step or after it. The expression is evaluated there, as
/// `eval` in that place would do it. A run with such a change is as deterministic as one without.
package struct CellChange: Equatable, Sendable {
  package var step: Int
  package var cell: Int
  package var expression: String

  package init(step: Int, cell: Int, expression: String) {
    self.step = step
    self.cell = cell
    self.expression = expression
  }

  /// Why a cell was not set.
  package enum Failure: Equatable, Sendable {
    /// No statement began at the step or after it.
    case notReached
    case noSuchCell
    /// What evaluating the expression raised, as the last line of a traceback.
    case raised(String)
  }

  /// Who sets the cell, in its ledger.
  static let author = "what-if"
}

extension VM {
  /// Before a statement whose place the registers are saved at: sets the recorder's cell. False to leave the loop.
  @inline(never) func changeCell(_ recorder: Recorder) -> Bool {
    guard let change = recorder.change else { return true }
    standBeforeStatement()
    let mark = keepMark()
    // Nothing of the evaluation is a step.
    self[.isObserved] = 0
    defer {
      self[.isObserved] = 1
      updateAttention()
      keepRelease(mark)
    }
    recorder.at.hasChanged = true
    guard let cell = Survey(self, recorder).cell(change.cell) else {
      recorder.changeFailure = .noSuchCell
      note(.limit(.cancelled))
      return false
    }
    keep(cell)
    do throws(Unwind) {
      let value = try evaluate(change.expression)
      recorder.changing(self, cell, new: value)
      words(cell).set(1, value)
      return true
    } catch {
      if error.isException {
        let exception = takePending()
        keep(exception)
        recorder.changeFailure = .raised(exceptionLine(exception))
        note(.limit(.cancelled))
      } else {
        note(error)
      }
      return false
    }
  }

  /// The value of an expression, as `eval` gives it where the program stands.
  private func evaluate(_ expression: String) throws(Unwind) -> Value {
    let namespace = try locals()
    keep(namespace)
    let code = try compile(
      Array(expression.utf8), filename: "<string>", mode: .expression, optimize: -1, flags: 0)
    keep(code)
    let globals = runningFunction.value(FunctionLayout.globals)
    return try runCode(code, globals: globals, locals: namespace, closure: .none, what: "eval")
  }

  /// `NameError: name 'x' is not defined`.
  private func exceptionLine(_ exception: Value) -> String {
    let message = exceptionMessage(exception)
    return message.isEmpty ? typeName(exception) : "\(typeName(exception)): \(message)"
  }
}
