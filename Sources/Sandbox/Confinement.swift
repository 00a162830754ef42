import CSandbox
import Glibc
import PythonRuntime

/// How far a worker is locked in. Each layer holds by itself; a host that refuses one still gets the others.
package struct Confinement: Equatable, Sendable {
  /// What is in force.
  package struct Layers: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
      self.rawValue = rawValue
    }

    /// No new privileges, no more processes and files than it has, no dumps, an end with its parent.
    package static let limits = Layers(rawValue: 1)
    /// It sees no other process, user, network or message queue.
    package static let namespaces = Layers(rawValue: 2)
    /// Its file system is one empty directory.
    package static let emptyRoot = Layers(rawValue: 4)
    /// Landlock: no right on any file, whatever its root is.
    package static let landlock = Layers(rawValue: 8)
    /// It can make only the few system calls that it needs.
    package static let callFilter = Layers(rawValue: 16)
    /// The kernel holds it to an amount of memory; its broker's doing.
    package static let memoryGroup = Layers(rawValue: 32)

    static let names: [(layer: Layers, name: String)] = [
      (.limits, "resource limits"), (.namespaces, "namespaces"), (.emptyRoot, "an empty root"),
      (.landlock, "Landlock"), (.callFilter, "a system call filter"), (.memoryGroup, "a memory group"),
    ]
  }

  package var layers: Layers

  package init(layers: Layers) {
    self.layers = layers
  }

  /// 1: a process of its own with limits and no descriptors; 2: and namespaces, an empty root and Landlock; 3: and a system
  /// call filter; 4: and a group whose memory the kernel limits. A level counts only with those below it.
  package var level: Int {
    let steps: [Layers] = [.limits, [.namespaces, .emptyRoot, .landlock], .callFilter, .memoryGroup]
    return steps.prefix { layers.isSuperset(of: $0) }.count
  }

  /// What this host refuses, in words.
  package var missing: [String] {
    Layers.names.filter { !layers.contains($0.layer) }.map(\.name)
  }
}

/// How a worker locks itself in: first what must happen while it is alone in its process, then, on the thread that will
/// run snippets, the limits and the filter that leave it no way back.
struct LockIn {
  private var layers: Confinement.Layers = []

  /// On the first thread, before there is another.
  mutating func leaveTheHost() {
    precondition(sandbox_forbid_new_privileges() == 0, "A worker could not give up new privileges.")
    precondition(sandbox_die_with_parent() == 0, "A worker could not tie itself to its broker.")
    emptyTheEnvironment()
    // Its broker has put it into new namespaces of users and processes where the host allows that: then it is the first there.
    let isFirst = getpid() == 1
    let kinds = [
      sandbox_new_mounts, sandbox_new_network, sandbox_new_messages, sandbox_new_names, sandbox_new_cgroups,
    ].reduce(0) { $0 | Int32($1) }
    if isFirst, sandbox_leave_namespaces(kinds) == 0 {
      layers.insert(.namespaces)
      if sandbox_empty_root() == 0 { layers.insert(.emptyRoot) }
    }
    _ = sandbox_hide_from_debuggers()
    let droppedAll = sandbox_drop_capabilities() == 0
    if !droppedAll { layers.remove(.namespaces) }
    if sandbox_deny_files() == 0 { layers.insert(.landlock) }
  }

  /// On the thread that runs snippets, when all threads are there and everything is loaded.
  mutating func finish() -> Confinement {
    for stream in Int32(0)...2 { close(stream) }
    setLimits()
    layers.insert(.limits)
    if CallFilter.install() { layers.insert(.callFilter) }
    return Confinement(layers: layers)
  }

  private func emptyTheEnvironment() {
    clearenv()
  }

  private func setLimits() {
    let limits = [
      (RLIMIT_CORE, 0), (__RLIMIT_NPROC, 0), (RLIMIT_NOFILE, 16), (__RLIMIT_MEMLOCK, 0), (__RLIMIT_MSGQUEUE, 0),
      (RLIMIT_FSIZE, 0), (RLIMIT_AS, Self.addressSpace()),
    ]
    for (resource, most) in limits {
      var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most))
      // SAFETY: the call reads one structure, which lives during it.
      let code = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
      precondition(code == 0, "A worker could not set its own limits.")
    }
  }

  /// The reservations of all instances that a worker may have, and some GiB for itself.
  private static func addressSpace() -> Int {
    let instances = WorkerLoop.mostJobs + KeptInstances.most + WorkerLoop.spareInstances + 2
    return instances * Instance.reservedBytes + 16 << 30
  }
}
