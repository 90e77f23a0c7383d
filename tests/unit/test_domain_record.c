/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/record.h"

#include "lib/check.h"
#include "lib/national.h"

/* The verdict of seven values, one letter each: m met, s short but above its
 * floor, b below its floor, ? missing. */
static enum status status_of(const char *letters, int needed, int floor_percent)
{
	struct standard s = national;
	struct record_value v[INDICATORS];

	s.indicators_needed = needed;
	s.floor_percent = floor_percent;
	for (int i = 0; i < INDICATORS; i++) {
		v[i] = (struct record_value){ .status = STATUS_NOT_MET };
		if (letters[i] == 'm')
			v[i].status = STATUS_MET;
		if (letters[i] == '?')
			v[i].status = STATUS_NO_DATA;
		v[i].floor_met = letters[i] == 'm' || letters[i] == 's';
	}
	return record_status(v, &s);
}

static void test_six_of_seven(void **state)
{
	static const struct {
		const char *values;
		enum status status;
	} rows[] = {
		{ "mmmmmmm", STATUS_MET },     { "mmmmmms", STATUS_MET },
		{ "smmmmmm", STATUS_MET },     { "mmmmmmb", STATUS_NOT_MET },
		{ "bmmmmmm", STATUS_NOT_MET }, { "mmmmmss", STATUS_NOT_MET },
		{ "mmmmmsb", STATUS_NOT_MET }, { "sssssss", STATUS_NOT_MET },
		{ "mmmmmm?", STATUS_NO_DATA }, { "mmmmms?", STATUS_NO_DATA },
		{ "mmmmmb?", STATUS_NOT_MET }, { "mmmmss?", STATUS_NOT_MET },
		{ "mmmmm??", STATUS_NO_DATA }, { "s??????", STATUS_NO_DATA },
		{ "ss?????", STATUS_NOT_MET }, { "b??????", STATUS_NOT_MET },
		{ "???????", STATUS_NO_DATA },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(status_of(rows[i].values, 6, 85), rows[i].status);
}

static void test_other_standards(void **state)
{
	(void)state;
	assert_int_equal(status_of("mmmmmms", 7, 85), STATUS_NOT_MET);
	assert_int_equal(status_of("mmmmmss", 5, 85), STATUS_MET);
	assert_int_equal(status_of("mmmmmm?", 6, 0), STATUS_MET);
	assert_int_equal(status_of("mmmmms?", 6, 0), STATUS_NO_DATA);
	assert_int_equal(status_of("mmmm???", 4, 0), STATUS_MET);
}

static struct record_value value_of(int64_t num, int64_t den, enum stage stage, int indicator,
				    bool rounded)
{
	const struct indicator_ratio ratio = { num, den, 0, 1 };
	struct record_value v;

	POISON(v);
	record_value_judge(&ratio, &national, rounded, stage, indicator, &v);
	assert_true(v.status == STATUS_MET || v.status == STATUS_NOT_MET);
	return v;
}

/* 21 of 500 is 4.2 per hundred and no double is; 85 % of 5.3 is 4.505. */
static void test_value_is_exact(void **state)
{
	struct record_value v = value_of(21 * 10000, 500, STAGE_PRIMARY, 0, false);

	(void)state;
	assert_int_equal(v.status, STATUS_MET);
	assert_true(v.value == 4.2);
	assert_int_equal(v.rounded, 420);
	assert_false(v.rounding_sensitive);
	v = value_of(901 * 10000, 20000, STAGE_JUNIOR, 0, false);
	assert_int_equal(v.status, STATUS_NOT_MET);
	assert_true(v.floor_met);
	assert_int_equal(v.rounded, 451);
	v = value_of(900 * 10000, 20000, STAGE_JUNIOR, 0, false);
	assert_false(v.floor_met);
	assert_false(v.rounding_sensitive); /* 4.50 is below 4.505 too */
}

static void test_value_rounded(void **state)
{
	struct record_value v = value_of(4495, 10, STAGE_PRIMARY, 3, false);

	(void)state;
	assert_int_equal(v.rounded, 450); /* 449.5 hundredths: half up */
	assert_int_equal(v.status, STATUS_NOT_MET);
	assert_true(v.rounding_sensitive);
	v = value_of(4495, 10, STAGE_PRIMARY, 3, true);
	assert_int_equal(v.status, STATUS_MET);
	assert_true(v.rounding_sensitive);
	v = value_of(4494, 10, STAGE_PRIMARY, 3, true);
	assert_int_equal(v.rounded, 449);
	assert_int_equal(v.status, STATUS_NOT_MET);
	assert_false(v.rounding_sensitive);
	/* 6.3745 is displayed 6.37: both below the floor 6.375. */
	v = value_of(63745, 100, STAGE_PRIMARY, 4, true);
	assert_false(v.floor_met);
	/* 6.375 is displayed 6.38. */
	v = value_of(63750, 100, STAGE_PRIMARY, 4, true);
	assert_true(v.floor_met);
}

/* Where numbers outgrow the 53 bits of a double, the value still is the nearest. */
static void test_value_of_large_numbers(void **state)
{
	const int64_t largest = INT64_C(3) * AMOUNT_SUM_MAX * WEIGHT_MAX;
	struct record_value v = value_of(largest, 1, STAGE_PRIMARY, 5, false);

	(void)state;
	assert_true(v.value == 9e16);
	assert_int_equal(v.rounded, largest);
	/* 2^53 + 1 hundredths over 3 and over 7, by long division elsewhere. */
	v = value_of(INT64_C(9007199254740993), 3, STAGE_PRIMARY, 5, false);
	assert_true(v.value == 30023997515803.31);
	v = value_of(INT64_C(9007199254740993), 7, STAGE_PRIMARY, 5, false);
	assert_true(v.value == 12867427506772.847);
	/* A divisor beyond 2^53, and an exact quotient. */
	v = value_of(INT64_C(1) << 60, INT64_C(1) << 47, STAGE_PRIMARY, 5, false);
	assert_true(v.value == 81.92);
	v = value_of(1, INT64_C(150000000000000), STAGE_PRIMARY, 5, false);
	assert_true(v.value == 1 / 1.5e16);
	/* A tie of two doubles, but for a remainder of 10^-15 of their distance. */
	v = value_of(INT64_C(5071215590159461958), INT64_C(2610855622303), STAGE_PRIMARY, 5, false);
	assert_true(v.value == 19423.577262714407 && v.value != 19423.577262714403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_six_of_seven),
		cmocka_unit_test(test_other_standards),
		cmocka_unit_test(test_value_is_exact),
		cmocka_unit_test(test_value_rounded),
		cmocka_unit_test(test_value_of_large_numbers),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
