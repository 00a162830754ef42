/** The service as functions. Each answers JSON, or throws a `Problem` whose message is a sentence for people. */
import { sentenceFor } from "./problems.js";

/** A request that failed, with the service's stable code. */
export class Problem extends Error {
  constructor(status, body) {
    super(sentenceFor(status, body));
    this.status = status;
    this.code = body?.code ?? "";
    this.body = body;
  }
}

async function ask(method, path, body, { signal, accept = "application/json" } = {}) {
  const headers = { Accept: accept };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, signal, body: body === undefined ? undefined
      : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { code: "unreachable" });
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

async function json(method, path, body, options) {
  const answer = await ask(method, path, body, options);
  return answer.status === 204 ? null : answer.json();
}

const session = (id) => `/v1/sessions/${encodeURIComponent(id)}`;
const query = (values) => {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return entries.length ? "?" + new URLSearchParams(entries) : "";
};

export const api = {
  lessons: () => json("GET", "/v1/lessons"),
  createSession: (body = {}) => json("POST", "/v1/sessions", body),
  sessions: (filter, signal) => json("GET", "/v1/sessions" + query(filter), undefined, { signal }),
  session: (id) => json("GET", session(id)),
  rename: (id, title) => json("PATCH", session(id), { title }),
  remove: (id) => json("DELETE", session(id)),
  restart: (id) => json("POST", session(id) + "/restart", {}),
  fork: (id, body) => json("POST", session(id) + "/fork", body),
  importSession: (file) => json("POST", "/v1/sessions/import", file),
  run: (id, number) => json("GET", `${session(id)}/runs/${number}`),
  cancel: (id) => json("DELETE", session(id) + "/runs/current"),
  steps: (id, run, from, limit) => json("GET", `${session(id)}/runs/${run}/steps${query({ from, limit })}`),
  state: (id, run, step) => json("GET", `${session(id)}/runs/${run}/steps/${step}`),
  find: (id, run, wanted) => json("GET", `${session(id)}/runs/${run}/steps/find${query(wanted)}`),
  matrix: (id, run, step) => json("GET", session(id) + "/matrix" + query({ run, step })),
  ledger: (id, cell, run) => json("GET", `${session(id)}/cells/${cell}/ledger${query({ run })}`),
  cell: (id, cell, run, step) => json("GET", `${session(id)}/cells/${cell}${query({ run, step })}`),
  setCell: (id, cell, body, place) => json("PATCH", `${session(id)}/cells/${cell}${query(place)}`, body),
  share: (body) => json("POST", "/v1/share", body),
  unshare: (id, token) => json("DELETE", `/v1/share/${encodeURIComponent(id)}${query({ token })}`),
  shared: (id) => json("GET", `/p/${encodeURIComponent(id)}.json`),
  exportPath: (id) => session(id) + "/export",
};

/** Runs a snippet in a session. `on.output` and `on.progress` hear of it while it goes on; the answer is the run. */
export async function runSnippet(id, body, on, signal) {
  const answer = await ask("POST", session(id) + "/runs", body,
    { accept: "text/event-stream, application/json;q=0.5", signal });
  if (!answer.headers.get("Content-Type")?.startsWith("text/event-stream")) return answer.json();
  let done;
  for await (const event of serverEvents(answer.body)) {
    if (event.name === "output") on.output?.(JSON.parse(event.data));
    else if (event.name === "progress") on.progress?.(JSON.parse(event.data));
    else if (event.name === "done") done = JSON.parse(event.data);
    else if (event.name === "error" || event.name === "problem") {
      const body = JSON.parse(event.data);
      throw new Problem(body.status ?? 500, body);
    }
  }
  if (!done) throw new Problem(0, { code: "cut_off" });
  return done;
}

/** The events of a stream, one by one. */
async function* serverEvents(stream) {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    for (let end; (end = text.search(/\r?\n\r?\n/)) >= 0; ) {
      const block = text.slice(0, end);
      text = text.slice(end).replace(/^\r?\n\r?\n/, "");
      const event = parseEvent(block);
      if (event) yield event;
    }
  }
}

/** One event from its lines; a comment is none. */
export function parseEvent(block) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { name, data: data.join("\n") } : null;
}
