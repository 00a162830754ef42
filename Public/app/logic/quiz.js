/**
 * Questions about a program that has run but whose result nobody has seen yet. All come from the recording, so a right
 * answer is what really happened: `{prompt, kind: "choice" | "text", choices, answer, why, step}`.
 */

/** At most three questions. `events` are the cell events of the run, each with its step. */
export function questionsFor({ stdout = "", cells = [], functions = [], events = [] }) {
  const questions = [readQuestion(cells, events), sharingQuestion(cells, functions), countQuestion(cells, functions)]
    .filter(Boolean).slice(0, 2);
  const printed = printQuestion(stdout);
  return printed ? [...questions, printed] : questions;
}

/** True if an answer says what the question's answer says; blanks at the ends do not count. */
export function isRight(question, given) {
  return String(given ?? "").trim().replace(/\s+/g, " ") === String(question.answer).trim().replace(/\s+/g, " ");
}

/** What a cell holds when it is read; best where that is not what it held when the function was made. */
function readQuestion(cells, events) {
  const valuesOf = (cell) => [...new Set(events.filter((each) => each.cell === cell && each.new
    && each.event !== "read").map((each) => each.new.repr))];
  const reads = events.filter((each) => each.event === "read" && each.new && !each.new.function && each.function
    && valuesOf(each.cell).length > 1);
  const isLate = (read) => events.some((each) =>
    each.event === "captured" && each.cell === read.cell && each.function === read.function
      && each.new?.repr !== read.new.repr);
  const read = reads.find(isLate) ?? reads[0];
  if (!read) return null;
  const held = read.new.repr;
  return {
    kind: "choice", prompt: `\`${read.function}\` reads the variable \`${read.name}\`. What does it find?`,
    choices: [...valuesOf(read.cell).filter((value) => value !== held).slice(-3), held].sort(naturally),
      answer: held, step: read.step,
    why: `At step ${read.step}, line ${read.line}, cell \`${read.name}\` held ${held}.`,
  };
}

function sharingQuestion(cells, functions) {
  const holders = functions.filter(({ free }) => free?.length);
  for (const [index, one] of holders.entries()) {
    for (const other of holders.slice(index + 1)) {
      const name = one.free.find((each) => other.free.some((theirs) => theirs.name === each.name))?.name;
      if (!name) continue;
      const cellOf = (fn) => fn.free.find((each) => each.name === name).cell;
      const shared = cellOf(one) === cellOf(other);
      return {
        kind: "choice", prompt: `Do \`${one.id}\` and \`${other.id}\` see the same variable \`${name}\`?`,
        choices: ["Yes, one cell", "No, two cells"], answer: shared ? "Yes, one cell" : "No, two cells",
        why: shared ? `Both hold cell#${cellOf(one)}.`
          : `One holds cell#${cellOf(one)}, the other cell#${cellOf(other)}.`,
      };
    }
  }
  return null;
}

function countQuestion(cells, functions) {
  const holders = functions.filter(({ free }) => free?.length);
  const held = new Set(holders.flatMap(({ free }) => free.map(({ cell }) => cell)));
  if (!functions.length) return null;
  const count = held.size;
  const near = [...new Set([count, count + 1, Math.max(0, count - 1), count + 2])].slice(0, 4)
    .sort((one, other) => one - other);
  return {
    kind: "choice", prompt: "How many cells do the functions hold when the program has ended?",
      choices: near.map(String), answer: String(count),
    why: count ? `The functions that hold any: ${holders.length}. Their cells: ${count}.`
      : "No function that is left has captured anything.",
  };
}

function printQuestion(stdout) {
  const lines = stdout.trimEnd().split("\n");
  const last = lines[lines.length - 1];
  if (!last || last.length > 60) return null;
  return {
    kind: "text", answer: last, why: `It prints: ${last}`,
    prompt: lines.length === 1 ? "What does the program print?"
      : `It prints ${lines.length} lines. What is the last one?`,
  };
}

const naturally = (one, other) => one.localeCompare(other, "en", { numeric: true });
