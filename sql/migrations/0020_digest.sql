-- What is read of alerts by the day or the week.

-- Events of one county that come close together are one story: its number is that of its first event.
ALTER TABLE event ADD COLUMN story bigint NOT NULL DEFAULT 0;
UPDATE event SET story = seq;
CREATE INDEX event_time ON event (time);
