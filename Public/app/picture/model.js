/** What the picture of a state shows: nodes in four columns (frames, functions, cells, objects) and arrows between. */

const mostRows = 16;
const mostFrames = 9;
const mostNodes = 60;
const quietNames = /^__(name|doc|builtins|package|loader|spec|annotations|file|cached)__$/;

/** The colour of a cell, the same wherever it is seen. */
export const hueOf = (cellId) => `hue${(cellId - 1) % 8}`;

/** The picture of a state as data: `nodes` with rows, and `edges` from a row to a node. */
export function pictureOf(state) {
  const picture = { nodes: [], edges: [], left: 0 };
  const cells = state.cells.filter(({ status }) => status !== "freed").slice(0, mostNodes);
  const targets = {
    functions: new Set(state.functions.slice(0, mostNodes).map(({ id }) => id)),
    cells: new Map(cells.map((cell) => [cell.id, cell])),
    objects: state.objects ?? {},
  };
  picture.left = Math.max(0, state.functions.length - mostNodes) + Math.max(0, state.cells.length - mostNodes);
  addFrames(picture, state, targets, cells);
  for (const fn of state.functions.slice(0, mostNodes)) addFunction(picture, fn, state, targets);
  for (const cell of cells) addCell(picture, cell, state, targets);
  addObjects(picture, targets);
  const known = new Set(picture.nodes.map(({ key }) => key));
  picture.edges = picture.edges.filter(({ to }) => known.has(to));
  return picture;
}

/** A value as a row shows it: text, or the node that it points to. */
function pointed(value, targets) {
  if (!value) return { text: "—" };
  if (value.function && targets.functions.has(value.function)) return { to: `function:${value.function}` };
  if (value.ref !== undefined && targets.objects[value.ref]) return { to: `object:${value.ref}` };
  return { text: value.repr + (value.cut ? "…" : "") };
}

function row(picture, node, name, value, targets, changed, extra = {}) {
  const { to, text } = pointed(value, targets);
  node.rows.push({ name, text: text ?? "", changed, points: Boolean(to), ...extra });
  if (to) picture.edges.push({ from: node.key, row: node.rows.length - 1, to, kind: "value" });
}

/** A variable that is a cell. Waiting calls of a closure show whose they are, but the arrows are their function's. */
function cellRow(picture, node, name, cell, changed, hasArrow = true) {
  node.rows.push({ name, text: "", changed, cell, points: true, hue: hueOf(cell) });
  if (hasArrow) picture.edges.push({ from: node.key, row: node.rows.length - 1, to: `cell:${cell}`, kind: "cell",
    cell });
}

function addFrames(picture, state, targets, cells) {
  const owners = new Map();
  for (const cell of cells) {
    if (cell.owner === undefined || state.frames.some(({ id }) => id === cell.owner)) continue;
    if (!owners.has(cell.owner)) owners.set(cell.owner, { label: cell.ownerLabel, cells: [] });
    owners.get(cell.owner).cells.push(cell);
  }
  const [module, ...calls] = state.frames;
  const hidden = Math.max(0, calls.length - mostFrames);
  if (module) addFrame(picture, module, state, targets);
  for (const [id, owner] of [...owners].slice(0, mostFrames)) {
    const node = { key: `frame:${id}`, column: 0, kind: "frame", title: owner.label ?? "call", note: "over",
      gone: true, rows: [] };
    for (const cell of owner.cells) cellRow(picture, node, cell.name, cell.id, false);
    picture.nodes.push(node);
  }
  if (hidden) {
    picture.nodes.push({ key: "frame:hidden", column: 0, kind: "frame", title: `${hidden} more calls`, note: "",
      gone: true, rows: [] });
  }
  for (const frame of calls.slice(hidden)) addFrame(picture, frame, state, targets);
}

function addFrame(picture, frame, state, targets) {
  const isRunning = frame.id === state.frame;
  const node = {
    key: `frame:${frame.id}`, column: 0, kind: "frame", title: frame.kind === "module" ? "module" : frame.label,
    note: isRunning ? `${frame.run ? `run ${frame.run}, ` : ""}line ${frame.line}` : frame.status, running: isRunning,
      suspended: frame.status === "suspended", rows: [],
  };
  const changed = new Set(state.changes.names.filter((change) => change.frame === frame.id).map(({ name }) => name));
  const touched = new Set(state.changes.cells.map(({ cell }) => cell));
  const locals = frame.locals.filter(({ name }) => !quietNames.test(name));
  const shown = locals.length > mostRows ? locals.slice(-mostRows) : locals;
  if (shown.length < locals.length) node.rows.push({ name: `… ${locals.length - shown.length} more`, text: "" });
  for (const { name, value } of shown) row(picture, node, name, value, targets, changed.has(name));
  for (const { name, cell, own } of frame.cells ?? []) {
    if (targets.cells.has(cell)) cellRow(picture, node, name, cell, touched.has(cell) && isRunning, own || isRunning);
  }
  if (isRunning && (state.event === "return" || state.event === "yield") && frame.kind !== "module") {
    row(picture, node, state.event === "return" ? "returns" : "yields", state.value, targets, true, { special: true });
  }
  picture.nodes.push(node);
}

function addFunction(picture, fn, state, targets) {
  const running = state.frames.find(({ id }) => id === state.frame);
  const node = {
    key: `function:${fn.id}`, column: 1, kind: "function", title: `ƒ ${fn.id}`, note: fn.line ? `${fn.run ? `run ${fn.run}, ` : ""}line ${fn.line}` : "",
    running: running?.function === fn.id, rows: [],
    changed: state.changes.cells.some((change) => change.event === "captured" && change.function === fn.id),
  };
  for (const { name, cell } of fn.free ?? []) {
    const changed = state.changes.cells.some((change) => change.cell === cell && change.function === fn.id);
    cellRow(picture, node, name, cell, changed);
  }
  for (const { name, value } of (fn.defaults ?? []).slice(0, 6)) row(picture, node, `${name} =`, value, targets, false);
  picture.nodes.push(node);
}

function addCell(picture, cell, state, targets) {
  const events = state.changes.cells.filter((change) => change.cell === cell.id);
  const wrote = events.some(({ event }) => event === "written" || event === "emptied" || event === "created");
  const node = {
    key: `cell:${cell.id}`, column: 2, kind: "cell", cell: cell.id, hue: hueOf(cell.id), title: cell.name,
      note: cell.label ?? `cell#${cell.id}`,
    wrote, read: !wrote && events.some(({ event }) => event === "read" || event === "failed"),
      retained: cell.status === "retained",
    empty: cell.empty, rows: [], foot: cell.ownerLabel ?? (cell.ownerFunction ? `of ${cell.ownerFunction}` : ""),
  };
  if (cell.empty) node.rows.push({ name: "", text: "empty", faint: true });
  else row(picture, node, "", cell.value, targets, wrote);
  picture.nodes.push(node);
}

/** Objects that something in the picture points at, and what those point at, as far as the server sent them. */
function addObjects(picture, targets) {
  const wanted = [];
  const seen = new Set();
  const want = (edges) => {
    for (const { to } of edges) {
      const ref = to.startsWith("object:") && to.slice(7);
      if (ref && !seen.has(ref)) { seen.add(ref); wanted.push(ref); }
    }
  };
  want(picture.edges);
  while (wanted.length && seen.size < mostNodes) {
    const before = picture.edges.length;
    addObject(picture, targets.objects[wanted.shift()], targets);
    want(picture.edges.slice(before));
  }
  const added = picture.nodes.filter(({ column }) => column === 3);
  added.sort((one, other) => one.ref - other.ref);
  picture.nodes = [...picture.nodes.filter(({ column }) => column !== 3), ...added];
}

function addObject(picture, object, targets) {
  const count = object.length ?? object.items?.length ?? object.pairs?.length;
  const node = {
    key: `object:${object.ref}`, column: 3, kind: "object", ref: object.ref, rows: [],
    title: object.type, note: count === undefined ? "" : `${count} ${count === 1 ? "item" : "items"}`,
  };
  const rows = [
    ...(object.items ?? []).map((value, index) => [String(index), value]),
    ...(object.pairs ?? []).map(([key, value]) => [key.repr, value]),
    ...(object.attributes ?? []).filter(({ name }) => !/^__\w+__$/.test(name)).map(({ name, value }) => [name, value]),
  ];
  for (const [name, value] of rows.slice(0, mostRows / 2)) row(picture, node, name, value, targets, false);
  const more = rows.length - Math.min(rows.length, mostRows / 2) + (object.more ?? 0);
  if (more > 0) node.rows.push({ name: `… ${more} more`, text: "" });
  if (object.frame !== undefined) {
    node.rows.push({ name: "call", text: "", points: true });
    picture.edges.push({ from: node.key, row: node.rows.length - 1, to: `frame:${object.frame}`, kind: "value" });
  }
  picture.nodes.push(node);
}
