/** Running programs: anew or going on, seen or unseen, with progress and cancel; and opening what was run before. */
import { byId, notify } from "./dom.js";
import { grouped } from "./logic/words.js";
import { endingOf } from "./logic/ending.js";
import { api, Problem, runSnippet } from "./service/api.js";
import { RunStates } from "./trace/windows.js";

export class Runner {
  constructor(desk, editor, output) {
    Object.assign(this, { desk, editor, output, pending: [], wantedStep: null });
    byId("run").addEventListener("click", () => this.run());
    byId("continue").addEventListener("click", () => this.run({ anew: false }));
    byId("cancel").addEventListener("click", () => this.cancel());
    desk.on("busy session", () => this.drawButtons());
    this.drawButtons();
  }

  drawButtons() {
    const { busy, session } = this.desk;
    byId("run").disabled = busy;
    byId("continue").disabled = busy || !session?.run_count;
    byId("cancel").hidden = !busy;
    if (!busy) byId("progress").textContent = "";
  }

  /** Runs what is in the editor and shows it. */
  async run({ anew = true } = {}) {
    if (this.desk.busy) return null;
    this.output.begin();
    const run = await this.evaluate(this.editor().text(), { anew, on: { output: (piece) => this.output.add(piece) } });
    if (run) await this.show(run);
    return run;
  }

  /** Runs without showing anything: what a quiz asks about. */
  async unseen() {
    const run = await this.evaluate(this.editor().text(), { anew: true, on: {} });
    if (!run) throw new Error("It could not be run.");
    const id = this.desk.session.id;
    const states = new RunStates((from, limit) => api.steps(id, run.number, from, limit),
      (step) => api.state(id, run.number, step));
    if (run.outcome === "syntax_error") return { run, events: [] };
    const { steps, from } = await states.window(0);
    return { run, events: steps.flatMap((step, index) => (step.cells ?? [])
      .map((event) => ({ ...event, step: from + index }))) };
  }

  async show(run) {
    const session = await api.session(this.desk.session.id);
    this.desk.setSession(session);
    const step = this.wantedStep;
    this.wantedStep = null;
    await this.showSteps(run, step ?? undefined);
    byId("progress").textContent = matchMedia("(max-width: 820px)").matches ? endingOf(run).verdict : "";
  }

  /** Shows a run. Where its steps cannot be had, what it printed and how it ended are shown all the same. */
  async showSteps(run, step, cell) {
    try {
      await this.desk.showRun(run, step, cell);
    } catch (error) {
      notify(error.status === 404 ? "The steps of this run cannot be shown." : error.message);
    }
  }

  async evaluate(code, { anew, on }) {
    const { desk } = this;
    desk.setBusy(true);
    this.abort = new AbortController();
    const began = performance.now();
    const watch = setInterval(() => this.progress(began), 250);
    this.ticks = 0;
    try {
      return await this.inSession(code, anew, { ...on, progress: ({ ticks }) => { this.ticks = ticks; } });
    } catch (error) {
      if (error.name !== "AbortError") this.trouble(error);
      else this.output.fail("Cancelled.");
      return null;
    } finally {
      clearInterval(watch);
      desk.setBusy(false);
    }
  }

  async inSession(code, anew, on) {
    const { desk } = this;
    const again = async () => {
      desk.setSession(await api.createSession({}));
      for (const { code: earlier, stdin } of this.pending) await runSnippet(desk.session.id,
        { code: earlier, ...(stdin && { stdin }) }, {}, this.abort.signal);
    };
    const stdin = byId("stdin").value;
    const body = { code, ...(stdin && { stdin: stdin.endsWith("\n") ? stdin : stdin + "\n" }), trace: "cells" };
    if (!desk.session) await again();
    else if (anew && desk.session.run_count && !this.pending.length) {
      try {
        await api.restart(desk.session.id);
      } catch (error) {
        if (!(error instanceof Problem) || ![404, 410].includes(error.status)) throw error;
        await again();
      }
    }
    this.pending = [];
    return runSnippet(desk.session.id, body, on, this.abort.signal);
  }

  progress(began) {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    byId("progress").textContent = `Running for ${seconds} s${this.ticks ? `, ${grouped(this.ticks)} ticks` : ""}`;
  }

  /** Ends what is running. A run that has not begun yet cannot be ended, so that is tried again until it has. */
  async cancel() {
    const { desk } = this;
    byId("progress").textContent = "Cancelling …";
    while (desk.busy) {
      try {
        await api.cancel(desk.session.id);
        return;
      } catch (error) {
        if (error.code !== "nothing_running") {
          this.abort?.abort();
          return;
        }
      }
      await new Promise((resume) => setTimeout(resume, 150));
    }
  }

  trouble(error) {
    this.output.fail(error.message);
    notify(error.message);
  }

  /** Opens a session at a run and step; by default its last run. */
  async openSession(id, { run, step, cell } = {}) {
    try {
      const session = await api.session(id);
      this.desk.setSession(session);
      const number = run ?? session.runs.at(-1)?.number;
      if (number) await this.openRunNumber(number, { step, cell });
      else await this.desk.showRun(null);
    } catch (error) { this.trouble(error); }
  }

  async openRunNumber(number, { step, cell = null } = {}) {
    try {
      const run = await api.run(this.desk.session.id, number);
      this.editor().setText(run.source);
      byId("stdin").value = run.stdin ?? "";
      await this.showSteps(run, step ?? undefined, cell);
    } catch (error) { this.trouble(error); }
  }

  /** Shows a run that another request made, in whatever session it is; by default at its end. */
  async openRun(run, place = {}) {
    await this.openSession(run.session ?? this.desk.session.id, { ...place, run: run.number });
  }

  /** A new session with the history before a run, or nothing. */
  async fork(after, id = this.desk.session?.id) {
    try {
      const session = id && after !== 0 ? await api.fork(id, after ? { after } : {}) : await api.createSession({});
      this.desk.setSession(session);
      return session;
    } catch (error) {
      this.trouble(error);
      return null;
    }
  }

  /** Runs a corrected program in a fork from before the run that needed it. */
  async tryFix(source) {
    if (!(await this.fork((this.desk.run?.number ?? 1) - 1))) return;
    this.editor().setText(source);
    await this.run({ anew: false });
    notify("This is the corrected program, in a fork. The session before is as it was.");
  }
}
