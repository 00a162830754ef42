// The system calls that Swift's Glibc module cannot name. Header only; nothing of ours is compiled from C.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Glibc declares it only under _GNU_SOURCE, which the module's includer may not have set.
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
