import HTTPServer
import Sandbox

/// Schemas and parameters of the API's description, as JSON.
enum OpenAPIComponents {
  static let description = """
    A snippet that raises, or meets a limit, is a request that succeeded: the answer is 200, `outcome` names how it ended, \
    and everything that it printed is there. What a request may not do is refused as application/problem+json with a \
    stable `code`, and changes nothing. Unknown members and parameters are refused by name. Runs over HTTP are \
    deterministic: the same snippet with the same seed and clock gives the same answer, but for times.
    """

  /// The components, with the operator's ceilings in their places.
  static func text(ceiling: RunLimits) -> String {
    var text =
      "{\"schemas\": {" + [requests, answers, service].joined(separator: ",") + "}, \"parameters\": {" + parameters
      + "}}"
    for member in ceiling.json.members {
      text.replace("\"most \(member.name)\"", with: String(decoding: member.value.serialized(), as: UTF8.self))
    }
    return text
  }

  private static let requests = #"""
    "Limits": {"type": "object", "additionalProperties": false, "properties": {
      "ticks": {"type": "integer", "minimum": 1, "maximum": "most ticks"},
      "seconds": {"type": "number", "minimum": 0.01, "maximum": "most seconds"},
      "memory_bytes": {"type": "integer", "minimum": 1048576, "maximum": "most memory_bytes"},
      "output_bytes": {"type": "integer", "minimum": 0, "maximum": "most output_bytes"},
      "recursion": {"type": "integer", "minimum": 10, "maximum": "most recursion"},
      "recorded_steps": {"type": "integer", "minimum": 0, "maximum": "most recorded_steps"}},
      "description": "Each downwards freely, upwards to the operator's ceiling (GET /v1/limits)."},
    "RunRequest": {"type": "object", "additionalProperties": false, "required": ["code"], "properties": {
      "code": {"type": "string", "maxLength": 65536, "description": "At most 65,536 bytes of UTF-8."},
      "stdin": {"type": ["string", "null"], "maxLength": 262144},
      "seed": {"type": ["integer", "null"], "minimum": -9223372036854775808, "maximum": 9223372036854775807},
      "clock": {"type": ["integer", "null"], "minimum": 0, "maximum": 253402300799, "description": "Seconds since 1970."},
      "trace": {"enum": ["none", "cells", "steps", null]},
      "limits": {"oneOf": [{"$ref": "#/components/schemas/Limits"}, {"type": "null"}]}}},
    "CodeForm": {"type": "object", "additionalProperties": false, "required": ["code"],
      "properties": {"code": {"type": "string", "maxLength": 65536}}},
    "SessionRequest": {"type": "object", "additionalProperties": false, "properties": {
      "title": {"type": ["string", "null"], "maxLength": 500}, "seed": {"type": ["integer", "null"], "minimum": -9223372036854775808, "maximum": 9223372036854775807},
      "clock": {"type": ["integer", "null"], "minimum": 0, "maximum": 253402300799},
      "limits": {"oneOf": [{"$ref": "#/components/schemas/Limits"}, {"type": "null"}]},
      "from": {"oneOf": [{"type": "null"}, {"type": "object", "additionalProperties": false, "required": ["session"],
        "properties": {"session": {"type": "string"}, "run": {"type": ["integer", "null"], "minimum": 0}}}]}}},
    "SessionChange": {"type": "object", "additionalProperties": false, "properties": {
      "title": {"type": ["string", "null"], "maxLength": 500},
      "expires_at": {"type": ["string", "null"], "format": "date-time", "description": "null: never."}}},
    "ForkRequest": {"type": "object", "additionalProperties": false, "properties": {
      "after": {"type": ["integer", "null"], "minimum": 0, "maximum": 10000, "description": "All runs if left out."},
      "title": {"type": ["string", "null"], "maxLength": 500}}},
    "ShareRequest": {"type": "object", "additionalProperties": false, "properties": {
      "code": {"type": "string", "maxLength": 65536}, "stdin": {"type": ["string", "null"], "maxLength": 262144},
      "seed": {"type": ["integer", "null"], "minimum": -9223372036854775808, "maximum": 9223372036854775807}, "clock": {"type": ["integer", "null"], "minimum": 0, "maximum": 253402300799},
      "session": {"type": "string"}, "run": {"type": ["integer", "null"], "minimum": 1, "maximum": 10000},
      "title": {"type": ["string", "null"], "maxLength": 500},
      "step": {"type": ["integer", "null"], "minimum": 1, "maximum": 2147483647}},
      "anyOf": [{"required": ["code"], "properties": {"code": {"type": "string"}}},
        {"required": ["session"], "properties": {"session": {"type": "string"}}}],
      "description": "Either `code` or `session`."}
    """#

  private static let answers = #"""
    "Problem": {"type": "object", "required": ["type", "title", "status", "code", "detail"], "properties": {
      "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
      "code": {"type": "string", "description": "Stable; for programs."}, "detail": {"type": "string"},
      "errors": {"type": "array", "items": {"type": "object", "required": ["field", "detail"], "properties": {
        "field": {"type": "string"}, "detail": {"type": "string"}}}},
      "limit": {"type": "integer"}, "seen": {"type": "integer"}}},
    "Outcome": {"enum": ["ok", "exception", "syntax_error", "ticks", "time", "memory", "output", "recursion", "cancelled",
      "crashed"]},
    "Answer": {"type": "object", "required": ["outcome", "stdout", "stderr", "events", "result", "error", "cells",
      "functions", "warnings", "usage", "limits", "truncated"], "properties": {
      "outcome": {"$ref": "#/components/schemas/Outcome"}, "stdout": {"type": "string"}, "stderr": {"type": "string"},
      "events": {"type": "array", "items": {"type": "object", "required": ["t", "stream", "text"], "properties": {
        "t": {"type": "number"}, "stream": {"enum": ["stdout", "stderr"]}, "text": {"type": "string"}}}},
      "result": {"type": ["string", "null"]},
      "error": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/RunError"}]},
      "cells": {"type": "array", "items": {"type": "object"}}, "functions": {"type": "array", "items": {"type": "object"}},
      "warnings": {"type": "array", "items": {"type": "object"}}, "usage": {"$ref": "#/components/schemas/Usage"},
      "limits": {"type": "object"}, "truncated": {"type": "object", "properties": {
        "stdout": {"type": "boolean"}, "stderr": {"type": "boolean"}, "stdout_bytes": {"type": "integer"},
        "stderr_bytes": {"type": "integer"}}}}},
    "RunError": {"type": "object", "required": ["type", "message", "text"], "properties": {
      "type": {"type": "string"}, "message": {"type": "string"}, "text": {"type": "string"},
      "traceback": {"type": "array", "items": {"type": "object"}}, "explanation": {"type": "string"},
      "fix": {"type": "object"}}},
    "Usage": {"type": "object", "properties": {"ticks": {"type": "integer"}, "seconds": {"type": "number"},
      "memory_bytes": {"type": "integer"}, "output_bytes": {"type": "integer"}, "steps": {"type": "integer"}}},
    "Run": {"allOf": [{"$ref": "#/components/schemas/Answer"}, {"type": "object",
      "required": ["session", "number", "created_at", "source", "stdin", "seed", "clock", "restarted"], "properties": {
      "session": {"type": "string"}, "number": {"type": "integer"}, "created_at": {"type": "string", "format": "date-time"},
      "source": {"type": "string"}, "stdin": {"type": "string"}, "seed": {"type": "integer"}, "clock": {"type": "integer"},
      "restarted": {"type": "boolean"}, "what_if": {"$ref": "#/components/schemas/WhatIf"}, "resumed": {"enum": ["fresh", "memory", "image", "replay"]},
      "replayed_runs": {"type": "integer"}}}]},
    "RunSummary": {"type": "object", "required": ["number", "created_at", "outcome", "source", "source_bytes"],
      "properties": {"number": {"type": "integer"}, "created_at": {"type": "string", "format": "date-time"},
      "outcome": {"$ref": "#/components/schemas/Outcome"}, "source": {"type": "string"},
      "source_bytes": {"type": "integer"}, "result": {"type": ["string", "null"]}, "error": {"type": ["object", "null"]},
      "restarted": {"type": "boolean"}, "what_if": {"$ref": "#/components/schemas/WhatIf"}, "ticks": {"type": "integer"}}},
    "WhatIf": {"oneOf": [{"type": "null"}, {"type": "object", "additionalProperties": false,
      "required": ["step", "cell", "expression"], "properties": {"step": {"type": "integer", "minimum": 1},
      "cell": {"type": "integer", "minimum": 1}, "expression": {"type": "string"}}}],
      "description": "The cell that was set on the run's way."},
    "SessionHead": {"type": "object", "required": ["id", "title", "created_at", "changed_at", "seed", "clock", "limits",
      "run_count"], "properties": {"id": {"type": "string"}, "title": {"type": "string"},
      "created_at": {"type": "string", "format": "date-time"}, "changed_at": {"type": "string", "format": "date-time"},
      "expires_at": {"type": ["string", "null"], "format": "date-time"}, "seed": {"type": "integer"},
      "clock": {"type": "integer"}, "limits": {"type": "object"}, "forked_from": {"type": ["object", "null"]},
      "run_count": {"type": "integer"}}},
    "Session": {"allOf": [{"$ref": "#/components/schemas/SessionHead"}, {"type": "object", "required": ["running", "runs"],
      "properties": {"running": {"type": ["integer", "null"]},
      "runs": {"type": "array", "items": {"$ref": "#/components/schemas/RunSummary"}}}}]},
    "SessionList": {"type": "object", "required": ["sessions", "next"], "properties": {
      "sessions": {"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/SessionHead"}, {"type": "object",
        "properties": {"last": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/RunSummary"}]}}}]}},
      "next": {"type": ["string", "null"], "description": "The cursor of the next part, also behind a part that is short."}}},
    "RunList": {"type": "object", "required": ["runs", "next"], "properties": {
      "runs": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}}, "next": {"type": ["string", "null"]}}}
    """#

  private static let service = #"""
    "Archive": {"type": "object", "required": ["format", "version", "runs"], "additionalProperties": false, "properties": {
      "format": {"const": "cellar-session"}, "version": {"const": 1}, "title": {"type": "string", "maxLength": 500},
      "created_at": {"type": "string"}, "seed": {"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807},
      "clock": {"type": "integer", "minimum": 0, "maximum": 253402300799},
      "limits": {"type": "object", "description": "What is above the ceiling is lowered."}, "runs": {"type": "array", "maxItems": 10000, "items":
      {"type": "object", "additionalProperties": false, "required": ["source", "outcome"], "properties": {
        "created_at": {"type": "string"}, "source": {"type": "string"}, "stdin": {"type": "string"},
        "seed": {"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807},
        "clock": {"type": "integer", "minimum": 0, "maximum": 253402300799},
        "restarted": {"type": "boolean"}, "outcome": {"$ref": "#/components/schemas/Outcome"},
        "stdout": {"type": "string"}, "stderr": {"type": "string"}, "result": {"type": ["string", "null"]},
        "pieces": {"type": "array"}, "limits": {"type": "object"},
        "error": {"type": ["object", "null"]}, "usage": {"type": ["object", "null"]},
        "truncated": {"type": ["object", "null"]}, "report": {"type": ["object", "null"]},
        "what_if": {"$ref": "#/components/schemas/WhatIf"}}}}}},
    "Shared": {"type": "object", "required": ["id", "url", "delete_token"], "properties": {
      "id": {"type": "string", "minLength": 11, "maxLength": 11}, "url": {"type": "string"},
      "delete_token": {"type": "string"}}},
    "Share": {"type": "object", "required": ["id", "title", "seed", "clock", "snippets", "run"], "properties": {
      "id": {"type": "string"}, "created_at": {"type": "string"}, "title": {"type": "string"},
      "step": {"type": ["integer", "null"]}, "seed": {"type": "integer"}, "clock": {"type": "integer"},
      "snippets": {"type": "array", "items": {"type": "object", "required": ["code", "stdin"], "properties": {
        "code": {"type": "string"}, "stdin": {"type": "string"}, "restarted": {"type": "boolean"}}}},
      "run": {"$ref": "#/components/schemas/Answer"}}},
    "Version": {"type": "object", "required": ["cellar", "python"], "properties": {
      "cellar": {"type": "string"}, "python": {"type": "string"}, "sqlite": {"type": "string"}}},
    "ServiceLimits": {"type": "object", "required": ["source_bytes", "ceiling"]},
    "Readiness": {"type": "object", "required": ["ready"], "properties": {"ready": {"type": "boolean"}}},
    "Inspected": {"type": "object"},
    "CellChange": {"type": "object", "additionalProperties": false, "required": ["expression"], "properties": {
      "expression": {"type": "string", "minLength": 1, "maxLength": 10000}}},
    "Lessons": {"type": "object", "required": ["lessons"], "properties": {"lessons": {"type": "array", "items": {
      "type": "object", "required": ["id", "topic", "title", "question", "text", "code", "output"]}}}},
    "Description": {"type": "object"}
    """#

  private static let parameters = #"""
    "session": {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}},
    "share": {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}},
    "n": {"name": "n", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1}},
    "k": {"name": "k", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1}},
    "cid": {"name": "cid", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1}},
    "fid": {"name": "fid", "in": "path", "required": true, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_<>#.]+$"}},
    "run": {"name": "run", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1073741824}},
    "step": {"name": "step", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1073741824},
      "description": "A moment of the run; without it, the end."},
    "from": {"name": "from", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 1073741824}},
    "steps_limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100000}},
    "cell_number": {"name": "cell", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 2147483647}},
    "line": {"name": "line", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1073741824}},
    "on": {"name": "on", "in": "query", "schema": {"enum": ["write", "read", "capture", "any"]}},
    "dir": {"name": "dir", "in": "query", "schema": {"enum": ["back", "forward"]}},
    "expand": {"name": "expand", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 2147483647},
      "description": "The number of an object to show more of."},
    "offset": {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 1073741824}},
    "closures": {"name": "closures", "in": "query", "schema": {"enum": ["0", "1"]}},
    "name": {"name": "name", "in": "query", "schema": {"type": "string"}},
    "owner": {"name": "owner", "in": "query", "schema": {"type": "string"}},
    "captured_by": {"name": "captured_by", "in": "query", "schema": {"type": "string"}},
    "changed_after": {"name": "changed_after", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 1073741824}},
    "stdin": {"name": "stdin", "in": "query", "schema": {"type": "string"}},
    "seed": {"name": "seed", "in": "query", "schema": {"type": "integer", "format": "int64",
      "minimum": -9223372036854775808, "maximum": 9223372036854775807}},
    "clock": {"name": "clock", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 253402300799}},
    "trace": {"name": "trace", "in": "query", "schema": {"enum": ["none", "cells", "steps"]}},
    "seconds": {"name": "seconds", "in": "query", "schema": {"type": "number", "minimum": 0.01, "maximum": "most seconds"}},
    "ticks": {"name": "ticks", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": "most ticks"}},
    "memory_bytes": {"name": "memory_bytes", "in": "query", "schema": {"type": "integer", "minimum": 1048576, "maximum": "most memory_bytes"}},
    "output_bytes": {"name": "output_bytes", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": "most output_bytes"}},
    "recursion": {"name": "recursion", "in": "query", "schema": {"type": "integer", "minimum": 10, "maximum": "most recursion"}},
    "recorded_steps": {"name": "recorded_steps", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": "most recorded_steps"}},
    "q": {"name": "q", "in": "query", "schema": {"type": "string"},
      "description": "Words that are all in one run's source and output, or in the title; a star ends a part of a word."},
    "cell": {"name": "cell", "in": "query", "schema": {"type": "string"}, "description": "The name of a captured variable."},
    "function": {"name": "function", "in": "query", "schema": {"type": "string"}},
    "shared_by": {"name": "shared_by", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 64},
      "description": "A cell that at least so many functions share."},
    "outcome": {"name": "outcome", "in": "query", "schema": {"$ref": "#/components/schemas/Outcome"}},
    "raised": {"name": "raised", "in": "query", "schema": {"type": "string"}, "description": "The type of an exception."},
    "created_after": {"name": "created_after", "in": "query", "schema": {"type": "string", "format": "date-time"}},
    "order": {"name": "order", "in": "query", "schema": {"enum": ["newest", "oldest"]}},
    "limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
    "cursor": {"name": "cursor", "in": "query", "schema": {"type": "string", "pattern": "^c[0-9a-z]{1,10}$"}},
    "token": {"name": "token", "in": "query", "schema": {"type": "string"}},
    "Authorization": {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
    "If-Match": {"name": "If-Match", "in": "header", "schema": {"type": "string"}},
    "If-None-Match": {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
    "Last-Event-ID": {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}},
    "Idempotency-Key": {"name": "Idempotency-Key", "in": "header",
      "schema": {"type": "string", "minLength": 1, "maxLength": 255}}
    """#
}
