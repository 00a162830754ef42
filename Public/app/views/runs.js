/** The session's runs as a transcript: show one, take its source into the editor, fork from there. */
import { byId, fill, h } from "../dom.js";
import { whatIfOf } from "../logic/ending.js";

export function mountRuns(desk, { openRunNumber, edit, fork }) {
  const place = byId("runs");
  const show = () => {
    const runs = desk.session?.runs ?? [];
    byId("tab-runs").textContent = runs.length ? `Runs (${runs.length})` : "Runs";
    if (place.hidden) return;
    if (!runs.length) return fill(place, h("p", { class: "empty" },
      "Each run of this session is listed here. “Run” begins anew; “Continue session” goes on with what was defined."));
    fill(place, h("ol", { class: "transcript" }, runs.map((run) =>
      h("li", { "aria-current": run.number === desk.run?.number ? "true" : null },
      h("header", {}, h("b", {}, `Run ${run.number}`), h("span", {}, wordsFor(run)),
        run.restarted ? h("span", {}, "began anew") : null,
        run.what_if ? h("span", {}, whatIfOf(run.what_if)) : null,
        h("span", { class: "end" },
          h("button", { type: "button", onclick: () => openRunNumber(run.number) }, "Show"),
          h("button", { type: "button", onclick: () => edit(run.number) }, "Edit"),
          h("button", { type: "button", onclick: () => fork(run.number) }, "Fork here"))),
      h("pre", { tabindex: 0 }, run.source_bytes > 200 ? `${run.source}…` : run.source)))));
    place.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  };
  desk.on("session run", show);
  addEventListener("tab", show);
}

const wordsFor = (run) => {
  if (run.error) return `${run.error.type}: ${run.error.message}`.slice(0, 80);
  if (run.result !== null && run.result !== undefined) return `→ ${run.result}`.slice(0, 80);
  return run.outcome === "ok" ? "ok" : run.outcome;
};
