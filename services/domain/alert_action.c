/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/alert_action.h"

#include <string.h>

const char *const alert_act_names[ACTS] = { "acknowledge", "release", "assign",
					    "snooze",      "wake",    "comment" };

/* Of which states, and what comes of it. */
static const struct {
	bool pending, firing, acknowledged, over;
	const char *state;
	const char *event;
} acts[ACTS] = {
	[ACT_ACKNOWLEDGE] = { false, true, false, false, "acknowledged", "alert.acknowledged" },
	[ACT_RELEASE] = { false, false, true, false, "firing", "alert.released" },
	[ACT_ASSIGN] = { true, true, true, false, NULL, "alert.assigned" },
	[ACT_SNOOZE] = { true, true, true, false, NULL, "alert.snoozed" },
	[ACT_WAKE] = { true, true, true, false, NULL, "alert.woken" },
	[ACT_COMMENT] = { true, true, true, true, NULL, "alert.commented" },
};

static bool goes_with(enum alert_act act, const char *state)
{
	if (strcmp(state, "pending") == 0)
		return acts[act].pending;
	if (strcmp(state, "firing") == 0)
		return acts[act].firing;
	if (strcmp(state, "acknowledged") == 0)
		return acts[act].acknowledged;
	return acts[act].over;
}

/* Said again, as after an answer that was lost. */
static bool is_so(const struct alert_deed *deed, const char *state, const char *assignee,
		  const char *snoozed)
{
	switch (deed->act) {
	case ACT_ACKNOWLEDGE:
		return strcmp(state, "acknowledged") == 0;
	case ACT_RELEASE:
		return strcmp(state, "firing") == 0;
	case ACT_ASSIGN:
		return strcmp(deed->assignee, assignee) == 0;
	case ACT_WAKE:
		return !snoozed[0];
	case ACT_SNOOZE:
		return strcmp(deed->until[0] ? deed->until : ALERT_SNOOZED, snoozed) == 0;
	case ACT_COMMENT:
	case ACTS:
		break;
	}
	return false;
}

enum deed_outcome alert_deed(const struct alert_deed *deed, const char *state, const char *assignee,
			     const char *snoozed, const char **ret_state, const char **ret_event)
{
	const bool so = is_so(deed, state, assignee, snoozed);

	*ret_state = acts[deed->act].state;
	*ret_event = acts[deed->act].event;
	if (so && !deed->comment[0])
		return DEED_NOTHING;
	if (so && goes_with(ACT_COMMENT, state)) {
		*ret_state = NULL;
		*ret_event = acts[ACT_COMMENT].event;
		return DEED_DONE;
	}
	return goes_with(deed->act, state) ? DEED_DONE : DEED_REFUSED;
}
