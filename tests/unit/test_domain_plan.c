/* SPDX-License-Identifier: Apache-2.0 */
/* What can be planned, and thousands of made-up lines: each hits the points that were given, is
 * monotone between them, and agrees with the plain formula of a straight line. */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "domain/plan.h"
#include "lib/check.h"
#include "lib/standard_file.h"

#define LINES 3000

struct world {
	struct standard national;
	struct standard shandong;
	struct county_judgement judgement;
	struct plan plan;
};
static struct world *w;

static int setup(void **state)
{
	(void)state;
	w = calloc(1, sizeof(*w));
	assert_non_null(w);
	standard_file_load("national-2017", &w->national);
	standard_file_load("shandong-2024", &w->shandong);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(w);
	return 0;
}

/* --- what can be planned ------------------------------------------------------------------ */

static void test_items(void **state)
{
	static const struct {
		const char *name;
		enum plan_unit unit;
		int decimals;
		int64_t most, limit;
		bool rising;
	} wanted[] = {
		{ "R2.primary.cv", PLAN_CV, 6, PLAN_CV_MAX, 500000, false },
		{ "R7.junior.cv", PLAN_CV, 6, PLAN_CV_MAX, 450000, false },
		{ "schools.junior", PLAN_FAILING, 0, PLAN_SCHOOLS_MAX, 0, false },
		{ "R1.primary.schools", PLAN_REACHING, 0, PLAN_SCHOOLS_MAX, 0, true },
		{ "R7.junior.schools", PLAN_REACHING, 0, PLAN_SCHOOLS_MAX, 0, true },
		{ "G1", PLAN_MET, 0, 0, 0, false },
		{ "G3", PLAN_FAILING, 0, PLAN_SCHOOLS_MAX, 0, false },
		{ "G7", PLAN_FIGURE, 3, PLAN_FIGURE_MAX, INT64_C(8000) * PLAN_ONE, true },
		{ "G8", PLAN_FIGURE, 3, PLAN_FIGURE_MAX, INT64_C(100) * PLAN_ONE, true },
		{ "G11", PLAN_FIGURE, 3, PLAN_SHARE_MAX, INT64_C(10) * PLAN_ONE, true },
		{ "Q9", PLAN_MET, 0, 0, 0, false },
		{ "S1", PLAN_FIGURE, 3, PLAN_SHARE_MAX, INT64_C(85) * PLAN_ONE, true },
		{ "V7", PLAN_MET, 0, 0, 0, false },
	};
	struct plan_item item;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		const int at = plan_item_find(&w->national, wanted[i].name);

		assert_true(at >= 0);
		plan_item_get(&w->national, (size_t)at, &item);
		assert_string_equal(item.name, wanted[i].name);
		assert_int_equal(item.unit, wanted[i].unit);
		assert_int_equal(item.decimals, wanted[i].decimals);
		assert_int_equal(item.most, wanted[i].most);
		assert_int_equal(item.least, 0);
		assert_int_equal(item.limit, wanted[i].limit);
		assert_int_equal(item.rising, wanted[i].rising);
	}
	assert_int_equal(plan_item_find(&w->national, "R8.primary.cv"), -1);
	assert_int_equal(plan_item_find(&w->national, ""), -1);
}

/* Each name is found where it is, also those that a province adds. */
static void test_names(void **state)
{
	const struct standard *both[] = { &w->national, &w->shandong };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(both); k++) {
		const size_t n = plan_items_count(both[k]);
		struct plan_item item;

		assert_int_equal(n, items_count(both[k]) + 14);
		assert_true(n <= PLAN_ITEMS_MAX);
		for (size_t i = 0; i < n; i++) {
			plan_item_get(both[k], i, &item);
			assert_int_equal(plan_item_find(both[k], item.name), i);
		}
	}
	assert_true(plan_items_count(&w->shandong) > plan_items_count(&w->national));
}

static void test_latest(void **state)
{
	struct indicator_judgement *r2 = &w->judgement.stages[0].indicators[1];
	struct plan_latest latest;

	(void)state;
	*r2 = (struct indicator_judgement){ .has_mean = true,
					    .has_cv = true,
					    .cv = 0.50178749999,
					    .cv_status = STATUS_NOT_MET,
					    .records_met = 17,
					    .schools = STATUS_NOT_MET };
	plan_latest_get(&w->judgement, &w->national, 1, &latest);
	assert_true(latest.has_value && latest.status == STATUS_NOT_MET);
	assert_int_equal(latest.value, 501787);
	plan_latest_get(&w->judgement, &w->national, items_count(&w->national) + 1, &latest);
	assert_true(latest.has_value && latest.value == 17 * PLAN_ONE);
	assert_int_equal(plan_millionths(-2.5e-6), -3);
	assert_int_equal(plan_millionths(1e300), PLAN_FIGURE_MAX);
	assert_int_equal(plan_millionths(-1e300), -PLAN_FIGURE_MAX);
}

/* --- dates ----------------------------------------------------------------------------------- */

static void test_dates(void **state)
{
	static const char *const none[] = {
		"",           "2027",       "2027-13-01",          "2027-00-10",
		"2027-02-29", "2027-04-31", "2027-01-00",          "2027/01/01",
		"27-01-01",   "2027-1-01",  "2027-01-01T00:00:00Z"
	};
	const struct plan_line line = { .n = 1, .points = { { 2027, false, 7 } } };
	struct plan_value v;

	(void)state;
	POISON(v);
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_false(plan_line_at(&line, none[i], &v));
	assert_poisoned(v);
	assert_true(plan_line_at(&line, "2028-02-29", &v));
	assert_true(plan_line_at(&line, "2000-02-29", &v));
}

/* --- lines ----------------------------------------------------------------------------------- */

static uint64_t seed = 20170419;

static int64_t below(int64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((seed >> 33) % (uint64_t)n);
}

static void make_line(struct plan_line *line)
{
	const int64_t most = below(2) ? PLAN_CV_MAX : PLAN_FIGURE_MAX;
	int year = 2020 + (int)below(10);

	*line = (struct plan_line){ .n = 1 + (size_t)below(PLAN_POINTS_MAX) };
	for (size_t i = 0; i < line->n; i++) {
		line->points[i] = (struct plan_point){ year, false, below(most + 1) };
		year += 1 + (int)below(4);
	}
}

static struct plan_value at(const struct plan_line *line, int year, int month, int day)
{
	struct plan_value v;
	char date[16];

	assert_true(snprintf(date, sizeof(date), "%04d-%02d-%02d", year, month, day) == 10);
	assert_true(plan_line_at(line, date, &v));
	return v;
}

/* a <= b, or the other way round. */
static bool is_ordered(const struct plan_value *a, const struct plan_value *b, bool rising)
{
	const int128 left = a->num * b->den, right = b->num * a->den;

	return rising ? left <= right : left >= right;
}

static void check_between(const struct plan_line *line, const struct plan_point *a,
			  const struct plan_point *b)
{
	const bool rising = b->value >= a->value;
	struct plan_value before = at(line, a->year, 12, 31);

	for (int year = a->year + 1; year <= b->year; year++) {
		for (int month = 1; month <= 12; month++) {
			const struct plan_value v =
				at(line, year, month, month == 12 ? 31 : 1 + (int)below(28));
			const double t = year - 1 + (month == 12 ? 1 : month / 12.0 - 0.04);
			const double want = (double)a->value + (double)(b->value - a->value) *
								       (t - a->year) /
								       (b->year - a->year);

			assert_int_equal(v.wanted, PLAN_WANTED_VALUE);
			assert_true(v.den > 0);
			assert_true(is_ordered(&before, &v, rising));
			/* The plain formula, half a month off at most. */
			assert_near(wide_quotient(v.num, v.den), want,
				    1 + 0.05 * fabs((double)(b->value - a->value)));
			before = v;
		}
	}
}

static void test_lines(void **state)
{
	(void)state;
	for (int i = 0; i < LINES; i++) {
		struct plan_line line;

		make_line(&line);
		assert_int_equal(at(&line, line.points[0].year, 12, 30).wanted,
				 PLAN_WANTED_NOTHING);
		for (size_t k = 0; k < line.n; k++) {
			const struct plan_point *p = &line.points[k];
			const struct plan_value v = at(&line, p->year, 12, 31);

			assert_true(v.wanted == PLAN_WANTED_VALUE &&
				    v.num == (int128)p->value * v.den);
			if (k + 1 < line.n)
				check_between(&line, p, p + 1);
		}
		assert_true(at(&line, 2099, 7, 1).num == line.points[line.n - 1].value);
	}
}

/* What is shown of a derived line goes one way, starts behind the start and ends at the limit. */
static void test_derived(void **state)
{
	const size_t item = (size_t)plan_item_find(&w->national, "G7");
	struct plan_point points[PLAN_POINTS_MAX];

	(void)state;
	for (int i = 0; i < LINES; i++) {
		const int from = 2020 + (int)below(10), to = from + 1 + (int)below(PLAN_YEARS);
		const struct plan_latest latest = { STATUS_NOT_MET, true,
						    below(INT64_C(8000) * PLAN_ONE) };
		int64_t before = latest.value;
		struct plan_line line;
		size_t n;

		assert_true(plan_line_make(&w->plan, &w->national, item, &latest, from, to, &line));
		n = plan_line_years(&line, PLAN_FIGURE, points);
		assert_int_equal(n, to - from);
		for (size_t k = 0; k < n; k++) {
			assert_int_equal(points[k].year, from + 1 + (int)k);
			assert_true(points[k].value >= before);
			before = points[k].value;
		}
		assert_int_equal(before, INT64_C(8000) * PLAN_ONE);
	}
}

/* Its own year; else the nearest region's that is not over. */
static void test_target_year(void **state)
{
	static const struct {
		int own, above[PLAN_ABOVE], year;
		size_t whose;
	} rows[] = {
		{ 2028, { 2030, 2035 }, 2028, PLAN_ABOVE },
		{ 2020, { 2030, 0 }, 2020, PLAN_ABOVE },
		{ 0, { 2030, 2028 }, 2030, 0 },
		{ 0, { 2026, 2035 }, 2026, 0 },
		{ 0, { 2025, 2035 }, 2035, 1 },
		{ 0, { 0, 2027 }, 2027, 1 },
		{ 0, { 2025, 2025 }, 0, PLAN_ABOVE },
		{ 0, { 0, 0 }, 0, PLAN_ABOVE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t whose;

		w->plan.recognition_year = rows[i].own;
		assert_int_equal(plan_target_year(&w->plan, rows[i].above, 2026, &whose),
				 rows[i].year);
		assert_int_equal(whose, rows[i].whose);
	}
	w->plan.recognition_year = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),       cmocka_unit_test(test_names),
		cmocka_unit_test(test_latest),      cmocka_unit_test(test_dates),
		cmocka_unit_test(test_lines),       cmocka_unit_test(test_derived),
		cmocka_unit_test(test_target_year),
	};

	return cmocka_run_group_tests_name("plans", tests, setup, teardown);
}
