-- Import jobs, their parts and errors. A running job is held by a session that has its advisory
-- lock ('JW', id): when its program dies, PostgreSQL lets go of it, and another one takes the job.

-- name: import_open
INSERT INTO import_job (key, role, region, format, atomic, dry_run, period, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'receiving')
RETURNING id

-- Before a part is put: parts that come at the same time are counted one after the other, each by a
-- statement that sees the one before.
-- name: import_part_turn
SELECT state FROM import_job WHERE id = $1 FOR UPDATE

-- The same part again replaces it, as long as the job is not committed. Parameters: job, number,
-- SHA-256, whether it is packed, bytes; limits of parts and of bytes.
-- name: import_part_put
WITH job AS (
  SELECT id FROM import_job
  WHERE id = $1 AND state = 'receiving' AND $2::integer <= $6::integer
    AND bytes + length($5) * 3 / 4 <= $7::bigint
), put AS (
  INSERT INTO import_part (job, n, sha256, gzip, bytes)
  SELECT id, $2::integer, decode($3, 'hex'), $4::boolean, decode($5, 'base64') FROM job
  ON CONFLICT (job, n) DO UPDATE
  SET sha256 = excluded.sha256, gzip = excluded.gzip, bytes = excluded.bytes
  RETURNING job, length(bytes) AS length
)
UPDATE import_job j SET bytes = o.bytes + put.length, parts = greatest(o.last, $2::integer)
FROM put, (
  SELECT coalesce(sum(length(bytes)), 0) AS bytes, coalesce(max(n), 0) AS last
  FROM import_part WHERE job = $1 AND n <> $2::integer
) o
WHERE j.id = put.job
RETURNING j.id

-- Parts are numbered 1, 2, 3 … without gaps. Of a workbook with what is chosen of its columns.
-- name: import_commit
UPDATE import_job j SET state = 'queued', choices = $2
WHERE id = $1 AND state = 'receiving' AND parts > 0
  AND parts = (SELECT count(*) FROM import_part WHERE job = $1)
RETURNING id

-- Why a commit was none: the state, and the first number that has no part. One behind the last, when all are there.
-- name: import_missing
SELECT state, (
  SELECT min(i) FROM generate_series(1, j.parts + 1) i
  WHERE NOT EXISTS (SELECT FROM import_part p WHERE p.job = j.id AND p.n = i))
FROM import_job j WHERE id = $1

-- $2: what is told of it.
-- name: import_cancel
UPDATE import_job
SET cancel = true,
  failure = CASE WHEN state IN ('receiving', 'queued') THEN $2 ELSE failure END,
  state = CASE WHEN state IN ('receiving', 'queued') THEN 'cancelled' ELSE state END,
  ended_at = CASE WHEN state IN ('receiving', 'queued') THEN clock_timestamp() END
WHERE id = $1 AND state IN ('receiving', 'queued', 'running')
RETURNING id

-- name: import_get
SELECT id, role, region, key, format, atomic, dry_run, state, cancel, parts, bytes, bytes_done, rows,
  created, updated, unchanged, rejected, header, failure, period
FROM import_job WHERE id = $1

-- name: import_texts
SELECT choices, mapping FROM import_job WHERE id = $1

-- name: import_map
UPDATE import_job SET mapping = $2 WHERE id = $1 RETURNING id

-- Jobs that may be waiting for somebody, the oldest first; not above $1 bytes, younger than $2.
-- name: import_waiting
SELECT id, cancel FROM import_job
WHERE state IN ('queued', 'running') AND bytes <= $1 AND id > $2
ORDER BY id LIMIT 16

-- name: import_hold
SELECT pg_try_advisory_lock(x'4a57'::integer, $1::integer)

-- Whoever holds it starts from the beginning: what an atomic import had done is undone, what the
-- other had done is found unchanged. Answers whether somebody had begun it before.
-- name: import_start
UPDATE import_job j
SET state = 'running', bytes_done = 0, rows = 0, created = 0, updated = 0, unchanged = 0, rejected = 0
FROM import_job o
WHERE j.id = $1 AND j.state IN ('queued', 'running') AND o.id = j.id
RETURNING o.state = 'running'

-- name: import_progress
UPDATE import_job
SET bytes_done = $2, rows = $3, created = $4, updated = $5, unchanged = $6, rejected = $7
WHERE id = $1 AND state = 'running'
RETURNING cancel

-- name: import_part_get
SELECT gzip, bytes FROM import_part WHERE job = $1 AND n = $2

-- Who was told that it stops is told the truth: it ends in no other way then.
-- name: import_finish
UPDATE import_job
SET state = $2, bytes_done = bytes, rows = $3, created = $4, updated = $5, unchanged = $6,
  rejected = $7, header = $8, failure = $9, ended_at = clock_timestamp()
WHERE id = $1 AND state = 'running' AND (NOT cancel OR $2 = 'cancelled')
RETURNING id

-- name: import_parts_drop
DELETE FROM import_part p USING import_job j
WHERE p.job = j.id AND j.id = $1 AND j.state IN ('done', 'failed', 'cancelled')

-- What was begun and never committed, after a day. $1: what is told of it.
-- name: import_expire
UPDATE import_job SET state = 'cancelled', failure = $1, ended_at = clock_timestamp()
WHERE state = 'receiving' AND made_at < clock_timestamp() - interval '1 day'
RETURNING id

-- The first mistakes, without their rows.
-- name: import_errors
SELECT row, nth, pointer, code, detail FROM import_error WHERE job = $1 ORDER BY row, nth LIMIT $2

-- Those behind a row and its nth mistake, at most $4, as many as have rows of $5 bytes together, and one row's in any
-- case. A row stands at its first mistake only. It is looked up by its key, not by a join: of a job that has just ended
-- there are no statistics, and a join reads all of its lines for each page.
-- name: import_error_lines
SELECT o.row, o.nth, o.pointer, o.code, o.detail,
  CASE WHEN o.leads THEN (SELECT l.line FROM import_line l WHERE l.job = o.job AND l.row = o.row) END
FROM (
  SELECT n.*, min(n.row) OVER () AS first, sum(CASE WHEN n.leads THEN n.size END) OVER (ORDER BY n.row, n.nth) AS bytes
  FROM (
    SELECT e.*, lag(e.row) OVER (ORDER BY e.row, e.nth) IS DISTINCT FROM e.row AS leads,
      (SELECT octet_length(l.line) FROM import_line l WHERE l.job = e.job AND l.row = e.row) AS size
    FROM (
      SELECT job, row, nth, pointer, code, detail FROM import_error
      WHERE job = $1 AND (row, nth) > ($2::bigint, $3::integer)
      ORDER BY row, nth LIMIT $4
    ) e
  ) n
) o
WHERE coalesce(o.bytes, 0) <= $5::bigint OR o.row = o.first
ORDER BY o.row, o.nth
