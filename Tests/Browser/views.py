"""The views: output, picture, matrix, ledger, stepper, narration, explanations."""

import re

from visit import COUNTERS, LAMBDAS, WIDE, on

FORGOTTEN = """def make():
    total = 0
    def add():
        total += 1
        return total
    return add
make()()
"""
GENERATOR = """def count(start):
    def steps():
        n = start
        while True:
            yield n
            n += 1
    return steps()
numbers = count(5)
print(next(numbers))
print(next(numbers))
"""


def test_output_keeps_its_order_and_the_value_of_a_last_expression(visit):
    visit.open().run("import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')\n6 * 7\n")
    assert visit.page.text_content("#output") == "one\ntwo\nthree\n42"
    assert visit.page.text_content("#output .stderr") == "two\n"


def test_output_that_is_still_to_come_is_pale(visit):
    visit.open().run("print('first')\nx = 1\nprint('second')\n")
    assert not visit.page.query_selector("#output .later")
    visit.keys("ArrowLeft", "ArrowLeft")
    assert "second" in visit.page.text_content("#output .later")
    assert "first" not in visit.page.text_content("#output .later")


def test_a_traceback_leads_to_the_source(visit):
    visit.open().run("def f():\n    return 1 / 0\nf()\n")
    assert "Ended by ZeroDivisionError" in visit.page.text_content("#ending")
    visit.show("result")
    lines = visit.page.locator("#output button")
    assert lines.count() == 2
    lines.nth(1).click()
    line = "document.querySelector('.CodeMirror').CodeMirror.getCursor().line"
    assert visit.page.evaluate(line) == 1


def test_a_syntax_error_marks_its_line(visit):
    visit.open().run("x = 1\nif x\n    pass\n")
    assert "Not run: SyntaxError" in visit.page.text_content("#ending")
    visit.show("code")
    assert visit.page.query_selector(".CodeMirror .line-fault")


def test_two_counters_have_two_cells(visit):
    visit.open().run(COUNTERS)
    visit.show("picture")
    cells = visit.page.locator("#picture .node.cell")
    assert cells.count() == 2
    assert [cells.nth(i).locator(".value").text_content() for i in range(2)] == ["2", "1"]
    owners = visit.page.locator("#picture .node.gone .title").all_text_contents()
    assert owners == ["make_counter#1", "make_counter#2"]


def test_three_lambdas_point_at_one_cell(visit):
    visit.open().run(LAMBDAS)
    visit.show("picture")
    assert visit.page.locator("#picture .node.cell").count() == 1
    ends = visit.page.evaluate(
        "[...document.querySelectorAll('#picture .edge.cell')].map((path) => path.getPointAtLength(path.getTotalLength())).map(({x, y}) => `${x} ${y}`)"
    )
    assert len(ends) == 4 and len(set(ends)) == 1, ends


def test_what_changed_is_lit(visit):
    visit.open().run(COUNTERS)
    visit.show("picture")
    visit.page.click("[data-cell='1']")
    visit.keys("b")
    assert visit.page.query_selector("#picture [data-cell='1'].wrote.selected")
    assert not visit.page.query_selector("#picture [data-cell='2'].wrote")
    visit.show("code")
    assert visit.page.query_selector(".CodeMirror .mark.wrote")


def test_a_waiting_generator_looks_suspended(visit):
    visit.open().run(GENERATOR)
    visit.show("picture")
    assert visit.page.query_selector("#picture .node.suspended")
    assert visit.page.text_content("#output") == "5\n6\n"


def test_nothing_in_the_picture_jumps_between_steps(visit):
    visit.open().run(COUNTERS)
    visit.show("picture")
    places = """() => Object.fromEntries([...document.querySelectorAll('#picture .node')]
        .map((node) => [node.dataset.key, node.getAttribute('transform')]))"""
    known, moved = {}, []
    for _ in range(visit.total - 1):
        for name, place in visit.page.evaluate(places).items():
            if known.setdefault(name, place) != place:
                moved.append((visit.step, name, known[name], place))
                known[name] = place
        visit.keys("ArrowLeft")
    # Columns may make room once or twice; between most steps nothing moves at all.
    assert len({step for step, *_ in moved}) <= 2, moved


def test_the_matrix_counts_functions_and_cells(visit):
    visit.open().run(LAMBDAS)
    visit.show("matrix")
    assert visit.text("#matrix .sentence") == "3 functions, 1 cell: i is shared."
    assert visit.page.locator("#matrix .dot").count() == 3
    visit.run(COUNTERS)
    assert visit.text("#matrix .sentence") == "2 functions, 2 cells: nothing is shared."
    assert visit.page.locator("#matrix .dot").count() == 2


def test_the_ledger_tells_a_cells_life_and_leads_to_its_steps(visit):
    visit.open().run(COUNTERS)
    visit.show("picture")
    visit.page.click("[data-cell='1']")
    visit.show("ledger")
    visit.page.wait_for_selector("#ledger .events")
    events = visit.page.locator("#ledger tbody .written")
    assert events.count() == 3
    events.nth(1).click()
    visit.settle()
    assert "writes cell count: 0 → 1" in visit.narration, visit.narration
    assert visit.page.locator("#ledger tr[aria-current]").count() == 1


def test_what_if_a_cell_held_something_else(visit):
    visit.open().run(COUNTERS)
    first = re.search(r"session=[\w-]+", visit.page.url)[0]
    visit.show("picture")
    visit.page.click("[data-cell='1']")
    visit.keys("b")
    visit.show("ledger")
    step = visit.step
    assert f"from step {step} on" in visit.text("#ledger form")
    visit.page.fill("#ledger form input", "count + 38")
    visit.page.click("#ledger form button")
    visit.until("first => !location.search.includes(first)", arg=first)
    visit.settle()
    assert "a fork" in visit.page.text_content("#where")
    # Before the step all is as it was, and the run goes on from there with another value.
    assert visit.step == step and "what-if writes cell count: 2 → 40" in visit.narration, (visit.step, visit.narration)
    assert visit.page.text_content("#output").startswith("1 40 1"), visit.page.text_content("#output")
    assert "What if cell#1 held count + 38" in visit.page.text_content("#ending")
    visit.show("ledger")
    assert visit.page.locator("#ledger tbody td", has_text="what-if").count() == 1
    # At the last step it is set after the run, for what is run next.
    visit.keys("End")
    visit.show("ledger")
    assert "after this run" in visit.text("#ledger form")
    visit.page.fill("#ledger form input", "7")
    visit.page.click("#ledger form button")
    visit.until("document.getElementById('notice').textContent.includes('continue it and see')")
    visit.settle()
    visit.write("print(left())")
    visit.page.keyboard.press("Control+Shift+Enter")
    visit.until("document.getElementById('output').textContent === '8\\n'")


def test_code_of_an_earlier_run_is_told_apart(visit):
    visit.open().run("def half(n):\n    return 1 / n\n")
    visit.write("x = 1\ny = 2\nhalf(0)\n")
    visit.page.keyboard.press("Control+Shift+Enter")
    visit.until("document.getElementById('ending').textContent.includes('ZeroDivisionError')")
    visit.settle()
    visit.until("document.getElementById('narration').textContent !== ''")
    visit.keys("Home")
    while visit.step < visit.total and "of run 1" not in visit.narration:
        visit.keys("ArrowRight")
    visit.until("document.getElementById('narration').textContent.includes('Next is line 2 of run 1: return 1 / n')")
    visit.show("code")
    assert visit.page.locator(".CodeMirror .mark.now").count() == 0
    visit.show("result")
    visit.page.click("#output .fault button >> nth=1")
    visit.until("document.querySelector('.CodeMirror').CodeMirror.getValue().includes('def half')")


def test_the_slider_and_the_buttons_step(visit):
    visit.open().run(COUNTERS)
    visit.page.click("[aria-label='First step (Home)']")
    assert visit.step == 1
    visit.page.click("[aria-label='Step forward (→)']")
    assert visit.step == 2
    visit.page.fill(".stepper input[type=range]", "7")
    visit.settle()
    assert visit.step == 7 and "7 / " in visit.text(".stepper output")
    assert "Step 7 of" in visit.page.get_attribute(".stepper input[type=range]", "aria-valuetext")


def test_play_goes_on_and_stops_at_a_breakpoint(visit):
    visit.open().run(COUNTERS)
    visit.show("code")
    visit.page.click(".CodeMirror-linenumber:text-is('5')")
    visit.keys("Home")
    visit.page.click("[aria-label^='Play']")
    visit.page.wait_for_selector("[aria-label^='Pause']", state="detached", timeout=30_000)
    assert 1 < visit.step < visit.total
    assert "Next is line 5" in visit.narration, visit.narration


def test_every_step_is_told_to_a_screen_reader(visit):
    visit.open().run(COUNTERS)
    assert visit.page.get_attribute("#narration", "aria-live") == "polite"
    visit.keys("Home")
    for _ in range(visit.total - 1):
        assert visit.narration.strip(), visit.step
        visit.keys("ArrowRight")
    assert "The program ends." in visit.narration
    visit.show("picture")
    words = visit.page.text_content("#picture .words")
    assert "Cell count, cell#1, holds 2, captured by counter#1." in words, words


def test_a_missing_nonlocal_is_explained_and_the_fix_tried(visit):
    visit.open().run(FORGOTTEN)
    visit.show("result")
    assert "nonlocal" in visit.text("#explanation")
    before = visit.page.url
    visit.page.click("#explanation summary")
    assert "+         nonlocal total" in visit.page.inner_text("#explanation .diff")
    visit.page.click("text=Try the fix in a fork")
    visit.until("before => location.href !== before", arg=before)
    visit.settle()
    assert "Finished." in visit.page.text_content("#ending")
    assert "nonlocal total" in visit.program


def test_late_binding_is_found_in_lambdas_of_a_loop(visit):
    visit.open().run(LAMBDAS)
    visit.show("result")
    assert "Late binding" in visit.text("#explanation")
    visit.run(COUNTERS)
    assert visit.page.is_hidden("#explanation")


@on(WIDE)
def test_text_of_a_snippet_is_only_text(visit):
    visit.open().run("def f():\n    x = '<img src=q onerror=alert(1)>'\n    return lambda: x\ng = f()\nprint(g())\nraise ValueError(g())\n")
    visit.show("picture")
    assert not visit.page.query_selector("img")
    assert "<img" in visit.page.text_content("#output")
