/**
 * Where the states of a run come from. Deltas are fetched a window at a time and only a few windows are kept, so a
 * run of 100,000 steps needs no more memory than one of a thousand.
 */
import { advance, beginState, tablesOf } from "./state.js";

export const windowLength = 500;
const windowsKept = 12;
const detailsKept = 200;

/** The states of one run. `fetchWindow(from, limit)` and `fetchState(step)` ask the server. */
export class RunStates {
  constructor(fetchWindow, fetchState) {
    this.fetchWindow = fetchWindow;
    this.fetchState = fetchState;
    this.windows = new Map();
    this.details = new Map();
    this.total = 0;
    this.partial = false;
  }

  /** Reads the first window; afterwards `total` is known. */
  async open() {
    await this.window(0);
    return this;
  }

  /** The state at a step at once if its window is here, else undefined. */
  ready(step) {
    const window = this.windows.get(Math.floor((step - 1) / windowLength));
    return window?.states ? this.stateIn(window, step) : undefined;
  }

  /** The state at a step, as deltas tell it: without the bodies of objects. */
  async state(step) {
    return this.stateIn(await this.window(Math.floor((step - 1) / windowLength)), step);
  }

  /** The state at a step with objects, as the server tells it. */
  async detail(step) {
    const known = this.details.get(step);
    if (known) return known;
    const wanted = this.fetchState(step);
    this.details.set(step, wanted);
    if (this.details.size > detailsKept) this.details.delete(this.details.keys().next().value);
    wanted.catch(() => this.details.delete(step));
    return wanted;
  }

  async window(index) {
    const known = this.windows.get(index);
    if (known) {
      this.windows.delete(index);
      this.windows.set(index, known);
      return known.loading ?? known;
    }
    const entry = {};
    this.windows.set(index, entry);
    if (this.windows.size > windowsKept) this.windows.delete(this.windows.keys().next().value);
    entry.loading = this.fetchWindow(index * windowLength + 1, windowLength).then((answer) => {
      this.total = answer.total;
      this.recorded = answer.recorded;
      this.partial = Boolean(answer.partial);
      Object.assign(entry, { from: answer.from, steps: answer.steps, tables: tablesOf(answer),
        states: [beginState(answer.start)] });
      entry.loading = undefined;
      return entry;
    });
    entry.loading.catch(() => this.windows.delete(index));
    return entry.loading;
  }

  stateIn(window, step) {
    const wanted = Math.min(step - window.from, window.steps.length - 1);
    while (window.states.length <= wanted) {
      const last = window.states.length - 1;
      window.states.push(advance(window.states[last], window.steps[last + 1], window.tables));
    }
    return window.states[Math.max(0, wanted)];
  }
}
