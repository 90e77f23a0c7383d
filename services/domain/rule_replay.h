/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule would have raised of one item of one county, or of its reports, had it been in force:
 * every computation that there was, in its order, through the same facts, the same reading and the
 * same step as the monitors'. What depends on time alone comes due in between, and up to now.
 *
 * Known then: the figures, the schools that were missing, the plan. As of now, whatever they were
 * then: the standard (what an item is), and the calendar. The ledger is not: rules of kind
 * overdue cannot be replayed. */
#ifndef DOMAIN_RULE_REPLAY_H
#define DOMAIN_RULE_REPLAY_H

#include "domain/alert.h"
#include "domain/rule_facts.h"

#define REPLAY_PERIODS_MAX 100 /* 2000 to 2099 */

/* One alert that would have fired. */
struct replayed {
	char period[PERIOD_CODE]; /* that it was last seen in */
	enum severity severity;   /* the highest that it came to */
	int64_t fired_us;
	int64_t ended_us; /* 0: it would be open now */
	bool withdrawn;   /* how it ended */
	bool has_value;
	double value; /* when it fired */
	bool has_limit;
	double limit;
};
typedef void replay_raised(const struct replayed *alert, void *context);

/* A figure of a period, from a time on. */
struct replay_move {
	char period[PERIOD_CODE];
	int64_t at_us;
	bool has_value;
	bool has_limit;
	double value;
	double limit;
	enum status status;
};

/* A computation of the county, whether it moved the figure or not. */
struct replay_look {
	char period[PERIOD_CODE];
	int64_t at_us;
	int64_t version;
	int64_t missing; /* schools that had not reported */
	bool known;      /* it said of some item whether it is met */
};

/* A plan, in force in [from_us, until_us). Large. */
struct replay_plan {
	int64_t from_us;
	int64_t until_us; /* INT64_MAX: still */
	int first_year;
	struct plan plan;
};

struct replay_past {
	const struct standard *standard;
	size_t item; /* of item.h; of a rule of kind stale there is none */
	const struct calendar *calendar;
	const struct replay_move *moves; /* by time; of the item */
	size_t moves_n;
	const struct replay_look *looks; /* by time */
	size_t looks_n;
	const struct replay_plan *plans; /* by time; plan and forecast need them */
	size_t plans_n;
	int64_t now_us; /* not before the last of all these */
};

void rule_replay(const struct alert_rule *rule, const struct replay_past *past,
		 replay_raised *raised, void *context);

#endif
