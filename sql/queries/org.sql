-- Regions and schools. Whoever changes the schools of a county locks the county's
-- region row FOR UPDATE: that holds back the first report of a new period (its foreign
-- key reads the row), so that no period comes up between a change and its counting. The
-- counting (period_bump) comes first, and its time is the change's.

-- name: region_get
SELECT name, targets, recognised, version FROM region WHERE code = $1 AND NOT removed

-- Parameters: code, name, targets, recognised.
-- name: region_lock
SELECT version, removed,
  name = $2 AND targets::jsonb = $3::jsonb AND recognised IS NOT DISTINCT FROM $4
FROM region WHERE code = $1 FOR NO KEY UPDATE

-- A removed region's row stays, for its versions go on when it comes back. Counties whose plan does not say
-- by when go by the targets of the regions above: where these change, they are looked at again.
-- name: region_put
WITH again AS (
  UPDATE county_result r SET stale = true
  FROM county_plan p
  WHERE p.county ~>~ $1 AND p.county ~<~ ($1 || ':') AND p.document ->> 'recognition_year' IS NULL
    AND r.county = p.county AND NOT r.stale
    AND $3::jsonb <> coalesce((SELECT targets::jsonb FROM region WHERE code = $1 AND NOT removed), '{}')
), written AS (
  INSERT INTO region AS r (code, name, targets, recognised, changed_by)
  VALUES ($1, $2, $3::json, $4, $5)
  ON CONFLICT (code) DO UPDATE
  SET name = excluded.name, targets = excluded.targets, recognised = excluded.recognised,
    version = r.version + 1, removed = false, changed_at = clock_timestamp(),
    changed_by = excluded.changed_by
  RETURNING version, changed_at
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT changed_at, 'region', false, $1, $1, version FROM written
)
SELECT version FROM written

-- name: region_lock_delete
SELECT version FROM region WHERE code = $1 AND NOT removed FOR UPDATE

-- What keeps a region, behind the county's own turn (school_turn: no report of its own comes in, no computation
-- is under way). Codes below $1: ':' is the character after '9'. Alerts and entries end by what the county reports,
-- which nobody can send or take back for a region that is gone. What they end by, a monitor has yet to look at.
-- name: region_in_use
SELECT EXISTS (SELECT FROM school WHERE county = $1)
  OR EXISTS (SELECT FROM region WHERE code ~>~ $1 AND code ~<~ ($1 || ':') AND NOT removed),
  (SELECT max(period) FROM county_report WHERE county = $1),
  (SELECT count(*) FROM alert WHERE county = $1 AND state IN ('pending', 'firing', 'acknowledged')),
  (SELECT count(*) FROM ledger_entry WHERE county = $1 AND state IN ('open', 'returned', 'met'))

-- name: region_remove
WITH gone AS (
  UPDATE region
  SET removed = true, version = version + 1, changed_at = clock_timestamp(),
    changed_by = $2
  WHERE code = $1
  RETURNING version, changed_at
)
INSERT INTO change_queue (at, type, removed, region, code, version)
SELECT changed_at, 'region', true, $1, $1, version FROM gone

-- name: school_get
SELECT
  code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed, version
FROM school WHERE code = $1

-- name: school_lock
SELECT
  code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed, version
FROM school WHERE code = $1 FOR NO KEY UPDATE

-- name: school_lock_delete
SELECT county, version FROM school WHERE code = $1 FOR UPDATE

-- The counties that a change of school $1 touches: its own and the new one, $2.
-- name: school_counties_lock
SELECT code FROM region
WHERE code IN ($2, (SELECT county FROM school WHERE code = $1)) AND NOT removed
ORDER BY code FOR UPDATE

-- name: school_parent_lock
SELECT county, parent IS NOT NULL FROM school WHERE code = $1 FOR SHARE

-- name: school_has_campuses
SELECT EXISTS (SELECT FROM school WHERE parent = $1)

-- How many other schools the county has, up to a limit. Its region row is locked.
-- name: county_schools
SELECT count(*) FROM (SELECT FROM school WHERE county = $1 AND code <> $2 LIMIT $3) AS others

-- Which stages the school has ever reported, of the reports that are there.
-- name: school_stages
SELECT coalesce(bool_or(num_nonnulls(
    primary_students, primary_classes, primary_largest_class, primary_oversized_classes,
    primary_teachers, primary_teachers_above_degree, primary_teachers_backbone,
    primary_teachers_pe_art, primary_teachers_pe_art_visiting, primary_teachers_certified,
    primary_teachers_trained, primary_zone_students, primary_migrant_students) > 0), false),
  coalesce(bool_or(num_nonnulls(
    junior_students, junior_classes, junior_largest_class, junior_oversized_classes,
    junior_teachers, junior_teachers_above_degree, junior_teachers_backbone,
    junior_teachers_pe_art, junior_teachers_pe_art_visiting, junior_teachers_certified,
    junior_teachers_trained, junior_zone_students, junior_migrant_students) > 0), false),
  coalesce(bool_or(senior_students IS NOT NULL), false)
FROM report WHERE school = $1

-- name: school_has_reports
SELECT EXISTS (SELECT FROM report WHERE school = $1)

-- Parameters: as the columns, then the key. Versions go on where a removed school's ended.
-- A county without periods has no counter, and no time but the clock's.
-- name: school_insert
WITH written AS (
  INSERT INTO school (
    code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed,
    changed_by, changed_at, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
    (SELECT coalesce(max(changed_at), clock_timestamp()) FROM county_period WHERE county = $2),
    (SELECT coalesce(max(version), 0) + 1 FROM school_history WHERE code = $1))
  RETURNING version, changed_at
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT changed_at, 'school', false, $2, $1, version FROM written
)
SELECT version FROM written

-- A school that moves is removed where it was: whoever follows that county alone learns that it left.
-- name: school_update
WITH changed AS (
  SELECT coalesce(max(changed_at), clock_timestamp()) AS at FROM county_period
  WHERE county IN ($2, (SELECT county FROM school WHERE code = $1))
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT changed.at, 'school', removed, CASE WHEN removed THEN county ELSE $2 END, $1, version + 1
  FROM school, changed, unnest(ARRAY[true, false]) WITH ORDINALITY AS t (removed, nth)
  WHERE code = $1 AND NOT (removed AND county = $2)
  ORDER BY nth
), superseded AS (
  INSERT INTO school_history (
    code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed,
    version, changed_at, changed_by, superseded_at, superseded_by)
  SELECT
    code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed,
    version, changed_at, changed_by, changed.at, $12
  FROM school, changed WHERE code = $1
)
UPDATE school
SET county = $2, parent = $3, name = $4, kind = $5, locale = $6, sponsor = $7, founded = $8,
  boarding = $9, dense_centre = $10, closed = $11, changed_by = $12, changed_at = changed.at,
  version = version + 1
FROM changed
WHERE code = $1
RETURNING version

-- name: school_delete
WITH removed AS (
  DELETE FROM school WHERE code = $1 RETURNING *
), superseded AS (
  INSERT INTO school_history (
    code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed,
    version, changed_at, changed_by, superseded_at, superseded_by)
  SELECT
    code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed,
    version, changed_at, changed_by,
    (SELECT coalesce(max(changed_at), clock_timestamp()) FROM county_period p
      WHERE p.county = removed.county),
    $2
  FROM removed
  RETURNING superseded_at, county, version
)
INSERT INTO change_queue (at, type, removed, region, code, version)
SELECT superseded_at, 'school', true, county, $1, version FROM superseded

-- The open schools below a region's code ($1), at most $2.
-- name: school_list
SELECT code, name, kind FROM school
WHERE county >= $1 AND county < ($1 || ':') AND NOT closed
ORDER BY county, code LIMIT $2
