"""Descriptors have no flags to read or set where there are none."""


def fcntl(descriptor, command, argument=0):
    raise OSError(9, "Bad file descriptor")
