"""Stands for CPython's `test.support`: what its tests of the language take from there."""

import contextlib
import gc
import sys
import unittest


def gc_collect():
    gc.collect()


def cpython_only(test):
    """For what another implementation need not do."""
    return unittest.skipUnless(sys.implementation.name == "cpython", "an implementation detail of CPython")(test)


def requires_docstrings(test):
    return unittest.skipIf(len.__doc__ is None, "there are no docstrings")(test)


def check_syntax_error(case, source, errtext="", *, lineno=None, offset=None):
    with case.assertRaisesRegex(SyntaxError, errtext) as caught:
        compile(source, "<test string>", "exec")
    for given, wanted in ((caught.exception.lineno, lineno), (caught.exception.offset, offset)):
        case.assertIsNotNone(given)
        if wanted is not None:
            case.assertEqual(given, wanted)


def check_disallow_instantiation(case, cls, *args, **kwargs):
    with case.assertRaisesRegex(TypeError, f"cannot create '.*{cls.__name__}' instances"):
        cls(*args, **kwargs)


@contextlib.contextmanager
def swap_attr(owner, name, value):
    saved = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield saved
    finally:
        setattr(owner, name, saved)


def setswitchinterval(interval):
    sys.setswitchinterval(interval)
