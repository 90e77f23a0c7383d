-- Every accepted change, in order and without gaps: so that others can mirror what is here.

-- Writers leave their changes here, in the statement that makes them and under the lock that orders
-- the versions of what they change: so ids are in the order of these versions. Ids have gaps, and
-- become visible out of order; whoever reads gives numbers to what is committed by then.
CREATE TABLE change_queue (
  id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL,
  type    text        NOT NULL, -- region, standard, school, report or county_report
  removed boolean     NOT NULL,
  region  text        NOT NULL, -- that it belongs to: what keys are held against
  code    text        NOT NULL, -- of the region, school or county; of the standard, its id
  period  text,                 -- of a report
  version bigint      NOT NULL
);

-- With their numbers. Only ever appended to, under the lock of the counter, until the commit: a
-- reader that sees a number sees all that are smaller.
CREATE TABLE change (
  seq     bigint      PRIMARY KEY,
  at      timestamptz NOT NULL,
  type    text        NOT NULL,
  removed boolean     NOT NULL,
  region  text        NOT NULL,
  code    text        NOT NULL,
  period  text,
  version bigint      NOT NULL
);

CREATE TABLE change_counter (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), -- there is one row
  seq bigint  NOT NULL
) WITH (fillfactor = 10);

-- What is there already comes first, each after what it refers to.
INSERT INTO change (seq, at, type, removed, region, code, period, version)
SELECT row_number() OVER (ORDER BY rank, length(region), period, region, version, code),
  at, type, false, region, code, period, version
FROM (
  SELECT 1 AS rank, changed_at AS at, 'region' AS type, code AS region, code, NULL AS period, version
  FROM region WHERE NOT removed
  UNION ALL
  SELECT 2 + (base IS NOT NULL)::integer, changed_at, 'standard', region, id, NULL, version
  FROM standard WHERE NOT removed
  UNION ALL
  SELECT 4 + (parent IS NOT NULL)::integer, changed_at, 'school', county, code, NULL, version
  FROM school
  UNION ALL
  SELECT 6, received_at, 'report', county, school, period, version FROM report
  UNION ALL
  SELECT 6, received_at, 'county_report', county, county, period, version FROM county_report
) there;

INSERT INTO change_counter (seq) SELECT count(*) FROM change;
