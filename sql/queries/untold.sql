-- Alerts of which something was held back (alerts_write), and what is told of those that still fire when
-- nothing holds them back any more.

-- What is over, or was told of since, is forgotten.
-- name: untold_over
DELETE FROM alert_untold u USING alert a
WHERE a.id = u.alert AND (a.state NOT IN ('firing', 'acknowledged') OR EXISTS (
  SELECT FROM event e
  WHERE e.alert = u.alert AND e.seq > u.seq AND e.held = '' AND e.reason <> 'person'))

-- Those that nothing of alerts_write's would hold back now, and that nobody has told of since. Who acknowledged
-- one knows of it, as it was then: it is told of if it has got worse since, and if it has gone up, for they do not
-- know to whom it has. One instant counts for all: a silence that ends meanwhile frees what it held together. With
-- each, the number of its last event. The turns of their counties (as recompute_lock has them) are taken behind it:
-- what somebody is at stays for the next round. Parameters: how often an alert fires in a day before it flaps, how
-- many at most.
-- name: untold_free
WITH free AS MATERIALIZED (
  SELECT a.id, a.county
  FROM alert_untold u
  JOIN alert a ON a.id = u.alert
  WHERE a.state IN ('firing', 'acknowledged')
    AND (coalesce(a.snoozed_until <= statement_timestamp(), true) AND (a.state = 'firing' OR ( -- worse than was known
        SELECT array_position(ARRAY['info', 'warning', 'critical'], a.severity)
          > array_position(ARRAY['info', 'warning', 'critical'], e.severity)
        FROM event e
        WHERE e.alert = a.id AND (e.type = 'alert.acknowledged' OR e.held = '' AND e.reason <> 'person')
        ORDER BY e.seq DESC LIMIT 1))
      OR a.level > CASE WHEN a.snoozed_until > statement_timestamp() THEN 1 ELSE 0 END AND a.level > ( -- than was told
        SELECT coalesce(max(e.level), 0) FROM event e
        WHERE e.alert = a.id AND e.held = '' AND e.reason <> 'person'))
    AND NOT EXISTS (SELECT FROM event e
      WHERE e.alert = a.id AND e.seq > u.seq AND e.held = '' AND e.reason <> 'person')
    AND NOT EXISTS (SELECT FROM silence s
      WHERE s.ended_at IS NULL AND (s.until IS NULL OR s.until > statement_timestamp())
        AND starts_with(a.county, s.region) AND s.reach >= a.level
        AND (s.patterns = '{}' OR a.item LIKE ANY (s.patterns)) AND (s.rules = '{}' OR a.rule = ANY (s.rules)))
    AND NOT EXISTS (SELECT FROM alert o
      WHERE o.county = a.county AND o.state IN ('pending', 'firing', 'acknowledged')
        AND o.state <> 'pending' AND o.id <> a.id
        AND (o.kind = 'veto' AND a.kind IN ('plan', 'forecast', 'near')
          OR o.kind = 'stale' AND a.kind IN ('plan', 'forecast', 'near', 'jump')))
    AND (SELECT count(*) FROM (
      SELECT FROM event e
      WHERE e.county = a.county AND e.item = a.item AND e.rule = a.rule AND e.type = 'alert.firing'
        AND e.time > statement_timestamp() - interval '1 day'
      LIMIT $1::integer) fired) < $1::integer
  ORDER BY a.id LIMIT $2
)
SELECT f.id, (SELECT e.seq FROM event e WHERE e.alert = f.id ORDER BY e.seq DESC LIMIT 1)
FROM free f
WHERE pg_try_advisory_xact_lock(x'4a48'::integer, f.county::integer)

-- The events' counter, last of all, as alerts_write and alert_act take it.
-- name: event_turn
SELECT seq FROM event_counter FOR UPDATE

-- Behind untold_free, in its transaction, and event_turn: the event of each of these alerts ($1) to which nothing
-- has happened since it was found free, that is behind the event that was its last ($2). It counts as told
-- now: a reminder comes due from it on. $3: how many minutes a story pauses at most.
-- name: untold_tell
WITH free AS MATERIALIZED (
  SELECT a.*, u.seq AS held_seq, row_number() OVER (ORDER BY a.id) AS nth
  FROM unnest($1::bigint[], $2::bigint[]) AS f (alert, last)
  JOIN alert_untold u ON u.alert = f.alert
  JOIN alert a ON a.id = f.alert
  WHERE NOT EXISTS (SELECT FROM event e WHERE e.alert = f.alert AND e.seq > f.last)
), told AS (
  UPDATE alert a SET told_at = clock_timestamp() FROM free f WHERE a.id = f.id
), counter AS (
  UPDATE event_counter SET seq = seq + (SELECT count(*) FROM free)
  RETURNING seq - (SELECT count(*) FROM free) AS base
), appended AS (
  INSERT INTO event (
    seq, type, alert, county, period, item, rule, kind, severity, value, threshold, version, reason, story,
    schools, schools_count, provisional, level)
  SELECT counter.base + f.nth, 'alert.reminded', f.id, f.county, f.period, f.item, f.rule, f.kind, f.severity,
    f.value, f.threshold, f.version, 'untold',
    coalesce(
      (SELECT story FROM county_story(f.county, $3::integer)),
      counter.base + min(f.nth) OVER (PARTITION BY f.county)),
    h.schools, h.schools_count, f.provisional, f.level
  FROM counter, free f
  JOIN event h ON h.seq = f.held_seq
  RETURNING seq, alert
), boxed AS (
  INSERT INTO event_outbox (seq) SELECT seq FROM appended
), done AS (
  DELETE FROM alert_untold u USING appended e WHERE u.alert = e.alert
)
SELECT count(*) FROM appended
