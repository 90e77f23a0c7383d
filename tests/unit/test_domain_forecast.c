/* SPDX-License-Identifier: Apache-2.0 */
/* Forecasts of thousands of made-up series: what a shift, a stretch or a turn of the figures does
 * to them, what one wrong figure does not, and the plain definition again in doubles. */
#include <stdlib.h>

#include "domain/forecast.h"
#include "lib/check.h"

#define SERIES 2000

static uint64_t seed = 20170419;

static int64_t below(int64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((seed >> 33) % (uint64_t)n);
}

/* Years with gaps now and then. */
static size_t make_series(struct forecast_point *out, size_t least)
{
	const size_t n = least + (size_t)below((int64_t)(FORECAST_POINTS_MAX + 1 - least));
	int year = 2001 + (int)below(5);

	for (size_t i = 0; i < n; i++) {
		out[i] = (struct forecast_point){ year, below(PLAN_CV_MAX) };
		year += 1 + (below(6) == 0) * (int)below(4);
	}
	return n;
}

static struct forecast make(const struct forecast_point *points, size_t n)
{
	struct forecast f;

	assert_true(forecast_make(points, n, NULL, &f));
	return f;
}

static bool same(struct fraction a, struct fraction b)
{
	return a.num * b.den == b.num * a.den;
}

static bool ordered(struct fraction a, struct fraction b)
{
	return a.num * b.den <= b.num * a.den;
}

static struct fraction moved(struct fraction v, int64_t factor, int64_t add)
{
	return (struct fraction){ v.num * factor + (int128)add * v.den, v.den };
}

/* factor · value + add: lines follow; with a negative factor the outer ones change places. */
static void check_moved(const struct forecast_point *points, size_t n, int64_t factor, int64_t add)
{
	const struct forecast before = make(points, n);
	struct forecast_point other[FORECAST_POINTS_MAX];
	struct forecast after;

	for (size_t i = 0; i < n; i++)
		other[i] =
			(struct forecast_point){ points[i].year, points[i].value * factor + add };
	after = make(other, n);
	assert_true(same(after.level, moved(before.level, factor, add)));
	for (int line = 0; line < FORECAST_LINES; line++) {
		const int was = factor < 0 ? FORECAST_LINES - 1 - line : line;

		assert_true(same(after.slope[line], moved(before.slope[was], factor, 0)));
		assert_true(
			same(forecast_at(&after, (enum forecast_line)line, before.year + 7),
			     moved(forecast_at(&before, (enum forecast_line)was, before.year + 7),
				   factor, add)));
	}
}

static void test_moved(void **state)
{
	struct forecast_point points[FORECAST_POINTS_MAX];

	(void)state;
	for (int i = 0; i < SERIES; i++) {
		const size_t n = make_series(points, 2);

		check_moved(points, n, 1, below(PLAN_FIGURE_MAX));
		check_moved(points, n, 1 + below(1000), -below(PLAN_CV_MAX));
		check_moved(points, n, -1, 0);
	}
}

/* Adding a straight line to the figures adds its slope. */
static void test_tilted(void **state)
{
	struct forecast_point points[FORECAST_POINTS_MAX];

	(void)state;
	for (int i = 0; i < SERIES; i++) {
		const size_t n = make_series(points, 2);
		const struct forecast before = make(points, n);
		const int64_t tilt = below(PLAN_ONE) - PLAN_ONE / 2;
		struct forecast after;

		for (size_t k = 0; k < n; k++)
			points[k].value += tilt * (points[k].year - before.year);
		after = make(points, n);
		assert_true(same(after.level, before.level));
		for (size_t line = 0; line < FORECAST_LINES; line++)
			assert_true(same(after.slope[line], moved(before.slope[line], 1, tilt)));
	}
}

static void test_interval(void **state)
{
	struct forecast_point points[FORECAST_POINTS_MAX];

	(void)state;
	for (int i = 0; i < SERIES; i++) {
		const size_t n = make_series(points, 2);
		const struct forecast f = make(points, n);

		assert_int_equal(f.has_interval, n > 2);
		assert_int_equal(f.basis, n < 4 ? FORECAST_SHORT_TREND : FORECAST_TREND);
		for (int year = f.year; year <= f.year + FORECAST_YEARS_MAX; year++) {
			const struct fraction likely = forecast_at(&f, FORECAST_LIKELY, year);

			assert_true(ordered(forecast_at(&f, FORECAST_LOWER, year), likely));
			assert_true(ordered(likely, forecast_at(&f, FORECAST_UPPER, year)));
		}
	}
}

/* Six figures of seven go one way: whatever the seventh is, the line goes the same way. */
static void test_outlier(void **state)
{
	(void)state;
	for (int i = 0; i < SERIES; i++) {
		const bool rises = below(2);
		const size_t wrong = (size_t)below(7);
		struct forecast_point points[7];
		int64_t value = PLAN_ONE;
		struct forecast f;

		for (size_t k = 0; k < 7; k++) {
			value += (rises ? 1 : -1) * (1 + below(PLAN_ONE / 10));
			points[k] = (struct forecast_point){ 2019 + (int)k,
							     k == wrong ? below(PLAN_FIGURE_MAX)
									: value };
		}
		f = make(points, 7);
		assert_true(rises ? f.slope[FORECAST_LIKELY].num > 0
				  : f.slope[FORECAST_LIKELY].num < 0);
	}
}

static int by_number(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double middle(double *v, size_t n)
{
	qsort(v, n, sizeof(v[0]), by_number);
	return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

/* The definition of Theil and Sen, in doubles. */
static void test_definition(void **state)
{
	double slopes[FORECAST_POINTS_MAX * FORECAST_POINTS_MAX], levels[FORECAST_POINTS_MAX];
	struct forecast_point points[FORECAST_POINTS_MAX];

	(void)state;
	for (int i = 0; i < SERIES; i++) {
		const size_t n = make_series(points, 2);
		const struct forecast f = make(points, n);
		size_t s = 0;
		double slope;

		for (size_t a = 0; a < n; a++) {
			for (size_t b = 0; b < a; b++)
				slopes[s++] = (double)(points[a].value - points[b].value) /
					      (points[a].year - points[b].year);
		}
		slope = middle(slopes, s);
		for (size_t a = 0; a < n; a++)
			levels[a] = (double)points[a].value + slope * (f.year - points[a].year);
		assert_near(
			wide_quotient(f.slope[FORECAST_LIKELY].num, f.slope[FORECAST_LIKELY].den),
			slope, 1e-3);
		assert_near(wide_quotient(f.level.num, f.level.den), middle(levels, n), 1e-2);
	}
}

/* A crossing is where the line is on the other side for good; whether it is there in time is told
 * by the same line. */
static void test_crossing(void **state)
{
	struct plan_item what = { .unit = PLAN_FIGURE, .has_limit = true, .most = PLAN_CV_MAX };
	struct forecast_point points[FORECAST_POINTS_MAX];
	struct forecast_crossing c;
	int crossed = 0;

	(void)state;
	for (int i = 0; i < SERIES; i++) {
		const size_t n = make_series(points, 3);
		const struct forecast f = make(points, n);
		const int64_t latest = points[n - 1].value;

		what.limit = below(PLAN_CV_MAX);
		what.rising = below(2);
		what.strict = below(2);
		assert_true(forecast_crossing(&f, &what, latest, &c));
		assert_int_equal(c.leaves, what.rising ? latest >= what.limit + what.strict
						       : latest <= what.limit - what.strict);
		assert_true(!c.likely || (c.earliest && c.earliest <= c.likely));
		assert_true(!c.latest || (c.likely && c.likely <= c.latest));
		if (!c.likely)
			continue;
		crossed++;
		assert_true(c.likely > f.year && c.likely <= f.year + FORECAST_YEARS_MAX);
		assert_int_equal(
			forecast_reaches(&what, forecast_at(&f, FORECAST_LIKELY, c.likely)),
			!c.leaves);
		assert_true(c.likely == f.year + 1 ||
			    forecast_reaches(&what, forecast_at(&f, FORECAST_LIKELY,
								c.likely - 1)) == c.leaves);
		for (int year = c.likely; year <= f.year + FORECAST_YEARS_MAX; year++)
			assert_int_equal(forecast_on_time(&f, &what, latest, year) <=
						 FORECAST_PROBABLE,
					 !c.leaves);
	}
	assert_true(crossed > SERIES / 10);
	what.has_limit = false;
	POISON(c);
	assert_false(forecast_crossing(&(struct forecast){ .year = 2025 }, &what, 0, &c));
	assert_poisoned(c);
}

/* On a limit: at least and at most are there, more and less are not; half a school is one. */
static void test_limits(void **state)
{
	struct plan_item what = { .unit = PLAN_FIGURE, .has_limit = true, .limit = 3 * PLAN_ONE };
	const struct fraction on = { (int128)21 * PLAN_ONE, 7 };
	const struct fraction over = { (int128)21 * PLAN_ONE + 1, 7 };
	const struct fraction under = { (int128)21 * PLAN_ONE - 1, 7 };

	(void)state;
	for (int rising = 0; rising < 2; rising++) {
		what.rising = rising;
		for (int strict = 0; strict < 2; strict++) {
			what.strict = strict;
			assert_int_equal(forecast_reaches(&what, on), !strict);
			assert_int_equal(forecast_reaches(&what, over), rising);
			assert_int_equal(forecast_reaches(&what, under), !rising);
		}
	}
	what = (struct plan_item){ .unit = PLAN_FAILING, .has_limit = true };
	assert_true(forecast_reaches(&what, (struct fraction){ PLAN_ONE / 2 - 1, 1 }));
	assert_false(forecast_reaches(&what, (struct fraction){ PLAN_ONE / 2, 1 }));
}

/* The largest figures a century apart: the sanitizers would tell of an overflow. */
static void test_extremes(void **state)
{
	static const int64_t ends[] = { PLAN_FIGURE_MAX, -PLAN_FIGURE_MAX };
	struct plan_item what = { .unit = PLAN_FIGURE,
				  .has_limit = true,
				  .limit = PLAN_FIGURE_MAX,
				  .least = -PLAN_FIGURE_MAX,
				  .most = PLAN_FIGURE_MAX };
	struct forecast_point points[FORECAST_POINTS_MAX];
	struct forecast_crossing c;

	(void)state;
	for (size_t n = 2; n <= FORECAST_POINTS_MAX; n++) {
		for (size_t i = 0; i < n; i++)
			points[i] = (struct forecast_point){ i + 1 < n ? 2000 + (int)i : 2099,
							     ends[(i / 2) % 2] };
		for (int year = 2099; year <= 2099 + FORECAST_YEARS_MAX; year++) {
			const struct forecast f = make(points, n);
			const struct forecast_point aim = { year + 1, -PLAN_FIGURE_MAX };
			struct forecast planned;
			const int64_t told = forecast_told(&f, &what, FORECAST_UPPER, year);

			assert_true(told >= what.least && told <= what.most);
			assert_true(forecast_make(points, n, &aim, &planned));
			assert_true(forecast_crossing(&planned, &what, points[n - 1].value, &c));
		}
	}
}

static void test_past(void **state)
{
	const struct plan_item what = { .unit = PLAN_FIGURE, .most = PLAN_FIGURE_MAX };
	struct forecast_case cases[FORECAST_TESTED_MAX * FORECAST_POINTS_MAX];
	struct forecast_point points[FORECAST_POINTS_MAX];
	struct forecast_error sum;

	(void)state;
	for (int i = 0; i < SERIES / 10; i++) {
		const size_t n = make_series(points, 1);
		const size_t all = forecast_backtest(points, n, &what, cases, ARRAY_LEN(cases));
		size_t told = 0;

		assert_true(all <= n * FORECAST_TESTED_MAX);
		for (int years = 0; years <= FORECAST_TESTED_MAX + 1; years++) {
			forecast_error_sum(cases, all, years, &sum);
			assert_true(sum.inside <= sum.with_interval &&
				    sum.with_interval <= sum.cases);
			told += sum.cases;
		}
		assert_int_equal(told, all);
		assert_int_equal(forecast_backtest(points, n, &what, cases, all / 2), all / 2);
	}
	forecast_error_sum(cases, 0, 1, &sum);
	assert_true(sum.cases == 0 && sum.error_twice == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moved),      cmocka_unit_test(test_tilted),
		cmocka_unit_test(test_interval),   cmocka_unit_test(test_outlier),
		cmocka_unit_test(test_definition), cmocka_unit_test(test_crossing),
		cmocka_unit_test(test_limits),     cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_past),
	};

	return cmocka_run_group_tests_name("domain forecast", tests, NULL, NULL);
}
