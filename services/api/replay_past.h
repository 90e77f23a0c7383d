/* SPDX-License-Identifier: Apache-2.0 */
/* What has been of a county, as a replay of a rule takes it (domain/rule_replay.h). */
#ifndef API_REPLAY_PAST_H
#define API_REPLAY_PAST_H

#include "api/call.h"
#include "domain/rule_replay.h"

#define REPLAY_LOOKS_MAX    5000  /* computations of a county */
#define REPLAY_MOVES_MAX    2000  /* of an item */
#define REPLAY_PLANS_MAX    200   /* versions of a county's plan */
#define REPLAY_VERSIONS_MAX 50000 /* accepted changes of a county */
#define REPLAY_PAIRS_MAX    50000 /* of reports of a school, of one period and the one before */
#define REPLAY_SILENT_MAX   50000 /* schools, as they were known, of years that may be silent */
#define REPLAY_ENTRIES_MAX  1000  /* that happened to an item's entry of the ledger */

struct county_past {
	struct replay_look *looks;
	size_t looks_n;
	const struct standard *standard; /* that judges the latest period; NULL: none does, and
					    there is nothing to replay */
	struct replay_plan *plans;       /* where the rule is of plans */
	size_t plans_n;
	int above[PLAN_ABOVE];           /* … and the years of the targets above, as of now */
	struct replay_version *versions; /* where it is late, or of schools */
	size_t versions_n;
	struct replay_silent *silent; /* where it is stale */
	size_t silent_n;
};
void county_past_release(struct county_past *p);
#define auto_county_past AUTO(county_past_release)

/* What the rule needs of a county. ERR_CONFLICT: more than is replayed. */
enum err county_past_read(struct call *c, const char *county, const struct alert_rule *rule,
			  struct county_past *out) MUST_CHECK;

struct item_past {
	struct replay_move *moves;
	size_t moves_n;
	struct replay_entry *entries; /* where the rule is of the ledger */
	size_t entries_n;
};
void item_past_release(struct item_past *p);
#define auto_item_past AUTO(item_past_release)

/* … and of one of its items. ERR_CONFLICT. */
enum err item_past_read(struct call *c, const char *county, const char *item,
			const struct alert_rule *rule, struct item_past *out) MUST_CHECK;

#endif
