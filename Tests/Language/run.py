"""Runs each script of this folder under CPython 3.11 and under Cellar.

    run.py [--cellar PATH] [NAME PART ...]
    run.py [--cellar PATH] --hop TICKS [NAME PART or FILE ...]

A script passes if under both it ends with status 0, and prints the same. So no expectation in a script is invented:
CPython confirms each. The last line is 'N passed, N failed'.

With --hop each script, or any other program, is run in one piece and then again so that after every TICKS ticks it goes on
from its image in a new process: it must print the same and use as many ticks.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

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


def hop_problem(script, cellar, ticks, folder):
    """How a program that hops from process to process differs from the same in one piece, or None."""
    whole, hopping = (
        subprocess.run([cellar, "hop", str(count), folder, script], capture_output=True, cwd=HERE)
        for count in (10**15, ticks)
    )
    if whole.returncode not in (0, 1) or not whole.stderr.endswith(b" ticks\n"):
        return f"in one piece ended with status {whole.returncode}\n{whole.stderr.decode()}"
    if (whole.returncode, whole.stdout, whole.stderr) != (hopping.returncode, hopping.stdout, hopping.stderr):
        return f"in one piece gave {whole.stderr.decode()} and hopping {hopping.stderr.decode()}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("--hop", type=int, metavar="TICKS", help="compare with runs that change their process so often")
    parser.add_argument("parts", nargs="*", help="only the scripts whose names contain one of these")
    opts = parser.parse_args()
    cellar = os.path.abspath(opts.cellar)
    scripts = sorted(name for name in os.listdir(HERE) if name.endswith(".py") and name != "run.py")
    scripts = [name for name in scripts if not opts.parts or any(part in name for part in opts.parts)]
    if opts.hop:
        scripts += [os.path.abspath(part) for part in opts.parts if os.path.isfile(part)]
    if not scripts:
        sys.exit("run.py: no script has such a name.")
    failed = 0
    folder = tempfile.TemporaryDirectory(prefix="cellar-hop-")
    with folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:

        def check(name):
            return hop_problem(name, cellar, opts.hop, folder.name) if opts.hop else problem(name, cellar)

        for name, found in zip(scripts, pool.map(check, scripts)):
            if found:
                failed += 1
                print(f"{name} {found}")
    print(f"{len(scripts) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
