-- History: what was known, and what was answered, at any instant. Reports and schools keep
-- their superseded versions (0001, 0002); here are the counter's and the results'. These
-- tables are only ever appended to, in time's order. sql/README.md says how they are read.

-- When each version of a county and period was accepted. The triggers below write it, so
-- that nobody who counts a change can forget to.
CREATE TABLE county_version (
  county  text        NOT NULL,
  period  text        NOT NULL,
  at      timestamptz NOT NULL,
  version bigint      NOT NULL,
  PRIMARY KEY (county, period, at)
);

-- Each computation.
CREATE TABLE county_result_log (
  county          text        NOT NULL,
  period          text        NOT NULL,
  computed_at     timestamptz NOT NULL,
  version         bigint      NOT NULL, -- that it rests on
  standard        text        NOT NULL,
  verdict         text        NOT NULL,
  missing_schools text[]      NOT NULL,
  PRIMARY KEY (county, period, computed_at)
);

-- Figures, by the computation that changed them: a row is in force until the next one.
CREATE TABLE stage_result_log (
  county       text        NOT NULL,
  stage        text        NOT NULL,
  period       text        NOT NULL,
  at           timestamptz NOT NULL,
  records      integer     NOT NULL,
  records_met  integer     NOT NULL,
  students     bigint      NOT NULL,
  schools      text        NOT NULL,
  status       text        NOT NULL,
  composite_cv float8,
  PRIMARY KEY (county, stage, period, at) -- a figure's history is one index range
);

CREATE TABLE indicator_result_log (
  county             text         NOT NULL,
  stage              text         NOT NULL,
  indicator          text         NOT NULL,
  period             text         NOT NULL,
  at                 timestamptz  NOT NULL,
  mean               float8,
  sd                 float8,
  cv                 float8,
  mean_rounded       bigint,
  cv_rounded         bigint,
  cv_limit           numeric(6,3) NOT NULL,
  cv_status          text         NOT NULL,
  rounding_sensitive boolean      NOT NULL,
  records_met        integer      NOT NULL,
  schools            text         NOT NULL,
  PRIMARY KEY (county, stage, indicator, period, at)
);

-- The schools that a county once had.
CREATE INDEX school_history_county ON school_history (county, superseded_at);
-- Whether a county had a report of a period.
CREATE INDEX report_history_county ON report_history (county, period, superseded_at);

-- What there is now. Of the time before, nobody kept when a version was accepted or what
-- was answered: history begins with what is in force.
INSERT INTO county_version (county, period, at, version)
SELECT p.county, p.period, greatest(p.changed_at, r.computed_at), p.version
FROM county_period p
LEFT JOIN county_result r ON r.county = p.county AND r.period = p.period;

INSERT INTO county_result_log (
  county, period, computed_at, version, standard, verdict, missing_schools)
SELECT county, period, computed_at, computed_version, standard, verdict, missing_schools
FROM county_result WHERE computed_version > 0;

INSERT INTO stage_result_log (
  county, stage, period, at, records, records_met, students, schools, status, composite_cv)
SELECT s.county, s.stage, s.period, r.computed_at, s.records, s.records_met, s.students,
  s.schools, s.status, s.composite_cv
FROM stage_result s
JOIN county_result r ON r.county = s.county AND r.period = s.period;

INSERT INTO indicator_result_log (
  county, stage, indicator, period, at, mean, sd, cv, mean_rounded, cv_rounded, cv_limit,
  cv_status, rounding_sensitive, records_met, schools)
SELECT i.county, i.stage, i.indicator, i.period, r.computed_at, i.mean, i.sd, i.cv,
  i.mean_rounded, i.cv_rounded, i.cv_limit, i.cv_status, i.rounding_sensitive, i.records_met,
  i.schools
FROM indicator_result i
JOIN county_result r ON r.county = i.county AND r.period = i.period;

-- The change's one time, unless the statement has set one. It is taken here because here the
-- row is locked: a time in the statement is older than its waiting for the lock. A later
-- version is later in time too, also when the clock is set back or the database moves to a
-- host whose clock is behind.
CREATE FUNCTION county_version_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.changed_at = OLD.changed_at THEN
    NEW.changed_at := clock_timestamp();
  END IF;
  NEW.changed_at := greatest(NEW.changed_at, OLD.changed_at + interval '1 microsecond');
  INSERT INTO county_version (county, period, at, version)
  VALUES (NEW.county, NEW.period, NEW.changed_at, NEW.version);
  RETURN NEW;
END
$$;
CREATE TRIGGER county_version_next BEFORE UPDATE ON county_period
  FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION county_version_next();

-- The first version: its time is taken behind the foreign key's check (whose trigger comes
-- first, by name), that is after waiting for whoever changes the county's schools. What is
-- opened with version 0 is counted in a moment.
CREATE FUNCTION county_version_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO county_version (county, period, at, version)
  VALUES (NEW.county, NEW.period, greatest(NEW.changed_at, clock_timestamp()), NEW.version);
  RETURN NULL;
END
$$;
CREATE TRIGGER county_version_first AFTER INSERT ON county_period
  FOR EACH ROW WHEN (NEW.version > 0) EXECUTE FUNCTION county_version_first();
