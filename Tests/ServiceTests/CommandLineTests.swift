import Testing

@Suite("The command line")
struct CommandLineTests {
  @Test(
    "a mistake is one sentence, and exit status 2",
    arguments: [
      ([], "cellar: Say what to do: "),
      (["dance"], "cellar: There is no dance; it is one of "),
      (["serve", "--colour", "red"], "cellar: serve has no option --colour; see cellar --help.\n"),
      (["serve", "--port"], "cellar: --port needs a value, N.\n"),
      (["serve", "--port", "70000"], "cellar: --port must be a number from 0 to 65535, not '70000'.\n"),
      (["serve", "--port=-1"], "cellar: --port must be a number from 0 to 65535, not '-1'.\n"),
      (["serve", "here"], "cellar: serve takes no arguments, and was given 1.\n"),
    ])
  func mistakes(arguments: [String], sentence: String) throws {
    let outcome = try Program.run(Program.cellar, arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix(sentence))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test("an option from the environment is held to the same rules, under its own name")
  func environment() throws {
    let outcome = try Program.run(Program.cellar, ["serve"], environment: ["CELLAR_PORT": "many"])
    #expect(outcome.status == 2)
    #expect(outcome.errors == "cellar: CELLAR_PORT must be a number from 0 to 65535, not 'many'.\n")
  }

  @Test("--version and --help answer on the standard output")
  func help() throws {
    let version = try Program.run(Program.cellar, ["--version"])
    #expect(version.status == 0)
    #expect(version.output.contains(/^cellar \d+\.\d+\.\d+, Python 3\.11\n$/))
    let help = try Program.run(Program.cellar, ["--help"])
    #expect(help.status == 0)
    for word in ["cellar serve", "cellar check", "--port N", "CELLAR_PORT"] { #expect(help.output.contains(word)) }
  }

  @Test("check finds nothing missing after the set-up, and says what a missing page needs")
  func check() throws {
    let all = try Program.run(Program.cellar, ["check"])
    #expect(all.status == 0, "\(all.output)")
    #expect(all.output.contains(/ok       the base image of the library, \d+ MiB\n/))
    #expect(all.output.contains(/ok       the sandbox, level [1-4] of 4/))
    let some = try Program.run(Program.cellar, ["check", "--public", "/nowhere"])
    #expect(some.status == 1)
    #expect(some.output.contains("missing  the page, /nowhere/index.html: name its folder with --public\n"))
  }

  @Test("a service that cannot start says why, and ends with status 1")
  func cannotStart() throws {
    let page = try Program.run(Program.cellar, ["serve", "--public", "/nowhere"])
    #expect(page.status == 1)
    #expect(page.errors == "cellar: There is no page in /nowhere: name its folder with --public.\n")
    let data = try Program.run(Program.cellar, ["serve", "--port", "0", "--data", "/proc/nowhere"])
    #expect(data.status == 1)
    #expect(data.errors.hasPrefix("cellar: The store in /proc/nowhere cannot be opened: "))
  }
}
