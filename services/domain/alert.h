/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an alert: one condition of one county, at most one of them open for a county, an item
 * and a rule. A pure step from what is remembered of it and what was just judged to what happens;
 * who keeps the memory and calls it again has the whole life, whatever was killed in between.
 *
 *	period Q: of the open alert. P: just judged. trip: what the rule says of P (domain/rule.h)
 *
 *	               yes                    no                   unknown    gone
 *	none           PEND or FIRE (1)       -                    -          -
 *	pending, P = Q FIRE (2) or NOTE       RESOLVE (3)          WITHDRAW   WITHDRAW
 *	pending, P > Q the same; Q := P       RESOLVE (3)          -          WITHDRAW
 *	firing,  P = Q ESCALATE (4), CHANGE,  RESOLVE (5) or NOTE  WITHDRAW   WITHDRAW
 *	               REMIND or NOTE
 *	firing,  P > Q the same; Q := P       the same; Q := P     -          WITHDRAW
 *	any,     P < Q -                      -                    -          -
 *
 *	Of a later period that does not answer yet (domain/rule.h), no and gone are unknown.
 *
 *	(1) unless a later period settles the item   (2) once it has held
 *	(3) told of as pending only                  (5) once it has been over for long enough
 *
 * An acknowledged alert is a firing one here. NOTE makes no event: what is remembered changes, and
 * the condition was told already. PEND, FIRE, CHANGE, REMIND, ESCALATE, RESOLVE and WITHDRAW are
 * one event each. WITHDRAW: the data that raised it are gone; or the item is, in a later period:
 * the county has no junior schools any more, or the standard does not ask for it.
 *
 * A later period *settles* an item of which it says whether it is met, or that it is gone: what an
 * earlier one says of it is past.
 *
 * (4) Working days after it fired an alert goes up, by the steps of its rule (domain/rule.h):
 *
 *	the step is          of an alert that is   it is taken
 *	while unacknowledged firing                when its days are over
 *	                     acknowledged          not; but when it is released, if still due
 *	while unresolved     either                when its days are over
 *	any                  seen to be over (5)   not; but when the condition is back, if still due
 *
 * Of several that have come, the highest is taken, once: who was passed by is told by it. It tells
 * a change of severity, too, and what is told again is told from it on. The level is kept as long
 * as the alert is open, whatever its severity and its rule become; another alert of the same
 * condition begins without. Being snoozed or silenced holds back the telling, not the step;
 * a step above the county is told past a snooze, and what has gone up above the author of a
 * silence past that.
 *
 * A hold is kept when so many computations from newer data have said the same, and so much time has
 * gone by since the first; one that says the opposite begins it anew. What was decided by counting
 * working days of a year whose holidays nobody has announced is *provisional*, and so is what waits
 * for terms that nobody has announced (domain/rule.h): this is the one place that says so, and what
 * else there may be that waits to be confirmed belongs here, too.
 * What depends on time alone comes due: `due_us` is when the step must be taken again though no
 * data have come. */
#ifndef DOMAIN_ALERT_H
#define DOMAIN_ALERT_H

#include "domain/calendar.h"
#include "domain/rule.h"

enum alert_action {
	ALERT_NONE,
	ALERT_NOTE,
	ALERT_PEND,
	ALERT_FIRE,
	ALERT_CHANGE,
	ALERT_REMIND,
	ALERT_ESCALATE,
	ALERT_RESOLVE,
	ALERT_WITHDRAW
};

#define ALERT_QUIET INT64_MAX
#define ALERT_FLAPS \
	4 /* fired so often within a day, it is told no more until it is over for that long */

enum alert_state { ALERT_CLOSED, ALERT_PENDING, ALERT_FIRING };

/* Times are microseconds since the epoch; 0: not running. */
struct alert_memory {
	enum alert_state state;
	char period[PERIOD_CODE];
	enum severity severity;
	int64_t since_us; /* the condition was first seen */
	int confirmed;    /* … and so many computations have said so */
	int64_t counted;  /* the county's version that was counted last */
	int64_t clear_us; /* firing: it was first seen to be over */
	int cleared;
	int64_t told_us; /* fired, changed, escalated or reminded last */
	int64_t fired_us;
	enum alert_level level; /* that it has gone up to */
	bool acknowledged;
	int64_t quiet_us; /* no reminders before that: it is snoozed; ALERT_QUIET: acknowledged */
	bool provisional; /* the last hold or step was counted by a calendar that is to come */
};

struct alert_facts {
	char period[PERIOD_CODE]; /* just judged */
	int64_t version;          /* of the county and period */
	int64_t now_us;
	enum trip trip;
	enum severity severity;
	bool settled;                    /* a later period settles the item */
	bool unanswered;                 /* rule_is_answered() says so of the period */
	const struct calendar *calendar; /* of the county; NULL: Monday to Friday are worked */
};

struct alert_outcome {
	enum alert_action action;
	struct alert_memory memory;   /* as it is to be kept */
	const struct rule_step *step; /* of ALERT_ESCALATE: that was taken, the rule's */
	int64_t due_us;               /* 0: nothing comes due */
};

void alert_step(const struct alert_rule *rule, const struct alert_memory *memory,
		const struct alert_facts *facts, struct alert_outcome *out);

#endif
