/** Output: how the run ended, what it printed, and the traceback, whose lines lead to the source. */
import { byId, fill, h } from "../dom.js";
import { endingOf } from "../logic/ending.js";
import { placeIn } from "../logic/places.js";

const mostCharacters = 200_000;

export function mountOutput(desk, { goToLine }) {
  const ending = byId("ending"), output = byId("output");
  let pieces = [];

  const showEnding = () => {
    const { run } = desk;
    if (!run) return;
    const { verdict, good, figures, cuts } = endingOf(run, desk.states?.recorded ?? desk.total, desk.states?.partial);
    fill(ending, h("b", { class: good ? "good" : "bad" }, verdict), " ", figures.join(" · "),
      cuts.length ? " · " : "", cuts.join(" "));
  };

  const show = () => {
    const { run } = desk;
    if (!run) {
      fill(output);
      return;
    }
    pieces = piecesOf(run);
    fill(output, pieces.map(({ element }) => element), resultOf(run), tracebackOf(run, goToLine));
    dim();
  };

  /** What had not been printed yet at the step that is looked at is pale. */
  const dim = () => {
    const out = desk.state && desk.step < desk.total ? (desk.state.out ?? 0) : Infinity;
    for (const piece of pieces) {
      const length = Math.min(piece.bytes.length, Math.max(0, out - piece.from));
      if (length === piece.shown) continue;
      piece.shown = length;
      const decoder = new TextDecoder();
      fill(piece.element, decoder.decode(piece.bytes.subarray(0, length)),
        length < piece.bytes.length ? h("span", { class: "later" }, decoder.decode(piece.bytes.subarray(length)))
          : null);
    }
  };

  desk.on("run", () => { show(); showEnding(); });
  // The number of steps is known with the first step that is shown.
  let told = null;
  desk.on("step", () => {
    dim();
    if (told !== desk.states) showEnding();
    told = desk.states;
  });
  return {
    begin() {
      pieces = [];
      fill(output);
      fill(ending, "Running …");
    },
    add({ stream, text }) {
      output.append(h("span", { class: stream }, text));
      output.scrollTop = output.scrollHeight;
    },
    /** What a stored program printed when it was stored, before anybody runs it here. */
    showStored(run, step) {
      fill(output, run ? [piecesOf(run).map(({ element }) => element), resultOf(run), tracebackOf(run, goToLine)]
        : null);
      fill(ending, h("b", {}, "Stored."), ` Run it to look inside${step ? `; it opens at step ${step}` : ""}.`);
    },
    fail(message) {
      fill(ending, h("b", { class: "bad" }, message));
    },
  };
}

function piecesOf(run) {
  const encoder = new TextEncoder();
  const events = run.events?.length ? withoutTraceback(run) : [{ stream: "stdout", text: run.stdout ?? "" },
    { stream: "stderr", text: run.stderr ?? "" }];
  let from = 0, left = mostCharacters;
  const pieces = [];
  for (const { stream, text } of events) {
    if (!text || left <= 0) continue;
    const bytes = encoder.encode(text.slice(0, left));
    left -= text.length;
    pieces.push({ element: h("span", { class: stream }, text), bytes, from, shown: bytes.length });
    from += bytes.length;
  }
  if (left <= 0) pieces.push({ element: h("p", { class: "small" },
    "The rest is not shown here; the session's export has all of it."), bytes: new Uint8Array(), from, shown: 0 });
  return pieces;
}

/** The pieces without the traceback at their end, which is shown by itself, with links. */
function withoutTraceback({ events, error }) {
  const last = events.at(-1);
  if (!error?.text || last.stream !== "stderr" || !last.text.endsWith(error.text)) return events;
  return [...events.slice(0, -1), { ...last, text: last.text.slice(0, -error.text.length) }];
}

const resultOf = (run) => (run.result === null || run.result === undefined ? null
  : h("div", { class: "value" }, run.result));

/** The traceback as Python prints it; each line that names the snippet is a button. */
function tracebackOf(run, goToLine) {
  const text = run.error?.text;
  if (!text) return null;
  return h("div", { class: "fault" }, text.split("\n").map((line, index, lines) => {
    const place = placeIn(line);
    const end = index < lines.length - 1 ? "\n" : "";
    return place ? [h("button", { type: "button", onclick: () => goToLine(place.line, place.run) }, line), end] : line + end;
  }));
}
