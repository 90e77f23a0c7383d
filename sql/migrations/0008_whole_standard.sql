-- The whole standard: standards as documents, what counties report themselves, and what was
-- judged of their items.

-- A standard is a document (sql/standards, or sent by a province) of which each accepted
-- version is kept. What it judges by is `resolved`: laid over the standard it is based on.
ALTER TABLE county_result DROP CONSTRAINT county_result_standard_fkey;
DROP TABLE standard_weight, standard_threshold, standard_stage, standard;

CREATE TABLE standard (
  id         text        PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
  version    bigint      NOT NULL DEFAULT 1,
  base       text,                    -- NULL: names everything itself
  region     text        NOT NULL DEFAULT '' CHECK (region ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6})?$'),
  valid_from text        NOT NULL,    -- first and last period that it judges
  valid_to   text,                    -- NULL: until a later one of the region begins
  document   json        NOT NULL,    -- as it was sent
  resolved   json        NOT NULL,
  removed    boolean     NOT NULL DEFAULT false, -- the row stays: results and history refer to it
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by bigint
);

-- Superseded versions: what was in force in [changed_at, superseded_at).
CREATE TABLE standard_history (
  superseded_at timestamptz NOT NULL,
  superseded_by bigint,
  LIKE standard,
  PRIMARY KEY (id, version)
);

-- What a county itself reports of a period: { "items": { "G7": { "value": 8123.5 }, … } }.
CREATE TABLE county_report (
  county      text        NOT NULL,
  period      text        NOT NULL CHECK (period ~ '^20[0-9]{2}$'),
  version     bigint      NOT NULL,   -- county_period.version that this change made
  received_at timestamptz NOT NULL,
  received_by bigint,
  document    json        NOT NULL,
  PRIMARY KEY (county, period)
);

CREATE TABLE county_report_history (
  superseded_at timestamptz NOT NULL,
  superseded_by bigint,
  LIKE county_report,
  PRIMARY KEY (county, period, version)
);

-- What a province's standard has its schools report besides: names in order, and their values.
ALTER TABLE report
  ADD COLUMN declared        text[],
  ADD COLUMN declared_values numeric(15,2)[];
ALTER TABLE report_history
  ADD COLUMN declared        text[],
  ADD COLUMN declared_values numeric(15,2)[];

-- Of which version of the standard, and the items by name: those with a verdict (met or
-- not_met), those that are not met, and those that are no_data or undefined (the latter once more).
ALTER TABLE county_result
  ADD COLUMN standard_version bigint NOT NULL DEFAULT 1,
  ADD COLUMN known   text[] NOT NULL DEFAULT '{}',
  ADD COLUMN failing text[] NOT NULL DEFAULT '{}',
  ADD COLUMN unknown text[] NOT NULL DEFAULT '{}',
  ADD COLUMN undefined text[] NOT NULL DEFAULT '{}';
ALTER TABLE county_result_log
  ADD COLUMN standard_version bigint NOT NULL DEFAULT 1,
  ADD COLUMN failing text[] NOT NULL DEFAULT '{}',
  ADD COLUMN unknown text[] NOT NULL DEFAULT '{}';

-- The judged items besides section 4, as the status tells them: by the computation that changed
-- them. The last row of a county and period is the present.
CREATE TABLE item_result_log (
  county text        NOT NULL,
  period text        NOT NULL,
  at     timestamptz NOT NULL,
  items  json        NOT NULL,
  PRIMARY KEY (county, period, at)
);

-- What was judged before this: the lists of the present and of the past, from the figures; and
-- everything is due to be judged anew, by all that a standard asks for.
UPDATE county_result r
SET stale = true, known = i.known, failing = i.failing, unknown = i.unknown, undefined = i.undefined
FROM (
  SELECT county, period,
    coalesce(array_agg(item ORDER BY nth) FILTER (WHERE status IN ('met', 'not_met')), '{}') AS known,
    coalesce(array_agg(item ORDER BY nth) FILTER (WHERE status = 'not_met'), '{}') AS failing,
    coalesce(array_agg(item ORDER BY nth) FILTER (WHERE status IN ('no_data', 'undefined')), '{}') AS unknown,
    coalesce(array_agg(item ORDER BY nth) FILTER (WHERE status = 'undefined'), '{}') AS undefined
  FROM (
    SELECT county, period, indicator || '.' || stage || '.cv' AS item, cv_status AS status,
      (stage = 'junior', indicator) AS nth
    FROM indicator_result
    UNION ALL
    SELECT county, period, 'schools.' || stage, schools, (stage = 'junior', 'S'::text) FROM stage_result
  ) u
  GROUP BY county, period
) i
WHERE i.county = r.county AND i.period = r.period;

UPDATE county_result_log r
SET failing = i.failing, unknown = i.unknown
FROM (
  SELECT county, period, computed_at,
    coalesce(array_agg(item ORDER BY nth) FILTER (WHERE status = 'not_met'), '{}') AS failing,
    coalesce(array_agg(item ORDER BY nth) FILTER (WHERE status IN ('no_data', 'undefined')), '{}') AS unknown
  FROM (
    SELECT o.county, o.period, o.computed_at, i.indicator || '.' || i.stage || '.cv' AS item,
      l.cv_status AS status, (i.stage = 'junior', i.indicator) AS nth
    FROM county_result_log o
    JOIN indicator_result i ON i.county = o.county AND i.period = o.period
    CROSS JOIN LATERAL (
      SELECT k.cv_status FROM indicator_result_log k
      WHERE k.county = i.county AND k.stage = i.stage AND k.indicator = i.indicator
        AND k.period = i.period AND k.at <= o.computed_at
      ORDER BY k.at DESC LIMIT 1
    ) l
    UNION ALL
    SELECT o.county, o.period, o.computed_at, 'schools.' || s.stage, l.schools,
      (s.stage = 'junior', 'S'::text)
    FROM county_result_log o
    JOIN stage_result s ON s.county = o.county AND s.period = o.period
    CROSS JOIN LATERAL (
      SELECT k.schools FROM stage_result_log k
      WHERE k.county = s.county AND k.stage = s.stage AND k.period = s.period
        AND k.at <= o.computed_at
      ORDER BY k.at DESC LIMIT 1
    ) l
  ) u
  GROUP BY county, period, computed_at
) i
WHERE i.county = r.county AND i.period = r.period AND i.computed_at = r.computed_at;
