-- What counties plan (创建规划表): one document a county, of which every version is kept.

CREATE TABLE county_plan (
  county     text        PRIMARY KEY,
  version    bigint      NOT NULL,  -- of the plan itself; goes on when it was removed
  first_year integer     NOT NULL,  -- that it may plan for: in which it was first made
  changed_at timestamptz NOT NULL,
  changed_by bigint,
  document   json        NOT NULL
);

-- Superseded versions: what was planned in [changed_at, superseded_at).
CREATE TABLE county_plan_history (
  superseded_at timestamptz NOT NULL,
  superseded_by bigint,
  LIKE county_plan,
  PRIMARY KEY (county, version)
);
