"""Compares what Cellar records of random closure programs with what CPython 3.11 lets itself be watched doing.

    model.py [--cellar PATH] [--programs N] [--seed N]

Each program keeps every closure that it makes in the list `made`. CPython runs it under `sys.settrace`: at each event the cells of
those closures are told apart by identity and looked into. Cellar runs it with `--trace`. Must be the same: the events with their lines and
functions; which closure holds which cell; and at each event what every cell holds, by the ledger alone. The last line is 'N programs agree'.
"""

import argparse
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CPYTHON = ["/usr/bin/python3.11", "-I", "-S"]

WATCHER = r'''
import json, sys
path = sys.argv[1]
source = open(path).read()
made = []
events = []
numbers = {}
kept = []
def contents(cell):
    try:
        value = cell.cell_contents
    except ValueError:
        return "empty"
    return repr(value) if isinstance(value, (int, str, type(None))) else type(value).__name__
def note(frame, event, arg):
    if frame.f_code.co_filename != path:
        return None
    state = []
    for function in made:
        for cell in function.__closure__ or ():
            if id(cell) not in numbers:
                numbers[id(cell)] = len(numbers)
                kept.append(cell)
            state.append((numbers[id(cell)], contents(cell)))
    events.append((event, frame.f_lineno, frame.f_code.co_name, sorted(set(state))))
    return note
names = {"made": made, "__name__": "__main__"}
code = compile(source, path, "exec")
sys.settrace(note)
exec(code, names)
sys.settrace(None)
closures = [[(name, numbers[id(cell)]) for name, cell in zip(f.__code__.co_freevars, f.__closure__ or ())] for f in made]
print(json.dumps({"events": events, "closures": [c for c in closures if c]}))
'''


class Writer:
    """Writes one random program."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.count = 0

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def put(self, depth, text):
        self.lines.append("    " * depth + text)

    def value(self, names):
        choices = [str(self.random.randint(0, 9)), f"'{self.random.choice('abc')}'"]
        if names:
            choices.append(self.random.choice(names))
        return self.random.choice(choices)

    def program(self):
        self.put(0, "made = globals().get('made', [])")
        for _ in range(self.random.randint(1, 3)):
            top = self.function(0, [])
            for _ in range(self.random.randint(1, 2)):
                self.call(0, f"{top}()")
        return "\n".join(self.lines) + "\n"

    def call(self, depth, expression):
        """A call, and one more if that gave a function."""
        result = self.name("r")
        self.put(depth, "try:")
        self.put(depth + 1, f"{result} = {expression}")
        self.put(depth + 1, f"if callable({result}): {result}()")
        self.put(depth, "except NameError:")
        self.put(depth + 1, "pass")

    def function(self, depth, outer):
        """A function with variables of its own, made at `depth`; answers its name."""
        name = self.name("f")
        self.put(depth, f"def {name}():")
        inner = depth + 1
        own = [self.name("v") for _ in range(self.random.randint(1, 3))]
        written = [other for other in outer if self.random.random() < 0.5]
        if written:
            self.put(inner, "nonlocal " + ", ".join(written))
        visible = outer + own
        for variable in own:
            # Sometimes a cell stays empty.
            condition = "if False: " if self.random.random() < 0.15 else ""
            self.put(inner, f"{condition}{variable} = {self.value(outer)}")
        functions = []
        for _ in range(self.random.randint(1, 4)):
            self.statement(inner, own, written, visible, functions)
        if functions and self.random.random() < 0.7:
            self.put(inner, f"return {self.random.choice(functions)}")
        else:
            self.put(inner, f"return {self.value([])}")
        if outer:
            self.put(depth, f"made.append({name})")
        return name

    def statement(self, depth, own, written, visible, functions):
        kind = self.random.random()
        if kind < 0.25 and depth < 4:
            functions.append(self.function(depth, visible))
        elif kind < 0.40:
            self.put(depth, f"made.append(lambda: {self.random.choice(visible)})")
        elif kind < 0.55:
            loop = self.name("i")
            self.put(depth, f"for {loop} in range({self.random.randint(1, 3)}):")
            self.put(depth + 1, f"made.append(lambda: ({loop}, {self.random.choice(visible)}))")
            self.put(depth + 1, "made[-1]()")
        elif kind < 0.65:
            self.put(depth, f"made.extend([lambda: ({self.random.choice(visible)}, n) for n in range(2)])")
        elif kind < 0.80:
            self.put(depth, f"{self.random.choice(own + written)} = {self.value([])}")
        elif kind < 0.86 and own:
            variable = self.random.choice(own)
            self.put(depth, f"{variable} = 1")
            self.put(depth, f"del {variable}")
        elif kind < 0.92:
            error = self.name("e")
            self.put(depth, "try:")
            self.put(depth + 1, "1 / 0")
            self.put(depth, f"except ZeroDivisionError as {error}:")
            self.put(depth + 1, f"made.append(lambda: {error})")
        elif functions:
            self.call(depth, f"{self.random.choice(functions)}()")
        else:
            self.put(depth, f"{self.random.choice(own)} = {self.value(own)}")


def of_cpython(path):
    done = subprocess.run([*CPYTHON, "-c", WATCHER, path], capture_output=True, encoding="utf-8", timeout=60)
    if done.returncode:
        raise RuntimeError(f"CPython: {done.stderr}")
    return json.loads(done.stdout)


def of_cellar(cellar, path):
    trace = path + ".json"
    done = subprocess.run([cellar, "run", "--trace", trace, path], capture_output=True, encoding="utf-8", timeout=120)
    if done.returncode:
        raise RuntimeError(f"Cellar: {done.stderr}")
    with open(trace, encoding="utf-8") as file:
        return json.load(file)


def shown(value):
    """A value as the watcher shows it."""
    if value is None:
        return "empty"
    return value["repr"] if value["type"] in ("int", "str", "NoneType") else value["type"]


def events_of(trace):
    """Event, line and function of each step as CPython would name them, and the contents of all cells then."""
    steps = trace["steps"]
    names = {frame["id"]: frame["name"] for frame in steps["frames"]}
    words = {"yield": "return", "resume": "call"}
    cells, closures, order = {}, {}, []
    found, frame = [("call", None, "<module>", {}, [])], None
    for step in steps["steps"]:
        frame = step.get("frame", frame)
        for event in step.get("cells", []):
            kind, cell = event["event"], event["cell"]
            if kind in ("created", "written", "emptied"):
                cells[cell] = event.get("new") if kind != "emptied" else None
            # The function of a comprehension is nothing that a program can keep.
            if kind == "captured" and not event["function"].startswith("<listcomp>"):
                if event["function"] not in closures:
                    closures[event["function"]] = []
                    order.append(event["function"])
                closures[event["function"]].append((event["name"], cell))
        event = step.get("event", "line")
        found.append((words.get(event, event), step["line"], names[frame], dict(cells), list(order)))
    return found, [closures[label] for label in order]


def without_turns(events):
    """CPython counts each turn of a comprehension's one line, and its end once more: one event for all of them."""
    return [
        event for event, before in zip(events, [None, *events])
        if not (before and event[2] == "<listcomp>" and event[0] == before[0] == "line" and before[2] == event[2])
    ]


def disagreement(cellar, path):
    """What differs, or None."""
    wanted, trace = of_cpython(path), of_cellar(cellar, path)
    found, closures = events_of(trace)
    numbers = {}
    plain = [[(name, numbers.setdefault(cell, len(numbers))) for name, cell in held] for held in closures]
    expected = {}
    held = [[(name, expected.setdefault(cell, len(expected))) for name, cell in pairs] for pairs in wanted["closures"]]
    if plain != held:
        return f"closures hold\n{plain}\nnot\n{held}"
    back = {number: cell for cell, number in numbers.items()}
    translate = {cell: back[number] for cell, number in expected.items()}
    # An exception that leaves a frame is two events of CPython's.
    events = [e for i, e in enumerate(wanted["events"]) if not (e[0] == "return" and is_left(wanted["events"], i))]
    events, found = without_turns(events), without_turns(found)
    if len(events) != len(found):
        return f"{len(found)} events, not {len(events)}"
    for index, (theirs, ours) in enumerate(zip(events, found)):
        # The end of a body that has no `return` belongs to whichever line was last; which, the two may see differently.
        if index and ((theirs[0], theirs[2]) != (ours[0], ours[2]) or theirs[0] != "return" and theirs[1] != ours[1]):
            return f"event {index} is {ours[:3]}, not {tuple(theirs[:3])}"
        for cell, contents in theirs[3]:
            value = shown(ours[3].get(translate[cell]))
            if value != contents:
                return f"event {index} {tuple(theirs[:3])}: cell {cell} holds {value}, not {contents}"
    return None


def is_left(events, index):
    """Whether this return is how an exception left the frame."""
    event = events[index]
    for earlier in reversed(events[:index]):
        if earlier[2] == event[2]:
            return earlier[0] == "exception" and earlier[1] == event[1]
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("--programs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    opts = parser.parse_args()
    cellar = os.path.abspath(opts.cellar)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:

        def check(seed):
            path = os.path.join(folder, f"program{seed}.py")
            source = Writer(seed).program()
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            try:
                return seed, source, disagreement(cellar, path)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                return seed, source, str(error)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for seed, source, found in pool.map(check, range(opts.seed, opts.seed + opts.programs)):
                if found:
                    failed += 1
                    if failed <= 3:
                        print(f"seed {seed}: {found}\n{source}")
    print(f"{opts.programs - failed} programs agree, {failed} do not")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
