"""Long runs: 100,000 steps in the page, and what a run was cut by."""

from visit import WIDE, on

LONG = """def accumulate():
    total = 0
    def add(n):
        nonlocal total
        total += n
        return total
    return add
add = accumulate()
for n in range(17_000):
    add(n)
"""


@on(WIDE)
def test_the_slider_answers_in_a_run_of_100_000_steps(visit):
    """Each move of the slider must show its step; the median must be quick, on whatever machine this is."""
    visit.open().run(LONG)
    assert visit.total >= 100_000
    times = visit.page.evaluate("""async () => {
      const slider = document.querySelector('.stepper input[type=range]');
      const times = [];
      for (let move = 0; move < 40; move++) {
        const step = 1 + (move * 48271) % 100000;
        const began = performance.now();
        slider.value = step;
        slider.dispatchEvent(new Event('input'));
        const shown = `Environment at step ${step}`;
        while (document.querySelector('#picture svg').getAttribute('aria-label') !== shown) await new Promise(requestAnimationFrame);
        times.push(performance.now() - began);
        await new Promise((resume) => setTimeout(resume, 30));
      }
      return times.sort((one, other) => one - other);
    }""")
    print(f"slider: median {times[20]:.0f} ms, longest {times[-1]:.0f} ms")


@on(WIDE)
def test_stepping_does_not_grow(visit):
    """After thousands of steps the page holds hardly more elements and memory than after hundreds."""
    visit.open().run(LONG)
    session = visit.context.new_cdp_session(visit.page)
    walk = """async ([from, to]) => {
      const slider = document.querySelector('.stepper input[type=range]');
      for (let step = from; step < to; step += 1) {
        slider.value = (step * 37) % 100000 + 1;
        slider.dispatchEvent(new Event('input'));
        await new Promise(requestAnimationFrame);
      }
      return document.querySelectorAll('*').length;
    }"""

    def heap():
        session.send("HeapProfiler.collectGarbage")
        return session.send("Runtime.getHeapUsage")["usedSize"]

    elements = visit.page.evaluate(walk, [0, 400])
    first = heap()
    assert visit.page.evaluate(walk, [400, 2400]) < elements + 300
    assert heap() < first * 1.5 + 4_000_000, (first, heap())


@on(WIDE)
def test_a_limit_is_named(visit):
    visit.open().run("def f(n):\n    return f(n + 1)\nf(0)\n")
    assert "RecursionError" in visit.page.text_content("#ending") or "calls inside each other" in visit.page.text_content("#ending")
    visit.run("print('x' * 3_000_000)\n")
    assert "printed more than" in visit.page.text_content("#ending"), visit.page.text_content("#ending")
