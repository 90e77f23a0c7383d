-- POST requests with an Idempotency-Key. A reservation is held by who made it, until it is answered
-- or given up; one that was not answered for a minute was left by a process that is gone.

-- A few of those that have had their day, each time.
-- name: idempotency_sweep
DELETE FROM idempotency WHERE (api_key, key) IN (
  SELECT api_key, key FROM idempotency
  WHERE created_at < clock_timestamp() - interval '24 hours'
  ORDER BY created_at LIMIT 100 FOR UPDATE SKIP LOCKED)

-- Parameters: key of the API, Idempotency-Key, request. No row: it is taken.
-- name: idempotency_reserve
INSERT INTO idempotency AS i (api_key, key, request) VALUES ($1, $2, $3)
ON CONFLICT (api_key, key) DO UPDATE
SET request = excluded.request, holder = excluded.holder, created_at = excluded.created_at,
  status = NULL, content_type = NULL, etag = NULL, body = NULL
WHERE i.created_at < clock_timestamp() - interval '24 hours'
  OR (i.status IS NULL AND i.request = excluded.request
    AND i.created_at < clock_timestamp() - interval '60 seconds')
RETURNING holder

-- By whom it is taken: the same request?, and its answer (NULL: none yet).
-- name: idempotency_get
SELECT request = $3, status, content_type, etag, body FROM idempotency WHERE api_key = $1 AND key = $2

-- Parameters: key of the API, Idempotency-Key, holder, status, content type, ETag, body. No row:
-- somebody else has taken it over.
-- name: idempotency_answer
UPDATE idempotency SET status = $4, content_type = $5, etag = $6, body = $7
WHERE api_key = $1 AND key = $2 AND holder = $3 AND status IS NULL
RETURNING true

-- name: idempotency_release
DELETE FROM idempotency WHERE api_key = $1 AND key = $2 AND holder = $3 AND status IS NULL
