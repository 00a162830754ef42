"""Stands for CPython's package `test`, as far as its tests of the language need it."""
