"""Runs test files of CPython, as they are, through unittest on Cellar.

    run.py [--cellar PATH | --python PATH] FILE ...

`apt-get download libpython3.11-testsuite` and `dpkg -x` give the files: `usr/lib/python3.11/test/test_scope.py` and so on. A snippet
can read no file, so one program is made of each: the file, and what stands in the folder `test` beside this script for the
package `test`. It prints each test that did not pass, with the last line of its report, and per file a line with the counts.
The status is 0 when every file ran to its end, whatever its tests did.
"""

import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

PROGRAM = """
import linecache, sys, types, unittest

def make(name, source, path):
    module = types.ModuleType(name)
    module.__file__ = path
    if path.endswith("__init__.py"):
        module.__path__ = []
    # Reports show lines of it.
    linecache.cache[path] = len(source), None, source.splitlines(keepends=True), path
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    exec(compile(source, path, "exec"), module.__dict__)
    return module

for row in {modules!r}:
    tests = make(*row)
result = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromModule(tests).run(result)
for word, reports in (("error", result.errors), ("failure", result.failures), ("skipped", result.skipped)):
    for test, report in reports:
        print(f"  {{word}}: {{test}}: {{report.strip().splitlines()[-1]}}")
print(f"{name}: {{result.testsRun}} run, {{len(result.errors)}} errors, {{len(result.failures)}} failures, "
      f"{{len(result.skipped)}} skipped")
"""


def modules(path):
    """Name, source and path of all that is packed into the program; the tests come last."""
    rows = []
    for folder, _, names in os.walk(os.path.join(HERE, "test")):
        package = os.path.relpath(folder, HERE).replace(os.sep, ".")
        for name in names:
            if name.endswith(".py"):
                rows.append((package if name == "__init__.py" else f"{package}.{name[:-3]}", os.path.join(folder, name)))
    rows.sort()
    rows.append((f"test.{os.path.basename(path)[:-3]}", path))
    for name, source in rows:
        with open(source, encoding="utf-8") as file:
            yield name, file.read(), source


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("--python", help="run them on this CPython instead, to compare")
    parser.add_argument("files", nargs="+")
    opts = parser.parse_args()
    command = [opts.python, "-I"] if opts.python else [os.path.abspath(opts.cellar), "run", "--seconds", "120"]
    unfinished = 0
    for path in opts.files:
        path = os.path.abspath(path)
        with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as program:
            program.write(PROGRAM.format(modules=list(modules(path)), name=os.path.basename(path)))
            program.flush()
            done = subprocess.run([*command, program.name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        print(done.stdout.decode().rstrip(), flush=True)
        unfinished += done.returncode != 0
    sys.exit(1 if unfinished else 0)


main()
