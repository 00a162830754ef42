"""Gives importlib the modules of the library, which lie compiled in the image that the interpreter began with."""

import _imp
import sys
from importlib import _bootstrap
from importlib._bootstrap import BuiltinImporter, ModuleSpec, _gcd_import


class LibraryImporter:
    """The finder and loader of the library's modules."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        row = _imp._library_row(fullname)
        if row is None:
            return None
        _, _, filename, is_package = row
        spec = ModuleSpec(fullname, cls, origin=filename, is_package=is_package)
        spec._set_fileattr = True
        if is_package:
            spec.submodule_search_locations.append(filename.rpartition("/")[0])
        return spec

    @staticmethod
    def create_module(spec):
        return None

    @classmethod
    def exec_module(cls, module):
        exec(cls.get_code(module.__spec__.name), module.__dict__)

    @classmethod
    def load_module(cls, fullname):
        return _bootstrap._load_module_shim(cls, fullname)

    @classmethod
    def get_code(cls, fullname):
        return cls._row(fullname)[0]

    @classmethod
    def get_source(cls, fullname):
        return cls._row(fullname)[1]

    @classmethod
    def get_filename(cls, fullname):
        return cls._row(fullname)[2]

    @classmethod
    def is_package(cls, fullname):
        return cls._row(fullname)[3]

    @staticmethod
    def _row(fullname):
        row = _imp._library_row(fullname)
        if row is None:
            raise ImportError(f"{fullname!r} is not a module of the library", name=fullname)
        return row


_OWN_FINDERS = (BuiltinImporter, LibraryImporter)


def spec_of(name):
    """The spec of a module that only our own finders are asked for; None when a program has added one of its own."""
    if tuple(sys.meta_path) != _OWN_FINDERS:
        return None
    if _imp.is_builtin(name):
        return ModuleSpec(name, BuiltinImporter, origin="built-in")
    return LibraryImporter.find_spec(name)


def has_other_finders():
    return tuple(sys.meta_path) != _OWN_FINDERS


def load(name):
    """Imports a module the long way: by all finders."""
    return _gcd_import(name)


def install():
    """Makes importlib ready, and gives the modules that were imported before it what it gives them."""
    sys.meta_path[:] = _OWN_FINDERS
    for name, module in list(sys.modules.items()):
        if getattr(module, "__spec__", None) is not None or name == "__main__":
            continue
        spec = spec_of(name)
        if spec is not None:
            _bootstrap._init_module_attrs(spec, module)


def add_site_builtins():
    """What `site` adds to the builtins of a prompt."""
    import builtins
    from _sitebuiltins import Quitter, _Helper, _Printer

    for name in ("exit", "quit"):
        setattr(builtins, name, Quitter(name, "Ctrl-D (i.e. EOF)"))
    builtins.help = _Helper()
    builtins.copyright = _Printer("copyright", sys.copyright)
    builtins.credits = _Printer("credits", "The library is CPython's, by its many contributors; the interpreter is Cellar.")
    builtins.license = _Printer("license", "See https://docs.python.org/3.11/license.html for the licence of the library.")


# First, so that what it imports is among the modules that importlib learns of.
add_site_builtins()
install()
