#!/usr/bin/env python3
"""What sessions cost: finding them among many, keeping a run, coming back to one, holding many alive.

    python3 Scripts/measure_sessions.py --cellar .build/release/cellar [--stored 100000] [--live 10000] [--rounds 200] [search] [runs] [live]

`search` fills a store with sessions as real ones are and measures each kind of search over HTTP. `runs` measures small runs
in live sessions, what each adds to the store, and coming back after a restart. `live` holds many sessions alive and
measures the memory of all processes together. Only the servers that it starts are measured.
"""
import argparse, http.client, json, os, random, re, shutil, sqlite3, statistics, subprocess, sys, tempfile, time

COUNTER = "def make_counter():\n    count = 0\n    def counter():\n        nonlocal count\n        count += 1\n        return count\n    return counter\n\nleft, right = make_counter(), make_counter()"
NAMES = ["count", "total", "cache", "func", "n", "value", "state", "items", "callback", "wrapped"]
WORDS = "counter adder closure lambda nonlocal decorator cache state callback button total average score player level".split()
ERRORS = ["KeyError", "ValueError", "TypeError", "UnboundLocalError", "NameError", "ZeroDivisionError"]


class Server:
    def __init__(self, cellar, folder):
        self.process = subprocess.Popen(
            [cellar, "serve", "--port", "0", "--data", folder, "--log", "off"], stdout=subprocess.PIPE,
            cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        line = self.process.stdout.readline()
        self.port = int(re.search(rb":(\d+)", line.split(b"//")[1])[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, method, path, body=None, headers={}):
        """The answer, and the milliseconds that it took."""
        start = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        data = response.read()
        taken = (time.perf_counter() - start) * 1000
        assert response.status < 300, (response.status, data[:300])
        return data, taken

    def settle(self):
        """Waits until what the last run left, its image and its words, has been taken and kept."""
        time.sleep(0.03)
        self.ask("GET", "/v1/sessions?limit=1&q=settle")

    def json(self, method, path, value=None):
        data, taken = self.ask(method, path, json.dumps(value), {"Content-Type": "application/json"})
        return json.loads(data), taken

    def counters(self):
        text = self.ask("GET", "/metrics")[0].decode()
        return {name: float(value) for name, value in re.findall(r"^(\w+) ([\d.e+]+)$", text, re.M)}

    def resident(self):
        """Bytes of all its processes that are not shared, and its own share of what is."""
        pids, children = [self.process.pid], {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try: children.setdefault(int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1]), []).append(int(pid))
            except OSError: pass
        for pid in pids: pids += children.get(pid, [])
        total = 0
        for pid in pids:
            text = open(f"/proc/{pid}/smaps_rollup").read()
            total += int(re.search(r"^Pss: +(\d+)", text, re.M)[1]) * 1024
        return total, len(pids)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def row(name, values, unit="ms"):
    values = sorted(values)
    at = lambda share: values[min(len(values) - 1, int(len(values) * share))]
    print(f"{name:44} median {at(0.5):9.3f}  p95 {at(0.95):9.3f}  max {values[-1]:9.3f} {unit}", flush=True)


def fill(path, count, seed=1):
    """Writes sessions straight into a new store, as the server would have over time."""
    chance = random.Random(seed)
    store = sqlite3.connect(path)
    store.execute("PRAGMA synchronous = OFF")
    store.execute("PRAGMA foreign_keys = OFF")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for key in range(1, count + 1):
        title = " ".join(chance.sample(WORDS, 2))
        fails = chance.random() < 0.3
        error = chance.choice(ERRORS) if fails else None
        outcome = "exception" if fails else "ok"
        names = chance.sample(NAMES, chance.randint(1, 3)) + (["needle"] if key % 5000 == 7 else [])
        source = COUNTER.replace("count", names[0]) + "\n# " + " ".join(chance.choices(WORDS, k=12))
        output = " ".join(chance.choices(WORDS, k=20)) + (" haystack" if key % 5000 == 8 else "")
        now = 1_700_000_000_000 + key * 1000
        store.execute(
            "INSERT INTO run (id, parent, created_at, source, seed, clock, outcome, stdout, stderr, error, usage) "
            "VALUES (?, NULL, ?, ?, 0, 0, ?, ?, '', ?, '{\"ticks\":10}')",
            (key, now, source, outcome, output, json.dumps({"type": error, "message": "m", "text": "t"}) if fails else None))
        store.execute(
            "INSERT INTO session (key, id, title, created_at, changed_at, seed, clock, limits, run_count, head, indexed, version) "
            "VALUES (?, ?, ?, ?, ?, 0, 0, '{}', 1, ?, 1, 2)", (key, "".join(chance.choices(alphabet, k=22)), title, now, now, key))
        store.execute("INSERT INTO session_run VALUES (?, 1, ?)", (key, key))
        store.execute("INSERT INTO words (rowid, title, source, output) VALUES (?, ?, '', '')", (key << 14, title))
        store.execute("INSERT INTO words (rowid, title, source, output) VALUES (?, '', ?, ?)", (key << 14 | 1, source, output))
        traits, most = [("outcome", outcome)] + ([("raised", error)] if fails else []), 0
        for name in names:
            sharers = min(12, int(chance.expovariate(1.2)) + 1)
            most = max(most, sharers)
            store.execute("INSERT INTO cell VALUES (?, ?, ?)", (name, key, sharers))
        for kind, value in traits + [("shared_by", str(n)) for n in range(1, most + 1)]:
            store.execute("INSERT INTO trait VALUES (?, ?, ?)", (kind, value, key))
    store.commit()
    store.execute("PRAGMA optimize")
    store.close()


def search(arguments, folder):
    server = Server(arguments.cellar, folder)
    server.stop()
    started = time.time()
    fill(os.path.join(folder, "cellar.sqlite"), arguments.stored)
    size = os.path.getsize(os.path.join(folder, "cellar.sqlite"))
    print(f"{arguments.stored} sessions stored in {time.time() - started:.0f} s, {size / arguments.stored / 1024:.1f} KiB each")
    server = Server(arguments.cellar, folder)
    queries = {
        "no filter": "", "a common word": "q=closure", "three words": "q=closure+lambda+button", "a rare word": "q=haystack",
        "a word's beginning": "q=decor*", "no such word": "q=absent", "a captured name": "cell=count", "a rare name": "cell=needle",
        "shared by 3": "shared_by=3", "shared by 8": "shared_by=8", "a name shared by 5": "cell=total&shared_by=5",
        "an exception": "raised=KeyError", "an exception and a word": "raised=KeyError&q=player",
        "a rare name that raised": "cell=needle&raised=NameError", "ok and yet raised": "outcome=ok&raised=KeyError",
        "the oldest with a word": "q=closure&order=oldest",
    }
    for name, query in queries.items():
        times, cursor = [], None
        for round in range(arguments.rounds):
            answer, taken = server.ask("GET", f"/v1/sessions?{query}" + (f"&cursor={cursor}" if cursor else ""))
            times.append(taken)
            # The next part, so that the whole list is searched and not its beginning only.
            cursor = json.loads(answer)["next"]
        row(name, times)
    server.stop()


def runs(arguments, folder):
    server = Server(arguments.cellar, folder)
    sessions = []
    times = {"POST /v1/run": [], "first run of a session": [], "run in a live session": []}
    costs, chance = [], random.Random(1)
    for _ in range(arguments.rounds):
        times["POST /v1/run"].append(server.ask("POST", "/v1/run", COUNTER + "\nprint(left(), left(), right())")[1])
    for _ in range(arguments.rounds // 4):
        session = server.json("POST", "/v1/sessions", {})[0]["id"]
        sessions.append(session)
        times["first run of a session"].append(server.ask("POST", f"/v1/sessions/{session}/runs", COUNTER)[1])
        for _ in range(4):
            times["run in a live session"].append(server.ask("POST", f"/v1/sessions/{session}/runs", "print(left())")[1])
    for name, taken in times.items(): row(name, taken)
    for session in sessions:
        # A number of its own, because pages that are the same in many sessions are kept once.
        code = f"last = {chance.randrange(10**9)}\nprint(left(), right())"
        server.settle()
        before = server.counters()["cellar_image_bytes_total"]
        server.ask("POST", f"/v1/sessions/{session}/runs", code)
        server.settle()
        costs.append((server.counters()["cellar_image_bytes_total"] - before) / 1024)
    row("new pages of a small run in a live session", costs, "KiB")
    server.stop()
    server = Server(arguments.cellar, folder)
    resumed, again, more = {}, [], []
    for session in sessions:
        answer, taken = server.json("POST", f"/v1/sessions/{session}/runs", {"code": "print(left())"})
        resumed.setdefault(answer["resumed"], []).append(taken)
        server.settle()
        again.append(server.json("POST", f"/v1/sessions/{session}/runs", {"code": "print(left())"})[1])
        if answer["resumed"] == "image": more.append(taken - again[-1])
        server.settle()
    for how, taken in resumed.items(): row(f"run after a restart of the server ({how})", taken)
    row("the same run in the same session again", again)
    print(f"so coming back to a saved session takes {statistics.median(more):.3f} ms more at the median")
    server.stop()


def live(arguments, folder):
    server = Server(arguments.cellar, folder)
    sessions = []
    for _ in range(arguments.live):
        session = server.json("POST", "/v1/sessions", {})[0]["id"]
        server.ask("POST", f"/v1/sessions/{session}/runs", COUNTER)
        sessions.append(session)
    total, processes = server.resident()
    print(f"{arguments.live} live sessions: {total / 2**20:.0f} MiB in {processes} processes")
    times = [server.ask("POST", f"/v1/sessions/{session}/runs", "print(left())")[1]
             for session in random.Random(1).sample(sessions, min(300, len(sessions)))]
    row("a run in one of them, at random", times)
    size = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))
    print(f"the store: {size / 2**20:.0f} MiB, {size / arguments.live / 1024:.1f} KiB a session")
    server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", nargs="*", choices=["search", "runs", "live"], default=["search", "runs", "live"])
    parser.add_argument("--cellar", default=".build/release/cellar")
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--live", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    arguments.cellar = os.path.abspath(arguments.cellar)
    for what in arguments.what:
        folder = tempfile.mkdtemp(prefix="cellar-bench-")
        try:
            {"search": search, "runs": runs, "live": live}[what](arguments, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


main()
