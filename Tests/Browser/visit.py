"""A person's visit of the page: what one does there, by what one sees."""

import time
from dataclasses import dataclass
from urllib.parse import urlparse


@dataclass(frozen=True)
class Screen:
    """A size and a theme."""

    name: str
    width: int
    height: int
    theme: str

    @property
    def is_phone(self):
        return self.width < 820


WIDE = Screen("wide, light", 1280, 800, "light")
PHONE = Screen("phone, dark", 390, 844, "dark")
WIDE_DARK = Screen("wide, dark", 1280, 800, "dark")
PHONE_LIGHT = Screen("phone, light", 390, 844, "light")

COUNTERS = """def make_counter():
    count = 0
    def counter():
        nonlocal count
        count += 1
        return count
    return counter
left, right = make_counter(), make_counter()
print(left(), left(), right())
"""
LAMBDAS = """def make():
    fs = []
    for i in range(3):
        fs.append(lambda: i)
    return fs
fs = make()
print([f() for f in fs])
"""


def on(*screens):
    """Says on which screens a test runs."""

    def mark(test):
        test.screens = list(screens)
        return test

    return mark


class Visit:
    """A fresh browser profile on one screen."""

    def __init__(self, browser, base, screen, **options):
        self.base, self.screen = base, screen
        self.context = browser.new_context(
            viewport={"width": screen.width, "height": screen.height}, color_scheme=screen.theme,
            reduced_motion="reduce", permissions=["clipboard-write"], **options,
        )
        self.context.set_default_timeout(10_000)
        self.faults = []
        self.requests = []
        self.bytes = 0
        self.page = self.context.new_page()
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def end(self):
        self.context.close()

    def check_quiet(self):
        """No console error, nothing thrown, no request off the host."""
        assert not self.faults, f"the page complained: {self.faults}"
        host = urlparse(self.base).netloc
        foreign = [url for url in self.requests if urlparse(url).scheme != "data" and urlparse(url).netloc != host]
        assert not foreign, f"other hosts were asked: {foreign}"

    def open(self, path="/"):
        self.page.goto(self.base + path)
        self.page.wait_for_selector("html[data-ready]")
        self.until("Boolean(document.querySelector('.CodeMirror')) || location.search.includes('editor=plain')")
        return self

    def write(self, code):
        """Replaces the program."""
        if self.page.query_selector(".CodeMirror"):
            self.page.evaluate("code => document.querySelector('.CodeMirror').CodeMirror.setValue(code)", code)
        else:
            self.page.fill(".plain textarea", code)

    @property
    def program(self):
        return self.page.evaluate(
            "() => document.querySelector('.CodeMirror')?.CodeMirror.getValue() ?? document.querySelector('.plain textarea').value"
        )

    def run(self, code=None):
        """Runs a program and waits until its steps can be looked at."""
        if code is not None:
            self.write(code)
        self.page.keyboard.press("Control+Enter")
        self.until("document.getElementById('ending').textContent.match(/steps?/) || document.querySelector('#ending .bad')", timeout=60_000)
        self.settle()
        return self

    def settle(self):
        """Waits for the drawing of what was asked for last."""
        self.until("!document.getElementById('run').disabled")
        self.page.wait_for_timeout(200)

    def until(self, expression, arg=None, timeout=10_000):
        """Waits until an expression holds. Playwright's own way needs `eval`, which the page's policy forbids."""
        end = time.monotonic() + timeout / 1000
        while not self.page.evaluate(expression, arg):
            assert time.monotonic() < end, f"it did not come true that {expression}"
            self.page.wait_for_timeout(50)

    def show(self, name):
        """Shows a view, as one does on this screen."""
        if self.screen.is_phone:
            if name == "runs":
                self.leave_editor()
                self.page.keyboard.press("4")
            else:
                self.page.click(f".places [data-show={name}]")
        elif name not in ("code", "result"):
            self.page.click(f"#tab-{name}")
        self.page.wait_for_timeout(100)

    def leave_editor(self):
        self.page.evaluate("document.activeElement.blur()")

    def keys(self, *names):
        self.leave_editor()
        for name in names:
            self.page.keyboard.press(name)
            self.page.wait_for_timeout(60)
        self.page.wait_for_timeout(120)

    def text(self, selector):
        return self.page.inner_text(selector)

    @property
    def step(self):
        return int(self.page.input_value(".stepper input[type=range]"))

    @property
    def total(self):
        return int(self.page.get_attribute(".stepper input[type=range]", "max"))

    @property
    def narration(self):
        return self.page.text_content("#narration")
