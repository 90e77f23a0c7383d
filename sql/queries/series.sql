-- Figures of items over the school years.

-- Of the counties below a code ($1, itself included) the latest figure of each period up to $3 ('' all) of an
-- item $2 ('' all), as it was computed. Only what is known as a whole: of an item that lacks data the figure of
-- those that have reported would be another one. At most $4.
-- name: series_list
SELECT c.code, f.item, r.period, f.value
FROM region c
JOIN county_result r ON r.county = c.code AND r.computed_version > 0
CROSS JOIN LATERAL (
  SELECT indicator || '.' || stage || '.cv' AS item, cv AS value, cv_status AS status
  FROM indicator_result WHERE county = r.county AND period = r.period
  UNION ALL
  SELECT indicator || '.' || stage || '.schools', records_met::float8, schools
  FROM indicator_result WHERE county = r.county AND period = r.period
  UNION ALL
  SELECT 'schools.' || stage, (records - records_met)::float8, schools
  FROM stage_result WHERE county = r.county AND period = r.period
  UNION ALL
  SELECT i.key,
    coalesce((i.value ->> 'value')::float8,
      (i.value ->> 'schools_total')::float8 - (i.value ->> 'schools_met')::float8),
    i.value ->> 'status'
  FROM (
    SELECT l.items FROM item_result_log l
    WHERE l.county = r.county AND l.period = r.period ORDER BY l.at DESC LIMIT 1
  ) p
  CROSS JOIN LATERAL json_each(p.items) i
  WHERE strpos($2, '.') = 0
) f
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
  AND ($2 = '' OR f.item = $2) AND ($3 = '' OR r.period <= $3)
  AND f.value IS NOT NULL AND f.status IN ('met', 'not_met')
ORDER BY c.code, f.item, r.period
LIMIT $4
