/// An instance in the middle of a run, at a step: what is needed to go on from there, in the same instance. Pages that are as they were in
/// the checkpoint before are shared with it.
package struct Checkpoint {
  /// A page of the cage.
  private final class Page {
    let words: [UInt64]
    init(_ words: [UInt64]) { self.words = words }
  }

  /// How many steps there had been.
  package let steps: Int
  let ticks: Int
  private let state: [Int]
  private let pages: [Int: Page]
  private let reprs: [UInt64]
  let position: Recorder.Position

  /// The instance as it stands: before the instruction of a step when `isAtStep`, else between runs.
  init(_ vm: VM, after previous: Checkpoint?, position: Recorder.Position, isAtStep: Bool) {
    steps = position.steps
    ticks = vm.ticksUsed
    var state = (0..<StateWord.count.rawValue).map { vm[.host, $0] }
    if isAtStep {
      // The instruction was fetched already.
      state[StateWord.pc.rawValue] -= 8
      state[StateWord.fuel.rawValue] += 8
    }
    self.state = state
    var pages: [Int: Page] = [:]
    vm.forEachOwnPage { page in
      let words = vm.words(at: page * Cage.pageBytes)
      if let old = previous?.pages[page], words.holds(old.words) {
        pages[page] = old
      } else {
        pages[page] = Page(words.array(count: 512))
      }
    }
    self.pages = pages
    reprs = vm.host.reprStack
    self.position = position
  }

  /// Puts the instance back to where it was.
  func restore(_ vm: VM) {
    vm.forEachOwnPage { page in
      if pages[page] == nil { vm.resetPage(page) }
    }
    for index in StateWord.pc.rawValue..<StateWord.count.rawValue { vm[.host, index] = state[index] }
    for (page, saved) in pages {
      let words = vm.words(at: page * Cage.pageBytes)
      if !words.holds(saved.words) { words.write(saved.words) }
    }
    vm.host.reprStack = reprs
    vm.forgetCaches()
  }
}

extension VM {
  /// The pages that hold anything that the base image does not: of the used stack, the heap, its live bits and its table.
  fileprivate func forEachOwnPage(_ body: (Int) -> Void) {
    var own = RangeSet(usedPages())
    if let base = host.base {
      base.forEachChangedPage(self, body)
      for segment in base.segments {
        let first = segment.cageOffset / Cage.pageBytes
        own.remove(contentsOf: first..<first + segment.byteCount / Cage.pageBytes)
      }
    }
    for range in own.ranges { for page in range { body(page) } }
  }

  /// Makes a page what it was before anything ran.
  fileprivate func resetPage(_ page: Int) {
    Cage.discard(self, from: page * Cage.pageBytes, bytes: Cage.pageBytes)
  }

  /// The pages that hold anything of a program: the used stack, the heap, its live bits and its table.
  fileprivate func usedPages() -> [Range<Int>] {
    let page = Cage.pageBytes
    let heap = Cage.heapStart / page..<self[.heapTop]
    let stackEnd = (offset(ofAddress: self[.stackLimit]) + 64 * 8 + page - 1) / page
    let live = (Cage.liveBits + Cage.heapStart / 128) / page..<(Cage.liveBits + self[.heapTop] * page / 128) / page + 1
    let table = (Cage.pageTable + heap.lowerBound * 8) / page..<(Cage.pageTable + heap.upperBound * 8) / page + 1
    return [Cage.stackStart / page..<stackEnd, heap, live, table]
  }
}
