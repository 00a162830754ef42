"""Times Cellar beside Debian's CPython 3.11 on the programs of this folder and prints ratios.

    run.py [--cellar PATH] [--rounds N] [--markdown] [NAME PART ...]

Both run each program in turn, round after round, so that what else the machine does meets both. A figure is the user
CPU time of the child process. The ratio of a program is the median over the rounds of Cellar / CPython within a round:
below 1.00, Cellar is faster. A program whose output differs from CPython's has failed and has no ratio. Exit status 1
if any has failed.
"""

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CPYTHON = "/usr/bin/python3.11"


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", ".build", "release", "cellar"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=120, help="seconds of CPU time for one program")
    parser.add_argument("--markdown", action="store_true", help="print the table that README.md holds")
    parser.add_argument("parts", nargs="*", help="only the programs whose names contain one of these")
    return parser.parse_args()


def timed(command, limit):
    """The user CPU seconds and the output of one program; None for the output if it failed."""
    with tempfile.TemporaryFile() as out:
        limited = ["/usr/bin/env", "bash", "-c", f'ulimit -t {int(limit)}; exec "$@"', "-", *command]
        child = subprocess.Popen(limited, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return usage.ru_utime, out.read() if child.returncode == 0 else None


def measured(names, opts):
    """For each program the rounds' CPU times of both, or the reason why there are none."""
    results = {}
    for round_number in range(1, opts.rounds + 1):
        for name in names:
            if isinstance(results.get(name), str):
                continue
            program = os.path.join(HERE, name + ".py")
            base = timed([CPYTHON, "-I", "-S", program], opts.timeout)
            ours = timed([opts.cellar, "run", program], opts.timeout)
            if base[1] is None:
                results[name] = "CPython failed"
            elif ours[1] is None:
                results[name] = "failed"
            elif ours[1] != base[1]:
                results[name] = "wrong output"
            else:
                results.setdefault(name, []).append((base, ours))
        print(f"round {round_number} of {opts.rounds} done", file=sys.stderr)
    return results


def table(results, markdown):
    row = "| {:24} | {:>9} | {:>12} | {:>6} |" if markdown else "{:24} {:>9} {:>12} {:>6}"
    lines = [row.format("program", "CPython s", "Cellar s", "ratio")]
    if markdown:
        lines.append("|---|---:|---:|---:|")
    ratios = []
    for name, rounds in results.items():
        if isinstance(rounds, str):
            lines.append(row.format(name, "", rounds, ""))
            continue
        ratio = statistics.median(max(ours[0], 0.001) / max(base[0], 0.001) for base, ours in rounds)
        ratios.append(ratio)
        seconds = [statistics.median(pair[side][0] for pair in rounds) for side in (0, 1)]
        lines.append(row.format(name, *(f"{s:.2f}" for s in seconds), f"{ratio:.2f}"))
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        lines.append(row.format(f"geometric mean of {len(ratios)}", "", "", f"{mean:.2f}"))
    return "\n".join(lines)


def main():
    opts = options()
    names = sorted(name[:-3] for name in os.listdir(HERE) if name.endswith(".py") and name != "run.py")
    names = [name for name in names if not opts.parts or any(part in name for part in opts.parts)]
    if not names:
        sys.exit("run.py: no program has such a name.")
    results = measured(names, opts)
    print(table(results, opts.markdown))
    sys.exit(1 if any(isinstance(result, str) for result in results.values()) else 0)


main()
