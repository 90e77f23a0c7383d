-- One recomputation of counties and periods: one, or a batch of them, each county at most once. The
-- first statements, up to recompute_memory, are sent together, then what was judged; each statement
-- sees what was committed before it began, so what follows a lock is stable. All take the counties
-- and the periods as arrays side by side; `nth` is the place in them, from 1.

-- What a computation rests on besides: nobody changes a standard until it is committed (see
-- standard_turn); who waited to do so marks the result as stale.
-- name: recompute_turn
SELECT pg_advisory_xact_lock_shared(x'4a53'::integer, 0)

-- The same for what the county itself reports (the turn of its writers): without it, a result that
-- is only being opened would miss the mark. Then the results, without those that another monitor is
-- at. Alerts belong to the county, whatever the period: its recomputations take turns (4a48 is
-- "JH"). Who is patient ($3) waits for turns; else a county that somebody has is left out. Last: when
-- the oldest change was accepted that is not computed yet (of the latest hundred). Who waited for the row may
-- find more computed than this statement knows to be there.
-- name: recompute_lock
WITH locked AS MATERIALIZED (
  SELECT k.nth, r.*
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (county, period, nth)
  CROSS JOIN LATERAL (
    SELECT county, period, computed_version, known, unknown, standard, standard_version FROM county_result o
    WHERE o.county = k.county AND o.period = k.period FOR NO KEY UPDATE SKIP LOCKED
  ) r
  WHERE CASE WHEN $3::boolean THEN pg_advisory_xact_lock_shared(k.county::bigint) IS NOT NULL
    ELSE pg_try_advisory_xact_lock_shared(k.county::bigint) END
)
SELECT l.nth, l.computed_version, l.known <> '{}', l.unknown, s.id, s.version,
  coalesce((l.standard, l.standard_version) = (s.id, s.version), false),
  (SELECT (extract(epoch FROM min(v.at)) * 1000000)::bigint
    FROM (SELECT v.at, v.version FROM county_version v
      WHERE v.county = l.county AND v.period = l.period ORDER BY v.at DESC
      LIMIT (SELECT greatest(least(p.version - l.computed_version, 100), 0) FROM county_period p
        WHERE p.county = l.county AND p.period = l.period)) v
    WHERE v.version > l.computed_version)
FROM locked l
LEFT JOIN LATERAL (
  SELECT id, version FROM standard
  WHERE NOT removed AND starts_with(l.county, region)
    AND valid_from <= l.period AND (valid_to IS NULL OR valid_to >= l.period)
  ORDER BY length(region) DESC, valid_from DESC, id LIMIT 1
) s ON true
WHERE CASE WHEN $3 THEN pg_advisory_xact_lock(x'4a48'::integer, l.county::integer) IS NOT NULL
  ELSE pg_try_advisory_xact_lock(x'4a48'::integer, l.county::integer) END

-- The facts, as facts_get has them of one county, in no order: of those that are behind, or of all ($3).
-- Behind is also what another period of the county has overtaken: its monitor, while we waited for the turn,
-- could not mark what we held (recompute_earlier, recompute_after). The reports of a county and period
-- are fetched as the one range that they are (OFFSET 0: not one by one for each school). The two
-- documents are in the row of the first school only.
-- name: recompute_facts
SELECT k.nth, p.version,
  CASE WHEN s.code IS NOT DISTINCT FROM f.code THEN (
    SELECT c.document FROM county_report c WHERE c.county = k.county AND c.period = k.period) END,
  CASE WHEN s.code IS NOT DISTINCT FROM f.code THEN (
    SELECT b.document FROM county_report b
    WHERE b.county = k.county AND b.period = (k.period::integer - 1)::text) END,
  s.*
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (county, period, nth)
JOIN county_period p ON p.county = k.county AND p.period = k.period
JOIN county_result b ON b.county = k.county AND b.period = k.period
CROSS JOIN LATERAL (SELECT min(o.code) AS code FROM school o WHERE o.county = k.county) f
LEFT JOIN LATERAL (
  SELECT s.code, s.county, s.parent, s.name, s.kind, s.locale, s.sponsor, s.founded, s.boarding,
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
  FROM school s
  LEFT JOIN (
    SELECT * FROM report o WHERE o.county = k.county AND o.period = k.period OFFSET 0
  ) r ON r.school = s.code
  WHERE s.county = k.county
) s ON true
WHERE $3::boolean OR b.computed_version < p.version OR b.stale OR b.due_at <= clock_timestamp()
  OR EXISTS (SELECT FROM county_result o
    WHERE o.county = k.county AND o.period <> k.period AND o.computed_at > transaction_timestamp())

-- Open alerts, with what they remember. County by county, whatever the planner expects (OFFSET 0).
-- name: recompute_alerts
SELECT k.nth, a.item, a.rule, a.kind, a.id, a.period, a.state, a.severity,
  (extract(epoch FROM a.since) * 1000000)::bigint, a.confirmed, a.counted,
  (extract(epoch FROM a.clear) * 1000000)::bigint, a.cleared,
  (extract(epoch FROM a.told_at) * 1000000)::bigint,
  coalesce(a.snoozed_until = 'infinity', false), (extract(epoch FROM nullif(a.snoozed_until, 'infinity')) * 1000000)::bigint,
  a.provisional, a.level, (extract(epoch FROM a.fired_at) * 1000000)::bigint
FROM unnest($1::text[]) WITH ORDINALITY AS k (county, nth)
CROSS JOIN LATERAL (
  SELECT * FROM alert o WHERE o.county = k.county AND o.state IN ('pending', 'firing', 'acknowledged') OFFSET 0
) a

-- The later periods that know an item, with those that they do not know.
-- name: recompute_later
SELECT k.nth, array_to_string(r.unknown, ',')
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (county, period, nth)
JOIN county_result r ON r.county = k.county AND r.period > k.period AND r.known <> '{}'

-- Figures of the period before; of a county with a plan, of $3 periods before, by period.
-- name: recompute_before
SELECT k.nth, b.period, f.item, f.value
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (county, period, nth)
CROSS JOIN LATERAL (
  SELECT r.period, r.figure_items, r.figures FROM county_result r
  WHERE r.county = k.county AND r.period < k.period
    AND (r.period = (k.period::integer - 1)::text OR EXISTS (SELECT FROM county_plan p WHERE p.county = k.county))
  ORDER BY r.period DESC LIMIT $3::integer
) b
CROSS JOIN LATERAL unnest(b.figure_items, b.figures) AS f (item, value)
ORDER BY k.nth, b.period

-- What the county plans; as in plan_get with the targets of the regions above, if it does not say by when.
-- name: recompute_plans
SELECT k.nth, p.first_year, p.document, city.targets, province.targets
FROM unnest($1::text[]) WITH ORDINALITY AS k (county, nth)
JOIN county_plan p ON p.county = k.county
LEFT JOIN region city ON city.code = left(p.county, 4) AND NOT city.removed
  AND p.document ->> 'recognition_year' IS NULL
LEFT JOIN region province ON province.code = left(p.county, 2) AND NOT province.removed
  AND p.document ->> 'recognition_year' IS NULL

-- A later computation is later in time too, and later than the change that it rests on,
-- whatever the clock says. It is logged, and so are the figures that it changes, under its
-- time: see history.sql. Tells whether the county has changed meanwhile.
-- Arrays: county, period, version, standard and its version, verdict; and, each an array as text,
-- the schools that are missing, the items that are known, failing, unknown, and of these undefined,
-- the items that have a figure, and the figures; and when it is to be looked at again, in microseconds.
-- name: recompute_county
WITH computed AS (
  UPDATE county_result r
  SET computed_version = j.version, stale = false, standard = j.standard,
    standard_version = j.standard_version, verdict = j.verdict,
    missing_schools = j.missing::text[], known = j.known::text[], failing = j.failing::text[],
    unknown = j.unknown::text[], undefined = j.undefined::text[],
    figure_items = j.figure_items::text[], figures = j.figures::float8[],
    due_at = 'epoch'::timestamptz + j.due * interval '1 microsecond',
    computed_at = greatest(
      clock_timestamp(), r.computed_at + interval '1 microsecond', p.changed_at)
  FROM unnest(
      $1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[],
      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bigint[])
    AS j (county, period, version, standard, standard_version, verdict, missing, known, failing,
      unknown, undefined, figure_items, figures, due)
  JOIN county_period p ON p.county = j.county AND p.period = j.period
  WHERE r.county = j.county AND r.period = j.period
  RETURNING r.*
)
INSERT INTO county_result_log AS l (
  county, period, computed_at, version, standard, standard_version, verdict, missing_schools,
  failing, unknown)
SELECT county, period, computed_at, computed_version, standard, standard_version, verdict,
  missing_schools, failing, unknown
FROM computed
RETURNING county, period, (
  SELECT p.version > l.version FROM county_period p
  WHERE p.county = l.county AND p.period = l.period)

-- Before recompute_county, of counties that knew an item. What a period settled (domain/alert.h) and does not
-- settle any more, for it knows no item now ($3) or not that one ($4: those, an array as text), an earlier
-- period that knows it may be the latest to do so: its alerts are stepped again. One
-- that another monitor holds is waiting for this transaction, and will see it; one that somebody holds who
-- acts (alert_turn, ledger_turn), he marks.
-- name: recompute_earlier
UPDATE county_result SET stale = true
WHERE (county, period) IN (
  SELECT r.county, r.period
  FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[]) AS j (county, period, knows_any, unknown)
  JOIN county_result n ON n.county = j.county AND n.period = j.period
  JOIN county_result r ON r.county = j.county AND r.period < j.period
  WHERE NOT r.stale AND (NOT j.knows_any OR EXISTS (
    SELECT FROM unnest(j.unknown::text[]) AS i (item) WHERE i.item = ANY (r.known) AND i.item <> ALL (n.unknown)))
  FOR NO KEY UPDATE OF r SKIP LOCKED)

-- Before recompute_county, of counties that know a later period and look back from it. Near and jump compare
-- with the period before; with a plan ($6) all that are later are looked at by its line and forecasts. They are
-- stepped again if the figures change here ($3, $4: what they are now, arrays as text), or reports that a rule compares school by
-- school ($5). Those that are later alone, so it ends; of a new year there is none. Who holds one: as above.
-- name: recompute_after
UPDATE county_result SET stale = true
WHERE (county, period) IN (
  SELECT r.county, r.period
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::boolean[])
    AS j (county, period, figure_items, figures, reports, planned)
  JOIN county_result n ON n.county = j.county AND n.period = j.period
  JOIN county_result r ON r.county = j.county AND r.period > j.period
    AND (j.planned OR r.period = (j.period::integer + 1)::text)
  WHERE (j.reports OR (n.figure_items, n.figures) IS DISTINCT FROM (j.figure_items::text[], j.figures::float8[]))
    AND NOT r.stale
  FOR NO KEY UPDATE OF r SKIP LOCKED)

-- Which of them have changed by now: after the commit.
-- name: recompute_behind
SELECT k.nth
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (county, period, nth)
JOIN county_period p ON p.county = k.county AND p.period = k.period
JOIN county_result r ON r.county = k.county AND r.period = k.period
WHERE r.computed_version < p.version OR r.stale OR r.due_at <= clock_timestamp()

-- The judged items, by the computation that changed them. When that was is looked up of those alone: joined, where the
-- planner knows of few counties, each one that there is would be held against all that are computed.
-- name: items_log
INSERT INTO item_result_log (county, period, at, items)
SELECT j.county, j.period, (
    SELECT r.computed_at FROM county_result r WHERE r.county = j.county AND r.period = j.period),
  j.items::json
FROM unnest($1::text[], $2::text[], $3::text[]) AS j (county, period, items)
WHERE j.items IS DISTINCT FROM (
  SELECT l.items::text FROM item_result_log l
  WHERE l.county = j.county AND l.period = j.period ORDER BY l.at DESC LIMIT 1)

-- The rows of the first computation; then those that have changed, for there are few.
-- name: stages_insert
WITH figures AS (
  INSERT INTO stage_result (
    county, period, stage, records, records_met, students, schools, status, composite_cv)
  SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::text[],
    $8::text[], $9::float8[])
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
      $1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::bigint[], $7::text[],
      $8::text[], $9::float8[])
    AS u (county, period, stage, records, records_met, students, schools, status, composite_cv)
  WHERE s.county = u.county AND s.period = u.period AND s.stage = u.stage
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
  SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[],
    $8::bigint[], $9::bigint[], $10::numeric[], $11::text[], $12::boolean[], $13::integer[],
    $14::text[])
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
      $1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[], $7::float8[],
      $8::bigint[], $9::bigint[], $10::numeric[], $11::text[], $12::boolean[], $13::integer[],
      $14::text[])
    AS u (county, period, stage, indicator, mean, sd, cv, mean_rounded, cv_rounded, cv_limit,
      cv_status, rounding_sensitive, records_met, schools)
  WHERE i.county = u.county AND i.period = u.period AND i.stage = u.stage
    AND i.indicator = u.indicator
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
-- Arrays: county, period, version, item, alert (0: opens now), state (NULL: stays as it is), event
-- type (NULL: none) and its number (1, 2, …), value, limit, rule and its kind, severity, reason; what it
-- remembers: since when, how often, version that was counted, over since when, how often, told
-- (times in microseconds, NULL: none), whether it is provisional, how far up it is, since when it fires; the schools behind it, an array as
-- text, and how many there are. Behind them, how many events, and how often an alert fires in
-- a day before it flaps, and how many minutes a story pauses at most. What holds an event back, the first that does: the alert is snoozed,
-- which somebody of the county can do, and does not keep it from those above to whom it goes up; a silence, unless the
-- alert has gone up above who made it; an open
-- alert that explains it (a veto, what is planned or foretold; reports that are missing, what rests on them), also
-- one that begins with this very computation, and none that is over with it; flapping. The state itself is never
-- held back; the end of an alert always, as what came last, if nothing of it was told, and never else.
-- name: alerts_write
WITH change AS MATERIALIZED (
  SELECT county, period, version, item, alert, state, type, nth, value, threshold, rule, kind, severity,
    reason, min(nth) FILTER (WHERE type IS NOT NULL) OVER (PARTITION BY county) AS first, 'epoch'::timestamptz + since * interval '1 microsecond' AS since, confirmed, counted,
    'epoch'::timestamptz + clear * interval '1 microsecond' AS clear, cleared,
    'epoch'::timestamptz + told * interval '1 microsecond' AS told_at, provisional, level,
    'epoch'::timestamptz + fired * interval '1 microsecond' AS fired_at,
    schools::text[] AS schools, schools_count
  FROM unnest(
      $1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[],
      $8::integer[], $9::float8[], $10::float8[], $11::text[], $12::text[], $13::text[], $14::text[],
      $15::bigint[], $16::integer[], $17::bigint[], $18::bigint[], $19::integer[], $20::bigint[], $21::boolean[],
      $22::integer[], $23::bigint[], $24::text[], $25::integer[])
    AS c (county, period, version, item, alert, state, type, nth, value, threshold, rule, kind, severity,
      reason, since, confirmed, counted, clear, cleared, told, provisional, level, fired, schools,
      schools_count)
), updated AS (
  UPDATE alert a
  SET period = c.period, version = c.version, state = coalesce(c.state, a.state), value = c.value,
    threshold = c.threshold, severity = c.severity, changed_at = clock_timestamp(),
    since = c.since, confirmed = c.confirmed, counted = c.counted, clear = c.clear,
    cleared = c.cleared, told_at = c.told_at, provisional = c.provisional,
    level = c.level, fired_at = c.fired_at
  FROM change c
  WHERE a.id = c.alert AND a.id = ANY ($5::bigint[])
    AND (c.state IS NOT NULL
      OR (a.period, a.value, a.threshold, a.severity, a.since, a.confirmed, a.clear, a.cleared, a.told_at,
          a.provisional, a.level)
        IS DISTINCT FROM
        (c.period, c.value, c.threshold, c.severity, c.since, c.confirmed, c.clear, c.cleared, c.told_at,
          c.provisional, c.level))
  RETURNING a.id
), opened AS ( -- behind what is over: of a condition one alert is open at most
  INSERT INTO alert (
    county, period, version, item, value, threshold, rule, kind, state, severity, opened_at, changed_at,
    since, confirmed, counted, clear, cleared, told_at, provisional, level, fired_at)
  SELECT county, period, version, item, value, threshold, rule, kind, state, severity, t.at, t.at,
    since, confirmed, counted, clear, cleared, told_at, provisional, level, fired_at
  FROM change, (SELECT clock_timestamp() AS at) AS t
  WHERE alert = 0 AND (SELECT count(*) FROM updated) >= 0
  RETURNING id, county, item, rule
), begun AS MATERIALIZED ( -- what explains others, and was not told of before
  SELECT c.county, coalesce(o.id, c.alert) AS id, c.kind
  FROM change c
  LEFT JOIN opened o ON c.alert = 0 AND o.county = c.county AND o.item = c.item AND o.rule = c.rule
  WHERE c.state = 'firing' AND c.kind IN ('veto', 'stale')
), counter AS (
  UPDATE event_counter SET seq = seq + $26::bigint WHERE $26 > 0 RETURNING seq - $26 AS base
), appended AS (
  INSERT INTO event (
    seq, type, alert, county, period, item, rule, kind, severity, value, threshold, version, reason, held, story,
    schools, schools_count, provisional, level)
  SELECT counter.base + c.nth, c.type, coalesce(o.id, c.alert), c.county, c.period, c.item,
    c.rule, c.kind, c.severity, c.value, c.threshold, c.version, c.reason,
    coalesce(
      -- whoever was told of it is told of its end, and nobody else: as what came last was held back, so is that
      (SELECT e.held FROM event e
        WHERE c.type IN ('alert.resolved', 'alert.withdrawn') AND e.alert = c.alert AND e.reason <> 'person'
        ORDER BY e.held <> '', e.seq DESC LIMIT 1),
      (SELECT 'snooze' FROM alert a WHERE a.id = c.alert AND a.snoozed_until > clock_timestamp()
        AND NOT (c.type = 'alert.escalated' AND c.level > 1)),
      (SELECT 'silence:' || s.id FROM silence s
        WHERE s.ended_at IS NULL AND (s.until IS NULL OR s.until > clock_timestamp())
          AND starts_with(c.county, s.region) AND s.reach >= c.level
          AND (s.patterns = '{}' OR c.item LIKE ANY (s.patterns)) AND (s.rules = '{}' OR c.rule = ANY (s.rules))
        ORDER BY s.id LIMIT 1),
      (SELECT 'alert:' || min(a.id + 0) -- not by the index of all alerts of the county, in which these come late
        FROM (
          SELECT o.id, o.kind FROM alert o
          WHERE o.county = c.county AND o.state IN ('pending', 'firing', 'acknowledged') -- as an index has them
            AND o.state <> 'pending'
            AND NOT EXISTS (SELECT FROM change e WHERE e.alert = o.id AND e.state IN ('resolved', 'withdrawn'))
          UNION ALL SELECT b.id, b.kind FROM begun b WHERE b.county = c.county
        ) a
        WHERE a.kind = 'veto' AND c.kind IN ('plan', 'forecast', 'near')
          OR a.kind = 'stale' AND c.kind IN ('plan', 'forecast', 'near', 'jump')),
      (SELECT 'flapping' WHERE (
        SELECT count(*) FROM (
          SELECT FROM event e
          WHERE e.county = c.county AND e.item = c.item AND e.rule = c.rule AND e.type = 'alert.firing'
            AND e.time > clock_timestamp() - interval '1 day'
          LIMIT $27::integer) fired) = $27::integer),
      ''),
    coalesce(
      (SELECT story FROM county_story(c.county, $28::integer)),
      counter.base + c.first),
    c.schools, c.schools_count, c.provisional, c.level
  FROM counter, change c
  LEFT JOIN opened o ON o.county = c.county AND o.item = c.item AND o.rule = c.rule AND c.alert = 0
  WHERE c.type IS NOT NULL
  RETURNING *
), boxed AS (
  INSERT INTO event_outbox (seq) SELECT seq FROM appended
), untold AS (
  INSERT INTO alert_untold (alert, seq)
  SELECT alert, seq FROM appended
  WHERE held <> '' AND type IN ('alert.firing', 'alert.changed', 'alert.reminded', 'alert.escalated')
  ON CONFLICT (alert) DO UPDATE SET seq = excluded.seq
)
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, kind, severity, value, threshold, version, reason, level, by, comment,
  assignee, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), held, story,
  array_to_string(schools, ','), schools_count, provisional
FROM appended ORDER BY seq

-- What there is to compute, what has waited for longest first.
-- name: behind_list
SELECT county, period FROM county_behind ORDER BY behind_since, period DESC LIMIT $1 OFFSET $2

-- name: behind_count
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(behind_since)), 0)::float8
FROM county_behind

-- name: recompute_request
UPDATE county_result SET stale = true WHERE $1 = '' OR county = $1
