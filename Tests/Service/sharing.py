"""Sharing by content, and sessions as files."""
import json, os, subprocess, tempfile

from served import CELLAR, refused, serving

with serving() as server:
    one = server.post("/v1/share", "print('shared')")
    assert one.status == 201 and len(one.json["id"]) == 11, one
    two = server.post("/v1/share", {"code": "print('shared')"})
    share = one.json["id"]
    assert two.json["id"] == share and two.json["delete_token"] != one.json["delete_token"]
    assert server.post("/v1/share", {"code": "print('shared')", "step": 2}).json["id"] != share
    whole = server.get(f"/p/{share}.json")
    assert whole.json["snippets"][0]["code"] == "print('shared')" and whole.json["run"]["stdout"] == "shared\n", whole
    assert server.get(f"/p/{share}.json", If_None_Match=whole.headers["etag"]).status == 304
    assert server.get(f"/p/{share}.py").text == "print('shared')\n"
    assert server.get(f"/p/{share}.txt").text == "shared\n"
    drawn = server.get(f"/p/{share}.svg")
    assert drawn.headers["content-type"] == "image/svg+xml" and drawn.text.startswith("<svg"), drawn
    assert server.get(f"/p/{share}.svg", If_None_Match=drawn.headers["etag"]).status == 304
    page = server.get(f"/p/{share}")
    assert page.headers["content-type"].startswith("text/html") and "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors *" in server.get(f"/embed/{share}").headers["content-security-policy"]
    refused(server.get("/p/AAAAAAAAAAA.json"), 404, "not_found")

    # It is gone when everybody who shared it has taken it back.
    refused(server.ask("DELETE", f"/v1/share/{share}"), 401, "token_missing")
    refused(server.ask("DELETE", f"/v1/share/{share}?token=wrong"), 403, "wrong_token")
    bearer = {"Authorization": "Bearer " + one.json["delete_token"]}
    assert server.ask("DELETE", f"/v1/share/{share}", None, bearer).status == 204
    refused(server.ask("DELETE", f"/v1/share/{share}", None, bearer), 403, "wrong_token")
    assert server.get(f"/p/{share}.json").status == 200
    assert server.ask("DELETE", f"/v1/share/{share}?token={two.json['delete_token']}").status == 204
    refused(server.get(f"/p/{share}.json"), 410, "gone")
    assert server.post("/v1/share", "print('shared')").json["id"] == share and server.get(f"/p/{share}.py").status == 200

    # A session up to a run.
    session = server.session(title="counting", seed=5)
    for code in ("a = 1", "a += 1\nprint(a)", "a += 1\nprint(a)"):
        server.run(session, code)
    shared = server.get("/p/" + server.post("/v1/share", {"session": session, "run": 2}).json["id"] + ".json").json
    assert [part["code"] for part in shared["snippets"]] == ["a = 1", "a += 1\nprint(a)"] and shared["seed"] == 5
    assert shared["run"]["stdout"] == "2\n" and "session" not in shared["run"], shared
    closure = server.session()
    for code in ("n = 'lost'", "def make():\n  held = 1\n  return lambda: held", "get = make()"):
        server.run(closure, code)
    drawn = server.post("/v1/share", {"session": closure}).json["id"]
    assert "held" in server.get(f"/p/{drawn}.svg").text, "the snippets before it have run"
    refused(server.get(f"/p/{drawn}.svg?step=99"), 404, "not_found")
    refused(server.post("/v1/share", {"session": session, "run": 9}), 404, "not_found")
    refused(server.post("/v1/share", {"session": session, "code": "1"}), 422, "invalid_fields")

    # Out and in again: everything that was answered, and the state, made again from the snippets.
    file = server.get(f"/v1/sessions/{session}/export")
    assert file.headers["content-disposition"] == f'attachment; filename="cellar-{session}.json"', file
    taken = server.ask("POST", "/v1/sessions/import", file.body, {"Content-Type": "application/json"})
    assert taken.status == 201 and taken.json["run_count"] == 3 and taken.json["id"] != session, taken
    assert len(taken.json["runs"]) == 3 and taken.headers["location"] == "/v1/sessions/" + taken.json["id"], taken
    copy = taken.json["id"]
    for number in (1, 2, 3):
        old, new = (server.get(f"/v1/sessions/{id}/runs/{number}").json for id in (session, copy))
        assert dict(old, session=copy) == new, (old, new)
    ran = server.run(copy, "a")
    assert (ran["result"], ran["resumed"], ran["replayed_runs"]) == ("3", "replay", 3), ran
    source = server.get(f"/v1/sessions/{session}/export.py")
    assert source.text == "a = 1\n\n# Run 2\na += 1\nprint(a)\n\n# Run 3\na += 1\nprint(a)\n", source
    assert server.get(f"/v1/sessions/{session}/export", Accept="text/x-python").text == source.text
    for change, status in (({"version": 2}, 422), ({"runs": [{}]}, 422), ({"runs": 1}, 422), ({"more": 1}, 422),
                           ({"runs": [{"source": "1", "outcome": "fine"}]}, 422), ({"format": "other"}, 422),
                           ({"runs": None}, 422), ({"runs": [{"source": "1"}]}, 422)):
        answer = server.post("/v1/sessions/import", dict(file.json, **change))
        assert answer.status == status, (change, answer)
    plain = {"source": "1", "outcome": "ok"}
    for wrong in ({"error": {}}, {"error": {"type": 1, "message": "", "text": ""}}, {"usage": {"ticks": "many"}},
                  {"truncated": {"stdout": 1}}, {"pieces": [1]}, {"pieces": [["soon", 0, 1]]}, {"report": []}):
        refused(server.post("/v1/sessions/import", dict(file.json, runs=[dict(plain, **wrong)])), 422, "invalid_fields")
    forged = dict(plain, report={"outcome": "crashed", "cells": [1], "warnings": [{"kind": "x"}]})
    forged = server.post("/v1/sessions/import", dict(file.json, runs=[forged])).json["id"]
    forged = server.get(f"/v1/sessions/{forged}/runs/1").json
    assert (forged["outcome"], forged["cells"], forged["warnings"]) == ("ok", [], [{"kind": "x"}]), forged
    wide = server.post("/v1/sessions/import", dict(file.json, limits=dict(file.json["limits"], ticks=10**15)))
    assert wide.status == 201 and wide.json["limits"]["ticks"] == file.json["limits"]["ticks"], wide
    refused(server.ask("POST", "/v1/sessions/import", "x", {"Content-Type": "text/plain"}), 415, "unsupported_media_type")

    # The command line reads beside the server, and writes only without it.
    def cellar(*arguments, **settings):
        return subprocess.run([CELLAR, *arguments], capture_output=True, text=True, **settings)

    with tempfile.TemporaryDirectory() as folder:
        printed = cellar("export", session, "--data", server.folder)
        assert printed.returncode == 0 and json.loads(printed.stdout)["runs"] == file.json["runs"], printed
        refusal = cellar("import", "-", "--data", server.folder, input=printed.stdout)
        assert refusal.returncode == 1 and "Another process" in refusal.stderr, refusal
        taken = cellar("import", "-", "--data", folder, input=printed.stdout)
        assert taken.returncode == 0, taken
        again = cellar("export", taken.stdout.strip(), "--data", folder)
        assert json.loads(again.stdout)["runs"] == file.json["runs"], again
        copy = os.path.join(folder, "copy", "cellar.sqlite")
        os.mkdir(os.path.dirname(copy))
        assert cellar("backup", copy, "--data", server.folder).returncode == 0
        assert cellar("backup", copy, "--data", server.folder).returncode == 1, "a file that is there is not written over"
        with serving(data=os.path.dirname(copy)) as other:
            assert other.run(session, "a")["result"] == "3"
