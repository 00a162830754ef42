// The system calls that Swift's Glibc module cannot name. Header only; nothing of ours is compiled from C.
// _GNU_SOURCE stays undefined: with it, types such as fd_set would differ from the ones that Dispatch's module saw.
#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Glibc declares it only under _GNU_SOURCE.
int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
