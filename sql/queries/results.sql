-- Judged figures, as the monitor last wrote them.

-- One statement, so one snapshot: a row for each stage and indicator, or a single one
-- without them before the first computation; the first has the judged items. $2 '' is the latest period.
-- name: status_get
SELECT p.county, p.period, p.version,
  coalesce(r.computed_version, 0), r.standard, r.standard_version, r.verdict,
  array_to_string(r.missing_schools, ','), array_to_string(r.failing, ','),
  array_to_string(r.unknown, ','),
  to_char(r.computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  CASE WHEN row_number() OVER (ORDER BY s.stage, i.indicator) = 1 THEN (
    SELECT l.items FROM item_result_log l
    WHERE l.county = r.county AND l.period = r.period ORDER BY l.at DESC LIMIT 1) END,
  s.stage, s.records, s.records_met, s.students, s.schools, s.status, s.composite_cv,
  substr(i.indicator, 2)::integer, i.mean, i.sd, i.cv, i.mean_rounded, i.cv_rounded, i.cv_status,
  i.rounding_sensitive, i.records_met, i.schools
FROM county_period p
LEFT JOIN county_result r ON r.county = p.county AND r.period = p.period AND r.computed_version > 0
LEFT JOIN stage_result s ON s.county = r.county AND s.period = r.period
LEFT JOIN indicator_result i ON i.county = s.county AND i.period = s.period AND i.stage = s.stage
WHERE p.county = $1
  AND p.period = CASE WHEN $2 = '' THEN coalesce(
      (SELECT max(period) FROM report WHERE county = $1),
      (SELECT max(period) FROM county_period WHERE county = $1))
    ELSE $2 END
ORDER BY s.stage, i.indicator
