/** A sentence for every error that the service can answer with. */

const sentences = {
  unreachable: "The service does not answer. Is it running, and are you online?",
  cut_off: "The connection was lost before the run ended. Open the session to see how it ended.",
};

/** The sentence for a refused request: ours for its code, else the service's own. */
export function sentenceFor(status, body) {
  const own = sentences[body?.code];
  const fields = (body?.errors ?? []).map(({ field, detail }) => `${field}: ${detail}`).join(" ");
  if (own) return fields ? `${own} ${fields}` : own;
  if (body?.detail) return fields ? `${body.detail} ${fields}` : body.detail;
  return `The service refused the request (${status}).`;
}

/** The codes that have a sentence here. */
export const knownCodes = Object.keys(sentences);
