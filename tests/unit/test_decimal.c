/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include <stdlib.h>

#include "lib/check.h"

static void test_from_double(void **state)
{
	static const struct {
		double value;
		int64_t hundredths;
	} good[] = {
		{ 0, 0 },
		{ 4.2, 420 },
		{ 0.01, 1 },
		{ 0.29, 29 },
		{ 1.15, 115 },
		{ 2.675e3, 267500 },
		{ -0.05, -5 },
		{ 1e12 + 0.01, 100000000000001 },
		{ 9e12, 900000000000000 },
		{ 8999999999999.99, 899999999999999 },
		{ 4.35, 435 },
	};
	int64_t out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		POISON(out);
		assert_int_equal(decimal_from_double(good[i].value, &out), DECIMAL_OK);
		assert_int_equal(out, good[i].hundredths);
		assert_true(decimal_to_double(out) == good[i].value);
	}
}

static void test_from_double_refuses(void **state)
{
	int64_t out;

	(void)state;
	POISON(out);
	assert_int_equal(decimal_from_double(0.001, &out), DECIMAL_TOO_MANY_DECIMALS);
	assert_int_equal(decimal_from_double(4.205, &out), DECIMAL_TOO_MANY_DECIMALS);
	assert_int_equal(decimal_from_double(1e12 + 0.005, &out), DECIMAL_TOO_MANY_DECIMALS);
	assert_int_equal(decimal_from_double(1.0 / 3, &out), DECIMAL_TOO_MANY_DECIMALS);
	assert_int_equal(decimal_from_double(9000000000000.01, &out), DECIMAL_TOO_BIG);
	assert_int_equal(decimal_from_double(-1e300, &out), DECIMAL_TOO_BIG);
	assert_int_equal(decimal_from_double((double)INFINITY, &out), DECIMAL_TOO_BIG);
	assert_int_equal(decimal_from_double((double)NAN, &out), DECIMAL_TOO_BIG);
	assert_poisoned(out);
}

/* Every hundredth near the upper end comes back from its double. */
static void test_from_double_is_exact_at_the_end(void **state)
{
	(void)state;
	for (int64_t h = 900000000000000 - 20000; h <= 900000000000000; h++) {
		char text[DECIMAL_TEXT];
		int64_t out = 0;

		assert_int_equal(decimal_from_double(strtod(decimal_format(h, text), NULL), &out),
				 DECIMAL_OK);
		assert_int_equal(out, h);
	}
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t hundredths;
	} good[] = {
		{ "0", 0 },           { "7", 700 },
		{ "1234.5", 123450 }, { "1234.50", 123450 },
		{ "-0.05", -5 },      { "0.01", 1 },
		{ "-3", -300 },       { "123456789012345.67", 12345678901234567 },
	};
	static const char *const bad[] = {
		"",
		"-",
		".",
		".5",
		"5.",
		"1.234",
		"1..2",
		"1.2.3",
		"+1",
		" 1",
		"1 ",
		"1e3",
		"0x1",
		"--1",
		"1234567890123456789",
		"99999999999999999",
		"12a",
	};
	int64_t out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		POISON(out);
		assert_true(decimal_parse(good[i].text, &out));
		assert_int_equal(out, good[i].hundredths);
	}
	POISON(out);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(decimal_parse(bad[i], &out));
	assert_poisoned(out);
}

static void test_format(void **state)
{
	char out[DECIMAL_TEXT];

	(void)state;
	assert_string_equal(decimal_format(0, out), "0.00");
	assert_string_equal(decimal_format(5, out), "0.05");
	assert_string_equal(decimal_format(-5, out), "-0.05");
	assert_string_equal(decimal_format(123450, out), "1234.50");
	assert_string_equal(decimal_format(INT64_MAX, out), "92233720368547758.07");
	assert_string_equal(decimal_format(INT64_MIN, out), "-92233720368547758.08");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_double),
		cmocka_unit_test(test_from_double_refuses),
		cmocka_unit_test(test_from_double_is_exact_at_the_end),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
