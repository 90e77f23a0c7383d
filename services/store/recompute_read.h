/* SPDX-License-Identifier: Apache-2.0 */
/* What a recomputation reads before it judges, besides the facts. Of this layer only. */
#ifndef STORE_RECOMPUTE_READ_H
#define STORE_RECOMPUTE_READ_H

#include "store/query.h"
#include "store/recompute.h"

/* The statements that begin it, in their order. */
enum {
	BEGIN_TXN,
	BEGIN_TURN,
	BEGIN_LOCK,
	BEGIN_FACTS,
	BEGIN_ALERTS,
	BEGIN_LATER,
	BEGIN_SILENT,
	BEGIN_BEFORE,
	BEGIN_PLANS,
	BEGIN_LEDGER,
	BEGIN_EPOCH
};

/* Alerts, the periods around it, former figures, the plan and the ledger of the place (nth, from
 * 1): the standard and the facts are there already. A stored plan that cannot be read is none. */
enum err recompute_read_memory(struct store *store, const struct batch *begin, int nth,
			       struct recompute_input *in, struct err_info *info) MUST_CHECK;

/* in->schools_before, in one more round trip, if a rule in force compares schools. */
enum err recompute_read_schools(struct store *store, struct conn *c, const struct county_key *key,
				struct recompute_input *in, struct err_info *info) MUST_CHECK;

/* Whether a rule in force compares schools with themselves a year before. */
bool recompute_compares_schools(const struct recompute_input *in);

#endif
