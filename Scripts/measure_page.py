"""What the page costs: its first load, moves of the slider in a run of 100,000 steps, and minutes of stepping through it.

    .build/browser-tests/bin/python Scripts/measure_page.py [--base URL] [--minutes 5]

The service must be running. `moved` is from the slider's event to the picture of that step; one in ten moves is a jump, the others
are single steps. Growth is told by the bytes of the heap after a collection, and by nodes and listeners, as Chromium counts them.
"""

import argparse
import os
import sys
import time

from playwright.sync_api import sync_playwright

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Tests", "Browser"))

from limits import LONG  # noqa: E402
from visit import WIDE, Visit  # noqa: E402

WALK = """async ([from, seconds]) => {
  const slider = document.querySelector('.stepper input[type=range]');
  const until = performance.now() + seconds * 1000;
  const times = [];
  let step = from;
  for (let move = 1; performance.now() < until; move++) {
    step = move % 10 ? step % 100000 + 1 : (step * 48271) % 100000 + 1;
    const began = performance.now();
    slider.value = step;
    slider.dispatchEvent(new Event('input'));
    const shown = `Environment at step ${step}`;
    while (document.querySelector('#picture svg').getAttribute('aria-label') !== shown) await new Promise(requestAnimationFrame);
    times.push(performance.now() - began);
    if (move % 5 === 0) await new Promise((resume) => setTimeout(resume, 60));
  }
  return { step, times: times.sort((one, other) => one - other) };
}"""


def first_load(browser, base):
    visit = Visit(browser, base, WIDE)
    session = visit.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    visit.open()
    visit.page.wait_for_load_state("networkidle")
    print(f"first load: {len(received)} files, {sum(received) / 1000:.0f} KB transferred")
    visit.end()


def figures(session):
    session.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return found["JSHeapUsedSize"] / 2**20, int(found["Nodes"]), int(found["JSEventListeners"])


def stepping(browser, base, minutes):
    visit = Visit(browser, base, WIDE)
    visit.open().run(LONG)
    session = visit.context.new_cdp_session(visit.page)
    session.send("Performance.enable")
    print(f"{'minutes':>8} {'moves':>7} {'moved, median':>14} {'99 %':>8} {'longest':>8} {'heap':>9} {'nodes':>7} {'listeners':>9}")
    step, moves, began = 1, 0, time.monotonic()
    for turn in range(2 * minutes + 1):
        seconds = 5 if turn == 0 else 30
        walked = visit.page.evaluate(WALK, [step, seconds])
        step, times = walked["step"], walked["times"]
        moves += len(times)
        heap, nodes, listeners = figures(session)
        median, most = times[len(times) // 2], times[len(times) * 99 // 100]
        print(f"{(time.monotonic() - began) / 60:8.1f} {moves:7} {median:11.0f} ms {most:5.0f} ms {times[-1]:5.0f} ms "
              f"{heap:5.1f} MiB {nodes:7} {listeners:9}", flush=True)
    visit.check_quiet()
    visit.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="http://127.0.0.1:8080")
    parser.add_argument("--minutes", type=int, default=5)
    opts = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        first_load(browser, opts.base)
        stepping(browser, opts.base, opts.minutes)
        browser.close()


if __name__ == "__main__":
    main()
