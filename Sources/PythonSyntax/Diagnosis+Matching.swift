extension Diagnosis {
  /// A rule that is being tried.
  private struct Frame {
    let rule: Int
    let key: Int32
    let start: Int
    let wasExplaining: Bool
    var alternative: Int
    var item: Int
    var itemStart: Int
    /// Where the last round of a repeated item ended.
    var roundEnd: Int
    var isCut = false
    var a: Match = 0
    var b: Match = 0
    var last: Match = 0
    /// Where the frame's part of `children` and of `rounds` begins.
    let childrenBase: Int
    let roundsBase: Int
  }

  private enum Step {
    /// The next thing to do is the current item of the last frame.
    case item
    /// A match, or a failure, of that item.
    case matched(Match), failed
  }

  /// What the running rules have gathered. The frames are here, and not on the stack of the process, since a source decides
  /// how many there are.
  private struct Work {
    var frames: [Frame] = []
    var children: [Match] = []
    var rounds: [Match] = []
  }

  /// Tries a rule at `mark`.
  mutating func match(_ rule: Int) -> Match? {
    var work = Work()
    var step = begin(rule, &work)
    while !isTold {
      if work.frames.isEmpty {
        if case .matched(let match) = step { return match }
        return nil
      }
      switch step {
      case .item: step = tryItem(&work)
      case .matched(let match): step = continueItem(match, &work)
      case .failed: step = failItem(&work)
      }
    }
    return nil
  }

  // MARK: Rules

  private mutating func begin(_ rule: Int, _ work: inout Work) -> Step {
    let description = grammar.rules[rule]
    // What CPython does not remember is the same each time only as long as the error rules stay on or off.
    let key = Int32(truncatingIfNeeded: rule << 1 | (isExplaining && !description.isMemo ? 1 : 0))
    if description.isNamed, let known = memo.find(key, at: mark) {
      guard let match = known.match else { return .failed }
      mark = known.end
      return .matched(match)
    }
    if rule == strings {
      let start = mark
      let match = matchStrings()
      if match == nil { mark = start }
      memo.insert(key, at: start, match, end: mark)
      return match.map { .matched($0) } ?? .failed
    }
    if work.frames.count >= Self.maximumDepth {
      tell(LiteralFault.tree(.tooDeep))
      return .failed
    }
    work.frames.append(
      Frame(
        rule: rule, key: key, start: mark, wasExplaining: isExplaining,
        alternative: description.alternatives.lowerBound - 1, item: 0, itemStart: mark, roundEnd: mark,
        childrenBase: work.children.count, roundsBase: work.rounds.count))
    if rule == withoutInvalid { isExplaining = false }
    return nextAlternative(&work)
  }

  private mutating func nextAlternative(_ work: inout Work) -> Step {
    let top = work.frames.count - 1
    let frame = work.frames[top]
    var next = frame.alternative + 1
    let end = grammar.rules[frame.rule].alternatives.upperBound
    while next < end, grammar.alternatives[next].isErrorOnly, !isExplaining { next += 1 }
    mark = frame.start
    work.children.removeLast(work.children.count - frame.childrenBase)
    work.rounds.removeLast(work.rounds.count - frame.roundsBase)
    if frame.isCut || next >= end { return finish(nil, &work) }
    work.frames[top].alternative = next
    work.frames[top].item = grammar.alternatives[next].items.lowerBound
    work.frames[top].a = 0
    work.frames[top].b = 0
    return startItem(&work)
  }

  /// Ends the rule of the last frame.
  private mutating func finish(_ match: Match?, _ work: inout Work) -> Step {
    guard let frame = work.frames.popLast() else { return .failed }
    isExplaining = frame.wasExplaining
    if match == nil { mark = frame.start }
    work.children.removeLast(work.children.count - frame.childrenBase)
    work.rounds.removeLast(work.rounds.count - frame.roundsBase)
    if grammar.rules[frame.rule].isNamed { memo.insert(frame.key, at: frame.start, match, end: mark) }
    return match.map { .matched($0) } ?? .failed
  }

  /// All items of an alternative have matched.
  private mutating func finishAlternative(_ work: inout Work) -> Step {
    let frame = work.frames[work.frames.count - 1]
    let alternative = grammar.alternatives[frame.alternative]
    let children = Array(work.children[frame.childrenBase...])
    switch grammar.results[alternative.result] {
    case .handOn:
      if frame.a != 0 { return finish(frame.a, &work) }
      if !children.isEmpty { return finish(makeNode(.sequence, from: frame.start, children), &work) }
      return finish(alternative.items.count == 1 ? frame.last : makeNode(.other, from: frame.start, []), &work)
    case .node(let kind): return finish(makeNode(kind, from: frame.start, children), &work)
    case .fold:
      guard let last = children.last, last > 0 else { return finish(frame.a, &work) }
      return finish(makeNode(nodes[Int(last)].kind, from: frame.start, []), &work)
    case .error(let place, let message): tell(message, place, frame.a, frame.b)
    case .missingBlock(let after): tellMissingBlock(after: after, line: tokens[firstToken(frame.a)].line)
    case .check(let check):
      if let match = run(check, frame.a, frame.b) { return finish(match, &work) }
      // A check in a rule for errors ends the rule, even if it finds nothing wrong.
      if alternative.isErrorOnly && !isTold { return nextAlternative(&work) }
    }
    return finish(nil, &work)
  }

  mutating func makeNode(_ kind: ErrorRules.NodeKind, from start: Int, _ children: [Match]) -> Match {
    nodes.append(Node(kind: kind, first: start, end: mark, children: children))
    return Match(nodes.count - 1)
  }

  // MARK: Items

  private mutating func startItem(_ work: inout Work) -> Step {
    let top = work.frames.count - 1
    if work.frames[top].item == grammar.alternatives[work.frames[top].alternative].items.upperBound {
      return finishAlternative(&work)
    }
    work.frames[top].itemStart = mark
    work.frames[top].roundEnd = mark
    return .item
  }

  private mutating func tryItem(_ work: inout Work) -> Step {
    let top = work.frames.count - 1
    let item = grammar.items[work.frames[top].item]
    if item.operation == .cut {
      work.frames[top].isCut = true
      return accept(0, &work)
    }
    let match: Match?
    switch item.target {
    case .rule(let rule): return begin(rule, &work)
    case .token(let kind): match = take(kind)
    case .word(let word): match = matchWord(ErrorRules.words[word])
    case .anySoftKeyword: match = matchSoftKeyword()
    case .anyOperator: match = peek().isBinaryOperator ? take(tokens[mark].kind) : nil
    case .anySign: match = peek().isSign ? take(tokens[mark].kind) : nil
    }
    return match.map { .matched($0) } ?? .failed
  }

  /// The current item has matched once.
  private mutating func continueItem(_ match: Match, _ work: inout Work) -> Step {
    let top = work.frames.count - 1
    let frame = work.frames[top]
    switch grammar.items[frame.item].operation {
    case .one, .optional, .forced, .cut: return accept(match, &work)
    case .ahead:
      mark = frame.itemStart
      return accept(0, &work)
    case .notAhead: return nextAlternative(&work)
    case .many, .some:
      append(match, to: &work.rounds)
      // What matches nothing would do so for ever.
      let isStuck = mark == frame.roundEnd
      work.frames[top].roundEnd = mark
      return isStuck ? endRounds(&work) : .item
    case .separated(let separator):
      append(match, to: &work.rounds)
      work.frames[top].roundEnd = mark
      return take(separator) == nil ? endRounds(&work) : .item
    }
  }

  /// The current item has not matched, or not once more.
  private mutating func failItem(_ work: inout Work) -> Step {
    let frame = work.frames[work.frames.count - 1]
    let item = grammar.items[frame.item]
    switch item.operation {
    case .one, .ahead, .cut: return nextAlternative(&work)
    case .optional, .notAhead:
      mark = frame.itemStart
      return accept(0, &work)
    case .forced:
      if case .token(let kind) = item.target {
        mark = frame.itemStart
        tell("expected '\(kind == .colon ? ":" : "(")'", .at, Match(-1 - mark), 0)
      }
      return nextAlternative(&work)
    case .many: return endRounds(&work)
    case .some, .separated: return frame.roundEnd == frame.itemStart ? nextAlternative(&work) : endRounds(&work)
    }
  }

  private mutating func endRounds(_ work: inout Work) -> Step {
    let frame = work.frames[work.frames.count - 1]
    mark = frame.roundEnd
    let matches = Array(work.rounds[frame.roundsBase...])
    work.rounds.removeLast(matches.count)
    return accept(makeNode(.sequence, from: frame.itemStart, matches), &work)
  }

  /// Takes what an item has come to, and goes on to the next.
  private mutating func accept(_ match: Match, _ work: inout Work) -> Step {
    let top = work.frames.count - 1
    work.frames[top].last = match
    switch grammar.items[work.frames[top].item].label {
    case .none: break
    case .a: work.frames[top].a = match
    case .b: work.frames[top].b = match
    case .child: append(match, to: &work.children)
    }
    work.frames[top].item += 1
    return startItem(&work)
  }

  /// A sequence among the children stands for its own.
  private func append(_ match: Match, to children: inout [Match]) {
    if match > 0 && nodes[Int(match)].kind == .sequence {
      children.append(contentsOf: nodes[Int(match)].children)
    } else if match != 0 {
      children.append(match)
    }
  }

  // MARK: Strings

  private mutating func matchStrings() -> Match? {
    let start = mark
    while peek() == .string { mark += 1 }
    if mark == start || isTold { return nil }
    var isFormatted = false
    for index in start..<mark where StringLiteral(tokens[index], in: source).isFormatted { isFormatted = true }
    do throws(LiteralFault) {
      _ = try parser.concatenate(start..<mark)
    } catch {
      tell(error)
      return nil
    }
    return makeNode(isFormatted ? .formatted : .string, from: start, [])
  }
}

extension TokenKind {
  var isBinaryOperator: Bool {
    switch self {
    case .bar, .caret, .ampersand, .leftShift, .rightShift, .plus, .minus, .star, .slash, .doubleSlash, .percent, .at,
      .doubleStar:
      true
    default: false
    }
  }

  var isSign: Bool { self == .plus || self == .minus || self == .tilde }
}
