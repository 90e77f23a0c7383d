-- Standards: documents, of which each version is kept. All who change them take turns
-- (4a53 is "JS"); who asks for an instant that has just passed waits for them, see as_of_settle.

-- Which one judges a county ($1) in a period ($2): of the smallest region that has one, and of
-- those of a region the one that begins last.
-- name: standard_for
SELECT id, version FROM standard
WHERE NOT removed AND starts_with($1, region)
  AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
ORDER BY length(region) DESC, valid_from DESC, id LIMIT 1

-- Which one did at an instant ($3).
-- name: standard_as_of
SELECT id, version FROM (
  SELECT id, version, region, valid_from, valid_to, removed FROM standard
  WHERE changed_at <= $3::timestamptz
  UNION ALL
  SELECT id, version, region, valid_from, valid_to, removed FROM standard_history
  WHERE changed_at <= $3::timestamptz AND superseded_at > $3::timestamptz
) s
WHERE NOT removed AND starts_with($1, region)
  AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)
ORDER BY length(region) DESC, valid_from DESC, id LIMIT 1

-- Version $2 of $1; 0: the one in force. A removal takes a version, but is none.
-- name: standard_version
SELECT id, version, base, region, valid_from, valid_to,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), document, resolved
FROM standard WHERE id = $1 AND NOT removed AND $2::bigint IN (0, version)
UNION ALL
SELECT id, version, base, region, valid_from, valid_to,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), document, resolved
FROM standard_history WHERE id = $1 AND NOT removed AND version = $2::bigint

-- name: standard_list
SELECT id, version, base, region, valid_from, valid_to,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), document, resolved
FROM standard WHERE NOT removed ORDER BY id LIMIT $1

-- A number that grows with each change of any of them.
-- name: standard_epoch
SELECT coalesce(sum(version), 0)::bigint FROM standard

-- name: standard_turn
SELECT pg_advisory_xact_lock(x'4a53'::integer, 0)

-- Behind standard_turn. Parameters: id, base, region, from, to, document, resolved, key; the
-- expected version ($9: -1 any, -2 there is one). A document of NULL removes it. The same again
-- changes nothing. What comes first, and without a key, is what ships with the program: it was in
-- force before the database knew it, for whoever asks of an instant before. Gives the version in force before (NULL: none), and the one that was made.
-- name: standard_put
WITH stored AS MATERIALIZED (
  SELECT version, removed, region, valid_from, valid_to,
    greatest(clock_timestamp(), changed_at + interval '1 microsecond') AS at,
    NOT removed AND document::jsonb = $6::text::jsonb AND resolved::jsonb = $7::text::jsonb AS same
  FROM standard WHERE id = $1
), wanted AS (
  SELECT (SELECT version FROM stored WHERE NOT removed) AS version
), allowed AS (
  SELECT FROM wanted
  WHERE NOT EXISTS (SELECT FROM stored WHERE same)
    AND ($6 IS NOT NULL OR version IS NOT NULL)
    AND ($9::bigint = -1 OR $9 = -2 AND version IS NOT NULL OR $9 = coalesce(version, 0))
), superseded AS (
  INSERT INTO standard_history
  SELECT stored.at, $8::bigint, s.* FROM standard s, stored, allowed WHERE s.id = $1
), removed AS (
  UPDATE standard s
  SET removed = true, version = s.version + 1, changed_at = stored.at, changed_by = $8::bigint
  FROM stored, allowed WHERE s.id = $1 AND $6 IS NULL
  RETURNING s.version, s.region, s.changed_at
), written AS (
  INSERT INTO standard AS s (
    id, base, region, valid_from, valid_to, document, resolved, changed_by, changed_at)
  SELECT $1, $2, $3, $4, $5, $6::text::json, $7::text::json, $8::bigint,
    CASE WHEN $8 IS NULL THEN 'epoch' ELSE clock_timestamp() END
  FROM allowed WHERE $6 IS NOT NULL
  ON CONFLICT (id) DO UPDATE
  SET version = s.version + 1, base = excluded.base, region = excluded.region,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to,
    document = excluded.document, resolved = excluded.resolved, removed = false,
    changed_at = (SELECT at FROM stored), changed_by = excluded.changed_by
  RETURNING s.version, s.region, s.changed_at
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT made.changed_at, 'standard', left_there OR $6 IS NULL,
    CASE WHEN left_there THEN stored.region ELSE made.region END, $1, made.version
  FROM (TABLE written UNION ALL TABLE removed) made (version, region, changed_at)
  CROSS JOIN unnest(ARRAY[true, false]) WITH ORDINALITY AS t (left_there, nth)
  LEFT JOIN stored ON NOT stored.removed
  WHERE NOT left_there OR stored.region <> made.region
  ORDER BY nth
)
SELECT wanted.version, coalesce((SELECT version FROM written), (SELECT version FROM removed))
FROM wanted

-- After standard_put, in its transaction: whoever was judged by what it replaced, or is judged by
-- what it made ($1: ids of those that it changed), is computed again. Gives how many counties
-- that are; and of how many there are figures of a period that nobody would judge any more, with the first.
-- The period before those that it judges now is looked at again besides, where there are rules of kind stale: the
-- first of them may be silent (silent.sql).
-- name: standard_touch
WITH judging AS (
  SELECT region, valid_from, valid_to FROM standard WHERE id = ANY ($1::text[]) AND NOT removed
  UNION
  SELECT h.region, h.valid_from, h.valid_to
  FROM standard s
  JOIN standard_history h ON h.id = s.id AND h.version = s.version - 1
  WHERE s.id = ANY ($1::text[]) AND NOT h.removed
), touched AS (
  UPDATE county_result r SET stale = true
  WHERE EXISTS (SELECT FROM judging j
    WHERE starts_with(r.county, j.region)
      AND r.period >= j.valid_from AND (j.valid_to IS NULL OR r.period <= j.valid_to))
  RETURNING r.county, r.period, r.computed_version
), before AS (
  UPDATE county_result r SET stale = true
  WHERE EXISTS (SELECT FROM rule
      WHERE document ->> 'kind' = 'stale' AND coalesce((document ->> 'enabled')::boolean, true))
    AND EXISTS (SELECT FROM judging j
      WHERE starts_with(r.county, j.region) AND r.period = (j.valid_from::integer - 1)::text)
    AND NOT EXISTS (SELECT FROM judging j
      WHERE starts_with(r.county, j.region)
        AND r.period >= j.valid_from AND (j.valid_to IS NULL OR r.period <= j.valid_to))
), left_alone AS (
  SELECT county, period FROM touched t
  WHERE computed_version > 0 AND NOT EXISTS (SELECT FROM standard s
    WHERE NOT s.removed AND starts_with(t.county, s.region)
      AND s.valid_from <= t.period AND (s.valid_to IS NULL OR s.valid_to >= t.period))
)
SELECT count(DISTINCT county), (SELECT count(DISTINCT county) FROM left_alone), (SELECT min(period) FROM left_alone)
FROM touched
