/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/dispersion.h"

#include "domain/rational.h"
#include "lib/check.h"

#define VALUES_MAX 2000

/* Records with one indicator's value each: x of whole units over the pupils. */
static size_t fill(struct record *out, const int64_t (*values)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		memset(&out[i], 0xa5, sizeof(out[i])); /* nothing else may be looked at */
		out[i].students = values[i][0];
		out[i].values[2] = (struct record_value){
			.status = STATUS_MET,
			.num = values[i][1],
			.den = values[i][0],
			.value = (double)values[i][1] / (double)(values[i][0] * 100),
		};
	}
	return n;
}

static struct dispersion compute(const struct record *records, size_t n, int64_t limit)
{
	struct dispersion d;

	POISON(d);
	dispersion_compute(records, n, 2, limit, &d);
	return d;
}

/* Five schools, books per pupil: the only official-style worked example. The
 * unweighted form gives 0.489 and the sample form 0.546, so this tells them
 * apart, and with them the verdict. */
static const int64_t five[][2] = {
	{ 45, 27900 }, { 37, 13700 }, { 89, 93500 }, { 76, 16000 }, { 55, 40200 },
};

static void test_worked_example(void **state)
{
	struct record r[5];
	const struct dispersion d = compute(r, fill(r, five, 5), 500);

	(void)state;
	assert_int_equal(d.n, 5);
	assert_true(d.has_mean && d.has_cv && !d.exact && !d.within);
	assert_near(d.mean, 1913.0 / 302, 1e-14);
	assert_near(d.sd, 3.26, 0.005);
	assert_near(d.cv, 0.5152566, 5e-8);
	assert_int_equal(d.mean_rounded, 633);
	assert_int_equal(d.cv_rounded, 515);
	assert_true(compute(r, 5, 516).within);
}

/* What doubles say and what rationals say is the same where both can. */
static void test_rationals_agree(void **state)
{
	struct record r[5];
	struct dispersion d = compute(r, fill(r, five, 5), 500), q = d;

	(void)state;
	q.mean = q.sd = q.cv = -1;
	q.mean_rounded = q.cv_rounded = -1;
	q.within = true;
	rational_dispersion(r, 5, 2, 500, &q);
	assert_near(q.mean, d.mean, 1e-15 * 8);
	assert_near(q.sd, d.sd, 1e-15 * 8);
	assert_near(q.cv, d.cv, 1e-15);
	assert_int_equal(q.mean_rounded, d.mean_rounded);
	assert_int_equal(q.cv_rounded, d.cv_rounded);
	assert_false(q.within);
}

static void test_nothing(void **state)
{
	static const int64_t zero[][2] = { { 10, 0 }, { 20, 0 } };
	struct record r[2] = { 0 };
	struct dispersion d = compute(r, 0, 500);

	(void)state;
	assert_true(!d.has_mean && !d.has_cv && !d.within && d.n == 0);
	fill(r, zero, 2);
	d = compute(r, 2, 500);
	assert_true(d.has_mean && !d.has_cv && !d.within);
	assert_true(d.mean == 0 && d.sd == 0 && d.cv == 0 && d.mean_rounded == 0);
	r[0].values[2].status = r[1].values[2].status = STATUS_NO_DATA;
	assert_false(compute(r, 2, 500).has_mean);
}

/* A record without the value, and perhaps without pupils, takes no part. */
static void test_missing_takes_no_part(void **state)
{
	struct record r[6];
	struct dispersion d;

	(void)state;
	fill(r, five, 5);
	r[5] = r[2];
	r[2].students = MISSING;
	r[2].values[2] = (struct record_value){ .status = STATUS_NO_DATA, .den = 1 };
	d = compute(r, 6, 500);
	assert_int_equal(d.n, 5);
	assert_near(d.cv, 0.5152566, 5e-8);
	rational_dispersion(r, 6, 2, 500, &d);
	assert_near(d.cv, 0.5152566, 5e-8);
}

static void test_alike(void **state)
{
	static const int64_t thirds[][2] = { { 3, 2000 }, { 21, 14000 }, { 300, 200000 } };
	struct record r[3];
	struct dispersion d = compute(r, fill(r, thirds, 3), 0);

	(void)state;
	assert_true(d.cv == 0 && d.sd == 0 && d.within && !d.exact);
	assert_int_equal(d.mean_rounded, 667);
	assert_int_equal(d.cv_rounded, 0);
	assert_true(compute(r, 1, 0).cv == 0);
}

static void test_exactly_at_the_limit(void **state)
{
	static const int64_t at[][2] = { { 370, 70000 }, { 370, 210000 } };
	static const int64_t above[][2] = { { 370, 70000 }, { 370, 210001 } };
	static const int64_t below[][2] = { { 370, 70000 }, { 370, 209999 } };
	struct record r[2];
	struct dispersion d = compute(r, fill(r, at, 2), 500);

	(void)state;
	assert_true(d.exact && d.within && d.cv == 0.5 && d.cv_rounded == 500);
	d = compute(r, fill(r, above, 2), 500);
	assert_true(!d.within && d.cv_rounded == 500);
	d = compute(r, fill(r, below, 2), 500);
	assert_true(d.within && d.cv_rounded == 500);
}

static void test_ties_round_up(void **state)
{
	static const int64_t cv_tie[][2] = { { 1000, 175300 }, { 1000, 224700 } }; /* CV 0.1235 */
	static const int64_t mean_tie[][2] = { { 1, 100 }, { 1, 101 } };           /* 1.005 */
	static const int64_t under[][2] = { { 1000, 175301 }, { 1000, 224700 } };
	struct record r[2];
	struct dispersion d = compute(r, fill(r, cv_tie, 2), 500);

	(void)state;
	assert_true(d.exact && d.cv_rounded == 124);
	d = compute(r, fill(r, under, 2), 500);
	assert_int_equal(d.cv_rounded, 123);
	d = compute(r, fill(r, mean_tie, 2), 500);
	assert_true(d.exact && d.mean_rounded == 101);
}

/* Nine thousand milliards, one hundredth apart: one pass over squares gives 0. */
static void test_small_cv_of_large_values(void **state)
{
	static const int64_t close[][2] = { { 1, 900000000000000 }, { 1, 899999999999999 } };
	struct record r[2];
	const struct dispersion d = compute(r, fill(r, close, 2), 0);

	(void)state;
	assert_true(d.exact && !d.within);
	assert_near(d.sd, 0.005, 1e-12);
	assert_near(d.cv / (0.005 / 8999999999999.995), 1, 1e-12);
	assert_int_equal(d.mean_rounded, 900000000000000);
	assert_int_equal(d.cv_rounded, 0);
}

/* Far from any limit or tie, but a CV of 5 · 10^-10: doubles keep half its digits. */
static void test_small_cv(void **state)
{
	static const int64_t close[][2] = { { 1, 1000000000 }, { 2, 2000000002 } };
	struct record r[2];
	const struct dispersion d = compute(r, fill(r, close, 2), 500);

	(void)state;
	assert_true(d.exact && d.within);
	assert_near(d.cv / (sqrt(2) / 3 / (1000000000 + 2.0 / 3)), 1, 1e-14);
}

/* Schools of 7/3 and 7 each pupil, as many pupils of either: CV 1/2, where the
 * sums of doubles stray by more than a unit. */
static void test_at_the_limit_among_many(void **state)
{
	static struct record r[VALUES_MAX];
	static int64_t v[VALUES_MAX][2];

	(void)state;
	for (size_t i = 0; i < VALUES_MAX; i++) {
		v[i][0] = 3 * (17 + (int64_t)(i / 2 * 7919 % 1999));
		v[i][1] = v[i][0] / 3 * 700 * (i % 2 ? 3 : 1);
	}
	for (size_t n = 2; n <= VALUES_MAX; n += 2) {
		const struct dispersion d = compute(r, fill(r, (const int64_t(*)[2])v, n), 500);

		assert_true(d.exact && d.within && d.cv == 0.5);
	}
}

/* Means beyond what a double holds to the hundredth are rounded in rationals. */
static void test_large_mean(void **state)
{
	static const int64_t large[][2] = { { 1, 9000000000000000001 }, { 1, 3 } };
	struct record r[2];
	const struct dispersion d = compute(r, fill(r, large, 2), 500);

	(void)state;
	assert_true(d.exact);
	assert_int_equal(d.mean_rounded, 4500000000000000002);
	assert_int_equal(d.cv_rounded, 1000);
}

/* A large county: the bound on the error stays far from the verdict. */
static void test_many(void **state)
{
	static struct record r[VALUES_MAX];
	static int64_t v[VALUES_MAX][2];
	struct dispersion d, q;

	(void)state;
	for (size_t i = 0; i < VALUES_MAX; i++) {
		v[i][0] = 50 + (int64_t)(i * 7919 % 1999);
		v[i][1] = v[i][0] * (300 + (int64_t)(i * 104729 % 401));
	}
	d = compute(r, fill(r, (const int64_t(*)[2])v, VALUES_MAX), 500);
	assert_true(!d.exact && d.within);
	q = d;
	rational_dispersion(r, VALUES_MAX, 2, 500, &q);
	assert_near(d.cv / q.cv, 1, 1e-13);
	assert_near(d.mean / q.mean, 1, 1e-13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worked_example),
		cmocka_unit_test(test_rationals_agree),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_missing_takes_no_part),
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_exactly_at_the_limit),
		cmocka_unit_test(test_ties_round_up),
		cmocka_unit_test(test_small_cv_of_large_values),
		cmocka_unit_test(test_small_cv),
		cmocka_unit_test(test_at_the_limit_among_many),
		cmocka_unit_test(test_large_mean),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("dispersion", tests, NULL, NULL);
}
