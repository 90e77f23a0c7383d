-- One recomputation of a county and period. The first statements, up to recompute_memory, are
-- sent together with standard_for and facts_get, then what was judged; each statement sees what was
-- committed before it began, so what follows a lock is stable.

-- What a computation rests on besides: nobody changes a standard (see standard_turn), or what the
-- county itself reports (the turn of its writers), until it is committed; who waited to do so marks
-- the result as stale. Without this, a result that is only being opened would miss the mark.
-- name: recompute_turn
SELECT pg_advisory_xact_lock_shared(x'4a53'::integer, 0), pg_advisory_xact_lock_shared($1::bigint)

-- No row when another monitor is at this county and period. Alerts belong to the county,
-- whatever the period: its recomputations take turns (4a48 is "JH").
-- name: recompute_lock
WITH locked AS MATERIALIZED (
  SELECT computed_version, stale FROM county_result
  WHERE county = $1 AND period = $2
  FOR NO KEY UPDATE SKIP LOCKED
)
SELECT computed_version, stale, pg_advisory_xact_lock(x'4a48'::integer, $1::integer) FROM locked

-- Open alerts, and the items that a later period than $2 knows.
-- name: recompute_memory
SELECT item, rule, id, period, false FROM alert
WHERE county = $1 AND state IN ('pending', 'firing', 'acknowledged')
UNION ALL
SELECT DISTINCT k.item, '', 0, '', true FROM county_result r, unnest(r.known) AS k (item)
WHERE r.county = $1 AND r.period > $2

-- A later computation is later in time too, and later than the change that it rests on,
-- whatever the clock says. It is logged, and so are the figures that it changes, under its
-- time: see history.sql. Tells whether the county has changed meanwhile.
-- Parameters: county, period, version, standard and its version, verdict, missing; the items that are
-- known, failing, unknown, and of these undefined.
-- name: recompute_county
WITH computed AS (
  UPDATE county_result r
  SET computed_version = $3, stale = false, standard = $4, standard_version = $5, verdict = $6,
    missing_schools = $7, known = $8, failing = $9, unknown = $10, undefined = $11,
    computed_at = greatest(
      clock_timestamp(), r.computed_at + interval '1 microsecond', p.changed_at)
  FROM county_period p
  WHERE r.county = $1 AND r.period = $2 AND p.county = r.county AND p.period = r.period
  RETURNING r.*
)
INSERT INTO county_result_log (
  county, period, computed_at, version, standard, standard_version, verdict, missing_schools,
  failing, unknown)
SELECT county, period, computed_at, computed_version, standard, standard_version, verdict,
  missing_schools, failing, unknown
FROM computed
RETURNING (SELECT p.version > $3 FROM county_period p WHERE p.county = $1 AND p.period = $2)

-- Before recompute_county. What this period knew and does not know any more ($3: what it knows now),
-- an earlier period may be the latest to know: its alerts are stepped again. One that another
-- monitor holds is waiting for this transaction, and will see it.
-- name: recompute_earlier
UPDATE county_result SET stale = true
WHERE (county, period) IN (
  SELECT r.county, r.period FROM county_result r, county_result n
  WHERE n.county = $1 AND n.period = $2 AND NOT n.known <@ $3::text[]
    AND r.county = $1 AND r.period < $2 AND NOT r.stale
  FOR NO KEY UPDATE OF r SKIP LOCKED)

-- The judged items, by the computation that changed them.
-- name: items_log
INSERT INTO item_result_log (county, period, at, items)
SELECT county, period, computed_at, $3::text::json FROM county_result r
WHERE county = $1 AND period = $2
  AND $3::text IS DISTINCT FROM (
    SELECT l.items::text FROM item_result_log l
    WHERE l.county = $1 AND l.period = $2 ORDER BY l.at DESC LIMIT 1)

-- The rows of the first computation; then those that have changed, for there are few.
-- name: stages_insert
WITH figures AS (
  INSERT INTO stage_result (
    county, period, stage, records, records_met, students, schools, status, composite_cv)
  SELECT $1::text, $2::text, * FROM unnest(
    $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::text[], $8::text[], $9::float8[])
  RETURNING *
)
INSERT INTO stage_result_log (
  county, stage, period, at, records, records_met, students, schools, status, composite_cv)
SELECT f.county, f.stage, f.period, r.computed_at, f.records, f.records_met, f.students,
  f.schools, f.status, f.composite_cv
FROM figures f
JOIN county_result r ON r.county = f.county AND r.period = f.period

-- name: stages_update
WITH figures AS (
  UPDATE stage_result AS s
  SET records = u.records, records_met = u.records_met, students = u.students, schools = u.schools,
    status = u.status, composite_cv = u.composite_cv
  FROM unnest(
      $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::text[], $8::text[], $9::float8[])
    AS u (stage, records, records_met, students, schools, status, composite_cv)
  WHERE s.county = $1 AND s.period = $2 AND s.stage = u.stage
    AND (s.records, s.records_met, s.students, s.schools, s.status, s.composite_cv)
      IS DISTINCT FROM (u.records, u.records_met, u.students, u.schools, u.status, u.composite_cv)
  RETURNING s.*
)
INSERT INTO stage_result_log (
  county, stage, period, at, records, records_met, students, schools, status, composite_cv)
SELECT f.county, f.stage, f.period, r.computed_at, f.records, f.records_met, f.students,
  f.schools, f.status, f.composite_cv
FROM figures f
JOIN county_result r ON r.county = f.county AND r.period = f.period

-- name: indicators_insert
WITH figures AS (
  INSERT INTO indicator_result (
    county, period, stage, indicator, mean, sd, cv, mean_rounded, cv_rounded, cv_limit, cv_status,
    rounding_sensitive, records_met, schools)
  SELECT $1::text, $2::text, * FROM unnest(
    $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[], $8::bigint[], $9::bigint[],
    $10::numeric[], $11::text[], $12::boolean[], $13::integer[], $14::text[])
  RETURNING *
)
INSERT INTO indicator_result_log (
  county, stage, indicator, period, at, mean, sd, cv, mean_rounded, cv_rounded, cv_limit,
  cv_status, rounding_sensitive, records_met, schools)
SELECT f.county, f.stage, f.indicator, f.period, r.computed_at, f.mean, f.sd, f.cv,
  f.mean_rounded, f.cv_rounded, f.cv_limit, f.cv_status, f.rounding_sensitive, f.records_met,
  f.schools
FROM figures f
JOIN county_result r ON r.county = f.county AND r.period = f.period

-- name: indicators_update
WITH figures AS (
  UPDATE indicator_result AS i
  SET mean = u.mean, sd = u.sd, cv = u.cv, mean_rounded = u.mean_rounded, cv_rounded = u.cv_rounded,
    cv_limit = u.cv_limit, cv_status = u.cv_status, rounding_sensitive = u.rounding_sensitive,
    records_met = u.records_met, schools = u.schools
  FROM unnest(
      $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[], $8::bigint[], $9::bigint[],
      $10::numeric[], $11::text[], $12::boolean[], $13::integer[], $14::text[])
    AS u (stage, indicator, mean, sd, cv, mean_rounded, cv_rounded, cv_limit, cv_status,
      rounding_sensitive, records_met, schools)
  WHERE i.county = $1 AND i.period = $2 AND i.stage = u.stage AND i.indicator = u.indicator
    AND (i.mean, i.sd, i.cv, i.mean_rounded, i.cv_rounded, i.cv_limit, i.cv_status,
        i.rounding_sensitive, i.records_met, i.schools)
      IS DISTINCT FROM (u.mean, u.sd, u.cv, u.mean_rounded, u.cv_rounded, u.cv_limit, u.cv_status,
        u.rounding_sensitive, u.records_met, u.schools)
  RETURNING i.*
)
INSERT INTO indicator_result_log (
  county, stage, indicator, period, at, mean, sd, cv, mean_rounded, cv_rounded, cv_limit,
  cv_status, rounding_sensitive, records_met, schools)
SELECT f.county, f.stage, f.indicator, f.period, r.computed_at, f.mean, f.sd, f.cv,
  f.mean_rounded, f.cv_rounded, f.cv_limit, f.cv_status, f.rounding_sensitive, f.records_met,
  f.schools
FROM figures f
JOIN county_result r ON r.county = f.county AND r.period = f.period

-- Alerts, and their events: the last statement before COMMIT. From the counter's update on
-- every other monitor's events wait for this transaction; without an event it is left alone.
-- Parameters: county, period, version, number of events; items, alerts (0: fires now), states
-- (NULL: stays as it is), event types (NULL: none) and their numbers (1, 2, …), values, limits,
-- rules.
-- name: alerts_write
WITH change AS MATERIALIZED (
  SELECT * FROM unnest(
      $5::text[], $6::bigint[], $7::text[], $8::text[], $9::integer[], $10::float8[], $11::float8[],
      $12::text[])
    AS c (item, alert, state, type, nth, value, threshold, rule)
), fired AS (
  INSERT INTO alert (
    county, period, version, item, value, threshold, rule, state, severity, opened_at, changed_at)
  SELECT $1::text, $2::text, $3::bigint, item, value, threshold, rule, 'firing', 'critical',
    t.at, t.at
  FROM change, (SELECT clock_timestamp() AS at) AS t
  WHERE alert = 0
  RETURNING id, item
), updated AS (
  UPDATE alert a
  SET period = $2, version = $3, state = coalesce(c.state, a.state), value = c.value,
    threshold = c.threshold, changed_at = clock_timestamp()
  FROM change c
  WHERE a.id = c.alert AND a.id = ANY ($6::bigint[])
    AND (c.state IS NOT NULL
      OR (a.period, a.value, a.threshold) IS DISTINCT FROM ($2, c.value, c.threshold))
), counter AS (
  UPDATE event_counter SET seq = seq + $4::bigint WHERE $4 > 0 RETURNING seq - $4 AS base
), appended AS (
  INSERT INTO event (
    seq, type, alert, county, period, item, rule, severity, value, threshold, version)
  SELECT counter.base + c.nth, c.type, coalesce(f.id, c.alert), $1::text, $2::text, c.item,
    c.rule, 'critical', c.value, c.threshold, $3::bigint
  FROM counter, change c LEFT JOIN fired f ON f.item = c.item AND c.alert = 0
  WHERE c.type IS NOT NULL
  RETURNING *
), boxed AS (
  INSERT INTO event_outbox (seq) SELECT seq FROM appended
)
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, severity, value, threshold, version
FROM appended ORDER BY seq

-- Periods that no standard judges are nobody's work.
-- name: behind_list
SELECT p.county, p.period
FROM county_period p
JOIN county_result r ON r.county = p.county AND r.period = p.period
WHERE (r.computed_version < p.version OR r.stale)
  AND EXISTS (SELECT FROM standard s
    WHERE NOT s.removed AND starts_with(p.county, s.region)
      AND s.valid_from <= p.period AND (s.valid_to IS NULL OR s.valid_to >= p.period))
ORDER BY p.changed_at, p.period DESC LIMIT $1 OFFSET $2

-- name: behind_count
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(p.changed_at)), 0)::float8
FROM county_period p
JOIN county_result r ON r.county = p.county AND r.period = p.period
WHERE (r.computed_version < p.version OR r.stale)
  AND EXISTS (SELECT FROM standard s
    WHERE NOT s.removed AND starts_with(p.county, s.region)
      AND s.valid_from <= p.period AND (s.valid_to IS NULL OR s.valid_to >= p.period))

-- name: recompute_request
UPDATE county_result SET stale = true WHERE $1 = '' OR county = $1
