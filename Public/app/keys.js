/** The keys that work everywhere on the page but in a field, and the sheet that lists them. */
import { byId, h } from "./dom.js";
import { openSheet } from "./views/sheet.js";

const keys = [
  ["Ctrl + Enter", "Run the program (⌘ + Enter on a Mac)"], ["Shift + Ctrl + Enter", "Continue the session with it"],
    ["Ctrl + S", "Share"],
  ["Esc", "Leave the editor"], ["← →", "One step back or forward"], ["Home End", "First and last step"],
    ["Space", "Play, pause"],
  ["b n", "Previous and next write of the chosen cell"], ["[ ]", "Previous and next breakpoint"],
    ["e", "Go to the editor"],
  ["1 2 3 4", "Picture, matrix, ledger, runs"], ["?", "This list"],
];

export function mountKeys(desk, { run, proceed, share, stepper, editor, show }) {
  const help = () => openSheet("Keys", h("dl", { class: "keys" },
    keys.map(([key, does]) => [h("dt", {}, key.split(" ").map((each) =>
    (each === "+" ? " + " : h("kbd", {}, each)))), h("dd", {}, does)])));
  byId("open-keys").addEventListener("click", help);
  const plain = {
    ArrowLeft: () => desk.goTo(desk.step - 1), ArrowRight: () => desk.goTo(desk.step + 1), Home: () => desk.goTo(1),
      End: () => desk.goTo(desk.total),
    " ": () => stepper.toggle(), b: () => stepper.travel("back"), n: () => stepper.travel("forward"),
      e: () => editor().focus(),
    "[": () => desk.goToLine(editor().breakpoints, "back"), "]": () => desk.goToLine(editor().breakpoints),
    1: () => show("picture"), 2: () => show("matrix"), 3: () => show("ledger"), 4: () => show("runs"), "?": help,
  };
  addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "Enter") act(event, event.shiftKey ? proceed : run);
    else if (command && event.key.toLowerCase() === "s" && !event.shiftKey) act(event, share);
    else if (!command && !event.altKey && !isBusyWith(event) && plain[event.key]) act(event, plain[event.key]);
  }, true);
}

function act(event, what) {
  if (byId("dialog").open) return;
  event.preventDefault();
  event.stopPropagation();
  what();
}

/** True if a key belongs to what has the focus: a field, a button that Space presses, a list that arrows move. */
function isBusyWith(event) {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (target.closest("input:not([type=range]), textarea, select, .CodeMirror, [role=separator], [role=tablist]"))
    return true;
  if (target.closest("input[type=range]")) return event.key.startsWith("Arrow")
    || event.key === "Home" || event.key === "End";
  return event.key === " " && Boolean(target.closest("button, a, [role=button]"));
}
