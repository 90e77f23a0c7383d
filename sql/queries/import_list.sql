-- Imports as a list, and their removal when they have been kept for long enough.

-- The newest first. Parameters: before which id, at most how many, region; state ('' any), key (NULL
-- any).
-- name: import_list
SELECT id, key, region, format, atomic, dry_run, state, bytes, bytes_done, rows, created, updated,
  unchanged, rejected, failure, to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM import_job
WHERE id < $1 AND region ~>=~ $3 AND region ~<~ ($3 || ':')
  AND ($4 = '' OR state = $4) AND ($5::bigint IS NULL OR key = $5)
ORDER BY id DESC LIMIT $2

-- The bytes of what has ended, where nobody came to drop them: it was never committed, or its API
-- died just then.
-- name: import_sweep_parts
DELETE FROM import_part WHERE (job, n) IN (
  SELECT p.job, p.n FROM import_part p JOIN import_job j ON j.id = p.job
  WHERE j.state IN ('done', 'failed', 'cancelled') LIMIT 16)

-- What was wrong with rows, of a few imports that ended $1 days ago; at most $2 of each table.
-- name: import_sweep_rows
WITH old AS (
  SELECT id FROM import_job WHERE ended_at < clock_timestamp() - make_interval(days => $1::integer)
  ORDER BY ended_at LIMIT 20
), lines AS (
  DELETE FROM import_line WHERE (job, row) IN (
    SELECT l.job, l.row FROM import_line l JOIN old ON old.id = l.job LIMIT $2::integer)
)
DELETE FROM import_error WHERE (job, row, nth) IN (
  SELECT e.job, e.row, e.nth FROM import_error e JOIN old ON old.id = e.job LIMIT $2::integer)

-- name: import_sweep_jobs
DELETE FROM import_job WHERE id IN (
  SELECT id FROM import_job j WHERE ended_at < clock_timestamp() - make_interval(days => $1::integer)
    AND NOT EXISTS (SELECT FROM import_line l WHERE l.job = j.id)
    AND NOT EXISTS (SELECT FROM import_error e WHERE e.job = j.id)
    AND NOT EXISTS (SELECT FROM import_part p WHERE p.job = j.id)
  ORDER BY ended_at LIMIT 20 FOR UPDATE SKIP LOCKED)
