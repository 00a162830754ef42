"""Tests that start threads: skipped where no thread can be started."""

import contextlib
import threading
import unittest


def _can_start_threads():
    try:
        thread = threading.Thread(target=len, args=("",))
        thread.start()
    except RuntimeError:
        return False
    thread.join()
    return True


def requires_working_threading():
    return unittest.skipUnless(_can_start_threads(), "threads cannot be started here")


@contextlib.contextmanager
def start_threads(threads):
    if not _can_start_threads():
        raise unittest.SkipTest("threads cannot be started here")
    threads = list(threads)
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
