/** One plain sentence for each step: what the learner reads, and what a screen reader says. */
import { frameOf } from "../logic/places.js";
import { listed } from "../logic/words.js";

const shown = (value) => (value ? clipped(value.repr) : "nothing");
const clipped = (text) => (text.length > 60 ? text.slice(0, 59) + "…" : text);

/** The sentence for a state that `advance` made. */
export function narrate(state, source = []) {
  const frame = frameOf(state);
  const label = frame && frame.kind !== "module" ? `call \`${frame.label}\`` : "the program";
  const sentences = [...state.changes.cells.map((change) => cellSentence(change, state)).filter(Boolean)];
  const names = nameSentence(state);
  if (names) sentences.push(names);
  sentences.push(eventSentence(state, label, source));
  return sentences.join(" ");
}

/** What happened to a cell, and whom it concerns. */
export function cellSentence(change, state) {
  const cell = state.cells.find(({ id }) => id === change.cell);
  // A cell that an earlier run made is named by the functions that share it.
  const name = `cell \`${change.name || cell?.name || `cell#${change.cell}`}\``;
  const by = change.function ? `\`${change.function}\`` : "The program";
  switch (change.event) {
    case "created":
      return change.new ? `${by} makes ${name} with ${shown(change.new)} in it.` : `${by} makes ${name}, still empty.`;
    case "captured":
      return `\`${change.function}\` is made and captures ${name}${change.new ? "" : ", which is empty"}.`;
    case "written":
      return `${by} writes ${name}: ${change.old ? `${shown(change.old)} → ` : ""}${shown(change.new)}`
        + `${bystanders(change, cell, state)}.`;
    case "emptied":
      return `${by} empties ${name}, which held ${shown(change.old)}.`;
    case "read":
      return `${by} reads ${name}: ${shown(change.new)}.`;
    case "failed":
      return `${by} reads ${name}, but it is empty.`;
    default:
      return "";
  }
}

/** Who sees a write beside the writer, and which functions with a cell of the same name it leaves alone. */
function bystanders(change, cell, state) {
  const sharers = (cell?.sharedBy ?? []).filter((id) => id !== change.function);
  if (sharers.length) return `; ${several(sharers)} will see it`;
  const twins = state.cells.filter(({ id, name, sharedBy }) =>
    name === change.name && id !== change.cell && sharedBy?.length);
  const untouched = [...new Set(twins.flatMap((twin) => twin.sharedBy))];
  return untouched.length ? `; ${several(untouched)} ${untouched.length > 1 ? "are" : "is"} unaffected` : "";
}

/** The first three of some functions, and how many more. */
function several(ids) {
  const names = ids.slice(0, 3).map((id) => `\`${id}\``);
  return listed(ids.length > 3 ? [...names, `${ids.length - 3} more`] : names);
}

function nameSentence(state) {
  const parts = state.changes.names.slice(0, 3).map(({ frame, name }) => {
    const value = state.frames.find(({ id }) => id === frame)?.locals.find((local) => local.name === name)?.value;
    return value ? `\`${name}\` is now ${value.function ? `\`${value.function}\`` : shown(value)}`
      : `\`${name}\` is gone`;
  });
  if (!parts.length) return "";
  const more = state.changes.names.length - parts.length;
  return `${listed(parts)}${more > 0 ? `, and ${more} more` : ""}.`;
}

function eventSentence(state, who, source) {
  const here = (source[state.line - 1] ?? "").trim();
  const otherRun = frameOf(state)?.run;
  const Who = who[0].toUpperCase() + who.slice(1);
  const value = state.value?.function ? `\`${state.value.function}\`` : shown(state.value);
  switch (state.event) {
    case "call": return `${Who} begins.`;
    case "return": return who === "the program" ? "The program ends." : `${Who} returns ${value}.`;
    case "exception": return `${value} ${state.leaves ? "leaves" : "is raised in"} ${who}.`;
    case "yield": return `${Who} yields ${value} and is suspended.`;
    case "resume": return `${Who} goes on.`;
    case "limit": return "Here a limit ended the run.";
    default: return `Next is line ${state.line}${otherRun ? ` of run ${otherRun}` : ""}${here ? `: \`${clipped(here)}\`` : ""}.`;
  }
}
