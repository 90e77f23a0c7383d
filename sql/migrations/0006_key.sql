-- API keys: the token is random and shown once; only its hash is stored.

CREATE TABLE api_key (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash       bytea       NOT NULL UNIQUE CHECK (length(hash) = 32), -- BLAKE2b-256 of the token
  label      text        NOT NULL,
  role       text        NOT NULL CHECK (role IN ('reporter', 'supervisor', 'admin')),
  region     text        NOT NULL CHECK (region ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})?$'), -- '': the whole country
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
