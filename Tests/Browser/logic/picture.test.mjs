import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut, pathThrough } from "../../../Public/app/picture/layout.js";
import { hueOf, pictureOf } from "../../../Public/app/picture/model.js";

const int = (repr) => ({ type: "int", repr: String(repr) });
const fn = (id) => ({ type: "function", repr: id, function: id });

/** A factory's call that is over, `count` closures over `cells` cells, and a list of the closures. */
function shared(count, cells) {
  const ids = Array.from({ length: count }, (_, index) => `look#${index + 1}`);
  return {
    step: 5, event: "line", frame: 1, line: 9, changes: { cells: [], names: [] },
    frames: [{ id: 1, label: "<module>", kind: "module", status: "running", line: 9, cells: [],
      locals: [{ name: "all", value: { type: "list", repr: "[…]", ref: 77 } }] }],
    functions: ids.map((id, index) => ({ id, line: 3, free: [{ name: "i", cell: (index % cells) + 1 }] })),
    cells: Array.from({ length: cells }, (_, index) => ({ id: index + 1, name: "i", owner: 2, ownerLabel: "make#1",
      value: int(index), empty: false, status: "retained", sharedBy: [] })),
    objects: { 77: { ref: 77, type: "list", length: count, items: ids.map(fn) } },
  };
}

const overlap = (one, other) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y
    + one.height;

for (const isNarrow of [false, true]) {
  const name = isNarrow ? "narrow" : "wide";

  test(`nothing overlaps in a ${name} picture`, () => {
    for (const [count, cells] of [[1, 1], [3, 1], [3, 3], [7, 2], [20, 20]]) {
      const { nodes, width, height } = layOut(pictureOf(shared(count, cells)), new Map(), isNarrow);
      for (const [index, one] of nodes.entries()) {
        for (const other of nodes.slice(index + 1)) assert.ok(!overlap(one, other), `${one.key} and ${other.key}`);
        assert.ok(one.x + one.width <= width && one.y + one.height <= height, `${one.key} is cut`);
      }
    }
  });

  test(`no arrow of a ${name} picture runs through a box that it does not belong to`, () => {
    const { nodes, edges } = layOut(pictureOf(shared(5, 2)), new Map(), isNarrow);
    for (const edge of edges) {
      edge.points.slice(1).forEach(([x, y], index) => {
        const [fromX, fromY] = edge.points[index];
        const line = { x: Math.min(x, fromX), y: Math.min(y, fromY), width: Math.abs(x - fromX) || 0.1,
          height: Math.abs(y - fromY) || 0.1 };
        for (const node of nodes) {
          if (node.key === edge.from || node.key === edge.to) continue;
          assert.ok(!overlap(line, node), `${edge.from} → ${edge.to} runs through ${node.key}`);
        }
      });
    }
  });
}

test("functions that share a cell point at one box; those that do not, at two", () => {
  const targets = (state) => new Set(pictureOf(state).edges.filter(({ kind, from }) => kind === "cell"
    && from.startsWith("function")).map(({ to }) => to));
  assert.equal(targets(shared(3, 1)).size, 1);
  assert.equal(targets(shared(3, 3)).size, 3);
});

test("every arrow begins at its row and ends at its target", () => {
  const { nodes, edges } = layOut(pictureOf(shared(4, 2)));
  const at = (key) => nodes.find((node) => node.key === key);
  for (const edge of edges) {
    const from = at(edge.from), to = at(edge.to);
    const [startX, startY] = edge.points[0], [endX, endY] = edge.points.at(-1);
    assert.ok(startX === from.x || startX === from.x + from.width);
    assert.ok(startY > from.y && startY < from.y + from.height);
    assert.ok(endX === to.x || endX === to.x + to.width);
    assert.ok(endY > to.y && endY < to.y + to.height);
    for (const [index, [x, y]] of edge.points.slice(1).entries())
      assert.ok(x === edge.points[index][0] || y === edge.points[index][1], "right angles");
  }
});

test("what was drawn stays where it was when something is added below it", () => {
  const memory = new Map();
  const before = layOut(pictureOf(shared(3, 2)), memory);
  const after = layOut(pictureOf(shared(6, 2)), memory);
  for (const node of before.nodes) assert.equal(after.nodes.find(({ key }) => key === node.key).y, node.y, node.key);
});

test("what was drawn stays where it was when something above it goes", () => {
  const memory = new Map();
  const state = shared(4, 4);
  const before = layOut(pictureOf(state), memory);
  const after = layOut(pictureOf({ ...state, functions: state.functions.slice(1) }), memory);
  for (const node of after.nodes) assert.equal(before.nodes.find(({ key }) => key === node.key).y, node.y, node.key);
});

test("a call that is over is drawn as long as its cells are kept", () => {
  const owner = (state) => pictureOf(state).nodes.find(({ key }) => key === "frame:2");
  const state = shared(2, 1);
  assert.equal(owner(state).gone, true);
  assert.equal(owner({ ...state, cells: state.cells.map((cell) => ({ ...cell, status: "freed" })) }), undefined);
});

test("deep recursion draws the module, the last calls, and how many are between", () => {
  const state = shared(1, 1);
  const calls = Array.from({ length: 500 }, (_, index) => ({ id: index + 10, label: `f#${index}`, kind: "call",
    status: "waiting", line: 1, locals: [], cells: [] }));
  const frames = pictureOf({ ...state, frames: [...state.frames, ...calls] })
    .nodes.filter(({ kind }) => kind === "frame");
  assert.ok(frames.length < 15);
  assert.ok(frames.some(({ title }) => title === "491 more calls"));
  assert.equal(frames.at(-1).title, "f#499");
});

test("a cell has one colour wherever it is seen", () => {
  assert.equal(hueOf(1), hueOf(9));
  assert.notEqual(hueOf(1), hueOf(2));
});

test("a path passes its corners round", () => {
  assert.equal(pathThrough([[0, 0], [10, 0], [10, 20]], 4), "M0 0L6 0Q10 0 10 4L10 20");
});
