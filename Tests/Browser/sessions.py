"""Sessions, their runs, sharing and embedding."""

import re

from visit import COUNTERS, WIDE, on


def test_a_session_goes_on_where_it_was(visit):
    visit.open().run("x = 20\n")
    visit.write("print(x + 1)\n")
    visit.show("code")
    visit.page.click("#continue")
    visit.until("document.getElementById('output').textContent === '21\\n'")
    visit.settle()
    visit.show("runs")
    assert visit.page.locator(".transcript li").count() == 2


def test_run_begins_anew(visit):
    visit.open().run("x = 20\n")
    visit.run("print('x' in globals())\n")
    assert visit.page.text_content("#output") == "False\n"


def test_the_transcript_shows_edits_and_forks(visit):
    visit.open().run("print('one')\n")
    visit.run("print('two')\n")
    session = re.search(r"session=([\w-]+)", visit.page.url)[1]
    visit.show("runs")
    visit.page.locator(".transcript li").nth(0).get_by_role("button", name="Show").click()
    visit.until("document.getElementById('output').textContent === 'one\\n'")
    visit.show("runs")
    visit.page.locator(".transcript li").nth(0).get_by_role("button", name="Fork here").click()
    visit.until("session => !location.search.includes(session)", arg=session)
    visit.settle()
    assert "a fork" in visit.page.text_content("#where")
    assert visit.page.locator(".transcript li").count() == 1


def test_sessions_are_found_renamed_and_deleted(visit):
    mark = f"mark{visit.screen.width}"
    visit.open().run(f"print('{mark}')\n")
    visit.page.click("#open-sessions")
    visit.page.fill("dialog input[type=search]", mark)
    visit.page.keyboard.press("Enter")
    visit.until("document.querySelectorAll('.session').length === 1")
    visit.page.click(".session >> text=Rename")
    visit.page.fill(".session input", "A name")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(".session a:has-text('A name')")
    assert visit.page.text_content("#where") == "A name"
    with visit.page.expect_download() as download:
        visit.page.click(".session >> text=Export")
    assert mark in open(download.value.path(), encoding="utf-8").read()
    visit.page.click(".session >> text=Delete")
    visit.page.click(".session >> text=Delete for good?")
    visit.page.wait_for_selector(".session", state="detached")
    assert visit.page.text_content("#where") == ""


def test_sessions_are_found_by_what_they_captured(visit):
    name = f"captured{visit.screen.width}"
    visit.open().run(f"def f({name}):\n    return lambda: {name}\ng = f(1)\n")
    visit.page.click("#open-sessions")
    visit.page.fill("dialog input[name=cell]", name)
    visit.page.keyboard.press("Enter")
    visit.until("document.querySelectorAll('.session').length === 1")


def test_a_program_is_shared_at_a_step(visit):
    visit.open().run(COUNTERS)
    visit.keys("Home", "ArrowRight", "ArrowRight", "ArrowRight")
    visit.page.keyboard.press("Control+s")
    visit.page.wait_for_selector("dialog input[value*='/p/']")
    link = visit.page.input_value("dialog input[value*='/p/']")
    assert link.endswith("?step=4"), link
    visit.page.goto(link)
    visit.page.wait_for_selector("html[data-ready]")
    assert visit.program == COUNTERS
    assert visit.page.text_content("#output") == "1 2 1\n"
    visit.run()
    assert visit.step == 4


@on(WIDE)
def test_a_program_is_embedded_in_another_page(visit):
    visit.open().run(COUNTERS)
    visit.page.keyboard.press("Control+s")
    visit.page.wait_for_selector("dialog input[value*='<iframe']")
    frame = visit.page.input_value("dialog input[value*='<iframe']")
    page = visit.context.new_page()
    blog = visit.base + "/somebodys-page"
    page.route(blog, lambda route: route.fulfill(content_type="text/html", body=f"<h1>Closures</h1>{frame}"))
    page.goto(blog)
    inner = page.frame_locator("iframe")
    inner.locator("#run").click()
    inner.locator("#output", has_text="1 2 1").wait_for()


def test_a_session_that_is_gone_is_said_in_a_sentence(visit):
    visit.open("/?session=AAAAAAAAAAAAAAAAAAAAAA")
    assert "does not exist" in visit.page.text_content("#ending")
    visit.faults = [fault for fault in visit.faults if "404" not in fault]
