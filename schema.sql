-- The session store, version 3. This is the whole schema of a new file; `PRAGMA user_version` holds its version, and
-- Sources/SessionStore/Migrations.swift brings an older file up to it. Times are milliseconds since 1970-01-01 UTC.
--
-- What was sent and answered (session, run, share) is the truth, and is committed before it is acknowledged. Images and
-- everything that search reads are made from it, are written a moment later, and are made again when they are missing.

-- A session. Its id is 128 random bits as text; its key says only in which order sessions were created.
CREATE TABLE session (
  key         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id          TEXT    NOT NULL UNIQUE CHECK (length(id) = 22),
  title       TEXT    NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,                            -- never less than an older session's
  changed_at  INTEGER NOT NULL CHECK (changed_at >= created_at),
  expires_at  INTEGER,
  version     INTEGER NOT NULL DEFAULT 1,                  -- grows with every change
  seed        INTEGER NOT NULL,                            -- of the snippets' random numbers and hashes
  clock       INTEGER NOT NULL,                            -- the second at which the snippets' clock starts
  limits      TEXT    NOT NULL,                            -- a JSON object: limit name to number
  forked_from TEXT,                                        -- the id of the session that it was forked from
  forked_run  INTEGER,                                     -- and the last run that it shares with it
  run_count   INTEGER NOT NULL DEFAULT 0,
  head        INTEGER REFERENCES run,                      -- whose image the next run starts from; null: the base image
  indexed     INTEGER NOT NULL DEFAULT 0                   -- how many of its runs search knows
) STRICT;

CREATE INDEX session_by_creation ON session (created_at);
CREATE INDEX session_by_change ON session (changed_at);
CREATE INDEX session_by_expiry ON session (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX session_by_head ON session (head);
CREATE INDEX session_unindexed ON session (key) WHERE indexed < run_count;

-- One evaluation of one snippet. A run never changes once it is here, so forks share it.
CREATE TABLE run (
  id         INTEGER NOT NULL PRIMARY KEY,
  parent     INTEGER REFERENCES run,                       -- whose image it started from; null: the base image
  created_at INTEGER NOT NULL,
  source     TEXT    NOT NULL,
  stdin      TEXT    NOT NULL DEFAULT '',
  seed       INTEGER NOT NULL,
  clock      INTEGER NOT NULL,
  limits     TEXT    NOT NULL DEFAULT '{}',                -- a JSON object: limit name to number
  outcome    TEXT    NOT NULL CHECK (outcome IN ('ok', 'exception', 'syntax_error', 'ticks', 'time', 'memory',
                                                 'output', 'recursion', 'cancelled', 'crashed')),
  stdout     TEXT    NOT NULL,
  stderr     TEXT    NOT NULL,
  pieces     TEXT    NOT NULL DEFAULT '[]',                -- JSON: [seconds, 0 or 1 for stderr, bytes] in order
  result     TEXT,                                         -- repr of a last expression that is not None
  error      TEXT,                                         -- a JSON object, as the API answers it
  usage      TEXT    NOT NULL,                             -- a JSON object: limit name to the amount used
  truncated  TEXT    NOT NULL DEFAULT '{}',                -- a JSON object: bytes that each stream had
  report     TEXT,                                         -- a JSON object: cells, functions, warnings, explanation
  change     TEXT                                          -- a JSON object: the cell that was set on the way, if any
) STRICT;

CREATE INDEX run_by_parent ON run (parent);

-- The history of a session. A fork copies these rows and not the runs; a run that no session has left is removed.
CREATE TABLE session_run (
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  number  INTEGER NOT NULL CHECK (number BETWEEN 1 AND 10000),
  run     INTEGER NOT NULL REFERENCES run,
  PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_run_by_run ON session_run (run);

-- Ids of sessions and shares that were deleted, so that they are answered as gone and not as unknown.
CREATE TABLE gone (
  id      TEXT    NOT NULL PRIMARY KEY,
  gone_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A page of memory, kept once however many images hold it. The digest is of the content as it is in memory; what is kept
-- is that content, or its difference from another page that is whole, without the zeros.
CREATE TABLE page (
  id       INTEGER NOT NULL PRIMARY KEY,
  digest   BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
  base     INTEGER REFERENCES page,                        -- null: the content is whole
  checksum INTEGER NOT NULL,                               -- of the content as it is in memory
  content  BLOB    NOT NULL
) STRICT;

CREATE INDEX page_by_base ON page (base) WHERE base IS NOT NULL;

-- The image that a run left. The snippets are the truth; a run without an image is replayed.
CREATE TABLE image (
  run     INTEGER NOT NULL PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  build   TEXT    NOT NULL,                                -- which interpreter can read it
  size    INTEGER NOT NULL CHECK (size >= 0),              -- bytes of its head, which lies in pages from 2^32 on
  depth   INTEGER NOT NULL CHECK (depth >= 0)              -- images that it stands on; 0: its pages are all there
) STRICT;

CREATE INDEX image_by_build ON image (build);

-- Where an image differs from its parent run's image, or, at depth 0, from the base image.
CREATE TABLE image_page (
  image    INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),         -- page number
  page     INTEGER REFERENCES page,                        -- null: as in the base image
  PRIMARY KEY (image, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_page_by_page ON image_page (page);

-- What search finds sessions by. All of it is in the order of sessions' keys, so that a search reads no more rows than
-- it answers, however many match.
CREATE TABLE cell (
  name      TEXT    NOT NULL,                              -- of a captured variable
  session   INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  shared_by INTEGER NOT NULL,                              -- the most functions that ever shared a cell of this name
  PRIMARY KEY (name, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE function (
  name    TEXT    NOT NULL,                                -- qualified, of a closure
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  PRIMARY KEY (name, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE trait (
  kind    TEXT    NOT NULL CHECK (kind IN ('outcome', 'raised', 'shared_by')),
  value   TEXT    NOT NULL,                                -- for shared_by: each number up to the greatest
  session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
  PRIMARY KEY (kind, value, session)
) STRICT, WITHOUT ROWID;

CREATE INDEX cell_by_session ON cell (session);
CREATE INDEX function_by_session ON function (session);
CREATE INDEX trait_by_session ON trait (session);

-- Words of titles, sources and outputs. A row is a run, or for number 0 a title: its id is the session's key times 16,384
-- plus the run's number. The texts themselves are not kept twice.
CREATE VIRTUAL TABLE words USING fts5 (
  title, source, output, content = '', tokenize = "unicode61 remove_diacritics 2 tokenchars '_'"
);

-- Something shared: its id is the beginning of its content's digest, so the same content has the same id.
CREATE TABLE share (
  id         TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 11),
  digest     BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
  created_at INTEGER NOT NULL,
  content    TEXT    NOT NULL,                             -- a JSON object: what was shared
  answer     TEXT    NOT NULL                              -- a JSON object: what became of its last snippet
) STRICT, WITHOUT ROWID;

-- Everybody who shares something gets a token; it is gone when the last of them has taken it back.
CREATE TABLE share_token (
  digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
  share  TEXT NOT NULL REFERENCES share ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX share_token_by_share ON share_token (share);

-- Requests that may be sent again (Idempotency-Key), with what they were answered.
CREATE TABLE request (
  key        TEXT    NOT NULL PRIMARY KEY,
  digest     BLOB    NOT NULL CHECK (length(digest) = 32), -- of everything that the request asked
  created_at INTEGER NOT NULL,
  session    INTEGER REFERENCES session ON DELETE CASCADE,
  run        INTEGER,                                      -- its number; null: the answer is in the next column
  answer     TEXT
) STRICT;

CREATE INDEX request_by_creation ON request (created_at);
CREATE INDEX request_by_session ON request (session) WHERE session IS NOT NULL;
