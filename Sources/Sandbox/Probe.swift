import CSandbox
import Glibc

/// Tries, from inside of a locked worker, what it must not be able to do.
package enum Probe {
  /// One thing that was tried.
  package struct Attempt: Equatable, Sendable {
    package var what: String
    package var isRefused: Bool

    package init(what: String, isRefused: Bool) {
      self.what = what
      self.isRefused = isRefused
    }
  }

  /// What is tried, in order; what would end the worker if it were allowed comes last.
  static func attempt() -> [Attempt] {
    let list: [(String, () -> Bool)] = [
      ("open a file", { opens("/etc/passwd", O_RDONLY) }),
      ("open a folder", { opens("/", O_RDONLY) }),
      ("create a file", { creates("/cellar-probe") || creates("/tmp/cellar-probe") }),
      ("read its environment", { sandbox_has_no_environment() == 0 || opens("/proc/self/environ", O_RDONLY) }),
      ("make a socket", { allows(SYS_socket, 2, 1, 0) }),
      ("connect its channel elsewhere", { allows(SYS_connect, Int(WorkerProcess.channelDescriptor), 0, 0) }),
      ("fork", { sandbox_refuses_fork() == 0 }),
      ("trace", { allows(SYS_ptrace, 0, 0, 0) }),
      ("signal another process", { allows(SYS_kill, -1, 0, 0) }),
      ("signal its parent", { allows(SYS_kill, Int(getppid()), 0, 0) }),
      ("take memory beyond its limit", { mapsMemory(1 << 46, PROT_NONE) }),
      ("make memory executable", { mapsMemory(4096, PROT_READ | PROT_WRITE | PROT_EXEC) }),
      ("make a file in memory", { allows(SYS_memfd_create, 0, 0, 0) }),
      ("leave its namespaces", { allows(SYS_unshare, Int(sandbox_new_users), 0, 0) }),
      ("mount", { allows(SYS_mount, 0, 0, 0) }),
      ("use io_uring", { allows(425, 1, 0, 0) }),
      ("raise its limits", { raisesLimits() }),
      ("start another program", { sandbox_refuses_exec() == 0 }),
    ]
    return list.map { Attempt(what: $0.0, isRefused: !$0.1()) }
  }

  private static func opens(_ path: String, _ flags: Int32) -> Bool {
    // SAFETY: the path lives during the call.
    let descriptor = unsafe open(path, flags)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }

  private static func creates(_ path: String) -> Bool {
    // SAFETY: the path lives during the calls.
    let descriptor = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    unsafe unlink(path)
    return true
  }

  private static func allows(_ number: Int32, _ a: Int, _ b: Int, _ c: Int) -> Bool {
    sandbox_refuses_call(Int(number), a, b, c) == 0
  }

  private static func mapsMemory(_ count: Int, _ protection: Int32) -> Bool {
    // SAFETY: a mapping of its own, given back at once.
    let base = unsafe mmap(nil, count, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let base = unsafe base, unsafe base != MAP_FAILED else { return false }
    unsafe munmap(base, count)
    return true
  }

  private static func raisesLimits() -> Bool {
    var limit = rlimit(rlim_cur: 64, rlim_max: 64)
    // SAFETY: the call reads one structure, which lives during it.
    return unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
  }
}
