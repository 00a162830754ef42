import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { codeLink, readAddress, writeAddress } from "../../../Public/app/logic/address.js";
import { lineDiff } from "../../../Public/app/logic/diff.js";
import { endingOf } from "../../../Public/app/logic/ending.js";
import { isRight, questionsFor } from "../../../Public/app/logic/quiz.js";
import { parseEvent } from "../../../Public/app/service/api.js";
import { knownCodes, sentenceFor } from "../../../Public/app/service/problems.js";
import { matrixOf } from "../../../Public/app/views/matrix.js";

const root = new URL("../../../", import.meta.url);
const int = (repr) => ({ type: "int", repr: String(repr) });

test("every code of an error in the sources has a sentence", () => {
  const folders = ["Sources/HTTPServer", "Sources/Playground"];
  const codes = new Set();
  for (const folder of folders) {
    for (const name of readdirSync(new URL(folder + "/", root), { recursive: true })) {
      if (!String(name).endsWith(".swift")) continue;
      for (const [, code] of readFileSync(new URL(`${folder}/${name}`, root), "utf8").matchAll(/code: "([a-z_]+)"/g))
        codes.add(code);
    }
  }
  assert.ok(codes.size > 10);
  assert.deepEqual([...codes].filter((code) => !knownCodes.includes(code)), []);
});

test("fields that were refused are named, and an unknown code falls back to the service's words", () => {
  assert.match(sentenceFor(400, { code: "invalid_fields", errors: [{ field: "title", detail: "is too long" }] }),
    /title: is too long/);
  assert.equal(sentenceFor(499, { code: "new_code", detail: "Something new." }), "Something new.");
  assert.match(sentenceFor(500, {}), /500/);
});

test("every outcome has a sentence, and what was cut is said", () => {
  for (const outcome of ["ok", "exception", "syntax_error", "ticks", "time", "memory", "output", "recursion",
    "cancelled", "crashed"]) {
    const { verdict, good } = endingOf({ outcome, error: { type: "NameError" },
      limits: { ticks: 5, seconds: 5, memory_bytes: 64 << 20, output_bytes: 1 << 20, recursion: 1000 } });
    assert.match(verdict, /\.$/);
    assert.equal(good, outcome === "ok");
    assert.doesNotMatch(verdict, /undefined|NaN/);
  }
  const { cuts } = endingOf({ outcome: "output", truncated: { stdout: true, stdout_bytes: 2_000_000 } }, 100_000, true);
  assert.deepEqual(cuts, ["The output was cut; it had 2,000,000 bytes.", "The first 100,000 steps were recorded."]);
});

test("an address comes back as it was written", () => {
  const place = { session: "abc-_1", run: 2, step: 17, cell: 3, lesson: "late-binding" };
  const [pathname, query] = writeAddress(place).split("?");
  const back = readAddress({ pathname, search: "?" + query, hash: "" });
  for (const [name, value] of Object.entries(place)) assert.equal(back[name], value, name);
  assert.equal(writeAddress({ session: null }), "/");
  assert.equal(readAddress({ pathname: "/embed/abcdefghijk", search: "?step=4", hash: "" }).embedded, true);
  assert.equal(readAddress({ pathname: "/", search: "?step=-1&run=x", hash: "" }).step, null);
});

test("a program in a link comes back, whatever is in it", () => {
  for (const code of ["print('ä ☃ 𝔘')\n", "", "+/=#?&%\t\"'", "x = 1\r\n"]) {
    assert.equal(readAddress({ pathname: "/", search: "", hash: codeLink(code).slice(1) }).code, code);
  }
  assert.equal(readAddress({ pathname: "/", search: "", hash: "#other" }).code, null);
});

test("a diff shows what differs and a little around it", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n");
  const rows = lineDiff(before, before.replace("line 9\n", "line nine\nand more\n"));
  assert.deepEqual(rows.filter(({ sign }) => sign === "-").map(({ text }) => text), ["line 9"]);
  assert.deepEqual(rows.filter(({ sign }) => sign === "+").map(({ text }) => text), ["line nine", "and more"]);
  assert.ok(rows.length < 10);
  assert.deepEqual(lineDiff("a", "a"), []);
});

test("a quiz asks what was recorded: the late value, the sharing, the output", () => {
  const free = [{ name: "i", cell: 1 }];
  const events = [
    { event: "written", cell: 1, name: "i", new: int(0), step: 2 },
    { event: "captured", cell: 1, name: "i", function: "look#1", new: int(0), step: 3 },
    { event: "written", cell: 1, name: "i", old: int(0), new: int(2), step: 4 },
    { event: "read", cell: 1, name: "i", function: "look#1", new: int(2), line: 3, step: 9 },
  ];
  const questions = questionsFor({ stdout: "2 2\n", cells: [{ id: 1 }],
    functions: [{ id: "look#1", free }, { id: "look#2", free }], events });
  assert.equal(questions.length, 3);
  const [read, sharing, printed] = questions;
  assert.deepEqual([read.answer, read.choices, read.step], ["2", ["0", "2"], 9]);
  assert.equal(sharing.answer, "Yes, one cell");
  assert.ok(isRight(printed, " 2 2 ") && !isRight(printed, "2"));
  for (const question of questions) if (question.kind === "choice")
    assert.ok(question.choices.includes(question.answer));
});

test("a program without functions has only its output to ask about", () => {
  assert.deepEqual(questionsFor({ stdout: "" }), []);
  assert.equal(questionsFor({ stdout: "a\nb\n" }).length, 1);
});

test("the matrix counts functions that hold cells, and says what is shared", () => {
  const cells = [{ id: 1, name: "n" }, { id: 2, name: "n" }, { id: 3, name: "unheld" }];
  const two = matrixOf({ cells, functions: [{ id: "a#1", free: [{ name: "n", cell: 1 }] },
    { id: "a#2", free: [{ name: "n", cell: 2 }] }, { id: "plain#1", free: [] }] });
  assert.equal(two.sentence, "2 functions, 2 cells: nothing is shared.");
  const one = matrixOf({ cells, functions: ["a#1", "a#2", "a#3"].map((id) =>
    ({ id, free: [{ name: "n", cell: 1 }] })) });
  assert.equal(one.sentence, "3 functions, 1 cell: `n` is shared.");
});

test("server-sent events are read with their names, and comments are none", () => {
  assert.deepEqual(parseEvent('event: output\nid: 1-1\ndata: {"a":\ndata: 1}'), { name: "output", data: '{"a":\n1}' });
  assert.equal(parseEvent(": heartbeat"), null);
});
