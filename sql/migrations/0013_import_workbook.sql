-- Imports of office workbooks.

ALTER TABLE import_job
  DROP CONSTRAINT import_job_format_check,
  ADD CONSTRAINT import_job_format_check CHECK (format IN ('ndjson', 'csv', 'xlsx')),
  ADD COLUMN period  text NOT NULL DEFAULT '', -- of rows that name none
  ADD COLUMN choices text NOT NULL DEFAULT '', -- what a person says of its columns: a JSON object
  ADD COLUMN mapping text NOT NULL DEFAULT ''; -- what it was read as: a JSON object
