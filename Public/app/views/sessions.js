/** Saved sessions: search, open, fork, rename, delete, export, import. */
import { byId, fill, h, notify } from "../dom.js";
import { api } from "../service/api.js";
import { closeSheet, openSheet } from "./sheet.js";

export function mountSessions(desk, { openSession, forkSession, leaveSession }) {
  byId("open-sessions").addEventListener("click", () => open());

  const open = () => {
    const list = h("ol", { class: "cards", "aria-label": "Sessions" });
    const more = h("button", { type: "button", hidden: true }, "More");
    const field = (name, label, width) => h("input", { type: "text", name, "aria-label": label, placeholder: label,
      size: width });
    const form = h("form", { class: "search", role: "search" },
      h("input", { type: "search", name: "q", "aria-label": "Text in source, output or title",
        placeholder: "Text in source, output or title" }),
      field("cell", "Captured name", 13), field("raised", "Raised", 12),
      h("select", { name: "shared_by", "aria-label": "Cells shared by" }, h("option", { value: "" }, "Any sharing"),
        [2, 3, 5].map((count) => h("option", { value: count }, `A cell shared by ${count} or more`))),
      h("button", { class: "primary" }, "Search"));
    const file = h("input", { type: "file", accept: "application/json,.json", "aria-label": "A session's file",
      hidden: true, onchange: () => importFile(file) });
    openSheet("Sessions", form, list, more, h("p", {},
      h("button", { type: "button", onclick: () => file.click() }, "Import a file"), file,
      desk.session ? [" ", h("button", { type: "button", onclick: () => { leaveSession(); closeSheet(); } },
        "Leave this session")] : null));
    let asking = null;
    const load = async (cursor) => {
      asking?.abort();
      asking = new AbortController();
      const { signal } = asking;
      if (!cursor) fill(list, h("li", {}, "Searching …"));
      try {
        let { sessions, next } = await api.sessions({ ...Object.fromEntries(new FormData(form)), limit: 20, cursor },
          signal);
        while (!sessions.length && next && !signal.aborted) ({ sessions,
          next } = await api.sessions({ ...Object.fromEntries(new FormData(form)), limit: 20, cursor: next }, signal));
        const items = sessions.map((session) => item(session));
        if (cursor) list.append(...items);
        else fill(list, items.length ? items : h("li", {}, "No session is like that."));
        more.hidden = !next;
        more.onclick = () => load(next);
      } catch (error) {
        if (error.name !== "AbortError") fill(list, h("li", {}, error.message));
      }
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); load(); });
    load();
  };

  const item = (session) => {
    const title = h("a", { href: `/?session=${session.id}`, onclick: (event) => { event.preventDefault();
      closeSheet(); openSession(session.id); } }, nameOf(session));
    const line = h("div", { class: "line" }, title, h("small", {},
      `${session.run_count} ${session.run_count === 1 ? "run" : "runs"} · ${when(session.changed_at)}`));
    const element = h("li", { class: "session" }, line,
      session.last ? h("pre", {}, session.last.source.split("\n").slice(0, 2).join("\n")) : null,
      h("div", { class: "buttons" },
        h("button", { type: "button", onclick: () => rename(session, line, title) }, "Rename"),
        h("button", { type: "button", onclick: () => { closeSheet(); forkSession(session.id); } }, "Fork"),
        h("a", { class: "button", href: api.exportPath(session.id), download: `${session.id}.json` }, "Export"),
        h("button", { type: "button", class: "danger", onclick: (event) =>
          remove(session, element, event.currentTarget) }, "Delete")));
    return element;
  };

  const rename = (session, line, title) => {
    const input = h("input", { type: "text", value: session.title ?? "", "aria-label": "New title", maxlength: 200 });
    const form = h("form", { onsubmit: async (event) => {
      event.preventDefault();
      try {
        Object.assign(session, await api.rename(session.id, input.value.trim()));
        title.textContent = nameOf(session);
        if (desk.session?.id === session.id) desk.setSession({ ...desk.session, title: session.title });
      } catch (error) { notify(error.message); }
      form.replaceWith(title);
      title.focus();
    } }, input, " ", h("button", {}, "Save"));
    title.replaceWith(form);
    input.select();
  };

  /** Deleting asks once: the button's second press means it. */
  const remove = async (session, element, button) => {
    if (button.textContent === "Delete") {
      button.textContent = "Delete for good?";
      setTimeout(() => (button.textContent = "Delete"), 4000);
      return;
    }
    try {
      await api.remove(session.id);
      element.remove();
      if (desk.session?.id === session.id) leaveSession();
    } catch (error) { notify(error.message); }
  };

  const importFile = async (file) => {
    try {
      const session = await api.importSession(JSON.parse(await file.files[0].text()));
      closeSheet();
      openSession(session.id);
    } catch (error) { notify(error instanceof SyntaxError ? "That file is not a session's export." : error.message); }
  };
  return open;
}

/** A session's title, or the first line that says something. */
export const nameOf = (session) => session.title || (session.last?.source ?? session.runs?.[0]?.source ?? "")
  .split("\n").find((line) => line.trim())?.slice(0, 60) || "Untitled session";

const when = (text) => new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
