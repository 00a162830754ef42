import PythonBytecode
import PythonSyntax

/// What changes how a source is compiled.
package struct CompileOptions: Sendable {
  package var filename: String
  /// As CPython's `-O`: from 1 on without `assert` and with `__debug__` false, from 2 on without docstrings.
  package var optimizationLevel: Int
  /// `from __future__ import annotations` is in force from outside.
  package var futureAnnotations: Bool
  /// A module's last statement, if it is an expression, gives the run's result.
  package var keepsResult: Bool

  package init(
    filename: String = "<string>", optimizationLevel: Int = 0, futureAnnotations: Bool = false,
    keepsResult: Bool = false
  ) {
    self.filename = filename
    self.optimizationLevel = optimizationLevel
    self.futureAnnotations = futureAnnotations
    self.keepsResult = keepsResult
  }
}

/// Compiles a syntax tree. `source` is only for the line that an error shows; `warn` is told of what is right but hardly meant.
package func compile(
  _ module: Module, options: CompileOptions, source: [UInt8] = [], warn: (SourceWarning) -> Void = { _ in }
) throws(SyntaxError) -> CodeObject {
  let errors = CompileErrors(filename: options.filename, source: source)
  let (builder, futureAnnotations) = try analyzedScopes(of: module, options, errors)
  let session = CompileSession(
    options: options, errors: errors, scopes: builder.scopes, futureAnnotations: futureAnnotations)
  let unit = UnitCompiler(
    session: session, kind: .module, scope: builder.module, parent: nil, className: nil, name: "<module>", firstLine: 1)
  let code = try unit.compileModule(module)
  builder.warnings.forEach(warn)
  return code
}

/// The scopes of a tree, with each name settled; and whether its annotations stay text.
func analyzedScopes(
  of module: Module, _ options: CompileOptions, _ errors: CompileErrors
) throws(SyntaxError) -> (builder: ScopeBuilder, futureAnnotations: Bool) {
  let future = try futureFeatures(of: module, errors)
  let futureAnnotations = options.futureAnnotations || future.annotations
  var builder = ScopeBuilder(errors: errors, futureAnnotations: futureAnnotations)
  try builder.visit(module)
  try ScopeAnalysis(errors: errors).analyze(builder.module)
  return (builder, futureAnnotations)
}

/// Parses and compiles a source.
package func compile(
  source: [UInt8], mode: ParseMode = .module, options: CompileOptions = CompileOptions(),
  parseOptions: ParseOptions = []
) throws(SyntaxError) -> CodeObject {
  let tree = try parse(source, filename: options.filename, mode: mode, options: parseOptions)
  return try compile(tree, options: options, source: source)
}

/// What all units of one compilation share.
final class CompileSession {
  let options: CompileOptions
  let errors: CompileErrors
  let scopes: [ScopeID: Scope]
  let futureAnnotations: Bool
  let folder: ConstantFolder
  /// How deep the walk of the tree is.
  var depth = 0
  /// How many instructions there are in all units: `finally` bodies are copied, so a small source may have many.
  var instructionCount = 0

  static let maximumInstructions = 1_000_000

  init(options: CompileOptions, errors: CompileErrors, scopes: [ScopeID: Scope], futureAnnotations: Bool) {
    self.options = options
    self.errors = errors
    self.scopes = scopes
    self.futureAnnotations = futureAnnotations
    folder = ConstantFolder(isDebug: options.optimizationLevel < 1)
  }
}

// MARK: Future statements

private let knownFeatures: Set<String> = [
  "nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function",
  "unicode_literals", "barry_as_FLUFL", "generator_stop", "annotations",
]

/// The features that the `from __future__` imports at the beginning of a module ask for.
private func futureFeatures(
  of module: Module, _ errors: CompileErrors
) throws(SyntaxError) -> (annotations: Bool, last: Int32) {
  let body: [Statement]
  switch module {
  case .module(let statements), .interactive(let statements): body = statements
  case .expression: return (false, 0)
  }
  var annotations = false
  var last: Int32 = 0
  for (index, statement) in body.enumerated() {
    if case .importFrom("__future__", let names, 0) = statement.kind {
      // CPython knows no end for these.
      var place = statement.span
      (place.endLine, place.endColumn) = (place.line, -1)
      for alias in names {
        if alias.name == "braces" { throw errors.syntax("not a chance", place) }
        guard knownFeatures.contains(alias.name) else {
          throw errors.syntax("future feature \(alias.name) is not defined", place)
        }
        if alias.name == "annotations" { annotations = true }
      }
      last = statement.span.line
    } else if index == 0, case .expression(let value) = statement.kind, case .constant(.string) = value.kind {
      continue
    } else {
      break
    }
  }
  return (annotations, last)
}

/// How many statements at the beginning of a module may be `from __future__` imports.
func futurePrefixCount(_ body: [Statement]) -> Int {
  var count = 0
  for statement in body {
    if case .importFrom("__future__", _, 0) = statement.kind {
      count += 1
    } else if count == 0, case .expression(let value) = statement.kind, case .constant(.string) = value.kind {
      count += 1
    } else {
      break
    }
  }
  return count
}
