/* SPDX-License-Identifier: Apache-2.0 */
/* Where an item is heading, from the few figures that there are: one a school year.
 *
 *	slope     the median of the slopes between all pairs of figures (Theil-Sen), a year
 *	level     at the end of the latest figure's year: the median of what the figures are
 *	          there when each is moved along that slope
 *	line      level + slope · (year − that year)
 *	interval  lines through the same level along another slope: of 4 or 5 figures the least
 *	          and the greatest of the pairs' slopes, from 6 on their quartiles (of s sorted
 *	          slopes, counted from 0, the number (s − 1) / 4 rounded down, from either end)
 *
 * A median does not move far for one wrong figure; a mean or a fit by least squares does. The
 * interval is what the figures disagree about, no probability: how often what came later lay in it
 * is counted by the back-test below.
 *
 * With fewer than FORECAST_ENOUGH figures the plan has a say: the slope from the latest figure to
 * where the plan wants the item (forecast_aim()) counts as one more pair. So of one figure the
 * plan's line is all there is; of two, the slope is halfway between theirs and the plan's; of three
 * the plan is one voice of four. The interval is then from the least to the greatest slope. Only
 * milestones that the county gave are a plan here: a derived line is drawn to be at the limit in
 * the planned year, and would foretell just that of any figures. Without a plan two or three
 * figures are taken for what they are (FORECAST_SHORT_TREND); of one figure without a plan, or of
 * none, nothing is foretold. One slope alone has no interval.
 *
 * Time and figures are those of domain/plan.h: a figure of school year 2025/26 stands at the end of
 * 2025, and values are millionths of the item's unit. Exact: slopes and lines are rationals, a
 * crossing is a comparison of whole numbers; only what is told of a value is rounded. A forecast is
 * no verdict: nothing is judged by it. */
#ifndef DOMAIN_FORECAST_H
#define DOMAIN_FORECAST_H

#include "domain/plan.h"

#define FORECAST_POINTS_MAX 20 /* the latest are used */
#define FORECAST_ENOUGH     4  /* figures from which on the plan has no say */
#define FORECAST_QUARTILES  6  /* … and from which on the interval is the quartiles */
#define FORECAST_YEARS_MAX  30 /* a crossing that is further off is none */
#define FORECAST_TESTED_MAX 5  /* years ahead that the back-test looks */

/* |value| <= PLAN_FIGURE_MAX; years are within a century of one another. */
struct forecast_point {
	int year;
	int64_t value;
};

/* den > 0; not reduced. */
struct fraction {
	int128 num;
	int64_t den;
};

enum forecast_basis {
	FORECAST_PLAN,           /* one figure, and the plan */
	FORECAST_PLAN_AND_TREND, /* two or three, and the plan */
	FORECAST_SHORT_TREND,    /* two or three */
	FORECAST_TREND,          /* FORECAST_ENOUGH or more */
	FORECAST_BASES
};
extern const char *const forecast_basis_names[FORECAST_BASES]; /* "plan", "plan_and_trend", … */

enum forecast_line { FORECAST_LOWER, FORECAST_LIKELY, FORECAST_UPPER, FORECAST_LINES };

struct forecast {
	enum forecast_basis basis;
	int year; /* of the latest figure */
	struct fraction level;
	struct fraction slope[FORECAST_LINES]; /* ascending; all the same without an interval */
	bool has_interval;
};

/* points: n <= FORECAST_POINTS_MAX, by year, each year once. aim: NULL when there is no plan; its
 * year is later than the latest figure's. False, and *out untouched, when there are too few. */
bool forecast_make(const struct forecast_point *points, size_t n, const struct forecast_point *aim,
		   struct forecast *out) MUST_CHECK;

/* Where a plan wants an item that stands at `latest`: at its first milestone with a figure later
 * than that at which the limit is reached; or at its last one. False when there is none. */
bool forecast_aim(const struct plan *plan, size_t item, const struct plan_item *what,
		  const struct forecast_point *latest, struct forecast_point *out) MUST_CHECK;

/* The year by whose end the plan has the item reach its limit: that of its first milestone that
 * does (or says "met"); 0 when none does. */
int forecast_planned_year(const struct plan *plan, size_t item, const struct plan_item *what);

/* A line at the end of a year that is not before the latest figure's. */
struct fraction forecast_at(const struct forecast *f, enum forecast_line line, int year);

/* … as it is told: in millionths, half up, and within what the item's figures can be. */
int64_t forecast_told(const struct forecast *f, const struct plan_item *what,
		      enum forecast_line line, int year);

/* Whether a figure reaches the item's limit: with a strict one it must pass it. A number of schools
 * is taken for the nearest whole one. The item has a limit. */
bool forecast_reaches(const struct plan_item *what, struct fraction value);

/* The first years, later than the latest figure's, from whose end on the lines have reached the
 * limit; or, where the latest figure has, have left it. 0: not within FORECAST_YEARS_MAX years. A
 * line begins at the level, which may be on the other side of the limit than the latest figure:
 * what it is about to leave it does not reach. */
struct forecast_crossing {
	bool leaves;
	int earliest; /* by the line that gets there first; as likely without an interval */
	int likely;
	int latest;
};

/* latest: the latest figure. False when the item has no limit. */
bool forecast_crossing(const struct forecast *f, const struct plan_item *what, int64_t latest,
		       struct forecast_crossing *out) MUST_CHECK;

/* Whether the limit is reached at the end of a year: by all three lines, by the likely one and
 * another, by the likely one not but another, by none. Without an interval it is the likely line
 * that tells, and never more than likely or unlikely. */
enum forecast_chance {
	FORECAST_CERTAIN,
	FORECAST_PROBABLE,
	FORECAST_IMPROBABLE,
	FORECAST_IMPOSSIBLE,
	FORECAST_CHANCES
};
extern const char *const forecast_chance_names[FORECAST_CHANCES]; /* "yes", "likely", "unlikely",
								      "no" */

/* latest: the latest figure, which alone tells of its own year and of earlier ones. The item has a
 * limit. */
enum forecast_chance forecast_on_time(const struct forecast *f, const struct plan_item *what,
				      int64_t latest, int year);

/* --- the same method on the past --------------------------------------------------------- */

/* One figure, foretold from two or more that came before it, without a plan. */
struct forecast_case {
	int years;         /* ahead of the latest of these: 1 … FORECAST_TESTED_MAX */
	int64_t error;     /* |what was told − what came|, millionths */
	int64_t unchanged; /* … had the latest of these been told */
	bool has_interval;
	bool inside; /* what came lies between what the outer lines told */
};

/* Every figure from every beginning of the series. cap >= FORECAST_TESTED_MAX · n is enough for
 * all. Returns how many were written. */
size_t forecast_backtest(const struct forecast_point *points, size_t n,
			 const struct plan_item *what, struct forecast_case *out, size_t cap);

struct forecast_error {
	size_t cases;
	int64_t error_twice;     /* twice the median, millionths: 0 without cases */
	int64_t unchanged_twice; /* the same of `unchanged` */
	size_t with_interval;
	size_t inside;
};

/* Of the cases so many years ahead. Puts cases into another order. */
void forecast_error_sum(struct forecast_case *cases, size_t n, int years,
			struct forecast_error *out);

#endif
