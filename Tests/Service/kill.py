"""Kills the server under load, again and again: nothing that it acknowledged may be lost, and every session goes on.

    python3 kill.py [--rounds 3] [--writers 8] [--seed 1]

Each writer makes sessions and runs, and notes what was acknowledged. After a kill -9 at a random moment and a restart on
the same store, each acknowledged run must be there with its output, SQLite must find the file sound, and the sessions must
go on from where they were.
"""
import argparse, http.client, json, os, random, shutil, sqlite3, tempfile, threading, time

from served import Server

arguments = argparse.ArgumentParser()
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--writers", type=int, default=8)
arguments.add_argument("--seed", type=int, default=1)
arguments = arguments.parse_args()
chance = random.Random(arguments.seed)
folder = tempfile.mkdtemp(prefix="cellar-kill-")
server = None
acknowledged = {}  # session: how many runs of it were acknowledged
unsure = set()     # sessions with a run whose answer did not arrive: it may be there or not


def write(server, stop, number):
    connection = server.connect(20)
    while not stop.is_set():
        try:
            connection.request("POST", "/v1/sessions", b"{}", {"Content-Type": "application/json"})
            session = json.loads(connection.getresponse().read())["id"]
            acknowledged[session] = 0
            for run in range(1, chance.randint(2, 6)):
                code = "total = 0\n" if run == 1 else ""
                unsure.add(session)
                connection.request("POST", f"/v1/sessions/{session}/runs", code + "total += 1\nprint(total)")
                response = connection.getresponse()
                text = response.read().decode()
                if response.status == 200 and response.headers["Cellar-Outcome"] == "ok":
                    assert text == f"{run}\n", (session, run, text)
                    acknowledged[session] = run
                    unsure.discard(session)
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            connection.close()


def check(server, sessions):
    """Every acknowledged run is there, and the session goes on."""
    for session in sessions:
        found = server.get(f"/v1/sessions/{session}")
        assert found.status == 200, (session, found)
        count = found.json["run_count"]
        assert acknowledged[session] <= count <= acknowledged[session] + (session in unsure), (session, found)
        for number in range(1, count + 1):
            text = server.get(f"/v1/sessions/{session}/runs/{number}", Accept="text/plain").text
            assert text == f"{number}\n", (session, number, text)
        if count:
            ran = server.post(f"/v1/sessions/{session}/runs", "total += 1\nprint(total)")
            assert ran.text == f"{count + 1}\n", (session, count, ran)
            acknowledged[session] = count + 1
            unsure.discard(session)


def sound():
    """What SQLite says of a copy of the file."""
    with tempfile.TemporaryDirectory() as copy:
        for ending in ("", "-wal"):
            path = os.path.join(folder, "cellar.sqlite" + ending)
            if os.path.exists(path): shutil.copy(path, os.path.join(copy, "store" + ending))
        connection = sqlite3.connect(os.path.join(copy, "store"))
        try:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        finally:
            connection.close()


try:
    for round in range(arguments.rounds):
        server = Server(data=folder)
        check(server, chance.sample(sorted(acknowledged), min(40, len(acknowledged))))
        stop = threading.Event()
        threads = [threading.Thread(target=write, args=(server, stop, n), daemon=True) for n in range(arguments.writers)]
        for thread in threads: thread.start()
        time.sleep(chance.uniform(0.5, 2))
        server.kill()
        stop.set()
        for thread in threads: thread.join(30)
        sound()
    server = Server(data=folder)
    check(server, chance.sample(sorted(acknowledged), min(200, len(acknowledged))))
    assert server.stop() == 0
    print(f"{arguments.rounds} kills, {len(acknowledged)} sessions, {sum(acknowledged.values())} runs acknowledged, none lost")
finally:
    if server and server.process.poll() is None: server.kill()
    shutil.rmtree(folder, ignore_errors=True)
