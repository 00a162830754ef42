/**
 * Where everything in the picture lies. Columns keep their order, and a node keeps its height over the steps of a
 * run as long as nothing pushes it down, so the eye finds things where they were.
 *
 * Arrows run at right angles: out of a row, down or up a lane between two columns, and into the target. All arrows
 * to one target share a lane, so a shared cell is one line that several functions join. An arrow over a whole column
 * passes between two nodes of it.
 */

const character = 7.6;
const measures = { head: 26, row: 21, foot: 19, pad: 5, gap: 22, lane: 8, gutter: 15, top: 14, left: 14 };
const columns = 4;
/** Room for so many lanes is kept from the beginning, so that columns seldom move when arrows come. */
const leastLanes = 4;
const widest = 26;

/**
 * Places a picture. `memory` keeps heights between steps: give the same `Map` for all steps of a run. On a narrow
 * screen functions stand below frames, and objects below cells.
 */
export function layOut(picture, memory = new Map(), isNarrow = false) {
  const byColumn = Array.from({ length: columns }, () => []);
  const nodes = new Map();
  for (const node of picture.nodes) {
    const column = isNarrow ? node.column >> 1 : node.column;
    const placed = { ...node, column, width: widthOf(node), height: heightOf(node) };
    nodes.set(node.key, placed);
    byColumn[column].push(placed);
  }
  for (const column of byColumn) stack(column, memory);
  const lanes = lanesOf(picture.edges, nodes);
  const edges = place(byColumn, lanes, picture.edges, nodes, memory);
  const all = [...nodes.values()];
  return {
    nodes: all, edges,
    width: Math.max(220, ...all.map(({ x, width }) => x + width),
      ...edges.flatMap(({ points }) => points.map(([x]) => x))) + measures.left,
    height: Math.max(120, ...all.map(({ y, height }) => y + height)) + 24,
  };
}

function widthOf(node) {
  const head = node.title.length + (node.note ? node.note.length + 2 : 0);
  const rows = node.rows.map(({ name, text }) => Math.min(widest, name.length + (text ? text.length + 2 : 2)));
  return Math.round(Math.min(widest + 4, Math.max(11, head, (node.foot ?? "").length, ...rows)) * character + 22);
}

function heightOf(node) {
  return measures.head + node.rows.length * measures.row + (node.foot ? measures.foot : 0)
    + (node.rows.length ? measures.pad : 0);
}

/** How many characters of a row's text fit beside its name. */
export function fitting(node, row) {
  return Math.max(3, Math.floor((node.width - 22) / character) - (row.name ? row.name.length + 2 : 0));
}

/** The middle of a row, from the top of its node. */
export const rowMiddle = (index) => measures.head + index * measures.row + measures.row / 2;

/** The parts' heights, for whoever draws. */
export const sizes = measures;

/** What was placed before keeps its height unless it is pushed down; what is new comes below it. */
function stack(column, memory) {
  const known = (node) => memory.get(node.key) ?? Infinity;
  column.sort((one, other) => (known(one) === known(other) ? 0 : known(one) - known(other)));
  let cursor = measures.top;
  for (const node of column) {
    node.y = Math.max(cursor, memory.get(node.key) ?? cursor);
    memory.set(node.key, node.y);
    cursor = node.y + node.height + measures.gap;
  }
}

/** The targets that need a lane right of each column, from top to bottom. */
function lanesOf(edges, nodes) {
  const lanes = Array.from({ length: columns }, () => new Set());
  for (const edge of edges) {
    const from = nodes.get(edge.from), to = nodes.get(edge.to);
    for (const gutter of guttersOf(from.column, to.column)) lanes[gutter].add(edge.to);
  }
  return lanes.map((keys) => [...keys].sort((one, other) => nodes.get(one).y - nodes.get(other).y));
}

/** The gutters that an arrow passes, in its direction; gutter n lies right of column n. */
function guttersOf(from, to) {
  if (from === to) return [from];
  const low = Math.min(from, to), high = Math.max(from, to);
  const passed = Array.from({ length: high - low }, (_, index) => low + index);
  return from < to ? passed : passed.reverse();
}

function place(byColumn, lanes, edges, nodes, memory) {
  const laneX = [];
  let x = measures.left;
  byColumn.forEach((column, index) => {
    const key = `width:${index}`;
    const width = Math.max(0, memory.get(key) ?? 0, ...column.map((node) => node.width));
    memory.set(key, width);
    for (const node of column) node.x = x;
    const count = Math.max(memory.get(`lanes:${index}`) ?? leastLanes, lanes[index].length);
    memory.set(`lanes:${index}`, count);
    laneX.push(lanes[index].map((_, lane) => x + width + measures.gutter + lane * measures.lane));
    x += width ? width + 2 * measures.gutter + Math.max(0, count - 1) * measures.lane + 8 : 0;
  });
  const crossings = new Map();
  return edges.map((edge) => route(edge, { byColumn, lanes, laneX, nodes, crossings }));
}

function route(edge, { byColumn, lanes, laneX, nodes, crossings }) {
  const from = nodes.get(edge.from), to = nodes.get(edge.to);
  const startY = from.y + rowMiddle(edge.row), endY = to.y + measures.head / 2;
  const forward = to.column > from.column, same = to.column === from.column;
  const points = [[forward || same ? from.x + from.width : from.x, startY]];
  const gutters = guttersOf(from.column, to.column);
  gutters.forEach((gutter, index) => {
    const x = laneX[gutter][lanes[gutter].indexOf(edge.to)];
    const isLast = index === gutters.length - 1;
    const y = isLast ? endY : crossing(byColumn[forward ? gutter + 1 : gutter], endY,
      `${edge.to}:${gutter}:${forward}`, crossings);
    points.push([x, points[points.length - 1][1]], [x, y]);
  });
  points.push([forward ? to.x : to.x + to.width, endY]);
  return { ...edge, points: straightened(points), forward };
}

/** A height at which a line can pass a column without touching a node: the free one nearest to where it must go. */
function crossing(column, wanted, key, crossings) {
  if (crossings.has(key)) return crossings.get(key);
  const margin = 5;
  const free = [];
  let cursor = 4;
  for (const node of column) {
    if (node.y - cursor > 2 * margin) free.push([cursor + margin, node.y - margin]);
    cursor = node.y + node.height;
  }
  free.push([cursor + margin, Infinity]);
  const taken = new Set([...crossings.entries()].filter(([other]) => other.split(":").slice(-2)
    .join() === key.split(":").slice(-2).join()).map(([, y]) => y));
  const candidates = free.flatMap(([low, high]) => {
    const start = Math.min(Math.max(wanted, low), Math.min(high, low + 400));
    return [0, 5, -5, 10, -10, 15, 20, 25].map((shift) => start + shift)
      .filter((y) => y >= low && y <= high && !taken.has(y));
  });
  const best = candidates.sort((one, other) => Math.abs(one - wanted) - Math.abs(other - wanted))[0] ?? cursor + margin;
  crossings.set(key, best);
  return best;
}

function straightened(points) {
  return points.filter(([x, y], index) => {
    const before = points[index - 1];
    return !before || before[0] !== x || before[1] !== y;
  });
}

/** A path along points, with round corners. */
export function pathThrough(points, radius = 6) {
  const [first, ...rest] = points;
  let path = `M${first[0]} ${first[1]}`;
  rest.forEach(([x, y], index) => {
    const next = rest[index + 1];
    const [fromX, fromY] = points[index];
    if (!next) { path += `L${x} ${y}`; return; }
    const into = Math.min(radius, Math.hypot(x - fromX, y - fromY) / 2);
    const out = Math.min(radius, Math.hypot(next[0] - x, next[1] - y) / 2);
    const bend = Math.min(into, out);
    const back = [x - Math.sign(x - fromX) * bend, y - Math.sign(y - fromY) * bend];
    const on = [x + Math.sign(next[0] - x) * bend, y + Math.sign(next[1] - y) * bend];
    path += `L${back[0]} ${back[1]}Q${x} ${y} ${on[0]} ${on[1]}`;
  });
  return path;
}
