"""Finding sessions by what they hold."""
from served import serving

SHARED = "def make():\n    total = 0\n    def add(n):\n        nonlocal total\n        total += n\n    def get(): return total\n    def reset():\n        nonlocal total\n        total = 0\n    return add, get, reset\nadd, get, reset = make()"


def found(server, query):
    answer = server.get(f"/v1/sessions?{query}")
    assert answer.status == 200, answer
    return [session["title"] for session in answer.json["sessions"]]


with serving() as server:
    made = []
    for title, code in (("plain", "x = 1\nprint('needle one')"), ("shared", SHARED), ("failing", "{}['key']"),
                        ("wörds_here", "'nothing'"), ("broken", "def")):
        session = server.session(title=title)
        server.run(session, code)
        made.append(server.get(f"/v1/sessions/{session}").json)
    assert found(server, "") == ["broken", "wörds_here", "failing", "shared", "plain"]
    assert found(server, "order=oldest") == ["plain", "shared", "failing", "wörds_here", "broken"]
    assert found(server, "q=needle") == ["plain"] and found(server, "q=needle+one") == ["plain"]
    assert found(server, "q=needle+two") == [] and found(server, "q=need*") == ["plain"] and found(server, "q=need") == []
    assert found(server, "q=w%C3%B6rds_here") == ["wörds_here"] and found(server, "q=nonlocal") == ["shared"]
    assert found(server, "q=%22%29%28*%22") == [] and found(server, "q=add%28n%29") == ["shared"]
    assert found(server, "raised=KeyError") == ["failing"] and found(server, "outcome=syntax_error") == ["broken"]
    assert found(server, "outcome=ok&q=print") == ["plain"]
    assert found(server, f"created_after={made[1]['created_at']}") == ["broken", "wörds_here", "failing"]
    assert found(server, "cell=total") == ["shared"] and found(server, "cell=x") == []
    assert found(server, "shared_by=3") == ["shared"] and found(server, "shared_by=4") == []
    assert found(server, "cell=total&shared_by=3") == ["shared"] and found(server, "cell=total&shared_by=4") == []
    assert found(server, "function=make.%3Clocals%3E.get") == ["shared"]

    # Forks are found by what they share, and not by what came later.
    source = server.get("/v1/sessions?q=needle").json["sessions"][0]["id"]
    server.run(source, "print('later')")
    fork = server.post(f"/v1/sessions/{source}/fork", {"after": 1, "title": "fork"}).json["id"]
    import time
    for _ in range(100):
        if found(server, "q=needle") == ["fork", "plain"]: break
        time.sleep(0.05)
    assert found(server, "q=needle") == ["fork", "plain"] and found(server, "q=later") == ["plain"]
    server.ask("DELETE", f"/v1/sessions/{fork}")
    server.ask("PATCH", f"/v1/sessions/{source}", {"title": "renamed"})
    assert found(server, "q=needle") == ["renamed"] and found(server, "q=plain") == [] and found(server, "q=renamed") == ["renamed"]

    # A list in parts holds each session once.
    for number in range(12):
        server.session(title=f"many {number}")
    titles, cursor = [], ""
    while cursor is not None:
        part = server.get(f"/v1/sessions?q=many&limit=5{cursor and '&cursor=' + cursor}").json
        titles += [session["title"] for session in part["sessions"]]
        cursor = part["next"]
    assert titles == [f"many {number}" for number in reversed(range(12))], titles
