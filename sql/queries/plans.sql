-- What counties plan: a document each, with versions of its own. Nothing is judged by it, so a plan is
-- no change of the county's periods; but rules of alerts go by it, so the county is looked at again.

-- The writers of a county's plan take turns ("JP"): what the next statement reads of it is stable.
-- name: plan_turn
SELECT pg_advisory_xact_lock(x'4a50'::integer, $1::integer)

-- With the targets of the regions above, the nearest first.
-- name: plan_get
SELECT p.version, p.first_year,
  to_char(p.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), p.document,
  (SELECT targets FROM region WHERE code = left(p.county, 4) AND NOT removed),
  (SELECT targets FROM region WHERE code = left(p.county, 2) AND NOT removed)
FROM county_plan p WHERE p.county = $1

-- The targets alone, for who looks at all versions.
-- name: plan_above
SELECT (SELECT targets FROM region WHERE code = left($1::text, 4) AND NOT removed),
  (SELECT targets FROM region WHERE code = left($1::text, 2) AND NOT removed)

-- Whether an instant is still to come; and, of one that has just passed, waiting for the writer that is
-- under way, as as_of_settle does.
-- name: plan_settle
SELECT $2::timestamptz > clock_timestamp(),
  CASE WHEN $2::timestamptz > clock_timestamp() - interval '1 minute'
    THEN pg_advisory_xact_lock_shared(x'4a50'::integer, $1::integer) END

-- The plan as it was at an instant $2. Targets of regions have no history.
-- name: plan_as_of
SELECT version, first_year,
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), document, NULL, NULL
FROM (
  SELECT version, first_year, changed_at, document FROM county_plan
  WHERE county = $1 AND changed_at <= $2::timestamptz
  UNION ALL
  SELECT version, first_year, changed_at, document FROM county_plan_history
  WHERE county = $1 AND changed_at <= $2::timestamptz AND superseded_at > $2::timestamptz
) p

-- Every version of a county's ($1) plan that there was, oldest first, at most $2; until when, in microseconds,
-- NULL of the one that is in force.
-- name: plan_versions
SELECT version, first_year, (extract(epoch FROM changed_at) * 1000000)::bigint,
  (extract(epoch FROM superseded_at) * 1000000)::bigint, document
FROM (
  SELECT version, first_year, changed_at, NULL::timestamptz AS superseded_at, document
  FROM county_plan WHERE county = $1
  UNION ALL
  SELECT version, first_year, changed_at, superseded_at, document
  FROM county_plan_history WHERE county = $1
) p
ORDER BY changed_at LIMIT $2

-- As county_report_put: the same as stored, or a version that is not the expected one ($4: -1 any, -2
-- there is one), changes nothing. A version is later than the one before by a microsecond at least.
-- Parameters: county, key, first year of a plan that is new, expected version, document.
-- Gives a row for a known county: the version that was stored, and the one that was made. What is stale already
-- is marked all the same: a monitor may be computing it by the plan before, and is waited for.
-- name: plan_put
WITH stored AS MATERIALIZED (
  SELECT c.code AS county, p.version, p.first_year, p.document::jsonb = $5::text::jsonb AS same,
    h.version AS last, greatest(p.changed_at, h.at) AS at
  FROM region c
  LEFT JOIN county_plan p ON p.county = c.code
  LEFT JOIN LATERAL (
    SELECT max(version) AS version, max(superseded_at) AS at FROM county_plan_history
    WHERE county = c.code
  ) h ON true
  WHERE c.code = $1 AND NOT c.removed
), made AS (
  SELECT county, coalesce(version, last, 0) + 1 AS version, coalesce(first_year, $3::integer) AS first_year,
    greatest(clock_timestamp(), at + interval '1 microsecond') AS at
  FROM stored
  WHERE (version IS NULL OR NOT same)
    AND ($4::bigint = -1 OR $4 = -2 AND version IS NOT NULL OR $4 = coalesce(version, 0))
), superseded AS (
  INSERT INTO county_plan_history
  SELECT m.at, $2::bigint, p.* FROM county_plan p, made m WHERE p.county = $1
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT at, 'plan', false, county, county, version FROM made
), again AS (
  UPDATE county_result r SET stale = true FROM made WHERE r.county = made.county
), written AS (
  INSERT INTO county_plan (county, version, first_year, changed_at, changed_by, document)
  SELECT county, version, first_year, at, $2::bigint, $5::text::json FROM made
  ON CONFLICT (county) DO UPDATE
  SET version = excluded.version, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by, document = excluded.document
)
SELECT stored.version, made.version FROM stored LEFT JOIN made ON true

-- The same for a removal, which makes no version of its own. Parameters: county, key, expected version.
-- name: plan_delete
WITH stored AS MATERIALIZED (
  SELECT c.code AS county, p.version
  FROM region c
  LEFT JOIN county_plan p ON p.county = c.code
  WHERE c.code = $1 AND NOT c.removed
), gone AS (
  DELETE FROM county_plan p USING stored s
  WHERE p.county = s.county AND ($3::bigint < 0 OR $3 = p.version)
  RETURNING greatest(clock_timestamp(), p.changed_at + interval '1 microsecond') AS at,
    $2::bigint AS key, p.*
), superseded AS (
  INSERT INTO county_plan_history SELECT * FROM gone
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT at, 'plan', true, county, county, version FROM gone
), again AS (
  UPDATE county_result r SET stale = true FROM gone WHERE r.county = gone.county
)
SELECT stored.version, gone.version FROM stored LEFT JOIN gone ON true

-- Plans of the counties below a region ($1), after a county ($2, or ''), at most $3.
-- name: plan_list
SELECT p.county, c.name, p.version,
  to_char(p.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  p.document ->> 'recognition_year', json_array_length(p.document -> 'milestones'),
  json_array_length(p.document -> 'tasks')
FROM county_plan p
JOIN region c ON c.code = p.county
WHERE p.county ~>=~ $1 AND p.county ~<~ ($1 || ':') AND p.county ~>~ $2
ORDER BY p.county
LIMIT $3
