/* SPDX-License-Identifier: Apache-2.0 */
/* Forecasts: the cases of tests/golden/forecast/ (tests/golden/README.md). Run in the repository,
 * or with JUNHENG_ROOT set to it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/forecast.h"
#include "lib/golden_cases.h"
#include "lib/standard_file.h"

static struct standard *national;
static struct plan *plan;
static const char *title;

#define CHECK(ok) check_case(ok, title, __LINE__)

static int whole(const json_t *value)
{
	return (int)json_integer_value(value);
}

static int year_of(const char *text)
{
	int64_t year;

	CHECK(str_to_int64(text, &year));
	return (int)year;
}

static const json_t *member(const json_t *doc, const char *name)
{
	return json_object_get(doc, name);
}

/* A number, or [a, b] for a / b. */
static struct fraction fraction_of(const json_t *value)
{
	const json_t *num = json_is_array(value) ? json_array_get(value, 0) : value;

	return (struct fraction){ plan_millionths(json_number_value(num)),
				  json_is_array(value)
					  ? json_integer_value(json_array_get(value, 1))
					  : 1 };
}

static void check_same(struct fraction a, const json_t *want)
{
	const struct fraction b = fraction_of(want);

	CHECK(a.den > 0);
	if (a.num * b.den != b.num * a.den) {
		fprintf(stderr, "\"%s\": %.12g instead of %.12g\n", title,
			wide_quotient(a.num, a.den) / PLAN_ONE,
			wide_quotient(b.num, b.den) / PLAN_ONE);
		fail();
	}
}

static size_t read_points(const json_t *doc, struct forecast_point *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach(member(doc, "figures"), i, one)
	{
		assert_true(i < FORECAST_POINTS_MAX);
		out[i] = (struct forecast_point){ whole(json_array_get(one, 0)),
						  plan_millionths(json_number_value(
							  json_array_get(one, 1))) };
	}
	return json_array_size(member(doc, "figures"));
}

static void read_plan(const json_t *doc, size_t item)
{
	const json_t *one;
	size_t i;

	plan->n = 0;
	json_array_foreach(member(doc, "milestones"), i, one)
	{
		plan->milestones[plan->n++] = (struct plan_milestone){
			.item = (int)item,
			.year = whole(json_array_get(one, 0)),
			.target = plan_millionths(json_number_value(json_array_get(one, 1))),
		};
	}
}

static size_t find_item(const json_t *doc, struct plan_item *what)
{
	const int item = plan_item_find(national, json_string_value(member(doc, "item")));

	title = json_string_value(member(doc, "title"));
	assert_true(title && item >= 0);
	plan_item_get(national, (size_t)item, what);
	return (size_t)item;
}

static void check_values(const struct forecast *f, const struct plan_item *what, const json_t *doc)
{
	const char *year;
	json_t *want;

	json_object_foreach(json_object_get(doc, "at"), year, want)
	{
		for (int line = 0; line < FORECAST_LINES; line++)
			check_same(forecast_at(f, (enum forecast_line)line, year_of(year)),
				   json_array_get(want, (size_t)line));
	}
	json_object_foreach(json_object_get(doc, "told"), year, want)
	{
		for (int line = 0; line < FORECAST_LINES; line++)
			CHECK(forecast_told(f, what, (enum forecast_line)line, year_of(year)) ==
			      plan_millionths(
				      json_number_value(json_array_get(want, (size_t)line))));
	}
}

static void check_crossing(const struct forecast *f, const struct plan_item *what, int64_t latest,
			   const json_t *doc)
{
	const json_t *leaves = member(doc, "leaves"), *reaches = member(doc, "reaches");
	const json_t *years = leaves ? leaves : reaches;
	struct forecast_crossing c;
	const char *year;
	json_t *want;

	CHECK(forecast_crossing(f, what, latest, &c) == (years != NULL));
	if (!years)
		return;
	CHECK(c.leaves == (leaves != NULL));
	CHECK(c.earliest == whole(json_array_get(years, 0)));
	CHECK(c.likely == whole(json_array_get(years, 1)));
	CHECK(c.latest == whole(json_array_get(years, 2)));
	json_object_foreach(json_object_get(doc, "on_time"), year, want)
	{
		const char *chance =
			forecast_chance_names[forecast_on_time(f, what, latest, year_of(year))];

		if (!str_equal(chance, json_string_value(want))) {
			fprintf(stderr, "\"%s\" by %s: %s\n", title, year, chance);
			fail();
		}
	}
}

static void run_line(json_t *doc)
{
	struct forecast_point points[FORECAST_POINTS_MAX] = { { 0, 0 } }, aim;
	const json_t *slope = member(doc, "slope"), *basis = member(doc, "basis");
	struct plan_item what;
	const size_t item = find_item(doc, &what), n = read_points(doc, points);
	struct forecast f;
	bool planned, made;

	read_plan(doc, item);
	planned = n > 0 && forecast_aim(plan, item, &what, &points[n - 1], &aim);
	POISON(f);
	made = forecast_make(points, n, planned ? &aim : NULL, &f);
	CHECK(forecast_planned_year(plan, item, &what) == whole(member(doc, "planned_year")));
	CHECK(made == json_is_string(basis));
	if (!made) {
		assert_poisoned(f);
		return;
	}
	CHECK(str_equal(forecast_basis_names[f.basis], json_string_value(basis)));
	CHECK(f.year == points[n - 1].year);
	CHECK(f.has_interval == json_is_true(member(doc, "interval")));
	check_same(f.level, member(doc, "level"));
	for (size_t i = 0; i < FORECAST_LINES; i++)
		check_same(f.slope[i], json_array_get(slope, i));
	check_values(&f, &what, doc);
	check_crossing(&f, &what, points[n - 1].value, doc);
}

static void check_test(const struct forecast_case *c, const json_t *want)
{
	const json_t *inside = json_array_get(want, 3);

	CHECK(c->years == whole(json_array_get(want, 0)));
	CHECK(c->error == plan_millionths(json_number_value(json_array_get(want, 1))));
	CHECK(c->unchanged == plan_millionths(json_number_value(json_array_get(want, 2))));
	CHECK(c->has_interval == !json_is_null(inside));
	CHECK(c->inside == json_is_true(inside));
}

static void check_sum(struct forecast_case *cases, size_t n, int years, const json_t *want)
{
	struct forecast_error sum;

	forecast_error_sum(cases, n, years, &sum);
	CHECK(sum.cases == (size_t)whole(member(want, "cases")));
	CHECK(sum.error_twice == plan_millionths(2 * json_number_value(member(want, "error"))));
	CHECK(sum.unchanged_twice ==
	      plan_millionths(2 * json_number_value(member(want, "unchanged"))));
	CHECK(sum.with_interval == (size_t)whole(member(want, "with_interval")));
	CHECK(sum.inside == (size_t)whole(member(want, "inside")));
}

static void run_past(json_t *doc)
{
	struct forecast_case cases[FORECAST_TESTED_MAX * FORECAST_POINTS_MAX];
	struct forecast_point points[FORECAST_POINTS_MAX];
	const json_t *tests = member(doc, "tests");
	struct plan_item what;
	char name[16];
	size_t n;

	find_item(doc, &what);
	n = forecast_backtest(points, read_points(doc, points), &what, cases, ARRAY_LEN(cases));
	CHECK(n == json_array_size(tests));
	for (size_t i = 0; i < n; i++)
		check_test(&cases[i], json_array_get(tests, i));
	for (int years = 1; years <= FORECAST_TESTED_MAX; years++) {
		snprintf(name, sizeof(name), "%d", years);
		check_sum(cases, n, years, member(member(doc, "sums"), name));
	}
}

static void test_lines(void **state)
{
	(void)state;
	golden_cases("tests/golden/forecast/lines.json", run_line);
}

static void test_past(void **state)
{
	(void)state;
	golden_cases("tests/golden/forecast/past.json", run_past);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_past),
	};
	const char *root = getenv("JUNHENG_ROOT");
	int failed;

	if (root && chdir(root))
		return 2;
	national = calloc(1, sizeof(*national));
	plan = calloc(1, sizeof(*plan));
	if (!national || !plan)
		return 2;
	standard_file_load("national-2017", national);
	failed = cmocka_run_group_tests_name("golden forecasts", tests, NULL, NULL);
	free(national);
	free(plan);
	return failed;
}
