/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/dispersion.h"

#include <float.h>
#include <math.h>

#include "base/decimal.h"
#include "domain/rational.h"
#include "domain/wide.h"

/* Beyond this bound of its relative error a CV is computed in rationals. */
#define RELATIVE_ERROR_MAX 1e-10

struct sums {
	size_t n;
	double pupils;
	double total; /* sum P_i X_i */
	bool zero;    /* every X_i is 0 */
	bool equal;   /* every X_i is the same number */
};

static bool takes_part(const struct record *r, int indicator)
{
	return r->values[indicator].status != STATUS_NO_DATA;
}

static void sum_up(const struct record *records, size_t n, int indicator, struct sums *out)
{
	const struct record_value *first = NULL;

	*out = (struct sums){ .zero = true, .equal = true };
	for (size_t i = 0; i < n; i++) {
		const struct record_value *v = &records[i].values[indicator];

		if (!takes_part(&records[i], indicator))
			continue;
		if (!first)
			first = v;
		out->n++;
		out->pupils += (double)records[i].students;
		out->total += (double)records[i].students * v->value;
		out->zero = out->zero && v->num == 0;
		out->equal =
			out->equal && (int128)v->num * first->den == (int128)first->num * v->den;
	}
}

static double variance(const struct record *records, size_t n, int indicator, double mean,
		       double pupils)
{
	double sum = 0;

	/* Two passes: one pass over squares would cancel when CV is small. */
	for (size_t i = 0; i < n; i++) {
		const double d = records[i].values[indicator].value - mean;

		if (takes_part(&records[i], indicator))
			sum += (double)records[i].students * d * d;
	}
	return sum / pupils;
}

/* Rounds value × scale half up; false when it is too near a tie, or too large,
 * to tell with an error of value up to error. */
static bool round_half_up(double value, double scale, double error, int64_t *ret_rounded)
{
	const double scaled = value * scale;
	const double down = floor(scaled);
	const double room = error * scale + 4 * DBL_EPSILON * scaled;

	if (fabs(scaled - down - 0.5) <= room)
		return false;
	/* Near a whole number both neighbours round to it. */
	*ret_rounded = (int64_t)floor(scaled + 0.5);
	return true;
}

/* All that can be told from doubles; false when something cannot. */
static bool decide(const struct sums *sums, int64_t cv_limit, struct dispersion *out)
{
	const double bound = (2 * (double)sums->n + 32) * DBL_EPSILON;
	const double limit = (double)cv_limit / STANDARD_SCALE;
	const double error = sums->equal ? 0 : bound * (1 + out->cv);

	if (!round_half_up(out->mean, DECIMAL_SCALE, bound * out->mean, &out->mean_rounded) ||
	    !round_half_up(out->cv, STANDARD_SCALE, error, &out->cv_rounded))
		return false;
	if (!sums->equal && (fabs(out->cv - limit) <= error + DBL_EPSILON * limit ||
			     error > RELATIVE_ERROR_MAX * out->cv))
		return false;
	out->within = out->cv <= limit;
	return true;
}

void dispersion_compute(const struct record *records, size_t n, int indicator, int64_t cv_limit,
			struct dispersion *out)
{
	struct sums sums;

	*out = (struct dispersion){ 0 };
	sum_up(records, n, indicator, &sums);
	out->n = sums.n;
	out->has_mean = sums.n > 0;
	out->has_cv = out->has_mean && !sums.zero;
	if (!out->has_cv)
		return;
	out->mean = sums.total / sums.pupils;
	if (!sums.equal)
		out->sd = sqrt(variance(records, n, indicator, out->mean, sums.pupils));
	out->cv = out->sd / out->mean;
	if (decide(&sums, cv_limit, out))
		return;
	out->exact = true;
	rational_dispersion(records, n, indicator, cv_limit, out);
}
