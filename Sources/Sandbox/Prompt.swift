import Glibc
import PythonInterpreter

/// `cellar repl`: reads statements, runs each in the same instance, and shows what they give, as CPython's prompt does. What is
/// piped to it is treated the same, but without prompts.
package enum Prompt {
  /// Answers the exit status: what `exit()` asked for, or 0 at the end of the input.
  package static func run(limits: Interpreter.Limits, banner: String) -> Int32 {
    var status: Int32 = 1
    // Before there are other threads, so that all of them leave Ctrl-C to the one that waits for it.
    let interrupts = Interrupts()
    let started = InterpreterThread.run {
      guard let interpreter = Interpreter() else { return }
      var session = PromptSession(interpreter, interrupts, limits: limits)
      status = session.serve(banner: banner)
    }
    if !started { StandardStream.errors.write("cellar: a thread to interpret on could not be made\n") }
    return status
  }
}

/// One conversation at the prompt.
private struct PromptSession {
  private let interpreter: Interpreter
  private let interrupts: Interrupts
  private let limits: Interpreter.Limits
  private let lines: StandardInput
  private let isTerminal = isatty(STDIN_FILENO) == 1

  init(_ interpreter: Interpreter, _ interrupts: Interrupts, limits: Interpreter.Limits) {
    self.interpreter = interpreter
    self.interrupts = interrupts
    self.limits = limits
    let lines = StandardInput(interrupts)
    self.lines = lines
    if let library = LibraryFolder.find() { interpreter.importsSources(library.source(of:)) }
    interpreter.stream = { bytes, isError in (isError ? StandardStream.errors : .output).write(bytes) }
    interpreter.instance.host.isCancelled = { interrupts.isPending ? .cancelled : nil }
    interpreter.instance.host.readLine = { lines.next() ?? [] }
  }

  mutating func serve(banner: String) -> Int32 {
    if isTerminal { show("\(banner)\n") }
    while true {
      switch statement() {
      case .none: return 0
      case .some(let source) where source.allSatisfy { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains($0) }: continue
      case .some(let source):
        let result = interpreter.run(source, filename: "<stdin>", mode: .interactive, limits: limits)
        if result.isExit { return Int32(truncatingIfNeeded: result.exitStatus) }
        if case .limit(let limit) = result.outcome {
          show(interrupts.take() ? "\nKeyboardInterrupt\n" : "cellar: the run was ended by its limit of \(limit)\n")
        }
      }
    }
  }

  /// The lines of one statement; nil at the end of the input.
  private func statement() -> [UInt8]? {
    var source: [UInt8] = []
    while true {
      if isTerminal { StandardStream.output.write(source.isEmpty ? ">>> " : "... ") }
      let line = lines.next()
      if interrupts.take() {
        show("\nKeyboardInterrupt\n")
        source = []
        continue
      }
      guard let line else {
        if isTerminal { StandardStream.output.write("\n") }
        return source.isEmpty ? nil : source
      }
      source += line
      if source.last != 0x0A { source.append(0x0A) }
      if !Interpreter.isIncomplete(source) { return source }
    }
  }

  private func show(_ text: String) { StandardStream.errors.write(text) }
}
