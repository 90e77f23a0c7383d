-- The rectification ledger (整改台账): what a county does not meet, until the data show that it does.

-- One entry a county and item, for ever: one that falls again comes back, with its history.
CREATE TABLE ledger_entry (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  county     text        NOT NULL,
  item       text        NOT NULL,
  state      text        NOT NULL CHECK (state IN ('open', 'returned', 'met', 'struck_off', 'withdrawn')),
  revision   bigint      NOT NULL DEFAULT 1, -- "version" on the wire: what the history has
  -- what the data say, as of the period that decides
  period     text        NOT NULL,
  version    bigint      NOT NULL,           -- of the county and period
  value      float8,
  threshold  float8,                         -- "limit" on the wire
  shortfall  json        NOT NULL,           -- what is lacking, by the reports
  met_period text,                           -- what showed that it is met; NULL while it is not
  met_version bigint,
  met_at     timestamptz,
  struck_at  timestamptz,                    -- NULL unless struck off
  -- what people say: department, responsible, deadline, evidence, notes; always all five
  document   jsonb       NOT NULL
    DEFAULT '{"department": null, "responsible": null, "deadline": null, "evidence": [], "notes": null}',
  opened_at  timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  UNIQUE (county, item)
) WITH (fillfactor = 80);
CREATE INDEX ledger_county ON ledger_entry (county text_pattern_ops, id);
-- Who is late: few of many.
CREATE INDEX ledger_due ON ledger_entry ((document ->> 'deadline'))
  WHERE state IN ('open', 'returned') AND document ->> 'deadline' IS NOT NULL;

-- Every transition, and every change that people made: only ever appended to.
CREATE TABLE ledger_history (
  entry     bigint      NOT NULL REFERENCES ledger_entry (id),
  revision  bigint      NOT NULL,
  at        timestamptz NOT NULL,
  action    text        NOT NULL,
  key       bigint,                -- NULL: by the data
  period    text        NOT NULL,
  version   bigint      NOT NULL,
  value     float8,
  threshold float8,
  note      text,                  -- why, or what was said
  changes   jsonb,                 -- edited: the members that were changed, as they became
  PRIMARY KEY (entry, revision)
);

-- What is not met already opens its entry with the next computation.
UPDATE county_result SET stale = true WHERE cardinality(failing) > 0 AND NOT stale;
