"""Drives the page in Debian's chromium: each habit and view, on a laptop's screen and on a phone's, in both themes.

    run.py [--cellar PATH] [--base URL] [--shots FOLDER] [NAME PART ...]

A test is a function `test_…` in a file beside this one. It gets a `Visit` (visit.py) and asserts. It fails as well when the
page logs an error, throws, or asks another host for anything. The last line is 'N passed, N failed'.
"""

import argparse
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

from playwright.sync_api import sync_playwright

from visit import PHONE, WIDE, Visit

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = ["habits", "views", "lessons", "sessions", "access", "limits"]


class Service:
    """The built program with a store of its own, on a port that the system chose."""

    def __init__(self, cellar):
        self.folder = tempfile.mkdtemp(prefix="cellar-browser-")
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [cellar, "serve", "--port", "0", "--data", os.path.join(self.folder, "data")],
            cwd=os.path.join(HERE, "..", ".."), stdout=self.log, stderr=subprocess.STDOUT,
        )
        self.base = self.wait()

    def wait(self):
        for _ in range(300):
            with open(self.log.name, encoding="utf-8") as log:
                found = re.search(r"http://\S+:\d+", log.read())
            if found:
                urllib.request.urlopen(found[0] + "/healthz").read()
                return found[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        with open(self.log.name, encoding="utf-8") as log:
            sys.exit(f"run.py: the service did not start:\n{log.read()}")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.log.close()
        shutil.rmtree(self.folder)


def tests(parts):
    for name in MODULES:
        module = importlib.import_module(name)
        for function, test in list(vars(module).items()):
            if function.startswith("test_") and (not parts or any(part in f"{name}.{function}" for part in parts)):
                yield name, function, test


def fault_of(error):
    """Where the test stood, and what was wrong."""
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if os.path.dirname(frame.filename) == HERE]
    return f"line {places[-2 if len(places) > 2 else -1].lineno}: {str(error)[:600]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cellar", default=os.path.join(HERE, "..", "..", ".build", "release", "cellar"))
    parser.add_argument("--base", help="a service that is running already")
    parser.add_argument("--shots", help="keep a picture of the page as each failed test left it")
    parser.add_argument("parts", nargs="*", help="only the tests whose names contain one of these")
    opts = parser.parse_args()
    service = None if opts.base else Service(os.path.abspath(opts.cellar))
    base = opts.base or service.base
    passed = failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, function, test in tests(opts.parts):
            for screen in getattr(test, "screens", [WIDE, PHONE]):
                visit = Visit(browser, base, screen)
                try:
                    test(visit)
                    visit.check_quiet()
                    passed += 1
                except Exception as error:
                    failed += 1
                    print(f"{name}.{function} ({screen.name}): {fault_of(error)}", flush=True)
                    if opts.shots:
                        os.makedirs(opts.shots, exist_ok=True)
                        visit.page.screenshot(path=os.path.join(opts.shots, f"{function}-{screen.name}.png"))
                finally:
                    visit.end()
        browser.close()
    if service:
        service.end()
    print(f"browser: {passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
