/** Where code comes from: each run's snippet is a file of its own, `<snippet>` for the first, then `<snippet 2>` and so on. */

/** The place that a line of a traceback names: `{run, line}`, or null. */
export function placeIn(text) {
  const found = /^\s*File "<snippet(?: (\d+))?>", line (\d+)/.exec(text);
  return found && { run: Number(found[1] ?? 1), line: Number(found[2]) };
}

/** The last line of a run's own snippet that its traceback names. */
export function faultLine(run) {
  const places = (run.error?.text ?? "").split("\n").map(placeIn).filter((place) => place?.run === (run.number ?? 1));
  return places.at(-1)?.line;
}

/** The frame that a state stands in. */
export const frameOf = (state) => state?.frames.find(({ id }) => id === state.frame);
