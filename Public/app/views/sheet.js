/** The one dialog of the page: a title, a body, and a way out by button or Escape. */
import { byId, fill, h } from "../dom.js";

/** Opens it; `build` gets the body, and may go on filling it later. */
export function openSheet(title, ...content) {
  const dialog = byId("dialog");
  const body = h("div", { class: "body", tabindex: 0 }, content);
  fill(dialog,
    h("header", {}, h("h2", { id: "dialog-title" }, title), h("button",
      { type: "button", class: "round", "aria-label": "Close", onclick: () => dialog.close() }, "✕")),
    body);
  if (!dialog.open) dialog.showModal();
  return body;
}

export const closeSheet = () => byId("dialog").close();
