"""What a request may be, and how a wrong one is refused: in the same words everywhere, changing nothing."""
from served import JSON, refused, serving

with serving() as server:
    session = server.session()
    runs = f"/v1/sessions/{session}/runs"
    for path in ("/v1/run", runs):
        # Raw text, a form, JSON: the answer has the request's form unless it asks for another.
        assert server.post(path, "print(6 * 7)").text == "42\n"
        assert server.ask("POST", path, "print('a=b')", {"Content-Type": "application/x-www-form-urlencoded"}).text == "a=b\n"
        assert server.ask("POST", path, "code=print%287%29", {"Content-Type": "application/x-www-form-urlencoded"}).text == "7\n"
        assert server.ask("POST", path, b"print(1)", {"Content-Type": "application/octet-stream"}).text == "1\n"
        for kind in ("multipart/form-data; boundary=x", "image/png", "application/xml"):
            refused(server.ask("POST", path, "print(1)", {"Content-Type": kind}), 415, "unsupported_media_type")
        refused(server.ask("POST", path, "code=1&code=2", {"Content-Type": "application/x-www-form-urlencoded"}), 400, "repeated_parameter")
        assert server.post(path, {"code": "print(1)"}).json["stdout"] == "1\n"
        assert server.post(path, {"code": "print(1)"}, Accept="text/plain").text == "1\n"
        assert server.post(path, "print(1)", Accept="application/json").json["outcome"] == "ok"
        assert server.post(path, "print(1)", Accept="*/*").headers["content-type"].startswith("text/plain")
        refused(server.post(path, "print(1)", Accept="image/png"), 406, "not_acceptable")
        raised = server.post(path, "print('before')\n1/0")
        assert raised.status == 200 and raised.headers["cellar-outcome"] == "exception"
        assert raised.text.startswith("before\nTraceback (most recent call last):\n"), raised
        assert raised.text.endswith("ZeroDivisionError: division by zero\n"), raised
        assert server.post(path, "def").headers["cellar-outcome"] == "syntax_error"

        # Options come as JSON or in the query, and each is held to its bounds.
        limited = server.post(path + "?ticks=1000", "while True: pass", Accept="application/json").json
        assert limited["outcome"] == "ticks" and limited["limits"]["ticks"] == 1000, limited
        printed = server.post(path, {"code": "print('x' * 100)", "limits": {"output_bytes": 10}}).json
        assert printed["outcome"] == "output" and len(printed["stdout"]) <= 10, printed
        for wrong in ({"ticks": 0}, {"ticks": 10 ** 15}, {"seconds": 100}, {"memory_bytes": 1}, {"bytes": 1}, {"ticks": "many"}):
            problem = refused(server.post(path, {"code": "1", "limits": wrong}), 422, "invalid_fields")
            assert problem["errors"][0]["field"] == "/limits/" + next(iter(wrong)), problem
        for body, field in (({}, "/code"), ({"code": 5}, "/code"), ({"code": "1", "colour": 1}, "/colour"),
                            ({"code": "1", "trace": "all"}, "/trace"), ({"code": "1", "seed": 1.5}, "/seed")):
            assert refused(server.post(path, body), 422, "invalid_fields")["errors"][0]["field"] == field
        refused(server.post(path, [1]), 422, "invalid_fields")
        refused(server.post(path + "?colour=red", "1"), 400, "unknown_parameter")
        refused(server.post(path + "?ticks=many", "1"), 422, "invalid_fields")
        refused(server.post(path + "?ticks=null", "1"), 422, "invalid_fields")
        refused(server.ask("POST", path, "{", JSON), 400, "invalid_json")
        refused(server.ask("POST", path, b"\xff"), 400, "invalid_utf8")
        long = refused(server.post(path, "#" * 70_000), 413, "source_too_long")
        assert long["limit"] == 65_536 and long["seen"] == 70_000, long
        refused(server.ask("DELETE", path), 405, "method_not_allowed")
    seen = len(server.get(f"/v1/sessions/{session}").json["runs"])
    assert seen == 12, f"refused requests made no runs, so there are 12 and not {seen}"

    # The same snippet gives the same answer; another seed another one.
    code = "import random\nprint(random.random(), hash('closure'))"
    same = [server.post("/v1/run", code).text for _ in range(3)]
    assert len(set(same)) == 1, same
    assert server.post("/v1/run?seed=1", code).text != same[0]

    # Addresses that are not there, methods that are not theirs, and what every answer carries.
    problem = refused(server.get("/v1/nothing"), 404, "not_found")
    for method, path, allow in (("QUERY", "/v1/sessions", "GET, HEAD, POST, OPTIONS"), ("PUT", runs, "GET, HEAD, POST, OPTIONS"),
                                ("GET", runs + "/current", "DELETE, OPTIONS")):
        refused(server.ask(method, path), 405, "method_not_allowed")
        assert server.ask(method, path).headers["allow"] == server.ask("OPTIONS", path).headers["allow"] == allow, path
    allowed = server.ask("OPTIONS", "/v1/sessions")
    assert allowed.status == 204 and "POST" in allowed.headers["allow"]
    head = server.ask("HEAD", f"/v1/sessions/{session}")
    assert head.status == 200 and head.body == b"" and "etag" in head.headers
    echoed = server.get("/healthz", X_Request_Id="abc-1")
    assert echoed.headers["x-request-id"] == "abc-1" and echoed.headers["cache-control"] == "no-store"
    for tricky in ("1'%20OR%20'1'='1", "..%2f..%2fetc", "%00", "a" * 5000, "%F0%9F%90%8D"):
        assert server.get(f"/v1/sessions/{tricky}").status in (400, 404), tricky
    for silly in ("0", "-1", "99999999999999999999", "abc", "101"):
        refused(server.get(f"/v1/sessions?limit={silly}"), 400, "invalid_parameter")
    refused(server.get("/v1/sessions?cursor=x"), 400, "invalid_parameter")
    refused(server.get("/v1/sessions?outcome=fine"), 400, "invalid_parameter")
    refused(server.get("/v1/sessions?colour=red"), 400, "unknown_parameter")
