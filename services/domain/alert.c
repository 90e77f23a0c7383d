/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/alert.h"

#include <string.h>

#include "base/timeutil.h"

/* Of what nobody knows the end. */
#define NEVER INT64_MAX

static bool is_day(int64_t day)
{
	return day >= DAY_FIRST && day <= DAY_LAST;
}

/* The same time of the last of so many working days. A calendar that ends before it counts as plain
 * days. */
static int64_t working_end(int working_days, int64_t since_us, const struct calendar *calendar,
			   bool *ret_provisional)
{
	static const struct calendar unknown = { .years = { { .known = false } } };
	const int64_t begun = (since_us + CHINA_AHEAD_US) / DAY_US;
	int days = working_days, day;

	*ret_provisional = false;
	if (is_day(begun) &&
	    calendar_add(calendar ? calendar : &unknown, (int)begun, days, &day, ret_provisional))
		days = day - (int)begun;
	return since_us + days * DAY_US;
}

/* When the last day of so many terms is over, in China. */
static int64_t terms_end(int terms, int64_t since_us, const struct calendar *calendar,
			 bool *ret_provisional)
{
	const int64_t begun = (since_us + CHINA_AHEAD_US) / DAY_US;
	int day;

	*ret_provisional = !calendar || !is_day(begun) ||
			   !calendar_term_end(calendar, (int)begun, terms, &day);
	return *ret_provisional ? NEVER : (day + 1) * DAY_US - CHINA_AHEAD_US;
}

/* When a hold that began then has lasted. */
static int64_t hold_end(const struct rule_hold *hold, int64_t since_us,
			const struct calendar *calendar, bool *ret_provisional)
{
	if (hold->terms)
		return terms_end(hold->terms, since_us, calendar, ret_provisional);
	if (hold->working)
		return working_end(hold->days, since_us, calendar, ret_provisional);
	*ret_provisional = false;
	return since_us + hold->days * DAY_US;
}

static bool is_kept(const struct rule_hold *hold, int64_t since_us, int times,
		    const struct alert_facts *f, bool *ret_provisional)
{
	const int64_t end_us = hold_end(hold, since_us, f->calendar, ret_provisional);

	return times >= hold->confirmations && f->now_us >= end_us;
}

/* The sooner of two times, 0 being none. */
static void come_due(struct alert_outcome *out, int64_t at_us, int64_t now_us)
{
	if (at_us > now_us && at_us != NEVER && (!out->due_us || at_us < out->due_us))
		out->due_us = at_us;
}

static bool takes_time(const struct rule_hold *hold)
{
	return hold->days || hold->terms;
}

/* Whether this computation is from newer data than the one that was counted last. */
static bool is_newer(const struct alert_memory *m, const struct alert_facts *f)
{
	return strcmp(m->period, f->period) != 0 || f->version > m->counted;
}

static void take_period(struct alert_memory *m, const struct alert_facts *f)
{
	memcpy(m->period, f->period, sizeof(m->period));
	m->counted = f->version;
}

static void tell(struct alert_outcome *out, enum alert_action action, const struct alert_facts *f)
{
	out->action = action;
	out->memory.told_us = f->now_us;
	out->memory.severity = f->severity;
}

/* The condition is there. */
static void hold_on(const struct alert_rule *rule, const struct alert_facts *f,
		    struct alert_outcome *out)
{
	struct alert_memory *m = &out->memory;

	m->confirmed += is_newer(m, f);
	take_period(m, f);
	if (is_kept(&rule->hold, m->since_us, m->confirmed, f, &m->provisional)) {
		m->state = ALERT_FIRING;
		m->fired_us = f->now_us;
		tell(out, ALERT_FIRE, f);
		return;
	}
	m->severity = f->severity;
	if (takes_time(&rule->hold))
		come_due(out, hold_end(&rule->hold, m->since_us, f->calendar, &m->provisional),
			 f->now_us);
}

static void begin(const struct alert_rule *rule, const struct alert_facts *f,
		  struct alert_outcome *out)
{
	out->memory = (struct alert_memory){ .state = ALERT_PENDING, .since_us = f->now_us };
	out->action = ALERT_PEND;
	hold_on(rule, f, out);
}

/* --- escalation --------------------------------------------------------------------------- */

/* Whether the alert, as it is, is to take a step when its days are over. */
static bool is_ahead(const struct rule_step *step, const struct alert_memory *m)
{
	return step->to > m->level && m->fired_us && (step->unresolved || !m->acknowledged);
}

/* The highest that has come by now, NULL none. */
static const struct rule_step *step_to_take(const struct alert_rule *rule,
					    const struct alert_memory *m,
					    const struct alert_facts *f, bool *ret_provisional)
{
	for (size_t i = rule->steps_n; i-- > 0;) {
		const struct rule_step *step = &rule->steps[i];

		/* As many working days are at least as many days: most need no calendar. */
		if (is_ahead(step, m) && f->now_us >= m->fired_us + step->working_days * DAY_US &&
		    f->now_us >= working_end(step->working_days, m->fired_us, f->calendar,
					     ret_provisional))
			return step;
	}
	return NULL;
}

/* The next one to come: their days ascend. */
static void next_step_comes_due(const struct alert_rule *rule, const struct alert_facts *f,
				struct alert_outcome *out)
{
	const struct alert_memory *m = &out->memory;

	for (size_t i = 0; i < rule->steps_n; i++) {
		const struct rule_step *step = &rule->steps[i];
		bool ignored;

		if (is_ahead(step, m)) {
			come_due(
				out,
				working_end(step->working_days, m->fired_us, f->calendar, &ignored),
				f->now_us);
			return;
		}
	}
}

/* --- states ------------------------------------------------------------------------------- */

static void go_on(const struct alert_rule *rule, const struct alert_facts *f,
		  struct alert_outcome *out)
{
	struct alert_memory *m = &out->memory;
	const int64_t repeat_us = rule->repeat_days * DAY_US;
	bool provisional = false;

	m->clear_us = 0;
	m->cleared = 0;
	take_period(m, f);
	out->step = step_to_take(rule, m, f, &provisional);
	if (out->step) {
		m->level = out->step->to;
		m->provisional = provisional;
		tell(out, ALERT_ESCALATE, f);
	} else if (f->severity != m->severity)
		tell(out, ALERT_CHANGE, f);
	else if (repeat_us && f->now_us >= m->quiet_us && f->now_us - m->told_us >= repeat_us)
		tell(out, ALERT_REMIND, f);
}

static void clear(const struct alert_rule *rule, const struct alert_facts *f,
		  struct alert_outcome *out)
{
	struct alert_memory *m = &out->memory;
	const bool first = m->clear_us == 0;
	bool provisional;

	if (first)
		m->clear_us = f->now_us;
	m->cleared += first || is_newer(m, f);
	take_period(m, f);
	if (is_kept(&rule->clear_hold, m->clear_us, m->cleared, f, &provisional)) {
		out->action = ALERT_RESOLVE;
		m->state = ALERT_CLOSED;
		m->provisional = provisional;
		return;
	}
	/* What it fired or went up by is as provisional as it was, if it should be back. */
	m->provisional |= provisional && rule->clear_hold.terms;
	if (takes_time(&rule->clear_hold))
		come_due(out, hold_end(&rule->clear_hold, m->clear_us, f->calendar, &provisional),
			 f->now_us);
}

static void end(struct alert_outcome *out, enum alert_action action)
{
	out->action = action;
	out->memory.state = ALERT_CLOSED;
}

static void step_open(const struct alert_rule *rule, const struct alert_facts *f,
		      struct alert_outcome *out)
{
	const bool same = strcmp(f->period, out->memory.period) == 0;
	const bool firing = out->memory.state == ALERT_FIRING;
	const bool says = f->trip == TRIP_YES || (f->trip != TRIP_UNKNOWN && !f->unanswered);

	if (!same && !says)
		return;
	if (f->trip == TRIP_UNKNOWN || f->trip == TRIP_GONE) {
		end(out, ALERT_WITHDRAW);
		return;
	}
	out->action = ALERT_NOTE;
	if (f->trip == TRIP_YES && firing)
		go_on(rule, f, out);
	else if (f->trip == TRIP_YES)
		hold_on(rule, f, out);
	else if (firing)
		clear(rule, f, out);
	else
		end(out, ALERT_RESOLVE);
}

void alert_step(const struct alert_rule *rule, const struct alert_memory *memory,
		const struct alert_facts *facts, struct alert_outcome *out)
{
	*out = (struct alert_outcome){ .action = ALERT_NONE, .memory = *memory };
	if (memory->state == ALERT_CLOSED) {
		if (facts->trip == TRIP_YES && !facts->settled)
			begin(rule, facts, out);
	} else if (strcmp(facts->period, memory->period) >= 0) {
		step_open(rule, facts, out);
	}
	/* A step, and a reminder, come due without any data. */
	if (out->memory.state == ALERT_FIRING && !out->memory.clear_us &&
	    strcmp(facts->period, out->memory.period) == 0)
		next_step_comes_due(rule, facts, out);
	if (out->memory.state == ALERT_FIRING && rule->repeat_days &&
	    out->memory.quiet_us != ALERT_QUIET) {
		const int64_t at_us = out->memory.told_us + rule->repeat_days * DAY_US;

		come_due(out, at_us > out->memory.quiet_us ? at_us : out->memory.quiet_us,
			 facts->now_us);
	}
}
