/** A sentence for every error that the service can answer with. */

const sentences = {
  unreachable: "The service does not answer. Is it running, and are you online?",
  cut_off: "The connection was lost before the run ended. Open the session to see how it ended.",
  body_too_large: "That is more than the service takes at once.",
  client_overloaded: "You have many runs waiting already. Try again in a moment.",
  foreign_origin: "This page comes from another place than the service; it may only look, not change anything.",
  gone: "It was deleted, or its time is over.",
  headers_too_large: "The browser sent more header lines than the service takes.",
  id_taken: "A session with this id is here already.",
  idempotency_key_reused: "The same request was sent twice with different contents.",
  inspection_failed: "The run could not be made again to be looked at.",
  internal_error: "The service made a mistake. The session is as it was before.",
  invalid_export: "That file is not a session's export, or it was changed.",
  invalid_expression: "That is not an expression that Python can evaluate here.",
  invalid_fields: "The service did not understand the request.",
  invalid_idempotency_key: "The key of the request is not valid.",
  invalid_json: "The service could not read the request.",
  invalid_parameter: "The address holds a value that the service does not take.",
  invalid_utf8: "The text holds bytes that are not UTF-8.",
  malformed_request: "The service could not read the request.",
  method_not_allowed: "That cannot be done with this.",
  no_runs: "This session has no run that could be shared.",
  not_acceptable: "The service has no answer of the kind that was asked for.",
  not_found: "There is nothing here: the session, run or link does not exist.",
  nothing_follows: "No statement begins at this step or after it. At the last step the cell is set after the run.",
  not_utf8: "The program holds bytes that are not UTF-8.",
  nothing_running: "Nothing is running in this session.",
  overloaded: "The service is busy: too many programs are waiting. Try again in a moment.",
  precondition_failed: "Somebody else changed this session in the meantime. Open it again to see how it is now.",
  range_not_satisfiable: "The service has no such part of the file.",
  repeated_parameter: "The address names a parameter twice.",
  request_timeout: "The request took too long to arrive.",
  session_full: "This session has as many runs as one may have. Fork it, or leave it and begin another.",
  session_unavailable: "This session cannot be read at the moment.",
  share_too_long: "This is more than one link can hold. Share a single program, or export the session.",
  source_too_long: "The program is longer than the service takes.",
  store_unavailable: "The service cannot save anything at the moment.",
  target_too_long: "The address is too long. Store the program and share that link instead.",
  token_missing: "Deleting a link needs the token that came with it.",
  too_many_fields: "The request has too many fields.",
  too_many_requests: "That was very much in a short time. Try again in a moment.",
  too_many_runs: "Too many runs of this session are waiting. Try again when they have ended.",
  unknown_expectation: "The service does not know what the browser expects of it.",
  unknown_host: "The service does not answer to this name. Its operator can allow it with --allow-host.",
  unknown_method: "The service does not know that method.",
  unknown_parameter: "The address holds a parameter that the service does not know.",
  unsupported_encoding: "The service does not read that encoding.",
  unsupported_media_type: "The service does not take that kind of file.",
  unsupported_version: "The service does not speak that version of HTTP.",
  what_if_not_shared: "A run in which a cell was set cannot be shared. Export the session instead.",
  wrong_token: "That is not the token that came with this link.",
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
