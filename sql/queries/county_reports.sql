-- What counties themselves report. The writers of a county's report take turns by school_turn with
-- the county's code, which no school has.

-- name: county_report_get
SELECT version, document FROM county_report WHERE county = $1 AND period = $2

-- As report_put: the same as stored, or a version that is not the expected one ($4: -1 any, -2 there
-- is one), changes nothing; else it takes the county's next version. The first of a county and
-- period opens the place of its results. The period after is computed again, for growth looks back.
-- Parameters: county, period, key, expected version, document.
-- Gives a row for a known county: the version that was stored, and the one that was made.
-- name: county_report_put
WITH stored AS MATERIALIZED (
  SELECT c.code AS county, r.version, r.document::jsonb = $5::text::jsonb AS same
  FROM region c
  LEFT JOIN county_report r ON r.county = c.code AND r.period = $2
  WHERE c.code = $1 AND NOT c.removed
), bumped AS (
  INSERT INTO county_period AS c (county, period)
  SELECT county, $2 FROM stored
  WHERE (version IS NULL OR NOT same)
    AND ($4::bigint = -1 OR $4 = -2 AND version IS NOT NULL OR $4 = coalesce(version, 0))
  ON CONFLICT (county, period) DO UPDATE SET version = c.version + 1
  RETURNING county, period, version, changed_at
), opened AS (
  INSERT INTO county_result (county, period) SELECT county, period FROM bumped WHERE version = 1
), superseded AS (
  INSERT INTO county_report_history
  SELECT b.changed_at, $3::bigint, r.* FROM county_report r, bumped b
  WHERE r.county = $1 AND r.period = $2
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, period, version)
  SELECT changed_at, 'county_report', false, county, county, period, version FROM bumped
), written AS (
  INSERT INTO county_report (county, period, version, received_at, received_by, document)
  SELECT county, period, version, changed_at, $3::bigint, $5::text::json FROM bumped
  ON CONFLICT (county, period) DO UPDATE
  SET version = excluded.version, received_at = excluded.received_at,
    received_by = excluded.received_by, document = excluded.document
), later AS (
  UPDATE county_result r SET stale = true FROM bumped
  WHERE r.county = $1 AND r.period = ($2::integer + 1)::text
)
SELECT stored.version, bumped.version FROM stored LEFT JOIN bumped ON true

-- The same for a removal. Parameters: county, period, key, expected version.
-- name: county_report_delete
WITH stored AS MATERIALIZED (
  SELECT c.code AS county, r.version
  FROM region c
  LEFT JOIN county_report r ON r.county = c.code AND r.period = $2
  WHERE c.code = $1 AND NOT c.removed
), bumped AS (
  UPDATE county_period c SET version = c.version + 1
  FROM stored
  WHERE c.county = stored.county AND c.period = $2
    AND stored.version IS NOT NULL AND ($4::bigint < 0 OR $4 = stored.version)
  RETURNING c.version, c.changed_at
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, period, version)
  SELECT changed_at, 'county_report', true, $1, $1, $2, version FROM bumped
), removed AS (
  DELETE FROM county_report r USING bumped b WHERE r.county = $1 AND r.period = $2
  RETURNING b.changed_at AS at, $3::bigint AS key, r.*
), superseded AS (
  INSERT INTO county_report_history SELECT * FROM removed
), later AS (
  UPDATE county_result r SET stale = true FROM bumped
  WHERE r.county = $1 AND r.period = ($2::integer + 1)::text
)
SELECT stored.version, bumped.version FROM stored LEFT JOIN bumped ON true
