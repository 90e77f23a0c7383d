/* SPDX-License-Identifier: Apache-2.0 */
/* The seven values of a school's stage as exact ratios.
 *
 *	R1 R2 R3   teachers of the stage × 100 / pupils of the stage
 *	R4 … R7    amount of the site × w_s / Σ w·P over the stages sharing it
 *
 * The second is the official split by weighted pupils (9-year 1 : 1.1, complete
 * secondary 1 : 1.2, 12-year 1 : 1.1 : 1.32): the stage's share of an amount X is
 * X·w_s·P_s / Σ w·P, that is X·w_s / Σ w·P each pupil. A stage alone on its site
 * takes X / P. A stage that was not reported has no pupils; one that was
 * reported without its pupils leaves the whole split without data.
 *
 * Reliefs (working rules of 2019, 3.1) add to R3 and R5, in values and CVs
 * alike. A county claims a relief by reporting its figure: where that is missing
 * the value stands as it is. Schools of 50–99 pupils are counted by the pupils
 * of their compulsory stages together; while some of these are missing and
 * could decide, R3 has no data.
 *
 * Bounds: three amounts of at most AMOUNT_SUM_MAX make num <= 9·10^15 ×
 * WEIGHT_MAX = 9·10^18 < 2^63. A count merged of COUNTY_SCHOOLS_MAX campuses is
 * at most 5·10^10, as an amount × WEIGHT_MAX 5·10^17; den <= 1.5·10^14. */
#ifndef DOMAIN_INDICATOR_H
#define DOMAIN_INDICATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/merged.h"
#include "domain/standard.h"

struct indicator_ratio {
	int64_t num;    /* >= 0; num / den is the value in hundredths of its unit */
	int64_t den;    /* > 0 */
	int64_t relief; /* the part of num that a relief added; 0: none */
	int64_t unit;   /* what one more of the reported figure adds to num: a teacher or a
			   room; 0.01 m² or yuan, of the whole site */
};

/* False, and *out untouched, when a figure that it needs is missing. The stage
 * has a record: merged_has_record(). */
bool indicator_compute(const struct merged *m, const struct standard *s, enum stage stage,
		       int indicator, struct indicator_ratio *out) MUST_CHECK;

#endif
