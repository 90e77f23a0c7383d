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

-- Along with the key comes the school $2, if there is one: most requests are about one.
-- name: key_find
SELECT k.id, k.label, k.role, k.region,
  to_char(k.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(k.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(k.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  s.code, s.county, s.parent, s.name, s.kind, s.locale, s.sponsor, s.founded, s.boarding,
  s.dense_centre, s.closed, s.version
FROM api_key k
LEFT JOIN school s ON s.code = $2
WHERE k.hash = $1 AND k.revoked_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
