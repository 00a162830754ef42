import PythonRuntime
import PythonSyntax

/// Looks for mistakes in what a run was seen to do. Each finding rests on what happened, and has a fix only if running the changed source
/// showed that it helps.
struct Diagnosis {
  let inspection: Inspection
  let lines: SourceLines
  let module: Block
  private let triesFixes: Bool

  /// Nil when the source has no tree.
  init?(_ inspection: Inspection, triesFixes: Bool = true) {
    guard let module = Block.module(inspection.subject.source) else { return nil }
    self.inspection = inspection
    self.module = module
    self.triesFixes = triesFixes
    lines = SourceLines(inspection.subject.source)
  }

  var recording: Recording { inspection.recording }
  func text(_ number: Int32) -> String { inspection.text(number) }

  /// Why the run failed, and what it did that was hardly meant.
  func findings() -> (explanation: Finding?, warnings: [Finding]) {
    var explanation = errorFinding()
    if let found = explanation { explanation = tried(found) }
    let warnings = lateFindings() + defaultFindings() + wrapsFindings()
    return (explanation, warnings.prefix(5).map(tried))
  }

  /// The finding with its fix tried; without it when it does not help.
  private func tried(_ finding: Finding) -> Finding {
    guard triesFixes, var fix = finding.fix else { return finding }
    var finding = finding
    finding.fix = nil
    fix.source = lines.applying(fix.edits)
    guard let interpreter = inspection.makesInterpreter?() else { return finding }
    var output: [UInt8] = []
    interpreter.stream = { bytes, isError in if !isError { output += bytes.prefix(65_536 - min(output.count, 65_536)) }
    }
    var subject = inspection.subject
    subject.source = Array(fix.source.utf8)
    subject.recordedSteps = min(subject.recordedSteps, 20_000)
    subject.limits.ticks = min(subject.limits.ticks, 50_000_000)
    let trial = Inspection(watching: interpreter, subject)
    let result = trial.run()
    guard result.outcome == .ok, let other = Diagnosis(trial, triesFixes: false) else { return finding }
    let left =
      [other.errorFinding()].compactMap { $0 } + other.lateFindings() + other.defaultFindings() + other.wrapsFindings()
    guard !left.contains(where: { $0.kind == finding.kind && $0.variable == finding.variable }) else { return finding }
    fix.outcome = result.outcome.word
    fix.output = String(decoding: output, as: UTF8.self)
    finding.fix = fix
    return finding
  }

  /// The block whose code a function label or frame runs.
  func block(_ name: String, line: Int) -> Block? {
    module.all.first { $0.name == name && firstLine($0) == line } ?? module.block(name, at: line)
  }

  private func firstLine(_ block: Block) -> Int {
    min(Int(block.span.line), block.decorators.map { Int($0.span.line) }.min() ?? Int.max)
  }
}
