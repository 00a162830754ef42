/// The grammar as the error pass reads it: which rules there are, in which order they are tried, and which of them only
/// exist to explain a mistake. CPython's messages follow from that order, so here it is kept as it stands in the full
/// grammar specification of Python 3.11, and the names of the rules follow it too. Only the
/// binary operators are all one here: which binds more tightly makes no difference to an error.
///
/// The notation. A rule is a name at the start of a line; each indented line below is one alternative.
///
///     'if'  "match"  NAME    a token, a soft keyword, a kind of token
///     x?  x*  x+  x/','      optional, any number, at least one, at least one separated by commas
///     &x  !x  &&x            must come next, must not come next, must come or the error is "expected x"
///     ~                      from here on no other alternative is tried
///     a:x  b:x               a name for what was matched; c:x makes it a child of the node
///     NAME OPERATOR SIGN     any name, any binary operator, any sign
///     -> list                makes a node of that kind; without it, what was named (or the only item) is handed on
///     -> fold                what `a` became by its children: the kind of the last one
///     ?                      at the start: tried in the second pass only
///     => a "…"               an error at `a`: `a..b` from a to b, `a..` from a on, `here` at the last token read;
///                            `%` stands for what kind of expression `a` is
///     => block a "…"         an IndentationError: "expected an indented block after … on line (of a)"
///     => other words         one of the checks in `Diagnosis+Errors.swift`
enum ErrorGrammar {
  static let text = statements + compound + patterns + expressions + parameters(prefix: "", closing: ")")
    + parameters(prefix: "lambda", closing: ":") + targets

  private static let statements = #"""
    module
      statements? END
    interactive
      compoundStatement NEWLINE
      simpleStatements
      NEWLINE
    evaluation
      expressions NEWLINE* END
    replacement
      starExpressions
    statements
      statement+
    statement
      compoundStatement
      simpleStatements
    simpleStatements
      simpleStatement !';' NEWLINE
      simpleStatement/';' ';'? NEWLINE
    simpleStatement memo
      assignment
      starExpressions
      'return' starExpressions?
      &('import' | 'from') importStatement
      'raise' expression ('from' expression)?
      'raise'
      'pass'
      &'del' deleteStatement
      &'yield' yieldExpression
      'assert' expression (',' expression)?
      'break'
      'continue'
      'global' NAME/','
      'nonlocal' NAME/','
    assignment
      NAME ':' expression ('=' assignedValue)?
      ('(' singleTarget ')' | subscriptOrAttributeTarget) ':' expression ('=' assignedValue)?
      (starTargets '=')+ assignedValue !'='
      singleTarget augmented ~ assignedValue
      ? invalidAssignment
    assignedValue
      yieldExpression
      starExpressions
    augmented
      '+='
      '-='
      '*='
      '@='
      '/='
      '%='
      '&='
      '|='
      '^='
      '<<='
      '>>='
      '**='
      '//='
    deleteStatement
      'del' deleteTargets &(';' | NEWLINE)
      ? 'del' a:starExpressions => deleteTarget a
    importStatement
      'import' dottedAsName/','
      'from' ('.' | '...')* dottedName 'import' importFromTargets
      'from' ('.' | '...')+ 'import' importFromTargets
    importFromTargets
      '(' importFromAsNames ','? ')'
      importFromAsNames !','
      '*'
      ? importFromAsNames ',' NEWLINE => here "trailing comma not allowed without surrounding parentheses"
    importFromAsNames
      (NAME ('as' NAME)?)/','
    dottedAsName
      dottedName ('as' NAME)?
    dottedName
      NAME ('.' NAME)*
    invalidAssignment
      a:invalidAnnotationTarget ':' expression => a "only single target (not %) can be annotated"
      a:starNamedExpression ',' starNamedExpressions* ':' expression => a "only single target (not tuple) can be annotated"
      a:expression ':' expression => a "illegal target for annotation"
      (starTargets '=')* a:starExpressions '=' => assignmentTarget a
      (starTargets '=')* a:yieldExpression '=' => a "assignment to yield expression not possible"
      a:starExpressions augmented assignedValue => a "'%' is an illegal expression for augmented assignment"
    invalidAnnotationTarget
      list
      tuple
      '(' a:invalidAnnotationTarget ')'

    """#

  private static let compound = #"""
    compoundStatement
      &('def' | '@' | 'async') functionDefinition
      &'if' ifStatement
      &('class' | '@') classDefinition
      &('with' | 'async') withStatement
      &('for' | 'async') forStatement
      &'try' tryStatement
      &'while' whileStatement
      matchStatement
    block memo
      NEWLINE INDENT statements DEDENT
      simpleStatements
      ? NEWLINE !INDENT => blockMissing
    decorators
      ('@' namedExpression NEWLINE)+
    classDefinition
      decorators classBody
      classBody
    classBody
      ? invalidClass
      'class' NAME ('(' arguments? ')')? ':' block
    invalidClass
      'class' NAME ('(' arguments? ')')? NEWLINE => here "expected ':'"
      a:'class' NAME ('(' arguments? ')')? ':' NEWLINE !INDENT => block a "class definition"
    functionDefinition
      decorators functionBody
      functionBody
    functionBody
      ? 'async'? a:'def' NAME '(' params? ')' ('->' expression)? ':' NEWLINE !INDENT => block a "function definition"
      'def' NAME &&'(' params? ')' ('->' expression)? &&':' block
      'async' 'def' NAME &&'(' params? ')' ('->' expression)? &&':' block
    ifStatement
      ? invalidIf
      'if' namedExpression ':' block elifStatement
      'if' namedExpression ':' block elseBlock?
    invalidIf
      'if' namedExpression NEWLINE => here "expected ':'"
      a:'if' namedExpression ':' NEWLINE !INDENT => block a "'if' statement"
    elifStatement
      ? invalidElif
      'elif' namedExpression ':' block elifStatement
      'elif' namedExpression ':' block elseBlock?
    invalidElif
      'elif' namedExpression NEWLINE => here "expected ':'"
      a:'elif' namedExpression ':' NEWLINE !INDENT => block a "'elif' statement"
    elseBlock
      ? a:'else' ':' NEWLINE !INDENT => block a "'else' statement"
      'else' &&':' block
    whileStatement
      ? invalidWhile
      'while' namedExpression ':' block elseBlock?
    invalidWhile
      'while' namedExpression NEWLINE => here "expected ':'"
      a:'while' namedExpression ':' NEWLINE !INDENT => block a "'while' statement"
    forStatement
      ? invalidFor
      'for' starTargets 'in' ~ starExpressions ':' block elseBlock?
      'async' 'for' starTargets 'in' ~ starExpressions ':' block elseBlock?
      ? invalidForTarget
    invalidFor
      'async'? 'for' starTargets 'in' starExpressions NEWLINE => here "expected ':'"
      'async'? a:'for' starTargets 'in' starExpressions ':' NEWLINE !INDENT => block a "'for' statement"
    invalidForTarget
      'async'? 'for' a:starExpressions => forTarget a
    withStatement
      ? invalidWithIndent
      'with' '(' withItem/',' ','? ')' ':' block
      'with' withItem/',' ':' block
      'async' 'with' '(' withItem/',' ','? ')' ':' block
      'async' 'with' withItem/',' ':' block
      ? invalidWith
    withItem
      expression 'as' starTarget &(',' | ')' | ':')
      ? expression 'as' a:expression &(',' | ')' | ':') => assignmentTarget a
      expression
    invalidWith
      'async'? 'with' (expression ('as' starTarget)?)/',' NEWLINE => here "expected ':'"
      'async'? 'with' '(' (expressions ('as' starTarget)?)/',' ','? ')' NEWLINE => here "expected ':'"
    invalidWithIndent
      'async'? a:'with' (expression ('as' starTarget)?)/',' ':' NEWLINE !INDENT => block a "'with' statement"
      'async'? a:'with' '(' (expressions ('as' starTarget)?)/',' ','? ')' ':' NEWLINE !INDENT => block a "'with' statement"
    tryStatement
      ? invalidTry
      'try' &&':' block finallyBlock
      'try' &&':' block exceptBlock+ elseBlock? finallyBlock?
      'try' &&':' block exceptStarBlock+ elseBlock? finallyBlock?
    invalidTry
      a:'try' ':' NEWLINE !INDENT => block a "'try' statement"
      'try' ':' block !('except' | 'finally') => here "expected 'except' or 'finally' block"
      'try' ':' block* exceptBlock+ a:'except' b:'*' expression ('as' NAME)? ':' => a..b "cannot have both 'except' and 'except*' on the same 'try'"
      'try' ':' block* exceptStarBlock+ a:'except' (expression ('as' NAME)?)? ':' => a "cannot have both 'except' and 'except*' on the same 'try'"
    exceptBlock
      ? invalidExceptIndent
      'except' expression ('as' NAME)? ':' block
      'except' ':' block
      ? invalidExcept
    exceptStarBlock
      ? a:'except' '*' expression ('as' NAME)? ':' NEWLINE !INDENT => block a "'except*' statement"
      'except' '*' expression ('as' NAME)? ':' block
      ? invalidExcept
    invalidExcept
      'except' '*'? a:expression ',' expressions ('as' NAME)? ':' => a.. "multiple exception types must be parenthesized"
      'except' '*'? expression ('as' NAME)? NEWLINE => here "expected ':'"
      'except' NEWLINE => here "expected ':'"
      'except' '*' (NEWLINE | ':') => here "expected one or more exception types"
    invalidExceptIndent
      a:'except' expression ('as' NAME)? ':' NEWLINE !INDENT => block a "'except' statement"
      a:'except' ':' NEWLINE !INDENT => block a "'except' statement"
    finallyBlock
      ? a:'finally' ':' NEWLINE !INDENT => block a "'finally' statement"
      'finally' &&':' block

    """#

  private static let patterns = #"""
    matchStatement
      "match" subject ':' NEWLINE INDENT caseBlock+ DEDENT
      ? invalidMatch
    invalidMatch
      "match" subject NEWLINE => here "expected ':'"
      a:"match" subject ':' NEWLINE !INDENT => block a "'match' statement"
    subject
      starNamedExpression ',' starNamedExpressions?
      namedExpression
    caseBlock
      ? invalidCase
      "case" patterns guard? ':' block
    invalidCase
      "case" patterns guard? NEWLINE => here "expected ':'"
      a:"case" patterns guard? ':' NEWLINE !INDENT => block a "'case' statement"
    guard
      'if' namedExpression
    patterns
      openSequencePattern
      pattern
    pattern
      asPattern
      orPattern
    asPattern
      orPattern 'as' captureTarget
      ? invalidAsPattern
    invalidAsPattern
      orPattern 'as' a:"_" => a "cannot use '_' as a target"
      orPattern 'as' !NAME a:expression => a "invalid pattern target"
    orPattern
      closedPattern/'|'
    closedPattern memo
      literalPattern
      captureTarget
      "_"
      attribute !('.' | '(' | '=')
      '(' pattern ')'
      '[' maybeSequencePattern? ']'
      '(' openSequencePattern? ')'
      mappingPattern
      classPattern
    literalPattern
      signedNumber !('+' | '-')
      complexNumber
      strings
      'None'
      'True'
      'False'
    signedNumber
      NUMBER
      '-' NUMBER
    complexNumber
      realNumber '+' imaginaryNumber
      realNumber '-' imaginaryNumber
    realNumber
      '-'? a:NUMBER => real a
    imaginaryNumber
      a:NUMBER => imaginary a
    captureTarget
      !"_" NAME !('.' | '(' | '=')
    attribute
      NAME ('.' NAME)+
    openSequencePattern
      maybeStarPattern ',' maybeSequencePattern?
    maybeSequencePattern
      maybeStarPattern/',' ','?
    maybeStarPattern
      starPattern
      pattern
    starPattern memo
      '*' captureTarget
      '*' "_"
    mappingPattern
      '{' '}'
      '{' '**' captureTarget ','? '}'
      '{' keyValuePattern/',' ',' '**' captureTarget ','? '}'
      '{' keyValuePattern/',' ','? '}'
    keyValuePattern
      (literalPattern | attribute) ':' pattern
    classPattern
      dottedName '(' ')'
      dottedName '(' pattern/',' ','? ')'
      dottedName '(' keywordPattern/',' ','? ')'
      dottedName '(' pattern/',' ',' keywordPattern/',' ','? ')'
      ? dottedName '(' (pattern/',' ',')? keywordPattern/',' ',' a:(pattern/',') => a "positional patterns follow keyword patterns"
    keywordPattern
      NAME '=' pattern

    """#

  private static let expressions = #"""
    expressions
      c:expression c:(',' a:expression)+ ','? -> tuple
      c:expression ',' -> tuple
      expression
    expression memo
      ? invalidExpression
      ? a:NAME !'(' b:starExpressions => legacy a b
      disjunction 'if' disjunction 'else' expression -> conditional
      disjunction
      lambda
    invalidExpression
      !(NAME STRING | SOFTKEYWORD) a:disjunction b:expressionWithoutInvalid => comma a b
      a:disjunction 'if' b:disjunction !('else' | ':') => a..b "expected 'else' after 'if' expression"
    expressionWithoutInvalid
      disjunction 'if' disjunction 'else' expression -> conditional
      disjunction
      lambda
    yieldExpression
      'yield' 'from' expression -> yield
      'yield' starExpressions? -> yield
    starExpressions
      c:starExpression c:(',' a:starExpression)+ ','? -> tuple
      c:starExpression ',' -> tuple
      starExpression
    starExpression memo
      '*' c:bitwiseOr -> starred
      expression
    starNamedExpressions
      a:starNamedExpression/',' ','?
    starNamedExpression
      '*' c:bitwiseOr -> starred
      namedExpression
    assignmentExpression
      NAME ':=' ~ expression -> named
    namedExpression
      assignmentExpression
      ? invalidNamedExpression
      a:expression !':='
    invalidNamedExpression memo
      a:expression ':=' expression => a "cannot use assignment expressions with %"
      a:NAME '=' b:bitwiseOr !('=' | ':=') => a..b "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
      !(list | tuple | generator | 'True' | 'None' | 'False') a:bitwiseOr '=' bitwiseOr !('=' | ':=') => a "cannot assign to % here. Maybe you meant '==' instead of '='?"
    disjunction memo
      conjunction ('or' conjunction)+ -> operation
      conjunction
    conjunction memo
      inversion ('and' inversion)+ -> operation
      inversion
    inversion memo
      'not' inversion -> operation
      comparison
    comparison
      c:bitwiseOr c:comparisonPart+ -> compare
      bitwiseOr
    comparisonPart
      '==' bitwiseOr -> other
      '!=' bitwiseOr -> other
      '<=' bitwiseOr -> other
      '<' bitwiseOr -> other
      '>=' bitwiseOr -> other
      '>' bitwiseOr -> other
      'not' 'in' bitwiseOr -> other
      'in' bitwiseOr -> membership
      'is' 'not' bitwiseOr -> other
      'is' bitwiseOr -> other
    bitwiseOr memo
      a:operand c:operation* -> fold
    operation
      OPERATOR operand -> operation
    operand
      SIGN+ awaitPrimary -> operation
      awaitPrimary
    awaitPrimary
      'await' primary -> await
      primary
    primary memo
      a:atom c:trailer* -> fold
    trailer
      '.' NAME -> attribute
      generator -> call
      '(' arguments? ')' -> call
      '[' slices ']' -> subscript
    slices
      a:slice !','
      (slice | starredExpression)/',' ','? -> tuple
    slice
      expression? ':' expression? (':' expression?)? -> other
      namedExpression
    atom
      NAME
      'True'
      'False'
      'None'
      strings
      NUMBER
      &'(' a:(tuple | group | generator)
      &'[' a:(list | listComprehension)
      &'{' a:(dict | set | dictComprehension | setComprehension)
      '...'
    group
      '(' a:(yieldExpression | namedExpression) ')'
      ? invalidGroup
    invalidGroup
      '(' a:starredExpression ')' => a "cannot use starred expression here"
      '(' a:'**' expression ')' => a "cannot use double starred expression here"
    lambda
      'lambda' lambdaParams? ':' expression -> lambda
    list
      '[' c:starNamedExpressions? ']' -> list
    tuple
      '(' c:(c:starNamedExpression ',' c:starNamedExpressions?)? ')' -> tuple
    set
      '{' starNamedExpressions '}' -> set
    dict
      '{' (pair/',' ','?)? '}' -> dict
      '{' invalidPairs '}'
    pair
      '**' bitwiseOr
      keyValue
    keyValue
      expression ':' expression
    invalidPairs
      pair/',' ',' invalidKeyValue
      expression ':' a:'*' bitwiseOr => a.. "cannot use a starred expression in a dictionary value"
      expression a:':' &('}' | ',') => a "expression expected after dictionary key and ':'"
    invalidKeyValue
      a:expression !':' => key a
      expression ':' a:'*' bitwiseOr => a.. "cannot use a starred expression in a dictionary value"
      expression a:':' &('}' | ',') => a "expression expected after dictionary key and ':'"
    clauses
      clause+
    clause
      'async' 'for' starTargets 'in' ~ c:disjunction c:('if' a:disjunction)* -> clause
      'for' starTargets 'in' ~ c:disjunction c:('if' a:disjunction)* -> clause
      ? invalidForTarget
    listComprehension
      '[' namedExpression clauses ']' -> listComprehension
      ? invalidComprehension
    setComprehension
      '{' namedExpression clauses '}' -> setComprehension
      ? invalidComprehension
    generator
      '(' (assignmentExpression | expression !':=') clauses ')' -> generator
      ? invalidComprehension
    dictComprehension
      '{' keyValue clauses '}' -> dictComprehension
      ? '{' a:'**' bitwiseOr clauses '}' => a "dict unpacking cannot be used in dict comprehension"
    invalidComprehension
      ('[' | '(' | '{') a:starredExpression clauses => a "iterable unpacking cannot be used in comprehension"
      ('[' | '{') a:starNamedExpression ',' b:starNamedExpressions clauses => a..last "did you forget parentheses around the comprehension target?"
      ('[' | '{') a:starNamedExpression b:',' clauses => a..b "did you forget parentheses around the comprehension target?"
    arguments memo
      a:args ','? &')'
      ? invalidArguments
    args
      c:positional/',' c:(',' a:keywordArguments)? -> arguments
      c:keywordArguments -> arguments
    positional
      starredExpression
      a:(assignmentExpression | a:expression !':=') !'='
    keywordArguments
      c:keywordOrStarred/',' ',' c:keywordOrDoubleStarred/',' -> sequence
      keywordOrStarred/','
      keywordOrDoubleStarred/','
    starredExpression
      '*' c:expression -> starred
    keywordOrStarred
      ? invalidKeyword
      NAME '=' expression -> keyword
      starredExpression
    keywordOrDoubleStarred
      ? invalidKeyword
      NAME '=' expression -> keyword
      '**' expression -> doubleStar
    invalidArguments
      a:args ',' '*' => a "iterable argument unpacking follows keyword argument unpacking"
      a:expression b:clauses ',' (args | expression clauses)? => a..clause "Generator expression must be parenthesized"
      a:NAME b:'=' expression clauses => a..b "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
      a:args b:clauses => bareGenerator a b
      args ',' a:expression b:clauses => a..clause "Generator expression must be parenthesized"
      a:args ',' args => argumentOrder a
    invalidKeyword
      a:('True' | 'False' | 'None') b:'=' => a..b "cannot assign to %"
      a:NAME b:'=' expression clauses => a..b "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
      !(NAME '=') a:expression b:'=' => a..b "expression cannot contain assignment, perhaps you meant \"==\"?"

    """#

  /// The parameters of functions and those of lambdas differ only in annotations and in what ends them.
  private static func parameters(prefix: String, closing: String) -> String {
    let isLambda = !prefix.isEmpty
    func name(_ rule: String) -> String { isLambda ? prefix + rule.prefix(1).uppercased() + rule.dropFirst() : rule }
    let annotation = isLambda ? "" : "(':' expression)?"
    let end = "&'\(closing)'"
    let plain = name("plain"), valued = name("valued"), maybe = name("maybeValued"), parameter = name("param")
    let slashPlain = name("slashPlain"), slashValued = name("slashValued"), star = name("starEtc")
    let keywords = name("keywords"), words = isLambda ? "Lambda expression" : "Function"
    let starred = isLambda ? "" : "\n      '*' NAME ':' starExpression (',' | \(end)) \(maybe)* \(keywords)?"
    let parenthesized = isLambda ? "'(' \(parameter)/',' ','? b:')'" : "'(' \(plain)+ ','? b:')'"
    let bareStar = isLambda ? "here" : "a"
    return #"""
      \#(name("params"))
        ? \#(name("invalidParams"))
        \#(slashPlain) \#(plain)* \#(valued)* \#(star)?
        \#(slashValued) \#(valued)* \#(star)?
        \#(plain)+ \#(valued)* \#(star)?
        \#(valued)+ \#(star)?
        \#(star)
      \#(slashPlain)
        \#(plain)+ '/' (',' | \#(end))
      \#(slashValued)
        \#(plain)* \#(valued)+ '/' (',' | \#(end))
      \#(star)
        ? \#(name("invalidStarEtc"))
        '*' \#(plain) \#(maybe)* \#(keywords)?\#(starred)
        '*' ',' \#(maybe)+ \#(keywords)?
        \#(keywords)
      \#(keywords)
        ? \#(name("invalidKeywords"))
        '**' \#(plain)
      \#(plain)
        a:\#(parameter) (',' | \#(end))
      \#(valued)
        \#(parameter) \#(name("default")) (',' | \#(end))
      \#(maybe)
        \#(parameter) \#(name("default"))? (',' | \#(end))
      \#(parameter)
        NAME \#(annotation) -> other
      \#(name("default"))
        '=' expression
        ? a:'=' &(')' | ',') => a "expected default value expression"
      \#(name("invalidParams"))
        \#(plain)* (\#(slashValued) | \#(valued)+) a:\#(plain) => a "non-default argument follows default argument"
        \#(plain)* a:\#(parenthesized) => a..b "\#(words) parameters cannot be parenthesized"
        a:'/' ',' => a "at least one argument must precede /"
        (\#(slashPlain) | \#(slashValued)) \#(maybe)* a:'/' => a "/ may appear only once"
        (\#(slashPlain) | \#(slashValued))? \#(maybe)* '*' (',' | \#(plain)) \#(maybe)* a:'/' => a "/ must be ahead of *"
        \#(maybe)+ '/' a:'*' => a "expected comma between / and *"
      \#(name("invalidStarEtc"))
        a:'*' ('\#(closing)' | ',' ('\#(closing)' | '**')) => \#(bareStar) "named arguments must follow bare *"
        '*' \#(parameter) a:'=' => a "var-positional argument cannot have default value"
        '*' (\#(plain) | ',') \#(maybe)* a:'*' (\#(plain) | ',') => a "* argument may appear only once"
      \#(name("invalidKeywords"))
        '**' \#(parameter) a:'=' => a "var-keyword argument cannot have default value"
        '**' \#(parameter) ',' a:\#(parameter) => a "arguments cannot follow var-keyword argument"
        '**' \#(parameter) ',' a:('*' | '**' | '/') => a "arguments cannot follow var-keyword argument"

      """#
  }

  private static let targets = #"""
    starTargets
      a:starTarget !','
      starTarget (',' starTarget)* ','?
    starTarget memo
      '*' !'*' starTarget
      targetWithStarAtom
    targetWithStarAtom memo
      subscriptOrAttributeTarget
      starAtom
    starAtom
      NAME
      '(' targetWithStarAtom ')'
      '(' (starTarget (',' starTarget)+ ','? | starTarget ',')? ')'
      '[' (starTarget/',' ','?)? ']'
    singleTarget
      subscriptOrAttributeTarget
      NAME
      '(' singleTarget ')'
    targetPrimary memo
      a:atom &('(' | '[' | '.') c:targetTrailer* -> fold
    targetTrailer
      '.' NAME &('(' | '[' | '.') -> attribute
      '[' slices ']' &('(' | '[' | '.') -> subscript
      generator &('(' | '[' | '.') -> call
      '(' arguments? ')' &('(' | '[' | '.') -> call
    subscriptOrAttributeTarget
      targetPrimary '.' NAME !('(' | '[' | '.')
      targetPrimary '[' slices ']' !('(' | '[' | '.')
    deleteTargets
      deleteTarget/',' ','?
    deleteTarget memo
      subscriptOrAttributeTarget
      NAME
      '(' deleteTarget ')'
      '(' deleteTargets? ')'
      '[' deleteTargets? ']'

    """#
}
