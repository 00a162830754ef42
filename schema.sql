-- The session store, version 1. This is the whole schema of a new file; `PRAGMA user_version` holds its version, and
-- Sources/SessionStore/Migrations.swift brings an older file up to it. Times are milliseconds since 1970-01-01 UTC.

-- A session: runs in order, and the image that the last of them left. Its id is 128 random bits as text.
CREATE TABLE session (
  id         TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 22),
  title      TEXT    NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL CHECK (changed_at >= created_at),
  expires_at INTEGER,
  seed       INTEGER NOT NULL,                             -- of the snippets' random numbers and hashes
  clock      INTEGER NOT NULL,                             -- the time at which the snippets' clock starts
  limits     TEXT    NOT NULL                              -- a JSON object: limit name to number
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_change ON session (changed_at);
CREATE INDEX session_by_expiry ON session (expires_at) WHERE expires_at IS NOT NULL;

-- One evaluation of one snippet. A run never changes once it is here, so forks share it.
CREATE TABLE run (
  id         INTEGER NOT NULL PRIMARY KEY,
  parent     INTEGER REFERENCES run,                       -- whose image it started from; null: the base image
  created_at INTEGER NOT NULL,
  source     TEXT    NOT NULL,
  outcome    TEXT    NOT NULL CHECK (outcome IN ('ok', 'exception', 'syntax_error', 'ticks', 'time', 'memory',
                                                 'output', 'recursion', 'cancelled', 'crashed')),
  stdout     TEXT    NOT NULL,
  stderr     TEXT    NOT NULL,
  result     TEXT,                                         -- repr of a last expression that is not None
  error      TEXT,                                         -- a JSON object, as the API answers it
  usage      TEXT    NOT NULL                              -- a JSON object: limit name to the amount used
) STRICT;

CREATE INDEX run_by_parent ON run (parent);

-- The history of a session. A fork copies these rows and not the runs; a run that no session has left is removed.
CREATE TABLE session_run (
  session TEXT    NOT NULL REFERENCES session ON DELETE CASCADE,
  number  INTEGER NOT NULL CHECK (number >= 1),
  run     INTEGER NOT NULL REFERENCES run,
  PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_run_by_run ON session_run (run);

-- A page of memory, kept once however many images hold it. The digest is of the content as it is in memory.
CREATE TABLE page (
  id      INTEGER NOT NULL PRIMARY KEY,
  digest  BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
  content BLOB    NOT NULL
) STRICT;

-- The image that a run left: the pages in which it differs from its parent's image, all of them or none. The snippets
-- are the truth; a run without an image is replayed.
CREATE TABLE image (
  run   INTEGER NOT NULL PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  build TEXT    NOT NULL,                                  -- which interpreter can read it
  size  INTEGER NOT NULL CHECK (size >= 0)                 -- bytes of the whole image
) STRICT;

CREATE TABLE image_page (
  image    INTEGER NOT NULL REFERENCES image ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),         -- page number within the image
  page     INTEGER REFERENCES page,                        -- null: a page of zeros
  PRIMARY KEY (image, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_page_by_page ON image_page (page);
