"""Takes the pictures in docs/ from a service that is running.

    .build/browser-tests/bin/python Scripts/screenshots.py [--base URL] [--folder docs]
"""

import argparse
import os
import sys

from playwright.sync_api import sync_playwright

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Tests", "Browser"))

from visit import COUNTERS, LAMBDAS, PHONE, PHONE_LIGHT, WIDE, WIDE_DARK, Visit  # noqa: E402


def picture(visit):
    visit.open().run(COUNTERS)
    visit.page.click("[data-cell='1']")
    visit.keys("b")


def late_binding(visit):
    visit.open().run(LAMBDAS)


def matrix(visit):
    visit.open().run(LAMBDAS)
    visit.show("matrix")


def ledger(visit):
    visit.open().run(COUNTERS)
    visit.show("picture")
    visit.page.click("[data-cell='1']")
    visit.keys("b")
    visit.show("ledger")
    visit.page.wait_for_selector("#ledger .events")


def runs(visit):
    visit.open().run(COUNTERS)
    visit.write("left.__closure__[0].cell_contents")
    visit.page.click("#continue")
    visit.until("document.getElementById('output').textContent === '2'")
    visit.settle()
    visit.show("runs")


def lessons(visit):
    visit.open()
    visit.page.click("#open-lessons")
    visit.page.wait_for_selector(".card")


def lesson(visit):
    visit.open("/?lesson=late-binding")
    visit.page.click("text=Predict, then run")
    visit.page.wait_for_selector("#lesson fieldset")


def phone(visit):
    visit.open().run(LAMBDAS)
    visit.show("picture")


def phone_code(visit):
    visit.open().run(COUNTERS)
    visit.keys("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft")


VIEWS = [
    ("picture", picture, WIDE), ("late-binding", late_binding, WIDE_DARK), ("matrix", matrix, WIDE), ("ledger", ledger, WIDE),
    ("runs", runs, WIDE), ("lessons", lessons, WIDE), ("lesson", lesson, WIDE_DARK), ("phone-picture", phone, PHONE),
    ("phone-code", phone_code, PHONE_LIGHT),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="http://127.0.0.1:8080")
    parser.add_argument("--folder", default=os.path.join(HERE, "..", "docs"))
    opts = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, show, screen in VIEWS:
            visit = Visit(browser, opts.base, screen)
            show(visit)
            visit.page.wait_for_timeout(400)
            visit.page.screenshot(path=os.path.join(opts.folder, f"{name}.png"))
            visit.end()
        browser.close()


if __name__ == "__main__":
    main()
