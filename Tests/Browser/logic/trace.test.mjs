import assert from "node:assert/strict";
import { test } from "node:test";
import { faultLine, placeIn } from "../../../Public/app/logic/places.js";
import { cellSentence, narrate } from "../../../Public/app/trace/narration.js";
import { advance, beginState, tablesOf } from "../../../Public/app/trace/state.js";
import { RunStates, windowLength } from "../../../Public/app/trace/windows.js";

const int = (repr) => ({ type: "int", repr: String(repr) });
const fn = (id) => ({ type: "function", repr: `<function ${id}>`, ref: 9, function: id });

/** A counter's life as the service tells it. */
const counter = {
  run: 1, from: 1, total: 9, recorded: 9, partial: false,
  start: { step: 1, event: "line", line: 1, frame: 1, total: 9, out: 0, cells: [], functions: [],
    frames: [{ id: 1, label: "<module>", name: "<module>", kind: "module", line: 1, status: "running", locals: [] }] },
  frames: [{ id: 1, label: "<module>", kind: "module", name: "<module>" },
    { id: 2, label: "make#1", name: "make", function: "make#1", line: 1, parent: 1, kind: "call" },
    { id: 3, label: "tick#1", name: "tick", function: "tick#1", line: 3, parent: 1, kind: "call" }],
  functions: [{ id: "make#1", name: "make", line: 1 }, { id: "tick#1", name: "tick", line: 3 }],
  cells: [{ id: 1, name: "n", owner: 2, ownerLabel: "make#1" }],
  steps: [
    { line: 1 },
    { line: 7, locals: { make: fn("make#1") } },
    { event: "call", line: 1, frame: 2, cells: [{ event: "created", cell: 1, name: "n", line: 1, frame: 2,
      function: "make#1" }] },
    { line: 3, cells: [{ event: "written", cell: 1, name: "n", line: 2, frame: 2, function: "make#1", new: int(0) }] },
    { event: "return", line: 6, value: fn("tick#1"), locals: { tick: fn("tick#1") },
      cells: [{ event: "captured", cell: 1, name: "n", line: 3, frame: 2, function: "tick#1", by: "make#1",
        new: int(0) }] },
    { line: 8, frame: 1, locals: { tick: fn("tick#1") } },
    { event: "call", line: 3, frame: 3 },
    { line: 5, cells: [{ event: "written", cell: 1, name: "n", line: 4, frame: 3, function: "tick#1", old: int(0),
      new: int(1) }], out: 4 },
    { line: 9, frame: 1, locals: { make: null } },
  ],
};

function statesOf(window) {
  const states = [beginState(window.start)];
  for (const step of window.steps.slice(1)) states.push(advance(states.at(-1), step, tablesOf(window)));
  return states;
}

test("a call pushes a frame and a return takes it away at the next step", () => {
  const states = statesOf(counter);
  const labels = (step) => states[step - 1].frames.map(({ label }) => label);
  assert.deepEqual(labels(2), ["<module>"]);
  assert.deepEqual(labels(3), ["<module>", "make#1"]);
  assert.deepEqual(labels(5), ["<module>", "make#1"]);
  assert.deepEqual(labels(6), ["<module>"]);
  assert.deepEqual(states[2].frames.map(({ status }) => status), ["waiting", "running"]);
});

test("a cell is made, filled, captured and written, and stays after its frame", () => {
  const states = statesOf(counter);
  assert.equal(states[2].cells[0].empty, true);
  assert.equal(states[3].cells[0].value.repr, "0");
  assert.deepEqual(states[4].cells[0].sharedBy, ["tick#1"]);
  assert.equal(states[7].cells[0].value.repr, "1");
  assert.equal(states[7].cells[0].changedAt, 8);
  assert.deepEqual(states[7].functions.find(({ id }) => id === "tick#1").free, [{ name: "n", cell: 1 }]);
});

test("a call of a closure shows the cells that its function holds", () => {
  assert.deepEqual(statesOf(counter)[6].frames.at(-1).cells, [{ name: "n", cell: 1, own: false }]);
});

test("names appear, change and go", () => {
  const states = statesOf(counter);
  assert.deepEqual(states[5].frames[0].locals.map(({ name }) => name), ["make", "tick"]);
  assert.deepEqual(states[8].frames[0].locals.map(({ name }) => name), ["tick"]);
});

test("states are never changed by the steps after them", () => {
  const first = beginState(counter.start);
  const copy = structuredClone(first);
  let state = first;
  for (const step of counter.steps.slice(1)) {
    const before = structuredClone(state);
    const next = advance(state, step, tablesOf(counter));
    assert.deepEqual(state, before);
    state = next;
  }
  assert.deepEqual(first, copy);
});

test("a yield suspends, and a resumed call moves to the top", () => {
  const window = { start: { ...counter.start }, frames: [...counter.frames,
    { id: 4, label: "gen#1", name: "gen", kind: "generator" }], functions: [], cells: [] };
  const tables = tablesOf(window);
  let state = beginState(window.start);
  for (const step of [{ event: "call", line: 1, frame: 4 }, { event: "yield", line: 2, value: int(1) },
    { line: 3, frame: 1 }]) state = advance(state, step, tables);
  assert.deepEqual(state.frames.map(({ id, status }) => [id, status]), [[1, "running"], [4, "suspended"]]);
  state = advance(state, { event: "resume", line: 2, frame: 4 }, tables);
  assert.deepEqual(state.frames.map(({ id, status }) => [id, status]), [[1, "waiting"], [4, "running"]]);
});

test("an exception that leaves takes its frame away", () => {
  const tables = tablesOf(counter);
  let state = beginState(counter.start);
  state = advance(state, { event: "call", line: 1, frame: 2 }, tables);
  state = advance(state, { event: "exception", line: 2, value: { type: "ValueError", repr: "ValueError()" },
    leaves: true }, tables);
  assert.equal(state.frames.length, 2);
  state = advance(state, { event: "exception", line: 8, frame: 1 }, tables);
  assert.deepEqual(state.frames.map(({ id }) => id), [1]);
});

test("each step is told in a sentence that names cell, values and who is unaffected", () => {
  const states = statesOf(counter);
  assert.match(narrate(states[7]), /`tick#1` writes cell `n`: 0 → 1/);
  assert.match(narrate(states[4]), /`tick#1` is made and captures cell `n`\./);
  assert.match(narrate(states[6]), /Call `tick#1` begins\./);
  const twin = { ...states[7], cells: [...states[7].cells, { id: 2, name: "n", sharedBy: ["tick#2"] }] };
  assert.match(narrate(twin), /`tick#2` is unaffected/);
  const sharer = { ...states[7], cells: [{ ...states[7].cells[0], sharedBy: ["tick#1", "peek#1"] }] };
  assert.match(narrate(sharer), /`peek#1` will see it/);
  assert.match(narrate(states[3], ["", "", "def tick():"]), /Next is line 3: `def tick\(\):`\./);
});

test("a line of an earlier run's code is told with its run", () => {
  const [state] = statesOf(counter);
  const [frame] = state.frames;
  assert.match(narrate(state, ["x = 1"]), /^Next is line 1: `x = 1`\.$/);
  assert.match(narrate({ ...state, frames: [{ ...frame, run: 2 }] }, ["x = 1"]), /Next is line 1 of run 2: `x = 1`/);
  const read = { event: "read", cell: 4, name: "", function: "", new: int(2) };
  assert.equal(cellSentence(read, { ...state, cells: [{ id: 4, name: "n" }] }), "The program reads cell `n`: 2.");
  assert.equal(cellSentence(read, { ...state, cells: [] }), "The program reads cell `cell#4`: 2.");
  assert.deepEqual(placeIn('  File "<snippet 12>", line 3, in f'), { run: 12, line: 3 });
  assert.deepEqual(placeIn('  File "<snippet>", line 4'), { run: 1, line: 4 });
  assert.equal(placeIn('  File "/usr/lib/python3.11/random.py", line 4'), null);
  const text = 'Traceback …\n  File "<snippet 2>", line 7, in <module>\n    f()\n  File "<snippet>", line 2, in f';
  assert.equal(faultLine({ number: 2, error: { text } }), 7);
});

test("of a run of 100,000 steps only a few windows are kept, and any step is right", async () => {
  const total = 100_000;
  let fetched = 0;
  const window = (from, limit) => {
    fetched += 1;
    const steps = Array.from({ length: Math.min(limit, total - from + 1) },
      (_, index) => ({ line: ((from + index) % 7) + 1, locals: { i: int(from + index) } }));
    return Promise.resolve({ from, total, recorded: total, steps, frames: counter.frames, functions: [], cells: [],
      start: { ...counter.start, step: from, frames: [{ ...counter.start.frames[0],
        locals: [{ name: "i", value: int(from) }] }] } });
  };
  const states = await new RunStates(window, () => Promise.resolve({})).open();
  assert.equal(states.total, total);
  for (const step of [1, total, 50_000, windowLength, windowLength + 1, 3, 99_999]) {
    const state = await states.state(step);
    assert.equal(state.step, step);
    assert.equal(state.frames[0].locals[0].value.repr, String(step));
  }
  for (let step = 1; step < total; step += windowLength) await states.state(step);
  assert.ok(states.windows.size <= 12, `${states.windows.size} windows are kept`);
  assert.ok(fetched <= 210, `${fetched} windows were fetched`);
});

test("a window that cannot be read is asked for again", async () => {
  let fails = true;
  const states = new RunStates(() => (fails ? Promise.reject(new Error("no")) : Promise.resolve(counter)),
    () => Promise.resolve({}));
  await assert.rejects(states.open());
  fails = false;
  await states.open();
  assert.equal(states.total, 9);
});
