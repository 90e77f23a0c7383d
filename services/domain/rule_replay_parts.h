/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of rule_replay.h: a replay on its way, and what comes due in it. */
#ifndef DOMAIN_RULE_REPLAY_PARTS_H
#define DOMAIN_RULE_REPLAY_PARTS_H

#include "domain/rule_replay.h"

#define REPLAY_FIRST_YEAR 2000

/* A period as it was last looked at. */
struct seen {
	const struct replay_move *move; /* NULL: nothing yet */
	const struct replay_look *look; /* NULL: not yet */
	int64_t due_us; /* of its reports, or its entry, and still to come; INT64_MAX: never */
	bool has_facts; /* facts are those of all that is here */
	struct rule_facts facts;
	int64_t computed;                   /* late: the version that is */
	size_t waiting;                     /* … and the place of the first that is not */
	const struct replay_silent *silent; /* stale: what came of it last; NULL: nothing */
	int64_t awaited;                    /* … schools that are to report */
	bool opened;                        /* … and something was sent */
};

struct replay {
	const struct alert_rule *rule;
	const struct replay_past *past;
	const struct replay_plan *plan;       /* in force; NULL: none */
	int target_year;                      /* by it; 0: nobody says */
	struct seen seen[REPLAY_PERIODS_MAX]; /* by year */
	struct alert_memory memory;
	int64_t due_us;
	int64_t now_us;       /* of the last step */
	size_t entry;         /* places behind the item's entry as it is */
	size_t silent;        /* … and behind what of silent years has come */
	int64_t late_minutes; /* of kind late: that what was sent waits; 0: it is computed */
	bool provisional;
	bool open; /* alert is one that has fired */
	struct replayed alert;
	replay_raised *raised;
	void *context;
};

static inline bool replay_is_of(const struct replay *r, enum rule_kind kind)
{
	return r->rule->kind == kind;
}

/* A step of the rule by what is known of a period now. */
void replay_look(struct replay *r, const char *period, int64_t version, int64_t at_us);

/* A computation of a period; a rule that looks at the silent year behind it looks there instead. */
void replay_look_at(struct replay *r, const struct replay_look *l);

/* What came of silent years until a time. */
void replay_take_silent(struct replay *r, int64_t until_us);

/* What comes due before a time; reminders and escalation are nothing here. */
void replay_come_due(struct replay *r, int64_t until_us);

#endif
