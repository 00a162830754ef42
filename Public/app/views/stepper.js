/** The stepper: a native slider and buttons, play, and travel along the writes of the chosen cell. */
import { byId, fill, h, notify, s } from "../dom.js";
import { frameOf } from "../logic/places.js";
import { grouped } from "../logic/words.js";
import { narrate } from "../trace/narration.js";
import { prose } from "./prose.js";

const icons = {
  first: "M3 2h2v12H3zM14 2v12L6 8z", back: "M12 2v12L3 8z", forward: "M4 2v12l9-6z",
    last: "M11 2h2v12h-2zM2 2v12l8-6z",
  play: "M3 1v14l11-7z", pause: "M3 2h4v12H3zM9 2h4v12H9z",
};
const icon = (name) => s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: icons[name] }));

export function mountStepper(desk, editor) {
  const narration = byId("narration");
  const button = (name, label, act) => h("button", { type: "button", "aria-label": label, title: label,
    disabled: true, onclick: act }, icon(name));
  const slider = h("input", { type: "range", min: 1, max: 1, value: 1, disabled: true, "aria-label": "Step" });
  const count = h("output", {}, "");
  const steps = {
    first: button("first", "First step (Home)", () => desk.goTo(1)),
    back: button("back", "Step back (←)", () => desk.goTo(desk.step - 1)),
    forward: button("forward", "Step forward (→)", () => desk.goTo(desk.step + 1)),
    last: button("last", "Last step (End)", () => desk.goTo(desk.total)),
    play: button("play", "Play (space)", () => toggle()),
  };
  const write = (label, dir, text) => h("button", { type: "button", class: "wide", title: label, "aria-label": label,
    disabled: true, onclick: () => travel(dir) }, text);
  const before = write("Previous write of the chosen cell (b)", "back", "◂ write"),
    after = write("Next write of the chosen cell (n)", "forward", "write ▸");
  fill(byId("stepper"), steps.first, steps.back, slider, count, steps.forward, steps.last, steps.play,
    h("span", { class: "watch" }, before, after));

  let timer = null, frame = 0;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    fill(steps.play, icon("play"));
    steps.play.setAttribute("aria-label", "Play (space)");
  };
  const toggle = () => {
    if (timer) return stop();
    if (!desk.total) return;
    if (desk.step >= desk.total) desk.goTo(1);
    fill(steps.play, icon("pause"));
    steps.play.setAttribute("aria-label", "Pause (space)");
    timer = setInterval(() => {
      if (desk.step >= desk.total) return stop();
      desk.goTo(desk.step + 1);
      const isHere = frameOf(desk.state)?.run === undefined && (desk.state?.event ?? "line") === "line";
      if (isHere && editor().breakpoints.has(desk.state?.line)) stop();
    }, Math.max(60, Math.min(700, 30_000 / desk.total)));
  };
  const travel = async (dir) => {
    if (desk.cell === null) return notify("Choose a cell first: click one in the picture, the matrix or the ledger.");
    const found = await desk.goToWrite(dir).catch((error) => notify(error.message));
    if (found === null) notify(dir === "back" ? "No earlier write of this cell." : "No later write of this cell.");
  };

  slider.addEventListener("input", () => {
    stop();
    cancelAnimationFrame(frame);
    // What is shown meanwhile sets the slider back to the step that it belongs to.
    const wanted = Number(slider.value);
    frame = requestAnimationFrame(() => desk.goTo(wanted));
  });

  const show = () => {
    const { step, total, state } = desk;
    slider.max = Math.max(1, total);
    slider.value = step || 1;
    slider.disabled = !total;
    count.textContent = total ? `${grouped(step)} / ${grouped(total)}` : "";
    slider.setAttribute("aria-valuetext", total ? `Step ${step} of ${total}, line ${state?.line ?? ""}` : "No run");
    for (const name of ["first", "back"]) steps[name].disabled = step <= 1;
    for (const name of ["forward", "last"]) steps[name].disabled = step >= total;
    steps.play.disabled = !total;
    before.disabled = after.disabled = desk.cell === null || !total;
    document.body.toggleAttribute("data-traced", total > 0);
  };
  let told = "";
  desk.on("run", () => { stop(); told = ""; narration.textContent = ""; show(); });
  desk.on("moving cell", show);
  desk.on("step", () => {
    show();
    const sentence = desk.state ? narrate(desk.state, desk.codeLines) : "";
    if (sentence !== told) fill(narration, prose(sentence));
    told = sentence;
  });
  return { toggle, travel };
}
