"""Runs the hostile programs of this folder, and mutations of them, through a server of its own.

    run.py [--cellar PATH] [--mutations N] [--seed N] [--clients N] [--seconds S] [--show] [NAME PART ...]
    run.py [--cellar PATH] [--clients N] --kill SECONDS
    run.py [--cellar PATH] [--clients N] --long RUNS

Each request must be answered with status 200 and one of the API's outcomes. `crashed` is a failure too: no program may
bring a worker down. Meanwhile a session of somebody else is asked again and again, and must not notice. In the end the
server must be alive, and have no more processes and descriptors than before. The last line is 'N passed, N failed'.

With --kill a random worker is killed every 100 ms for so long, under load; then `crashed` is an answer like another.
With --long so many runs that use all of their 5 seconds are begun at once, and short ones are timed beside them until the
last of them has ended.
"""

import argparse
import collections
import concurrent.futures
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
OUTCOMES = {"ok", "exception", "syntax_error", "recursion", "time", "ticks", "memory", "output"}


class Server:
    """A server on a free port, with a store that goes with it."""

    def __init__(self, cellar, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="cellar-hostile-")
        root = os.path.join(HERE, "..", "..")
        command = [cellar, "serve", "--port", "0", "--data", self.folder.name, "--workers", "2", *options]
        self.process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+)$", self.process.stdout.readline().strip()).group(1))
        self.incidents = []
        threading.Thread(target=self.read_log, daemon=True).start()

    def read_log(self):
        for line in self.process.stderr:
            if '"worker_' in line:
                self.incidents.append(line.strip())

    def request(self, method, path, body=None, kind="application/json", timeout=120):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = {"Content-Type": kind, "Accept": "application/json"}
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def run(self, source, seconds):
        limits = {"seconds": seconds, "ticks": 100_000_000, "memory_bytes": 32 << 20, "output_bytes": 1 << 16}
        while True:
            status, answer = self.request("POST", "/v1/run", json.dumps({"code": source, "limits": limits}))
            if status not in (429, 503):
                return status, answer
            time.sleep(0.05)

    def workers(self):
        children = set()
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/children") as file:
                children |= set(file.read().split())
        return sorted(children)

    def footprint(self):
        """Processes below the server, and its descriptors."""
        return len(self.workers()), len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self.folder.cleanup()
        return status


class Neighbour(threading.Thread):
    """A session of somebody else, whose counter must count on. A run that crashed with its worker has not counted."""

    def __init__(self, server, may_crash=False):
        super().__init__(daemon=True)
        self.server, self.may_crash, self.ended, self.fault, self.count = server, may_crash, threading.Event(), None, 0

    def run(self):
        try:
            self.count_on()
        except (OSError, http.client.HTTPException, ValueError) as fault:
            self.fault = f"the neighbour had no answer: {fault!r}"

    def count_on(self):
        session = self.server.request("POST", "/v1/sessions", "{}")[1]["id"]
        path = f"/v1/sessions/{session}/runs"
        first = "def make():\n  n = 0\n  def count():\n    nonlocal n\n    n += 1\n    return n\n  return count\nc = make()"
        while self.crashed(self.server.request("POST", path, first, "text/plain")[1]):
            pass
        while not self.ended.wait(0.2) and not self.fault:
            status, answer = self.server.request("POST", path, "print(c())", "text/plain")
            if self.crashed(answer):
                continue
            self.count += 1
            if status >= 400 or answer.get("stdout") != f"{self.count}\n":
                self.fault = f"the neighbour's answer {self.count} was {status} {answer}"

    def crashed(self, answer):
        return self.may_crash and answer.get("outcome") == "crashed"


def programs(parts):
    """Every program by name, or those whose names have one of the parts."""
    found = {}
    for name in sorted(os.listdir(HERE)):
        if name.endswith(".txt"):
            with open(os.path.join(HERE, name), encoding="utf-8") as file:
                for text in file.read().split("#: ")[1:]:
                    title, source = text.split("\n", 1)
                    found[f"{name[:-4]}: {title}"] = source
    return {title: text for title, text in found.items() if not parts or any(part in title for part in parts)}


NUMBERS = ["0", "-1", "1", "255", "2**31", "2**63-1", "-2**63", "2**64", "10**30", "1e308", "float('nan')", "True"]
ATOMS = ["None", "()", "[]", "{}", "''", "b''", "object()", "type", "print", "iter([])", "(i for i in [1])", "range(5)"]


def mutated(sources, choice):
    """A mutation of one of the sources; mostly one that compiles, for most would end where they are read."""
    for _ in range(6):
        text = mutation(sources, choice)
        try:
            compile(text, "<mutation>", "exec")
            return text
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            pass
    return text


def mutation(sources, choice):
    """One of the sources, with a few of its parts changed, moved, or taken from another."""
    lines = choice.choice(sources).split("\n")
    for _ in range(choice.randint(1, 4)):
        at = choice.randrange(len(lines))
        kind = choice.randrange(8)
        if kind == 0:
            del lines[at : at + choice.randint(1, 3)]
        elif kind == 1:
            lines.insert(at, choice.choice(lines))
        elif kind == 2:
            other = choice.choice(sources).split("\n")
            start = choice.randrange(len(other))
            lines[at:at] = other[start : start + choice.randint(1, 6)]
        elif kind == 3:
            lines[at] = re.sub(r"\b\d+\b", lambda _: choice.choice(NUMBERS), lines[at])
        elif kind == 4:
            words = re.findall(r"\w+|\W", lines[at])
            choice.shuffle(words)
            lines[at] = "".join(words)
        elif kind == 5 and lines[at]:
            place = choice.randrange(len(lines[at]))
            lines[at] = lines[at][:place] + chr(choice.choice([0, 9, 32, 34, 40, 58, 92, 125, 955, 0x1F94]))  + lines[at][place:]
        elif kind == 6:
            names = re.findall(r"\b[a-z_]\w*\b", lines[at])
            if names:
                lines[at] = re.sub(rf"\b{choice.choice(names)}\b", lambda _: choice.choice(ATOMS), lines[at])
        else:
            lines[at] = " " * choice.randrange(5) + lines[at]
        lines = lines or [""]
    return "\n".join(lines)[:60_000]


def language_scripts():
    folder = os.path.join(HERE, "..", "Language")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") and name != "run.py":
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            yield from (part for part in text.split("\n\n\n") if 0 < len(part) < 3000)


def work(opts):
    known = programs(opts.parts)
    choice = random.Random(opts.seed)
    sources = list(known.values()) + list(language_scripts())
    jobs = list(known.items())
    warnings.simplefilter("ignore")
    jobs += [(f"mutation {number} of seed {opts.seed}", mutated(sources, choice)) for number in range(opts.mutations)]
    server = Server(os.path.abspath(opts.cellar))
    neighbour = Neighbour(server)
    server.run("print(1)", 1)
    before = server.footprint()
    neighbour.start()
    outcomes, faults = collections.Counter(), []

    def one(job):
        title, source = job
        try:
            status, answer = server.run(source, opts.seconds)
        except (OSError, http.client.HTTPException, ValueError) as fault:
            return title, source, f"no answer: {fault!r}"
        outcome = answer.get("outcome") if status == 200 else f"status {status}: {answer}"
        outcomes[outcome if status == 200 else "refused"] += 1
        if status == 400 and "UTF-8" in str(answer):
            return None
        return None if outcome in OUTCOMES else (title, source, f"{outcome} {answer.get('stderr', '')[-200:]}")

    with concurrent.futures.ThreadPoolExecutor(opts.clients) as pool:
        faults = [fault for fault in pool.map(one, jobs) if fault]
    neighbour.ended.set()
    neighbour.join(60)
    for title, source, fault in faults:
        print(f"== {title}: {fault}\n{source if opts.show else ''}")
    if neighbour.fault:
        faults.append(neighbour.fault)
        print(neighbour.fault)
    time.sleep(2)
    after = server.footprint()
    print(f"outcomes {dict(outcomes)}; the neighbour counted to {neighbour.count}")
    print(f"processes and descriptors before {before}, after {after}; incidents {collections.Counter(server.incidents)}")
    if after[0] > before[0] + 1 or after[1] > before[1] + 8:
        faults.append("processes or descriptors leak")
    if server.stop() != 0:
        faults.append("the server did not end with status 0")
    print(f"{len(jobs) - len(faults)} passed, {len(faults)} failed")
    return 1 if faults else 0


def kill_workers(opts):
    server = Server(os.path.abspath(opts.cellar))
    neighbour = Neighbour(server, may_crash=True)
    server.run("print(1)", 1)
    before, end = server.footprint(), time.monotonic() + opts.kill
    neighbour.start()
    outcomes, kills, faults = collections.Counter(), 0, []
    snippets = ["print(1)", "for i in range(300000): pass", "def f():\n  n = 1\n  return lambda: n\nprint(f()())"]

    def client(number):
        while time.monotonic() < end:
            try:
                status, answer = server.run(snippets[number % len(snippets)], 5)
                outcomes[answer["outcome"] if status == 200 else status] += 1
            except (OSError, http.client.HTTPException, ValueError, KeyError) as fault:
                faults.append(f"no answer: {fault!r}")

    threads = [threading.Thread(target=client, args=(number,)) for number in range(opts.clients)]
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        time.sleep(0.1)
        workers = server.workers()
        if workers:
            try:
                os.kill(int(random.choice(workers)), signal.SIGKILL)
                kills += 1
            except ProcessLookupError:
                pass
    for thread in threads:
        thread.join(120)
    neighbour.ended.set()
    neighbour.join(60)
    faults += [neighbour.fault] if neighbour.fault else []
    time.sleep(3)
    after = server.footprint()
    print(f"{kills} kills; outcomes {dict(outcomes)}; the neighbour counted to {neighbour.count}")
    print(f"processes and descriptors before {before}, after {after}")
    if after[0] > before[0] + 1 or after[1] > before[1] + 8:
        faults.append("processes or descriptors leak")
    if server.stop() != 0:
        faults.append("the server did not end with status 0")
    for fault in faults:
        print(fault)
    print(f"{outcomes.total()} passed, {len(faults)} failed")
    return 1 if faults else 0


def run_beside_long_ones(opts):
    ticks = 10**12  # so many that time is what ends a run
    server = Server(os.path.abspath(opts.cellar), "--most-ticks", str(ticks))
    server.run("print(1)", 1)
    outcomes, times, faults = collections.Counter(), [], []
    endless = ["while True: pass", "n = 0\nwhile True: n += 1", "while True: sorted(range(10000))", "while True: [i for i in range(99)]"]

    def long(number):
        body = json.dumps({"code": endless[number % len(endless)], "limits": {"seconds": 5, "ticks": ticks}})
        status, answer = server.request("POST", "/v1/run", body, timeout=600)
        outcomes[answer["outcome"] if status == 200 else status] += 1

    def short(number):
        while outcomes.total() < opts.long:
            started = time.perf_counter()
            status, answer = server.request("POST", "/v1/run", f"print({number})", "text/plain")
            times.append((time.perf_counter() - started) * 1000)
            if status != 200 or answer["stdout"] != f"{number}\n":
                faults.append(f"a short run was answered {status} {answer}")

    threads = [threading.Thread(target=long, args=(number,)) for number in range(opts.long)]
    threads += [threading.Thread(target=short, args=(number,)) for number in range(opts.clients)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if outcomes != {"time": opts.long}:
        faults.append(f"the long runs ended otherwise: {dict(outcomes)}")
    if server.stop() != 0:
        faults.append("the server did not end with status 0")
    times.sort()
    p99 = times[len(times) * 99 // 100]
    print(f"{opts.long} long runs in {time.monotonic() - started:.0f} s; beside them {len(times)} short ones, in ms:"
          f" median {times[len(times) // 2]:.1f}, p99 {p99:.1f}, max {times[-1]:.1f}")
    for fault in faults:
        print(fault)
    print(f"{opts.long + len(times)} passed, {len(faults)} failed")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--kill", type=float, metavar="SECONDS")
    parser.add_argument("--long", type=int, metavar="RUNS")
    parser.add_argument("--show", action="store_true", help="print the programs that fail")
    parser.add_argument("parts", nargs="*", help="only the programs whose names contain one of these")
    opts = parser.parse_args()
    sys.exit(kill_workers(opts) if opts.kill else run_beside_long_ones(opts) if opts.long else work(opts))


if __name__ == "__main__":
    main()
