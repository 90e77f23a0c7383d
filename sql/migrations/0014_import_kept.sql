-- Imports are kept for a while after they have ended, and listed, the newest first.

CREATE INDEX import_job_ended ON import_job (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX import_job_region ON import_job (region text_pattern_ops, id);
