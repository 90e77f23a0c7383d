/* SPDX-License-Identifier: Apache-2.0 */
/* Shares of counties, and the targets of a region that have the shape to be compared. */
#include <string.h>

#include "base/auto.h"
#include "base/buf.h"
#include "domain/target.h"
#include "lib/check.h"
#include "json/targets.h"

static void test_share(void **state)
{
	static const struct {
		double value;
		int64_t share; /* -1: none */
	} rows[] = {
		{ 0, 0 },           { 1, 10000 },     { 0.3, 3000 },  { 0.07, 700 },
		{ 0.0001, 1 },      { 0.9999, 9999 }, { 0.29, 2900 }, { 0.00005, -1 },
		{ 0.12345, -1 },    { -0.1, -1 },     { 1.0001, -1 }, { 1e300, -1 },
		{ 0.30000001, -1 }, { -0.0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t share = -1;

		assert_int_equal(share_from_double(rows[i].value, &share), rows[i].share >= 0);
		assert_int_equal(share, rows[i].share);
	}
}

/* Every share of four decimals is the one that was written. */
static void test_share_all(void **state)
{
	(void)state;
	for (int64_t n = 0; n <= SHARE_SCALE; n++) {
		int64_t share = -1;

		assert_true(share_from_double((double)n / SHARE_SCALE, &share));
		assert_int_equal(share, n);
	}
}

/* In doubles 0.07 × 100 is 7.000000000000001, and its ceiling 8. */
static void test_needed(void **state)
{
	static const struct {
		int64_t share, counties, needed;
	} rows[] = {
		{ 700, 100, 7 },   { 3000, 10, 3 },
		{ 3000, 11, 4 },   { 3000, 104, 32 },
		{ 0, 104, 0 },     { 10000, 104, 104 },
		{ 9500, 104, 99 }, { 1, 1, 1 },
		{ 1, 10000, 1 },   { 1, 10001, 2 },
		{ 2857, 7, 2 },    { 2858, 7, 3 },
		{ 5000, 0, 0 },    { 10000, 1000000, 1000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(target_needed(rows[i].share, rows[i].counties), rows[i].needed);
}

static void test_short(void **state)
{
	(void)state;
	assert_int_equal(target_short(3, 0), 3);
	assert_int_equal(target_short(3, 2), 1);
	assert_int_equal(target_short(3, 3), 0);
	assert_int_equal(target_short(3, 9), 0);
	assert_int_equal(target_short(0, 0), 0);
}

static void test_read(void **state)
{
	static const char text[] = "{\"strive\":{\"2030\":0.7,\"2027\":0.40},"
				   "\"ensure\":{\"2035\":1,\"2027\":0.30},\"plan\":{\"2027\":0.1}}";
	static const struct target want[] = {
		{ TARGET_ENSURE, "2027", 3000 },
		{ TARGET_ENSURE, "2035", 10000 },
		{ TARGET_STRIVE, "2027", 4000 },
		{ TARGET_STRIVE, "2030", 7000 },
	};
	struct target got[TARGETS_COMPARED];

	(void)state;
	assert_int_equal(json_read_targets(text, got), ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(got[i].kind, want[i].kind);
		assert_string_equal(got[i].year, want[i].year);
		assert_int_equal(got[i].share, want[i].share);
	}
}

/* What has another shape is passed over, and what is beside it is not. */
static void test_read_odd(void **state)
{
	static const char *const none[] = {
		"{}",
		"[]",
		"",
		"{\"ensure\":0.3}",
		"{\"ensure\":[0.3]}",
		"{\"ensure\":{\"1999\":0.3,\"2100\":0.3,\"27\":0.3,\"2027a\":0.3}}",
		"{\"ensure\":{\"2027\":\"0.3\"}}",
		"{\"ensure\":{\"2027\":30}}",
		"{\"ensure\":{\"2027\":0.33333}}",
		"{\"ensure\":{\"2027\":null}}",
	};
	struct target got[TARGETS_COMPARED];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(json_read_targets(none[i], got), 0);
	assert_int_equal(json_read_targets("{\"n\":99999999999999999999999,\"ensure\":"
					   "{\"2027\":2,\"2028\":0.5,\"x\":{}},\"strive\":7}",
					   got),
			 1);
	assert_string_equal(got[0].year, "2028");
}

static void test_read_full(void **state)
{
	struct target got[TARGETS_COMPARED];
	struct buf auto_buf text;

	(void)state;
	buf_init(&text, 8192);
	for (int kind = 0; kind < TARGET_KINDS; kind++) {
		buf_printf(&text, "%s\"%s\":{", kind ? "}," : "{", target_kind_names[kind]);
		for (int y = 2000; y < 2100; y++)
			buf_printf(&text, "%s\"%d\":0.5", y > 2000 ? "," : "", y);
	}
	buf_str(&text, "}}");
	assert_false(buf_failed(&text));
	memset(got, 0, sizeof(got));
	assert_int_equal(json_read_targets(text.data, got), TARGETS_COMPARED);
	assert_string_equal(got[TARGETS_COMPARED - 1].year, "2099");
}

/* What is undertaken goes before what is hoped for, the last of its years before the others. */
static void test_year(void **state)
{
	static const struct {
		const char *text;
		int year;
	} rows[] = {
		{ "{\"ensure\":{\"2031\":0.6,\"2028\":0.3},\"strive\":{\"2040\":1}}", 2031 },
		{ "{\"ensure\":{},\"strive\":{\"2029\":0.5,\"2033\":1}}", 2033 },
		{ "{\"ensure\":{\"2030\":50}}", 0 },
		{ "{}", 0 },
		{ "no JSON", 0 },
		{ NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(json_targets_year(rows[i].text), rows[i].year);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),     cmocka_unit_test(test_share_all),
		cmocka_unit_test(test_needed),    cmocka_unit_test(test_short),
		cmocka_unit_test(test_read),      cmocka_unit_test(test_read_odd),
		cmocka_unit_test(test_read_full), cmocka_unit_test(test_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
