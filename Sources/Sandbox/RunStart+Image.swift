import PythonRuntime

extension RunStart {
  /// What a session's instance is kept as, by a name for those who do not import the runtime.
  package typealias Image = PythonRuntime.Image
}
