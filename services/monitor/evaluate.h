/* SPDX-License-Identifier: Apache-2.0 */
/* One county, judged: from what the store knows to figures, alerts and events, in one
 * transaction. The rules are domain's, the transaction is store's; this joins them. */
#ifndef MONITOR_EVALUATE_H
#define MONITOR_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "domain/judge.h"
#include "store/recompute.h"

#define ITEMS_BYTES \
	(1u << 20) /* of the judged items as text: 64 items with 100 schools each are 90 KB */

/* What one computation after another works in. */
struct evaluator {
	struct store *store;    /* borrowed */
	struct record *records; /* grown as needed: JUDGED_STAGES × COUNTY_SCHOOLS_MAX at most */
	size_t cap;
	struct workspace *workspace; /* what is too large for a stack */
};

/* ERR_NOMEM. */
enum err evaluator_init(struct evaluator *ev, struct store *store) MUST_CHECK;
void evaluator_release(struct evaluator *ev);

struct evaluation {
	bool computed;   /* false: nothing to do, or another monitor is at it */
	bool behind;     /* the county changed meanwhile: evaluate it again */
	int64_t version; /* that was computed */
	enum verdict verdict;
	struct event_list events; /* committed, in order; the caller releases them */
};

/* Errors are store's; ERR_TOO_BIG when the county has more than COUNTY_SCHOOLS_MAX schools. */
enum err evaluate_county(struct evaluator *ev, const struct county_key *key, struct evaluation *out,
			 struct err_info *info) MUST_CHECK;

#endif
