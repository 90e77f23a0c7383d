-- An item that a later period has no more (it is not applicable there, or the standard does not have it) ends what an
-- earlier one raised of it (services/domain/alert.h): periods behind that of something that is open are stepped again.
UPDATE county_result r SET stale = true
WHERE EXISTS (SELECT FROM alert a
    WHERE a.county = r.county AND a.period < r.period AND a.state IN ('pending', 'firing', 'acknowledged'))
  OR EXISTS (SELECT FROM ledger_entry e
    WHERE e.county = r.county AND e.period < r.period AND e.state IN ('open', 'returned', 'met'));
