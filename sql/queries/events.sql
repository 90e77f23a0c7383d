-- Alerts and their transitions. Codes below a prefix are those from it up to, and
-- without, the prefix and ':', the character after '9'.

-- name: events_after
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, kind, severity, value, threshold, version, reason
FROM event
WHERE seq > $1 AND county ~>=~ $3 AND county ~<~ ($3 || ':')
ORDER BY seq LIMIT $2

-- name: events_after_county
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, kind, severity, value, threshold, version, reason
FROM event
WHERE seq > $1 AND county = $3
ORDER BY seq LIMIT $2

-- name: events_last
SELECT seq FROM event_counter

-- name: outbox_list
SELECT e.seq, e.id, e.type, to_char(e.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  e.alert, e.county, e.period, e.item, e.rule, e.kind, e.severity, e.value, e.threshold, e.version, e.reason
FROM event_outbox o
JOIN event e ON e.seq = o.seq
WHERE e.time <= clock_timestamp() - $1::float8 * interval '1 ms'
ORDER BY o.seq LIMIT $2

-- name: outbox_done
DELETE FROM event_outbox WHERE seq = ANY ($1::bigint[])

-- name: alerts_list
SELECT id, county, item, rule, kind, period, state, severity, value, threshold, version,
  to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM alert
WHERE id > $1 AND county ~>=~ $3 AND county ~<~ ($3 || ':')
  AND ($4 = '' OR state = $4) AND ($5 = '' OR severity = $5)
ORDER BY id LIMIT $2

-- name: alert_get
SELECT id, county, item, rule, kind, period, state, severity, value, threshold, version,
  to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM alert WHERE id = $1
