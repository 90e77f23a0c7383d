-- Imports: files of many rows, received whole before they are read, and what became of each row.
-- sql/README.md says how they are merged.

CREATE TABLE import_job (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key        bigint,                  -- that sent it
  role       smallint    NOT NULL,    -- what the key was allowed to then
  region     text        NOT NULL,
  format     text        NOT NULL CHECK (format IN ('ndjson', 'csv')),
  atomic     boolean     NOT NULL,
  dry_run    boolean     NOT NULL,
  state      text        NOT NULL CHECK (state IN ('receiving', 'queued', 'running', 'done', 'failed', 'cancelled')),
  cancel     boolean     NOT NULL DEFAULT false, -- asked to stop
  parts      integer     NOT NULL DEFAULT 0,
  bytes      bigint      NOT NULL DEFAULT 0,     -- of the parts, as they were sent
  bytes_done bigint      NOT NULL DEFAULT 0,
  rows       bigint      NOT NULL DEFAULT 0,
  created    bigint      NOT NULL DEFAULT 0,
  updated    bigint      NOT NULL DEFAULT 0,
  unchanged  bigint      NOT NULL DEFAULT 0,
  rejected   bigint      NOT NULL DEFAULT 0,
  header     text        NOT NULL DEFAULT '',    -- the columns of a CSV file
  failure    text        NOT NULL DEFAULT '',
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at   timestamptz
);
CREATE INDEX import_job_open ON import_job (id) WHERE state IN ('receiving', 'queued', 'running');

-- The file, until the job has ended.
CREATE TABLE import_part (
  job    bigint  NOT NULL REFERENCES import_job (id),
  n      integer NOT NULL,
  sha256 bytea   NOT NULL CHECK (length(sha256) = 32),
  gzip   boolean NOT NULL,
  bytes  bytea   NOT NULL,
  PRIMARY KEY (job, n)
);
ALTER TABLE import_part ALTER COLUMN bytes SET STORAGE EXTERNAL; -- mostly packed already

CREATE TABLE import_error (
  job     bigint  NOT NULL REFERENCES import_job (id),
  row     bigint  NOT NULL,
  nth     integer NOT NULL, -- of the row's mistakes
  pointer text    NOT NULL,
  code    text    NOT NULL,
  detail  text    NOT NULL,
  PRIMARY KEY (job, row, nth)
);

-- The rows that have errors, as they were sent.
CREATE TABLE import_line (
  job  bigint NOT NULL REFERENCES import_job (id),
  row  bigint NOT NULL,
  line text   NOT NULL,
  PRIMARY KEY (job, row)
);

-- That a report's school is there, its writers see to, at a third of the cost of a large import:
-- one school's take its turn (school_turn), as its removal does; an import has its county's turn
-- alone, which the removal shares (county_turn).
ALTER TABLE report DROP CONSTRAINT report_school_fkey;
