-- Since when an event waits to be told: from its commit, or from when a monitor took over to tell it.
ALTER TABLE event_outbox ADD COLUMN since timestamptz NOT NULL DEFAULT clock_timestamp();
