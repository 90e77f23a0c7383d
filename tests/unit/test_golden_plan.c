/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of plans: the cases of tests/golden/plans/ (tests/golden/README.md). Run in the repository,
 * or with JUNHENG_ROOT set to it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/plan.h"
#include "lib/check.h"
#include "lib/standard_file.h"

static struct standard *national;
static struct plan *plan;
static const char *title;

#define CHECK(ok) check_case(ok, title, __LINE__)

static int year_of(const json_t *value)
{
	return (int)json_integer_value(value);
}

static void read_plan(const json_t *milestones, size_t item)
{
	const json_t *one;
	size_t i;

	plan->n = 0;
	json_array_foreach(milestones, i, one)
	{
		plan->milestones[plan->n++] = (struct plan_milestone){
			.item = (int)item,
			.year = year_of(json_array_get(one, 0)),
			.target = plan_millionths(json_number_value(json_array_get(one, 1))),
		};
	}
}

static struct plan_latest read_latest(const json_t *doc, int *ret_year)
{
	const json_t *value = json_object_get(doc, "value");
	struct plan_latest out = { .has_value = value != NULL };

	*ret_year = year_of(json_object_get(doc, "year"));
	CHECK(status_parse(json_string_value(json_object_get(doc, "status")), &out.status));
	out.value = value ? plan_millionths(json_number_value(value)) : 0;
	return out;
}

static int64_t millionths(const json_t *list, size_t i)
{
	return plan_millionths(json_number_value(json_array_get(list, i)));
}

/* null, "met", a number, or [a, b, n, d]: a + b·n/d; compared as fractions. */
static void check_at(const struct plan_line *line, const char *date, const json_t *want)
{
	const int64_t n = json_is_array(want) ? json_integer_value(json_array_get(want, 2)) : 0;
	const int64_t d = json_is_array(want) ? json_integer_value(json_array_get(want, 3)) : 1;
	int128 num;
	struct plan_value v;

	CHECK(plan_line_at(line, date, &v));
	if (json_is_null(want) || json_is_string(want)) {
		CHECK(v.wanted == (json_is_null(want) ? PLAN_WANTED_NOTHING : PLAN_WANTED_MET));
		return;
	}
	num = json_is_array(want)
		      ? (int128)millionths(want, 0) * d + (int128)millionths(want, 1) * n
		      : plan_millionths(json_number_value(want));
	CHECK(v.wanted == PLAN_WANTED_VALUE && v.den > 0);
	if (v.num * d != num * v.den) {
		fprintf(stderr, "\"%s\" %s: %.12g\n", title, date,
			wide_quotient(v.num, v.den) / PLAN_ONE);
		fail();
	}
}

static void check_years(const struct plan_line *line, size_t item, const json_t *want)
{
	struct plan_point points[PLAN_POINTS_MAX];
	struct plan_item what;
	const json_t *one;
	size_t i, n;

	plan_item_get(national, item, &what);
	n = plan_line_years(line, what.unit, points);
	CHECK(n == json_array_size(want));
	json_array_foreach(want, i, one)
	{
		const json_t *target = json_array_get(one, 1);

		CHECK(points[i].year == year_of(json_array_get(one, 0)));
		CHECK(points[i].met == json_is_string(target));
		CHECK(points[i].met ||
		      points[i].value == plan_millionths(json_number_value(target)));
	}
}

static void run_case(json_t *doc)
{
	const int item = plan_item_find(national, json_string_value(json_object_get(doc, "item")));
	const int target_year = year_of(json_object_get(doc, "target_year"));
	const json_t *derived = json_object_get(doc, "derived");
	struct plan_line line;
	const char *date;
	json_t *want;
	struct plan_latest latest;
	int year;
	bool made;

	title = json_string_value(json_object_get(doc, "title"));
	assert_true(title && item >= 0 && derived);
	latest = read_latest(json_object_get(doc, "latest"), &year);
	read_plan(json_object_get(doc, "milestones"), (size_t)item);
	POISON(line);
	made = plan_line_make(plan, national, (size_t)item, &latest, year, target_year, &line);
	CHECK(made == !json_is_null(derived));
	if (!made) {
		assert_poisoned(line);
		return;
	}
	CHECK(line.derived == json_is_true(derived));
	if (line.derived)
		check_years(&line, (size_t)item, json_object_get(doc, "years"));
	json_object_foreach(json_object_get(doc, "at"), date, want) check_at(&line, date, want);
}

static void test_file(void **state)
{
	json_error_t error;
	json_t *doc = json_load_file(*state, JSON_REJECT_DUPLICATES, &error), *one;
	size_t i;

	if (!doc) {
		fprintf(stderr, "%s: line %d: %s\n", (const char *)*state, error.line, error.text);
		fail();
	}
	assert_true(json_is_string(json_object_get(doc, "source")));
	json_array_foreach(json_object_get(doc, "cases"), i, one) run_case(one);
	assert_true(i > 0);
	json_decref(doc);
}

int main(void)
{
	static char lines[] = "tests/golden/plans/lines.json";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_file, lines),
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
	failed = cmocka_run_group_tests_name("golden plans", tests, NULL, NULL);
	free(national);
	free(plan);
	return failed;
}
