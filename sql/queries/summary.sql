-- How the counties of a region stand, counted from what was judged. The counties are the
-- known regions of six digits below a code ($1), itself included: from it up to, and
-- without, the code and ':', the character after '9'. $2 is the period.

-- The region, the period that is meant ($2, or the latest when that is ''; NULL: there is
-- none) and the one before it that has data.
-- name: summary_head
WITH known AS (
  SELECT DISTINCT p.period
  FROM region c
  JOIN county_period p ON p.county = c.code
  WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
    AND EXISTS (SELECT FROM report r WHERE r.county = p.county AND r.period = p.period)
), wanted AS (
  SELECT coalesce(nullif($2, ''), (SELECT max(period) FROM known)) AS period
)
SELECT r.name, r.targets, w.period, (SELECT max(k.period) FROM known k WHERE k.period < w.period)
FROM region r, wanted w
WHERE r.code = $1 AND NOT r.removed

-- By prefecture, known as a region or not. $3 is this year: a county is recognised when it was by then,
-- else it is on track, lags or is undecided by its verdict.
-- name: summary_counties
SELECT left(c.code, 4), coalesce(f.name, ''),
  count(*) FILTER (WHERE r.verdict = 'met'),
  count(*) FILTER (WHERE r.verdict = 'not_met'),
  count(*) FILTER (WHERE r.verdict = 'incomplete'),
  count(*) FILTER (WHERE p.county IS NOT NULL AND r.verdict IS NULL),
  count(*) FILTER (WHERE p.county IS NULL),
  count(*) FILTER (WHERE c.recognised <= $3),
  count(*) FILTER (WHERE (c.recognised <= $3) IS NOT TRUE AND r.verdict = 'met'),
  count(*) FILTER (WHERE (c.recognised <= $3) IS NOT TRUE AND r.verdict = 'not_met'),
  count(*) FILTER (WHERE p.version > coalesce(r.computed_version, 0)),
  coalesce(sum(cardinality(r.missing_schools)), 0),
  to_char(min(r.computed_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(max(r.computed_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM region c
LEFT JOIN county_period p ON p.county = c.code AND p.period = $2
LEFT JOIN county_result r ON r.county = c.code AND r.period = $2 AND r.computed_version > 0
LEFT JOIN region f ON f.code = left(c.code, 4) AND NOT f.removed
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
GROUP BY left(c.code, 4), f.name
ORDER BY left(c.code, 4)

-- Recognised counties by year, to $3; and those of them that are not met in the period.
-- name: summary_recognised
SELECT c.recognised, count(*),
  string_agg(c.code, ',' ORDER BY c.code) FILTER (WHERE r.verdict = 'not_met')
FROM region c
LEFT JOIN county_result r ON r.county = c.code AND r.period = $2 AND r.computed_version > 0
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
  AND c.recognised <= $3
GROUP BY GROUPING SETS ((c.recognised), ())
ORDER BY c.recognised

-- name: summary_stages
SELECT s.stage, sum(s.records), sum(s.records_met), sum(s.students)::bigint
FROM region c
JOIN stage_result s ON s.county = c.code AND s.period = $2
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
GROUP BY s.stage

-- Of each item that some county fails or lacks: how many, and the first $3 that fail it;
-- for the region (the prefecture is NULL), then for each prefecture. The worst come first.
-- name: summary_items
SELECT left(c.code, 4), i.item,
  count(*) FILTER (WHERE i.status = 'not_met'),
  count(*) FILTER (WHERE i.status = 'no_data'),
  count(*) FILTER (WHERE i.status = 'undefined'),
  array_to_string(
    (array_agg(c.code ORDER BY c.code) FILTER (WHERE i.status = 'not_met'))[1:$3], ',')
FROM region c
JOIN county_result r ON r.county = c.code AND r.period = $2 AND r.computed_version > 0
CROSS JOIN LATERAL (
  SELECT u.item, 'not_met' AS status FROM unnest(r.failing) AS u (item)
  UNION ALL
  SELECT u.item, CASE WHEN u.item = ANY (r.undefined) THEN 'undefined' ELSE 'no_data' END
  FROM unnest(r.unknown) AS u (item)
) i
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
GROUP BY GROUPING SETS ((i.item), (left(c.code, 4), i.item))
ORDER BY 1 NULLS FIRST, 3 DESC, 4 DESC, 5 DESC, 2

-- Judged counties by the number of items that they fail.
-- name: summary_failing
SELECT cardinality(r.failing), count(*)
FROM region c
JOIN county_result r ON r.county = c.code AND r.period = $2 AND r.computed_version > 0
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
GROUP BY cardinality(r.failing)

-- Against an earlier period, $3: counties judged in both, and those whose verdict became
-- another one.
-- name: summary_moves
SELECT count(*),
  string_agg(c.code, ',' ORDER BY c.code) FILTER (WHERE now.verdict = 'met' AND was.verdict <> 'met'),
  string_agg(c.code, ',' ORDER BY c.code)
    FILTER (WHERE now.verdict = 'not_met' AND was.verdict <> 'not_met')
FROM region c
JOIN county_result now ON now.county = c.code AND now.period = $2 AND now.computed_version > 0
JOIN county_result was ON was.county = c.code AND was.period = $3 AND was.computed_version > 0
WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed

-- The counties, a line each, the worst first: by items that fail, then by how many times
-- its limit the worst CV is, then by code. $3: of this state ('' any); $4: that fail this
-- item ('' any); $5, $6, $7: the line before ($7 '' for the first page); $8: how many.
-- name: summary_county_list
SELECT l.code, l.name, l.state, l.accepted, l.version, l.computed_at,
  array_to_string(l.failing, ','), array_to_string(l.missing, ','),
  l.worst, l.value, l.threshold, l.failing_n, l.excess
FROM (
  SELECT c.code, c.name,
    CASE WHEN p.county IS NULL THEN 'no_reports' ELSE coalesce(r.verdict, 'not_computed') END AS state,
    coalesce(p.version, 0) AS accepted, coalesce(r.computed_version, 0) AS version,
    to_char(r.computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS computed_at,
    coalesce(r.failing, '{}') AS failing, coalesce(r.unknown, '{}') AS missing,
    coalesce(cardinality(r.failing), 0) AS failing_n, i.*
  FROM region c
  LEFT JOIN county_period p ON p.county = c.code AND p.period = $2
  LEFT JOIN county_result r ON r.county = c.code AND r.period = $2 AND r.computed_version > 0
  CROSS JOIN LATERAL (
    SELECT coalesce(max(cv / cv_limit), 0)::float8 AS excess,
      (array_agg(item ORDER BY cv / cv_limit DESC, item))[1] AS worst,
      (array_agg(cv ORDER BY cv / cv_limit DESC, item))[1] AS value,
      (array_agg(cv_limit ORDER BY cv / cv_limit DESC, item))[1] AS threshold
    FROM (
      SELECT indicator || '.' || stage || '.cv' AS item, cv, cv_limit::float8 AS cv_limit
      FROM indicator_result
      WHERE county = c.code AND period = $2 AND cv_status = 'not_met' AND cv_limit > 0
    ) u
  ) i
  WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
) l
WHERE ($3 = '' OR l.state = $3) AND ($4 = '' OR $4 = ANY (l.failing))
  AND ($7 = '' OR (-l.failing_n, -l.excess, l.code) > (-$5::bigint, -$6::float8, $7))
ORDER BY -l.failing_n, -l.excess, l.code
LIMIT $8
