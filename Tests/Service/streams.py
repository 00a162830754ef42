"""Runs told as they go on, cancelled, and come back to."""
import threading, time

from served import events, refused, serving

SLOW = "import sys\nfor n in range(5):\n    print(n)\nwhile True: pass"
STREAM = {"Accept": "text/event-stream", "Content-Type": "text/plain"}

with serving() as server:
    session = server.session()
    runs = f"/v1/sessions/{session}/runs"
    for path, run in (("/v1/run", 0), (runs, 1)):
        answer = server.ask("POST", path, "print('one')\nprint('two')", STREAM)
        assert answer.headers["content-type"].startswith("text/event-stream") and "no-store" in answer.headers["cache-control"]
        assert "retry: " in answer.text, answer
        told = events(answer.text)
        assert [name for name, _, _ in told].count("done") == 1 and told[-1][0] == "done", told
        assert told[-1][1] == f"{run}-done" and all(id.startswith(f"{run}-") for _, id, _ in told), told
        done = told[-1][2]
        assert done["stdout"] == "one\ntwo\n" and done["outcome"] == "ok", done
        output = "".join(data["text"] for name, _, data in told if name == "output")
        assert output == "one\ntwo\n", told

    # A run that ended is told again, from behind the last event that a client has.
    again = events(server.get(f"{runs}/1", Accept="text/event-stream").text)
    assert [name for name, _, _ in again][-1] == "done" and again[0][2]["text"].startswith("one"), again
    later = events(server.get(f"{runs}/1", Accept="text/event-stream", Last_Event_ID=again[0][1]).text)
    assert later == again[1:], later
    assert server.get(f"{runs}/1", Accept="text/event-stream", Last_Event_ID="1-done").status == 204

    # However the output was cut into events, a client that comes back gets the rest of it: no byte twice, none left out.
    connection = server.connect()
    pauses = "for part in ('one ', 'zwei ü ', 'drei'):\n    print(part)\n    for n in range(300_000): pass"
    connection.request("POST", runs, pauses.encode(), STREAM)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    read = b""
    while b"event: output" not in read: read += answer.readline()
    read += answer.readline() + answer.readline()
    connection.close()
    seen = [event for event in events(read.decode()) if event[0] == "output"]
    had = "".join(data["text"] for _, _, data in seen)
    for moment in ("under way", "later"):
        rest = events(server.get(f"{runs}/2", Accept="text/event-stream", Last_Event_ID=seen[-1][1]).text)
        more = "".join(data["text"] for name, _, data in rest if name == "output")
        assert had + more == rest[-1][2]["stdout"] == "one \nzwei ü \ndrei\n", (moment, had, rest)

    # A client that goes away comes back for its run's answer; another waits for the same.
    connection = server.connect()
    connection.request("POST", runs, "total = 0\nfor n in range(300_000): total += n\ntotal", {"Content-Type": "text/plain"})
    while server.get(f"/v1/sessions/{session}").json["running"] is None and server.get(runs).json["runs"][-1]["number"] < 3:
        time.sleep(0.01)
    connection.close()
    back = server.get(f"{runs}/3").json
    assert back["outcome"] == "ok" and back["result"] == str(sum(range(300_000))), back

    # Cancelling: what was printed is there, and the session stays as it was.
    refused(server.ask("DELETE", f"{runs}/current"), 404, "nothing_running")
    ended = []
    thread = threading.Thread(target=lambda: ended.append(server.post(runs, {"code": "total = 'lost'\n" + SLOW})))
    thread.start()
    while server.get(f"/v1/sessions/{session}").json["running"] != 4:
        time.sleep(0.01)
    followed = []
    follower = threading.Thread(target=lambda: followed.append(server.get(f"{runs}/4", Accept="text/event-stream")))
    follower.start()
    time.sleep(0.2)
    assert server.ask("DELETE", f"{runs}/current").status == 204
    thread.join()
    follower.join()
    assert ended[0].json["outcome"] == "cancelled", ended[0]
    assert events(followed[0].text)[-1][2]["outcome"] == "cancelled", followed[0]
    assert server.run(session, "total")["result"] == str(sum(range(300_000)))

    # A refusal is an answer of its own also when a stream was asked for.
    refused(server.ask("POST", "/v1/sessions/AAAAAAAAAAAAAAAAAAAAAA/runs", "1", STREAM), 404, "not_found")
    refused(server.ask("POST", "/v1/run?ticks=0", "1", STREAM), 422, "invalid_fields")

    # Large outputs arrive whole.
    large = events(server.ask("POST", "/v1/run", "print('x' * 900_000)", STREAM).text)
    assert len(large[-1][2]["stdout"]) == 900_001
