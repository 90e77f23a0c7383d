-- Alerts and their transitions. Codes below a prefix are those from it up to, and
-- without, the prefix and ':', the character after '9'.

-- name: events_after
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, kind, severity, value, threshold, version, reason, level, by, comment,
  assignee, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), held, story,
  array_to_string(schools, ','), schools_count, provisional
FROM event
WHERE seq > $1 AND county ~>=~ $3 AND county ~<~ ($3 || ':')
ORDER BY seq LIMIT $2

-- name: events_after_county
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, kind, severity, value, threshold, version, reason, level, by, comment,
  assignee, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), held, story,
  array_to_string(schools, ','), schools_count, provisional
FROM event
WHERE seq > $1 AND county = $3
ORDER BY seq LIMIT $2

-- The timeline of one alert ($1), after an event.
-- name: events_of_alert
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, kind, severity, value, threshold, version, reason, level, by, comment,
  assignee, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), held, story,
  array_to_string(schools, ','), schools_count, provisional
FROM event
WHERE alert = $1 AND seq > $2
ORDER BY seq LIMIT $3

-- name: events_last
SELECT seq FROM event_counter

-- What is still to be told, behind a number ($1), $2 at most.
-- name: outbox_list
SELECT e.seq, e.id, e.type, to_char(e.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  e.alert, e.county, e.period, e.item, e.rule, e.kind, e.severity, e.value, e.threshold, e.version, e.reason, e.level,
  e.by, e.comment, e.assignee, to_char(e.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.held,
  e.story, array_to_string(e.schools, ','), e.schools_count, e.provisional
FROM event_outbox o
JOIN event e ON e.seq = o.seq
WHERE o.seq > $1
ORDER BY o.seq LIMIT $2

-- Those of them that have waited for so many milliseconds ($1), because their monitor is gone: they are
-- taken over, and others leave them alone for as long again.
-- name: outbox_take
WITH stale AS (
  SELECT seq FROM event_outbox
  WHERE since <= clock_timestamp() - $1::float8 * interval '1 ms'
  ORDER BY seq LIMIT $2
  FOR UPDATE SKIP LOCKED
), o AS (
  UPDATE event_outbox t SET since = clock_timestamp() FROM stale s WHERE t.seq = s.seq
  RETURNING t.seq
)
SELECT e.seq, e.id, e.type, to_char(e.time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  e.alert, e.county, e.period, e.item, e.rule, e.kind, e.severity, e.value, e.threshold, e.version, e.reason, e.level,
  e.by, e.comment, e.assignee, to_char(e.until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.held,
  e.story, array_to_string(e.schools, ','), e.schools_count, e.provisional
FROM o
JOIN event e ON e.seq = o.seq
ORDER BY o.seq

-- name: outbox_done
DELETE FROM event_outbox WHERE seq = ANY ($1::bigint[])

-- A level ($6, 0 any): at least so far up, of the state that is asked for, else of those that are open.
-- name: alerts_list
SELECT id, county, item, rule, kind, period, state, severity, value, threshold, version,
  to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), assignee,
  CASE WHEN snoozed_until = 'infinity' THEN 'resolved'
    ELSE to_char(snoozed_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END, provisional, level
FROM alert
WHERE id > $1 AND county ~>=~ $3 AND county ~<~ ($3 || ':')
  AND ($4 = '' OR state = $4) AND ($5 = '' OR severity = $5)
  AND ($6::integer = 0 OR level >= $6 AND ($4 <> '' OR state IN ('pending', 'firing', 'acknowledged')))
ORDER BY id LIMIT $2

-- name: alert_get
SELECT id, county, item, rule, kind, period, state, severity, value, threshold, version,
  to_char(opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), assignee,
  CASE WHEN snoozed_until = 'infinity' THEN 'resolved'
    ELSE to_char(snoozed_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END, provisional, level
FROM alert WHERE id = $1

-- The turn of who steps the county's alerts (4a48 is "JH"): what the next statement reads stays. What is
-- to be done may change what comes due ($2): then the county is looked at again, and its results are locked
-- before the turn, as monitors do.
-- name: alert_turn
WITH marked AS (
  UPDATE county_result r SET due_at = least(r.due_at, clock_timestamp())
  FROM (
    SELECT o.county, o.period FROM alert a JOIN county_result o ON o.county = a.county
    WHERE a.id = $1 AND $2::boolean ORDER BY o.period FOR NO KEY UPDATE OF o) l
  WHERE r.county = l.county AND r.period = l.period
  RETURNING r.period
)
SELECT pg_advisory_xact_lock(x'4a48'::integer, county::integer) FROM alert
WHERE id = $1 AND (SELECT count(*) FROM marked) >= 0

-- Whether a computation of its county has ended since this transaction began: behind alert_turn, which it may have met
-- with the results locked, and left it to these marks that they are computed again (recompute_earlier, recompute_after).
-- name: alert_overtaken
SELECT EXISTS (SELECT FROM alert a JOIN county_result o ON o.county = a.county
  WHERE a.id = $1 AND o.computed_at > transaction_timestamp())

-- Until when it is snoozed: '' not; 'infinity' until it is over.
-- name: alert_lock
SELECT state, coalesce(assignee, ''),
  CASE WHEN snoozed_until = 'infinity' THEN 'infinity'
    WHEN snoozed_until > clock_timestamp() THEN to_char(snoozed_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    ELSE '' END
FROM alert WHERE id = $1 FOR UPDATE

-- What somebody does, with its event: the last statement before COMMIT, as alerts_write. Of an alert of which nothing was
-- told nobody is told what is done with it, as of its end, for the reason of what came last. Parameters:
-- alert, state (NULL: stays), whether the assignee is set, the assignee (NULL: nobody), whether the
-- snooze is set, until when ('infinity'; NULL: no more), event type, who, comment; how many minutes a
-- story pauses at most.
-- name: alert_act
WITH acted AS (
  UPDATE alert
  SET state = coalesce($2, state), changed_at = clock_timestamp(),
    assignee = CASE WHEN $3::boolean THEN $4 ELSE assignee END,
    snoozed_until = CASE WHEN $5::boolean THEN $6::timestamptz ELSE snoozed_until END
  WHERE id = $1
  RETURNING *
), counter AS (
  UPDATE event_counter SET seq = seq + 1 RETURNING seq
), appended AS (
  INSERT INTO event (
    seq, type, alert, county, period, item, rule, kind, severity, value, threshold, version, reason, level,
    by, comment, assignee, until, held, story, schools, schools_count, provisional)
  SELECT counter.seq, $7, a.id, a.county, a.period, a.item, a.rule, a.kind, a.severity, a.value, a.threshold,
    a.version, 'person', a.level, $8, $9, CASE WHEN $3 THEN $4 END,
    CASE WHEN $5 THEN nullif($6::timestamptz, 'infinity') END,
    coalesce(
      (SELECT e.held FROM event e WHERE e.alert = a.id AND e.reason <> 'person'
        ORDER BY e.held <> '', e.seq DESC LIMIT 1),
      ''),
    coalesce(
      (SELECT story FROM county_story(a.county, $10::integer)),
      counter.seq),
    coalesce(b.schools, '{}'), coalesce(b.schools_count, 0), a.provisional
  FROM counter, acted a
  LEFT JOIN LATERAL (
    -- as it was told last
    SELECT e.schools, e.schools_count FROM event e WHERE e.alert = a.id ORDER BY e.seq DESC LIMIT 1) b ON true
  RETURNING *
), boxed AS (
  INSERT INTO event_outbox (seq) SELECT seq FROM appended
)
SELECT seq, id, type, to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  alert, county, period, item, rule, kind, severity, value, threshold, version, reason, level, by, comment,
  assignee, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), held, story,
  array_to_string(schools, ','), schools_count, provisional
FROM appended

-- Who opens a silence takes turns with all others who do ("JU"): what the next statement counts is all there is.
-- name: silence_turn
SELECT pg_advisory_xact_lock(x'4a55'::integer, 0)

-- Without an id where there is no room; and how many were open.
-- Parameters: region, items, the same as LIKE has them, rules, reason, author, until, the author's region, how many may
-- be open, and of a region.
-- name: silence_put
WITH open AS (
  SELECT count(*) AS n, count(*) FILTER (WHERE region = $1) AS of_region FROM silence
  WHERE ended_at IS NULL AND (until IS NULL OR until > clock_timestamp())
), made AS (
  INSERT INTO silence (region, items, patterns, rules, reason, author, until, author_region)
  SELECT $1, $2::text[], $3::text[], $4::text[], $5, $6, $7::timestamptz, $8 FROM open
  WHERE n < $9::integer AND of_region < $10::integer
  RETURNING id
)
SELECT (SELECT id FROM made), n FROM open

-- Those of regions below a prefix ($1), and above it; open ones only ($2), behind an id.
-- name: silence_list
SELECT id, region, array_to_json(items)::text, array_to_json(rules)::text, reason, author,
  coalesce(author_region, region),
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  ended_at IS NULL AND (until IS NULL OR until > clock_timestamp())
FROM silence
WHERE id > $3 AND (starts_with(region, $1) OR starts_with($1, region))
  AND (NOT $2::boolean OR ended_at IS NULL AND (until IS NULL OR until > clock_timestamp()))
ORDER BY id LIMIT $4

-- name: silence_get
SELECT id, region, array_to_json(items)::text, array_to_json(rules)::text, reason, author,
  coalesce(author_region, region),
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  ended_at IS NULL AND (until IS NULL OR until > clock_timestamp())
FROM silence WHERE id = $1

-- name: silence_end
UPDATE silence SET ended_at = coalesce(ended_at, clock_timestamp()) WHERE id = $1
