-- What was marked is written: the turns of its counties are held. The order of the statements is
-- that of the locks in sql/README.md.

-- name: import_put_region
INSERT INTO region AS r (code, name, targets, recognised, changed_by)
SELECT n.code, n.name, n.targets, n.recognised, $1::bigint
FROM mark_region m JOIN stage_region n ON n.row = m.row
WHERE m.error IS NULL AND NOT m.same
ORDER BY n.code
ON CONFLICT (code) DO UPDATE
SET name = excluded.name, targets = excluded.targets, recognised = excluded.recognised,
  version = r.version + 1, removed = false, changed_at = clock_timestamp(),
  changed_by = excluded.changed_by

-- Counties and periods that get a version: one for all that the transaction changes of them. And how
-- many reports that is.
-- name: import_touch
INSERT INTO stage_touched
SELECT county, period, sum(reports) FROM (
  SELECT county, period, count(*) AS reports FROM mark_report
  WHERE error IS NULL AND NOT same GROUP BY county, period
  UNION ALL
  SELECT county, period, 0 FROM mark_county_report WHERE error IS NULL AND NOT same
  UNION ALL
  SELECT p.county, p.period, 0 FROM county_period p
  WHERE p.county IN (SELECT county FROM mark_school WHERE error IS NULL AND NOT same)
  UNION ALL
  SELECT county, period, reports FROM stage_county
  WHERE $3::boolean AND reports > 0 AND county >= $1 AND county < $2
) t
GROUP BY county, period

-- Opened with version 0: it is counted in a moment.
-- name: import_open_period
WITH opened AS (
  INSERT INTO county_period (county, period, version)
  SELECT county, period, 0 FROM stage_touched ORDER BY county, period
  ON CONFLICT DO NOTHING
  RETURNING county, period
)
INSERT INTO county_result (county, period) SELECT county, period FROM opened

-- name: import_lock_period
SELECT FROM county_period p
WHERE (county, period) IN (SELECT county, period FROM stage_touched)
ORDER BY county, period FOR NO KEY UPDATE

-- One time for all periods of a county, later than each one's last change.
-- name: import_bump
WITH bumped AS (
  SELECT p.county, greatest(clock_timestamp(), max(p.changed_at) + interval '1 microsecond') AS at
  FROM county_period p JOIN stage_touched t ON t.county = p.county AND t.period = p.period
  GROUP BY p.county
)
UPDATE county_period p SET version = version + 1, changed_at = bumped.at
FROM bumped, stage_touched t
WHERE bumped.county = p.county AND t.county = p.county AND t.period = p.period

-- name: import_school_history
INSERT INTO school_history (
  code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed,
  version, changed_at, changed_by, superseded_at, superseded_by)
SELECT
  s.code, s.county, s.parent, s.name, s.kind, s.locale, s.sponsor, s.founded, s.boarding,
  s.dense_centre, s.closed, s.version, s.changed_at, s.changed_by,
  coalesce(c.at, clock_timestamp()), $1::bigint
FROM mark_school m
JOIN school s ON s.code = m.code
LEFT JOIN (SELECT county, max(changed_at) AS at FROM county_period GROUP BY county) c
  ON c.county = m.county
WHERE m.error IS NULL AND NOT m.created AND NOT m.same

-- The clock's time is the history's, where a county has no period: both are this transaction's.
-- name: import_school_update
UPDATE school s
SET name = n.name, kind = n.kind, locale = n.locale, sponsor = n.sponsor, founded = n.founded,
  boarding = n.boarding, dense_centre = n.dense_centre, closed = n.closed, changed_by = $1::bigint,
  changed_at = h.superseded_at, version = s.version + 1
FROM mark_school m
JOIN stage_school n ON n.row = m.row
JOIN school_history h ON h.code = m.code
WHERE m.error IS NULL AND NOT m.created AND NOT m.same AND s.code = m.code AND h.version = s.version

-- name: import_school_insert
INSERT INTO school (
  code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed,
  changed_by, changed_at, version)
SELECT n.code, n.county, n.parent, n.name, n.kind, n.locale, n.sponsor, n.founded, n.boarding,
  n.dense_centre, n.closed, $1::bigint, coalesce(c.at, clock_timestamp()),
  (SELECT coalesce(max(h.version), 0) + 1 FROM school_history h WHERE h.code = n.code)
FROM mark_school m
JOIN stage_school n ON n.row = m.row
LEFT JOIN (SELECT county, max(changed_at) AS at FROM county_period GROUP BY county) c
  ON c.county = m.county
WHERE m.error IS NULL AND m.created

-- name: import_report_history
INSERT INTO report_history
SELECT p.changed_at, $1::bigint, r.*
FROM mark_report m
JOIN county_period p ON p.county = m.county AND p.period = m.period
JOIN report r ON r.county = m.county AND r.period = m.period AND r.school = m.school
WHERE m.error IS NULL AND NOT m.created AND NOT m.same

-- name: import_report_update
UPDATE report r
SET version = p.version, received_at = p.changed_at, received_by = $1::bigint, (
    primary_students, primary_classes, primary_largest_class, primary_oversized_classes,
    primary_teachers, primary_teachers_above_degree, primary_teachers_backbone,
    primary_teachers_pe_art, primary_teachers_pe_art_visiting, primary_teachers_certified,
    primary_teachers_trained, primary_zone_students, primary_migrant_students,
    junior_students, junior_classes, junior_largest_class, junior_oversized_classes,
    junior_teachers, junior_teachers_above_degree, junior_teachers_backbone,
    junior_teachers_pe_art, junior_teachers_pe_art_visiting, junior_teachers_certified,
    junior_teachers_trained, junior_zone_students, junior_migrant_students, senior_students,
    teaching_area, indoor_sports_area, sports_ground_area, extra_sports_area,
    equipment_value, multimedia_rooms, public_funds, public_funds_budget, training_budget,
    music_rooms, art_rooms, declared, declared_values) = ROW(
    n.primary_students, n.primary_classes, n.primary_largest_class,
    n.primary_oversized_classes, n.primary_teachers, n.primary_teachers_above_degree,
    n.primary_teachers_backbone, n.primary_teachers_pe_art,
    n.primary_teachers_pe_art_visiting, n.primary_teachers_certified,
    n.primary_teachers_trained, n.primary_zone_students, n.primary_migrant_students,
    n.junior_students, n.junior_classes, n.junior_largest_class, n.junior_oversized_classes,
    n.junior_teachers, n.junior_teachers_above_degree, n.junior_teachers_backbone,
    n.junior_teachers_pe_art, n.junior_teachers_pe_art_visiting,
    n.junior_teachers_certified, n.junior_teachers_trained, n.junior_zone_students,
    n.junior_migrant_students, n.senior_students, n.teaching_area, n.indoor_sports_area,
    n.sports_ground_area, n.extra_sports_area, n.equipment_value, n.multimedia_rooms,
    n.public_funds, n.public_funds_budget, n.training_budget, n.music_rooms, n.art_rooms,
    n.declared, n.declared_values)
FROM mark_report m
JOIN stage_report n ON n.row = m.row
JOIN county_period p ON p.county = m.county AND p.period = m.period
WHERE m.error IS NULL AND NOT m.created AND NOT m.same
  AND r.county = m.county AND r.period = m.period AND r.school = m.school

-- name: import_report_insert
INSERT INTO report (
  county, period, school, version, received_at, received_by,
  primary_students, primary_classes, primary_largest_class, primary_oversized_classes,
  primary_teachers, primary_teachers_above_degree, primary_teachers_backbone,
  primary_teachers_pe_art, primary_teachers_pe_art_visiting, primary_teachers_certified,
  primary_teachers_trained, primary_zone_students, primary_migrant_students, junior_students,
  junior_classes, junior_largest_class, junior_oversized_classes, junior_teachers,
  junior_teachers_above_degree, junior_teachers_backbone, junior_teachers_pe_art,
  junior_teachers_pe_art_visiting, junior_teachers_certified, junior_teachers_trained,
  junior_zone_students, junior_migrant_students, senior_students, teaching_area,
  indoor_sports_area, sports_ground_area, extra_sports_area, equipment_value,
  multimedia_rooms, public_funds, public_funds_budget, training_budget, music_rooms,
  art_rooms, declared, declared_values)
SELECT p.county, p.period, n.school, p.version, p.changed_at, $1::bigint,
  n.primary_students, n.primary_classes, n.primary_largest_class, n.primary_oversized_classes,
  n.primary_teachers, n.primary_teachers_above_degree, n.primary_teachers_backbone,
  n.primary_teachers_pe_art, n.primary_teachers_pe_art_visiting, n.primary_teachers_certified,
  n.primary_teachers_trained, n.primary_zone_students, n.primary_migrant_students,
  n.junior_students, n.junior_classes, n.junior_largest_class, n.junior_oversized_classes,
  n.junior_teachers, n.junior_teachers_above_degree, n.junior_teachers_backbone,
  n.junior_teachers_pe_art, n.junior_teachers_pe_art_visiting, n.junior_teachers_certified,
  n.junior_teachers_trained, n.junior_zone_students, n.junior_migrant_students,
  n.senior_students, n.teaching_area, n.indoor_sports_area, n.sports_ground_area,
  n.extra_sports_area, n.equipment_value, n.multimedia_rooms, n.public_funds,
  n.public_funds_budget, n.training_budget, n.music_rooms, n.art_rooms, n.declared,
  n.declared_values
FROM mark_report m
JOIN stage_report n ON n.row = m.row
JOIN county_period p ON p.county = m.county AND p.period = m.period
WHERE m.error IS NULL AND m.created

-- What was not marked, for nothing was reported there yet: what import_find_report finds wrong with none
-- of the rows. Fewer are written than there are when it does with one, or when its school has moved since it was
-- looked up where it is; a report that is there already is a key twice.
-- Parameters: key, from, up to, the key's region.
-- name: import_report_fresh
INSERT INTO report (
  county, period, school, version, received_at, received_by,
  primary_students, primary_classes, primary_largest_class, primary_oversized_classes,
  primary_teachers, primary_teachers_above_degree, primary_teachers_backbone,
  primary_teachers_pe_art, primary_teachers_pe_art_visiting, primary_teachers_certified,
  primary_teachers_trained, primary_zone_students, primary_migrant_students, junior_students,
  junior_classes, junior_largest_class, junior_oversized_classes, junior_teachers,
  junior_teachers_above_degree, junior_teachers_backbone, junior_teachers_pe_art,
  junior_teachers_pe_art_visiting, junior_teachers_certified, junior_teachers_trained,
  junior_zone_students, junior_migrant_students, senior_students, teaching_area,
  indoor_sports_area, sports_ground_area, extra_sports_area, equipment_value,
  multimedia_rooms, public_funds, public_funds_budget, training_budget, music_rooms,
  art_rooms, declared, declared_values)
SELECT pl.county, pl.period, n.school, pl.version, pl.changed_at, $1::bigint,
  n.primary_students, n.primary_classes, n.primary_largest_class, n.primary_oversized_classes,
  n.primary_teachers, n.primary_teachers_above_degree, n.primary_teachers_backbone,
  n.primary_teachers_pe_art, n.primary_teachers_pe_art_visiting, n.primary_teachers_certified,
  n.primary_teachers_trained, n.primary_zone_students, n.primary_migrant_students,
  n.junior_students, n.junior_classes, n.junior_largest_class, n.junior_oversized_classes,
  n.junior_teachers, n.junior_teachers_above_degree, n.junior_teachers_backbone,
  n.junior_teachers_pe_art, n.junior_teachers_pe_art_visiting, n.junior_teachers_certified,
  n.junior_teachers_trained, n.junior_zone_students, n.junior_migrant_students,
  n.senior_students, n.teaching_area, n.indoor_sports_area, n.sports_ground_area,
  n.extra_sports_area, n.equipment_value, n.multimedia_rooms, n.public_funds,
  n.public_funds_budget, n.training_budget, n.music_rooms, n.art_rooms, n.declared,
  n.declared_values
FROM (
  SELECT pl.row, p.county, p.period, p.version, p.changed_at, k.primary_stage, k.junior_stage, k.senior_stage
  FROM stage_place pl
  JOIN school s ON s.code = pl.school AND s.county = pl.county
  JOIN stage_kind k ON k.code = s.kind
  JOIN county_period p ON p.county = pl.county AND p.period = pl.period
  WHERE pl.county >= $2 AND pl.county < $3 AND starts_with(pl.county, $4) AND NOT s.closed
  OFFSET 0
) pl
JOIN stage_report n ON n.row = pl.row
WHERE (n.named IS NULL OR n.named = pl.county)
  AND (pl.primary_stage OR num_nonnulls(
    n.primary_students, n.primary_classes, n.primary_largest_class,
    n.primary_oversized_classes, n.primary_teachers, n.primary_teachers_above_degree,
    n.primary_teachers_backbone, n.primary_teachers_pe_art,
    n.primary_teachers_pe_art_visiting, n.primary_teachers_certified,
    n.primary_teachers_trained, n.primary_zone_students, n.primary_migrant_students) = 0)
  AND (pl.junior_stage OR num_nonnulls(
    n.junior_students, n.junior_classes, n.junior_largest_class, n.junior_oversized_classes,
    n.junior_teachers, n.junior_teachers_above_degree, n.junior_teachers_backbone,
    n.junior_teachers_pe_art, n.junior_teachers_pe_art_visiting,
    n.junior_teachers_certified, n.junior_teachers_trained, n.junior_zone_students,
    n.junior_migrant_students) = 0)
  AND (pl.senior_stage OR n.senior_students IS NULL)

-- name: import_county_report_history
INSERT INTO county_report_history
SELECT p.changed_at, $1::bigint, r.*
FROM mark_county_report m
JOIN county_period p ON p.county = m.county AND p.period = m.period
JOIN county_report r ON r.county = m.county AND r.period = m.period
WHERE m.error IS NULL AND NOT m.same

-- name: import_county_report_put
INSERT INTO county_report (county, period, version, received_at, received_by, document)
SELECT p.county, p.period, p.version, p.changed_at, $1::bigint, n.document
FROM mark_county_report m
JOIN stage_county_report n ON n.row = m.row
JOIN county_period p ON p.county = m.county AND p.period = m.period
WHERE m.error IS NULL AND NOT m.same
ON CONFLICT (county, period) DO UPDATE
SET version = excluded.version, received_at = excluded.received_at,
  received_by = excluded.received_by, document = excluded.document

-- Growth looks back: the period after is computed again.
-- name: import_stale
UPDATE county_result r SET stale = true
FROM mark_county_report m
WHERE m.error IS NULL AND NOT m.same
  AND r.county = m.county AND r.period = (m.period::integer + 1)::text

-- Whose plan does not say by when goes by the targets of the regions above, as in region_put. A monitor that
-- computes it by those before is waited for: an import has no turn that would keep it away.
-- name: import_retarget
UPDATE county_result r SET stale = true
FROM mark_region m, county_plan p
WHERE m.error IS NULL AND m.retargeted
  AND p.county ~>~ m.code AND p.county ~<~ (m.code || ':') AND p.document ->> 'recognition_year' IS NULL
  AND r.county = p.county

-- For who mirrors: each after what it refers to. The locks that order the versions are held.
-- name: import_tell
INSERT INTO change_queue (at, type, removed, region, code, period, version, reports)
SELECT at, type, false, region, code, period, version, reports
FROM (
  SELECT 1 AS rank, r.changed_at AS at, 'region' AS type, r.code AS region, r.code, NULL AS period, r.version,
    NULL::integer AS reports
  FROM mark_region m JOIN region r ON r.code = m.code
  WHERE m.error IS NULL AND NOT m.same
  UNION ALL
  SELECT 2 + (s.parent IS NOT NULL)::integer, s.changed_at, 'school', s.county, s.code, NULL, s.version, NULL
  FROM mark_school m JOIN school s ON s.code = m.code
  WHERE m.error IS NULL AND NOT m.same
  UNION ALL
  SELECT 4, p.changed_at, 'report', t.county, '', t.period, p.version, t.reports
  FROM stage_touched t JOIN county_period p ON p.county = t.county AND p.period = t.period
  WHERE t.reports > 0
  UNION ALL
  SELECT 4, p.changed_at, 'county_report', m.county, m.county, m.period, p.version, NULL
  FROM mark_county_report m JOIN county_period p ON p.county = m.county AND p.period = m.period
  WHERE m.error IS NULL AND NOT m.same
) t
ORDER BY rank, length(region), region, period, code

-- name: import_changed
SELECT p.county, p.period, p.version
FROM stage_touched t JOIN county_period p ON p.county = t.county AND p.period = t.period

-- name: import_keep_errors
INSERT INTO import_error (job, row, nth, pointer, code, detail)
SELECT $1::bigint, row, (row_number() OVER (PARTITION BY row ORDER BY nth, pointer))::integer, pointer, code, detail
FROM (SELECT * FROM stage_error ORDER BY row, nth, pointer LIMIT $2) e

-- name: import_keep_lines
INSERT INTO import_line (job, row, line) SELECT $1::bigint, row, line FROM stage_line
