/* SPDX-License-Identifier: Apache-2.0 */
/* The schools behind what an alert tells, as the ledger lists them (json/shortfall.h), those that
 * weigh most first:
 *
 *	item                schools                            in the order of
 *	R2.primary.cv       that are below the county's mean   what they add to the square of the CV
 *	R2.primary.schools  whose record is below the limit    code
 *	schools.primary     of which the record is not met     fewest indicators met, lowest value
 *	G3 …                of which a condition is not met    code
 *	reports             that have not reported             code
 *	schools             of which a figure jumps            code
 *
 * None of an item that only the county's own figures decide. */
#ifndef MONITOR_SCHOOLS_H
#define MONITOR_SCHOOLS_H

#include "domain/event.h"
#include "store/recompute.h"
#include "json/shortfall.h"

/* Lists by item, each made when it is asked for first. Some 20 KB. */
struct school_lists {
	bool made[PLAN_ITEMS_MAX + 1];
	struct event_schools lists[PLAN_ITEMS_MAX + 1];  /* the last is that of RULE_REPORTS */
	struct event_schools jumps[RULES_OF_COUNTY_MAX]; /* by rule: each has a share of its own */
};

/* Gives each transition of a county that is an event of something that goes on its schools; those
 * of what is over have none. lists are borrowed by them, and begun anew. ERR_NOMEM. */
enum err schools_behind(const struct recompute_input *in, const struct shortfall_view *v,
			struct transition *transitions, size_t n,
			struct school_lists *lists) MUST_CHECK;

#endif
