"""Looking into runs, and what-if: cells set after a run and on the way of one, in forks, and made again from the snippets."""
from served import refused, serving

COUNTER = """def make_counter():
    count = 0
    def counter():
        nonlocal count
        count += 1
        return count
    return counter
left, right = make_counter(), make_counter()
"""
# Nothing that Python can say leads to the cell of a generator that a set holds.
HIDDEN = """def numbers():
    step = 1
    add = lambda value: value + step
    total = 0
    while True:
        total = add(total)
        yield total
hidden = {numbers()}
for source in hidden:
    print(next(source))
del source
"""


def set_cell(server, session, cell, expression, place=""):
    return server.ask("PATCH", f"/v1/sessions/{session}/cells/{cell}{place}", {"expression": expression})


def steps(server, session, run, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return server.get(f"/v1/sessions/{session}/runs/{run}/steps?{query}").json


def find(server, session, run, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return server.get(f"/v1/sessions/{session}/runs/{run}/steps/find?{query}").json["found"]


def after_a_run(server):
    session = server.session()
    server.run(session, COUNTER)
    made = set_cell(server, session, 1, "10")
    assert made.status == 201 and made.json["number"] == 2 and made.json["session"] == session, made
    assert made.json["what_if"] is None and "cell_contents = 10" in made.json["source"], made
    assert server.run(session, "print(left(), right())")["stdout"] == "11 1\n"
    # With a run, in a fork: the session stays as it is.
    forked = set_cell(server, session, "cell%232", "[1][0] + 40", "?run=1")
    fork = forked.json["session"]
    assert forked.status == 201 and fork != session and forked.headers["location"] == f"/v1/sessions/{fork}", forked
    assert server.run(fork, "print(left(), right())")["stdout"] == "1 42\n"
    assert server.get(f"/v1/sessions/{session}").json["run_count"] == 3
    # What Python raises is how the run ended.
    failed = set_cell(server, session, 1, "1 / 0")
    assert failed.status == 201 and failed.json["outcome"] == "exception", failed
    refused(set_cell(server, session, 99, "0"), 404, "not_found")
    refused(set_cell(server, session, 1, ""), 422, "invalid_expression")
    refused(set_cell(server, session, 1, "1; import os"), 422, "invalid_expression")


def where_nothing_leads(server):
    session = server.session()
    server.run(session, HIDDEN)
    cell = next(cell["id"] for cell in server.get(f"/v1/sessions/{session}/cells").json["cells"] if cell["name"] == "step")
    made = set_cell(server, session, cell, "100")
    assert made.status == 201 and made.json["what_if"] == {"step": 1, "cell": cell, "expression": "100"}, made
    assert server.run(session, "for source in hidden: print(next(source))")["stdout"] == "101\n"
    refused(set_cell(server, session, cell, "nobody"), 422, "invalid_expression")
    assert server.run(session, "for source in hidden: print(next(source))")["stdout"] == "201\n"


def at_a_step(server):
    session = server.session()
    server.run(session, "start = 7")
    server.run(session, COUNTER + "print(left(), left(), right())\nfinal = left()\n")
    write = find(server, session, 2, cell=1, on="write", **{"from": 0})["step"]
    second = find(server, session, 2, cell=1, on="write", **{"from": write})["step"]
    made = set_cell(server, session, 1, "count + start + 93", f"?run=2&step={second}")
    fork, run = made.json["session"], made.json
    assert made.status == 201 and fork != session and run["number"] == 2 and run["outcome"] == "ok", made
    assert run["source"].startswith("def make_counter") and run["what_if"]["step"] == second, run
    # Before the step all is as it was; from there on the counter goes on from 101.
    assert run["stdout"] == "101 102 1\n", run["stdout"]
    ledger = server.get(f"/v1/sessions/{fork}/cells/1/ledger?run=2").json["events"]
    told = next(event for event in ledger if event["function"] == "what-if")
    assert (told["step"], told["event"], told["old"]["repr"], told["new"]["repr"]) == (second, "written", "1", "101"), told
    state = server.get(f"/v1/sessions/{fork}/runs/2/steps/{second}").json
    assert next(cell for cell in state["cells"] if cell["id"] == 1)["value"]["repr"] == "101", state
    earlier = steps(server, fork, 2, **{"from": 1, "limit": second - 1})["steps"]
    assert earlier == steps(server, session, 2, **{"from": 1, "limit": second - 1})["steps"]
    assert server.get(f"/v1/sessions/{session}").json["run_count"] == 2
    # It is kept with the run, goes with its file, and is done again when the memory is lost.
    assert server.get(f"/v1/sessions/{fork}/runs/2").json["what_if"] == run["what_if"]
    assert [each["what_if"] for each in server.get(f"/v1/sessions/{fork}").json["runs"]] == [None, run["what_if"]]
    exported = server.get(f"/v1/sessions/{fork}/export").json
    assert exported["runs"][1]["what_if"] == run["what_if"], exported
    assert f"# At step {second} of this run cell#1 was set to" in server.get(f"/v1/sessions/{fork}/export.py").text
    final = server.run(fork, "print(final, left())")["stdout"]
    again = server.post("/v1/sessions/import", exported).json["id"]
    assert server.run(again, "print(final, left())")["stdout"] == final
    refused(server.post("/v1/share", {"session": fork}), 409, "what_if_not_shared")
    # What cannot be done leaves nothing behind.
    count = len(server.get("/v1/sessions?limit=100").json["sessions"])
    refused(set_cell(server, session, 1, "1 / 0", "?run=2&step=9"), 422, "invalid_expression")
    refused(set_cell(server, session, 1, "0", "?run=2&step=1"), 404, "not_found")
    refused(set_cell(server, session, 1, "0", "?run=2&step=100000"), 409, "nothing_follows")
    refused(set_cell(server, session, 1, "0", "?run=9"), 404, "not_found")
    assert len(server.get("/v1/sessions?limit=100").json["sessions"]) == count


def code_of_earlier_runs(server):
    session = server.session()
    server.run(session, "def half(n):\n    return 1 / n\n")
    server.run(session, "x = 1\nhalf(2)\n")
    run = server.run(session, "\n\n\nhalf(0)\n")
    text = run["error"]["text"]
    assert 'File "<snippet 3>", line 4, in <module>\n    half(0)\n' in text, text
    assert 'File "<snippet>", line 2, in half\n    return 1 / n\n' in text, text
    told = steps(server, session, 2)
    frames = {frame["label"]: frame for frame in told["frames"]}
    assert frames["half#1"]["run"] == 1 and "run" not in frames["<module>"], frames
    # A line is this run's own.
    assert find(server, session, 2, line=2, **{"from": 0})["step"] == 2
    again = server.get(f"/v1/sessions/{session}/runs/3/steps").json
    assert [frame.get("run") for frame in again["frames"]] == [None, 1], again["frames"]


def beyond_what_is_recorded(server):
    session = server.session()
    code = "count = 0\nwhile True:\n    count += 1\n"
    server.run(session, code, limits={"recorded_steps": 50, "ticks": 20_000})
    total = steps(server, session, 1, limit=1)["total"]
    for step in (1, 49, 50, 51, total // 2, total - 1, total):
        answer = server.get(f"/v1/sessions/{session}/runs/1/steps/{step}")
        assert answer.status == 200, (step, total, answer)
    assert steps(server, session, 1, **{"from": total, "limit": 5})["steps"][-1]["event"] == "limit"
    refused(server.get(f"/v1/sessions/{session}/runs/1/steps/{total + 1}"), 404, "not_found")


with serving() as server:
    after_a_run(server)
    where_nothing_leads(server)
    at_a_step(server)
    code_of_earlier_runs(server)
    beyond_what_is_recorded(server)
