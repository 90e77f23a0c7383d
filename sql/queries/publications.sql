-- Bulletins: published once, in one snapshot (REPEATABLE READ) from the head to the body.

-- Before the snapshot, which the first statement that reads takes: so whoever waited here sees what
-- the one before has published, and numbers have no gaps.
-- name: publication_lock
LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE

-- For region $1 and period $2: its name (no row: it is not known), the id and the number that come
-- next, whether there are data, the counties that are behind (the first few by code), and the last
-- bulletin of the same region and period.
-- name: publication_head
SELECT r.name, nextval(pg_get_serial_sequence('publication', 'id')),
  coalesce((SELECT max(number) FROM publication WHERE region = $1), 0) + 1,
  EXISTS (
    SELECT FROM region c
    WHERE c.code ~>=~ $1 AND c.code ~<~ ($1 || ':') AND length(c.code) = 6 AND NOT c.removed
      AND (EXISTS (SELECT FROM report WHERE county = c.code AND period = $2)
        OR EXISTS (SELECT FROM county_report WHERE county = c.code AND period = $2))),
  b.n, b.codes, l.id, l.number
FROM region r
CROSS JOIN (
  SELECT count(*) AS n, array_to_string((array_agg(county ORDER BY county))[1:5], ', ') AS codes
  FROM county_standing($1, $2) WHERE behind
) b
LEFT JOIN LATERAL (
  SELECT id, number FROM publication WHERE region = $1 AND period = $2 ORDER BY number DESC LIMIT 1
) l ON true
WHERE r.code = $1 AND NOT r.removed

-- Parameters: id, region, number, name, period, title, note, who.
-- name: publication_open
INSERT INTO publication (id, region, number, name, period, title, note, published_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')

-- name: publication_counties_put
INSERT INTO publication_county (
  publication, county, name, verdict, behind, standard, standard_version, version, computed_at,
  missing_schools, failing, missing, statuses, stages, items, says)
SELECT $1::bigint, s.* FROM county_standing($2, $3) s

-- name: publication_counties
SELECT c.county, c.name, coalesce(f.name, ''), c.verdict, c.behind, c.standard, c.standard_version,
  c.version, to_char(c.computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  c.missing_schools, array_to_string(c.failing, ','), array_to_string(c.missing, ','),
  c.stages, c.items
FROM publication_county c
LEFT JOIN region f ON f.code = left(c.county, 4) AND NOT f.removed
WHERE c.publication = $1
ORDER BY c.county

-- Counties of which a bulletin ($2) says otherwise than an earlier one of the same region and period
-- ($1, 0: there is none), and the number of the bulletin that first said so.
-- name: publication_corrections
WITH bulletin AS (
  SELECT b.id, b.number
  FROM publication f
  JOIN publication t ON t.id = $2
  JOIN publication b
    ON b.region = f.region AND b.period = f.period AND b.number BETWEEN f.number AND t.number
  WHERE f.id = $1
), said AS (
  SELECT k.county, b.number, c.says IS DISTINCT FROM lag(c.says) OVER moves AS moved
  FROM bulletin b
  CROSS JOIN (SELECT DISTINCT county FROM publication_county WHERE publication IN ($1, $2)) k
  LEFT JOIN publication_county c ON c.publication = b.id AND c.county = k.county
  WINDOW moves AS (PARTITION BY k.county ORDER BY b.number)
), since AS (
  SELECT county, max(number) AS number FROM said WHERE moved GROUP BY county
)
SELECT county, coalesce(t.name, f.name), f.verdict, t.verdict, f.version, t.version,
  status_moves(f.statuses, t.statuses), s.number
FROM (SELECT * FROM publication_county WHERE publication = $1) f
FULL JOIN (SELECT * FROM publication_county WHERE publication = $2) t USING (county)
JOIN since s USING (county)
WHERE t.says IS DISTINCT FROM f.says
ORDER BY county

-- The same of what would be published now, against a bulletin ($1) of region $2 and period $3.
-- name: publication_pending
SELECT county, coalesce(t.name, f.name), f.verdict, t.verdict, f.version, t.version,
  status_moves(f.statuses, t.statuses), NULL
FROM (SELECT * FROM publication_county WHERE publication = $1) f
FULL JOIN county_standing($2, $3) t USING (county)
WHERE t.says IS DISTINCT FROM f.says
ORDER BY county

-- name: publication_close
UPDATE publication SET body = $2, page = $3 WHERE id = $1

-- name: publication_body
SELECT body FROM publication WHERE id = $1

-- name: publication_page
SELECT page FROM publication WHERE id = $1

-- With the last bulletin of the same region and period.
-- name: publication_get
SELECT p.id, p.number, p.region, p.name, p.period, p.title, p.note,
  to_char(p.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), l.id, l.number
FROM publication p
CROSS JOIN LATERAL (
  SELECT id, number FROM publication
  WHERE region = p.region AND period = p.period ORDER BY number DESC LIMIT 1
) l
WHERE p.id = $1

-- The latest first. $1: of this region or below ('' any), $2: of this period ('' any), $3: before
-- this id (0 from the first on), $4: how many.
-- name: publications_list
SELECT id, number, region, name, period, title, note,
  to_char(published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM publication
WHERE ($1 = '' OR starts_with(region, $1)) AND ($2 = '' OR period = $2) AND ($3::bigint = 0 OR id < $3)
ORDER BY id DESC LIMIT $4
