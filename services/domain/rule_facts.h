/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule is told of an item: its figure, that of the period before, what the plan wants of it
 * by the end of the year that names the period, and whether the trend has it at its limit in the
 * planned year. The same for who judges now and for who replays what has been.
 *
 * The plan's line begins where the county was when the plan was made: by the latest figure of a
 * year before, or else that of the year itself, whatever comes later. Of periods before that year
 * the plan wants nothing: it was still to come. */
#ifndef DOMAIN_RULE_FACTS_H
#define DOMAIN_RULE_FACTS_H

#include "domain/ledger.h"
#include "domain/rule.h"

/* Figures of an item in former periods that knew it, by year. */
struct former_figures {
	size_t n;
	struct {
		int year;
		double value;
	} items[FORECAST_POINTS_MAX];
};

/* Of a county and period. */
struct rule_setting {
	const struct standard *standard;
	int year;                /* that names the period, 2000 … 2099 */
	const struct plan *plan; /* NULL: the county has none */
	int plan_first_year;     /* in which it was first made */
	int target_year;         /* plan_target_year(); 0: nobody says */
};

/* i: of domain/plan.h. former: of earlier periods; without a plan only the one before is looked at.
 */
void rule_facts_get(const struct rule_setting *setting, size_t i, const struct item *item,
		    const struct former_figures *former, struct rule_facts *out);

/* The facts of RULE_REPORTS: so many schools have not reported. ret_due_us: when their day is over,
 * INT64_MAX where nobody knows it. */
void rule_facts_reports(const struct rule_due *due, const struct calendar *calendar, int year,
			int64_t missing, int64_t now_us, struct rule_facts *out,
			int64_t *ret_due_us);

/* The facts of RULE_SCHOOLS: in so many schools a figure jumps; compared: how many have reports of
 * both periods. Of none nothing is known. */
void rule_facts_jumps(int64_t jumping, int64_t compared, struct rule_facts *out);

/* The facts of RULE_FIGURES: for so many whole minutes what was sent is not computed; 0: it is, as
 * whoever computes it says. */
void rule_facts_figures(const struct alert_rule *rule, double minutes, struct rule_facts *out);

/* An item's entry of the ledger. */
struct entry_standing {
	enum ledger_state state;
	bool here;           /* the period judged is the entry's, and decides about it */
	int64_t deadline_us; /* when the day of its deadline is over, in China; 0: it has none */
};

/* Adds what its entry says to an item's facts. Returns when it is late if it stays as it is; 0
 * never. */
int64_t rule_facts_ledger(const struct entry_standing *entry, int64_t now_us,
			  struct rule_facts *io);

#endif
