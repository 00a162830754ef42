"""Whether everybody can use it: axe's rules on every view, and nothing cut or overlapping."""

import glob
import os
import sys

from visit import COUNTERS, PHONE, PHONE_LIGHT, WIDE, WIDE_DARK, on

ALL = (WIDE, WIDE_DARK, PHONE, PHONE_LIGHT)


def axe_source():
    """The rules, as the PyPI package axe-playwright-python carries them."""
    for folder in sys.path:
        for path in glob.glob(os.path.join(folder, "axe_playwright_python", "**", "axe*.js"), recursive=True):
            return path
    raise AssertionError("axe is not installed")


def check(visit, view):
    visit.page.evaluate("() => window.axe || undefined") or visit.page.evaluate(open(axe_source(), encoding="utf-8").read())
    found = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    grave = [
        f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in found if each["impact"] in ("serious", "critical")
    ]
    assert not grave, f"{view}: {grave}"
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{view} is wider than the screen"


@on(*ALL)
def test_axe_finds_nothing_grave_in_any_view(visit):
    visit.open()
    check(visit, "empty page")
    visit.run(COUNTERS + "print(undefined)\n")
    visit.show("picture")
    visit.page.click("[data-cell='1']")
    for view in ("code", "result", "picture", "matrix", "ledger", "runs"):
        visit.show(view)
        check(visit, view)
    for button in ("open-lessons", "open-sessions", "open-share", "open-keys"):
        visit.page.click(f"#{button}")
        visit.page.wait_for_timeout(400)
        check(visit, button)
        visit.page.keyboard.press("Escape")
    visit.page.goto(visit.base + "/?lesson=late-binding")
    visit.page.wait_for_selector("#lesson h2")
    check(visit, "lesson")
    visit.page.goto(visit.base + "/lessons")
    check(visit, "the lessons' page")


@on(*ALL)
def test_words_and_lines_can_be_told_from_their_ground(visit):
    """Contrast of the picture's texts, which axe does not look at: 4.5 to 1."""
    visit.open().run(COUNTERS)
    visit.show("picture")
    ratios = visit.page.evaluate("""() => {
      const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      const rgb = (colour) => { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
      const light = (colour) => { const [r, g, b] = rgb(colour).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const ground = getComputedStyle(document.getElementById('picture')).backgroundColor;
      return [...document.querySelectorAll('#picture text')].filter((text) => text.textContent).map((text) => {
        const box = text.closest('.node').querySelector('.box');
        const fill = getComputedStyle(box).fill;
        const [one, other] = [light(getComputedStyle(text).fill), light(fill === 'none' ? ground : fill)].sort((a, b) => b - a);
        return [text.textContent, (one + 0.05) / (other + 0.05)];
      });
    }""")
    assert ratios
    low = [entry for entry in ratios if entry[1] < 4.5]
    assert not low, low


@on(*ALL)
def test_no_control_is_cut_or_covered(visit):
    visit.open().run(COUNTERS)
    for view in ("code", "result", "picture"):
        visit.show(view)
        cut = visit.page.evaluate("""() => [...document.querySelectorAll('button, input, .tabs, output')].filter((element) => {
          const box = element.getBoundingClientRect();
          if (!box.width || !element.checkVisibility() || element.closest('.CodeMirror, .panel, .output, dialog')) return false;
          return box.left < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || element.scrollWidth > element.clientWidth + 2 && element.tagName === 'BUTTON';
        }).map((element) => element.outerHTML.slice(0, 100))""")
        assert not cut, f"{view}: {cut}"
