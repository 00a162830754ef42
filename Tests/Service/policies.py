"""Who may use the service, how much of it, and what the operator sees."""
import http.client, json, os, signal, socket, threading, time

from served import refused, serving

CODE = {"code": "1"}

with serving(log=True) as server:
    # Pages of other sites, and names that are not ours.
    for path in ("/v1/run", "/v1/sessions"):
        refused(server.post(path, CODE, Origin="https://evil.example"), 403, "foreign_origin")
        refused(server.post(path, CODE, Sec_Fetch_Site="cross-site"), 403, "foreign_origin")
        refused(server.post(path, CODE, Host="evil.example"), 421, "unknown_host")
    own = server.post("/v1/run", CODE, Origin=f"http://127.0.0.1:{server.port}")
    assert own.status == 200 and "access-control-allow-origin" not in own.headers

    # Logs: a line for each request, with its id and route, and nothing that anybody sent.
    session = server.session(title="secret-title")
    server.post(f"/v1/sessions/{session}/runs?stdin=secret-input", "print('secret-code')",
                X_Request_Id="r-1", traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    assert server.get("/readyz").json["ready"] is True
    metrics = server.get("/metrics").text
    assert 'cellar_runs_total{outcome="ok"}' in metrics and "process_resident_memory_bytes" in metrics
    assert "http_request_duration_seconds_bucket" in metrics and session not in metrics
    time.sleep(0.3)
    lines = server.log_lines()
    line = next(line for line in lines if line.get("id") == "r-1")
    assert line["route"] == "/v1/sessions/{id}/runs" and line["status"] == 200 and line["traceparent"].startswith("00-4bf"), line
    assert "secret" not in json.dumps(lines), lines

    # Asked to end, the server finishes what it has.
    ended = []
    slow = threading.Thread(target=lambda: ended.append(server.run(session, "n = 0\nfor i in range(1_000_000): n += i\nn")))
    slow.start()
    while server.get(f"/v1/sessions/{session}").json["running"] is None and not ended:
        time.sleep(0.01)
    server.process.send_signal(signal.SIGTERM)
    slow.join()
    assert ended and ended[0]["outcome"] in ("ok", "time", "ticks"), ended
    assert server.process.wait(30) == 0

with serving("--allow-origin", "https://app.example", "--rate-limit", "5", "--allow-host", "cellar.example") as server:
    granted = server.post("/v1/run", CODE, Origin="https://app.example")
    assert granted.status == 200 and granted.headers["access-control-allow-origin"] == "https://app.example"
    assert "Origin" in granted.headers["vary"]
    refused(server.post("/v1/run", CODE, Origin="https://evil.example"), 403, "foreign_origin")
    asked = server.ask("OPTIONS", "/v1/sessions", None, {
        "Origin": "https://app.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"})
    assert asked.status == 204 and "POST" in asked.headers["access-control-allow-methods"], asked.headers
    assert server.post("/v1/run", CODE, Host="cellar.example").status == 200
    for _ in range(200):
        answer = server.post("/v1/run", CODE)
        if answer.status == 429: break
    refused(answer, 429, "too_many_requests")
    assert int(answer.headers["retry-after"]) >= 1 and answer.headers["ratelimit"] and answer.headers["ratelimit-policy"]
    assert server.get("/healthz").status == 200, "reading costs nothing"

# What has expired is removed, and its id answers as gone.
with serving() as server:
    session = server.session()
    for wrong in ("2026-02-30T00:00:00Z", "2026-01-01T00:00:00+24:00", "2026-01-01", "0000-01-01T00:00:00Z"):
        refused(server.ask("PATCH", f"/v1/sessions/{session}", {"expires_at": wrong}), 422, "invalid_fields")
    for text, kept in (("2099-01-01T01:00:00.25+01:00", "2099-01-01T00:00:00.250Z"), ("2096-02-29t23:59:59z", "2096-02-29T23:59:59.000Z")):
        assert server.ask("PATCH", f"/v1/sessions/{session}", {"expires_at": text}).json["expires_at"] == kept, text
    assert server.get("/v1/sessions?created_after=0001-01-01T00:00:00Z").json["sessions"] != []
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    assert server.ask("PATCH", f"/v1/sessions/{session}", {"expires_at": soon}).status in (200, 410)
    time.sleep(1.2)
    for path in ("", "/runs", "/runs/1", "/export", "/cells"):
        refused(server.get(f"/v1/sessions/{session}{path}"), 410, "gone")
    refused(server.ask("DELETE", f"/v1/sessions/{session}/runs/current"), 410, "gone")
    refused(server.post(f"/v1/sessions/{session}/runs", CODE), 410, "gone")
    assert server.get("/v1/sessions").json["sessions"] == []
