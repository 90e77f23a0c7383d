/* SPDX-License-Identifier: Apache-2.0 */
/* Working days and terms of the calendars that ship (sql/calendars): the cases of
 * tests/golden/calendars/days.json (tests/golden/README.md). Run in the repository, or with
 * JUNHENG_ROOT set to it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "lib/golden_calendar.h"

static struct calendar *calendar;
static const char *title;

#define CHECK(ok) check_case(ok, title, __LINE__)

static int day(const json_t *value)
{
	int out = 0;

	CHECK(json_is_string(value) && day_parse(json_string_value(value), &out));
	return out;
}

static int whole(const json_t *value)
{
	CHECK(json_is_integer(value));
	return (int)json_integer_value(value);
}

static void run_steps(const json_t *one)
{
	const int from = day(json_object_get(one, "from"));
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(one, "steps"), i, step)
	{
		const int n = whole(json_array_get(step, 0));
		const int to = day(json_array_get(step, 1));
		const bool wanted = json_is_true(json_array_get(step, 2));
		bool provisional = false;
		int got = 0;

		CHECK(calendar_add(calendar, from, n, &got, &provisional));
		CHECK(got == to && provisional == wanted);
		provisional = false;
		CHECK(calendar_between(calendar, from, to, &provisional) == n);
		CHECK(provisional == wanted);
	}
	CHECK(i > 0);
}

static void run_on_or_after(const json_t *one)
{
	bool provisional = false;
	int got = 0;

	title = json_string_value(json_array_get(one, 0));
	CHECK(calendar_on_or_after(calendar, day(json_array_get(one, 0)), &got, &provisional));
	CHECK(got == day(json_array_get(one, 1)));
	CHECK(provisional == json_is_true(json_array_get(one, 2)));
}

static void run_term(const json_t *one)
{
	const json_t *wanted = json_array_get(one, 1);
	struct calendar_place place;

	title = json_string_value(json_array_get(one, 0));
	POISON(place);
	if (json_is_null(wanted)) {
		CHECK(!calendar_term_of(calendar, day(json_array_get(one, 0)), &place));
		assert_poisoned(place);
		return;
	}
	CHECK(calendar_term_of(calendar, day(json_array_get(one, 0)), &place));
	CHECK(place.school_year == whole(json_array_get(wanted, 0)));
	CHECK(place.term == whole(json_array_get(wanted, 1)) - 1);
	CHECK(place.is_default); /* so do all that ship */
}

static void run_due(const json_t *one)
{
	const json_t *working = json_object_get(one, "working_days");
	const json_t *wanted = json_object_get(one, "due");
	const int n = whole(working ? working : json_object_get(one, "days"));
	bool provisional = false;
	int got = -1;
	bool done;

	done = calendar_due(calendar, whole(json_object_get(one, "school_year")),
			    whole(json_object_get(one, "term")) - 1, n,
			    working ? CALENDAR_WORKING_DAYS : CALENDAR_DAYS, &got, &provisional);
	CHECK(done == !json_is_null(wanted));
	CHECK(got == (done ? day(wanted) : -1));
	CHECK(provisional == json_is_true(json_object_get(one, "provisional")));
}

static void test_file(void **state)
{
	static const struct {
		const char *name;
		bool titled;
		void (*run)(const json_t *one);
	} lists[] = {
		{ "cases", true, run_steps },
		{ "on_or_after", false, run_on_or_after },
		{ "terms", false, run_term },
		{ "due", true, run_due },
	};
	json_error_t error;
	json_t *doc = json_load_file(*state, JSON_REJECT_DUPLICATES, &error), *one;
	size_t k;

	assert_non_null(doc);
	assert_true(json_is_string(json_object_get(doc, "source")));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		json_array_foreach(json_object_get(doc, lists[i].name), k, one)
		{
			if (lists[i].titled)
				title = json_string_value(json_object_get(one, "title"));
			assert_true(!lists[i].titled || title);
			lists[i].run(one);
		}
		assert_true(k > 0);
	}
	json_decref(doc);
}

/* Each shipped year has the working days that its weekdays, less the public holidays, make. */
static void test_totals(void **state)
{
	static const struct {
		int year;
		int holidays; /* public ones: each moves a weekday, a swap gives one back */
	} years[] = { { 2024, 11 }, { 2025, 13 }, { 2026, 13 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(years); i++) {
		const int first = day_of(years[i].year, 1, 1), last = day_of(years[i].year, 12, 31);
		int weekdays = 0, worked = 0;

		for (int d = first; d <= last; d++) {
			weekdays += !day_is_weekend(d);
			worked += calendar_is_working(calendar, d, NULL);
		}
		assert_int_equal(weekdays - worked, years[i].holidays);
	}
}

int main(void)
{
	static char file[] = "tests/golden/calendars/days.json";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_file, file),
		cmocka_unit_test(test_totals),
	};
	const char *root = getenv("JUNHENG_ROOT");
	int failed;

	if (root && chdir(root))
		return 2;
	calendar = calloc(1, sizeof(*calendar));
	if (!calendar)
		return 2;
	for (int year = 2024; year <= 2026; year++)
		golden_calendar(year, calendar);
	failed = cmocka_run_group_tests_name("golden calendar", tests, NULL, NULL);
	free(calendar);
	return failed;
}
