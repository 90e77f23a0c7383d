/* SPDX-License-Identifier: Apache-2.0 */
/* A county's plan (创建规划表): which item shall have come how far by which year, and the line that
 * this draws from where the county is.
 *
 * Targets are in the item's own unit, kept in millionths:
 *
 *	R2.primary.cv       the CV, at most six decimals
 *	R2.primary.schools  records that reach the threshold: a whole number
 *	schools.primary     records not known to meet the standard; so, too, the schools not known
 *	                    to meet an item that is judged school by school (G3, G5): whole numbers
 *	G7, G11, Q1, S1     the item's first value, in the measure of its threshold (percent,
 *	                    yuan, …), at most three decimals
 *	G1, Q9, V3          no figure: "met"
 *
 * Time is counted in calendar years and points stand at their ends: a target of 2027 is to be
 * reached by 31 December 2027. A figure of a school year is one of its autumn statistics, and
 * stands at the end of the year that names it: that of 2027/28 is the one a target of 2027 is held
 * against. Between two points a line is straight; within a year time runs by its days, so the
 * steps from year end to year end are equal.
 *
 * Given lines go through every milestone of the item, from the latest value (where that is older
 * than the first of them), and stay at the last one's target. An item that is not met and has no
 * milestone gets a derived line: from the latest value to the standard's limit at the planned
 * year; without a figure, or where another condition than that of the figure fails, it is to be
 * "met" then.
 *
 * Exact: values are rationals of whole millionths, and only what is shown is rounded. A latest
 * value comes in as it is shown, with six decimals. A strict limit (more than, less than) is where
 * the line ends; to meet it is to pass it.
 *
 * A line that starts at the latest value is no distance from that value: whoever measures how far
 * a county has drifted must start it where the county was when the plan was made. */
#ifndef DOMAIN_PLAN_H
#define DOMAIN_PLAN_H

#include "domain/item.h"
#include "domain/wide.h"

#define PLAN_ONE            1000000 /* millionths of a unit */
#define PLAN_YEARS          20      /* a plan looks so many years ahead of its first one */
#define PLAN_MILESTONES_MAX 600
#define PLAN_POINTS_MAX     (PLAN_YEARS + 2) /* each of its years, and where the line starts */
#define PLAN_ITEMS_MAX      (ITEMS_MAX + JUDGED_STAGES * INDICATORS)

/* What a target may be, in millionths of the unit. */
#define PLAN_CV_MAX      (INT64_C(10) * PLAN_ONE) /* no plan aims at more */
#define PLAN_SCHOOLS_MAX ((int64_t)COUNTY_SCHOOLS_MAX * PLAN_ONE)
#define PLAN_SHARE_MAX   (INT64_C(100) * PLAN_ONE) /* percent */
#define PLAN_FIGURE_MAX  (INT64_C(1000000000) * PLAN_ONE)

enum plan_unit {
	PLAN_CV,
	PLAN_FAILING,  /* records or schools not known to meet */
	PLAN_REACHING, /* records that reach the threshold */
	PLAN_FIGURE,
	PLAN_MET /* no figure */
};

/* An item that can be planned. */
struct plan_item {
	const char *name; /* borrowed from the standard, or static */
	enum plan_unit unit;
	int decimals;        /* that a target may have */
	int64_t least, most; /* that a target may be */
	bool has_limit;      /* not of PLAN_REACHING, whose limit is how many records there are */
	int64_t limit;
	bool rising;           /* more is better */
	bool strict;           /* the limit must be passed: more than, less than */
	bool other_conditions; /* … than that of the figure: the limit alone does not meet the item
				*/
};

/* Those of item.h in their order, then R1.primary.schools … R7.junior.schools. */
size_t plan_items_count(const struct standard *s);
void plan_item_get(const struct standard *s, size_t i, struct plan_item *out);
const char *plan_item_name(const struct standard *s, size_t i);
int plan_item_find(const struct standard *s, const char *name); /* -1: none */

/* An item as it was judged: as item_get() has it; of R2.primary.schools how many records reach the
 * threshold, met where all do. */
void plan_item_judged(const struct county_judgement *j, const struct standard *s, size_t i,
		      struct item *out);

/* The item of item.h that says whether it is known: itself; of R2.primary.schools the CV. */
size_t plan_item_basis(const struct standard *s, size_t i);

struct plan_milestone {
	int item; /* of plan_item_get() */
	int year;
	bool met;       /* "met" … */
	int64_t target; /* … else the figure */
};

/* What is reckoned with; tasks and safeguards stay in the document. Some 14 KB. */
struct plan {
	int recognition_year; /* 0: not said */
	size_t n;
	struct plan_milestone milestones[PLAN_MILESTONES_MAX]; /* by item, then year */
};

/* Where an item stands. */
struct plan_latest {
	enum status status;
	bool has_value;
	int64_t value;
};

/* A double as it is told, in millionths: half up (below zero down); what is beyond
 * PLAN_FIGURE_MAX is that. value is finite. */
int64_t plan_millionths(double value);

/* Of an item of the first RESOURCE_ITEMS or of the R*.schools, in what was judged of section 4. */
void plan_latest_get(const struct county_judgement *j, const struct standard *s, size_t i,
		     struct plan_latest *out);

/* Regions above a county whose targets say by when, where its plan does not: the nearest first. */
#define PLAN_ABOVE 2 /* the prefecture, the province */

/* By when the county is to be recognised: the plan's own year; else, of the nearest region above
 * whose year is not over in this_year, that year; 0: nobody says. above: the years of their targets
 * (target.h), 0 of none. *ret_above: whose, PLAN_ABOVE when it is not theirs. Both who shows a plan
 * and who judges by it go by this. */
int plan_target_year(const struct plan *plan, const int above[PLAN_ABOVE], int this_year,
		     size_t *ret_above);

struct plan_point {
	int year; /* at its end */
	bool met;
	int64_t value; /* 0 where met */
};

struct plan_line {
	bool derived;
	bool started; /* the first point is the latest value, not a milestone */
	size_t n;     /* > 0 */
	struct plan_point points[PLAN_POINTS_MAX]; /* by year */
};

/* The line of an item. latest: of that item, from the period of latest_year; target_year: of the
 * recognition, 0 when there is none. False when there is no line: no milestone, and the item is met
 * or unknown, or nobody knows by when. A derived line whose year has come already has one point,
 * the limit; it begins at most PLAN_YEARS before its end. */
bool plan_line_make(const struct plan *plan, const struct standard *s, size_t item,
		    const struct plan_latest *latest, int latest_year, int target_year,
		    struct plan_line *out) MUST_CHECK;

enum plan_wanted {
	PLAN_WANTED_NOTHING, /* before the line begins */
	PLAN_WANTED_VALUE,
	PLAN_WANTED_MET
};

/* What a line wants at a date ("2027-06-30": the end of that day); of PLAN_WANTED_VALUE num / den
 * millionths, den > 0. False when it is no date. */
struct plan_value {
	enum plan_wanted wanted;
	int128 num;
	int64_t den;
};
bool plan_line_at(const struct plan_line *line, const char *date,
		  struct plan_value *out) MUST_CHECK;

/* The points of a derived line at each year's end behind its start, as they are shown: rounded to
 * millionths, half up; a number of schools down to a whole one, which asks for the same. Returns
 * how many. */
size_t plan_line_years(const struct plan_line *line, enum plan_unit unit,
		       struct plan_point out[PLAN_POINTS_MAX]);

#endif
