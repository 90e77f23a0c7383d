-- The schema's own version.

-- name: schema_create
CREATE TABLE IF NOT EXISTS schema_migration (
  version    integer     PRIMARY KEY,
  name       text        NOT NULL,
  sha256     bytea       NOT NULL CHECK (length(sha256) = 32),
  applied_at timestamptz NOT NULL DEFAULT now()
)

-- One migration at a time, whoever starts it: the number is "junheng" in hexadecimal.
-- name: schema_lock
SELECT pg_advisory_lock(x'6a756e68656e67'::bigint)

-- name: schema_list
SELECT version, name, encode(sha256, 'hex') FROM schema_migration ORDER BY version

-- name: schema_record
INSERT INTO schema_migration (version, name, sha256) VALUES ($1, $2, $3)

-- name: schema_version
SELECT coalesce(max(version), 0) FROM schema_migration
