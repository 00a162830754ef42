"""The habits that the page keeps: keys, drafts, addresses, panes, themes, progress."""

from visit import COUNTERS, PHONE, WIDE, on


def test_nothing_runs_on_load(visit):
    visit.open()
    assert not [url for url in visit.requests if "/v1/" in url]
    assert "Nothing has run yet" in visit.page.text_content("#ending")


def test_first_load_is_light(visit):
    session = visit.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    visit.open()
    visit.page.wait_for_timeout(300)
    assert 50_000 < sum(sizes) < 300_000, f"{sum(sizes)} bytes"


def test_control_enter_runs(visit):
    visit.open().run(COUNTERS)
    assert visit.page.text_content("#output") == "1 2 1\n"
    assert "Finished." in visit.page.text_content("#ending")


def test_keys_go_through_the_steps(visit):
    visit.open().run(COUNTERS)
    last = visit.total
    assert visit.step == last > 10
    visit.keys("ArrowLeft", "ArrowLeft")
    assert visit.step == last - 2
    visit.keys("ArrowRight")
    assert visit.step == last - 1
    visit.keys("Home")
    assert visit.step == 1
    visit.keys("End")
    assert visit.step == last


def test_b_and_n_follow_the_writes_of_a_cell(visit):
    visit.open().run(COUNTERS)
    visit.show("picture")
    visit.page.click("[data-cell='1']")
    visit.keys("b")
    assert "writes cell count: 1 → 2" in visit.narration, visit.narration
    visit.keys("b")
    assert "writes cell count: 0 → 1" in visit.narration, visit.narration
    visit.keys("n")
    assert "writes cell count: 1 → 2" in visit.narration, visit.narration


def test_escape_leaves_the_editor(visit):
    visit.open()
    visit.page.click("#editor")
    assert visit.page.evaluate("Boolean(document.activeElement.closest('#editor'))")
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate("document.activeElement.id") == "run"


@on(WIDE)
def test_letters_in_the_editor_are_text(visit):
    visit.open().run(COUNTERS)
    step = visit.step
    visit.page.click("#editor .CodeMirror-lines")
    visit.page.keyboard.press("Control+End")
    visit.page.keyboard.type("bn?")
    assert visit.program.endswith("bn?") and visit.step == step
    assert not visit.page.query_selector("dialog[open]")


def test_question_mark_shows_the_keys(visit):
    visit.open()
    visit.keys("?")
    assert "Run the program" in visit.text("dialog[open]")
    visit.page.keyboard.press("Escape")
    assert not visit.page.query_selector("dialog[open]")


def test_the_draft_survives_a_reload(visit):
    visit.open()
    visit.write("print('kept')\n")
    visit.open()
    assert visit.program == "print('kept')\n"


def test_the_address_opens_what_one_sees(visit):
    visit.open().run(COUNTERS)
    visit.keys("Home", "ArrowRight", "ArrowRight")
    visit.until("location.search.includes('step=3')")
    told = visit.narration
    visit.page.evaluate("localStorage.clear()")
    visit.page.reload()
    visit.page.wait_for_selector("html[data-ready]")
    visit.settle()
    assert (visit.step, visit.program, visit.narration) == (3, COUNTERS, told)


def test_back_returns_to_the_run_before(visit):
    visit.open().run("print('first')\n")
    visit.run("print('second')\n")
    assert visit.page.text_content("#output") == "second\n"
    visit.page.go_back()
    visit.until("document.getElementById('output').textContent === 'first\\n'")
    assert visit.program == "print('first')\n"


def test_a_link_holds_a_program(visit):
    visit.open("/#code=cHJpbnQoJ8OkJyk")
    assert visit.program == "print('ä')"


@on(WIDE)
def test_panes_resize_by_keys_and_pointer_and_stay(visit):
    visit.open()
    width = "document.querySelector('.code').clientWidth"
    before = visit.page.evaluate(width)
    visit.page.focus("#split-columns")
    for _ in range(4):
        visit.page.keyboard.press("ArrowRight")
    by_keys = visit.page.evaluate(width)
    assert by_keys > before + 100
    box = visit.page.locator("#split-columns").bounding_box()
    visit.page.mouse.move(box["x"] + 4, 300)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] - 150, 300)
    visit.page.mouse.up()
    by_pointer = visit.page.evaluate(width)
    assert by_pointer < by_keys - 100
    visit.open()
    assert abs(visit.page.evaluate(width) - by_pointer) < 12


def test_the_theme_follows_the_system_and_can_be_switched(visit):
    theme = "document.documentElement.dataset.theme"
    visit.open()
    assert visit.page.evaluate(theme) == visit.screen.theme
    other = "light" if visit.screen.theme == "dark" else "dark"
    visit.page.emulate_media(color_scheme=other)
    visit.until(f"{theme} === '{other}'")
    visit.page.click("#switch-theme")
    assert visit.page.evaluate(theme) == visit.screen.theme
    visit.open()
    assert visit.page.evaluate(theme) == visit.screen.theme


def test_long_work_shows_progress_and_can_be_cancelled(visit):
    visit.open()
    visit.write("while True:\n    pass\n")
    visit.page.keyboard.press("Control+Enter")
    visit.until("document.getElementById('progress').textContent.startsWith('Running for')")
    visit.page.click("#cancel")
    visit.until("/Cancelled|Stopped/.test(document.getElementById('ending').textContent)", timeout=20_000)
    assert visit.page.is_enabled("#run")
    visit.run("print('again')\n")
    assert visit.page.text_content("#output") == "again\n"


@on(WIDE, PHONE)
def test_the_plain_editor_does_all_the_same(visit):
    visit.open("/?editor=plain")
    visit.run(COUNTERS)
    assert visit.page.text_content("#output") == "1 2 1\n"
    visit.keys("Home", "ArrowRight", "ArrowRight")
    assert visit.page.query_selector(".plain .line-now .mark.now")
    visit.show("code")
    visit.page.click(".plain [data-line='5']")
    assert visit.page.query_selector(".plain [data-line='5'] .mark.stop")
    visit.page.click(".plain textarea")
    visit.page.keyboard.press("Control+Home")
    visit.page.keyboard.press("Tab")
    assert visit.program.startswith("    def make_counter")
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate("document.activeElement.id") == "run"


@on(WIDE)
def test_everything_is_done_by_keyboard_alone(visit):
    visit.open()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.run(COUNTERS)
    seen = set()
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("Boolean(document.activeElement.closest('#editor'))") and "left" not in seen:
            visit.page.keyboard.press("Escape")
            seen.add("left")
        seen.add(visit.page.evaluate("document.activeElement.id || document.activeElement.dataset.cell || document.activeElement.getAttribute('aria-label')"))
    for wanted in ("open-lessons", "run", "split-columns", "tab-picture", "Step", "1", "2"):
        assert wanted in seen, f"{wanted} was not reached: {seen}"
    visit.page.focus("[data-cell='2']")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("[data-cell='2'][aria-pressed='true']", timeout=10_000)
    visit.page.focus("#tab-picture")
    visit.page.keyboard.press("ArrowRight")
    assert visit.page.evaluate("document.activeElement.id") == "tab-matrix"
    assert visit.page.is_visible("#matrix")
