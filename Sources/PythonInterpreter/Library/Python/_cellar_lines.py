"""Lets linecache show the sources that the interpreter keeps: of snippets, and of the library."""

import _imp
import linecache

_from_files = linecache.updatecache


def updatecache(filename, module_globals=None):
    source = _imp._source(filename)
    if source is None:
        return _from_files(filename, module_globals)
    # Not put into the cache: the next snippet of a session may have the same name.
    lines = source.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


class _Cache(dict):
    """Holds what linecache puts there; the interpreter's own sources count as there, to be read each time."""

    def __contains__(self, filename):
        return super().__contains__(filename) or _imp._source(filename) is not None

    def __missing__(self, filename):
        return (filename,)


linecache.updatecache = updatecache
linecache.cache = _Cache(linecache.cache)
