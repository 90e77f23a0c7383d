-- What an event says besides: the schools behind it, and whether what decided is still to be confirmed.

-- Codes, those that weigh most first, and how many there are in all; none of what was told before.
ALTER TABLE event
  ADD COLUMN schools       text[]  NOT NULL DEFAULT '{}',
  ADD COLUMN schools_count integer NOT NULL DEFAULT 0,
  ADD COLUMN provisional   boolean NOT NULL DEFAULT false;
ALTER TABLE alert ADD COLUMN provisional boolean NOT NULL DEFAULT false;

-- How far up an alert has gone: 0 nowhere, 1 county, 2 city, 3 province, 4 named (通报), 5 summoned (约谈);
-- counted from when it fired. Of those that are open now it is counted from now: nobody is summoned
-- today for what no rule has asked of them so far.
ALTER TABLE event ADD COLUMN level smallint NOT NULL DEFAULT 0;
ALTER TABLE alert
  ADD COLUMN level    smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 5),
  ADD COLUMN fired_at timestamptz;
UPDATE alert SET fired_at = clock_timestamp() WHERE state IN ('firing', 'acknowledged');

-- Whom what ships goes up to, where the nation's rules are still as they shipped.
WITH steps (id, shipped, more) AS (VALUES
  ('threshold', '{"region":"","title":"未达标","kind":"threshold","severity":"critical"}',
    '[{"to":"county","working_days":5,"while":"unacknowledged"},{"to":"city","working_days":10,"while":"unacknowledged"},{"to":"province","working_days":20,"while":"unacknowledged"},{"to":"notice","working_days":120,"while":"unresolved"},{"to":"interview","working_days":240,"while":"unresolved"}]'),
  ('veto', '{"region":"","title":"一票否决","kind":"veto","severity":"critical"}',
    '[{"to":"county","working_days":1,"while":"unacknowledged"},{"to":"city","working_days":3,"while":"unacknowledged"},{"to":"province","working_days":5,"while":"unacknowledged"},{"to":"notice","working_days":10,"while":"unresolved"},{"to":"interview","working_days":20,"while":"unresolved"}]')
), superseded AS (
  INSERT INTO rule_history
  SELECT now(), NULL::bigint, r.* FROM rule r JOIN steps s ON r.id = s.id
  WHERE r.region = '' AND r.version = 1 AND r.document::jsonb = s.shipped::jsonb
)
UPDATE rule r
SET version = 2, changed_at = now(), changed_by = NULL,
  document = (r.document::jsonb || jsonb_build_object('escalation', s.more::jsonb))::json
FROM steps s
WHERE r.id = s.id AND r.region = '' AND r.version = 1 AND r.document::jsonb = s.shipped::jsonb;
UPDATE rule_epoch SET epoch = epoch + 1;

-- Steps come due: who has an open alert is looked at once.
UPDATE county_result r SET stale = true
WHERE NOT stale AND EXISTS (SELECT FROM alert a WHERE a.county = r.county AND a.state IN ('firing', 'acknowledged'));

-- Who is late with an entry of the ledger is an alert, too.
INSERT INTO rule (region, id, version, changed_at, document)
VALUES ('', 'overdue', 1, 'epoch', '{"region":"","title":"整改逾期","kind":"overdue","severity":"warning"}')
ON CONFLICT DO NOTHING;
UPDATE county_result r SET stale = true
WHERE NOT stale AND EXISTS (
  SELECT FROM ledger_entry e WHERE e.county = r.county AND e.document ->> 'deadline' IS NOT NULL);
DROP INDEX ledger_due; -- nobody goes through all counties for them any more
