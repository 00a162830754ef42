import Foundation
import PythonBytecode
import PythonCompiler
import Testing

@Suite("Code")
struct CodeTests {
  @Test("the code of a program is what was recorded", arguments: Recorded.programs)
  func disassembly(program: String) throws {
    let code = try Recorded.compiled(program)
    try code.verify()
    let text = code.fullDisassembly()
    let path = "Programs/\(program).code"
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try text.write(to: Recorded.folder.appendingPathComponent(path), atomically: true, encoding: .utf8)
    }
    #expect(text == (try Recorded.text(path)))
  }

  /// The opcodes of a function, in order.
  private func opcodes(_ source: String) throws -> [Opcode] {
    let code = try Recorded.function(source)
    var opcodes: [Opcode] = []
    var index = 0
    while index < code.instructions.count {
      opcodes += [Instruction(word: code.instructions[index]).opcode].compactMap { $0 }
      index += 1 + (code.extensionCount(at: index) ?? 0)
    }
    return opcodes
  }

  @Test("locals are operands, and results go straight to them")
  func directOperands() throws {
    #expect(try opcodes("def f(a, b):\n  x = a + b\n  x += 1\n  return x\n") == [.add, .addInt, .return])
  }

  @Test("a walrus inside of an expression does not change an operand before it")
  func walrus() throws {
    let code = try opcodes("def f(a): return a + (a := 5)\n")
    #expect(code.first == .move)
  }

  @Test("a local is checked where it may be unbound, and only there")
  func boundChecks() throws {
    func checks(_ source: String) throws -> Int { try opcodes(source).filter { $0 == .checkBound }.count }
    #expect(try checks("def f(a):\n  if a: x = 1\n  else: x = 2\n  return x\n") == 0)
    #expect(try checks("def f(a):\n  if a: x = 1\n  return x\n") == 1)
    #expect(try checks("def f(a):\n  for x in a: pass\n  return x + x\n") == 1)
    #expect(try checks("def f(a):\n  while True:\n    x = 1\n    if a: break\n  return x\n") == 0)
    #expect(try checks("def f(a):\n  try:\n    x = a()\n  except A:\n    pass\n  return x\n") == 1)
    #expect(try checks("def f(a):\n  try:\n    x = a()\n  except A:\n    raise\n  return x\n") == 0)
    #expect(try checks("def f(a):\n  x = 1\n  del x\n  return x\n") == 2)
    #expect(try checks("def f():\n  a += 1\n") == 1)
  }

  @Test("an exchange needs one temporary")
  func exchange() throws {
    #expect(try opcodes("def f(a, b):\n  a, b = b, a\n") == [.move, .move, .move, .returnNone])
  }

  @Test("constants in a loop are loaded before it")
  func preloads() throws {
    let code = try opcodes("def f(a):\n  while a:\n    a = a * 0.5\n")
    #expect(code == [.loadConstant, .jumpIfFalse, .multiply, .jumpIfTrue, .returnNone])
  }

  @Test("constant expressions are folded")
  func folding() throws {
    let folded: [(String, CodeConstant)] = [
      ("1 + 2 * 3", .int(7)), ("-7 // 2", .int(-4)), ("-7 % 3", .int(2)), ("2 ** 10", .int(1024)),
      ("1 << 70", .bigInt(isNegative: false, limbs: [0, 64])), ("7 / 2", .float((3.5).bitPattern)),
      ("'a' 'b' + 'c'", .string(Array("abc".utf8))), ("(1, 'a')[0]", .int(1)), ("not 1", .false),
      ("True & False", .false), ("~0", .int(-1)), ("1 - 2j", .complex((1.0).bitPattern, (-2.0).bitPattern)),
      ("-(2 ** 63)", .int(Int.min)), ("(1, 2) * 2", .tuple([.int(1), .int(2), .int(1), .int(2)])),
    ]
    for (source, value) in folded {
      let code = try Recorded.function("def f(): return \(source)\n")
      #expect(code.constants.contains(value), "\(source): \(code.constants)")
      #expect(code.instructions.count == 2, "\(source)")
    }
  }

  @Test("what may fail or grow is not folded", arguments: ["1 // 0", "'a' * 5000", "2 ** 200", "1 << 200", "'%s' % 1"])
  func notFolded(source: String) throws {
    #expect(try Recorded.function("def f(): return \(source)\n").instructions.count > 2)
  }

  @Test("jumps that do not fit into 16 bits are led over a long one")
  func farJumps() throws {
    let body = (0..<20000).map { "    g(\($0))\n" }.joined()
    let code = try Recorded.code("def f(a, b):\n  while a < b:\n\(body)")
    let loop = try Recorded.code("def f(a, b):\n  for a in b:\n\(body)")
    for case .code(let function) in code.constants + loop.constants { #expect(function.instructions.count > 60000) }
  }

  @Test("positions are those of CPython's instructions")
  func positions() throws {
    let code = try Recorded.function("def f(a):\n  return (a\n    .b(1)\n    + a.c)\n")
    func position(_ opcode: Opcode, word: Int = 0) -> CodePosition? {
      code.instructions.firstIndex { Instruction(word: $0).opcode == opcode }.map { code.positions[$0 + word] }
    }
    // The attribute at the instruction, the call at the extension word.
    #expect(position(.callNamedMethod) == CodePosition(line: 3, endLine: 3, column: 5, endColumn: 6))
    #expect(position(.callNamedMethod, word: 1) == CodePosition(line: 3, endLine: 3, column: 5, endColumn: 9))
    #expect(position(.add) == CodePosition(line: 2, endLine: 4, column: 10, endColumn: 9))
    #expect(position(.loadAttribute) == CodePosition(line: 4, endLine: 4, column: 6, endColumn: 9))
  }
}
