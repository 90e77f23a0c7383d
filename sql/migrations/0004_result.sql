-- What the monitor made of the reports. One row a county and period, opened by the
-- first report, with its figures; computed_version says which changes they rest on.

CREATE TABLE county_result (
  county           text        NOT NULL,
  period           text        NOT NULL,
  computed_version bigint      NOT NULL DEFAULT 0,   -- 0: never computed
  stale            boolean     NOT NULL DEFAULT false, -- asked to be computed again
  standard         text        REFERENCES standard (id),
  verdict          text,
  missing_schools  text[]      NOT NULL DEFAULT '{}',
  computed_at      timestamptz,
  PRIMARY KEY (county, period),
  FOREIGN KEY (county, period) REFERENCES county_period (county, period)
) WITH (fillfactor = 70);

CREATE TABLE stage_result (
  county       text    NOT NULL,
  period       text    NOT NULL,
  stage        text    NOT NULL,
  records      integer NOT NULL,
  records_met  integer NOT NULL,
  students     bigint  NOT NULL,
  schools      text    NOT NULL,  -- status of "every record meets the standard"
  status       text    NOT NULL,
  composite_cv float8,            -- shown only
  PRIMARY KEY (county, period, stage)
) WITH (fillfactor = 70);

CREATE TABLE indicator_result (
  county             text    NOT NULL,
  period             text    NOT NULL,
  stage              text    NOT NULL,
  indicator          text    NOT NULL,
  mean               float8,
  sd                 float8,
  cv                 float8,
  mean_rounded       bigint,          -- hundredths, as the form prints it
  cv_rounded         bigint,          -- thousandths
  cv_limit           numeric(6,3) NOT NULL,
  cv_status          text    NOT NULL,
  rounding_sensitive boolean NOT NULL,
  records_met        integer NOT NULL,
  schools            text    NOT NULL,
  PRIMARY KEY (county, period, stage, indicator)
) WITH (fillfactor = 70);
