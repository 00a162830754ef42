import PythonInterpreter

extension WorkerLoop {
  /// Answers a question about a run, in an instance of its own.
  func inspect(_ request: InspectRequest) -> InspectAnswer {
    InspectAnswer(
      status: 501, contentType: "application/problem+json",
      body: Array(#"{"title":"Not Implemented","status":501,"code":"not_inspected"}"#.utf8))
  }
}
