/**
 * The state of a run at a step, made from a window of deltas: `beginState` takes the window's first state, `advance`
 * applies the next delta. States are plain objects that are never changed, so any of them can be kept.
 */

/** What deltas refer to: frames, functions and cells by id. */
export function tablesOf(window) {
  const index = (list) => new Map((list ?? []).map((entry) => [entry.id, entry]));
  return { frames: index(window.frames), functions: index(window.functions), cells: index(window.cells) };
}

/** The state that a window begins with, in the form that `advance` works on. */
export function beginState(start) {
  return {
    ...start,
    frames: (start.frames ?? []).map((frame) => ({ ...frame, locals: frame.locals ?? [], cells: frame.cells ?? [] })),
    cells: start.cells ?? [],
    functions: start.functions ?? [],
    objects: start.objects ?? {},
    changes: { cells: [], names: [] },
  };
}

/** The state at the next step. */
export function advance(state, step, tables) {
  const event = step.event ?? "line";
  const frameId = step.frame ?? state.frame;
  let frames = leave(state);
  frames = enter(frames, frameId, event, state, tables);
  const changes = { cells: (step.cells ?? []).map((change) => ({ ...change, step: state.step + 1 })), names: [] };
  frames = frames.map((frame) => {
    let next = frame;
    if (frame.id === frameId) next = { ...next, line: step.line ?? next.line, status: "running" };
    else if (frame.status === "running") next = { ...next, status: "waiting" };
    const named = [
      ...(frame.id === frameId && step.locals ? [step.locals] : []),
      ...(frame.kind === "module" && step.globals ? [step.globals] : []),
      ...(step.other ?? []).filter((other) => other.frame === frame.id).map((other) => other.locals),
    ];
    for (const names of named) {
      next = { ...next, locals: rebound(next.locals, names) };
      changes.names.push(...Object.keys(names).map((name) => ({ frame: frame.id, name })));
    }
    return next;
  });
  const after = {
    step: state.step + 1, total: state.total, event, line: step.line ?? state.line, frame: frameId,
    value: step.value, leaves: step.leaves, out: step.out ?? state.out, frames,
    cells: state.cells, functions: state.functions, objects: {}, changes,
  };
  if (frames.length < state.frames.length) after.cells = state.cells.map((cell) => leftBehind(cell, frames));
  for (const local of [step.locals, step.globals].flatMap((names) => Object.values(names ?? {}))) meet(after, local, tables);
  for (const change of changes.cells) applyCell(after, change, tables);
  return after;
}

/** Frames after what the step before ended: a return takes its frame away, a yield suspends it. */
function leave(state) {
  const { event, frame, frames } = state;
  if (event === "return" || (event === "exception" && state.leaves)) return frames.filter(({ id }) => id !== frame);
  if (event === "yield") return frames.map((each) => (each.id === frame ? { ...each, status: "suspended" } : each));
  return frames;
}

/** Frames with the one that runs now: a call's is new, a resumed one moves to the top. */
function enter(frames, frameId, event, state, tables) {
  const known = frames.find(({ id }) => id === frameId);
  if (known && event !== "resume") return frames;
  const others = frames.filter(({ id }) => id !== frameId);
  if (known) return [...others, known];
  const facts = tables.frames.get(frameId) ?? { id: frameId, label: "?", name: "?", kind: "call" };
  const maker = state.functions.find(({ id }) => id === facts.function);
  const cells = (maker?.free ?? []).map(({ name, cell }) => ({ name, cell, own: false }));
  return [...others, { ...facts, status: "running", locals: [], cells }];
}

/** A cell whose call is over is retained by the functions that captured it, or nobody's. */
function leftBehind(cell, frames) {
  if (cell.status !== "on_stack" || cell.owner === undefined || frames.some(({ id }) => id === cell.owner)) return cell;
  return { ...cell, status: cell.sharedBy?.length ? "retained" : "freed" };
}

/** A function that a name is bound to is part of the state, whether or not it has captured anything. */
function meet(state, value, tables) {
  const id = value?.function;
  if (!id || state.functions.some((known) => known.id === id) || !tables.functions.has(id)) return;
  state.functions = [...state.functions, { free: [], ...tables.functions.get(id) }];
}

function rebound(locals, names) {
  const kept = locals.filter(({ name }) => !Object.hasOwn(names, name) || names[name] !== null);
  const replaced = kept.map((local) => (Object.hasOwn(names, local.name) ? { ...local, value: names[local.name] }
    : local));
  const added = Object.entries(names)
    .filter(([name, value]) => value !== null && !kept.some((local) => local.name === name))
    .map(([name, value]) => ({ name, value }));
  return [...replaced, ...added];
}

function applyCell(state, change, tables) {
  const facts = tables.cells.get(change.cell) ?? { id: change.cell, name: change.name };
  const known = state.cells.find(({ id }) => id === change.cell);
  let cell = known ?? { label: `cell#${change.cell}`, sharedBy: [], empty: true, status: "on_stack", ...facts };
  if (change.event === "created") {
    state.frames = state.frames.map((frame) =>
      frame.id === change.frame && !frame.cells.some((each) => each.cell === change.cell)
        ? { ...frame, cells: [...frame.cells, { name: change.name, cell: change.cell, own: true }] }
        : frame);
  }
  if (change.event === "captured") {
    cell = { ...cell, sharedBy: [...new Set([...cell.sharedBy, change.function])] };
    capture(state, change, tables);
  } else if (change.event === "emptied") {
    cell = { ...cell, value: undefined, empty: true, changedAt: change.step };
  } else if (change.event === "written" || (change.event === "created" && change.new)) {
    cell = { ...cell, value: change.new, empty: false, changedAt: change.step };
  }
  state.cells = known
    ? state.cells.map((each) => (each.id === cell.id ? cell : each)) : [...state.cells, cell];
}

function capture(state, change, tables) {
  const free = { name: change.name, cell: change.cell };
  const known = state.functions.find(({ id }) => id === change.function);
  const facts = known ?? { free: [], ...(tables.functions.get(change.function)
    ?? { id: change.function, name: change.function }) };
  if (facts.free?.some(({ cell }) => cell === change.cell)) return;
  const holder = { ...facts, free: [...(facts.free ?? []), free] };
  state.functions = known
    ? state.functions.map((each) => (each.id === holder.id ? holder : each)) : [...state.functions, holder];
}
