// What broker and worker need of the system and Swift cannot call. Header only; nothing of ours is compiled from C.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// Glibc declares these only where _GNU_SOURCE is set, which the module's includer may not have done.
extern int clone(int (*body)(void *), void *stack, int flags, void *argument, ...);
extern int unshare(int flags);
extern long syscall(long number, ...);
extern int memfd_create(const char *name, unsigned flags);

enum {
  sandbox_new_mounts = 0x00020000,
  sandbox_new_cgroups = 0x02000000,
  sandbox_new_names = 0x04000000,
  sandbox_new_messages = 0x08000000,
  sandbox_new_users = 0x10000000,
  sandbox_new_processes = 0x20000000,
  sandbox_new_network = 0x40000000,
};

// MARK: A process gives up what it has. Each answers 0, or the system's number for why not.

static inline int sandbox_forbid_new_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : 0;
}

static inline int sandbox_hide_from_debuggers(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? errno : 0; }

static inline int sandbox_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ? errno : 0; }

static inline int sandbox_leave_namespaces(int kinds) { return unshare(kinds) ? errno : 0; }

static inline int sandbox_close_from(int first) { return syscall(SYS_close_range, first, ~0u, 0) ? errno : 0; }

// An empty directory that nobody can write becomes the root, and everything else is unmounted.
static inline int sandbox_empty_root(void) {
  const char *place = "/proc";
  if (mount(0, "/", 0, MS_REC | MS_PRIVATE, 0)) return errno;
  unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("none", place, "tmpfs", flags, "size=4k,nr_inodes=1,mode=0555")) return errno;
  if (chdir(place) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/")) return errno;
  return mount(0, "/", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, 0) ? errno : 0;
}

// No capability in the own user namespace, and none to be had again.
static inline int sandbox_drop_capabilities(void) {
  struct { uint32_t version; int process; } head = {0x20080522, 0};
  struct { uint32_t effective, permitted, inheritable; } none[2] = {{0, 0, 0}, {0, 0, 0}};
  for (int capability = 0; capability < 64; capability++) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  return syscall(SYS_capset, &head, none) ? errno : 0;
}

// Every right on files that the kernel knows to deny, and the later ones on connections and signals, are denied.
static inline int sandbox_deny_files(void) {
  const long create = 444, restrict_self = 446;
  struct { uint64_t files, network, scopes; } rights = {0, 0, 0};
  long version = syscall(create, 0, 0, 1);
  if (version < 1) return errno ? errno : ENOSYS;
  rights.files = version == 1 ? 0x1fff : version == 2 ? 0x3fff : version < 5 ? 0x7fff : 0xffff;
  if (version >= 4) rights.network = 3;
  if (version >= 6) rights.scopes = 3;
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  int rules = (int)syscall(create, &rights, size, 0);
  if (rules < 0) return errno;
  int failure = syscall(restrict_self, rules, 0) ? errno : 0;
  close(rules);
  return failure;
}

// MARK: Starting a worker.

struct sandbox_start {
  const char *program;
  char *const *arguments;
  char *const *environment;
  // What becomes descriptors 3, 4, …; -1 ends the list.
  int descriptors[8];
  // Lines for the maps of users and groups of a new namespace.
  const char *users;
  const char *groups;
  int kinds;
  int failure;
};

static inline int sandbox_write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  size_t length = strlen(text);
  int failure = write(file, text, length) == (ssize_t)length ? 0 : errno;
  close(file);
  return failure;
}

// Runs in the new process on memory that it shares with its parent, which waits: system calls only.
static inline int sandbox_become_worker(void *argument) {
  struct sandbox_start *start = (struct sandbox_start *)argument;
  int parked[8], count = 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
  if (start->kinds & sandbox_new_users) {
    start->failure = sandbox_write_file("/proc/self/setgroups", "deny");
    if (!start->failure) start->failure = sandbox_write_file("/proc/self/uid_map", start->users);
    if (!start->failure) start->failure = sandbox_write_file("/proc/self/gid_map", start->groups);
    if (start->failure) _exit(127);
  }
  for (; count < 8 && start->descriptors[count] >= 0; count++) {
    parked[count] = fcntl(start->descriptors[count], F_DUPFD, 16);
    if (parked[count] < 0) goto failed;
  }
  int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) goto failed;
  for (int stream = 0; stream < 3; stream++)
    if (nothing != stream && dup2(nothing, stream) < 0) goto failed;
  for (int index = 0; index < count; index++)
    if (dup2(parked[index], 3 + index) < 0) goto failed;
  syscall(SYS_close_range, 3 + count, ~0u, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
  execve(start->program, start->arguments, start->environment);
failed:
  start->failure = errno;
  _exit(127);
}

// The number of the new process, or the negative of the system's number for why there is none.
static inline int sandbox_start_worker(struct sandbox_start *start) {
  char stack[65536] __attribute__((aligned(16)));
  sigset_t all, before;
  sigfillset(&all);
  // No handler of this process may run in the new one while they share memory.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  start->failure = 0;
  int process = clone(sandbox_become_worker, stack + sizeof stack, 0x100 | 0x4000 | start->kinds | SIGCHLD, start);
  int failure = process < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, 0);
  return failure ? -failure : process;
}

// MARK: Descriptors over a socket.

// As `send`, with a descriptor beside the first byte.
static inline ssize_t sandbox_send_descriptor(int socket, const void *bytes, size_t count, int descriptor) {
  struct iovec part = {(void *)bytes, count};
  union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message = {0, 0, &part, 1, control.room, sizeof control.room, 0};
  memset(&control, 0, sizeof control);
  control.head.cmsg_level = SOL_SOCKET;
  control.head.cmsg_type = SCM_RIGHTS;
  control.head.cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(&control.head), &descriptor, sizeof(int));
  return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// As `recv`; `descriptor` is the one that came along, or -1.
static inline ssize_t sandbox_receive(int socket, void *bytes, size_t count, int flags, int *descriptor) {
  struct iovec part = {bytes, count};
  union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message = {0, 0, &part, 1, control.room, sizeof control.room, 0};
  *descriptor = -1;
  ssize_t got = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  if (got < 0) return got;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
    memcpy(descriptor, CMSG_DATA(head), sizeof(int));
  }
  return got;
}

// A file in memory whose size is settled; -1 when there is none to be had.
static inline int sandbox_memory_file(size_t bytes) {
  int file = memfd_create("cellar", 3);
  if (file < 0) return -1;
  if (ftruncate(file, (off_t)bytes) || fcntl(file, 1033, 6)) {
    close(file);
    return -1;
  }
  return file;
}

// MARK: Words in memory that two processes share.

static inline uint64_t sandbox_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

static inline void sandbox_store(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

// MARK: Trying what is to be refused: each answers 1 when it was.

static inline int sandbox_refuses_fork(void) {
  long process = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (process == 0) _exit(0);
  return process < 0;
}

static inline int sandbox_refuses_exec(void) {
  char *const nothing[] = {0};
  return execve("/bin/true", nothing, nothing) < 0;
}

static inline int sandbox_refuses_call(long number, long a, long b, long c) { return syscall(number, a, b, c) < 0; }

static inline int sandbox_has_no_environment(void) {
  extern char **environ;
  return !environ || !*environ;
}
