-- A year of which nothing has come, behind one with reports, is late, too (services/monitor/silent.h). When that is,
-- the computation of the year before says: those without a year behind them are computed again, where anybody wants to know.
UPDATE county_result r SET stale = true
WHERE NOT stale
  AND EXISTS (SELECT FROM rule d
    WHERE d.document ->> 'kind' = 'stale' AND coalesce((d.document ->> 'enabled')::boolean, true) AND starts_with(r.county, d.region))
  AND NOT EXISTS (SELECT FROM county_period p WHERE p.county = r.county AND p.period = (r.period::integer + 1)::text);
