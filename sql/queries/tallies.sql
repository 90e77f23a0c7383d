-- What the monitors have counted (base/metrics.h).

-- Arrays: names, numbers (each an array as text), sums. Always in the same order of names, so that
-- two monitors wait for one another at most.
-- name: tallies_add
INSERT INTO tally AS t (name, n, us)
SELECT c.name, c.n::bigint[], c.us
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS c (name, n, us)
ON CONFLICT (name) DO UPDATE
SET us = t.us + excluded.us,
  n = ARRAY(
    SELECT coalesce(u.was, 0) + coalesce(u.more, 0)
    FROM unnest(t.n, excluded.n) WITH ORDINALITY AS u (was, more, place) ORDER BY u.place)

-- name: tallies_read
SELECT t.name, u.place, u.n, t.us
FROM tally t
CROSS JOIN LATERAL unnest(t.n) WITH ORDINALITY AS u (n, place)
