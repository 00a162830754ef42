/** The ledger of the chosen cell: everything that happened to it; each row leads to its step. */
import { byId, fill, h, notify } from "../dom.js";
import { grouped } from "../logic/words.js";
import { sizeOf } from "../logic/ending.js";
import { api } from "../service/api.js";
import { cellButton } from "./matrix.js";

const mostRows = 1000;

export function mountLedger(desk, { openRun }) {
  const place = byId("ledger");
  let known = { key: "", answer: null };

  const show = async () => {
    if (place.hidden) return;
    const { state, run, session, cell } = desk;
    const cells = state?.cells ?? [];
    if (!cells.length) {
      known = { key: "", answer: null };
      return fill(place, h("p", { class: "empty" }, run ? "There are no cells at this step."
        : "The history of each cell is shown here when a program has run."));
    }
    if (cell === null) return fill(place, choice(cells), h("p", { class: "empty" },
      "Choose a cell to see every write and read of it."));
    const key = `${session.id} ${run.number} ${cell}`;
    if (known.key !== key) {
      known = { key, answer: null };
      fill(place, choice(cells), h("p", { class: "empty" }, "Reading …"));
      try {
        const answer = await api.ledger(session.id, cell, run.number);
        if (known.key !== key) return;
        known.answer = answer;
      } catch (error) {
        known.key = "";
        return fill(place, choice(cells), h("p", { class: "empty" }, error.message));
      }
    }
    if (known.answer) draw(cells);
  };

  const choice = (cells, form) => h("div", { class: "choose matrix-heads" },
    cells.slice(0, 40).map((cell) => h("span", { class: "matrix-head" }, cellButton(cell, desk))), form);

  const draw = (cells) => {
    const { events, partial } = known.answer;
    const now = desk.state.cells.find(({ id }) => id === desk.cell) ?? known.answer.cell;
    const value = h("input", { type: "text", "aria-label": "A Python expression",
      placeholder: now.value?.repr ?? "0", maxlength: 1000, required: true });
    const isAtEnd = desk.step >= desk.total;
    const form = h("form", { onsubmit: (event) => { event.preventDefault(); whatIf(value.value); } },
      h("label", {}, "What if it held ", value), isAtEnd ? " after this run " : ` from step ${grouped(desk.step)} on `,
      h("button", {}, "Try in a fork"));
    const current = Math.max(-1, ...events.map((event, index) => (event.step <= desk.step ? index : -1)));
    fill(place, choice(cells, form),
      h("p", { class: "facts" }, factsOf(now)),
      h("table", { class: "events" },
        h("thead", {}, h("tr", {}, ["Step", "What", "By", "Line", "Before",
          "After"].map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, events.slice(0, mostRows).map((event, index) =>
          h("tr", { "aria-current": index === current ? "step" : null, onclick: () => desk.goTo(event.step) },
          h("td", {}, h("button", { type: "button", class: "quiet", "aria-label": `Go to step ${event.step}` },
            grouped(event.step))),
          h("td", { class: event.event }, event.event), h("td", {}, h("code", {}, event.function ?? "module")),
            h("td", { class: "number" }, event.run ? `run ${event.run}: ` : "", event.line ?? ""),
          h("td", {}, h("code", {}, event.old?.repr ?? "")),
            h("td", {}, h("code", {}, event.new?.function ?? event.new?.repr ?? "")))))),
      events.length > mostRows
        ? h("p", { class: "small" },
        `${grouped(events.length - mostRows)} more events are not listed; “write ▸” goes through them all.`) : null,
      partial ? h("p", { class: "small" }, "The run was longer than what is recorded.") : null);
  };

  const whatIf = async (expression) => {
    const { session, run, cell, step } = desk;
    // In a fork of its own: the session that one looks at stays as it is.
    const isAtEnd = step >= desk.total;
    try {
      const made = await api.setCell(session.id, cell, { expression },
        { run: run.number, step: isAtEnd ? undefined : step });
      if (isAtEnd) {
        await openRun(made, { cell });
        return notify(`A fork in which the cell holds ${expression}: continue it and see.`);
      }
      const { found } = await api.find(made.session, made.number, { cell, on: "write", from: step - 1, dir: "forward" });
      await openRun(made, { cell, step: found?.step ?? step });
      notify(`A fork in which the cell held ${expression} from step ${grouped(step)} on: step through it and see.`);
    } catch (error) {
      notify(error.message);
    }
  };

  desk.on("run", () => { known = { key: "", answer: null }; show(); });
  desk.on("step cell", show);
  addEventListener("tab", show);
}

/** Where a cell belongs and what keeps it, in a sentence. */
function factsOf(cell) {
  const parts = [`${cell.label ?? `cell#${cell.id}`}, of `, h("code", {},
    cell.ownerLabel ?? cell.ownerFunction ?? "the program"), "; "];
  parts.push(cell.status === "on_stack" ? "its call is still on the stack" : cell.status === "freed" ? "freed"
    : "its call is over, the cell is retained");
  if (cell.keptBy?.length) parts.push(` by ${cell.keptBy.join(" → ")}`);
  if (cell.retainedBytes) parts.push(`; keeps ${sizeOf(cell.retainedBytes)} alive`);
  return [...parts, "."];
}
