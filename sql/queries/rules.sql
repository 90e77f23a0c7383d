-- Rules of alerts: documents, of which each version is kept. Who changes one has the turn of who
-- changes standards (standard_turn): a computation is by the rules before it, or after it.

-- With the time, in microseconds: what comes due is asked of the database's clock, and so it is judged by it.
-- name: rule_epoch
SELECT epoch, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM rule_epoch

-- All of them, the nearest first; $1 at most.
-- name: rule_all
SELECT region, id, version, document FROM rule ORDER BY length(region) DESC, region, id LIMIT $1

-- Those that a region ($1) has, or is below of: of the same id the nearest.
-- name: rule_list
SELECT DISTINCT ON (id) region, id, version,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), document
FROM rule WHERE starts_with($1, region)
ORDER BY id, length(region) DESC

-- Parameters: region, id.
-- name: rule_get
SELECT region, id, version,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), document
FROM rule WHERE region = $1 AND id = $2

-- Behind standard_turn. The same as stored, or a version that is not the expected one ($4: -1 any, -2
-- there is one), changes nothing; nor does one rule more than a region ($6), or all together ($7), may
-- have. A document of NULL removes it. Parameters: region, id, key, expected version, document.
-- Gives the version that was stored, the one that was made (of a removal, that it had), and whether
-- there was room.
-- name: rule_put
WITH stored AS MATERIALIZED (
  SELECT r.version, r.document::jsonb = $5::text::jsonb AS same,
    greatest(r.version, h.version) AS last, greatest(r.changed_at, h.at) AS at,
    (SELECT count(*) FROM rule WHERE region = $1) < $6::integer
      AND (SELECT count(*) FROM rule) < $7::integer AS room
  FROM (SELECT max(version) AS version, max(superseded_at) AS at
    FROM rule_history WHERE region = $1 AND id = $2) h
  LEFT JOIN rule r ON r.region = $1 AND r.id = $2
), made AS (
  SELECT CASE WHEN $5::text IS NULL THEN version ELSE coalesce(last, 0) + 1 END AS version,
    greatest(clock_timestamp(), at + interval '1 microsecond') AS at
  FROM stored
  WHERE same IS NOT TRUE AND (version IS NOT NULL OR $5 IS NOT NULL AND room)
    AND ($4::bigint = -1 OR $4 = -2 AND version IS NOT NULL OR $4 = coalesce(version, 0))
), superseded AS (
  INSERT INTO rule_history SELECT m.at, $3::bigint, r.* FROM rule r, made m WHERE r.region = $1 AND r.id = $2
), removed AS (
  DELETE FROM rule r USING made WHERE r.region = $1 AND r.id = $2 AND $5 IS NULL
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT at, 'rule', $5 IS NULL, $1, $2, version FROM made
), written AS (
  INSERT INTO rule (region, id, version, changed_at, changed_by, document)
  SELECT $1, $2, version, at, $3::bigint, $5::text::json FROM made WHERE $5 IS NOT NULL
  ON CONFLICT (region, id) DO UPDATE
  SET version = excluded.version, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by, document = excluded.document
), counted AS (
  UPDATE rule_epoch SET epoch = epoch + 1 FROM made
)
SELECT stored.version, made.version, stored.version IS NOT NULL OR stored.room
FROM stored LEFT JOIN made ON true

-- After rule_put, in its transaction: the region's counties are looked at again.
-- name: rule_touch
UPDATE county_result SET stale = true WHERE starts_with(county, $1) AND NOT stale
