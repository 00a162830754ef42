"""Runs packed cases on Cellar and compares what each does with what CPython 3.11 did.

    conformance.py [--cellar PATH] [--suite NAME]... [--core] [--jobs N] [--show N] KIT.jsonl.gz...

A kit is a gzip of JSON lines: {"id", "suite", "imports": [...], "source", "stdout", "exc_type", "exc_msg"}. A case passes
if it prints the same and ends with the same exception, or with none; addresses of objects do not count. `--core` leaves
out the cases that import anything. Exit status 0 whatever the rate is, unless no case was found.
"""

import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
LAST_LINE = re.compile(r"^([A-Za-z_][\w.]*)(?:: (.*))?$", re.DOTALL)


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=".build/release/cellar")
    parser.add_argument("--suite", action="append", default=[])
    parser.add_argument("--core", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--show", type=int, default=20, help="how many failures to print")
    parser.add_argument("kits", nargs="+")
    return parser.parse_args()


def cases(opts):
    for kit in opts.kits:
        with gzip.open(kit, "rt", encoding="utf-8") as lines:
            for line in lines:
                case = json.loads(line)
                if opts.suite and case["suite"] not in opts.suite:
                    continue
                if opts.core and case.get("imports"):
                    continue
                yield case


def raised(stderr):
    """The type and message of the exception that ended a program, from its traceback."""
    lines = stderr.rstrip("\n").split("\n")
    tracebacks = [index for index, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    for index in range(tracebacks[-1] + 1 if tracebacks else 0, len(lines)):
        match = LAST_LINE.match("\n".join(lines[index:]))
        if match:
            return match[1].rsplit(".", 1)[-1], match[2] or ""
    return None, None


def problem(case, cellar):
    """What differs from CPython, or None."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "case.py")
        with open(program, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(case["source"])
        try:
            done = subprocess.run([cellar, "run", program], capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return "took longer than 20 s"
    out = done.stdout.decode("utf-8", "replace")
    kind, message = raised(done.stderr.decode("utf-8", "replace"))
    wanted = case.get("exc_type")
    if done.returncode < 0:
        return f"ended by signal {-done.returncode}"
    if (wanted or "").rsplit(".", 1)[-1] != (kind or ""):
        return f"raised {kind}: {message}" if kind else f"did not raise {wanted}"
    if wanted and ADDRESS.sub("0x", message) != ADDRESS.sub("0x", case.get("exc_msg") or ""):
        return f"{kind} says: {message}"
    if ADDRESS.sub("0x", out) != ADDRESS.sub("0x", case.get("stdout") or ""):
        return "printed something else"
    return None


def main():
    opts = options()
    wanted = list(cases(opts))
    if not wanted:
        sys.exit("conformance.py: no case was found.")
    passed, total, failures = collections.Counter(), collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(opts.jobs) as pool:
        for case, found in zip(wanted, pool.map(lambda case: problem(case, opts.cellar), wanted)):
            total[case["suite"]] += 1
            if found is None:
                passed[case["suite"]] += 1
            else:
                failures.append(f"{case['id']}: {found}")
    for suite in sorted(total):
        print(f"{passed[suite]:6} of {total[suite]:6}  {suite}")
    for line in failures[: opts.show]:
        print(line[:160])
    print(f"{sum(passed.values())} of {len(wanted)} cases, {100 * sum(passed.values()) / len(wanted):.1f} %")


main()
