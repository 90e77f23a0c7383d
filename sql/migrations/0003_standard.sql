-- Standards: dated, versioned sets of thresholds, limits, reliefs and rounding rules.

CREATE TABLE standard (
  id                       text     PRIMARY KEY,
  title                    text     NOT NULL,
  source                   text     NOT NULL,
  valid_from               text     NOT NULL,  -- first and last period that it judges
  valid_to                 text,               -- NULL: until superseded
  indicators_needed        smallint NOT NULL,  -- of the seven; the rest reach the floor
  floor_percent            smallint NOT NULL,  -- of the threshold
  teaching_point_students  smallint NOT NULL,  -- smaller teaching points are not judged
  judge_rounded            boolean  NOT NULL,  -- judge the displayed figure, not the exact one
  relief_visiting_pe_art   boolean  NOT NULL,
  relief_extra_sports_area boolean  NOT NULL
);

CREATE TABLE standard_stage (
  standard text         NOT NULL REFERENCES standard (id),
  stage    text         NOT NULL CHECK (stage IN ('primary', 'junior')),
  cv_limit numeric(6,3) NOT NULL,
  PRIMARY KEY (standard, stage)
);

CREATE TABLE standard_threshold (
  standard  text          NOT NULL,
  stage     text          NOT NULL,
  indicator text          NOT NULL CHECK (indicator ~ '^R[1-7]$'),
  threshold numeric(12,3) NOT NULL,
  PRIMARY KEY (standard, stage, indicator),
  FOREIGN KEY (standard, stage) REFERENCES standard_stage (standard, stage)
);

-- Pupils of integrated schools count by these weights when their site is shared out.
CREATE TABLE standard_weight (
  standard text         NOT NULL REFERENCES standard (id),
  kind     text         NOT NULL,
  stage    text         NOT NULL CHECK (stage IN ('primary', 'junior', 'senior')),
  weight   numeric(4,2) NOT NULL CHECK (weight > 0),
  PRIMARY KEY (standard, kind, stage)
);

INSERT INTO standard VALUES (
  'national-2017',
  '县域义务教育优质均衡发展督导评估办法',
  '教督〔2017〕6号; 2019年工作规程',
  '2017', NULL, 6, 85, 50, false, true, true);

INSERT INTO standard_stage VALUES
  ('national-2017', 'primary', 0.50),
  ('national-2017', 'junior',  0.45);

INSERT INTO standard_threshold VALUES
  ('national-2017', 'primary', 'R1', 4.2),    ('national-2017', 'junior', 'R1', 5.3),
  ('national-2017', 'primary', 'R2', 1),      ('national-2017', 'junior', 'R2', 1),
  ('national-2017', 'primary', 'R3', 0.9),    ('national-2017', 'junior', 'R3', 0.9),
  ('national-2017', 'primary', 'R4', 4.5),    ('national-2017', 'junior', 'R4', 5.8),
  ('national-2017', 'primary', 'R5', 7.5),    ('national-2017', 'junior', 'R5', 10.2),
  ('national-2017', 'primary', 'R6', 2000),   ('national-2017', 'junior', 'R6', 2500),
  ('national-2017', 'primary', 'R7', 2.3),    ('national-2017', 'junior', 'R7', 2.4);

INSERT INTO standard_weight VALUES
  ('national-2017', '312', 'primary', 1), ('national-2017', '312', 'junior', 1.1),
  ('national-2017', '341', 'junior', 1),  ('national-2017', '341', 'senior', 1.2),
  ('national-2017', '345', 'primary', 1), ('national-2017', '345', 'junior', 1.1),
  ('national-2017', '345', 'senior', 1.32);
