"""Checks what `cellar run --trace` says of programs: mistakes and their fixes, no false alarm, exact sharing of cells.

    run.py [--cellar PATH] [--programs N]

The programs stand in `mistakes.txt`, `correct.txt` and `sharing.txt`; `sharing.txt` and what fixed programs print are confirmed by CPython.
Then `model.py` compares N random programs.
"""

import argparse
import ast
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CPYTHON = ["/usr/bin/python3.11", "-I", "-S"]


def cases(name):
    """The head and the program of each case of a file."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        parts = file.read().split("=== ")[1:]
    for part in parts:
        head, _, program = part.partition("\n")
        yield head, program


def traced(cellar, program):
    with tempfile.TemporaryDirectory() as folder:
        path, trace = os.path.join(folder, "program.py"), os.path.join(folder, "trace.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(program)
        subprocess.run([cellar, "run", "--trace", trace, path], capture_output=True, timeout=300)
        with open(trace, encoding="utf-8") as file:
            return json.load(file)


def printed(program):
    return subprocess.run([*CPYTHON, "-c", program], capture_output=True, encoding="utf-8").stdout


def mistake(cellar, head, program):
    kind, variable, line, prints = [part.strip() for part in head.split("|")]
    trace = traced(cellar, program)
    found = ([trace["explanation"]] if "explanation" in trace else []) + trace["warnings"]
    if [(f["kind"], f["variable"], f["line"]) for f in found] != [(kind, variable, int(line))]:
        return f"{head}: found {[(f['kind'], f['variable'], f['line']) for f in found]}"
    fix = found[0].get("fix")
    if not fix:
        return f"{head}: no fix"
    wanted = ast.literal_eval(prints)
    if fix["verified"]["stdout"] != wanted or printed(fix["source"]) != wanted:
        return f"{head}: the fixed program prints {fix['verified']['stdout']!r}, and under CPython {printed(fix['source'])!r}"
    return None


def correct(cellar, head, program):
    trace = traced(cellar, program)
    found = ([trace["explanation"]] if "explanation" in trace else []) + trace["warnings"]
    return f"correct program {head}: {found[0]['text']}\n{program}" if found else None


IDENTITIES = """
import json
cells, found = [], []
for path in {paths!r}:
    function = eval(path)
    held = []
    for name, cell in zip(function.__code__.co_freevars, function.__closure__):
        if not any(cell is known for known in cells):
            cells.append(cell)
        held.append((name, [cell is known for known in cells].index(True)))
    found.append(held)
print(json.dumps(found))
"""


def sharing(cellar, head, program):
    name, _, rows = head.rpartition("|")
    wanted, letters = {}, {}
    for row in rows.split(";"):
        path, held = row.strip().split(": ")
        pairs = [pair.split("=") for pair in held.split(",")]
        wanted[path] = [(name, letters.setdefault(letter, len(letters))) for name, letter in pairs]
    # The same program may look its own cells up, which is how it says which function is meant.
    asks = IDENTITIES.format(paths=list(wanted))
    confirmed = [[tuple(pair) for pair in held] for held in json.loads(printed(program + asks))]
    if confirmed != list(wanted.values()):
        return f"{name}: CPython shares {confirmed}"
    places = program + "".join(f"_{index} = {path}\n" for index, path in enumerate(wanted))
    trace = traced(cellar, places)
    labels, functions = {}, {f["id"]: f for f in trace["functions"]}
    for step in trace["steps"]["steps"]:
        for variable, value in step.get("locals", {}).items():
            if re.fullmatch(r"_\d+", variable) and value:
                labels[int(variable[1:])] = value["function"]
    numbers = {}
    found = [
        [(free["name"], numbers.setdefault(free["cell"], len(numbers))) for free in functions[labels[index]]["free"]]
        for index in range(len(wanted))
    ]
    if found != list(wanted.values()):
        return f"{name}: Cellar shares {found}"
    # Each cell has one number, each row of the matrix the cells of its function.
    matrix = trace["matrix"]
    for function, row in zip(matrix["functions"], matrix["rows"]):
        cells = {cell["id"] for cell, held in zip(matrix["cells"], row) if held}
        if cells != {free["cell"] for free in functions[function["id"]]["free"]}:
            return f"{name}: the matrix has another row for {function['id']}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("--programs", type=int, default=60)
    opts = parser.parse_args()
    cellar = os.path.abspath(opts.cellar)
    jobs = [(check, head, program) for check, name in
            ((mistake, "mistakes.txt"), (correct, "correct.txt"), (sharing, "sharing.txt"))
            for head, program in cases(name)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda job: job[0](cellar, *job[1:]), jobs):
            if found:
                failed += 1
                print(found)
    print(f"{len(jobs) - failed} passed, {failed} failed")
    model = [sys.executable, os.path.join(HERE, "model.py"), "--cellar", cellar, "--programs", str(opts.programs)]
    if subprocess.run(model).returncode or failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
