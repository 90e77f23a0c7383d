-- The changes that were accepted, with numbers that have no gaps. Every statement that writes a
-- region, standard, school, report or plan appends to change_queue, see sql/README.md.

-- name: change_pending
SELECT EXISTS (SELECT FROM change_queue)

-- Before change_number, which then sees what was committed while this waited.
-- name: change_turn
SELECT FROM change_counter FOR UPDATE

-- Gives the next numbers to what is committed, in the order of ids, $1 at most; tells how many.
-- name: change_number
WITH taken AS (
  DELETE FROM change_queue
  WHERE id = ANY (ARRAY(SELECT id FROM change_queue ORDER BY id LIMIT $1))
  RETURNING *
), numbered AS (
  INSERT INTO change (seq, at, type, removed, region, code, period, version)
  SELECT c.seq + row_number() OVER (ORDER BY t.id), t.at, t.type, t.removed, t.region, t.code,
    t.period, t.version
  FROM taken t, change_counter c
), counted AS (
  UPDATE change_counter SET seq = seq + (SELECT count(*) FROM taken)
)
SELECT count(*) FROM taken

-- Changes after $1, at most $2, of what lies below a region $3, and the standards that judge there;
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
    AND (region ~>=~ $3 AND region ~<~ ($3 || ':') OR type = 'standard' AND starts_with($3, region))
  ORDER BY seq LIMIT $2
) c ON true
ORDER BY c.seq
