-- The rectification ledger. What the data do to it is written by the monitor, in the transaction of
-- the figures (ledger_memory and ledger_write); what people do, by their requests.

-- What there is of the counties ($1) of a recomputation, under their turns: who changes the state of
-- an entry waits for them (ledger_turn). County by county, whatever the planner expects (OFFSET 0).
-- name: ledger_memory
SELECT k.nth, e.item, e.id, e.state, e.period, e.value, e.threshold, e.deadline
FROM unnest($1::text[]) WITH ORDINALITY AS k (county, nth)
CROSS JOIN LATERAL (
  SELECT id, item, state, period, value, threshold, document ->> 'deadline' AS deadline FROM ledger_entry o WHERE o.county = k.county OFFSET 0
) e

-- One statement for all counties of a recomputation. Nothing is written of an entry that stays as it
-- is: neither action nor state, and the same figures.
-- Arrays: county, period, version, item, entry (0: a new one), action (NULL: none is told), state (NULL:
-- as it was), value, limit, whether its deadline is cleared, shortfall (NULL: as it was).
-- name: ledger_write
WITH step AS MATERIALIZED (
  SELECT * FROM unnest(
      $1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[],
      $8::float8[], $9::float8[], $10::boolean[], $11::text[])
    AS s (county, period, version, item, entry, action, state, value, threshold, undated, shortfall)
), opened AS (
  INSERT INTO ledger_entry (
    county, item, state, period, version, value, threshold, shortfall, opened_at, changed_at)
  SELECT county, item, state, period, version, value, threshold, shortfall::json, t.at, t.at
  FROM step, (SELECT clock_timestamp() AS at) AS t
  WHERE entry = 0
  RETURNING *
), updated AS (
  UPDATE ledger_entry e
  SET state = coalesce(s.state, e.state), revision = e.revision + (s.action IS NOT NULL)::integer,
    period = s.period, version = s.version, value = s.value, threshold = s.threshold,
    shortfall = coalesce(s.shortfall::json, e.shortfall),
    document = CASE WHEN s.undated THEN e.document || '{"deadline": null}' ELSE e.document END,
    met_period = CASE s.state WHEN 'met' THEN s.period WHEN 'struck_off' THEN e.met_period END,
    met_version = CASE s.state WHEN 'met' THEN s.version WHEN 'struck_off' THEN e.met_version END,
    met_at = CASE s.state WHEN 'met' THEN clock_timestamp() WHEN 'struck_off' THEN e.met_at END,
    struck_at = CASE s.state WHEN 'struck_off' THEN clock_timestamp() END,
    changed_at = greatest(clock_timestamp(), e.changed_at + interval '1 microsecond')
  FROM step s
  WHERE e.id = s.entry AND e.id = ANY ($5::bigint[])
    AND (s.action IS NOT NULL
      OR (e.value, e.threshold, e.shortfall::text) IS DISTINCT FROM (s.value, s.threshold, s.shortfall))
  RETURNING e.*, s.action, s.undated
)
INSERT INTO ledger_history (entry, revision, at, action, period, version, value, threshold, changes)
SELECT id, revision, changed_at, 'opened', period, version, value, threshold, NULL FROM opened
UNION ALL
SELECT id, revision, changed_at, action, period, version, value, threshold,
  CASE WHEN undated THEN '{"deadline": null}'::jsonb END
FROM updated WHERE action IS NOT NULL

-- People's changes of an entry ($1) wait for the computations of its county under way, and for one
-- another. The first is the monitors' turn ("JH"), shared. A change of the deadline (a document, $2), or of
-- the state (NULL), may make it late, or not late any more: the county is looked at again, and its results are
-- locked before the turn, as monitors do.
-- name: ledger_turn
WITH marked AS (
  UPDATE county_result r SET due_at = least(r.due_at, clock_timestamp())
  FROM (
    SELECT o.county, o.period FROM ledger_entry e JOIN county_result o ON o.county = e.county
    WHERE e.id = $1
      AND ($2::text IS NULL OR e.document -> 'deadline' IS DISTINCT FROM $2::text::jsonb -> 'deadline')
    ORDER BY o.period FOR NO KEY UPDATE OF o) l
  WHERE r.county = l.county AND r.period = l.period
  RETURNING r.period
)
SELECT pg_advisory_xact_lock_shared(x'4a48'::integer, county::integer) FROM ledger_entry
WHERE id = $1 AND (SELECT count(*) FROM marked) >= 0

-- As alert_overtaken, behind ledger_turn.
-- name: ledger_overtaken
SELECT EXISTS (SELECT FROM ledger_entry e JOIN county_result o ON o.county = e.county
  WHERE e.id = $1 AND o.computed_at > transaction_timestamp())

-- name: ledger_lock
SELECT FROM ledger_entry WHERE id = $1 FOR NO KEY UPDATE

-- Parameters: entry, key, expected version (-1 any, -2 there is one), the states in which it may be
-- done, action, state (NULL: as it is), document (NULL: as it is), note. The same document as stored
-- changes nothing. Gives a row for a known entry: county, version and state that were stored, and the
-- version that was made.
-- name: ledger_change
WITH stored AS MATERIALIZED (
  SELECT id, county, revision, state, document FROM ledger_entry WHERE id = $1
), changed AS (
  UPDATE ledger_entry e
  SET revision = e.revision + 1, state = coalesce($6::text, e.state),
    document = coalesce($7::text::jsonb, e.document),
    struck_at = CASE $6::text WHEN 'struck_off' THEN clock_timestamp() WHEN 'returned' THEN NULL
      ELSE e.struck_at END,
    changed_at = greatest(clock_timestamp(), e.changed_at + interval '1 microsecond')
  FROM stored s
  WHERE e.id = s.id AND s.state = ANY ($4::text[]) AND ($3::bigint < 0 OR $3 = s.revision)
    AND ($7::text IS NULL OR s.document <> $7::text::jsonb)
  RETURNING e.*
), kept AS (
  INSERT INTO ledger_history (
    entry, revision, at, action, key, period, version, value, threshold, note, changes)
  SELECT c.id, c.revision, c.changed_at, $5::text, $2::bigint, c.period, c.version, c.value, c.threshold,
    $8::text, (
      SELECT jsonb_object_agg(n.key, n.value)
      FROM stored s, jsonb_each($7::text::jsonb) n
      WHERE n.value IS DISTINCT FROM s.document -> n.key)
  FROM changed c
), told AS (
  INSERT INTO change_queue (at, type, removed, region, code, version)
  SELECT changed_at, 'ledger', false, county, id::text, revision FROM changed
)
SELECT s.county, s.revision, s.state, c.revision FROM stored s LEFT JOIN changed c ON true

-- A day ends in China.
-- name: ledger_get
SELECT e.id, e.county, coalesce(c.name, ''), e.item, e.state, e.revision, e.period, e.version, e.value,
  e.threshold, e.shortfall, e.met_period, e.met_version,
  to_char(e.met_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(e.struck_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  e.document ->> 'department', e.document ->> 'responsible', e.document ->> 'deadline',
  e.document -> 'evidence', e.document ->> 'notes',
  e.state IN ('open', 'returned')
    AND coalesce(e.document ->> 'deadline' < to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'), false),
  to_char(e.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(e.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM ledger_entry e
LEFT JOIN region c ON c.code = e.county
WHERE e.id = $1

-- The latest first, at most $2.
-- name: ledger_history_get
SELECT h.revision, to_char(h.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), h.action,
  h.key, k.label, h.period, h.version, h.value, h.threshold, h.note, h.changes
FROM ledger_history h
LEFT JOIN api_key k ON k.id = h.key
WHERE h.entry = $1
ORDER BY h.revision DESC LIMIT $2

-- Entries behind an id ($1), at most $2, of the counties below a code ($3); by state, item and
-- department ('' any), and by whether they are late ($7: 't', 'f', or '' any).
-- name: ledger_list
SELECT e.id, e.county, coalesce(c.name, ''), e.item, e.state, e.revision, e.period, e.version, e.value,
  e.threshold, e.shortfall, e.met_period, e.met_version,
  to_char(e.met_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(e.struck_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  e.document ->> 'department', e.document ->> 'responsible', e.document ->> 'deadline',
  e.document -> 'evidence', e.document ->> 'notes', e.late,
  to_char(e.opened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(e.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM (
  SELECT *, state IN ('open', 'returned') AND coalesce(
      document ->> 'deadline' < to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'), false) AS late
  FROM ledger_entry
) e
LEFT JOIN region c ON c.code = e.county
WHERE e.id > $1 AND e.county ~>=~ $3 AND e.county ~<~ ($3 || ':')
  AND ($4 = '' OR e.state = $4) AND ($5 = '' OR e.item = $5)
  AND ($6 = '' OR e.document ->> 'department' = $6)
  AND ($7 = '' OR e.late = ($7 = 't'))
ORDER BY e.id LIMIT $2

-- The counties below a code ($1) that have entries, and how these stand; struck off since an instant
-- ($2, NULL: none is asked for), of those that still are.
-- name: ledger_summary
SELECT e.county, coalesce(c.name, ''),
  count(*) FILTER (WHERE e.state = 'open'), count(*) FILTER (WHERE e.state = 'returned'),
  count(*) FILTER (WHERE e.state = 'met'), count(*) FILTER (WHERE e.state = 'struck_off'),
  count(*) FILTER (WHERE e.state = 'withdrawn'),
  count(*) FILTER (WHERE e.state IN ('open', 'returned')
    AND e.document ->> 'deadline' < to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')),
  count(*) FILTER (WHERE e.state = 'struck_off' AND e.struck_at >= $2::timestamptz)
FROM ledger_entry e
LEFT JOIN region c ON c.code = e.county
WHERE e.county ~>=~ $1 AND e.county ~<~ ($1 || ':')
GROUP BY e.county, c.name
ORDER BY e.county
