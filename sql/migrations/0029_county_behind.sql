-- What a monitor has to compute: periods whose figures are of an earlier version than what was sent, that are
-- to be computed again, or whose time has come to be looked at; with since when, as far as that is known. Periods
-- that no standard judges are nobody's work.
-- Each result is looked up by its key, and what is behind is found before the standards are asked (OFFSET 0 is
-- what holds the planner to it): a plan from when there was one county would compare each with each, and of a
-- join with standards by prefix it expects next to nothing.
CREATE VIEW county_behind AS
SELECT b.*
FROM (
  SELECT p.county, p.period, p.version, r.computed_version, r.stale, r.due_at,
    CASE WHEN r.computed_version < p.version OR r.stale THEN p.changed_at ELSE r.due_at END AS behind_since
  FROM county_period p
  CROSS JOIN LATERAL (
    SELECT computed_version, stale, due_at FROM county_result o
    WHERE o.county = p.county AND o.period = p.period OFFSET 0
  ) r
  WHERE r.computed_version < p.version OR r.stale OR r.due_at <= clock_timestamp()
  OFFSET 0
) b
WHERE EXISTS (SELECT FROM standard s
  WHERE NOT s.removed AND starts_with(b.county, s.region)
    AND s.valid_from <= b.period AND (s.valid_to IS NULL OR s.valid_to >= b.period));
