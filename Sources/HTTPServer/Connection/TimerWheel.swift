/// Which connections may have a deadline soon: a ring of slots, each an eighth of a second wide.
///
/// Entries are never moved or removed. A connection has at most one live entry, not later than its deadline; when it
/// comes up too early, because the deadline moved on meanwhile, it is entered again. So moving a deadline, which
/// happens several times a request, costs one store.
package struct TimerWheel {
  package struct Entry {
    package let descriptor: Int32
    package let serial: UInt32
    package let tick: Int
  }

  static let tickMilliseconds = 125
  private static let slotCount = 1024

  private var slots = [[Entry]](repeating: [], count: slotCount)
  private(set) var currentTick: Int
  package private(set) var count = 0

  /// An empty wheel that starts now.
  package init(now: Int) {
    currentTick = now / TimerWheel.tickMilliseconds
  }

  /// Enters a connection for a time; gives the tick at which it will come up, which the owner keeps to recognise it.
  package mutating func enter(descriptor: Int32, serial: UInt32, at milliseconds: Int) -> Int {
    let wanted = milliseconds / TimerWheel.tickMilliseconds + 1
    // A far deadline comes up early, at the end of the ring, and is entered again.
    let tick = min(max(wanted, currentTick + 1), currentTick + TimerWheel.slotCount - 1)
    slots[tick % TimerWheel.slotCount].append(Entry(descriptor: descriptor, serial: serial, tick: tick))
    count += 1
    return tick
  }

  /// The entries of all ticks up to now.
  package mutating func due(now: Int) -> [Entry] {
    let target = now / TimerWheel.tickMilliseconds
    var found: [Entry] = []
    while currentTick < target {
      currentTick += 1
      let slot = currentTick % TimerWheel.slotCount
      if !slots[slot].isEmpty {
        found += slots[slot]
        slots[slot] = []
      }
      // After a long sleep of the machine every slot is due once; there is no need to go around again.
      if target - currentTick > TimerWheel.slotCount { currentTick = target - TimerWheel.slotCount }
    }
    count -= found.count
    return found
  }
}
