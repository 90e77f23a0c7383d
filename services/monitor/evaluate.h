/* SPDX-License-Identifier: Apache-2.0 */
/* Counties, judged: from what the store knows to figures, alerts and events, in one
 * transaction. The rules are domain's, the transaction is store's; this joins them. */
#ifndef MONITOR_EVALUATE_H
#define MONITOR_EVALUATE_H

#include <pthread.h>
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
	struct telling *telling;     /* borrowed */
};

/* The order in which the evaluators of a process make events. Who makes some commits under the
 * lock, and takes the next ticket: so tickets are in the order of the events' numbers. */
struct telling {
	pthread_mutex_t lock;
	int64_t last;
};
void telling_init(struct telling *t);
void telling_release(struct telling *t);

/* ERR_NOMEM. */
enum err evaluator_init(struct evaluator *ev, struct store *store,
			struct telling *telling) MUST_CHECK;
void evaluator_release(struct evaluator *ev);

/* done[0..n): what was computed; those of the keys that are not there had nothing to do, or are
 * somebody else's. */
struct evaluation {
	size_t n;
	struct recomputed done[RECOMPUTE_MAX];
	struct event_list events; /* committed, in order; the caller releases them */
	int64_t ticket;           /* of the events: 1, 2, …; 0 when there are none */
};

/* keys and n as in store_recompute_begin(). hurry: somebody waits for it. Then the commit writes
 * the figures, which saves a round trip, and one county alone waits for its turn. Errors are
 * store's; ERR_TOO_BIG when a county has more than COUNTY_SCHOOLS_MAX schools: then none of them is
 * computed. */
enum err evaluate_counties(struct evaluator *ev, const struct county_key *keys, size_t n,
			   bool hurry, struct evaluation *out, struct err_info *info) MUST_CHECK;

/* Counts what was computed, and how old the changes were (base/metrics.def); late: older than so
 * many seconds. */
void evaluation_observe(const struct evaluation *done, int late_s);

#endif
