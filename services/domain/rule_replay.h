/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule would have raised of one item of one county, or of the county as a whole, had it been
 * in force: every computation that there was, in its order, through the same facts, the same
 * reading and the same step as the monitors'. What depends on time alone comes due in between, and
 * up to now.
 *
 * Known then: the figures, the schools that were missing, or were to report of a year of which
 * nothing was sent, the plan, the reports of schools, the entries of the ledger and their
 * deadlines, and when what was sent was accepted and computed. As of now, whatever they were then:
 * the standard (what an item is), the calendar, and the targets of the regions above.
 *
 * Of kind late not all is known: a computation that came due and was not made leaves no trace, and
 * to the second it depends on a monitor's rounds when what is late is seen. Here it is seen at
 * once. */
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
	int64_t missing;  /* schools that had not reported */
	bool known;       /* it said of some item whether it is met */
	int64_t compared; /* jump of schools: that had reports of both years, */
	int64_t jumping;  /* and in so many of them a figure jumped */
	bool reported;    /* stale: a school had reported */
};

/* A version of the county and a period was accepted: something was sent. */
struct replay_version {
	char period[PERIOD_CODE];
	int64_t at_us;
	int64_t version;
};

/* From a time on, so many more schools (fewer, where negative) have reports of a period and of the
 * one before, and in so many of them a figure jumps. */
struct replay_edge {
	char period[PERIOD_CODE];
	int64_t at_us;
	int compared;
	int jumping;
};

/* From a time on, so many more schools (fewer, where negative) are to report of a period that a
 * standard judges; or something is sent of it. Until then it is a silent year behind the one before
 * (monitor/silent.h), if that is the latest that schools have reported. */
struct replay_silent {
	char period[PERIOD_CODE];
	int64_t at_us;
	int awaited;
	bool opened;
};

/* The item's entry of the ledger, from a time on. */
struct replay_entry {
	int64_t at_us; /* what a computation did to it: of that computation */
	char period[PERIOD_CODE];
	enum ledger_state state;
	int64_t deadline_us; /* as in struct entry_standing */
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
	size_t item; /* of domain/plan.h; of rules about the county as a whole there is none */
	const struct calendar *calendar;
	const struct replay_move *moves; /* by time; of the item */
	size_t moves_n;
	const struct replay_look *looks; /* by time */
	size_t looks_n;
	const struct replay_plan *plans; /* by time; plan and forecast need them */
	size_t plans_n;
	int above[PLAN_ABOVE];                 /* plan_target_year(), of a plan that says no year */
	const struct replay_version *versions; /* by time; late needs them */
	size_t versions_n;
	const struct replay_entry *entries; /* by time; of the item: overdue needs them */
	size_t entries_n;
	const struct replay_silent *silent; /* by time; stale needs them */
	size_t silent_n;
	int64_t now_us; /* not before the last of all these */
};

/* Returns whether anything waited, or was counted, by a calendar that is still to come. */
bool rule_replay(const struct alert_rule *rule, const struct replay_past *past,
		 replay_raised *raised, void *context);

/* Fills in what jumped when each computation was made: by the reports that it took in, of its own
 * period those up to its version. versions and edges are of the county, by time. */
void rule_replay_jumps(const struct replay_version *versions, size_t versions_n,
		       const struct replay_edge *edges, size_t edges_n, struct replay_look *looks,
		       size_t looks_n);

/* 2025 is 25; -1 when it is no year of ours. */
int replay_year(const char *period);

#endif
