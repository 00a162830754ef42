"""Tests that run another interpreter: skipped, for no process can be started."""

import unittest


def assert_python_ok(*args, **environment):
    raise unittest.SkipTest("no process can be started here")
