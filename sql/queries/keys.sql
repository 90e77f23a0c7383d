-- API keys. The token itself never gets here.

-- Repeating it after a lost answer makes no second key: tokens are random.
-- name: key_create
INSERT INTO api_key AS k (hash, label, role, region, expires_at)
VALUES ($1, $2, $3, $4, $5::timestamptz)
ON CONFLICT (hash) DO UPDATE SET label = k.label
RETURNING id

-- name: key_list
SELECT id, label, role, region,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM api_key ORDER BY id

-- name: key_revoke
UPDATE api_key SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE id = $1
RETURNING id

-- name: key_find
SELECT id, label, role, region,
  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM api_key
WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
