-- What people do with alerts, and what keeps an alert from being told.

ALTER TABLE alert
  ADD COLUMN assignee      text,
  ADD COLUMN snoozed_until timestamptz; -- infinity: until it is over

-- Who did it ("" the data), what they said; and why it is not told to anybody ('': it is).
ALTER TABLE event
  ADD COLUMN by       text NOT NULL DEFAULT '',
  ADD COLUMN comment  text,
  ADD COLUMN assignee text,
  ADD COLUMN until    timestamptz,
  ADD COLUMN held     text NOT NULL DEFAULT '';
CREATE INDEX event_alert ON event (alert, seq);
CREATE INDEX event_fired ON event (county, item, rule, time) WHERE type = 'alert.firing';

-- Somebody wants to hear nothing of alerts by region, item and rule for a while.
CREATE TABLE silence (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  region     text        NOT NULL CHECK (region ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6})?$'),
  items      text[]      NOT NULL, -- patterns as they were sent; none: all
  patterns   text[]      NOT NULL, -- … and as LIKE has them
  rules      text[]      NOT NULL, -- ids; none: all
  reason     text        NOT NULL,
  author     text        NOT NULL, -- label of the key
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  until      timestamptz,          -- NULL: until it is ended
  ended_at   timestamptz
);
CREATE INDEX silence_open ON silence (region) WHERE ended_at IS NULL;
