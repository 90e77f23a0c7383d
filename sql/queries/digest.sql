-- What has become of the alerts of a region since an instant or an event: of each that something happened to, what
-- it is now, and what it was then.

-- When the first event behind a number ($1) was; now, where there is none yet. And the last number.
-- name: digest_from
SELECT (extract(epoch FROM coalesce(
  (SELECT time FROM event WHERE seq > $1 ORDER BY seq LIMIT 1), clock_timestamp())) * 1000000)::bigint, seq
FROM event_counter

-- Parameters: prefix of counties, the instant, at most so many, the worst first; or instead of the instant
-- the number of an event, NULL: by time. An event has its time before its commit, and may so become visible behind a
-- later instant; it has its number in the order of commits. The number of all is in each row.
-- name: digest_alerts
WITH touched AS MATERIALIZED (
  SELECT alert FROM event
  WHERE $4::bigint IS NULL AND time > $2::timestamptz AND county ~>=~ $1 AND county ~<~ ($1 || ':')
  UNION SELECT alert FROM event
  WHERE seq > $4::bigint AND left(county, length($1)) = $1 -- the few that are new, by number, not all of the region
), told AS (
  SELECT a.id, a.county, coalesce(c.name, '') AS name, a.item, a.rule, a.kind, a.period, a.state, a.severity,
    a.value, a.threshold, a.changed_at, a.assignee, a.level,
    (SELECT e.severity FROM event e
      WHERE e.alert = a.id AND CASE WHEN $4::bigint IS NULL THEN e.time <= $2::timestamptz ELSE e.seq <= $4 END
        AND e.type IN ('alert.firing', 'alert.changed', 'alert.escalated')
      ORDER BY e.seq DESC LIMIT 1) AS was,
    EXISTS (SELECT FROM event e WHERE e.alert = a.id AND e.type = 'alert.firing') AS fired,
    EXISTS (SELECT FROM event e
      WHERE e.alert = a.id AND e.type = 'alert.pending'
        AND CASE WHEN $4::bigint IS NULL THEN e.time <= $2::timestamptz ELSE e.seq <= $4 END) AS waited,
    EXISTS (SELECT FROM event e
      WHERE e.alert = a.id AND e.type IN ('alert.resolved', 'alert.withdrawn')
        AND CASE WHEN $4::bigint IS NULL THEN e.time > $2::timestamptz ELSE e.seq > $4 END) AS ended,
    EXISTS (SELECT FROM event e
      WHERE e.alert = a.id AND e.type = 'alert.escalated'
        AND CASE WHEN $4::bigint IS NULL THEN e.time > $2::timestamptz ELSE e.seq > $4 END) AS escalated,
    (SELECT e.held FROM event e WHERE e.alert = a.id AND e.by = '' ORDER BY e.seq DESC LIMIT 1) AS held
  FROM touched t
  JOIN alert a ON a.id = t.alert
  LEFT JOIN region c ON c.code = a.county
), classed AS (
  SELECT t.*,
    CASE
      WHEN state = 'pending' THEN 'pending'
      WHEN NOT fired AND ended AND NOT waited THEN NULL -- it has only waited, and nobody has read of it
      WHEN state IN ('firing', 'acknowledged') AND was IS NULL THEN 'new'
      WHEN state IN ('firing', 'acknowledged') AND escalated AND was = severity THEN 'escalated'
      WHEN state IN ('firing', 'acknowledged') AND was <> severity THEN
        CASE WHEN array_position(ARRAY['info', 'warning', 'critical'], severity)
          > array_position(ARRAY['info', 'warning', 'critical'], was) THEN 'worse'
          WHEN escalated THEN 'escalated' ELSE 'better' END
      WHEN state IN ('firing', 'acknowledged') THEN 'same'
      WHEN NOT ended THEN 'same' -- it was over by then, and somebody said something
      WHEN fired AND was IS NULL THEN 'brief'
      WHEN state = 'withdrawn' THEN 'withdrawn'
      ELSE 'over'
    END AS class
  FROM told t
)
SELECT id, county, name, item, rule, kind, period, state, severity, coalesce(was, ''), class, value,
  threshold, to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  coalesce(assignee, ''), coalesce(held, ''), level, count(*) OVER ()
FROM classed
WHERE class IS NOT NULL
ORDER BY array_position(ARRAY['new', 'worse', 'escalated', 'pending', 'better', 'over', 'withdrawn', 'brief', 'same'], class),
  array_position(ARRAY['critical', 'warning', 'info'], severity), county, id
LIMIT $3

-- How many are open now, of the region.
-- name: digest_open
SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'firing'),
  count(*) FILTER (WHERE state = 'acknowledged'), coalesce((SELECT seq FROM event_counter), 0)
FROM alert
WHERE state IN ('pending', 'firing', 'acknowledged') AND county ~>=~ $1 AND county ~<~ ($1 || ':')
