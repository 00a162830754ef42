import Testing

/// `cellar repl`, fed through a pipe: the same as at a terminal, without prompts.
@Suite("The prompt")
struct PromptTests {
  private func answer(_ input: String) throws -> Program.Outcome {
    try Program.run(Program.cellar, ["repl"], input: input)
  }

  @Test("an expression is shown, and kept in _")
  func echo() throws {
    let outcome = try answer("1 + 1\n_ * 3\nNone\n'a'; 'b'\nx = 5\nx\n")
    #expect(outcome.output == "2\n6\n'a'\n'b'\n5\n")
    #expect(outcome.errors.isEmpty && outcome.status == 0)
  }

  @Test("a block ends with an empty line, brackets and strings when they are closed")
  func blocks() throws {
    let outcome = try answer("def f(x):\n  return x * 2\n\nf(4)\n[1,\n\n2]\n'''a\nb'''\nif 1:\n  7\nelse:\n  8\n\n")
    #expect(outcome.output == "8\n[1, 2]\n'a\\nb'\n7\n")
    #expect(outcome.errors.isEmpty)
  }

  @Test("errors are printed as CPython prints them there, and the conversation goes on")
  func errors() throws {
    let outcome = try answer("1/0\ndef f():\n  return g()\n\nf()\nx = = 1\n'on'\n")
    #expect(outcome.output == "'on'\n")
    #expect(
      outcome.errors == """
        Traceback (most recent call last):
          File "<stdin>", line 1, in <module>
        ZeroDivisionError: division by zero
        Traceback (most recent call last):
          File "<stdin>", line 1, in <module>
          File "<stdin>", line 2, in f
        NameError: name 'g' is not defined
          File "<stdin>", line 1
            x = = 1
                ^
        SyntaxError: invalid syntax

        """)
  }

  @Test("a program may show values in its own way, read the lines that follow, and end with a status")
  func programs() throws {
    let outcome = try answer("import sys\nsys.displayhook = lambda v: print('<', v, '>')\ninput()\nthe line\nexit(3)\n5\n")
    #expect(outcome.output == "< the line >\n")
    #expect(outcome.status == 3)
  }
}
