/* SPDX-License-Identifier: Apache-2.0 */
/* What has been of a county, as a replay of a rule takes it (domain/rule_replay.h). */
#ifndef API_REPLAY_PAST_H
#define API_REPLAY_PAST_H

#include "api/call.h"
#include "domain/rule_replay.h"

#define REPLAY_LOOKS_MAX 5000 /* computations of a county */
#define REPLAY_MOVES_MAX 2000 /* of an item */
#define REPLAY_PLANS_MAX 200  /* versions of a county's plan */

struct county_past {
	struct replay_look *looks;
	size_t looks_n;
	const struct standard *standard; /* that judges the latest period; NULL: none does, and
					    there is nothing to replay */
	struct replay_plan *plans;
	size_t plans_n;
};
void county_past_release(struct county_past *p);
#define auto_county_past AUTO(county_past_release)

/* ERR_CONFLICT: more than is replayed. plans: whether they are needed. */
enum err county_past_read(struct call *c, const char *county, bool plans,
			  struct county_past *out) MUST_CHECK;

/* The moves of an item; owned by the caller. ERR_CONFLICT. */
enum err item_past_read(struct call *c, const char *county, const char *item,
			struct replay_move **ret_moves, size_t *ret_n) MUST_CHECK;

#endif
