/* SPDX-License-Identifier: Apache-2.0 */
/* A value against a threshold, exactly: the one place where values of items are judged.
 *
 * Bounds: |num| × 100 × 1000 × 2 stays below 2^127. The largest num are of growth, products
 * of two sums of TERMS_MAX figures of a county's report: 2 × (4 × AMOUNT_MAX)² < 3·10^31;
 * a sum over COUNTY_SCHOOLS_MAX schools is below 10^20. */
#ifndef DOMAIN_MEASURE_H
#define DOMAIN_MEASURE_H

#include "domain/judge.h"
#include "domain/wide.h"

/* Display units of one of the measure: a percentage is shown in tenths, the rest in
 * hundredths. */
int measure_units(enum measure measure);

/* num / den, in the measure of c (a percentage is 100 times it), by its comparator against a
 * threshold in thousandths; undefined unless den > 0. */
void measure_judge(const struct condition *c, int64_t threshold, bool judge_rounded, int128 num,
		   int128 den, struct condition_judgement *out);

#endif
