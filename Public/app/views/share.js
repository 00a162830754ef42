/** Sharing: a link to the stored program at this step, one that stores nothing, an embedding, a picture by curl. */
import { byId, fill, h, notify } from "../dom.js";
import { api } from "../service/api.js";
import { codeLink } from "../logic/address.js";
import { openSheet } from "./sheet.js";

export function mountShare(desk, editor) {
  const open = async () => {
    const code = editor().text();
    const sameSource = desk.run && code === desk.run.source;
    const stored = h("div", {}, h("p", {}, "Storing …"));
    openSheet("Share",
      h("h3", {}, "Store it and share a link"), stored,
      h("h3", {}, "Share without storing"), field("The program is in the link itself",
        location.origin + codeLink(code)),
      desk.session ? [h("h3", {}, "This session"), field("Whoever has this link can read and change the session",
        location.href)] : null);
    try {
      const body = sameSource && desk.session
        ? { session: desk.session.id, run: desk.run.number, ...(desk.step && { step: desk.step }) } : { code };
      const share = await api.share(body);
      const base = location.origin, step = body.step ? `?step=${body.step}` : "";
      fill(stored,
        field(body.step ? `The page, at step ${body.step}` : "The page", base + share.url + step),
        field("For another page",
          `<iframe src="${base}/embed/${share.id}${step}" width="100%" height="480" title="Cellar"></iframe>`),
        field("The program for curl", `curl ${base}/p/${share.id}.py`),
        field("The picture for curl", `curl ${base}/p/${share.id}.svg${step}`),
        share.delete_token ? h("p", {}, h("button", { type: "button", class: "danger",
          onclick: (event) => unshare(share, stored, event.currentTarget) }, "Delete this link"),
          " Only now: afterwards nobody can.") : null);
    } catch (error) {
      fill(stored, h("p", {}, error.message));
    }
  };
  byId("open-share").addEventListener("click", open);
  return open;
}

async function unshare(share, stored, button) {
  button.disabled = true;
  try {
    await api.unshare(share.id, share.delete_token);
    fill(stored, h("p", {}, "The link is deleted."));
  } catch (error) {
    notify(error.message);
    button.disabled = false;
  }
}

function field(label, text) {
  const input = h("input", { type: "text", readonly: true, value: text, onfocus: () => input.select() });
  const copy = h("button", { type: "button", onclick: async () => {
    input.select();
    try { await navigator.clipboard.writeText(text); } catch { document.execCommand("copy"); }
    notify("Copied.");
  } }, "Copy");
  return h("label", { class: "field" }, label, h("span", { class: "row" }, input, copy));
}
