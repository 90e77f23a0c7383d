-- Of an item that lacks data, the figure of those who had reported was kept as the period's, for later ones to be
-- held against. It is kept no more (services/domain/rule.h): who has such figures is judged again.
UPDATE county_result SET stale = true WHERE figure_items && unknown;
