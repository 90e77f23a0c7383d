/* SPDX-License-Identifier: Apache-2.0 */
/* A value against a threshold, exactly, whatever its size. */
#include "domain/measure.h"

#include "lib/check.h"

static void test_quotient(void **state)
{
	const int128 e18 = (int128)1000000000000000000;

	(void)state;
	assert_true(wide_quotient(21, 5) == 4.2);
	assert_true(wide_quotient(-21, 5) == -4.2);
	assert_true(wide_quotient(0, 7) == 0);
	assert_true(wide_quotient(e18 * e18, e18) == 1e18);
	assert_true(wide_quotient(1, e18 * e18) == 1e-36);
	assert_true(wide_quotient(e18 * e18, 1) == 1e36);
	assert_true(wide_quotient(2 * e18 * e18, 3 * e18 * e18) == 2.0 / 3);
	/* A tie of 54 bits is broken by what comes after it. */
	assert_true(wide_quotient(((int128)1 << 54) + 2, 4) == (double)(((int128)1 << 52) + 0));
	assert_true(wide_quotient(((((int128)1 << 53) + 1) << 40) + 1, (int128)1 << 40) ==
		    9007199254740994.0);
}

static void test_round(void **state)
{
	(void)state;
	assert_true(wide_round(5, 10) == 1);
	assert_true(wide_round(4, 10) == 0);
	assert_true(wide_round(-4, 10) == 0);
	assert_true(wide_round(-5, 10) == -1);
	assert_true(wide_round(15, 10) == 2);
	assert_true(wide_saturated((int128)INT64_MAX + 1) == INT64_MAX);
	assert_true(wide_saturated(INT64_MIN) == -INT64_MAX);
	assert_true(wide_saturated(-(int128)INT64_MAX * 4) == -INT64_MAX);
}

static void test_measure(void **state)
{
	static const struct {
		enum measure measure;
		enum compare compare;
		int64_t threshold; /* thousandths */
		int64_t num, den;
		enum status exact, rounded;
		int64_t shown;
	} rows[] = {
		{ MEASURE_PERCENT, AT_LEAST, 95000, 95, 100, STATUS_MET, STATUS_MET, 950 },
		{ MEASURE_PERCENT, AT_LEAST, 95000, 9499, 10000, STATUS_NOT_MET, STATUS_MET, 950 },
		{ MEASURE_PERCENT, MORE_THAN, 95000, 95, 100, STATUS_NOT_MET, STATUS_NOT_MET, 950 },
		{ MEASURE_PERCENT, MORE_THAN, 95000, 9504, 10000, STATUS_MET, STATUS_NOT_MET, 950 },
		{ MEASURE_PERCENT, AT_MOST, 5000, 5, 100, STATUS_MET, STATUS_MET, 50 },
		{ MEASURE_PERCENT, AT_MOST, 5000, 504, 10000, STATUS_NOT_MET, STATUS_MET, 50 },
		{ MEASURE_PERCENT, LESS_THAN, 5000, 5, 100, STATUS_NOT_MET, STATUS_NOT_MET, 50 },
		{ MEASURE_PERCENT, LESS_THAN, 5000, 499, 10000, STATUS_MET, STATUS_NOT_MET, 50 },
		{ MEASURE_PERCENT, AT_LEAST, 33333, 1, 3, STATUS_MET, STATUS_NOT_MET, 333 },
		{ MEASURE_PERCENT, AT_LEAST, 33334, 1, 3, STATUS_NOT_MET, STATUS_NOT_MET, 333 },
		{ MEASURE_PERCENT, AT_LEAST, -3333, -1, 30, STATUS_NOT_MET, STATUS_MET, -33 },
		{ MEASURE_PERCENT, MORE_THAN, -3000, -1, 40, STATUS_MET, STATUS_MET, -25 },
		{ MEASURE_PERCENT, AT_LEAST, -2400, -1, 40, STATUS_NOT_MET, STATUS_NOT_MET, -25 },
		{ MEASURE_NUMBER, AT_LEAST, 20000, 1999, 100, STATUS_NOT_MET, STATUS_NOT_MET,
		  1999 },
		{ MEASURE_YUAN, AT_LEAST, 8000000, 7999995, 1000, STATUS_NOT_MET, STATUS_MET,
		  800000 },
		{ MEASURE_NUMBER, AT_LEAST, INT64_MAX, INT64_MAX, 1, STATUS_MET, STATUS_MET,
		  INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct condition c = { .measure = rows[i].measure,
					     .compare = rows[i].compare };
		struct condition_judgement j;

		POISON(j);
		measure_judge(&c, rows[i].threshold, false, rows[i].num, rows[i].den, &j);
		assert_int_equal(j.status, rows[i].exact);
		assert_true(j.has_value && j.rounded == rows[i].shown);
		assert_int_equal(j.rounding_sensitive, rows[i].exact != rows[i].rounded);
		measure_judge(&c, rows[i].threshold, true, rows[i].num, rows[i].den, &j);
		assert_int_equal(j.status, rows[i].rounded);
		measure_judge(&c, rows[i].threshold, true, rows[i].num, 0, &j);
		assert_true(j.status == STATUS_UNDEFINED && !j.has_value);
		measure_judge(&c, rows[i].threshold, true, rows[i].num, -rows[i].den, &j);
		assert_int_equal(j.status, STATUS_UNDEFINED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quotient),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_measure),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
