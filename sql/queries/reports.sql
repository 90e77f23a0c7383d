-- Reports of schools. The 38 figures are always in the order of
-- services/domain/fields.def, which is that of the columns.

-- Two writers of one report queue up here; the row that follows is then stable.
-- name: report_lock
SELECT county FROM school WHERE code = $1 FOR NO KEY UPDATE

-- name: report_get
SELECT s.county, r.version,
  r.primary_students, r.primary_classes, r.primary_largest_class,
  r.primary_oversized_classes, r.primary_teachers, r.primary_teachers_above_degree,
  r.primary_teachers_backbone, r.primary_teachers_pe_art,
  r.primary_teachers_pe_art_visiting, r.primary_teachers_certified,
  r.primary_teachers_trained, r.primary_zone_students, r.primary_migrant_students,
  r.junior_students, r.junior_classes, r.junior_largest_class, r.junior_oversized_classes,
  r.junior_teachers, r.junior_teachers_above_degree, r.junior_teachers_backbone,
  r.junior_teachers_pe_art, r.junior_teachers_pe_art_visiting, r.junior_teachers_certified,
  r.junior_teachers_trained, r.junior_zone_students, r.junior_migrant_students,
  r.senior_students, r.teaching_area, r.indoor_sports_area, r.sports_ground_area,
  r.extra_sports_area, r.equipment_value, r.multimedia_rooms, r.public_funds,
  r.public_funds_budget, r.training_budget, r.music_rooms, r.art_rooms
FROM school s
LEFT JOIN report r ON r.school = s.code AND r.period = $2
WHERE s.code = $1

-- The first report of a school and period. The first one of a county and period opens the
-- place of its results, where monitors lock. Parameters: county, period, school, key, the
-- 38 figures.
-- name: report_insert
WITH bumped AS (
  INSERT INTO county_period AS c (county, period) VALUES ($1, $2)
  ON CONFLICT (county, period) DO UPDATE SET version = c.version + 1
  RETURNING county, period, version, changed_at
), opened AS (
  INSERT INTO county_result (county, period) SELECT county, period FROM bumped WHERE version = 1
)
INSERT INTO report (
  county, period, school, version, received_at, received_by,
  primary_students, primary_classes, primary_largest_class, primary_oversized_classes,
  primary_teachers, primary_teachers_above_degree, primary_teachers_backbone,
  primary_teachers_pe_art, primary_teachers_pe_art_visiting, primary_teachers_certified,
  primary_teachers_trained, primary_zone_students, primary_migrant_students,
  junior_students, junior_classes, junior_largest_class, junior_oversized_classes,
  junior_teachers, junior_teachers_above_degree, junior_teachers_backbone,
  junior_teachers_pe_art, junior_teachers_pe_art_visiting, junior_teachers_certified,
  junior_teachers_trained, junior_zone_students, junior_migrant_students, senior_students,
  teaching_area, indoor_sports_area, sports_ground_area, extra_sports_area, equipment_value,
  multimedia_rooms, public_funds, public_funds_budget, training_budget, music_rooms,
  art_rooms)
VALUES (
  $1, $2, $3, (SELECT version FROM bumped), (SELECT changed_at FROM bumped), $4,
  $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
  $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41,
  $42)
RETURNING version

-- A later version; the same parameters. The school is locked, so that `superseded` reads
-- the row that is replaced: every part of a statement sees the snapshot from before it.
-- Waiting for the county's counter comes first, and its trigger takes the time under it: the
-- intervals of history never overlap.
-- name: report_update
WITH bumped AS (
  UPDATE county_period SET version = version + 1
  WHERE county = $1 AND period = $2
  RETURNING version, changed_at
), superseded AS (
  INSERT INTO report_history (
    county, period, school, version, received_at, received_by,
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
    music_rooms, art_rooms,
    superseded_at, superseded_by)
  SELECT r.county, r.period, r.school, r.version, r.received_at, r.received_by,
    r.primary_students, r.primary_classes, r.primary_largest_class,
    r.primary_oversized_classes, r.primary_teachers, r.primary_teachers_above_degree,
    r.primary_teachers_backbone, r.primary_teachers_pe_art,
    r.primary_teachers_pe_art_visiting, r.primary_teachers_certified,
    r.primary_teachers_trained, r.primary_zone_students, r.primary_migrant_students,
    r.junior_students, r.junior_classes, r.junior_largest_class, r.junior_oversized_classes,
    r.junior_teachers, r.junior_teachers_above_degree, r.junior_teachers_backbone,
    r.junior_teachers_pe_art, r.junior_teachers_pe_art_visiting,
    r.junior_teachers_certified, r.junior_teachers_trained, r.junior_zone_students,
    r.junior_migrant_students, r.senior_students, r.teaching_area, r.indoor_sports_area,
    r.sports_ground_area, r.extra_sports_area, r.equipment_value, r.multimedia_rooms,
    r.public_funds, r.public_funds_budget, r.training_budget, r.music_rooms, r.art_rooms,
    bumped.changed_at, $4
  FROM report r, bumped
  WHERE r.county = $1 AND r.period = $2 AND r.school = $3
)
UPDATE report SET (
    version, received_at, received_by,
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
    music_rooms, art_rooms)
  = (
    bumped.version, bumped.changed_at, $4,
    $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39,
    $40, $41, $42)
FROM bumped
WHERE report.county = $1 AND report.period = $2 AND report.school = $3
RETURNING report.version

-- name: report_delete
WITH bumped AS (
  UPDATE county_period SET version = version + 1
  WHERE county = $1 AND period = $2
  RETURNING version, changed_at
), removed AS (
  DELETE FROM report WHERE county = $1 AND period = $2 AND school = $3
  RETURNING *
), superseded AS (
  INSERT INTO report_history (
    county, period, school, version, received_at, received_by,
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
    music_rooms, art_rooms,
    superseded_at, superseded_by)
  SELECT r.county, r.period, r.school, r.version, r.received_at, r.received_by,
    r.primary_students, r.primary_classes, r.primary_largest_class,
    r.primary_oversized_classes, r.primary_teachers, r.primary_teachers_above_degree,
    r.primary_teachers_backbone, r.primary_teachers_pe_art,
    r.primary_teachers_pe_art_visiting, r.primary_teachers_certified,
    r.primary_teachers_trained, r.primary_zone_students, r.primary_migrant_students,
    r.junior_students, r.junior_classes, r.junior_largest_class, r.junior_oversized_classes,
    r.junior_teachers, r.junior_teachers_above_degree, r.junior_teachers_backbone,
    r.junior_teachers_pe_art, r.junior_teachers_pe_art_visiting,
    r.junior_teachers_certified, r.junior_teachers_trained, r.junior_zone_students,
    r.junior_migrant_students, r.senior_students, r.teaching_area, r.indoor_sports_area,
    r.sports_ground_area, r.extra_sports_area, r.equipment_value, r.multimedia_rooms,
    r.public_funds, r.public_funds_budget, r.training_budget, r.music_rooms, r.art_rooms,
    bumped.changed_at, $4
  FROM removed r, bumped
)
SELECT version FROM bumped

-- A school's reports follow it to another county: they leave the one ($2) and are
-- received, all at once, in the other ($3), whose periods were opened and counted. It all
-- happens at the time of the counting (period_bump).
-- name: report_move
WITH moved AS (
  SELECT max(changed_at) AS at FROM county_period WHERE county IN ($2, $3)
), superseded AS (
  INSERT INTO report_history (
    county, period, school, version, received_at, received_by,
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
    music_rooms, art_rooms,
    superseded_at, superseded_by)
  SELECT r.county, r.period, r.school, r.version, r.received_at, r.received_by,
    r.primary_students, r.primary_classes, r.primary_largest_class,
    r.primary_oversized_classes, r.primary_teachers, r.primary_teachers_above_degree,
    r.primary_teachers_backbone, r.primary_teachers_pe_art,
    r.primary_teachers_pe_art_visiting, r.primary_teachers_certified,
    r.primary_teachers_trained, r.primary_zone_students, r.primary_migrant_students,
    r.junior_students, r.junior_classes, r.junior_largest_class, r.junior_oversized_classes,
    r.junior_teachers, r.junior_teachers_above_degree, r.junior_teachers_backbone,
    r.junior_teachers_pe_art, r.junior_teachers_pe_art_visiting,
    r.junior_teachers_certified, r.junior_teachers_trained, r.junior_zone_students,
    r.junior_migrant_students, r.senior_students, r.teaching_area, r.indoor_sports_area,
    r.sports_ground_area, r.extra_sports_area, r.equipment_value, r.multimedia_rooms,
    r.public_funds, r.public_funds_budget, r.training_budget, r.music_rooms, r.art_rooms,
    moved.at, $4
  FROM report r, moved
  WHERE r.school = $1 AND r.county = $2
)
UPDATE report r
SET county = c.county, version = c.version, received_at = moved.at, received_by = $4
FROM county_period c, moved
WHERE r.school = $1 AND r.county = $2 AND c.county = $3 AND c.period = r.period

-- All schools of a county and their reports, with the version that they make up: one
-- statement, so one snapshot. A county without schools gives one row of NULLs.
-- name: facts_get
SELECT p.version,
  s.code, s.county, s.parent, s.name, s.kind, s.locale, s.sponsor, s.founded, s.boarding,
  s.dense_centre, s.closed,
  r.version,
  r.primary_students, r.primary_classes, r.primary_largest_class,
  r.primary_oversized_classes, r.primary_teachers, r.primary_teachers_above_degree,
  r.primary_teachers_backbone, r.primary_teachers_pe_art,
  r.primary_teachers_pe_art_visiting, r.primary_teachers_certified,
  r.primary_teachers_trained, r.primary_zone_students, r.primary_migrant_students,
  r.junior_students, r.junior_classes, r.junior_largest_class, r.junior_oversized_classes,
  r.junior_teachers, r.junior_teachers_above_degree, r.junior_teachers_backbone,
  r.junior_teachers_pe_art, r.junior_teachers_pe_art_visiting, r.junior_teachers_certified,
  r.junior_teachers_trained, r.junior_zone_students, r.junior_migrant_students,
  r.senior_students, r.teaching_area, r.indoor_sports_area, r.sports_ground_area,
  r.extra_sports_area, r.equipment_value, r.multimedia_rooms, r.public_funds,
  r.public_funds_budget, r.training_budget, r.music_rooms, r.art_rooms
FROM county_period p
LEFT JOIN school s ON s.county = p.county
LEFT JOIN report r ON r.county = p.county AND r.period = p.period AND r.school = s.code
WHERE p.county = $1 AND p.period = $2
ORDER BY s.code

-- name: period_latest
SELECT max(period) FROM county_period WHERE county = $1

-- Every period of two counties (the same twice for one) gets a new version. Their rows
-- are locked in one order, whoever locks them.
-- name: period_lock
SELECT FROM county_period WHERE county IN ($1, $2) ORDER BY county, period FOR NO KEY UPDATE

-- The rows are locked (period_lock): one time for all, later than each one's last change. It
-- is the time of the school's change, of which what follows in the transaction is a part.
-- name: period_bump
WITH bumped AS (
  SELECT greatest(clock_timestamp(), max(changed_at) + interval '1 microsecond') AS at
  FROM county_period WHERE county IN ($1, $2)
)
UPDATE county_period SET version = version + 1, changed_at = bumped.at
FROM bumped
WHERE county IN ($1, $2)

-- A county ($2) gets the periods that a school ($1) brings along; they are then counted.
-- name: period_open
WITH opened AS (
  INSERT INTO county_period (county, period, version)
  SELECT $2, period, 0 FROM report WHERE school = $1 ORDER BY period
  ON CONFLICT DO NOTHING
  RETURNING county, period
)
INSERT INTO county_result (county, period) SELECT county, period FROM opened
