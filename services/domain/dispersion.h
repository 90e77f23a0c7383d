/* SPDX-License-Identifier: Apache-2.0 */
/* Between-school dispersion of one indicator, as the official form defines it.
 *
 *	X_i = num_i / den_i of a record, P_i its pupils, P = sum P_i
 *	mean = sum P_i X_i / P
 *	S    = sqrt(sum (P_i / P) (X_i - mean)^2)        CV = S / mean
 *
 * Weighted by pupils, population form (no n - 1). The unweighted figure that
 * most tools print can be on the other side of the limit; see the worked
 * example in tests/golden/five-schools.json.
 *
 * Computed in doubles, in two passes, with a bound on their error (u = 2^-53, n
 * records, all terms >= 0):
 *
 *	X_i is the nearest double      relative error u
 *	mean                           (n + 3) u
 *	X_i - mean, as a weighted norm (u + u CV) mean + (n + 3) u mean + u S
 *	S                              … + (n + 5) / 2 u S
 *	CV                             at most (n + 4) u + (1.5 n + 10) u CV
 *
 * (That the computed mean is not the true one adds no more than its distance:
 * the norm obeys the triangle inequality.) Twice that bound and more is used, so
 * that the terms of second order are covered. Where it does not decide a
 * verdict or a rounding, or a CV is so small that the bound is not small beside
 * it, the same is computed in rationals: whole numbers of any size, by GMP. */
#ifndef DOMAIN_DISPERSION_H
#define DOMAIN_DISPERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/judge.h"

struct dispersion {
	size_t n;      /* records that took part: those that have the value */
	bool has_mean; /* n > 0 */
	bool has_cv;   /* … and the mean is not 0: a CV of nothing is no number, not 0 */
	bool exact;    /* rationals were needed */
	bool within;   /* CV <= limit, exactly */
	double mean;   /* in the indicator's unit; relative error below 10^-10 … */
	double sd;     /* … as of all three, and commonly below 10^-14 */
	double cv;
	int64_t mean_rounded; /* hundredths, half up, exact */
	int64_t cv_rounded;   /* thousandths, half up, exact */
};

/* Over those of records[0..n) that have the indicator's value (an index 0…6), n
 * at most COUNTY_SCHOOLS_MAX. cv_limit in thousandths. What has_mean and has_cv
 * deny is 0; within is false without a CV. */
void dispersion_compute(const struct record *records, size_t n, int indicator, int64_t cv_limit,
			struct dispersion *out);

#endif
