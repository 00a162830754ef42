/** Puts the page together: the desk in the middle, the views around it, the address, and the draft. */
import { byId, notify } from "./dom.js";
import { Desk } from "./desk.js";
import { openEditor } from "./editor/editor.js";
import { keep } from "./keep.js";
import { mountKeys } from "./keys.js";
import { readAddress, writeAddress } from "./logic/address.js";
import { faultLine, frameOf } from "./logic/places.js";
import { mountPanes } from "./panes.js";
import { Picture } from "./picture/draw.js";
import { Runner } from "./running.js";
import { api } from "./service/api.js";
import { mountTheme } from "./theme.js";
import { mountFindings } from "./views/findings.js";
import { mountLedger } from "./views/ledger.js";
import { mountLessons } from "./views/lessons.js";
import { mountMatrix } from "./views/matrix.js";
import { mountOutput } from "./views/output.js";
import { mountRuns } from "./views/runs.js";
import { mountSessions, nameOf } from "./views/sessions.js";
import { mountShare } from "./views/share.js";
import { mountStepper } from "./views/stepper.js";

const example = `def make_counter():
    count = 0
    def counter():
        nonlocal count
        count += 1
        return count
    return counter

left, right = make_counter(), make_counter()
print(left(), left(), right())
`;

const desk = new Desk();
const address = readAddress(location);
document.body.classList.toggle("embedded", address.embedded);
mountTheme();
const show = mountPanes();
const face = await openEditor(byId("editor"), address.code ?? (address.embedded ? "" : keep.get("draft")) ?? example, {
  change(text) {
    if (!desk.run || text !== desk.run.source) {
      if (!address.embedded) keep.set("draft", text);
    }
    drawMarks();
  },
  leave: () => byId("run").focus(),
  stops: () => {},
});
const editor = () => face.current;

const goToLine = async (line, run = desk.run?.number) => {
  if (desk.run && run !== desk.run.number) await runner.openRunNumber(run);
  show("code");
  editor().goToLine(line);
};
const output = mountOutput(desk, { goToLine });
const runner = new Runner(desk, editor, output);
const edit = (text) => {
  editor().setText(text);
  keep.set("draft", text);
  show("code");
};
const lessons = mountLessons(desk, {
  edit: (text) => { desk.showRun(null); edit(text); },
  runUnseen: () => runner.unseen(), reveal: (run) => runner.show(run), goTo: (step) => desk.goTo(step),
    onLesson: () => writeLocation(true),
});
const chooseCell = (cell) => {
  if (desk.cell !== cell) desk.chooseCell(cell);
  show("ledger");
};
mountFindings(desk, { tryFix: (source) => runner.tryFix(source), goToLine, chooseCell });
const stepper = mountStepper(desk, editor);
mountMatrix(desk);
mountLedger(desk, { openRun: (run, place) => runner.openRun(run, place) });
mountRuns(desk, {
  openRunNumber: (number) => runner.openRunNumber(number),
  edit: async (number) => edit((await api.run(desk.session.id, number)).source),
  fork: async (number) => { if (await runner.fork(number)) { await runner.openRunNumber(number);
    notify("This is a fork: what you run here leaves the other session as it is."); } },
});
mountSessions(desk, {
  openSession: (id) => { lessons.close(); runner.openSession(id); },
  forkSession: async (id) => { const session = await runner.fork(undefined, id);
    if (session) runner.openSession(session.id); },
  leaveSession: () => { desk.setSession(null); desk.showRun(null); },
});
const share = mountShare(desk, editor);
mountKeys(desk, { run: () => runner.run(), proceed: () => runner.run({ anew: false }), share, stepper, editor, show });

const picture = new Picture(byId("picture"), (cell) => desk.chooseCell(cell));
picture.reset();
let pictureFrame = 0;
const drawPicture = () => {
  cancelAnimationFrame(pictureFrame);
  pictureFrame = requestAnimationFrame(() => { if (desk.state && !byId("picture").hidden) picture.show(desk.state,
    desk.cell); });
};
desk.on("run", () => picture.reset());
desk.on("step cell", drawPicture);
addEventListener("tab", drawPicture);
addEventListener("place", () => editor().refresh());
addEventListener("resize", drawPicture);
desk.on("trouble", (error) => notify(error.message));

/** Line markers hold only for the very source that ran, and not for code of earlier runs. */
function drawMarks() {
  const { run, state, lines, step, total } = desk;
  if (!run || editor().text() !== run.source) return editor().mark({});
  if (!state) return editor().mark({ fault: run.outcome === "syntax_error" ? faultLine(run) : undefined });
  const ended = step === total;
  const wrote = [...new Set(state.changes.cells
    .filter(({ event, run: other }) => (event === "written" || event === "emptied") && other === undefined)
    .map(({ line }) => line))];
  const before = desk.states?.ready(step - 1);
  const isHere = (moment) => moment && frameOf(moment)?.run === undefined && moment.line <= lines.length;
  editor().mark({
    now: isHere(state) && !(ended && run.outcome === "ok") ? state.line : undefined,
    last: isHere(before) ? before.line : undefined, wrote,
    fault: ended && run.outcome === "exception" ? faultLine(run) : undefined,
  });
}

desk.on("run step", drawMarks);

desk.on("session", () => {
  const { session } = desk;
  byId("where").textContent = session ? nameOf(session) + (session.forked_from ? " (a fork)" : "") : "";
});

/** The URL follows what is seen: a new run is a place to come back to, a step is not. */
let writing = 0;
function writeLocation(isPlace) {
  if (address.embedded || restoring) return;
  const { session, run, step, total, cell } = desk;
  const wanted = writeAddress({
    session: run ? session?.id : null, run: run?.number, step: run && step && step !== total ? step : null,
      cell: run ? cell : null, lesson: lessons.current,
  });
  clearTimeout(writing);
  if (wanted === location.pathname + location.search) return;
  if (isPlace) history.pushState(null, "", wanted);
  else writing = setTimeout(() => history.replaceState(null, "", wanted), 150);
}
desk.on("run", () => writeLocation(true));
desk.on("step cell", () => writeLocation(false));

let restoring = true;
async function restore(place) {
  restoring = true;
  try {
    if (place.lesson) await lessons.show(place.lesson, Boolean(place.session)).catch((error) => notify(error.message));
    if (place.session) await runner.openSession(place.session, place);
    else if (place.share) await openShare(place);
    else if (desk.run) await desk.showRun(null);
    if (place.view) show(place.view);
  } finally {
    restoring = false;
  }
}
addEventListener("popstate", () => restore(readAddress(location)));

/** A stored program: its text and what it printed are shown; running it is the reader's choice. */
async function openShare(place) {
  try {
    const shared = await api.shared(place.share);
    const last = shared.snippets.at(-1);
    runner.pending = shared.snippets.slice(0, -1);
    runner.wantedStep = place.step ?? shared.step;
    editor().setText(last.code);
    byId("stdin").value = last.stdin ?? "";
    byId("where").textContent = shared.title || "A shared program";
    desk.run = null;
    output.showStored(shared.run, runner.wantedStep);
  } catch (error) { runner.trouble(error); }
}

byId("show-input").addEventListener("click", (event) => {
  const area = byId("input");
  area.hidden = !area.hidden;
  event.currentTarget.setAttribute("aria-expanded", String(!area.hidden));
  if (!area.hidden) byId("stdin").focus();
});

await restore(address);
document.documentElement.dataset.ready = "yes";
