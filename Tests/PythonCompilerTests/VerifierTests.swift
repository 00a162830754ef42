import PythonBytecode
import PythonCompiler
import Testing

@Suite("Verifier")
struct VerifierTests {
  private func refused(_ change: (inout CodeObject) -> Void) throws -> Bool {
    var code = try Recorded.function("def f(a, b):\n  try:\n    return a.b(*b)\n  except E:\n    return [a, b]\n")
    change(&code)
    do {
      try code.verify()
      return false
    } catch {
      return true
    }
  }

  private func index(_ opcode: Opcode, in code: CodeObject) -> Int {
    code.instructions.firstIndex { Instruction(word: $0).opcode == opcode } ?? 0
  }

  @Test("accepts what the compiler makes")
  func accepts() throws { #expect(try !refused { _ in }) }

  @Test("leaves pairs to the loader: each ends with an instruction that is none itself")
  func pairs() throws {
    for pair in Opcode.allCases {
      guard let (first, second) = pair.parts else { continue }
      #expect(second.parts == nil && pair.single.parts == nil && Opcode.pair(first, second) == pair)
    }
    #expect(try refused { $0.instructions[0] = Instruction(.moveThenMove, a: 0, b: 1).word })
  }

  @Test("refuses what would lead the machine astray")
  func refuses() throws {
    #expect(try refused { $0.instructions[0] = 0xFF })
    #expect(try refused { $0.registerCount = 3 })
    #expect(try refused { $0.instructions.removeLast() })
    #expect(try refused { $0.positions.removeLast() })
    #expect(try refused { $0.exceptionTable[0].handler = 1_000_000 })
    #expect(try refused { $0.exceptionTable[0].register = 60000 })
    #expect(try refused { $0.cacheCount = 0 })
    #expect(try refused { $0.constants = [] })
    #expect(try refused { $0.cellNames = ["a"] })
    #expect(try refused { $0.instructions[index(.return, in: $0)] = Instruction(.jump, bc: 1000).word })
    #expect(try refused { $0.instructions[index(.return, in: $0)] = Instruction(.loadFree, a: 0, b: 0).word })
    #expect(try refused { $0.instructions[index(.return, in: $0)] = Instruction(.call, a: 0, b: 500).word })
    #expect(try refused { $0.instructions[index(.callSpread, in: $0)] = Instruction(.callKeywords, a: 0, b: 0).word })
  }
}
