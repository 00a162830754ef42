"""The lessons: the gallery, the badges, the quiz, and reading them without JavaScript."""

from visit import PHONE, WIDE, Visit, on


def open_lesson(visit, words):
    visit.page.click("#open-lessons")
    visit.page.click(f".card:has-text('{words}')")
    visit.page.wait_for_selector("#lesson h2")


def test_the_gallery_is_by_question_and_can_be_searched(visit):
    visit.open()
    visit.page.click("#open-lessons")
    visit.page.wait_for_selector(".card")
    everything = visit.page.locator(".card").count()
    assert everything > 60
    visit.page.fill("dialog input[type=search]", "lambdas")
    assert 0 < visit.page.locator(".card").count() < 10
    visit.page.fill("dialog input[type=search]", "")
    visit.page.select_option("dialog select", "fails")
    assert set(visit.page.locator(".card .badge").all_text_contents()) == {"does not hold"}


def test_a_lesson_brings_its_program_and_its_badge(visit):
    visit.open()
    open_lesson(visit, "Must the outer function return")
    assert "shelf" in visit.program
    assert visit.text("#lesson .badge") == "does not hold"
    assert "lesson=not-returned" in visit.page.url
    visit.page.reload()
    visit.page.wait_for_selector("#lesson h2")
    assert "shelf" in visit.program


def test_predict_then_run(visit):
    visit.open()
    open_lesson(visit, "Why do all my lambdas return")
    visit.page.click("text=Predict, then run")
    visit.page.wait_for_selector("#lesson fieldset")
    assert visit.page.text_content("#output") == "", "the output must not be seen before the answer"
    groups = visit.page.locator("#lesson fieldset")
    for index in range(groups.count()):
        radios = groups.nth(index).locator("input[type=radio]")
        if radios.count():
            radios.nth(0).check()
        else:
            groups.nth(index).locator("input").fill("True")
    visit.page.click("text=Check and run")
    visit.until("/\\d of \\d right/.test(document.getElementById('lesson').textContent)")
    assert visit.page.text_content("#output") == "[2, 2, 2]\nTrue\n"
    assert visit.page.locator("#lesson .right, #lesson .wrong").count() == groups.count()


def test_lessons_are_read_without_javascript(visit):
    page = visit.context.browser.new_context(java_script_enabled=False, viewport={"width": visit.screen.width, "height": 800}).new_page()
    page.goto(visit.base + "/lessons")
    assert page.locator("article").count() > 60
    assert page.locator("article .badge").count() > 30
    assert "does not hold" in page.inner_text("#not-returned")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


@on(WIDE, PHONE)
def test_a_lessons_page_leads_to_the_playground(visit):
    visit.page.goto(visit.base + "/lessons")
    visit.page.click("#late-binding a")
    visit.page.wait_for_selector("#lesson h2")
    assert "lambda: i" in visit.program
