import PythonSyntax
import Testing

@Suite("What CPython 3.11 makes of the same source")
struct RecordedTests {
  @Test("the files hold cases")
  func filesHoldCases() {
    #expect(RecordedCase.trees.count > 50)
    #expect(RecordedCase.errors.count > 150)
  }

  @Test("a tree is CPython's, in shape and places", arguments: RecordedCase.trees)
  func treeIsCPythons(_ recorded: RecordedCase) {
    #expect(verdict(recorded.source, recorded.mode) == recorded.verdict)
  }

  @Test("an error is CPython's, in words and place", arguments: RecordedCase.errors)
  func errorIsCPythons(_ recorded: RecordedCase) {
    #expect(verdict(recorded.source, recorded.mode) == recorded.verdict)
  }
}
