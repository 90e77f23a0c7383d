/* SPDX-License-Identifier: Apache-2.0 */
/* A record against the standard: at least 6 of its 7 values reach their
 * threshold, and the rest reach 85 % of theirs (both numbers are the standard's).
 * Decided in integers: 21 of 500 pupils is 4.2 per hundred, and 85 % of 5.3 is
 * 4.505, not 4.51. */
#ifndef DOMAIN_RECORD_H
#define DOMAIN_RECORD_H

#include "domain/indicator.h"
#include "domain/judge.h"

/* Judges one value, given as num / den hundredths, num and den within the bounds
 * of indicator.h. Both the threshold and its floor are judged on the displayed
 * two decimals when judge_rounded says so (the standard's, for the verdict; the other
 * way round, to tell what that would turn); rounding_sensitive tells that the
 * exact and the displayed value differ in one of these two verdicts. */
void record_value_judge(const struct indicator_ratio *ratio, const struct standard *s,
			bool judge_rounded, enum stage stage, int indicator,
			struct record_value *out);

/* Three-valued: not_met when the known values fail whatever the missing ones
 * are, met when they meet whatever the missing ones are, else no_data. */
enum status record_status(const struct record_value values[INDICATORS], const struct standard *s);

/* The record of a stage that has one: merged_has_record(). */
void record_judge(const struct merged *m, const struct standard *s, enum stage stage,
		  struct record *out);

#endif
