-- Rules are told in the list of changes: those that there are come first, the farthest region's before
-- the nearer ones' that may take their place.
INSERT INTO change_queue (at, type, removed, region, code, version)
SELECT changed_at, 'rule', false, region, id, version FROM rule ORDER BY length(region), region, id;
