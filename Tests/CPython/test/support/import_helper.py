"""Importing a module anew, with others absent."""

import importlib
import sys


def import_fresh_module(name, fresh=(), blocked=()):
    """The module as it is when those in `blocked` cannot be imported; None when it cannot be imported itself."""
    own = {name, *fresh}
    saved = {key: sys.modules.pop(key) for key in list(sys.modules) if {key, key.partition(".")[0]} & own}
    for other in blocked:
        saved.setdefault(other, sys.modules.get(other))
        sys.modules[other] = None
    try:
        for other in fresh:
            importlib.import_module(other)
        return importlib.import_module(name)
    except ImportError:
        return None
    finally:
        for key in own | set(blocked):
            sys.modules.pop(key, None)
        sys.modules.update((key, module) for key, module in saved.items() if module is not None)
