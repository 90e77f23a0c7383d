/* SPDX-License-Identifier: Apache-2.0 */
/* Instants and dates of requests, strictly. */
#include "base/timeutil.h"
#include "lib/check.h"

static void test_instants(void **state)
{
	static const struct {
		const char *text;
		const char *wanted;
	} cases[] = {
		{ "2026-03-01T08:00:00Z", "2026-03-01T08:00:00.000000Z" },
		{ "2026-03-01T08:00:00.123456Z", "2026-03-01T08:00:00.123456Z" },
		{ "2026-03-01T08:00:00.5+08:00", "2026-03-01T00:00:00.500000Z" },
		{ "2026-03-01t08:00:00z", "2026-03-01T08:00:00.000000Z" },
		{ "2026-02-28T23:30:00-01:00", "2026-03-01T00:30:00.000000Z" },
		{ "2024-02-29T23:59:59.999999999Z", "2024-02-29T23:59:59.999999Z" }, /* cut */
		{ "2000-02-29T00:00:00-00:00", "2000-02-29T00:00:00.000000Z" },
		{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z" },
		{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z" },
	};
	char text[TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t us = -1;

		assert_true(time_parse(cases[i].text, &us));
		assert_string_equal(time_format(us, text), cases[i].wanted);
	}
}

static void test_no_instants(void **state)
{
	static const char *const cases[] = {
		"",
		"now",
		"2026-03-01",
		"2026-03-01T08:00:00",       /* whose time? */
		"2026-03-01T08:00Z",         /* seconds are not optional */
		"2026-03-01 08:00:00Z",      /* what '+' in a query becomes */
		"2026-03-01T08:00:00 08:00", /* the same in an offset */
		"2026-03-01T08:00:00+0800",
		"2026-03-01T08:00:00+24:00",
		"2026-03-01T08:00:00+08:60",
		"2026-03-01T08:00:00+8:00",
		"2026-03-01T08:00:00.Z",
		"2026-03-01T08:00:00.1234567890Z",
		"2026-03-01T08:00:00,5Z",
		"2026-03-01T24:00:00Z",
		"2026-03-01T08:60:00Z",
		"2026-06-30T23:59:60Z",
		"2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-3-1T08:00:00Z",
		"+2026-03-01T08:00:00Z",
		" 2026-03-01T08:00:00Z",
		"2026-03-01T08:00:00Z ",
		"2026-03-01T08:00:00ZZ",
		"1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"12026-03-01T08:00:00Z",
		"1772352000",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t us;

		POISON(us);
		assert_false(time_parse(cases[i], &us));
		assert_poisoned(us);
	}
}

static void test_dates(void **state)
{
	static const char *const bad[] = { "",           "2026-02-29",  "2026-3-1",
					   "20260301",   "2026-03-01T", "2026-03",
					   "2026-03-32", "1969-12-31" };
	char text[TIME_TEXT];
	int64_t us = -1;

	(void)state;
	assert_true(time_parse_date("2026-03-01", &us));
	assert_string_equal(time_format(us, text), "2026-03-01T00:00:00.000000Z");
	assert_true(time_parse_date("2000-12-31", &us));
	assert_string_equal(time_format(us, text), "2000-12-31T00:00:00.000000Z");
	assert_string_equal(time_format(time_date_over("2026-02-28"), text),
			    "2026-02-28T16:00:00.000000Z");
	assert_int_equal(time_date_over(""), 0);
	assert_int_equal(time_date_over("2026-02-29"), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		POISON(us);
		assert_false(time_parse_date(bad[i], &us));
		assert_poisoned(us);
	}
}

/* Each day of four centuries is one after the other, and prints as what it was. */
static void test_calendar(void **state)
{
	int64_t before = 0;

	(void)state;
	for (int64_t day = 1; day < 146097; day++) {
		char text[TIME_TEXT];
		int64_t us = -1;

		time_format(day * 86400 * 1000000, text);
		text[10] = '\0';
		assert_true(time_parse_date(text, &us));
		assert_true(us - before == INT64_C(86400) * 1000000);
		before = us;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_instants),
					    cmocka_unit_test(test_no_instants),
					    cmocka_unit_test(test_dates),
					    cmocka_unit_test(test_calendar) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
