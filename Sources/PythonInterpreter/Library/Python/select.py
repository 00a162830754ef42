"""What the selectors of event loops wait with: there is nothing outside to wait for, only time that passes."""

import socket
import time

error = OSError


def _wait(readers, writers, exceptional, timeout=None):
    ready = [reader for reader in readers if socket._has_bytes(reader)]
    if ready or writers:
        return ready, list(writers), []
    if timeout is None:
        raise RuntimeError("nothing is left that could wake the event loop")
    if timeout > 0:
        time.sleep(timeout)
    return [], [], []


# Classes that keep it as an attribute must not make a method of it.
select = staticmethod(_wait)
