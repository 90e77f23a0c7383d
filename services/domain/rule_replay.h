/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule would have raised of one item of one county, had it been in force: every computation
 * that there was, in its order, through the same reading and the same step as the monitors'. What
 * depends on time alone comes due in between, and up to now.
 *
 * It needs the figures only: rules of kind plan, forecast, stale and overdue rest on what else was
 * known then, and cannot be replayed. */
#ifndef DOMAIN_RULE_REPLAY_H
#define DOMAIN_RULE_REPLAY_H

#include "domain/alert.h"

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
};

bool rule_can_replay(const struct alert_rule *rule);

/* moves and looks: by time. now_us: not before the last of them. calendar: as of now, whatever it
 * was then. */
void rule_replay(const struct alert_rule *rule, const struct plan_item *what,
		 const struct calendar *calendar, const struct replay_move *moves, size_t moves_n,
		 const struct replay_look *looks, size_t looks_n, int64_t now_us,
		 replay_raised *raised, void *context);

#endif
