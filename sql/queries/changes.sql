-- The changes that were accepted, with numbers that have no gaps. Every statement that writes a
-- region, standard, school, report, plan, calendar or rule appends to change_queue, see sql/README.md.

-- name: change_pending
SELECT EXISTS (SELECT FROM change_queue)

-- Before change_number, which then sees what was committed while this waited.
-- name: change_turn
SELECT FROM change_counter FOR UPDATE

-- Gives the next numbers to what is committed, in the order of ids; tells how many rows it took. $1
-- at most, but for one set of reports that goes beyond; a set's are in the order of schools.
-- name: change_number
WITH taken AS (
  DELETE FROM change_queue
  WHERE id = ANY (ARRAY(
    SELECT id FROM (
      SELECT id, sum(coalesce(reports, 1)) OVER (ORDER BY id) - coalesce(reports, 1) AS before
      FROM (SELECT id, reports FROM change_queue ORDER BY id LIMIT $1) q
    ) n WHERE before < $1))
  RETURNING *
), each AS (
  SELECT id, at, type, removed, region, code, period, version FROM taken WHERE reports IS NULL
  UNION ALL
  SELECT t.id, t.at, t.type, t.removed, t.region, r.school, t.period, t.version
  FROM taken t CROSS JOIN LATERAL (
    SELECT school FROM report
    WHERE county = t.region AND period = t.period AND version = t.version
    UNION ALL
    SELECT school FROM report_history
    WHERE county = t.region AND period = t.period AND superseded_at > t.at AND version = t.version
  ) r
  WHERE t.reports IS NOT NULL
), numbered AS (
  INSERT INTO change (seq, at, type, removed, region, code, period, version)
  SELECT c.seq + row_number() OVER (ORDER BY t.id, t.code), t.at, t.type, t.removed, t.region, t.code,
    t.period, t.version
  FROM each t, change_counter c
), counted AS (
  UPDATE change_counter SET seq = seq + (SELECT count(*) FROM each)
)
SELECT count(*) FROM taken

-- Changes after $1, at most $2, of what lies below a region $3, and the standards, calendars and rules that hold there;
-- of the next $4 numbers, so that a page of a small region does not read all there is. Each row
-- begins with the latest number that there is: one statement, so one snapshot. There is one row at
-- least, of NULLs but for that.
-- name: changes_after
SELECT l.seq, c.seq, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  c.type, c.removed, c.region, c.code, c.period, c.version
FROM change_counter l
LEFT JOIN LATERAL (
  SELECT * FROM change
  WHERE seq > $1::bigint AND seq <= least($1::bigint, l.seq) + $4::bigint
    AND (region ~>=~ $3 AND region ~<~ ($3 || ':') OR type IN ('standard', 'calendar', 'rule') AND starts_with($3, region))
  ORDER BY seq LIMIT $2
) c ON true
ORDER BY c.seq
