/* SPDX-License-Identifier: Apache-2.0 */
/* All rules, and the calendars that their holds are counted by: read once and shared until one of
 * them changes. Of this layer only. */
#ifndef STORE_RULES_CACHE_H
#define STORE_RULES_CACHE_H

#include "domain/calendar.h"
#include "domain/rule.h"
#include "store/pool.h"

/* A calendar of the country, or of a province that has days of its own. */
struct region_calendar {
	char region[3];
	struct calendar calendar;
};

struct rule_set {
	int64_t epoch;
	size_t n;
	struct alert_rule *items; /* the nearest regions first, as rules_in_force() wants them */
	size_t calendars_n;
	struct region_calendar *calendars; /* the country's first, always */
};

const struct calendar *rules_calendar(const struct rule_set *set, const char *county);

/* The set of an epoch that this transaction has read, from memory or by the connection. */
enum err rules_load(struct store *store, struct conn *c, int64_t epoch,
		    const struct rule_set **ret_set, struct err_info *info) MUST_CHECK;
void rules_release(const struct rule_set *set); /* accepts NULL */

/* When the store goes: nobody else holds any. */
void rules_forget(struct store *store);

#endif
