/* SPDX-License-Identifier: Apache-2.0 */
/* What explanations promise beyond the cases of tests/golden/explain/: sums of shares that
 * hold for any county, lacks that are enough and no more, and the bounds. */
#include "domain/explain.h"

#include <stdio.h>

#include "domain/dispersion.h"
#include "domain/record.h"
#include "lib/check.h"
#include "lib/national.h"

static void judge_value(struct record *r, int indicator, int64_t figure, int64_t unit, int64_t den,
			const struct standard *s)
{
	const struct indicator_ratio ratio = { figure * unit, den, 0, unit };

	record_value_judge(&ratio, s, s->judge_rounded, r->stage, indicator, &r->values[indicator]);
}

/* A record with the same figures everywhere: n of each for students pupils. */
static struct record record_of(int64_t students, int64_t figure, const struct standard *s)
{
	struct record r = { .stage = STAGE_PRIMARY, .students = students };

	for (int i = 0; i < INDICATORS; i++) {
		judge_value(&r, i, figure, indicators[i].per_hundred ? 10000 : 1, students, s);
		r.met_count += r.values[i].status == STATUS_MET;
	}
	r.status = record_status(r.values, s);
	return r;
}

static void test_items(void **state)
{
	static const char *const bad[] = { "",
					   "R2",
					   "R2.primary",
					   "R2.primary.",
					   "R2.primary.c",
					   "R2.primary.cvs",
					   "R2.primary.school",
					   "R2.primary.schoolsx",
					   "R8.primary.cv",
					   "R0.primary.schools",
					   "R2.senior.cv",
					   "schools",
					   "schools.primary.schools",
					   "schools.",
					   "cv",
					   "r2.primary.cv",
					   "R2.primary.cv ",
					   "R9",
					   "R12",
					   "G",
					   "g3",
					   "G3 ",
					   "G-3",
					   "3G",
					   "_G3",
					   "G3.cv",
					   "ABCDEFGHIJKLMNOPQ" };
	static const char *const own[] = { "G3",  "Q1",  "S1", "V7",
					   "AH1", "R9X", "RX", "ABCDEFGHIJKLMNOP",
					   "A_1" };
	struct explain_item item;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		POISON(item);
		assert_true(explain_item_parse(own[i], &item));
		assert_true(item.part == EXPLAIN_ITEM && item.indicator == -1);
		assert_string_equal(item.name, own[i]);
	}
	assert_true(explain_item_parse("R2.primary.cv", &item));
	assert_true(item.part == EXPLAIN_CV && item.stage == STAGE_PRIMARY && item.indicator == 1);
	assert_true(explain_item_parse("R7.junior.schools", &item));
	assert_true(item.part == EXPLAIN_SCHOOLS && item.stage == STAGE_JUNIOR &&
		    item.indicator == 6);
	assert_string_equal(item.name, "R7.junior.schools");
	assert_true(explain_item_parse("schools.junior", &item));
	assert_true(item.part == EXPLAIN_RECORDS && item.stage == STAGE_JUNIOR &&
		    item.indicator == -1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		POISON(item);
		assert_false(explain_item_parse(bad[i], &item));
		assert_poisoned(item);
	}
}

/* The published example, and counties that differ in the last digits only: the sum of the
 * shares is the CV's square, though CVs go down to 10^-12. */
static void check_sum(const struct record *records, size_t n, const char *what)
{
	struct contribution c[64];
	struct dispersion d;
	struct indicator_judgement j;
	double sum = 0, percent = 0;

	dispersion_compute(records, n, 3, 500, &d);
	j = (struct indicator_judgement){
		.has_mean = d.has_mean, .has_cv = d.has_cv, .mean = d.mean, .cv = d.cv
	};
	assert_int_equal(explain_cv(records, n, 3, &j, c), n);
	for (size_t i = 0; i < n; i++) {
		sum += c[i].share;
		percent += c[i].percent;
		if (i > 0)
			assert_true(c[i - 1].share >= c[i].share);
	}
	if (fabs(sum - d.cv * d.cv) > 1e-12 * d.cv * d.cv || fabs(percent - 100) > 1e-10) {
		fprintf(stderr, "%s: sum %.17g, CV² %.17g, %.17g %%\n", what, sum, d.cv * d.cv,
			percent);
		fail();
	}
}

static void test_shares_sum(void **state)
{
	static const int64_t five[][2] = {
		{ 45, 27900 }, { 37, 13700 }, { 89, 93500 }, { 76, 16000 }, { 55, 40200 }
	};
	struct record r[50];
	uint32_t x = 20170419;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(five); i++)
		r[i] = record_of(five[i][0], five[i][1], &national);
	check_sum(r, ARRAY_LEN(five), "five schools");
	for (int round = 0; round < 200; round++) {
		const int64_t spread = INT64_C(1) << (round % 40);

		for (size_t i = 0; i < ARRAY_LEN(r); i++) {
			int64_t pupils;

			x = x * 1664525 + 1013904223;
			pupils = 1 + x % 3000;
			r[i] = record_of(pupils, pupils * 1000000000 + (int64_t)(x % 7) * spread,
					 &national);
		}
		check_sum(r, ARRAY_LEN(r), "nearly equal schools");
	}
}

/* Differences of one part in 10^12: the mean in doubles would drown them. */
static void test_small_cv_tells_apart(void **state)
{
	const int64_t base = INT64_C(100000000000000);
	struct record r[3];
	struct contribution c[3];
	struct indicator_judgement j = { .has_mean = true, .has_cv = true, .cv = 1e-12 };

	(void)state;
	r[0] = record_of(100, base, &national);
	r[1] = record_of(100, base + 100, &national);
	r[2] = record_of(100, base + 500, &national);
	assert_int_equal(explain_cv(r, 3, 3, &j, c), 3);
	/* −2, −1 and +3 hundredths around the mean: 4, 1 and 9 of 14. */
	assert_int_equal(c[0].record, 2);
	assert_int_equal(c[1].record, 0);
	assert_int_equal(c[2].record, 1);
	assert_near(c[0].percent, 900.0 / 14, 1e-9);
	assert_near(c[1].percent, 400.0 / 14, 1e-9);
	assert_near(c[0].deviation, 0.03, 1e-12);
}

static void test_cv_without(void **state)
{
	struct record r[3];
	double cv;

	(void)state;
	r[0] = record_of(100, 300, &national);
	r[1] = record_of(200, 0, &national);
	r[2] = record_of(50, 0, &national);
	POISON(cv);
	assert_false(explain_cv_without(r, 3, 3, 0, &cv)); /* nothing but zeros */
	assert_false(explain_cv_without(r, 1, 3, 0, &cv)); /* nothing left */
	assert_poisoned(cv);
	assert_true(explain_cv_without(r, 3, 3, 2, &cv));
	assert_near(cv, sqrt(2), 1e-15);
	r[1] = record_of(200, 600, &national);
	assert_true(explain_cv_without(r, 3, 3, 2, &cv));
	assert_true(cv == 0); /* equal, and exactly so */
}

static void test_total(void **state)
{
	struct record r[2];
	struct explain_total t;

	(void)state;
	r[0] = record_of(300, 7, &national);
	r[1] = record_of(400, 8, &national);
	explain_total(r, 2, 1, &t); /* teachers */
	assert_true(t.exact && t.hundredths == 1500 && t.total == 15 && t.students == 700);
	explain_total(r, 2, 3, &t); /* hundredths of m² */
	assert_true(t.exact && t.hundredths == 15 && t.total == 0.15);
	/* 600 primary pupils of 600 + 1.1 × 300 have 3870.9677 of 6000. */
	r[0] = record_of(600, 0, &national);
	judge_value(&r[0], 3, 600000, 100, 93000, &national);
	explain_total(r, 1, 3, &t);
	assert_false(t.exact);
	assert_near(t.total, 3870.967741935484, 1e-11);
	r[1].values[3].status = STATUS_NO_DATA;
	explain_total(r + 1, 1, 3, &t);
	assert_true(t.exact && t.records == 0 && t.students == 0 && t.total == 0);
}

/* For any figure and pupils: what explain_lack() says is enough, and one less is not. */
static void check_lack(const struct record *r, int i, int64_t figure, const struct standard *s)
{
	const int64_t unit = r->values[i].unit, den = r->values[i].den;
	struct record other = *r;
	struct lack lack;

	explain_lack(r, s, i, &lack);
	assert_int_equal(lack.to_threshold == 0, r->values[i].status == STATUS_MET);
	assert_int_equal(lack.to_floor == 0, r->values[i].floor_met);
	assert_true(lack.to_floor <= lack.to_threshold);
	judge_value(&other, i, figure + lack.to_threshold, unit, den, s);
	assert_int_equal(other.values[i].status, STATUS_MET);
	judge_value(&other, i, figure + lack.to_floor, unit, den, s);
	assert_true(other.values[i].floor_met);
	if (lack.to_threshold > 0) {
		judge_value(&other, i, figure + lack.to_threshold - 1, unit, den, s);
		assert_int_equal(other.values[i].status, STATUS_NOT_MET);
	}
	if (lack.to_floor > 0) {
		judge_value(&other, i, figure + lack.to_floor - 1, unit, den, s);
		assert_false(other.values[i].floor_met);
	}
}

static void test_lacks_are_exact(void **state)
{
	static const int64_t weights[] = { 1, 100, 110, 120, 132 };
	uint32_t x = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const int i = round % INDICATORS;
		const int64_t weight =
			indicators[i].site ? weights[(size_t)round / 7 % ARRAY_LEN(weights)] : 1;
		struct standard s = national;
		struct record r = { .stage = (enum stage)(round / 35 % JUDGED_STAGES) };
		int64_t den, figure, full;

		s.judge_rounded = round / 70 % 2;
		x = x * 1664525 + 1013904223;
		r.students = 1 + (x >> 8) % 3000;
		den = weight == 1 ? r.students : r.students * weight + (x >> 4) % 1000 * 110;
		full = s.threshold[r.stage][i] * den / weight /
		       (indicators[i].per_hundred ? 100000 : 10);
		x = x * 1664525 + 1013904223;
		/* From nothing to a little above the threshold. */
		figure = (int64_t)((double)full * ((x >> 8) % 1100) / 1000);
		judge_value(&r, i, figure, weight * (indicators[i].per_hundred ? 10000 : 1), den,
			    &s);
		check_lack(&r, i, figure, &s);
	}
}

static void test_lack_bounds(void **state)
{
	struct standard s = national;
	struct record r = { .stage = STAGE_PRIMARY, .students = INT64_C(50000000000) };
	struct lack lack;

	(void)state;
	/* The largest divisor and a threshold that no school could reach. */
	s.threshold[STAGE_PRIMARY][5] = INT64_C(999999999999);
	judge_value(&r, 5, 0, 1, INT64_C(150000000000000), &s);
	explain_lack(&r, &s, 5, &lack);
	assert_true(lack.shared);
	assert_true(lack.to_threshold == INT64_MAX && lack.to_floor == INT64_MAX);
	assert_true(lack.share_to_threshold == INT64_MAX);
	/* No threshold: nothing is lacking. */
	s.threshold[STAGE_PRIMARY][5] = 0;
	for (int rounded = 0; rounded < 2; rounded++) {
		s.judge_rounded = rounded;
		judge_value(&r, 5, 0, 1, 100, &s);
		explain_lack(&r, &s, 5, &lack);
		assert_true(lack.to_threshold == 0 && lack.to_floor == 0);
	}
}

/* Lifted as it says, a record meets the standard whatever it was. */
static void test_lift(void **state)
{
	static const int needed[] = { 6, 7, 5 };
	uint32_t x = 11;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct standard s = national;
		struct record r = { .stage = STAGE_PRIMARY, .students = 400 };
		enum lift lift[INDICATORS];

		s.indicators_needed = needed[round % 3];
		for (int i = 0; i < INDICATORS; i++) {
			const int64_t unit = indicators[i].per_hundred ? 10000 : 1;
			const int64_t full = s.threshold[r.stage][i] * 400 / 10 / unit;

			x = x * 1664525 + 1013904223;
			judge_value(&r, i, full * ((x >> 8) % 1300) / 1000, unit, 400, &s);
		}
		r.status = record_status(r.values, &s);
		explain_lift(&r, &s, lift);
		for (int i = 0; i < INDICATORS; i++) {
			const int64_t unit = r.values[i].unit;
			struct lack lack;

			explain_lack(&r, &s, i, &lack);
			if (r.status == STATUS_MET)
				assert_int_equal(lift[i], LIFT_NONE);
			if (lift[i] != LIFT_NONE)
				judge_value(&r, i,
					    r.values[i].num / unit + (lift[i] == LIFT_FLOOR
									      ? lack.to_floor
									      : lack.to_threshold),
					    unit, 400, &s);
		}
		assert_int_equal(record_status(r.values, &s), STATUS_MET);
	}
}

static void test_sensitive(void **state)
{
	struct explain_counts counts;
	struct record r[2];

	(void)state;
	/* 4.495 m² is displayed 4.50; the other school is far above. */
	r[0] = record_of(1000, 1000000000, &national);
	r[1] = record_of(1000, 1000000000, &national);
	judge_value(&r[1], 3, 449500, 1, 1000, &national);
	explain_count(r, 2, 3, &national, 0, &counts);
	assert_true(counts.met == 1 && counts.not_met == 1 && counts.no_data == 0);
	assert_true(counts.status == STATUS_NOT_MET && counts.rounding_sensitive);
	assert_true(explain_sensitive(&r[1], 3, &national));
	assert_false(explain_sensitive(&r[0], 3, &national));
	/* As a whole it meets either way: six of seven. */
	r[1].status = record_status(r[1].values, &national);
	assert_int_equal(r[1].status, STATUS_MET);
	assert_false(explain_sensitive(&r[1], -1, &national));
	/* A missing school makes unknown what would else be met. */
	explain_count(r, 2, -1, &national, 1, &counts);
	assert_true(counts.status == STATUS_NO_DATA && !counts.rounding_sensitive);
	explain_count(r, 0, -1, &national, 0, &counts);
	assert_true(counts.status == STATUS_NOT_APPLICABLE && !counts.rounding_sensitive);
}

/* 1 visiting teacher for 80 pupils is 1.25, without 0; 2 beside 3 of their own change nothing. */
static void test_relief_decides(void **state)
{
	const struct indicator_ratio decisive = { 10000, 80, 10000, 10000 };
	const struct indicator_ratio idle = { 50000, 80, 20000, 10000 };
	const struct indicator_ratio none = { 30000, 80, 0, 10000 };
	struct record_value v;

	(void)state;
	record_value_judge(&decisive, &national, false, STAGE_PRIMARY, 2, &v);
	assert_true(v.relief && v.relief_decisive && v.status == STATUS_MET);
	record_value_judge(&idle, &national, false, STAGE_PRIMARY, 2, &v);
	assert_true(v.relief && !v.relief_decisive);
	record_value_judge(&none, &national, false, STAGE_PRIMARY, 2, &v);
	assert_false(v.relief || v.relief_decisive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_shares_sum),
		cmocka_unit_test(test_small_cv_tells_apart),
		cmocka_unit_test(test_cv_without),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_lacks_are_exact),
		cmocka_unit_test(test_lack_bounds),
		cmocka_unit_test(test_lift),
		cmocka_unit_test(test_sensitive),
		cmocka_unit_test(test_relief_decides),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
