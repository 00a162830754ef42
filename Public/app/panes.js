/** The two splitters (pointer and arrow keys), the tabs, and the places that a phone shows one of. */
import { byId } from "./dom.js";
import { keep } from "./keep.js";

/** Mounts them; answers a function that shows a place: `code`, `result`, or the name of a tab. */
export function mountPanes() {
  const desk = byId("desk");
  splitter(byId("split-columns"), desk, "--column", (event, box) => ((event.clientX - box.left) / box.width) * 100,
    "ArrowRight", "ArrowLeft");
  splitter(byId("split-rows"), desk, "--row", (event, box) => ((box.bottom - event.clientY) / box.height) * 100,
    "ArrowUp", "ArrowDown");
  const showTab = tabs([...document.querySelectorAll(".tabs [role=tab]")]);
  const places = [...document.querySelectorAll(".places button")];
  const show = (name) => {
    if (byId(`tab-${name}`)) showTab(name);
    const view = name === "code" || name === "result" ? name : "inspect";
    document.body.dataset.view = view;
    dispatchEvent(new Event("place"));
    for (const place of places) {
      if (place.dataset.show === name) place.setAttribute("aria-current", "page");
      else place.removeAttribute("aria-current");
    }
  };
  for (const place of places) place.addEventListener("click", () => show(place.dataset.show));
  return show;
}

function splitter(handle, desk, property, measure, more, less) {
  const set = (percent) => {
    const value = Math.round(Math.min(Number(handle.ariaValueMax), Math.max(Number(handle.ariaValueMin), percent)));
    handle.ariaValueNow = value;
    desk.style.setProperty(property, `${value}%`);
    keep.set(`split${property}`, value);
    dispatchEvent(new Event("resize"));
  };
  const kept = keep.get(`split${property}`);
  if (kept) set(Number(kept));
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    const move = (moved) => set(measure(moved, desk.getBoundingClientRect()));
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move),
      { once: true });
  });
  handle.addEventListener("keydown", (event) => {
    const step = event.key === more ? 3 : event.key === less ? -3 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    set(Number(handle.ariaValueNow) + step);
  });
}

function tabs(buttons) {
  const show = (name) => {
    for (const button of buttons) {
      const panel = byId(button.getAttribute("aria-controls"));
      const chosen = panel.id === name;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
    dispatchEvent(new CustomEvent("tab", { detail: name }));
  };
  buttons.forEach((button, index) => {
    button.addEventListener("click", () => show(button.getAttribute("aria-controls")));
    button.addEventListener("keydown", (event) => {
      const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const next = buttons[(to + buttons.length) % buttons.length];
      next.focus();
      next.click();
    });
  });
  return show;
}
