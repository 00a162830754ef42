"""Runs the program of each lesson under CPython 3.11 and under Cellar: both must print what the lesson says.

    run.py [--cellar PATH] [LESSON ...]

It also holds the lessons to their form, and every lesson's claim to a verdict. The last line is 'N passed, N failed'.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "..", "..", "Public", "lessons")
CPYTHON = ["/usr/bin/python3.11", "-I", "-S", "-"]


def lessons():
    """Each lesson as (file, its values, its program, its output)."""
    for name in sorted(os.listdir(FOLDER)):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            parts = re.split(r"^## ", file.read(), flags=re.M)[1:]
        for part in parts:
            values = dict(re.findall(r"^- (\w+): (.*)$", part, flags=re.M))
            program = re.search(r"^```python\n(.*?)^```$", part, flags=re.M | re.S)
            output = re.search(r"^```output\n(.*?)^```$", part, flags=re.M | re.S)
            if not (program and output and values.get("id") and values.get("question")):
                sys.exit(f"{name}: '{part.splitlines()[0]}' is not whole.")
            if ("claim" in values) != (values.get("verdict") in ("holds", "condition", "fails")):
                sys.exit(f"{name}: {values['id']} has a claim without a verdict, or the other way round.")
            yield name, values, program[1], output[1]


def printed(command, program):
    """What a program prints, its errors as well."""
    try:
        done = subprocess.run(command, input=program, capture_output=True, timeout=60, encoding="utf-8")
    except subprocess.TimeoutExpired:
        return "(took longer than 60 s)"
    return done.stdout + done.stderr


def problem(lesson, cellar):
    """Why a lesson fails, or None."""
    _, _, program, output = lesson
    for name, command in ("CPython", CPYTHON), ("Cellar", [cellar, "run", "-"]):
        seen = printed(command, program)
        if seen != output:
            return f"says\n{output.rstrip()}\nand {name} prints\n{seen.rstrip()}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("wanted", nargs="*", help="only the lessons with these ids")
    opts = parser.parse_args()
    chosen = [lesson for lesson in lessons() if not opts.wanted or lesson[1]["id"] in opts.wanted]
    if not chosen:
        sys.exit("run.py: no lesson has such an id.")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for lesson, found in zip(chosen, pool.map(lambda each: problem(each, os.path.abspath(opts.cellar)), chosen)):
            if found:
                failed += 1
                print(f"{lesson[0]}: {lesson[1]['id']} {found}")
    print(f"lessons: {len(chosen) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
