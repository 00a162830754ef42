"""Runs each script of this folder under CPython 3.11 and under Cellar.

    run.py [--cellar PATH] [NAME PART ...]

A script passes if under both it ends with status 0, and prints the same. So no expectation in a script is invented:
CPython confirms each. The last line is 'N passed, N failed'.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CPYTHON = ["/usr/bin/python3.11", "-I", "-S"]


def outcome(command, script):
    """What a script printed, and what went wrong, if anything did."""
    try:
        done = subprocess.run(
            [*command, script], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, encoding="utf-8", cwd=HERE
        )
    except subprocess.TimeoutExpired:
        return "", "took longer than 60 s"
    if done.returncode:
        return done.stdout, f"ended with status {done.returncode}\n{done.stderr.rstrip()}"
    return done.stdout + done.stderr, None


def problem(script, cellar):
    """Why a script fails, or None."""
    wanted, fault = outcome(CPYTHON, script)
    if fault:
        return f"under CPython: {fault}"
    printed, fault = outcome([cellar, "run"], script)
    if fault:
        return f"under Cellar: {fault}"
    if printed != wanted:
        return f"CPython prints\n{wanted.rstrip()}\nand Cellar\n{printed.rstrip()}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("parts", nargs="*", help="only the scripts whose names contain one of these")
    opts = parser.parse_args()
    cellar = os.path.abspath(opts.cellar)
    scripts = sorted(name for name in os.listdir(HERE) if name.endswith(".py") and name != "run.py")
    scripts = [name for name in scripts if not opts.parts or any(part in name for part in opts.parts)]
    if not scripts:
        sys.exit("run.py: no script has such a name.")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, found in zip(scripts, pool.map(lambda name: problem(name, cellar), scripts)):
            if found:
                failed += 1
                print(f"{name} {found}")
    print(f"{len(scripts) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
