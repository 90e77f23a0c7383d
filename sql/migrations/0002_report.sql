-- What schools report, once a period and corrected at any time. NULL: not reported,
-- which is not zero. Column order is that of services/domain/fields.def.

CREATE TABLE report (
  county      text        NOT NULL,
  period      text        NOT NULL CHECK (period ~ '^20[0-9]{2}$'), -- school year, by the year it starts in
  school      text        NOT NULL REFERENCES school (code),
  version     bigint      NOT NULL,   -- county_period.version that this change made
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  received_by bigint,                 -- the key that sent it
  primary_students                 integer,
  primary_classes                  integer,
  primary_largest_class            integer,
  primary_oversized_classes        integer,
  primary_teachers                 integer,
  primary_teachers_above_degree    integer,
  primary_teachers_backbone        integer,
  primary_teachers_pe_art          integer,
  primary_teachers_pe_art_visiting integer,
  primary_teachers_certified       integer,
  primary_teachers_trained         integer,
  primary_zone_students            integer,
  primary_migrant_students         integer,
  junior_students                  integer,
  junior_classes                   integer,
  junior_largest_class             integer,
  junior_oversized_classes         integer,
  junior_teachers                  integer,
  junior_teachers_above_degree     integer,
  junior_teachers_backbone         integer,
  junior_teachers_pe_art           integer,
  junior_teachers_pe_art_visiting  integer,
  junior_teachers_certified        integer,
  junior_teachers_trained          integer,
  junior_zone_students             integer,
  junior_migrant_students          integer,
  senior_students                  integer,
  teaching_area                    numeric(15,2),
  indoor_sports_area               numeric(15,2),
  sports_ground_area               numeric(15,2),
  extra_sports_area                numeric(15,2),
  equipment_value                  numeric(15,2),
  multimedia_rooms                 integer,
  public_funds                     numeric(15,2),
  public_funds_budget              numeric(15,2),
  training_budget                  numeric(15,2),
  music_rooms                      numeric(15,2)[],
  art_rooms                        numeric(15,2)[],
  PRIMARY KEY (county, period, school) -- a county's period is one index range
) WITH (fillfactor = 85); -- corrections stay on their page, and out of the indexes

-- A school has one report a period, whichever county it belongs to.
CREATE UNIQUE INDEX report_school ON report (school, period);

-- Superseded and removed versions: what was known in [received_at, superseded_at). The
-- columns of report come last, so that a whole row goes over as r.*; a later migration
-- adds its columns to both.
CREATE TABLE report_history (
  superseded_at timestamptz NOT NULL,
  superseded_by bigint,
  LIKE report,
  PRIMARY KEY (school, period, county, version)
);

-- The counter of accepted changes. Writers touch this row only; what was computed
-- from it is county_result, so that no writer ever waits for a monitor.
CREATE TABLE county_period (
  county     text        NOT NULL REFERENCES region (code),
  period     text        NOT NULL,
  version    bigint      NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (county, period)
) WITH (fillfactor = 50); -- updated with every report: leave room for HOT updates
