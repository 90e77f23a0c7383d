-- A plan that does not say by when is judged by the year of the targets above its county: those that have
-- one are looked at again by the monitors that know so (from before, they take no year).
UPDATE county_result r SET stale = true
FROM county_plan p
WHERE p.county = r.county AND p.document ->> 'recognition_year' IS NULL AND NOT r.stale;
