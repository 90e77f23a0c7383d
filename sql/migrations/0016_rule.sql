-- What alerts are raised by: rules as data, and what an alert remembers between two looks.

-- A region's rules; of the same id the nearest one is in force. "" is the nation.
CREATE TABLE rule (
  region     text        NOT NULL CHECK (region ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6})?$'),
  id         text        NOT NULL CHECK (id ~ '^[a-z][a-z0-9-]{0,14}$'),
  version    bigint      NOT NULL,  -- goes on when it was removed
  changed_at timestamptz NOT NULL,
  changed_by bigint,
  document   json        NOT NULL,
  PRIMARY KEY (region, id)
);

-- Superseded versions: what was in force in [changed_at, superseded_at).
CREATE TABLE rule_history (
  superseded_at timestamptz NOT NULL,
  superseded_by bigint,
  LIKE rule,
  PRIMARY KEY (region, id, version)
);

-- Grows with each change of any of them: what was read at one epoch holds until the next.
CREATE TABLE rule_epoch (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), -- there is one row
  epoch bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO rule_epoch (epoch) VALUES (1);

-- What ships. How much is near, or late, or a jump is for a province to say: those are off until
-- it does.
INSERT INTO rule (region, id, version, changed_at, document)
SELECT '', d ->> 'kind', 1, 'epoch', d
FROM (VALUES
  ('{"region":"","title":"未达标","kind":"threshold","severity":"critical"}'::json),
  ('{"region":"","title":"一票否决","kind":"veto","severity":"critical"}'),
  ('{"region":"","title":"落后于规划","kind":"plan","margin":0,"severity":[{"severity":"warning"},{"severity":"critical","beyond":0.2}]}'),
  ('{"region":"","title":"按趋势难以如期达标","kind":"forecast","severity":"warning"}'),
  ('{"region":"","title":"接近上限且在变差","kind":"near","enabled":false,"margin":0.05,"clear":0.01,"severity":"warning"}'),
  ('{"region":"","title":"逾期未报","kind":"stale","enabled":false,"due":"12-31","repeat_days":30,"severity":"warning"}'),
  ('{"region":"","title":"数值突变","kind":"jump","enabled":false,"margin":0.5,"severity":"info"}')
) AS v (d);

-- Between two looks: since when and how often the condition was seen, or seen to be over; when it was
-- told last. Times that are NULL do not run.
ALTER TABLE alert
  ADD COLUMN kind      text    NOT NULL DEFAULT 'threshold',
  ADD COLUMN since     timestamptz,
  ADD COLUMN confirmed integer NOT NULL DEFAULT 1,
  ADD COLUMN counted   bigint  NOT NULL DEFAULT 0, -- version of the county and period that was counted last
  ADD COLUMN clear     timestamptz,
  ADD COLUMN cleared   integer NOT NULL DEFAULT 0,
  ADD COLUMN told_at   timestamptz;
UPDATE alert SET kind = rule, since = opened_at, counted = version, told_at = changed_at;

ALTER TABLE event
  ADD COLUMN kind   text NOT NULL DEFAULT 'threshold', -- of the rule
  ADD COLUMN reason text NOT NULL DEFAULT '';
UPDATE event SET kind = rule;

-- Figures by item, for who compares a period with another one; and when the county is to be looked at
-- again though no data have come.
ALTER TABLE county_result
  ADD COLUMN figure_items text[]   NOT NULL DEFAULT '{}',
  ADD COLUMN figures      float8[] NOT NULL DEFAULT '{}',
  ADD COLUMN due_at       timestamptz;
CREATE INDEX county_result_due ON county_result (due_at) WHERE due_at IS NOT NULL;

-- Their figures are filled in.
UPDATE county_result SET stale = true;
