-- Regions and schools: who is supervised, and which county answers for whom.

CREATE TABLE region (
  code       text        PRIMARY KEY CHECK (code ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6})$'), -- GB/T 2260
  name       text        NOT NULL,
  targets    json        NOT NULL DEFAULT '{}', -- as it was sent
  version    bigint      NOT NULL DEFAULT 1,
  removed    boolean     NOT NULL DEFAULT false, -- the row stays: counters and history refer to it
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by bigint
);

CREATE TABLE school (
  code         text        PRIMARY KEY CHECK (code ~ '^[0-9]{10}$'), -- 学校标识码
  county       text        NOT NULL REFERENCES region (code) CHECK (length(county) = 6),
  parent       text        REFERENCES school (code) CHECK (parent <> code),
  name         text        NOT NULL,
  kind         text        NOT NULL,                    -- 办学类型
  locale       text        NOT NULL,                    -- 城乡分类
  sponsor      smallint    NOT NULL,                    -- 举办者
  founded      smallint    NOT NULL DEFAULT 0,          -- year, 0: unknown
  boarding     boolean     NOT NULL DEFAULT false,
  dense_centre boolean     NOT NULL DEFAULT false,
  closed       boolean     NOT NULL DEFAULT false,
  version      bigint      NOT NULL DEFAULT 1,          -- accepted changes of this school
  changed_at   timestamptz NOT NULL DEFAULT now(),
  changed_by   bigint
);

-- A county's schools are one index range.
CREATE INDEX school_county ON school (county, code);
CREATE INDEX school_parent ON school (parent) WHERE parent IS NOT NULL;

-- Superseded versions: what was known of a school in [changed_at, superseded_at).
CREATE TABLE school_history (
  LIKE school,
  superseded_at timestamptz NOT NULL,
  superseded_by bigint,
  PRIMARY KEY (code, version)
);
