-- Years of which a county has sent nothing, though it has of the year before: they have no period that could be
-- computed, so the computation of the year before looks at them (services/monitor/silent.h).

-- Of the counties and periods of a recomputation, under their turns: those whose next period nothing was ever sent of.
-- Whether theirs are the latest reports of the county's schools; and whether a standard judges the next period: of one
-- that none judges (any more) nobody is awaited.
-- name: recompute_silent
SELECT k.nth, coalesce((SELECT max(r.period) FROM report r WHERE r.county = k.county) = k.period, false),
  EXISTS (SELECT FROM standard s
    WHERE NOT s.removed AND starts_with(k.county, s.region)
      AND s.valid_from <= n.period AND (s.valid_to IS NULL OR s.valid_to >= n.period))
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS k (county, period, nth)
CROSS JOIN LATERAL (SELECT (k.period::integer + 1)::text AS period) n
WHERE NOT EXISTS (SELECT FROM county_period p WHERE p.county = k.county AND p.period = n.period)

-- With calendar_touch: it may say now when the reports of such a year are due, where a rule has them due by a term.
-- name: silent_touch
UPDATE county_result r SET stale = true
WHERE starts_with(r.county, $1) AND NOT r.stale
  AND EXISTS (SELECT FROM rule WHERE document ->> 'kind' = 'stale' AND json_typeof(document -> 'due') = 'object')
  AND NOT EXISTS (SELECT FROM county_period p WHERE p.county = r.county AND p.period = (r.period::integer + 1)::text)
