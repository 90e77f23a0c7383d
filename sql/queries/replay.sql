-- What trying a rule on what has been needs besides the figures (history.sql). Times are in microseconds.

-- When each version of a county ($1) was accepted, oldest first, at most $2; of periods that a standard
-- judges now: nobody waits for the figures of others.
-- name: replay_versions
SELECT v.period, (extract(epoch FROM v.at) * 1000000)::bigint, v.version
FROM county_version v
JOIN (
  SELECT p.period FROM county_period p
  WHERE p.county = $1 AND EXISTS (SELECT FROM standard s
    WHERE NOT s.removed AND starts_with($1, s.region)
      AND s.valid_from <= p.period AND (s.valid_to IS NULL OR s.valid_to >= p.period))
) p ON p.period = v.period
WHERE v.county = $1
ORDER BY v.at, v.period LIMIT $2

-- From when until when (NULL: still) a school of the county ($1) had a report of a period and one of the
-- period before, with the figures of both that may jump (domain/jump.h); at most $2. A report
-- that was corrected, removed or has moved to another county was known until then.
-- name: replay_reports
WITH known AS MATERIALIZED (
  SELECT school, period, received_at AS since, 'infinity'::timestamptz AS until, primary_students,
    primary_teachers, junior_students, junior_teachers, teaching_area, sports_ground_area, equipment_value
  FROM report WHERE county = $1
  UNION ALL
  SELECT school, period, received_at, superseded_at, primary_students,
    primary_teachers, junior_students, junior_teachers, teaching_area, sports_ground_area, equipment_value
  FROM report_history WHERE county = $1
)
SELECT n.period, (extract(epoch FROM greatest(n.since, b.since)) * 1000000)::bigint,
  (extract(epoch FROM nullif(least(n.until, b.until), 'infinity')) * 1000000)::bigint,
  b.primary_students, b.primary_teachers, b.junior_students, b.junior_teachers, b.teaching_area,
  b.sports_ground_area, b.equipment_value,
  n.primary_students, n.primary_teachers, n.junior_students, n.junior_teachers, n.teaching_area,
  n.sports_ground_area, n.equipment_value
FROM known n
JOIN known b ON b.school = n.school AND b.period = (n.period::integer - 1)::text
  AND b.since < n.until AND n.since < b.until
LIMIT $2

-- What a county's ($1) silent years are known by (services/monitor/silent.h), at most $2: of each year behind a computed
-- one that a standard judges, when the first was sent of it, without a school; and the schools, as they were known from
-- when until when (NULL: still).
-- name: replay_silent
WITH next AS (
  SELECT n.period, min(v.at) AS opened
  FROM (SELECT DISTINCT (period::integer + 1)::text AS period FROM county_result_log WHERE county = $1) n
  LEFT JOIN county_version v ON v.county = $1 AND v.period = n.period
  WHERE EXISTS (SELECT FROM standard s
    WHERE NOT s.removed AND starts_with($1, s.region)
      AND s.valid_from <= n.period AND (s.valid_to IS NULL OR s.valid_to >= n.period))
  GROUP BY n.period
)
SELECT period, (extract(epoch FROM opened) * 1000000)::bigint, NULL::bigint, NULL, NULL, NULL
FROM next WHERE opened IS NOT NULL
UNION ALL
SELECT n.period, (extract(epoch FROM s.since) * 1000000)::bigint, (extract(epoch FROM s.until) * 1000000)::bigint,
  s.kind, s.founded, s.closed
FROM next n
CROSS JOIN (
  SELECT changed_at AS since, NULL::timestamptz AS until, kind, founded, closed FROM school WHERE county = $1
  UNION ALL
  SELECT changed_at, superseded_at, kind, founded, closed FROM school_history WHERE county = $1
) s
LIMIT $2

-- What became of the ledger's entry of an item ($2) of a county ($1), in its order, at most $3: when, of
-- what period, what was done, whether the deadline was changed, and to what (NULL: to none). What a
-- computation did is of the time of the computation: its row was written a little later.
-- name: replay_entries
SELECT (extract(epoch FROM coalesce(l.at, h.at)) * 1000000)::bigint, h.period, h.action,
  coalesce(h.changes ? 'deadline', false), h.changes ->> 'deadline'
FROM ledger_entry e
JOIN ledger_history h ON h.entry = e.id
LEFT JOIN LATERAL (
  SELECT r.computed_at AS at FROM county_result_log r
  WHERE h.key IS NULL AND h.action NOT IN ('edited', 'returned') AND r.county = e.county AND r.period = h.period AND r.computed_at <= h.at
  ORDER BY r.computed_at DESC LIMIT 1
) l ON true
WHERE e.county = $1 AND e.item = $2
ORDER BY h.revision LIMIT $3
