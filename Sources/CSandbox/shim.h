// What a worker needs of the system and Swift cannot call. Header only; nothing of ours is compiled from C.
#pragma once
#include <seccomp.h>
#include <spawn.h>
#include <sys/prctl.h>

// `prctl` takes variable arguments, which Swift cannot pass.
static inline int forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

// Glibc declares it only where _DEFAULT_SOURCE is set, which the module's includer may not have done.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
