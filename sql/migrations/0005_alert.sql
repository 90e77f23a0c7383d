-- Alerts, their transitions in order, and what is still to be published.

CREATE TABLE alert (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  county      text        NOT NULL,
  item        text        NOT NULL,
  rule        text        NOT NULL,
  period      text        NOT NULL,  -- that it was last seen in
  state       text        NOT NULL CHECK (state IN ('pending', 'firing', 'acknowledged', 'resolved', 'withdrawn')),
  severity    text        NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  value       float8,
  threshold   float8,                -- "limit" on the wire
  version     bigint      NOT NULL,  -- of the county and period, at the last change
  opened_at   timestamptz NOT NULL DEFAULT now(),
  changed_at  timestamptz NOT NULL DEFAULT now()
);

-- At most one alert of a condition is open.
CREATE UNIQUE INDEX alert_open ON alert (county, item, rule)
  WHERE state IN ('pending', 'firing', 'acknowledged');
CREATE INDEX alert_county ON alert (county text_pattern_ops, id);

-- The next number of an event is taken as the last thing before a transaction
-- commits, under this row's lock: so numbers become visible in order and without
-- gaps, and a reader that remembers the last one it saw misses nothing. Because it is
-- held so briefly, the tables below have no foreign keys: one statement writes them all.
CREATE TABLE event_counter (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), -- there is one row
  seq bigint  NOT NULL
) WITH (fillfactor = 10);
INSERT INTO event_counter (seq) VALUES (0);

CREATE TABLE event (
  seq       bigint      PRIMARY KEY,
  id        uuid        NOT NULL DEFAULT gen_random_uuid(),
  type      text        NOT NULL,
  time      timestamptz NOT NULL DEFAULT clock_timestamp(),
  alert     bigint      NOT NULL,
  county    text        NOT NULL,
  period    text        NOT NULL,
  item      text        NOT NULL,
  rule      text        NOT NULL,
  severity  text        NOT NULL,
  value     float8,
  threshold float8,
  version   bigint      NOT NULL
);
CREATE INDEX event_county ON event (county text_pattern_ops, seq);

-- Events that no monitor has put on the bus yet. A monitor that dies between its
-- commit and its publishing leaves them here for the next sweep of any monitor.
CREATE TABLE event_outbox (
  seq bigint PRIMARY KEY
);
