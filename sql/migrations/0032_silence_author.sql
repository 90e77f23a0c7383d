-- Whose silence it is: nobody keeps those above themselves from being told. NULL: of before this was kept. A key
-- silences what is below its region only, so the author of such a one was of its region or of one above, and a label
-- does not say of which (keys share them, and go). It counts as its region's: at worst somebody is told who wanted to
-- hear nothing, never the other way round.
ALTER TABLE silence ADD COLUMN author_region text CHECK (author_region ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6})?$');

-- How far up (services/domain/level.h) an alert may have gone whose events it holds back: a county's the county, a
-- city's the city; a province's, and the country's, everything.
ALTER TABLE silence ADD COLUMN reach integer NOT NULL GENERATED ALWAYS AS (
  CASE length(coalesce(author_region, region)) WHEN 6 THEN 1 WHEN 4 THEN 2 ELSE 5 END) STORED;
