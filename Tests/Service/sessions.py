"""Sessions: made, run in, found again, changed, forked, restarted, deleted."""
import json, threading

from served import refused, serving

COUNTER = """
def make_counter():
    count = 0
    def counter():
        nonlocal count
        count += 1
        return count
    return counter
left, right = make_counter(), make_counter()
"""

with serving() as server:
    # A new session.
    made = server.post("/v1/sessions", {"title": "counters", "seed": 7, "limits": {"ticks": 1_000_000}})
    assert made.status == 201, made
    session = made.json["id"]
    assert made.headers["location"] == f"/v1/sessions/{session}"
    assert len(session) == 22 and made.json["seed"] == 7 and made.json["limits"]["ticks"] == 1_000_000
    assert made.json["runs"] == [] and made.json["running"] is None
    assert server.post("/v1/sessions").status == 201

    # Runs share their globals.
    first = server.run(session, COUNTER)
    assert (first["number"], first["outcome"], first["resumed"]) == (1, "ok", "fresh"), first
    second = server.run(session, "print(left(), left(), right())")
    assert second["stdout"] == "1 2 1\n" and second["number"] == 2, second
    assert second["resumed"] == "memory" and second["replayed_runs"] == 0, second
    third = server.run(session, "left()")
    assert third["result"] == "3" and third["session"] == session, third
    failed = server.run(session, "x = 1\n1 / 0")
    assert failed["outcome"] == "exception" and failed["error"]["type"] == "ZeroDivisionError", failed
    assert server.run(session, "x")["result"] == "1", "what ran before the exception holds"
    spent = server.run(session, "y = 2\nwhile True: pass", limits={"ticks": 10_000})
    assert spent["outcome"] == "ticks" and spent["limits"]["ticks"] == 10_000, spent
    assert server.run(session, "input()", stdin="hello\n")["result"] == "'hello'"

    # As text, and as a form.
    text = server.ask("POST", f"/v1/sessions/{session}/runs", "print(right())", {"Content-Type": "text/plain"})
    assert text.text == "2\n" and text.headers["cellar-outcome"] == "ok", text
    form = server.ask(
        "POST", f"/v1/sessions/{session}/runs?seed=3", "code=print%28right%28%29%29",
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
    assert form.json["stdout"] == "3\n" and form.json["seed"] == 3, form

    # What is kept is what was answered.
    kept = server.get(f"/v1/sessions/{session}/runs/2").json
    for member in second:
        assert member in ("resumed", "replayed_runs") or kept[member] == second[member], member
    assert server.get(f"/v1/sessions/{session}/runs/2", Accept="text/plain").text == "1 2 1\n"
    tag = server.get(f"/v1/sessions/{session}/runs/2").headers["etag"]
    assert server.get(f"/v1/sessions/{session}/runs/2", If_None_Match=tag).status == 304
    refused(server.get(f"/v1/sessions/{session}/runs/99"), 404, "not_found")
    refused(server.get(f"/v1/sessions/{session}/runs/two"), 404, "not_found")
    whole = server.get(f"/v1/sessions/{session}")
    assert [run["number"] for run in whole.json["runs"]] == list(range(1, 10)) and whole.json["run_count"] == 9
    assert server.get(f"/v1/sessions/{session}", If_None_Match=whole.headers["etag"]).status == 304
    part = server.get(f"/v1/sessions/{session}/runs?limit=4").json
    rest = server.get(f"/v1/sessions/{session}/runs?limit=100&cursor={part['next']}").json
    assert [run["number"] for run in part["runs"] + rest["runs"]] == list(range(1, 10)) and rest["next"] is None

    # Lost updates are refused, and change nothing.
    problem = refused(server.post(f"/v1/sessions/{session}/runs", {"code": "left()"}, If_Match='"v1"'),
                      412, "precondition_failed")
    assert f'"v{problem["version"]}"' == whole.headers["etag"]
    ran = server.post(f"/v1/sessions/{session}/runs", {"code": "left()"}, If_Match=whole.headers["etag"])
    assert ran.json["result"] == "4" and ran.headers["etag"] != whole.headers["etag"]

    # A fork goes on from where its run ended, and neither sees the other.
    fork = server.post(f"/v1/sessions/{session}/fork", {"after": 2, "title": "fork"})
    assert fork.status == 201 and fork.json["forked_from"] == {"session": session, "run": 2}, fork
    other = fork.json["id"]
    assert server.run(other, "left()")["result"] == "3"
    assert server.run(other, "left()")["result"] == "4"
    assert server.run(session, "left()")["result"] == "5"
    whole_fork = server.post("/v1/sessions", {"from": {"session": session}}).json
    assert whole_fork["run_count"] == 11 and server.run(whole_fork["id"], "left()")["result"] == "6"
    refused(server.post(f"/v1/sessions/{session}/fork", {"after": 5000}), 404, "not_found")
    refused(server.post("/v1/sessions", {"from": {"session": session}, "seed": 1}), 422, "invalid_fields")

    # A restart empties the instance and keeps the history.
    restarted = server.post(f"/v1/sessions/{other}/restart")
    assert restarted.status == 200 and restarted.json["run_count"] == 4, restarted
    lost = server.run(other, "left()")
    assert lost["error"]["type"] == "NameError" and lost["restarted"] and lost["resumed"] == "fresh", lost

    # Changing and deleting.
    changed = server.ask("PATCH", f"/v1/sessions/{other}", {"title": "new", "expires_at": "2099-01-01T00:00:00Z"})
    assert changed.json["title"] == "new" and changed.json["expires_at"] == "2099-01-01T00:00:00.000Z", changed
    assert server.ask("PATCH", f"/v1/sessions/{other}", {"expires_at": None}).json["expires_at"] is None
    refused(server.ask("PATCH", f"/v1/sessions/{other}", {"expires_at": "soon"}), 422, "invalid_fields")
    refused(server.ask("PATCH", f"/v1/sessions/{other}", {"colour": "red"}), 422, "invalid_fields")
    gone = server.ask("DELETE", f"/v1/sessions/{other}")
    assert gone.status == 204 and gone.body == b"", gone
    for path in ("", "/runs/1", "/export"):
        refused(server.get(f"/v1/sessions/{other}{path}"), 410, "gone")
    refused(server.post(f"/v1/sessions/{other}/runs", {"code": "1"}), 410, "gone")
    refused(server.get("/v1/sessions/AAAAAAAAAAAAAAAAAAAAAA"), 404, "not_found")
    passed = server.ask("PATCH", f"/v1/sessions/{whole_fork['id']}", {"expires_at": "2001-01-01T00:00:00Z"})
    assert passed.status in (200, 410), passed
    refused(server.get(f"/v1/sessions/{whole_fork['id']}"), 410, "gone")

    # The same key and body give the same answer, once.
    file = server.get(f"/v1/sessions/{session}/export").json
    for path, body in (("/v1/sessions", {"title": "once"}), (f"/v1/sessions/{session}/runs", {"code": "left()"}),
                       (f"/v1/sessions/{session}/fork", {"after": 1}), ("/v1/sessions/import", file),
                       ("/v1/share", {"session": session})):
        one = server.post(path, body, Idempotency_Key='"k"')
        two = server.post(path, body, Idempotency_Key='"k"')
        assert one.status == two.status and one.headers.get("location") == two.headers.get("location"), (one, two)
        again = {"resumed", "replayed_runs"}
        assert {name: value for name, value in one.json.items() if name not in again} == two.json, (one, two)
        refused(server.post(path + "?seed=5", body, Idempotency_Key='"k"'), 422, "idempotency_key_reused")
        other_body = dict(body, title="twice") if "code" not in body else {"code": "right()"}
        refused(server.post(path, other_body, Idempotency_Key='"k"'), 422, "idempotency_key_reused")
    assert server.run(session, "left()")["result"] == "7"

    # Requests of one session are served in order, and none is lost; others do not wait for them.
    crowd = server.session()
    server.run(crowd, "seen = []")
    answers = []

    def append(number):
        answers.append(server.run(crowd, f"seen.append({number})"))

    threads = [threading.Thread(target=append, args=(number,)) for number in range(20)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert sorted(answer["number"] for answer in answers) == list(range(2, 22))
    order = json.loads(server.run(crowd, "seen")["result"])
    assert sorted(order) == list(range(20)), order
