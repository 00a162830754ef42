/**
 * Explanations and warnings: what happened in one sentence, the fix as a diff, and a button that tries it in a fork.
 */
import { byId, fill, h } from "../dom.js";
import { lineDiff } from "../logic/diff.js";
import { prose } from "./prose.js";

const titles = {
  missing_nonlocal: "A nonlocal is missing", missing_global: "A global is missing",
    unassigned_free: "Read before it was assigned",
  emptied_cell: "The cell was emptied", except_name: "The exception's name is gone",
    class_scope: "Class scope was skipped",
  late_binding: "Late binding", late_generator: "The generator looked later",
    mutable_default: "A default, not a closure",
  missing_wraps: "The wrapper lost the name",
};

export function mountFindings(desk, { tryFix, goToLine, chooseCell }) {
  const place = byId("explanation");
  desk.on("run", () => {
    const { run } = desk;
    const explanation = run?.explanation ?? run?.error?.explanation;
    const fix = run?.error?.fix;
    const found = [explanation && { ...explanation, fix: explanation.fix ?? fix },
      ...(run?.warnings ?? [])].filter((each) => each?.text).slice(0, 4);
    place.hidden = !found.length;
    fill(place, found.map((finding) => one(finding, run)));
  });

  /** Where a finding leads: its lines, and its cell. */
  const links = (finding) => [
    ...(finding.lines ?? [finding.line]).filter(Boolean).slice(0, 4).map((line) =>
      [`Line ${line}`, () => goToLine(line)]),
    ...(finding.cell ? [[`cell#${finding.cell}`, () => chooseCell(finding.cell)]] : []),
  ];

  const one = (finding, run) => {
    const { fix } = finding;
    return h("section", { class: "finding" },
      h("h2", {}, titles[finding.kind] ?? "What happened"),
      h("p", {}, prose(finding.text), " ",
        links(finding).flatMap(([text, act], index) =>
          [index ? " · " : "", h("button", { type: "button", class: "link", onclick: act }, text)])),
      fix ? h("details", {},
        h("summary", {}, prose(fix.text)),
        h("div", { class: "diff", role: "figure", "aria-label": "The fix", tabindex: 0 },
          lineDiff(run.source ?? "", fix.source ?? "").map(({ sign, text }) =>
          h("div", { class: sign === "-" ? "minus" : sign === "+" ? "plus" : "" },
            sign === "…" ? "…" : `${sign} ${text}`))),
        h("p", {}, h("button", { type: "button", class: "primary", onclick: () => tryFix(fix.source) },
          "Try the fix in a fork"))) : null);
  };
}
