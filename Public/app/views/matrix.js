/** The sharing matrix: functions × cells at the step that is looked at. */
import { byId, fill, h } from "../dom.js";
import { counted } from "../logic/words.js";
import { hueOf } from "../picture/model.js";

/** The matrix of a state: functions that hold cells, and the cells that they hold. */
export function matrixOf(state) {
  const functions = state.functions.filter(({ free }) => free?.length);
  const held = new Set(functions.flatMap(({ free }) => free.map(({ cell }) => cell)));
  const cells = state.cells.filter(({ id }) => held.has(id));
  return { functions, cells, sentence: sentenceOf(functions, cells) };
}

function sentenceOf(functions, cells) {
  if (!functions.length) return "No function has captured anything.";
  const shared = cells.filter(({ id }) => functions.filter(({ free }) => free.some(({ cell }) => cell === id))
    .length > 1);
  const start = `${counted(functions.length, "function")}, ${counted(cells.length, "cell")}`;
  if (!shared.length) return `${start}: nothing is shared.`;
  return `${start}: ${shared.length === 1 ? `\`${shared[0].name}\` is` : `${shared.length} cells are`} shared.`;
}

export function mountMatrix(desk) {
  const place = byId("matrix");
  const show = () => {
    if (place.hidden) return;
    if (!desk.state) return fill(place, h("p", { class: "empty" },
      "Which function holds which cell is shown here when a program has run."));
    const { functions, cells, sentence } = matrixOf(desk.state);
    const table = functions.length ? h("table", {},
      h("caption", { class: "words" }, "Functions and the cells that they hold"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Function"),
        cells.map((cell) => h("th", { scope: "col" }, cellButton(cell, desk))))),
      h("tbody", {}, functions.map((fn) => h("tr", {},
        h("th", { scope: "row" }, fn.id, h("small", {}, fn.line ? `  ${fn.run ? `run ${fn.run}, ` : ""}line ${fn.line}` : "")),
        cells.map((cell) => {
          const holds = fn.free.some((free) => free.cell === cell.id);
          return h("td", { class: hueOf(cell.id) }, holds ? [h("span", { class: "dot", "aria-hidden": "true" }),
            h("span", { class: "words" }, "holds")] : null);
        }))))) : null;
    fill(place, h("div", { class: "matrix" }, h("p", { class: "sentence" }, sentence.replaceAll("`", "")), table));
  };
  desk.on("step run cell", show);
  addEventListener("tab", show);
}

/** A cell's name as a button that chooses it. */
export function cellButton(cell, desk) {
  return h("button", {
    type: "button", class: hueOf(cell.id), "aria-pressed": String(desk.cell === cell.id),
      onclick: () => desk.chooseCell(cell.id),
  }, cell.name, h("small", {}, `cell#${cell.id}`));
}
