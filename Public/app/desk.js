/**
 * What the page is about at the moment: a session, one of its runs, a step of it, and a chosen cell. Views listen for
 * `session`, `run`, `step`, `cell` and `busy`, and ask the desk to change; none talks to another.
 */
import { frameOf } from "./logic/places.js";
import { api } from "./service/api.js";
import { RunStates } from "./trace/windows.js";

export class Desk extends EventTarget {
  session = null;
  run = null;
  states = null;
  state = null;
  step = 0;
  cell = null;
  /** Sources of other runs of the session, by number. */
  sources = new Map();
  busy = false;

  /** Number of steps that can be looked at. */
  get total() {
    return this.states?.total ?? 0;
  }

  /** The source of the run that is shown, by lines. */
  get lines() {
    return (this.run?.source ?? "").split("\n");
  }

  /** The source that the step is in, by lines: this run's, or that of an earlier one, as soon as it is here. */
  get codeLines() {
    const { run } = frameOf(this.state) ?? {};
    if (run === undefined) return this.lines;
    const { sources, session } = this;
    if (!sources.has(run)) {
      sources.set(run, []);
      api.run(session.id, run).then(({ source }) => {
        sources.set(run, source.split("\n"));
        if (this.sources === sources && this.state) this.tell("step");
      }, () => {});
    }
    return sources.get(run);
  }

  setSession(session) {
    if (session?.id !== this.session?.id) this.sources = new Map();
    this.session = session;
    this.tell("session");
  }

  setBusy(busy) {
    this.busy = busy;
    this.tell("busy");
  }

  /** Shows a run and goes to a step of it; by default to the last. */
  async showRun(run, step, cell = null) {
    this.run = run;
    this.cell = cell;
    this.state = null;
    this.step = 0;
    this.states = null;
    this.tell("run");
    if (!run || !this.session || run.outcome === "syntax_error") return;
    const { id } = this.session;
    const states = new RunStates(
      (from, limit) => api.steps(id, run.number, from, limit), (wanted) => api.state(id, run.number, wanted));
    await states.open();
    if (this.run !== run) return;
    this.states = states;
    if (states.total) await this.goTo(step ?? states.total);
    else this.tell("step");
  }

  /** Goes to a step. A newer wish overtakes an older one. */
  async goTo(step) {
    const { states } = this;
    if (!states?.total) return;
    this.step = Math.min(Math.max(1, Math.round(step)), states.total);
    const wanted = this.step;
    const state = states.ready(wanted);
    if (state) {
      this.show(state);
    } else {
      this.tell("moving");
      const late = await states.state(wanted);
      if (this.step !== wanted || this.states !== states) return;
      this.show(late);
    }
    this.addDetail(states, wanted);
  }

  /** The bodies of objects come a little later, when the step is still the one that is looked at. */
  async addDetail(states, wanted) {
    const pause = states.details.has(wanted) ? 0 : 40;
    await new Promise((resume) => setTimeout(resume, pause));
    if (this.step !== wanted || this.states !== states) return;
    try {
      const detail = await states.detail(wanted);
      if (this.step !== wanted || this.states !== states || !this.state) return;
      this.show({ ...detail, frames: detail.frames.map((frame) => ({ locals: [], cells: [], ...frame })),
        changes: this.state.changes, leaves: this.state.leaves });
    } catch (error) {
      this.tell("trouble", error);
    }
  }

  show(state) {
    this.state = state;
    this.tell("step");
  }

  chooseCell(cell) {
    this.cell = this.cell === cell ? null : cell;
    this.tell("cell");
  }

  /** Goes to the write of the chosen cell before or after this step. */
  async goToWrite(dir, on = "write") {
    if (this.cell === null || !this.states) return null;
    const { found } = await api.find(this.session.id, this.run.number, { cell: this.cell, on, from: this.step, dir });
    if (found) await this.goTo(found.step);
    return found;
  }

  /** Goes to the next step that reaches one of some lines. */
  async goToLine(lines, dir = "forward") {
    const all = await Promise.all([...lines].map((line) => api.find(this.session.id, this.run.number,
      { line, from: this.step, dir })));
    const steps = all.map(({ found }) => found?.step).filter(Boolean);
    if (!steps.length) return null;
    const step = dir === "back" ? Math.max(...steps) : Math.min(...steps);
    await this.goTo(step);
    return step;
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  on(names, listener) {
    for (const name of names.split(" ")) this.addEventListener(name, (event) => listener(event.detail));
  }
}
