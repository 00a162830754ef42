#!/usr/bin/env python3
"""What looking into runs costs: recording them, sending their steps, and going to any step of a long one.

    python3 Scripts/measure_inspecting.py [--cellar .build/release/cellar] [--rounds 5] [--moves 40]

Each program makes about 100,000 steps, the first one also a million. `recorded` is the time of a watched run over that of the same run
unwatched, a median of ratios within rounds, by what the service says that it used: all steps and the whole ledger, without values, which are
found by running again what is asked about. `sent` is what the steps take with their values, gzipped over HTTP, in pieces of 1,000, and how long
all of them at once take. `state` is the whole answer for any step, over one connection, when the run was looked at before; `cold` the
first question about a run, for which it is run again from its beginning; `far` steps of the run of a million, beyond what is recorded.
"""
import argparse, http.client, json, os, random, re, shutil, statistics, subprocess, sys, tempfile, time

PROGRAMS = {
    "a counter": ("""def make_counter():
    count = 0
    def counter():
        nonlocal count
        count += 1
        return count
    return counter
left, right = make_counter(), make_counter()
for turn in range({turns}):
    left()
""", 100_000 // 6),
    "an accumulator in a list": ("""def make_log():
    rows = []
    def log(row):
        rows.append(row)
        if len(rows) > 20:
            rows.clear()
        return len(rows)
    return log
log = make_log()
for number in range({turns}):
    log({{"number": number, "half": number / 2}})
""", 100_000 // 7),
    "a generator of closures": ("""def adders(limit):
    for n in range(limit):
        yield lambda x: x + n
kept = []
total = 0
for add in adders({turns}):
    total += add(1)
    if len(kept) < 50:
        kept.append(add)
""", 100_000 // 8),
    "arithmetic": ("""def work(limit):
    total = 0
    while total < limit:
        total += 1
        half = total // 2
    return half
work({turns})
""", 100_000 // 3),
}


class Server:
    def __init__(self, cellar):
        self.folder = tempfile.mkdtemp(prefix="cellar-measured-")
        self.process = subprocess.Popen(
            [cellar, "serve", "--port", "0", "--data", self.folder, "--log", "off"], stdout=subprocess.PIPE,
            cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        port = int(re.search(rb"//[^:]+:(\d+)", self.process.stdout.readline())[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def ask(self, method, path, value=None, headers={}):
        """The body as sent, and the milliseconds until it was here."""
        start = time.perf_counter()
        body = None if value is None else json.dumps(value)
        self.connection.request(method, path, body, {"Content-Type": "application/json", **headers})
        response = self.connection.getresponse()
        data = response.read()
        assert response.status < 300, (response.status, data[:300])
        return data, (time.perf_counter() - start) * 1000

    def json(self, method, path, value=None):
        return json.loads(self.ask(method, path, value)[0])

    def run(self, code, **options):
        """A session of its own with this run; its path and what the run used."""
        session = self.json("POST", "/v1/sessions", {})["id"]
        run = self.json("POST", f"/v1/sessions/{session}/runs", {"code": code, **options})
        assert run["outcome"] == "ok", run
        return f"/v1/sessions/{session}/runs/1", run

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


def figures(times):
    ordered = sorted(times)
    return f"{statistics.median(ordered):7.1f} ms, longest {ordered[-1]:7.1f} ms"


def moves(server, path, total, count):
    """The times of looking at `count` steps anywhere in a run."""
    return [server.ask("GET", f"{path}/steps/{random.randint(1, total)}")[1] for _ in range(count)]


def recorded(server, code, rounds):
    """The milliseconds of a run that nobody watches, and how many times longer it takes when it is."""
    rows = []
    for _ in range(rounds):
        rows.append([min(server.run(code, trace=trace)[1]["usage"]["seconds"] for _ in range(3)) for trace in ("none", "steps")])
    return 1000 * statistics.median(row[0] for row in rows), statistics.median(row[1] / row[0] for row in rows)


def sent(server, path, total):
    sizes = [
        len(server.ask("GET", f"{path}/steps?from={first}&limit=1000", headers={"Accept-Encoding": "gzip"})[0])
        for first in range(1, min(total, 100_000) + 1, 1000)
    ]
    return sum(sizes)


def measure(server, name, code, opts):
    plain, ratio = recorded(server, code, opts.rounds)
    print(f"{name}: {plain:.2f} ms unwatched, recorded at {ratio:.2f} times that")
    path, _ = server.run(code)
    _, cold = server.ask("GET", f"{path}/steps?from=1&limit=1")
    total = server.json("GET", f"{path}/steps?from=1&limit=1")["total"]
    print(f"    {total:,} steps; cold {cold:.1f} ms; state {figures(moves(server, path, total, opts.moves))}")
    whole, taken = server.ask("GET", f"{path}/steps?from=1&limit=100000", headers={"Accept-Encoding": "gzip"})
    print(f"    sent in pieces {sent(server, path, total) / 2**20:.2f} MiB, at once {len(whole) / 2**20:.2f} MiB in {taken:.0f} ms")


def far(server, opts):
    template, turns = PROGRAMS["a counter"]
    code = template.format(turns=10 * turns)
    colds = []
    for turn in range(opts.rounds):
        # Another source, so that it is no run that was looked at before.
        path, run = server.run(f"{code}# {turn}\n")
        colds.append(server.ask("GET", f"{path}/steps/{random.randint(1, 990_000)}")[1])
    total = server.json("GET", f"{path}/steps?from=1&limit=1")["total"]
    print(f"a run of {total:,} steps, {run['usage']['seconds']:.2f} s unwatched: cold {figures(colds)}")
    print(f"    state {figures(moves(server, path, total, 3 * opts.moves))}")
    times = []
    for _ in range(opts.moves):
        begin = random.randint(1, total)
        times.append(server.ask("GET", f"{path}/steps?from={begin}&limit=500")[1])
    print(f"    500 steps {figures(times)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=".build/release/cellar")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--moves", type=int, default=40)
    opts = parser.parse_args()
    random.seed(1)
    server = Server(os.path.abspath(opts.cellar))
    try:
        for name, (template, turns) in PROGRAMS.items():
            measure(server, name, template.format(turns=turns), opts)
        far(server, opts)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
