import CSandbox
import Glibc
import PythonRuntime

/// The system calls that a worker can make once it is locked in; all others are refused with EPERM.
enum CallFilter {
  /// Talking over the channel, memory, time, waiting for a lock, ending.
  private static let allowed = [
    "recvfrom", "recvmsg", "sendto", "poll", "ppoll", "restart_syscall", "close", "pread64",
    "munmap", "madvise", "mremap", "brk", "futex", "sched_yield", "clock_gettime", "clock_nanosleep", "getrandom",
    "rt_sigreturn", "rt_sigprocmask", "exit", "exit_group",
  ]

  /// Puts the filter over all threads of the process; false when the host does not allow it.
  static func install() -> Bool {
    // SAFETY: the context is made, filled, loaded and released here.
    guard let context = unsafe seccomp_init(refusal) else { return false }
    defer { unsafe seccomp_release(context) }
    guard unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1) == 0 else { return false }
    for name in allowed {
      let number = unsafe seccomp_syscall_resolve_name(name)
      guard number >= 0, unsafe seccomp_rule_add_array(context, allow, number, 0, nil) == 0 else { return false }
    }
    // Memory is never made executable.
    for name in ["mmap", "mprotect"] {
      let number = unsafe seccomp_syscall_resolve_name(name)
      var rule = scmp_arg_cmp(arg: 2, op: SCMP_CMP_MASKED_EQ, datum_a: scmp_datum_t(PROT_EXEC), datum_b: 0)
      guard unsafe seccomp_rule_add_array(context, allow, number, 1, &rule) == 0 else { return false }
    }
    // Which pages were written.
    var scan = scmp_arg_cmp(arg: 1, op: SCMP_CMP_EQ, datum_a: scmp_datum_t(PageMap.scanRequest), datum_b: 0)
    let control = unsafe seccomp_syscall_resolve_name("ioctl")
    guard unsafe seccomp_rule_add_array(context, allow, control, 1, &scan) == 0 else { return false }
    return unsafe seccomp_load(context) == 0
  }

  /// `SCMP_ACT_ALLOW`, and `SCMP_ACT_ERRNO(EPERM)`: macros that Swift does not see.
  private static let allow: UInt32 = 0x7FFF_0000
  private static let refusal: UInt32 = 0x0005_0000 | UInt32(EPERM)
}
