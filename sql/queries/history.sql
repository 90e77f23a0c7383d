-- What was known at an instant, and how figures moved. sql/README.md explains the tables.

-- Whether an instant is still to come; and, of one that has just passed, waiting for the
-- change of a standard and the computation of the county that are under way (their locks are those of
-- standard_turn and recompute_lock), then for its
-- writers: what took its time before the instant is committed when the next statement
-- begins, and what comes later is later. Older instants wait for nobody: no change takes a
-- minute from its time to its commit.
-- name: as_of_settle
SELECT $2::timestamptz > clock_timestamp(),
  CASE WHEN $2::timestamptz > clock_timestamp() - interval '1 minute'
    THEN pg_advisory_xact_lock_shared(x'4a53'::integer, 0) END,
  CASE WHEN $2::timestamptz > clock_timestamp() - interval '1 minute'
    THEN pg_advisory_xact_lock_shared(x'4a48'::integer, $1::integer) END

-- name: as_of_hold
SELECT FROM county_period
WHERE county = $1 AND $2::timestamptz > clock_timestamp() - interval '1 minute'
ORDER BY period FOR SHARE

-- What period_latest said then.
-- name: period_latest_as_of
WITH known AS (
  SELECT p.period, EXISTS (SELECT FROM report r
      WHERE r.county = p.county AND r.period = p.period AND r.received_at <= $2::timestamptz)
    OR EXISTS (SELECT FROM report_history h
      WHERE h.county = p.county AND h.period = p.period
        AND h.received_at <= $2::timestamptz AND h.superseded_at > $2::timestamptz) AS reported
  FROM county_period p
  WHERE p.county = $1
    AND EXISTS (SELECT FROM county_version v
      WHERE v.county = p.county AND v.period = p.period AND v.at <= $2::timestamptz)
)
SELECT coalesce(max(period) FILTER (WHERE reported), max(period)) FROM known

-- The rows of status_get as they were: of each table the latest row up to the instant. The
-- tables of the present say which stages and indicators there are.
-- name: status_as_of
SELECT p.county, p.period, v.version,
  coalesce(r.version, 0), r.standard, r.standard_version, r.verdict,
  array_to_string(r.missing_schools, ','), array_to_string(r.failing, ','),
  array_to_string(r.unknown, ','),
  to_char(r.computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  CASE WHEN row_number() OVER (ORDER BY s.stage, i.indicator) = 1 THEN (
    SELECT l.items FROM item_result_log l
    WHERE l.county = r.county AND l.period = r.period AND l.at <= $3::timestamptz
    ORDER BY l.at DESC LIMIT 1) END,
  s.stage, s.records, s.records_met, s.students, s.schools, s.status, s.composite_cv,
  substr(i.indicator, 2)::integer, i.mean, i.sd, i.cv, i.mean_rounded, i.cv_rounded, i.cv_status,
  i.rounding_sensitive, i.records_met, i.schools
FROM county_period p
CROSS JOIN LATERAL (
  SELECT l.version FROM county_version l
  WHERE l.county = p.county AND l.period = p.period AND l.at <= $3::timestamptz
  ORDER BY l.at DESC LIMIT 1
) v
LEFT JOIN LATERAL (
  SELECT l.* FROM county_result_log l
  WHERE l.county = p.county AND l.period = p.period AND l.computed_at <= $3::timestamptz
  ORDER BY l.computed_at DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
  SELECT l.* FROM stage_result n
  CROSS JOIN LATERAL (
    SELECT k.* FROM stage_result_log k
    WHERE k.county = n.county AND k.stage = n.stage AND k.period = n.period
      AND k.at <= $3::timestamptz
    ORDER BY k.at DESC LIMIT 1
  ) l
  WHERE n.county = r.county AND n.period = r.period
) s ON true
LEFT JOIN LATERAL (
  SELECT l.* FROM indicator_result n
  CROSS JOIN LATERAL (
    SELECT k.* FROM indicator_result_log k
    WHERE k.county = n.county AND k.stage = n.stage AND k.indicator = n.indicator
      AND k.period = n.period AND k.at <= $3::timestamptz
    ORDER BY k.at DESC LIMIT 1
  ) l
  WHERE n.county = s.county AND n.period = s.period AND n.stage = s.stage
) i ON true
WHERE p.county = $1 AND p.period = $2
ORDER BY s.stage, i.indicator

-- The rows of facts_get as they were: the version in force, the schools that were the
-- county's, their reports. What was known in [changed_at, superseded_at) is either the
-- present row, if it is old enough, or one of history.
-- name: facts_as_of
SELECT v.version, c.document, b.document,
  s.code, s.county, s.parent, s.name, s.kind, s.locale, s.sponsor, s.founded, s.boarding,
  s.dense_centre, s.closed, r.*
FROM county_period p
CROSS JOIN LATERAL (
  SELECT l.version FROM county_version l
  WHERE l.county = p.county AND l.period = p.period AND l.at <= $3::timestamptz
  ORDER BY l.at DESC LIMIT 1
) v
LEFT JOIN LATERAL (
  SELECT o.*, row_number() OVER (ORDER BY o.code) AS nth FROM (
    SELECT code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre,
      closed
    FROM school
    WHERE county = p.county AND changed_at <= $3::timestamptz
    UNION ALL
    SELECT code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre,
      closed
    FROM school_history
    WHERE county = p.county AND changed_at <= $3::timestamptz AND superseded_at > $3::timestamptz
  ) o
) s ON true
LEFT JOIN LATERAL (
  SELECT version,
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
    music_rooms, art_rooms, declared, declared_values
  FROM report
  WHERE county = p.county AND period = p.period AND school = s.code
    AND received_at <= $3::timestamptz
  UNION ALL
  SELECT version,
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
    music_rooms, art_rooms, declared, declared_values
  FROM report_history
  WHERE school = s.code AND period = p.period AND county = p.county
    AND received_at <= $3::timestamptz AND superseded_at > $3::timestamptz
) r ON true
LEFT JOIN LATERAL (
  SELECT document FROM county_report
  WHERE county = p.county AND period = p.period AND received_at <= $3::timestamptz
  UNION ALL
  SELECT document FROM county_report_history
  WHERE county = p.county AND period = p.period
    AND received_at <= $3::timestamptz AND superseded_at > $3::timestamptz
) c ON coalesce(s.nth, 1) = 1
LEFT JOIN LATERAL (
  SELECT document FROM county_report
  WHERE county = p.county AND period = (p.period::integer - 1)::text
    AND received_at <= $3::timestamptz
  UNION ALL
  SELECT document FROM county_report_history
  WHERE county = p.county AND period = (p.period::integer - 1)::text
    AND received_at <= $3::timestamptz AND superseded_at > $3::timestamptz
) b ON coalesce(s.nth, 1) = 1
WHERE p.county = $1 AND p.period = $2
ORDER BY s.code

-- How a figure moved: the rows where its value or status differs from the period's row
-- before. Parameters: county, stage, indicator, period ('': all); the instant and period
-- that the page starts behind; at most so many.
-- name: history_cv
SELECT f.period, to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.version,
  f.cv, f.cv_status, f.cv_limit::float8
FROM (
  SELECT period, at, cv, cv_status, cv_limit,
    (cv, cv_status) IS DISTINCT FROM (lag(cv) OVER moves, lag(cv_status) OVER moves) AS moved
  FROM indicator_result_log
  WHERE county = $1 AND stage = $2 AND indicator = $3 AND ($4 = '' OR period = $4)
  WINDOW moves AS (PARTITION BY period ORDER BY at)
) f
JOIN county_result_log r ON r.county = $1 AND r.period = f.period AND r.computed_at = f.at
WHERE f.moved AND (f.at, f.period) > ($5::timestamptz, $6)
ORDER BY f.at, f.period LIMIT $7

-- name: history_indicator_schools
SELECT f.period, to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.version,
  f.records_met::float8, f.schools, NULL::float8
FROM (
  SELECT period, at, records_met, schools,
    (records_met, schools)
      IS DISTINCT FROM (lag(records_met) OVER moves, lag(schools) OVER moves) AS moved
  FROM indicator_result_log
  WHERE county = $1 AND stage = $2 AND indicator = $3 AND ($4 = '' OR period = $4)
  WINDOW moves AS (PARTITION BY period ORDER BY at)
) f
JOIN county_result_log r ON r.county = $1 AND r.period = f.period AND r.computed_at = f.at
WHERE f.moved AND (f.at, f.period) > ($5::timestamptz, $6)
ORDER BY f.at, f.period LIMIT $7

-- Without an indicator: of a stage's records, those that are not known to meet the standard.
-- name: history_stage_schools
SELECT f.period, to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.version,
  f.value::float8, f.schools, 0::float8
FROM (
  SELECT period, at, value, schools,
    (value, schools) IS DISTINCT FROM (lag(value) OVER moves, lag(schools) OVER moves) AS moved
  FROM (
    SELECT period, at, schools, CASE WHEN records > 0 THEN records - records_met END AS value
    FROM stage_result_log
    WHERE county = $1 AND stage = $2 AND ($3 = '' OR period = $3)
  ) l
  WINDOW moves AS (PARTITION BY period ORDER BY at)
) f
JOIN county_result_log r ON r.county = $1 AND r.period = f.period AND r.computed_at = f.at
WHERE f.moved AND (f.at, f.period) > ($4::timestamptz, $5)
ORDER BY f.at, f.period LIMIT $6

-- An item of the standard ($2): its value, or else how many schools are not known to meet it.
-- name: history_item
SELECT f.period, to_char(f.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.version,
  f.value, f.status, f.threshold
FROM (
  SELECT period, at, value, status, threshold,
    (value, status) IS DISTINCT FROM (lag(value) OVER moves, lag(status) OVER moves) AS moved
  FROM (
    SELECT period, at, item ->> 'status' AS status,
      coalesce((item ->> 'value')::float8,
        (item ->> 'schools_total')::float8 - (item ->> 'schools_met')::float8) AS value,
      coalesce((item ->> 'threshold')::float8,
        CASE WHEN item ->> 'schools_total' IS NOT NULL THEN 0 END) AS threshold
    FROM (
      SELECT period, at, items -> $2 AS item FROM item_result_log
      WHERE county = $1 AND ($3 = '' OR period = $3)
    ) o
    WHERE item IS NOT NULL
  ) l
  WINDOW moves AS (PARTITION BY period ORDER BY at)
) f
JOIN county_result_log r ON r.county = $1 AND r.period = f.period AND r.computed_at = f.at
WHERE f.moved AND (f.at, f.period) > ($4::timestamptz, $5)
ORDER BY f.at, f.period LIMIT $6

-- The computations of a county ($1), oldest first, at most $2; with the schools that had not reported, whether
-- it was known of an item if it is met, and whether a school had reported. What fails is in the row; what was met,
-- where nothing did, is in the figures of then.
-- name: computation_list
SELECT l.period, (extract(epoch FROM l.computed_at) * 1000000)::bigint, l.version, cardinality(l.missing_schools),
  l.failing <> '{}'
    OR EXISTS (SELECT FROM stage_result n
      CROSS JOIN LATERAL (
        SELECT k.schools FROM stage_result_log k
        WHERE k.county = n.county AND k.stage = n.stage AND k.period = n.period AND k.at <= l.computed_at
        ORDER BY k.at DESC LIMIT 1) s
      WHERE n.county = l.county AND n.period = l.period AND s.schools = 'met')
    OR EXISTS (SELECT FROM indicator_result n
      CROSS JOIN LATERAL (
        SELECT k.cv_status FROM indicator_result_log k
        WHERE k.county = n.county AND k.stage = n.stage AND k.indicator = n.indicator AND k.period = n.period
          AND k.at <= l.computed_at
        ORDER BY k.at DESC LIMIT 1) i
      WHERE n.county = l.county AND n.period = l.period AND i.cv_status = 'met')
    OR EXISTS (SELECT FROM json_each((
        SELECT k.items FROM item_result_log k
        WHERE k.county = l.county AND k.period = l.period AND k.at <= l.computed_at
        ORDER BY k.at DESC LIMIT 1)) i
      WHERE i.value ->> 'status' = 'met'),
  EXISTS (SELECT FROM report r
      WHERE r.county = l.county AND r.period = l.period AND r.received_at <= l.computed_at)
    OR EXISTS (SELECT FROM report_history h
      WHERE h.county = l.county AND h.period = l.period
        AND h.received_at <= l.computed_at AND h.superseded_at > l.computed_at)
FROM county_result_log l WHERE l.county = $1
ORDER BY l.computed_at LIMIT $2

-- Counties below a code ($1) that were ever computed, at most $2.
-- name: computed_counties
SELECT DISTINCT county FROM county_result
WHERE computed_version > 0 AND county ~>=~ $1 AND county ~<~ ($1 || ':')
ORDER BY county LIMIT $2
