-- Reports of schools. The 40 columns (38 figures, and what was declared besides) are always in the order of
-- services/domain/fields.def, which is that of the columns.

-- The writers of a school ($1) and of its reports take turns: what the next statement reads
-- of them is stable. No row is locked, so that a report that changes nothing writes nothing.
-- name: school_turn
SELECT pg_advisory_xact_lock($1::bigint)

-- The turn of the school's county ($1: the school), and of the one that it is to be in ($2, or NULL):
-- single writers share it, and wait for an import of the county. Behind school_turn: the school
-- stays where it is.
-- name: county_turn
SELECT pg_advisory_xact_lock_shared(x'4a49'::integer, county::integer)
FROM (SELECT county FROM school WHERE code = $1 UNION SELECT $2::text ORDER BY 1) c
WHERE county IS NOT NULL

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
  r.public_funds_budget, r.training_budget, r.music_rooms, r.art_rooms,
  r.declared, r.declared_values
FROM school s
LEFT JOIN report r ON r.school = s.code AND r.period = $2
WHERE s.code = $1

-- A report, behind school_turn. What is stored decides: the same again, or a version that
-- is not the one expected ($4: -1 any, -2 there is one), changes nothing. Else the change
-- takes the county's next version, whose row queues up the county's writers until they
-- commit; its trigger takes the time under it, so that the intervals of history never overlap; the
-- row that is replaced is read from the snapshot before all of this. The first report of a
-- county and period opens the place of its results, where monitors lock.
-- Parameters: school, period, key, expected version, prefix that the county must have, the
-- 40 columns.
-- Gives the county, the version that was stored and the one that was made.
-- name: report_put
WITH stored AS MATERIALIZED (
  SELECT s.county, r.version, (
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
      r.declared, r.declared_values)
    IS NOT DISTINCT FROM (
      $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
      $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40,
      $41, $42, $43, $44, $45) AS same
  FROM school s
  LEFT JOIN report r ON r.school = s.code AND r.period = $2
  WHERE s.code = $1
), bumped AS (
  INSERT INTO county_period AS c (county, period)
  SELECT county, $2 FROM stored
  WHERE (version IS NULL OR NOT same)
    AND starts_with(county, $5)
    AND ($4::bigint = -1 OR $4 = -2 AND version IS NOT NULL OR $4 = coalesce(version, 0))
  ON CONFLICT (county, period) DO UPDATE SET version = c.version + 1
  RETURNING county, period, version, changed_at
), opened AS (
  INSERT INTO county_result (county, period) SELECT county, period FROM bumped WHERE version = 1
), superseded AS (
  INSERT INTO report_history
  SELECT b.changed_at, $3::bigint, r.* FROM report r, bumped b WHERE r.school = $1 AND r.period = $2
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, period, version)
  SELECT changed_at, 'report', false, county, $1, period, version FROM bumped
), written AS (
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
    art_rooms, declared, declared_values)
  SELECT county, period, $1, version, changed_at, $3::bigint,
    $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42,
    $43, $44, $45
  FROM bumped
  ON CONFLICT (county, period, school) DO UPDATE SET (
    version, received_at, received_by,
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
    art_rooms, declared, declared_values) = (
    excluded.version, excluded.received_at, excluded.received_by,
    $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
    $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42,
    $43, $44, $45)
)
SELECT stored.county, stored.version, bumped.version FROM stored LEFT JOIN bumped ON true

-- The same for a removal. Parameters: school, period, key, expected version, prefix.
-- name: report_delete
WITH stored AS MATERIALIZED (
  SELECT s.county, r.version
  FROM school s
  LEFT JOIN report r ON r.school = s.code AND r.period = $2
  WHERE s.code = $1
), bumped AS (
  UPDATE county_period c SET version = c.version + 1
  FROM stored
  WHERE c.county = stored.county AND c.period = $2
    AND stored.version IS NOT NULL AND ($4::bigint < 0 OR $4 = stored.version)
    AND starts_with(stored.county, $5)
  RETURNING c.county, c.version, c.changed_at
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, period, version)
  SELECT changed_at, 'report', true, county, $1, $2, version FROM bumped
), removed AS (
  DELETE FROM report r USING bumped b WHERE r.school = $1 AND r.period = $2
  RETURNING b.changed_at AS at, $3::bigint AS key, r.*
), superseded AS (
  INSERT INTO report_history SELECT * FROM removed
)
SELECT stored.county, stored.version, bumped.version FROM stored LEFT JOIN bumped ON true

-- A school's reports follow it to another county: they leave the one ($2) and are
-- received, all at once, in the other ($3), whose periods were opened and counted. It all
-- happens at the time of the counting (period_bump).
-- name: report_move
WITH moved AS (
  SELECT max(changed_at) AS at FROM county_period WHERE county IN ($2, $3)
), superseded AS (
  INSERT INTO report_history
  SELECT moved.at, $4::bigint, r.* FROM report r, moved WHERE r.school = $1 AND r.county = $2
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, period, version)
  SELECT c.changed_at, 'report', c.county = $2, c.county, $1, c.period, c.version
  FROM report r
  JOIN county_period c ON c.period = r.period AND c.county IN ($2, $3)
  WHERE r.school = $1 AND r.county = $2
  ORDER BY c.period, c.county = $3
)
UPDATE report r
SET county = c.county, version = c.version, received_at = moved.at, received_by = $4
FROM county_period c, moved
WHERE r.school = $1 AND r.county = $2 AND c.county = $3 AND c.period = r.period

-- All schools of a county and their reports, with the version that they make up: one
-- statement, so one snapshot. The first row has what the county itself reported, of the period and
-- of the one before. A county without schools gives one row, of NULLs but for these.
-- name: facts_get
SELECT p.version, c.document, b.document,
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
  r.public_funds_budget, r.training_budget, r.music_rooms, r.art_rooms,
  r.declared, r.declared_values
FROM county_period p
LEFT JOIN LATERAL (
  SELECT o.*, row_number() OVER (ORDER BY o.code) AS nth FROM school o WHERE o.county = p.county
) s ON true
LEFT JOIN county_report c
  ON c.county = p.county AND c.period = p.period AND coalesce(s.nth, 1) = 1
LEFT JOIN county_report b
  ON b.county = p.county AND b.period = (p.period::integer - 1)::text AND coalesce(s.nth, 1) = 1
LEFT JOIN report r ON r.county = p.county AND r.period = p.period AND r.school = s.code
WHERE p.county = $1 AND p.period = $2
ORDER BY s.code

-- The latest with a report: one that was sent for a wrong year, and removed, is not it. Only
-- where every report was removed, the latest there was.
-- name: period_latest
SELECT coalesce(
  (SELECT max(period) FROM report WHERE county = $1),
  (SELECT max(period) FROM county_period WHERE county = $1))

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
