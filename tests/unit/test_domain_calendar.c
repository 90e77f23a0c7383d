/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, and thousands of counts in made-up calendars: up and down agree, steps add up, and each is
 * what a plain walk over a table of days says. */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/calendar.h"
#include "lib/check.h"

#define CALENDARS 20
#define COUNTS    200

static struct calendar *calendar;
static uint32_t seed = 20260217;

/* 0 … n - 1; the same numbers each run. */
static int any(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)n);
}

/* --- dates --- */

static void test_days(void **state)
{
	int year = 2000, month = 1, n = 1;

	(void)state;
	for (int day = DAY_FIRST; day <= DAY_LAST; day++) {
		static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
		char wanted[48], got[DAY_TEXT];
		int again = -1;

		snprintf(wanted, sizeof(wanted), "%04d-%02d-%02d", year, month, n);
		assert_string_equal(day_format(day, got), wanted);
		assert_true(day_parse(wanted, &again));
		assert_int_equal(again, day);
		assert_int_equal(day_of(year, month, n), day);
		assert_int_equal(day_year(day), year);
		assert_int_equal(day_of_year(day), day - day_of(year, 1, 1));
		/* every fourth year of this century is a leap year, also the first */
		if (n++ == lengths[month - 1] + (month == 2 && year % 4 == 0)) {
			n = 1;
			month = month % 12 + 1;
			year += month == 1;
		}
	}
	assert_int_equal(year, 2100);
	assert_false(day_is_weekend(day_of(2026, 2, 13)));
	assert_true(day_is_weekend(day_of(2026, 2, 14)));
	assert_true(day_is_weekend(day_of(2026, 2, 15)));
	assert_false(day_is_weekend(day_of(2026, 2, 16)));
	assert_int_equal(day_of(2026, 1, 32), day_of(2026, 2, 1));
}

static void test_days_in_china(void **state)
{
	int64_t noon = 0, new_year = 0;
	char year[DAY_YEAR_TEXT];

	(void)state;
	assert_true(time_parse("2026-06-30T04:00:00Z", &noon));
	assert_int_equal(day_in_china(noon), day_of(2026, 6, 30));
	assert_true(time_parse("2026-12-31T16:00:00Z", &new_year));
	assert_int_equal(day_in_china(new_year - 1), day_of(2026, 12, 31));
	assert_int_equal(day_in_china(new_year), day_of(2027, 1, 1));
	assert_int_equal(day_year(day_in_china(new_year)), 2027);
	assert_string_equal(day_year_text(day_in_china(new_year), year), "2027");
}

static void test_no_dates(void **state)
{
	static const char *const texts[] = {
		"",           "2026",       "2026-02-1",  "2026-02-010", "2026-02-10 ",
		"2026-02-29", "2026-00-10", "2026-13-10", "2026-02-00",  "2026-04-31",
		"1999-12-31", "2100-01-01", "2000-01-00", "2099-12-32",  "2026/02/10",
		"2026-02/10", "2o26-02-10", "2026-0a-10", "2026-02-1:",  "-026-02-10",
		"3026-02-10", "2126-02-10",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		int day = -7;

		if (day_parse(texts[i], &day) || day != -7) {
			fprintf(stderr, "\"%s\"\n", texts[i]);
			fail();
		}
	}
}

/* --- counting --- */

/* A table of the days of some years, worked or not, made along with the calendar. */
static bool worked[DAY_LAST + 1];

static void make_up(void)
{
	memset(calendar, 0, sizeof(*calendar));
	for (int day = DAY_FIRST; day <= DAY_LAST; day++) {
		struct calendar_year *y = &calendar->years[day_year(day) - DAY_FIRST_YEAR];
		const bool weekend = day_is_weekend(day);

		if (day_of_year(day) == 0)
			y->known = any(4) > 0;
		worked[day] = !weekend;
		if (!y->known || any(8) > 0)
			continue;
		worked[day] = weekend;
		y->marks[day_of_year(day)] = weekend ? CALENDAR_WORKED : CALENDAR_HOLIDAY;
	}
}

static int walk(int day, int n)
{
	const int step = n < 0 ? -1 : 1;

	for (int left = n * step; left > 0;)
		left -= worked[day += step];
	return day;
}

static int add(int day, int n)
{
	int out = -1;

	assert_true(calendar_add(calendar, day, n, &out, NULL));
	return out;
}

static bool guesses(int from, int to)
{
	const int low = from < to ? from + 1 : to, high = from < to ? to : from - 1;

	for (int day = low; day <= high; day++) {
		if (!calendar_knows(calendar, day_year(day)))
			return true;
	}
	return false;
}

static void check_count(int from, int n)
{
	const int step = n < 0 ? -1 : 1, part = any(n * step + 1) * step;
	const int to = add(from, n);
	bool provisional = false;
	int again = 0;

	assert_int_equal(to, walk(from, n));
	assert_int_equal(calendar_between(calendar, from, to, &provisional), n);
	assert_int_equal(provisional, n && guesses(from, to));
	provisional = false;
	assert_true(calendar_add(calendar, from, n, &again, &provisional));
	assert_int_equal(provisional, n && guesses(from, to));
	/* a part, and the rest from there */
	assert_int_equal(add(add(from, part), n - part), to);
	assert_int_equal(calendar_between(calendar, from, add(from, part), NULL), part);
	/* there and back again: to where it began if that is worked, else to the last that was */
	if (n)
		assert_int_equal(add(to, -n), worked[from] ? from : walk(from, -step));
	assert_true(!n || calendar_is_working(calendar, to, NULL));
}

static void test_property(void **state)
{
	(void)state;
	for (int i = 0; i < CALENDARS; i++) {
		make_up();
		for (int k = 0; k < COUNTS; k++) {
			const int from = day_of(2025 + any(50), 1, 1 + any(366));
			const int middle = from + any(2000), to = middle + any(2000);

			check_count(from, any(2001) - 1000);
			/* distances add up, both ways; the other way round there are as many, but
			 * for the ends */
			assert_int_equal(calendar_between(calendar, from, to, NULL),
					 calendar_between(calendar, from, middle, NULL) +
						 calendar_between(calendar, middle, to, NULL));
			assert_int_equal(calendar_between(calendar, to, from, NULL),
					 calendar_between(calendar, to, middle, NULL) +
						 calendar_between(calendar, middle, from, NULL));
			if (from != to)
				assert_int_equal(
					calendar_between(calendar, from, to, NULL) + worked[from],
					worked[to] - calendar_between(calendar, to, from, NULL));
		}
	}
}

static void test_limits(void **state)
{
	bool provisional = false;
	int day = -1;

	(void)state;
	memset(calendar, 0, sizeof(*calendar));
	assert_false(calendar_add(calendar, DAY_LAST, 1, &day, &provisional));
	assert_false(calendar_add(calendar, DAY_FIRST, -1, &day, &provisional));
	assert_false(calendar_add(calendar, DAY_FIRST, CALENDAR_DAYS_MAX + 1, &day, &provisional));
	assert_false(calendar_add(calendar, DAY_LAST, -CALENDAR_DAYS_MAX - 1, &day, &provisional));
	assert_true(day == -1 && !provisional);
	assert_true(calendar_add(calendar, DAY_LAST, 0, &day, &provisional));
	assert_true(day == DAY_LAST && !provisional);
	assert_true(calendar_add(calendar, DAY_FIRST, CALENDAR_DAYS_MAX, &day, NULL));
	assert_true(calendar_add(calendar, DAY_LAST, -CALENDAR_DAYS_MAX, &day, NULL));
	/* all of 2099 off: no day is left that is worked */
	memset(calendar->years[CALENDAR_YEARS - 1].marks, CALENDAR_HOLIDAY, 366);
	day = -1;
	assert_false(calendar_on_or_after(calendar, DAY_LAST - 100, &day, &provisional));
	assert_true(day == -1 && !provisional);
	assert_true(calendar_on_or_after(calendar, DAY_FIRST, &day, NULL));
	assert_int_equal(day, day_of(2000, 1, 3));
	assert_true(calendar_on_or_after(calendar, DAY_FIRST, &day, &provisional));
	assert_true(provisional);
}

/* A province's days hold, also where the year itself is not known: then it is provisional. */
static void test_unknown_year(void **state)
{
	const int day = day_of(2030, 4, 3); /* a Wednesday */
	bool provisional = false;
	int next = -1;

	(void)state;
	memset(calendar, 0, sizeof(*calendar));
	assert_true(calendar_is_working(calendar, day, &provisional));
	assert_true(provisional);
	calendar->years[30].marks[day_of_year(day)] = CALENDAR_HOLIDAY;
	assert_false(calendar_is_working(calendar, day, NULL));
	calendar->years[30].known = true;
	provisional = false;
	assert_false(calendar_is_working(calendar, day, &provisional));
	assert_false(provisional);
	assert_true(calendar_on_or_after(calendar, day, &next, &provisional));
	assert_true(next == day + 1 && !provisional);
	provisional = true;
	assert_false(calendar_is_working(calendar, day, &provisional));
	assert_true(provisional); /* what was so stays so */
}

static void test_terms(void **state)
{
	struct calendar_year *y = &calendar->years[25];
	struct calendar_place place;
	int day = -1;

	(void)state;
	memset(calendar, 0, sizeof(*calendar));
	assert_false(calendar_due(calendar, 2025, 0, 1, CALENDAR_DAYS, &day, NULL));
	*y = (struct calendar_year){
		.has_terms = true,
		.terms = { { day_of(2025, 8, 1), day_of(2026, 1, 20) },
			   { day_of(2026, 2, 25), day_of(2026, 7, 31) } },
	};
	assert_true(calendar_term_of(calendar, day_of(2026, 7, 31), &place));
	assert_true(place.school_year == 2025 && place.term == 1 && !place.is_default);
	assert_true(calendar_term_of(calendar, day_of(2025, 8, 1), &place));
	assert_true(place.school_year == 2025 && place.term == 0);
	assert_false(calendar_term_of(calendar, day_of(2025, 7, 31), &place));
	assert_false(calendar_term_of(calendar, day_of(2026, 8, 1), &place));
	assert_false(calendar_term_of(calendar, day_of(2026, 2, 1), &place));
	y->default_terms = true;
	assert_true(calendar_term_of(calendar, day_of(2026, 2, 25), &place));
	assert_true(place.is_default);
	assert_true(calendar_due(calendar, 2025, 1, -1, CALENDAR_DAYS, &day, NULL));
	assert_int_equal(day, day_of(2026, 2, 24));
	day = -1;
	assert_false(
		calendar_due(calendar, 2025, 1, CALENDAR_DAYS_MAX + 1, CALENDAR_DAYS, &day, NULL));
	assert_false(
		calendar_due(calendar, 2025, 1, -CALENDAR_DAYS_MAX - 1, CALENDAR_DAYS, &day, NULL));
	assert_true(calendar_due(calendar, 2025, 1, 3, CALENDAR_WORKING_DAYS, &day, NULL));
	assert_int_equal(day, day_of(2026, 3, 2)); /* behind a Wednesday */
	assert_false(calendar_term_of(calendar, day_of(2000, 3, 1), &place)); /* of 1999/2000 */
	day = -1;
	calendar->years[98] = *y;
	calendar->years[98].terms[1].begin = day_of(2099, 2, 25);
	assert_false(calendar_due(calendar, 2098, 1, 400, CALENDAR_DAYS, &day, NULL));
	assert_int_equal(day, -1);
	assert_int_equal(calendar_school_year_begin(2025), day_of(2025, 8, 1));
	assert_int_equal(calendar_school_year_end(2025) + 1, calendar_school_year_begin(2026));
	assert_string_equal(calendar_term_name(0), "first");
	assert_string_equal(calendar_term_name(1), "second");
}

static void test_term_ends(void **state)
{
	int day;

	(void)state;
	memset(calendar, 0, sizeof(*calendar));
	calendar->years[25] = (struct calendar_year){
		.has_terms = true,
		.terms = { { day_of(2025, 8, 1), day_of(2026, 1, 20) },
			   { day_of(2026, 2, 25), day_of(2026, 7, 31) } },
	};
	day = -1;
	assert_false(calendar_term_end(calendar, day_of(2000, 3, 1), 1, &day));
	assert_false(calendar_term_end(calendar, day_of(2025, 7, 31), 1, &day)); /* of 2024 */
	assert_true(calendar_term_end(calendar, day_of(2025, 8, 1), 1, &day));
	assert_int_equal(day, day_of(2026, 1, 20));
	assert_true(calendar_term_end(calendar, day_of(2026, 1, 20), 2, &day)); /* that day, too */
	assert_int_equal(day, day_of(2026, 7, 31));
	assert_true(calendar_term_end(calendar, day_of(2026, 1, 21), 1, &day)); /* in holidays */
	assert_int_equal(day, day_of(2026, 7, 31));
	day = -1;
	assert_false(calendar_term_end(calendar, day_of(2026, 1, 21), 2, &day)); /* of 2026 */
	/* A year between that nobody knows is not left out. */
	calendar->years[27] = calendar->years[25];
	assert_false(calendar_term_end(calendar, day_of(2026, 1, 21), 2, &day));
	calendar->years[CALENDAR_YEARS - 1] = (struct calendar_year){
		.has_terms = true,
		.terms = { { day_of(2099, 9, 1), day_of(2099, 12, 20) },
			   { day_of(2099, 12, 25), day_of(2099, 12, 30) } },
	};
	assert_true(calendar_term_end(calendar, day_of(2099, 12, 21), 1, &day));
	day = -1;
	/* There are no more years. */
	assert_false(calendar_term_end(calendar, day_of(2099, 12, 31), 1, &day));
	assert_int_equal(day, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),     cmocka_unit_test(test_days_in_china),
		cmocka_unit_test(test_no_dates), cmocka_unit_test(test_property),
		cmocka_unit_test(test_limits),   cmocka_unit_test(test_unknown_year),
		cmocka_unit_test(test_terms),    cmocka_unit_test(test_term_ends),
	};
	int failed;

	calendar = calloc(1, sizeof(*calendar));
	if (!calendar)
		return 2;
	failed = cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
	free(calendar);
	return failed;
}
