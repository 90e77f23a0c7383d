-- The story that the next event of a county goes on with: that of its last one, unless that is so many
-- minutes old. The county is a range of one, in the order of its index: asked for by equality, the
-- planner may go through all events backwards until it meets the county, if it remembers a database of few.
CREATE FUNCTION county_story(of_county text, minutes integer) RETURNS TABLE (story bigint)
LANGUAGE sql STABLE AS $$
  SELECT l.story
  FROM (
    SELECT e.story, e.time FROM event e
    WHERE e.county ~>=~ of_county AND e.county ~<=~ of_county
    ORDER BY e.county USING ~>~, e.seq DESC LIMIT 1
  ) l
  WHERE l.time > clock_timestamp() - minutes * interval '1 minute'
$$;
