/* SPDX-License-Identifier: Apache-2.0 */
/* Counties whose figures are late: what was sent has not been computed for a while, because it
 * fails or because nobody does. Their alerts begin here; they end with the next computation. */
#ifndef STORE_LATE_H
#define STORE_LATE_H

#include "store/recompute.h"

#define LATE_MAX 200 /* in one go; more begin at the next */

struct late_county {
	struct county_key key;
	int64_t version; /* that is not computed */
	double minutes;  /* whole ones, ≥ 1, since the oldest change that is not */
	int64_t now_us;  /* by the database's clock */
	const struct calendar *calendar;
	const struct alert_rule *rules[RULES_OF_COUNTY_MAX]; /* in force */
	size_t rules_n;
};

/* What begins, false: nothing. Pure. */
typedef bool late_step(const struct late_county *county, struct transition *out);

/* Looks for them, and writes what step says. *ret_n: how many alerts began; their events are in the
 * outbox. */
enum err store_late_tell(struct store *store, late_step *step, int *ret_n,
			 struct err_info *info) MUST_CHECK;

#endif
