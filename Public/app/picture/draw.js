/** Draws a laid-out picture as SVG. Cells can be chosen with a click, or with Tab and Enter. */
import { fill, h, s } from "../dom.js";
import { fitting, layOut, pathThrough, rowMiddle, sizes } from "./layout.js";
import { pictureOf } from "./model.js";

const clip = (text, length) => (text.length > length ? text.slice(0, Math.max(1, length - 1)) + "…" : text);

/** The view that shows a state; `onCell` is told which cell was chosen. */
export class Picture {
  constructor(place, onCell) {
    this.place = place;
    this.onCell = onCell;
    this.memory = new Map();
  }

  /** Forgets where things lay: another run begins. */
  reset() {
    this.memory = new Map();
    fill(this.place, h("p", { class: "empty" }, "Frames, functions and cells appear here when a program has run."));
  }

  show(state, selected) {
    const picture = pictureOf(state);
    const isNarrow = this.place.clientWidth < 560;
    if (isNarrow !== this.isNarrow) this.memory = new Map();
    this.isNarrow = isNarrow;
    const { nodes, edges, width, height } = layOut(picture, this.memory, isNarrow);
    const focused = document.activeElement?.closest?.("[data-cell]")?.dataset.cell;
    const group = s("g", {},
      s("defs", {}, marker()),
      edges.filter((edge) => edge.cell !== selected).map((edge) => this.edge(edge, nodes, selected)),
      edges.filter((edge) => edge.cell === selected).map((edge) => this.edge(edge, nodes, selected)),
      nodes.map((node) => this.node(node, selected)));
    const scale = Math.min(1.15, Math.max(0.8, (this.place.clientWidth - 4) / width));
    const svg = s("svg", {
      viewBox: `0 0 ${width} ${height}`, width: Math.floor(width * scale), height: Math.floor(height * scale),
        role: "group",
      "aria-label": `Environment at step ${state.step}`, class: selected ? "chosen" : "",
    }, group);
    const note = picture.left
      ? h("p", { class: "small" }, `${picture.left} more functions and cells are not drawn; the matrix lists them.`)
      : null;
    fill(this.place, svg, note, wordsFor(state));
    if (focused) this.place.querySelector(`[data-cell="${focused}"]`)?.focus({ preventScroll: true });
  }

  edge(edge, nodes, selected) {
    const target = nodes.find(({ key }) => key === edge.to);
    const classes = ["edge", edge.kind, target.hue, edge.cell !== undefined && edge.cell === selected ? "selected"
      : ""];
    return s("path", { d: pathThrough(edge.points), class: classes.join(" "), "marker-end": "url(#arrow)" });
  }

  node(node, selected) {
    const flags = ["running", "suspended", "gone", "wrote", "read", "changed", "retained",
      "empty"].filter((flag) => node[flag]);
    const isCell = node.kind === "cell";
    const choose = () => this.onCell(node.cell);
    return s("g", {
      class: ["node", node.kind, node.hue, ...flags, isCell && node.cell === selected ? "selected" : ""].join(" "),
      "data-key": node.key,
      transform: `translate(${node.x} ${node.y})`,
      ...(isCell && {
        tabindex: 0, role: "button", "data-cell": node.cell, "aria-pressed": String(node.cell === selected),
        "aria-label": `Cell ${node.title}, ${node.note}, ${node.empty ? "empty" : node.rows[0]?.text || "an object"}`,
        onclick: choose,
        onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } },
      }),
    },
    s("title", {}, [node.title, node.note, ...node.rows.map(({ name, text }) => `${name} ${text}`.trim())].join("\n")),
    s("rect", { class: "box", width: node.width, height: node.height, rx: isCell ? 10 : 6 }),
    s("text", { class: "title", x: 11, y: 18 }, clip(node.title,
      Math.floor((node.width - 22) / 7.6) - (node.note ? node.note.length + 1 : 0))),
    s("text", { class: "note", x: node.width - 10, y: 17 }, node.note),
    node.rows.map((row, index) => this.row(node, row, index)),
    node.foot ? s("text", { class: "foot", x: 11, y: node.height - 7 },
      clip(node.foot, Math.floor((node.width - 16) / 6.4))) : null);
  }

  row(node, row, index) {
    const middle = rowMiddle(index);
    return s("g", { class: ["row", row.changed ? "changed" : "", row.special ? "special" : "",
      row.faint ? "faint" : "", row.hue ?? ""].join(" ") },
      row.changed ? s("rect", { class: "light", x: 4, y: middle - sizes.row / 2 + 1, width: node.width - 8,
        height: sizes.row - 2, rx: 4 }) : null,
      row.name ? s("text", { class: "name", x: 11, y: middle + 4.5 }, clip(row.name, 24)) : null,
      row.text ? s("text", { class: "value", x: row.name ? node.width - 10 : 11, y: middle + 4.5,
        "text-anchor": row.name ? "end" : "start" },
        clip(row.text, fitting(node, row))) : null,
      row.points ? s("circle", { class: "port", cx: node.width - 11, cy: middle, r: 3.5 }) : null);
  }
}

function marker() {
  return s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse",
    orient: "auto-start-reverse" },
    s("path", { d: "M0 0L8 4L0 8Z", fill: "context-stroke" }));
}

/** The picture in words, for those who do not see it. */
function wordsFor(state) {
  const cells = state.cells.filter(({ status }) => status !== "freed");
  const value = (cell) => (cell.empty ? "is empty" : `holds ${cell.value?.function ?? cell.value?.repr ?? "nothing"}`);
  const sharers = (cell) => (cell.sharedBy?.length ? `captured by ${cell.sharedBy.slice(0, 8).join(", ")}`
    : "captured by no function");
  return h("ul", { class: "words", "aria-label": "The picture in words" },
    state.frames.map((frame) => h("li", {}, `Call ${frame.label}, ${frame.status}, line ${frame.line}.`)),
    cells.map((cell) => h("li", {}, `Cell ${cell.name}, ${cell.label ?? ""}, ${value(cell)}, ${sharers(cell)}.`)));
}
