-- Counties of a region, for whoever goes through them one by one.

-- The known ones from a code ($1) on down that have a version of the period $2, at most $3.
-- name: county_list
SELECT c.code, c.name
FROM region c
JOIN county_period p ON p.county = c.code AND p.period = $2
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
ORDER BY c.code
LIMIT $3
