/**
 * The editor: CodeMirror where the server has it, else a text area that does the same jobs. Both have one face:
 * `text`, `setText`, `mark`, `fault`, `goToLine`, `focus`, `breakpoints`.
 */
import { PlainEditor } from "./plain.js";
import { MirrorEditor } from "./mirror.js";

const scripts = [
  "/codemirror/lib/codemirror.js", "/codemirror/mode/python/python.js", "/codemirror/addon/edit/matchbrackets.js",
  "/codemirror/addon/edit/closebrackets.js", "/codemirror/addon/comment/comment.js",
];

/** Puts an editor into a place. The plain one is there at once, and gives way when the other has been loaded. */
export async function openEditor(place, text, on) {
  const face = { current: new PlainEditor(place, text, on) };
  loadMirror().then((CodeMirror) => {
    const plain = face.current;
    const had = place.contains(document.activeElement);
    const mirror = new MirrorEditor(CodeMirror, place, plain.text(), on);
    mirror.adopt(plain);
    plain.remove();
    face.current = mirror;
    if (had) mirror.focus();
  }, () => {});
  return face;
}

async function loadMirror() {
  if (new URLSearchParams(location.search).get("editor") === "plain") throw new Error("not wanted");
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = "/codemirror/lib/codemirror.css";
  document.head.prepend(sheet);
  for (const source of scripts) await loadScript(source);
  return window.CodeMirror;
}

function loadScript(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${source} is not there`));
    document.head.append(script);
  });
}
