-- What an event says besides: the schools behind it, and whether what decided is still to be confirmed.

-- Codes, those that weigh most first, and how many there are in all; none of what was told before.
ALTER TABLE event
  ADD COLUMN schools       text[]  NOT NULL DEFAULT '{}',
  ADD COLUMN schools_count integer NOT NULL DEFAULT 0,
  ADD COLUMN provisional   boolean NOT NULL DEFAULT false;
ALTER TABLE alert ADD COLUMN provisional boolean NOT NULL DEFAULT false;
