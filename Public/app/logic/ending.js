/** How a run ended, as words: `{verdict, good, figures: [texts], cuts: [sentences]}`. */
import { counted, grouped } from "./words.js";

export function endingOf(run, total = 0, partial = false) {
  const { usage = {}, limits = {}, truncated = {} } = run;
  const figures = [];
  if (total) figures.push(counted(total, "step"));
  if (usage.seconds !== undefined) figures.push(durationOf(usage.seconds));
  if (usage.memory_bytes !== undefined) figures.push(sizeOf(usage.memory_bytes));
  const cuts = [];
  for (const stream of ["stdout", "stderr"]) {
    if (!truncated[stream]) continue;
    const bytes = truncated[`${stream}_bytes`];
    const what = stream === "stdout" ? "The output" : "The error output";
    cuts.push(`${what} was cut${bytes ? `; it had ${grouped(bytes)} bytes` : ""}.`);
  }
  if (partial) cuts.push(`The first ${grouped(total)} steps were recorded.`);
  if (run.resumed === "replay")
    cuts.push(`The session was rebuilt by running ${counted(run.replayed_runs, "earlier run")} again.`);
  if (run.what_if) cuts.push(whatIfOf(run.what_if));
  return { verdict: verdictOf(run, usage, limits), good: run.outcome === "ok", figures, cuts };
}

/** The cell that was set on a run's way, in a sentence. */
export const whatIfOf = ({ step, cell, expression }) =>
  `What if cell#${cell} held ${expression} from step ${grouped(step)} on.`;

function verdictOf(run, usage, limits) {
  switch (run.outcome) {
    case "ok": return "Finished.";
    case "exception": return `Ended by ${run.error?.type ?? "an exception"}.`;
    case "syntax_error": return `Not run: ${run.error?.type ?? "SyntaxError"}.`;
    case "ticks":
      return `Stopped after ${grouped(limits.ticks ?? usage.ticks ?? 0)} ticks of work, the most that a run may use.`;
    case "time": return `Stopped after ${limits.seconds ?? "a few"} seconds, the longest that a run may take.`;
    case "memory": return `Stopped: it wanted more than ${sizeOf(limits.memory_bytes ?? 0)} of memory.`;
    case "output": return `Stopped: it printed more than ${sizeOf(limits.output_bytes ?? 0)}.`;
    case "recursion": return `Stopped: more than ${grouped(limits.recursion ?? 0)} calls inside each other.`;
    case "cancelled": return "Cancelled. The session is as it was before this run.";
    case "crashed": return "The worker died. The session is as it was before this run.";
    default: return `Ended: ${run.outcome}.`;
  }
}

/** Seconds as people say them. */
export function durationOf(seconds) {
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  return seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`;
}

/** Bytes as people say them. */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1 << 20 ? `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KiB`
    : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
