"""Sockets that lead nowhere: event loops have a pair of them to wake themselves, and name the rest."""

error = OSError
timeout = TimeoutError


class gaierror(OSError):
    pass


AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM = 1, 2
SOL_SOCKET, SO_REUSEADDR, SO_ERROR, SO_BROADCAST, SO_KEEPALIVE, SO_REUSEPORT = 1, 2, 4, 6, 9, 15
IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6, IPV6_V6ONLY, TCP_NODELAY = 6, 17, 41, 26, 1
AI_PASSIVE, SHUT_RD, SHUT_WR, SHUT_RDWR = 1, 0, 1, 2

_ends = {}


def _has_bytes(place):
    number = place if isinstance(place, int) else place.fileno()
    end = _ends.get(number)
    return end is not None and bool(end._bytes)


class socket:
    """One end of a pair."""

    def __init__(self, family=AF_UNIX, type=SOCK_STREAM, proto=0, fileno=None):
        raise PermissionError("sockets are not available in the sandbox")

    def fileno(self):
        return self._number

    def setblocking(self, flag):
        pass

    def send(self, data):
        if self._peer is None or self._peer._number not in _ends:
            raise BrokenPipeError(32, "Broken pipe")
        self._peer._bytes += data
        return len(data)

    def recv(self, size):
        if not self._bytes:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        data = bytes(self._bytes[:size])
        del self._bytes[:size]
        return data

    def close(self):
        _ends.pop(self._number, None)
        self._number = -1


def socketpair():
    pair = []
    for _ in range(2):
        end = socket.__new__(socket)
        number = 3
        while number in _ends:
            number += 1
        end._number, end._bytes = number, bytearray()
        _ends[number] = end
        pair.append(end)
    pair[0]._peer, pair[1]._peer = pair[1], pair[0]
    return tuple(pair)


def _not_available(*args, **kwargs):
    raise gaierror(-2, "names are not looked up in the sandbox")


getaddrinfo = getnameinfo = inet_pton = _not_available
