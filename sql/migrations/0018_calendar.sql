-- Which days are worked, and when terms begin and end: a document for each year, the country's and, laid
-- over it, a province's own. Every version is kept.

CREATE TABLE calendar (
  year       integer     NOT NULL,
  region     text        NOT NULL CHECK (region ~ '^([0-9]{2})?$'),  -- '' the country
  version    bigint      NOT NULL,  -- goes on when the document was removed
  changed_at timestamptz NOT NULL,
  changed_by bigint,
  document   json        NOT NULL,
  PRIMARY KEY (year, region)
);

-- Superseded versions: what was in force in [changed_at, superseded_at).
CREATE TABLE calendar_history (
  superseded_at timestamptz NOT NULL,
  superseded_by bigint,
  LIKE calendar,
  PRIMARY KEY (year, region, version)
);
