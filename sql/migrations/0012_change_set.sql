-- A change of many reports of one county and period, all of one version: a row for all of them. Whoever
-- gives the numbers finds them, where they are or in the history, by that version.
ALTER TABLE change_queue ADD COLUMN reports integer; -- how many; `code` is '' then. NULL: one thing
