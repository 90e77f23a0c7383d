-- Alerts of which something was held back, and nothing told since: they are told of when nothing holds
-- them back any more.
CREATE TABLE alert_untold (
  alert bigint PRIMARY KEY,
  seq   bigint NOT NULL -- the event that was held back last
);
INSERT INTO alert_untold (alert, seq)
SELECT a.id, e.seq
FROM alert a
CROSS JOIN LATERAL (
  SELECT o.seq, o.held FROM event o
  WHERE o.alert = a.id AND o.reason <> 'person' ORDER BY o.seq DESC LIMIT 1) e
WHERE a.state IN ('firing', 'acknowledged') AND e.held <> '';
