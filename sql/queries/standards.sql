-- Standards. They change by migrations only: a process reads them once.

-- name: standard_list
SELECT id, valid_from, valid_to, title, source, indicators_needed, floor_percent,
  teaching_point_students, judge_rounded, relief_visiting_pe_art, relief_extra_sports_area
FROM standard ORDER BY valid_from DESC, id

-- Thousandths.
-- name: standard_limits
SELECT standard, stage, (cv_limit * 1000)::bigint FROM standard_stage

-- name: standard_thresholds
SELECT standard, stage, substr(indicator, 2)::integer, (threshold * 1000)::bigint
FROM standard_threshold

-- Hundredths.
-- name: standard_weights
SELECT standard, kind, stage, (weight * 100)::integer FROM standard_weight ORDER BY standard, kind
