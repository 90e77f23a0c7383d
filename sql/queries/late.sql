-- Counties whose figures have not taken in for a while what was sent, and nobody was told: of each the
-- period that has waited for longest. What somebody is at is left out; so are periods that are asked to
-- be computed again, for nobody knows since when. They are held, as by a computation (recompute_lock).
-- Since when a county waits is looked up once (OFFSET 0).
-- Parameters: the item of their alerts, how many at most.
-- name: late_list
WITH waiting AS MATERIALIZED (
  SELECT DISTINCT ON (b.county) b.*
  FROM (
    SELECT county, period, version,
      CASE WHEN computed_version < version THEN (
        SELECT min(v.at) FROM (
          SELECT v.at, v.version FROM county_version v
          WHERE v.county = k.county AND v.period = k.period ORDER BY v.at DESC
          LIMIT least(k.version - computed_version, 100)) v
        WHERE v.version > computed_version)
      ELSE due_at END AS since
    FROM county_behind k WHERE computed_version < version OR due_at <= clock_timestamp() OFFSET 0
  ) b
  WHERE b.since <= clock_timestamp() - interval '1 minute'
    AND NOT EXISTS (SELECT FROM alert a
      WHERE a.county = b.county AND a.item = $1 AND a.state IN ('pending', 'firing', 'acknowledged'))
  ORDER BY b.county, b.since
), held AS MATERIALIZED (
  SELECT w.* FROM waiting w
  JOIN county_result r ON r.county = w.county AND r.period = w.period
  WHERE r.computed_version < w.version OR r.due_at <= clock_timestamp()
  ORDER BY w.since LIMIT $2
  FOR NO KEY UPDATE OF r SKIP LOCKED
)
SELECT county, period, version,
  floor(extract(epoch FROM clock_timestamp() - since) / 60)::float8
FROM held
WHERE pg_try_advisory_xact_lock(x'4a48'::integer, county::integer)
