/// An order of values that a sort can ask for; each is compiled into a sort of its own.
protocol SortOrder {
  func isLess(_ a: Value, _ b: Value) throws(Unwind) -> Bool
}

/// Stable adaptive merge sort of words in the cage: runs that are there already are found and extended to a minimal
/// length, and merged in the
/// order that Munro and Wild's "powersort" gives; a merge in which one side keeps winning gallops (Peters,
/// listsort.txt).
///
/// The order may run Python code, which may collect: every element is always in the array or in the temporary area,
/// both of
/// which the caller keeps alive; and it may raise: then the array is a permutation of what it was.
struct MergeSort<Order: SortOrder> {
  private let vm: VM
  private let order: Order
  /// The words that are compared.
  private let keys: Words
  /// Words that move along with the keys, or nil.
  private let companions: Words?
  private let count: Int
  /// Hidden lists, kept alive by the caller: room for the shorter side of a merge.
  private let keyArea: PyList
  private let companionArea: PyList
  private var runs: [Run] = []
  private var minGallop = 7

  private struct Run {
    var start: Int
    var count: Int
    var power: Int
  }

  init(
    _ vm: VM, _ order: Order, keys: Words, companions: Words?, count: Int, keyArea: PyList, companionArea: PyList
  ) {
    self.vm = vm
    self.order = order
    self.keys = keys
    self.companions = companions
    self.count = count
    self.keyArea = keyArea
    self.companionArea = companionArea
  }

  mutating func sort() throws(Unwind) {
    guard count > 1 else { return }
    let minRun = MergeSort.minRun(count)
    var low = 0
    while low < count {
      var length = try naturalRun(low)
      if length < minRun {
        let forced = min(minRun, count - low)
        try insertBinary(low, low + forced, sorted: low + length)
        length = forced
      }
      try add(Run(start: low, count: length, power: 0))
      low += length
    }
    while runs.count > 1 {
      var left = runs.count - 2
      if left > 0, runs[left - 1].count < runs[left + 1].count { left -= 1 }
      try merge(left)
    }
  }

  /// Between 32 and 64, so that the number of runs is a power of two or a little less.
  private static func minRun(_ count: Int) -> Int {
    var rest = count
    var odd = 0
    while rest >= 64 {
      odd |= rest & 1
      rest >>= 1
    }
    return rest + odd
  }

  @inline(__always) private func less(_ a: UInt64, _ b: UInt64) throws(Unwind) -> Bool {
    try order.isLess(Value(bits: a), Value(bits: b))
  }

  // MARK: Runs

  /// The length of the run that starts at `low`; a strictly descending one is reversed.
  private func naturalRun(_ low: Int) throws(Unwind) -> Int {
    guard low + 1 < count else { return 1 }
    var index = low + 2
    if try less(keys[low + 1], keys[low]) {
      while index < count, try less(keys[index], keys[index - 1]) { index += 1 }
      keys.reverse(from: low, count: index - low)
      companions?.reverse(from: low, count: index - low)
    } else {
      while index < count {
        if try less(keys[index], keys[index - 1]) { break }
        index += 1
      }
    }
    return index - low
  }

  /// Sorts `low ..< high`, of which what is before `sorted` is in order, by binary insertion.
  private func insertBinary(_ low: Int, _ high: Int, sorted: Int) throws(Unwind) {
    for position in sorted..<high {
      let pivot = keys[position]
      var left = low
      var right = position
      while left < right {
        let middle = (left &+ right) &>> 1
        if try less(pivot, keys[middle]) { right = middle } else { left = middle &+ 1 }
      }
      guard left < position else { continue }
      var index = position
      while index > left {
        keys[index] = keys[index &- 1]
        index &-= 1
      }
      keys[left] = pivot
      if let companions {
        let companion = companions[position]
        companions.copy(from: companions, at: left + 1, sourceIndex: left, count: position - left)
        companions[left] = companion
      }
    }
  }

  /// The depth at which the boundary between two neighbouring runs stands in the ideal merge tree.
  private func power(_ first: Run, _ secondCount: Int) -> Int {
    var a = 2 * first.start + first.count
    var b = a + first.count + secondCount
    var result = 0
    while true {
      result += 1
      if a >= count {
        a -= count
        b -= count
      } else if b >= count {
        return result
      }
      a <<= 1
      b <<= 1
    }
  }

  private mutating func add(_ run: Run) throws(Unwind) {
    if let last = runs.last {
      let power = self.power(last, run.count)
      while runs.count > 1, runs[runs.count - 2].power > power { try merge(runs.count - 2) }
      runs[runs.count - 1].power = power
    }
    runs.append(run)
  }

  // MARK: Merging

  /// Merges run `index` with the next one.
  private mutating func merge(_ index: Int) throws(Unwind) {
    var a = runs[index].start
    var aCount = runs[index].count
    let b = runs[index + 1].start
    var bCount = runs[index + 1].count
    runs[index].count = aCount + bCount
    runs.remove(at: index + 1)
    // What is in place already: the start of a up to b's first, the end of b from a's last on.
    let skip = try gallopRight(keys[b], keys, a, aCount, hint: 0)
    a += skip
    aCount -= skip
    guard aCount > 0 else { return }
    bCount = try gallopLeft(keys[a + aCount - 1], keys, b, bCount, hint: bCount - 1)
    guard bCount > 0 else { return }
    if aCount <= bCount {
      try mergeLow(a, aCount, b, bCount)
    } else {
      try mergeHigh(a, aCount, b, bCount)
    }
  }

  /// Copies elements to the temporary area, which is made large enough.
  private func store(_ start: Int, _ count: Int) throws(Unwind) {
    try MergeSort.store(keys, start, count, in: keyArea)
    if let companions { try MergeSort.store(companions, start, count, in: companionArea) }
  }

  private static func store(_ words: Words, _ start: Int, _ count: Int, in area: PyList) throws(Unwind) {
    area.count = 0
    if area.capacity < count { try area.setCapacity(count) }
    area.buffer.copy(from: words, at: 1, sourceIndex: start, count: count)
    area.count = count
  }

  @inline(__always) private func move(from source: Int, to target: Int, count: Int) {
    keys.copy(from: keys, at: target, sourceIndex: source, count: count)
    companions?.copy(from: companions!, at: target, sourceIndex: source, count: count)
  }

  @inline(__always) private func moveOne(from source: Int, to target: Int) {
    keys[target] = keys[source]
    if let companions { companions[target] = companions[source] }
  }

  @inline(__always) private func fetch(_ source: Int, to target: Int, count: Int) {
    keys.copy(from: keyArea.buffer, at: target, sourceIndex: 1 &+ source, count: count)
    companions?.copy(from: companionArea.buffer, at: target, sourceIndex: 1 &+ source, count: count)
  }

  @inline(__always) private func fetchOne(_ source: Int, _ stored: Words, to target: Int) {
    keys[target] = stored[source]
    if let companions { companions[target] = companionArea.buffer[1 &+ source] }
  }

  /// Merges from the left: a is stored away, and shorter than or as long as b.
  private mutating func mergeLow(_ a: Int, _ aTotal: Int, _ b: Int, _ bTotal: Int) throws(Unwind) {
    try store(a, aTotal)
    let stored = keyArea.buffer.advanced(by: 1)
    var target = a
    var i = 0
    var j = b
    let iEnd = aTotal
    let jEnd = b + bTotal
    moveOne(from: j, to: target)
    target += 1
    j += 1
    // Whatever ends the merge, what is left of a is what has to be put back before what is left of b.
    defer {
      if i < iEnd { fetch(i, to: target, count: iEnd - i) }
    }
    while j < jEnd, i < iEnd {
      var aWins = 0
      var bWins = 0
      repeat {
        if try less(keys[j], stored[i]) {
          moveOne(from: j, to: target)
          target &+= 1
          j &+= 1
          bWins &+= 1
          aWins = 0
          if j == jEnd { return }
        } else {
          fetchOne(i, stored, to: target)
          target &+= 1
          i &+= 1
          aWins &+= 1
          bWins = 0
          if i == iEnd { return }
        }
      } while aWins < minGallop && bWins < minGallop
      minGallop += 1
      repeat {
        minGallop -= minGallop > 1 ? 1 : 0
        aWins = try gallopRight(keys[j], stored, i, iEnd - i, hint: 0)
        if aWins > 0 {
          fetch(i, to: target, count: aWins)
          target += aWins
          i += aWins
          if i == iEnd { return }
        }
        moveOne(from: j, to: target)
        target += 1
        j += 1
        if j == jEnd { return }
        bWins = try gallopLeft(stored[i], keys, j, jEnd - j, hint: 0)
        if bWins > 0 {
          move(from: j, to: target, count: bWins)
          target += bWins
          j += bWins
          if j == jEnd { return }
        }
        fetchOne(i, stored, to: target)
        target += 1
        i += 1
        if i == iEnd { return }
      } while aWins >= 7 || bWins >= 7
      minGallop += 1
    }
  }

  /// Merges from the right: b is stored away, and shorter than a.
  private mutating func mergeHigh(_ a: Int, _ aTotal: Int, _ b: Int, _ bTotal: Int) throws(Unwind) {
    try store(b, bTotal)
    let stored = keyArea.buffer.advanced(by: 1)
    // i and j are one beyond the last element left of each side, target one beyond the place to fill.
    var target = b + bTotal
    var i = a + aTotal
    var j = bTotal
    moveOne(from: i - 1, to: target - 1)
    target -= 1
    i -= 1
    defer {
      if j > 0 { fetch(0, to: target - j, count: j) }
    }
    while i > a, j > 0 {
      var aWins = 0
      var bWins = 0
      repeat {
        if try less(stored[j &- 1], keys[i &- 1]) {
          moveOne(from: i &- 1, to: target &- 1)
          target &-= 1
          i &-= 1
          aWins &+= 1
          bWins = 0
          if i == a { return }
        } else {
          fetchOne(j &- 1, stored, to: target &- 1)
          target &-= 1
          j &-= 1
          bWins &+= 1
          aWins = 0
          if j == 0 { return }
        }
      } while aWins < minGallop && bWins < minGallop
      minGallop += 1
      repeat {
        minGallop -= minGallop > 1 ? 1 : 0
        aWins = i - a - (try gallopRight(stored[j - 1], keys, a, i - a, hint: i - a - 1))
        if aWins > 0 {
          move(from: i - aWins, to: target - aWins, count: aWins)
          target -= aWins
          i -= aWins
          if i == a { return }
        }
        fetchOne(j - 1, stored, to: target - 1)
        target -= 1
        j -= 1
        if j == 0 { return }
        bWins = j - (try gallopLeft(keys[i - 1], stored, 0, j, hint: j - 1))
        if bWins > 0 {
          fetch(j - bWins, to: target - bWins, count: bWins)
          target -= bWins
          j -= bWins
          if j == 0 { return }
        }
        moveOne(from: i - 1, to: target - 1)
        target -= 1
        i -= 1
        if i == a { return }
      } while aWins >= 7 || bWins >= 7
      minGallop += 1
    }
  }

  // MARK: Galloping

  /// How many of the `count` words from `start` on stand before `key`: those that are less. Looks around `hint` first.
  private func gallopLeft(_ key: UInt64, _ words: Words, _ start: Int, _ count: Int, hint: Int)
    throws(Unwind) -> Int
  {
    var last = 0
    var offset = 1
    var low: Int
    var high: Int
    if try less(words[start + hint], key) {
      let limit = count - hint
      while offset < limit, try less(words[start + hint + offset], key) {
        last = offset
        offset = offset << 1 + 1
      }
      low = hint + last + 1
      high = hint + min(offset, limit)
    } else {
      let limit = hint + 1
      while offset < limit {
        if try less(words[start + hint - offset], key) { break }
        last = offset
        offset = offset << 1 + 1
      }
      low = hint - min(offset, limit) + 1
      high = hint - last
    }
    while low < high {
      let middle = (low + high) >> 1
      if try less(words[start + middle], key) { low = middle + 1 } else { high = middle }
    }
    return high
  }

  /// The same, with those that are equal to `key` standing before it.
  private func gallopRight(_ key: UInt64, _ words: Words, _ start: Int, _ count: Int, hint: Int)
    throws(Unwind) -> Int
  {
    var last = 0
    var offset = 1
    var low: Int
    var high: Int
    if try less(key, words[start + hint]) {
      let limit = hint + 1
      while offset < limit, try less(key, words[start + hint - offset]) {
        last = offset
        offset = offset << 1 + 1
      }
      low = hint - min(offset, limit) + 1
      high = hint - last
    } else {
      let limit = count - hint
      while offset < limit {
        if try less(key, words[start + hint + offset]) { break }
        last = offset
        offset = offset << 1 + 1
      }
      low = hint + last + 1
      high = hint + min(offset, limit)
    }
    while low < high {
      let middle = (low + high) >> 1
      if try less(key, words[start + middle]) { high = middle } else { low = middle + 1 }
    }
    return high
  }
}
