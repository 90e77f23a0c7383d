/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with an alert. Each that is done is one event; one that would change nothing is
 * none.
 *
 *	action        of an alert that is      becomes        event
 *	acknowledge   firing                   acknowledged   alert.acknowledged
 *	release       acknowledged             firing         alert.released
 *	assign        open                     -              alert.assigned
 *	snooze        open                     -              alert.snoozed
 *	wake          open and snoozed         -              alert.woken
 *	comment       any, also over           -              alert.commented
 *
 * Acknowledged or snoozed, an alert is not told again (reminders), and while it is snoozed nothing
 * of it is told but its end, to those who were told of it; it ends all the same when its
 * condition does. */
#ifndef DOMAIN_ALERT_ACTION_H
#define DOMAIN_ALERT_ACTION_H

#include <stdbool.h>

#include "base/timeutil.h"
#include "domain/event.h"

enum alert_act {
	ACT_ACKNOWLEDGE,
	ACT_RELEASE,
	ACT_ASSIGN,
	ACT_SNOOZE,
	ACT_WAKE,
	ACT_COMMENT,
	ACTS
};
extern const char *const alert_act_names[ACTS];

#define ALERT_SNOOZED "infinity" /* until it is over */

struct alert_deed {
	enum alert_act act;
	char comment[4 * EVENT_COMMENT_CHARS + 1]; /* "": none */
	char assignee[4 * EVENT_NAME_CHARS + 1];   /* of ACT_ASSIGN; "": nobody */
	char until[TIME_TEXT];                     /* of ACT_SNOOZE; "": until it is over */
};

/* What becomes of an alert in a state ("firing", …). */
enum deed_outcome {
	DEED_DONE,
	DEED_NOTHING, /* it is so already, and there is no comment */
	DEED_REFUSED  /* it does not go with the state */
};

/* snoozed: until when it is ("2026-03-01T08:00:00.123456Z"), ALERT_SNOOZED, or "" when it is not.
 * *ret_state: the state that it becomes, NULL: stays; *ret_event: the event's type. */
enum deed_outcome alert_deed(const struct alert_deed *deed, const char *state, const char *assignee,
			     const char *snoozed, const char **ret_state, const char **ret_event);

#endif
