/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/forecast.h"

#include <stdlib.h>

#include "base/auto.h"

#define PAIRS_MAX (FORECAST_POINTS_MAX * (FORECAST_POINTS_MAX - 1) / 2)

const char *const forecast_basis_names[FORECAST_BASES] = { "plan", "plan_and_trend", "short_trend",
							   "trend" };
const char *const forecast_chance_names[FORECAST_CHANCES] = { "yes", "likely", "unlikely", "no" };

/* --- medians ------------------------------------------------------------------------------- */

/* Denominators of what is sorted are years, or alike: products stay below 2^127. */
static int by_value(const void *a, const void *b)
{
	const struct fraction *x = a, *y = b;
	const int128 left = x->num * y->den, right = y->num * x->den;

	return (left > right) - (left < right);
}

static struct fraction halfway(const struct fraction *a, const struct fraction *b)
{
	if (a->den == b->den)
		return (struct fraction){ a->num + b->num, 2 * a->den };
	return (struct fraction){ a->num * b->den + b->num * a->den, 2 * a->den * b->den };
}

/* Of sorted values. */
static struct fraction median(const struct fraction *v, size_t n)
{
	return n % 2 ? v[n / 2] : halfway(&v[n / 2 - 1], &v[n / 2]);
}

/* --- the line ------------------------------------------------------------------------------ */

static struct fraction slope_between(const struct forecast_point *a, const struct forecast_point *b)
{
	return (struct fraction){ (int128)b->value - a->value, b->year - a->year };
}

static size_t collect_slopes(const struct forecast_point *points, size_t n,
			     const struct forecast_point *aim, struct fraction *out)
{
	size_t s = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++)
			out[s++] = slope_between(&points[i], &points[k]);
	}
	if (aim)
		out[s++] = slope_between(&points[n - 1], aim);
	return s;
}

static struct fraction find_level(const struct forecast_point *points, size_t n,
				  const struct fraction *slope)
{
	struct fraction moved[FORECAST_POINTS_MAX];
	const int year = points[n - 1].year;

	for (size_t i = 0; i < n; i++)
		moved[i] = (struct fraction){ (int128)points[i].value * slope->den +
						      slope->num * (year - points[i].year),
					      slope->den };
	qsort(moved, n, sizeof(moved[0]), by_value);
	return median(moved, n);
}

static enum forecast_basis basis_of(size_t n, bool planned)
{
	if (n >= FORECAST_ENOUGH)
		return FORECAST_TREND;
	if (!planned)
		return FORECAST_SHORT_TREND;
	return n == 1 ? FORECAST_PLAN : FORECAST_PLAN_AND_TREND;
}

bool forecast_make(const struct forecast_point *points, size_t n, const struct forecast_point *aim,
		   struct forecast *out)
{
	struct fraction slopes[PAIRS_MAX + 1];
	const struct forecast_point *plan = n < FORECAST_ENOUGH ? aim : NULL;
	size_t s, edge;

	if (n == 0 || (n == 1 && !plan))
		return false;
	s = collect_slopes(points, n, plan, slopes);
	qsort(slopes, s, sizeof(slopes[0]), by_value);
	edge = n >= FORECAST_QUARTILES ? (s - 1) / 4 : 0;
	*out = (struct forecast){
		.basis = basis_of(n, plan != NULL),
		.year = points[n - 1].year,
		.slope = { slopes[edge], median(slopes, s), slopes[s - 1 - edge] },
		.has_interval = s > 1,
	};
	out->level = find_level(points, n, &out->slope[FORECAST_LIKELY]);
	return true;
}

struct fraction forecast_at(const struct forecast *f, enum forecast_line line, int year)
{
	const struct fraction *slope = &f->slope[line], *level = &f->level;

	return (struct fraction){ level->num * slope->den +
					  slope->num * level->den * (year - f->year),
				  level->den * slope->den };
}

int64_t forecast_told(const struct forecast *f, const struct plan_item *what,
		      enum forecast_line line, int year)
{
	const struct fraction v = forecast_at(f, line, year);
	const int64_t told = wide_saturated(wide_round(v.num, v.den));

	if (told < what->least)
		return what->least;
	return told > what->most ? what->most : told;
}

/* --- the limit ------------------------------------------------------------------------------ */

bool forecast_reaches(const struct plan_item *what, struct fraction value)
{
	/* Half a school is one. */
	const bool counted = what->unit == PLAN_FAILING;
	const int64_t limit = what->limit + (counted ? PLAN_ONE / 2 : 0);
	const int128 over = value.num - (int128)limit * value.den;

	if (counted || what->strict)
		return what->rising ? over > 0 : over < 0;
	return what->rising ? over >= 0 : over <= 0;
}

/* A line is straight: what it has reached and not left by the last year, it has from there on. */
static int first_year(const struct forecast *f, const struct plan_item *what,
		      enum forecast_line line, bool reached)
{
	const int last = f->year + FORECAST_YEARS_MAX;

	if (forecast_reaches(what, forecast_at(f, line, last)) != reached)
		return 0;
	for (int year = f->year + 1; year < last; year++) {
		if (forecast_reaches(what, forecast_at(f, line, year)) == reached)
			return year;
	}
	return last;
}

bool forecast_crossing(const struct forecast *f, const struct plan_item *what, int64_t latest,
		       struct forecast_crossing *out)
{
	bool leaves, upper_first;
	enum forecast_line first, last;

	if (!what->has_limit)
		return false;
	leaves = forecast_reaches(what, (struct fraction){ latest, 1 });
	upper_first = what->rising != leaves;
	first = upper_first ? FORECAST_UPPER : FORECAST_LOWER;
	last = upper_first ? FORECAST_LOWER : FORECAST_UPPER;
	*out = (struct forecast_crossing){
		.leaves = leaves,
		.earliest = first_year(f, what, first, !leaves),
		.likely = first_year(f, what, FORECAST_LIKELY, !leaves),
		.latest = first_year(f, what, last, !leaves),
	};
	return true;
}

/* Up to the latest figure's year it is that figure which tells. */
static bool reaches_by(const struct forecast *f, const struct plan_item *what,
		       enum forecast_line line, int64_t latest, int year)
{
	return forecast_reaches(what, year > f->year ? forecast_at(f, line, year)
						     : (struct fraction){ latest, 1 });
}

enum forecast_chance forecast_on_time(const struct forecast *f, const struct plan_item *what,
				      int64_t latest, int year)
{
	const bool likely = reaches_by(f, what, FORECAST_LIKELY, latest, year);
	const bool lower = reaches_by(f, what, FORECAST_LOWER, latest, year);
	const bool upper = reaches_by(f, what, FORECAST_UPPER, latest, year);

	if (!f->has_interval)
		return likely ? FORECAST_PROBABLE : FORECAST_IMPROBABLE;
	if (likely)
		return lower && upper ? FORECAST_CERTAIN : FORECAST_PROBABLE;
	return lower || upper ? FORECAST_IMPROBABLE : FORECAST_IMPOSSIBLE;
}

/* --- the plan ------------------------------------------------------------------------------- */

static bool target_reaches(const struct plan_item *what, const struct plan_milestone *m)
{
	return what->has_limit && !m->met &&
	       forecast_reaches(what, (struct fraction){ m->target, 1 });
}

bool forecast_aim(const struct plan *plan, size_t item, const struct plan_item *what,
		  const struct forecast_point *latest, struct forecast_point *out)
{
	const struct plan_milestone *aim = NULL;

	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_milestone *m = &plan->milestones[i];

		if ((size_t)m->item != item || m->met || m->year <= latest->year)
			continue;
		aim = m;
		if (target_reaches(what, m))
			break;
	}
	if (!aim)
		return false;
	*out = (struct forecast_point){ aim->year, aim->target };
	return true;
}

int forecast_planned_year(const struct plan *plan, size_t item, const struct plan_item *what)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_milestone *m = &plan->milestones[i];

		if ((size_t)m->item == item && (m->met || target_reaches(what, m)))
			return m->year;
	}
	return 0;
}

/* --- the past ------------------------------------------------------------------------------- */

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

static struct forecast_case test_one(const struct forecast *f, const struct plan_item *what,
				     int64_t before, const struct forecast_point *came)
{
	const int64_t lower = forecast_told(f, what, FORECAST_LOWER, came->year);
	const int64_t upper = forecast_told(f, what, FORECAST_UPPER, came->year);

	return (struct forecast_case){
		.years = came->year - f->year,
		.error = distance(forecast_told(f, what, FORECAST_LIKELY, came->year), came->value),
		.unchanged = distance(before, came->value),
		.has_interval = f->has_interval,
		.inside = f->has_interval && came->value >= lower && came->value <= upper,
	};
}

size_t forecast_backtest(const struct forecast_point *points, size_t n,
			 const struct plan_item *what, struct forecast_case *out, size_t cap)
{
	struct forecast f;
	size_t cases = 0;

	for (size_t known = 2; known < n; known++) {
		const struct forecast_point *before = &points[known - 1];

		if (!forecast_make(points, known, NULL, &f))
			continue;
		for (size_t i = known; i < n && cases < cap; i++) {
			if (points[i].year - before->year > FORECAST_TESTED_MAX)
				break;
			out[cases++] = test_one(&f, what, before->value, &points[i]);
		}
	}
	return cases;
}

static int by_error(const void *a, const void *b)
{
	const struct forecast_case *x = a, *y = b;

	if (x->years != y->years)
		return x->years - y->years;
	return (x->error > y->error) - (x->error < y->error);
}

static int by_unchanged(const void *a, const void *b)
{
	const struct forecast_case *x = a, *y = b;

	if (x->years != y->years)
		return x->years - y->years;
	return (x->unchanged > y->unchanged) - (x->unchanged < y->unchanged);
}

void forecast_error_sum(struct forecast_case *cases, size_t n, int years,
			struct forecast_error *out)
{
	struct forecast_error sum = { .cases = 0 };
	size_t first = 0, low, high;

	for (size_t i = 0; i < n; i++) {
		first += cases[i].years < years;
		if (cases[i].years != years)
			continue;
		sum.cases++;
		sum.with_interval += cases[i].has_interval;
		sum.inside += cases[i].inside;
	}
	if (sum.cases) {
		low = first + (sum.cases - 1) / 2;
		high = first + sum.cases / 2;
		qsort(cases, n, sizeof(cases[0]), by_error);
		sum.error_twice = cases[low].error + cases[high].error;
		qsort(cases, n, sizeof(cases[0]), by_unchanged);
		sum.unchanged_twice = cases[low].unchanged + cases[high].unchanged;
	}
	*out = sum;
}
