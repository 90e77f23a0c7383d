/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rational.h"

#include <gmp.h>
#include <limits.h>
#include <math.h>

#include "base/decimal.h"

_Static_assert(LONG_MAX == INT64_MAX, "GMP's si and ui functions take our 64-bit figures");

/* S1 = a / c and S2 = b / d. The fractions are never reduced: a common divisor
 * costs more than the few digits that it would save. */
struct moments {
	mpz_t a, b, c, d;
	mpz_t term, whole; /* scratch */
	int64_t pupils;
};

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b) {
		const int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* num / den += term / by */
static void add_fraction(mpz_t num, mpz_t den, mpz_t term, int64_t by)
{
	mpz_mul_si(num, num, by);
	mpz_addmul(num, den, term);
	mpz_mul_si(den, den, by);
}

static void add_record(struct moments *m, int64_t pupils, const struct record_value *v)
{
	/* P num / den with a small divisor: none, where the site is not shared. */
	const int64_t common = common_divisor(pupils, v->den);
	const int64_t p = pupils / common, q = v->den / common;

	mpz_set_si(m->term, v->num);
	mpz_mul_si(m->term, m->term, p);
	if (q == 1)
		mpz_addmul(m->a, m->c, m->term);
	else
		add_fraction(m->a, m->c, m->term, q);
	mpz_mul_si(m->term, m->term, v->num);
	/* q · den may pass 64 bits: in two steps. */
	mpz_mul_si(m->b, m->b, q);
	mpz_mul_si(m->b, m->b, v->den);
	mpz_addmul(m->b, m->d, m->term);
	mpz_mul_si(m->d, m->d, q);
	mpz_mul_si(m->d, m->d, v->den);
	m->pupils += pupils;
}

static double quotient(const mpz_t num, const mpz_t den, bool root)
{
	long num_power, den_power;
	double q = mpz_get_d_2exp(&num_power, num) / mpz_get_d_2exp(&den_power, den);
	long power = num_power - den_power;

	if (!root)
		return ldexp(q, (int)power);
	if (power % 2) {
		q *= 2;
		power--;
	}
	return ldexp(sqrt(q), (int)(power / 2));
}

/* Mean in hundredths = a / (c P). */
static void finish_mean(struct moments *m, struct dispersion *out)
{
	mpz_mul_si(m->whole, m->c, m->pupils);
	out->mean = quotient(m->a, m->whole, false) / DECIMAL_SCALE;
	/* floor(mean + 1/2) */
	mpz_mul_2exp(m->term, m->a, 1);
	mpz_add(m->term, m->term, m->whole);
	mpz_mul_2exp(m->whole, m->whole, 1);
	mpz_fdiv_q(m->term, m->term, m->whole);
	out->mean_rounded = mpz_get_si(m->term);
}

/* CV^2 = n / d, n = P b c^2 - a^2 d' and d = a^2 d', d' being S2's denominator.
 * Leaves n in b and d in d; overwrites a. */
static void square_of_cv(struct moments *m)
{
	mpz_mul(m->a, m->a, m->a);
	mpz_mul(m->a, m->a, m->d);
	mpz_mul(m->b, m->b, m->c);
	mpz_mul(m->b, m->b, m->c);
	mpz_mul_si(m->b, m->b, m->pupils);
	mpz_sub(m->b, m->b, m->a);
	mpz_set(m->d, m->a);
}

static void finish_cv(struct moments *m, int64_t cv_limit, struct dispersion *out)
{
	out->cv = quotient(m->b, m->d, true);
	out->sd = out->cv * out->mean;
	/* CV <= limit / 1000 */
	mpz_mul_si(m->a, m->d, cv_limit);
	mpz_mul_si(m->a, m->a, cv_limit);
	mpz_mul_si(m->term, m->b, (long)STANDARD_SCALE * STANDARD_SCALE);
	out->within = mpz_cmp(m->term, m->a) <= 0;
	/* k <= 1000 CV + 1/2 as long as (2k - 1)^2 <= (2000 CV)^2 */
	mpz_mul_si(m->term, m->term, 4);
	mpz_fdiv_q(m->term, m->term, m->d);
	mpz_sqrt(m->term, m->term);
	out->cv_rounded = (mpz_get_si(m->term) + 1) / 2;
}

void rational_dispersion(const struct record *records, size_t n, int indicator, int64_t cv_limit,
			 struct dispersion *out)
{
	struct moments m = { .pupils = 0 };

	mpz_inits(m.a, m.b, m.term, m.whole, NULL);
	mpz_init_set_ui(m.c, 1);
	mpz_init_set_ui(m.d, 1);
	for (size_t i = 0; i < n; i++) {
		const struct record_value *v = &records[i].values[indicator];

		if (v->status != STATUS_NO_DATA)
			add_record(&m, records[i].students, v);
	}
	finish_mean(&m, out);
	square_of_cv(&m);
	finish_cv(&m, cv_limit, out);
	mpz_clears(m.a, m.b, m.c, m.d, m.term, m.whole, NULL);
}
