-- The rows of an import on their way, in tables of the session that imports: what was read
-- (stage_…), and what is to become of it (mark_…). `row` is the line or record of the file.

-- name: import_session
SELECT set_config('statement_timeout', '0', false),
  set_config('client_connection_check_interval', '1000', false),
  set_config('idle_in_transaction_session_timeout', '60000', false),
  set_config('work_mem', '192MB', false), set_config('temp_buffers', '160MB', false),
  set_config('random_page_cost', '1.1', false), set_config('default_statistics_target', '10', false),
  set_config('plan_cache_mode', 'auto', false), set_config('enable_seqscan', 'on', false)

-- How long it waits for somebody's lock (ms).
-- name: import_patience
SELECT set_config('lock_timeout', $1, false)

-- name: import_stage_region
CREATE TEMP TABLE stage_region (row bigint, code text, name text, targets json, recognised text)

-- name: import_stage_school
CREATE TEMP TABLE stage_school AS
SELECT 0::bigint AS row, code, county, parent, name, kind, locale, sponsor, founded, boarding,
  dense_centre, closed
FROM school WITH NO DATA

-- `named` is the county that the row names, if it does.
-- name: import_stage_report
CREATE TEMP TABLE stage_report AS
SELECT 0::bigint AS row, county AS named, period, school,
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
  art_rooms, declared, declared_values
FROM report WITH NO DATA

-- name: import_stage_county_report
CREATE TEMP TABLE stage_county_report AS
SELECT 0::bigint AS row, county, period, document FROM county_report WITH NO DATA

-- name: import_stage_error
CREATE TEMP TABLE stage_error (row bigint, nth integer, pointer text, code text, detail text)

-- What rows that were refused are about.
-- name: import_stage_refused
CREATE TEMP TABLE stage_refused (row bigint, type text, code text, period text)

-- name: import_stage_line
CREATE TEMP TABLE stage_line (row bigint, line text)

-- Kinds of schools and the stages that they have; the words of each code below.
-- name: import_stage_kind
CREATE TEMP TABLE stage_kind (code text, primary_stage boolean, junior_stage boolean, senior_stage boolean)

-- name: import_stage_text
CREATE TEMP TABLE stage_text (code text, pointer text, detail text)

-- Of a workbook: where a mistake of a sheet's row has its cell, without the row ("Sheet1!B").
-- name: import_stage_cell
CREATE TEMP TABLE stage_cell (sheet bigint, pointer text, cell text)

-- Of a workbook: rows of further sheets that are the same report as a row.
-- name: import_stage_joined
CREATE TEMP TABLE stage_joined (row bigint, other bigint)

-- Which county a report is of; '' where nobody knows. `moved` is the one to which its school has moved
-- since: the row stays in its range, and takes that county's turn. It is known only where reports are
-- marked. With the school, so that all which is narrow is joined before the row itself.
-- name: import_stage_place
CREATE TEMP TABLE stage_place (row bigint, county text, period text, school text, moved text)

-- How many rows each county and period has, and how many of them are reports.
-- name: import_stage_county
CREATE TEMP TABLE stage_county (county text, period text, rows bigint, reports bigint)

-- Keys that the file has twice, and the first row of each.
-- name: import_stage_twice
CREATE TEMP TABLE stage_twice (type text, code text, period text, first bigint)

-- name: import_stage_touched
CREATE TEMP TABLE stage_touched (county text, period text, reports bigint) ON COMMIT DELETE ROWS

-- Marks are one transaction's.
-- name: import_mark_region
CREATE TEMP TABLE mark_region (row bigint, code text, error text, created boolean, same boolean, retargeted boolean)
  ON COMMIT DELETE ROWS

-- name: import_mark_school
CREATE TEMP TABLE mark_school (row bigint, code text, county text, error text, created boolean, same boolean)
  ON COMMIT DELETE ROWS

-- `kind` is the school's, as the file leaves it.
-- name: import_mark_report
CREATE TEMP TABLE mark_report (
  row bigint, county text, period text, school text, error text, created boolean, same boolean, kind text)
  ON COMMIT DELETE ROWS

-- name: import_mark_county_report
CREATE TEMP TABLE mark_county_report (
  row bigint, county text, period text, error text, created boolean, same boolean)
  ON COMMIT DELETE ROWS

-- name: import_copy_region
COPY stage_region FROM STDIN

-- name: import_copy_school
COPY stage_school FROM STDIN

-- name: import_copy_report
COPY stage_report FROM STDIN (FORMAT binary)

-- name: import_copy_county_report
COPY stage_county_report FROM STDIN

-- name: import_copy_error
COPY stage_error FROM STDIN

-- name: import_copy_refused
COPY stage_refused FROM STDIN

-- name: import_copy_line
COPY stage_line FROM STDIN

-- name: import_copy_cell
COPY stage_cell FROM STDIN

-- name: import_copy_joined
COPY stage_joined FROM STDIN

-- name: import_copy_kind
COPY stage_kind FROM STDIN

-- name: import_copy_text
COPY stage_text FROM STDIN

-- name: import_find_twice
INSERT INTO stage_twice
SELECT 'region', code, '', min(row) FROM stage_region GROUP BY code HAVING count(*) > 1
UNION ALL
SELECT 'school', code, '', min(row) FROM stage_school GROUP BY code HAVING count(*) > 1
UNION ALL
SELECT 'county', county, period, min(row) FROM stage_county_report GROUP BY county, period HAVING count(*) > 1

-- name: import_find_twice_report
INSERT INTO stage_twice
SELECT 'report', school, period, min(row) FROM stage_place GROUP BY school, period HAVING count(*) > 1

-- Of rows that were refused already, those whose key the file has twice: one that is right is the one that counts,
-- else the first.
-- name: import_note_twice
INSERT INTO stage_error
SELECT d.row, 0, t.pointer, t.code, t.detail
FROM (
  SELECT r.row, r.type
  FROM stage_refused r
  JOIN (
    SELECT 'region' AS type, code, '' AS period FROM stage_region
    UNION ALL SELECT 'school', code, '' FROM stage_school
    UNION ALL SELECT 'report', school, period FROM stage_place
    UNION ALL SELECT 'county_report', county, period FROM stage_county_report
  ) n USING (type, code, period)
  UNION
  SELECT row, type
  FROM (SELECT row, type, min(row) OVER (PARTITION BY type, code, period) AS first FROM stage_refused) r
  WHERE first < row
) d
JOIN stage_text t ON t.code = 'duplicate_' || d.type

-- A school that the file brings, and that is not there yet, is where the file says.
-- name: import_find_place
INSERT INTO stage_place (row, county, period, school)
SELECT r.row, coalesce(s.county, n.county, ''), r.period, r.school
FROM stage_report r
LEFT JOIN school s ON s.code = r.school
LEFT JOIN (SELECT DISTINCT ON (code) code, county FROM stage_school ORDER BY code, row) n
  ON n.code = r.school

-- name: import_find_county
INSERT INTO stage_county
SELECT county, period, sum(rows), sum(reports)
FROM (
  SELECT county, '' AS period, count(*) AS rows, 0 AS reports FROM stage_school GROUP BY county
  UNION ALL
  SELECT county, period, count(*), count(*) FROM stage_place GROUP BY county, period
  UNION ALL
  SELECT county, period, count(*), 0 FROM stage_county_report GROUP BY county, period
) c
GROUP BY county, period

-- Only where counties are taken in turns.
-- name: import_place_index
CREATE INDEX ON stage_place (county)

-- name: import_report_index
CREATE UNIQUE INDEX ON stage_report (row)

-- name: import_analyze
ANALYZE stage_region, stage_school, stage_report (row, named), stage_county_report (row, county),
  stage_county, stage_twice, stage_kind, stage_place (row, county, school), stage_refused

-- For the transaction: of very many rows, sets are joined as a whole. (What the planner expects of
-- counties and periods together is a hundredth of what there is.)
-- name: import_many
SELECT set_config('enable_nestloop', 'off', true)

-- name: import_counties
SELECT county, sum(rows)::bigint FROM stage_county GROUP BY county ORDER BY county

-- The turns of the counties from $1 up to, but without, $2: single writers of a county's schools
-- and reports share them. Each in its order.
-- name: import_turns
SELECT pg_advisory_xact_lock(x'4a49'::integer, county::integer)
FROM (
  SELECT county FROM stage_county WHERE county >= $1 AND county < $2 AND county <> ''
  UNION
  SELECT moved FROM stage_place WHERE moved IS NOT NULL AND county >= $1 AND county < $2
  ORDER BY 1
) c

-- How many reports of counties from $1 up to $2 there are to write, if none is stored yet of any of their
-- periods. (The limit keeps the planner from reading all that is stored.)
-- name: import_fresh
SELECT CASE WHEN bool_or(county = '' OR stored IS NOT NULL) THEN 0 ELSE coalesce(sum(reports), 0) END::bigint
FROM (
  SELECT p.county, p.reports, (
    SELECT 1 FROM report r WHERE r.county = p.county AND r.period = p.period LIMIT 1) AS stored
  FROM stage_county p
  WHERE p.reports > 0 AND p.county >= $1 AND p.county < $2
) q

-- Those of the counties' own reports, which monitors share.
-- name: import_county_turns
SELECT pg_advisory_xact_lock(county::bigint)
FROM (
  SELECT DISTINCT county FROM stage_county_report
  WHERE county >= $1 AND county < $2 ORDER BY county
) c

-- As a single school's writer: no period comes up uncounted, and no county is removed.
-- name: import_lock_region
SELECT FROM region
WHERE code IN (SELECT county FROM stage_school WHERE county >= $1 AND county < $2)
ORDER BY code FOR UPDATE

-- name: import_find_region
INSERT INTO mark_region
SELECT n.row, n.code, CASE WHEN t.first < n.row THEN 'duplicate_region' END,
  coalesce(r.removed, true),
  coalesce(NOT r.removed AND r.name = n.name AND r.targets::jsonb = n.targets::jsonb
    AND r.recognised IS NOT DISTINCT FROM n.recognised, false),
  n.targets::jsonb <> CASE WHEN NOT r.removed THEN r.targets::jsonb ELSE '{}' END
FROM stage_region n
LEFT JOIN region r ON r.code = n.code
LEFT JOIN stage_twice t ON t.type = 'region' AND t.code = n.code

-- Schools of the counties from $1 up to $2. New ones, and what changes neither county nor parent. A
-- parent that the file brings is a new school: of one that is there already, the file changes neither.
-- Parameters besides: the key's region, how many schools a county may have.
-- name: import_find_school
INSERT INTO mark_school
SELECT n.row, n.code, n.county,
  CASE
    WHEN t.first < n.row THEN 'duplicate_school'
    WHEN NOT EXISTS (SELECT FROM region c WHERE c.code = n.county AND NOT c.removed)
      AND NOT EXISTS (SELECT FROM stage_region c WHERE c.code = n.county) THEN 'unknown_county'
    WHEN NOT starts_with(s.county, $3) THEN 'beyond_region'
    WHEN s.county <> n.county OR s.parent IS DISTINCT FROM n.parent AND s.code IS NOT NULL THEN 'needs_put'
    WHEN s.code IS NULL AND n.parent IS NOT NULL AND NOT EXISTS (
        SELECT FROM school p WHERE p.code = n.parent AND p.parent IS NULL AND p.county = n.county)
      AND NOT EXISTS (
        SELECT FROM stage_school p
        WHERE p.code = n.parent AND p.parent IS NULL AND p.county = n.county
          AND NOT EXISTS (SELECT FROM school q WHERE q.code = p.code)
          AND NOT EXISTS (SELECT FROM stage_twice d WHERE d.type = 'school' AND d.code = p.code))
      THEN 'unknown_parent'
    WHEN s.code IS NULL AND f.total > $4::integer THEN 'too_many_schools'
    WHEN s.kind <> n.kind AND EXISTS (
        SELECT FROM report r JOIN stage_kind k ON k.code = n.kind
        WHERE r.school = n.code AND (
          NOT k.primary_stage AND num_nonnulls(
            r.primary_students, r.primary_classes, r.primary_largest_class,
            r.primary_oversized_classes, r.primary_teachers,
            r.primary_teachers_above_degree, r.primary_teachers_backbone,
            r.primary_teachers_pe_art, r.primary_teachers_pe_art_visiting,
            r.primary_teachers_certified, r.primary_teachers_trained,
            r.primary_zone_students, r.primary_migrant_students) > 0
          OR NOT k.junior_stage AND num_nonnulls(
            r.junior_students, r.junior_classes, r.junior_largest_class,
            r.junior_oversized_classes, r.junior_teachers,
            r.junior_teachers_above_degree, r.junior_teachers_backbone,
            r.junior_teachers_pe_art, r.junior_teachers_pe_art_visiting,
            r.junior_teachers_certified, r.junior_teachers_trained,
            r.junior_zone_students, r.junior_migrant_students) > 0
          OR NOT k.senior_stage AND r.senior_students IS NOT NULL)) THEN 'kind_in_use'
  END,
  s.code IS NULL,
  s.code IS NOT NULL AND (
    s.name, s.kind, s.locale, s.sponsor, s.founded, s.boarding, s.dense_centre, s.closed) = (
    n.name, n.kind, n.locale, n.sponsor, n.founded, n.boarding, n.dense_centre, n.closed)
FROM stage_school n
LEFT JOIN school s ON s.code = n.code
LEFT JOIN stage_twice t ON t.type = 'school' AND t.code = n.code
LEFT JOIN (
  SELECT county, count(DISTINCT code) AS total
  FROM (SELECT county, code FROM school UNION ALL SELECT county, code FROM stage_school) b
  WHERE county >= $1 AND county < $2
  GROUP BY county
) f ON f.county = n.county
WHERE n.county >= $1 AND n.county < $2

-- Reports, against the schools as the file leaves them. A school that is in a county whose turn is not
-- held has moved: its report cannot be judged. A closed one reports no more, but what it reported stays: who sends
-- all that there is sends that, too. Parameters: from, up to, the key's region.
-- name: import_find_report
INSERT INTO mark_report
SELECT pl.row, pl.county, pl.period, pl.school,
  CASE
    WHEN pl.is_moved THEN 'moved'
    WHEN pl.county IS NULL THEN 'unknown_school'
    WHEN pl.is_twice THEN 'duplicate_report'
    WHEN NOT starts_with(pl.county, $3) THEN 'beyond_region'
    WHEN n.named <> pl.county THEN 'other_county'
    WHEN pl.closed AND NOT e.same THEN 'closed_school'
    WHEN NOT pl.primary_stage AND num_nonnulls(
      n.primary_students, n.primary_classes, n.primary_largest_class,
      n.primary_oversized_classes, n.primary_teachers, n.primary_teachers_above_degree,
      n.primary_teachers_backbone, n.primary_teachers_pe_art,
      n.primary_teachers_pe_art_visiting, n.primary_teachers_certified,
      n.primary_teachers_trained, n.primary_zone_students, n.primary_migrant_students) > 0
      OR NOT pl.junior_stage AND num_nonnulls(
      n.junior_students, n.junior_classes, n.junior_largest_class,
      n.junior_oversized_classes, n.junior_teachers, n.junior_teachers_above_degree,
      n.junior_teachers_backbone, n.junior_teachers_pe_art,
      n.junior_teachers_pe_art_visiting, n.junior_teachers_certified,
      n.junior_teachers_trained, n.junior_zone_students, n.junior_migrant_students) > 0
      OR NOT pl.senior_stage AND n.senior_students IS NOT NULL THEN 'not_of_kind'
  END,
  r.version IS NULL,
  e.same,
  pl.kind
FROM (
  SELECT pl.row, coalesce(s.county, o.county) AS county, pl.period, pl.school,
    s.county <> coalesce(pl.moved, pl.county) AS is_moved, t.first < pl.row AS is_twice,
    coalesce(o.closed, s.closed) AS closed, k.code AS kind, k.primary_stage, k.junior_stage,
    k.senior_stage
  FROM stage_place pl
  LEFT JOIN school s ON s.code = pl.school
  LEFT JOIN (
    SELECT p.code, p.county, p.kind, p.closed FROM mark_school m JOIN stage_school p ON p.row = m.row
    WHERE m.error IS NULL AND NOT m.same
  ) o ON o.code = pl.school
  LEFT JOIN stage_kind k ON k.code = coalesce(o.kind, s.kind)
  LEFT JOIN stage_twice t ON t.type = 'report' AND t.code = pl.school AND t.period = pl.period
  WHERE pl.county >= $1 AND pl.county < $2
  OFFSET 0
) pl
JOIN stage_report n ON n.row = pl.row
LEFT JOIN report r ON r.county = pl.county AND r.period = pl.period AND r.school = pl.school
CROSS JOIN LATERAL (
  SELECT r.version IS NOT NULL AND (
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
      n.declared, n.declared_values) AS same
) e

-- Of the counties from $1 up to $2: where the schools are that have moved.
-- name: import_follow
UPDATE stage_place pl SET moved = s.county
FROM school s
WHERE pl.county >= $1 AND pl.county < $2 AND s.code = pl.school
  AND s.county <> coalesce(pl.moved, pl.county)

-- name: import_find_county_report
INSERT INTO mark_county_report
SELECT n.row, n.county, n.period,
  CASE
    WHEN NOT EXISTS (SELECT FROM region c WHERE c.code = n.county AND NOT c.removed)
      AND NOT EXISTS (SELECT FROM stage_region c WHERE c.code = n.county) THEN 'unknown_county'
    WHEN t.first < n.row THEN 'duplicate_county_report'
  END,
  r.version IS NULL, coalesce(r.document::jsonb = n.document::jsonb, false)
FROM stage_county_report n
LEFT JOIN county_report r ON r.county = n.county AND r.period = n.period
LEFT JOIN stage_twice t ON t.type = 'county' AND t.code = n.county AND t.period = n.period
WHERE n.county >= $1 AND n.county < $2

-- Plans that fit what was found: many rows, or few.
-- name: import_analyze_marks
ANALYZE mark_school, mark_report

-- name: import_count
SELECT count(*) FILTER (WHERE error IS NULL AND created),
  count(*) FILTER (WHERE error IS NULL AND NOT created AND NOT same),
  count(*) FILTER (WHERE error IS NULL AND same),
  count(*) FILTER (WHERE error <> 'moved'), count(*) FILTER (WHERE error = 'moved')
FROM (
  SELECT error, created, same FROM mark_region
  UNION ALL SELECT error, created, same FROM mark_school
  UNION ALL SELECT error, created, same FROM mark_report
  UNION ALL SELECT error, created, same FROM mark_county_report
) m

-- name: import_note_errors
INSERT INTO stage_error
SELECT m.row, 0, t.pointer, m.error, t.detail
FROM (
  SELECT row, error FROM mark_region
  UNION ALL SELECT row, error FROM mark_school
  UNION ALL SELECT row, error FROM mark_report WHERE error <> 'not_of_kind'
  UNION ALL SELECT row, error FROM mark_county_report
) m
JOIN stage_text t ON t.code = m.error

-- Stages that schools of the kind do not have: each by itself or, where a row has columns ($1), by the first figure
-- that is given of it.
-- name: import_note_stages
INSERT INTO stage_error
SELECT m.row, 0, t.pointer || '/' || f.stage || CASE WHEN $1::boolean THEN '/' || f.field ELSE '' END,
  m.error, t.detail
FROM mark_report m
JOIN stage_text t ON t.code = m.error
JOIN stage_kind k ON k.code = m.kind
JOIN stage_report n ON n.row = m.row
CROSS JOIN LATERAL (
  SELECT DISTINCT ON (stage) stage, field
  FROM (
    SELECT split_part(key, '_', 1) AS stage, substr(key, strpos(key, '_') + 1) AS field, nth
    FROM json_each_text(row_to_json(n)) WITH ORDINALITY AS c (key, value, nth)
    WHERE value IS NOT NULL
  ) c
  WHERE stage = 'primary' AND NOT k.primary_stage OR stage = 'junior' AND NOT k.junior_stage
    OR stage = 'senior' AND NOT k.senior_stage
  ORDER BY stage, nth
) f
WHERE m.error = 'not_of_kind'

-- What the checks above found, by cell. $1: rows are numbered anew for each sheet from here on.
-- name: import_name_cells
UPDATE stage_error e SET pointer = c.cell || (e.row % $1::bigint)
FROM stage_cell c
WHERE e.nth = 0 AND c.sheet = e.row / $1::bigint AND c.pointer = e.pointer

-- Of what is still told by pointer, that which is on a further sheet.
-- name: import_name_joined
UPDATE stage_error e SET row = j.other, pointer = c.cell || (j.other % $1::bigint)
FROM stage_joined j, stage_cell c
WHERE e.nth = 0 AND j.row = e.row AND c.sheet = j.other / $1::bigint AND c.pointer = e.pointer

-- Rows that have errors, up to a limit of errors: those are what is kept.
-- name: import_error_rows
SELECT DISTINCT row FROM (SELECT row FROM stage_error ORDER BY row LIMIT $1) e ORDER BY row
