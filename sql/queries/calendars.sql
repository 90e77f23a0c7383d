-- Calendars: a document for a year, of the country ('') or of a province. Few, and small. Who changes one
-- has the turn of who changes standards (standard_turn), as of rules: a computation counts by the calendars
-- before it, or after it.

-- The country's and a province's ($3), of the years $1 to $2: the country's first.
-- name: calendar_list
SELECT year, region, version,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), document
FROM calendar
WHERE year BETWEEN $1::integer AND $2::integer AND region IN ('', $3)
ORDER BY year, region

-- All of them, for who counts by them: the country's first.
-- name: calendar_all
SELECT region, year, document FROM calendar ORDER BY region, year

-- After a change: who keeps calendars in memory reads them anew (rule_epoch), and where an alert is held, or
-- a rule of its id, which may be the one in force, has steps that are counted in working days, the county is looked
-- at again; so it is where schools are missing and a rule has their reports due by a term.
-- name: calendar_touch
WITH counted AS (
  UPDATE rule_epoch SET epoch = epoch + 1
)
UPDATE county_result r SET stale = true
FROM (
  SELECT county, period FROM alert
  WHERE state = 'pending' OR state IN ('firing', 'acknowledged')
    AND (clear IS NOT NULL OR rule IN (SELECT id FROM rule WHERE document #> '{escalation,0}' IS NOT NULL))
  UNION
  SELECT county, (period::integer - 1)::text FROM alert -- of a silent year, which the one before looks at
  WHERE item = 'reports' AND version = 0 AND state IN ('pending', 'firing', 'acknowledged')
  UNION
  SELECT county, period FROM county_result
  WHERE missing_schools <> '{}'
    AND EXISTS (SELECT FROM rule WHERE document ->> 'kind' = 'stale' AND json_typeof(document -> 'due') = 'object')
) a
WHERE r.county = a.county AND r.period = a.period AND starts_with(r.county, $1)

-- The last version that there ever was; 0: none.
-- name: calendar_last
SELECT coalesce(max(version), 0)
FROM (
  SELECT version FROM calendar WHERE year = $1::integer AND region = $2
  UNION ALL
  SELECT version FROM calendar_history WHERE year = $1::integer AND region = $2
) v

-- Behind standard_turn. As plan_put: the same as stored, or a version that is not the expected one ($4: -1 any, -2 there is
-- one), changes nothing. A version is later than the one before by a microsecond at least.
-- Parameters: year, region, key, expected version, document.
-- Gives a row for the country or a known province: the version that was stored, and the one that was made.
-- name: calendar_put
WITH stored AS MATERIALIZED (
  SELECT s.year, s.region, c.version, c.document::jsonb = $5::text::jsonb AS same,
    h.version AS last, greatest(c.changed_at, h.at) AS at
  FROM (SELECT $1::integer AS year, $2::text AS region) s
  LEFT JOIN calendar c ON c.year = s.year AND c.region = s.region
  LEFT JOIN LATERAL (
    SELECT max(version) AS version, max(superseded_at) AS at FROM calendar_history
    WHERE year = s.year AND region = s.region
  ) h ON true
  WHERE s.region = '' OR EXISTS (SELECT FROM region r WHERE r.code = s.region AND NOT r.removed)
), made AS (
  SELECT year, region, coalesce(version, last, 0) + 1 AS version,
    greatest(clock_timestamp(), at + interval '1 microsecond') AS at
  FROM stored
  WHERE (version IS NULL OR NOT same)
    AND ($4::bigint = -1 OR $4 = -2 AND version IS NOT NULL OR $4 = coalesce(version, 0))
), superseded AS (
  INSERT INTO calendar_history
  SELECT m.at, $3::bigint, c.* FROM calendar c, made m WHERE c.year = m.year AND c.region = m.region
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT at, 'calendar', false, region, year::text, version FROM made
), written AS (
  INSERT INTO calendar (year, region, version, changed_at, changed_by, document)
  SELECT year, region, version, at, $3::bigint, $5::text::json FROM made
  ON CONFLICT (year, region) DO UPDATE
  SET version = excluded.version, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by, document = excluded.document
)
SELECT stored.version, made.version FROM stored LEFT JOIN made ON true

-- The same for a removal, which makes no version of its own. Parameters: year, region, key, expected version.
-- name: calendar_delete
WITH stored AS MATERIALIZED (
  SELECT s.year, s.region, c.version
  FROM (SELECT $1::integer AS year, $2::text AS region) s
  LEFT JOIN calendar c ON c.year = s.year AND c.region = s.region
), gone AS (
  DELETE FROM calendar c USING stored s
  WHERE c.year = s.year AND c.region = s.region AND ($4::bigint < 0 OR $4 = c.version)
  RETURNING greatest(clock_timestamp(), c.changed_at + interval '1 microsecond') AS at,
    $3::bigint AS key, c.*
), superseded AS (
  INSERT INTO calendar_history SELECT * FROM gone
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT at, 'calendar', true, region, year::text, version FROM gone
)
SELECT stored.version, gone.version FROM stored LEFT JOIN gone ON true
