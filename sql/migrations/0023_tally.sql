-- What all monitors have counted: they answer nobody, so the sums are kept here and an API shows them.
-- n: by bucket of a histogram; of a counter the first alone. us: the sum of what was observed, in
-- microseconds.
CREATE TABLE tally (
  name text     PRIMARY KEY,
  n    bigint[] NOT NULL,
  us   bigint   NOT NULL
) WITH (fillfactor = 50);
