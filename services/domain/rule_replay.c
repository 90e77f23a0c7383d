/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rule_replay.h"

#include <string.h>

#define FIRST_YEAR 2000

/* A period as it was last looked at. */
struct seen {
	const struct replay_move *move; /* NULL: nothing yet */
	const struct replay_look *look; /* NULL: not yet */
	int64_t due_us;                 /* of its reports, and still to come; INT64_MAX: never */
	bool has_facts;                 /* facts are those of all that is here */
	struct rule_facts facts;
};

struct replay {
	const struct alert_rule *rule;
	const struct replay_past *past;
	const struct replay_plan *plan;       /* in force; NULL: none */
	struct seen seen[REPLAY_PERIODS_MAX]; /* by year */
	struct alert_memory memory;
	int64_t due_us;
	bool open; /* alert is one that has fired */
	struct replayed alert;
	replay_raised *raised;
	void *context;
};

/* Of four digits; -1 when it is no year of ours. */
static int year_of(const char *period)
{
	int year = 0;

	for (int i = 0; i < PERIOD_CODE - 1; i++)
		year = 10 * year + (period[i] - '0');
	year -= FIRST_YEAR;
	return year >= 0 && year < REPLAY_PERIODS_MAX ? year : -1;
}

static bool is_stale_rule(const struct replay *r)
{
	return r->rule->kind == ALERT_ON_STALE;
}

/* Of an item that it says so; for the reports, of any item. */
static bool is_known(const struct replay *r, const struct seen *s)
{
	if (is_stale_rule(r))
		return s->look && s->look->known;
	return s->move && (s->move->status == STATUS_MET || s->move->status == STATUS_NOT_MET);
}

static bool later_known(const struct replay *r, int year)
{
	for (int i = year + 1; i < REPLAY_PERIODS_MAX; i++) {
		if (is_known(r, &r->seen[i]))
			return true;
	}
	return false;
}

/* --- facts -------------------------------------------------------------------------------- */

/* From a year on, nothing that was reckoned with what was known of it holds any more. */
static void forget_facts(struct replay *r, int from)
{
	for (int i = from; i < REPLAY_PERIODS_MAX; i++)
		r->seen[i].has_facts = false;
}

/* The latest that a forecast takes. */
static void find_former(const struct replay *r, int year, struct former_figures *out)
{
	int first = year;

	out->n = 0;
	for (size_t n = 0; first > 0 && n < FORECAST_POINTS_MAX; first--) {
		const struct replay_move *m = r->seen[first - 1].move;

		n += m && m->has_value;
	}
	for (int i = first; i < year; i++) {
		const struct replay_move *m = r->seen[i].move;

		if (!m || !m->has_value)
			continue;
		out->items[out->n].year = FIRST_YEAR + i;
		out->items[out->n].value = m->value;
		out->n++;
	}
}

static void gather(const struct replay *r, int year, struct rule_facts *f)
{
	const struct replay_move *m = r->seen[year].move;
	const struct rule_setting setting = { .standard = r->past->standard,
					      .year = FIRST_YEAR + year,
					      .plan = r->plan ? &r->plan->plan : NULL,
					      .plan_first_year =
						      r->plan ? r->plan->first_year : 0 };
	struct item item = { .status = m ? m->status : STATUS_NO_DATA };
	struct former_figures former;

	if (m) {
		item.has_value = m->has_value;
		item.value = m->value;
		item.has_limit = m->has_limit;
		item.limit = m->limit;
	}
	find_former(r, year, &former);
	rule_facts_get(&setting, r->past->item, &item, &former, f);
}

static const struct rule_facts *facts_of(struct replay *r, int year, int64_t at_us)
{
	struct seen *s = &r->seen[year];
	int64_t due_us;

	if (is_stale_rule(r))
		rule_facts_reports(&r->rule->due, r->past->calendar, FIRST_YEAR + year,
				   s->look->missing, at_us, &s->facts, &due_us);
	else if (!s->has_facts)
		gather(r, year, &s->facts);
	s->has_facts = true;
	return &s->facts;
}

/* --- steps -------------------------------------------------------------------------------- */

static void end(struct replay *r, int64_t at_us, bool withdrawn)
{
	if (!r->open)
		return; /* it was pending only */
	r->alert.ended_us = at_us;
	r->alert.withdrawn = withdrawn;
	r->raised(&r->alert, r->context);
	r->open = false;
}

static void take(struct replay *r, const struct alert_outcome *o, const struct rule_facts *f,
		 const struct rule_reading *reading, int64_t at_us)
{
	if (o->action == ALERT_FIRE) {
		r->open = true;
		r->alert = (struct replayed){ .severity = o->memory.severity,
					      .fired_us = at_us,
					      .has_value = f->item.has_value,
					      .value = f->item.value,
					      .has_limit = reading->has_limit,
					      .limit = reading->limit };
	}
	if (r->open && o->memory.severity > r->alert.severity)
		r->alert.severity = o->memory.severity;
	memcpy(r->alert.period, o->memory.period, sizeof(r->alert.period));
	if (o->action == ALERT_RESOLVE || o->action == ALERT_WITHDRAW)
		end(r, at_us, o->action == ALERT_WITHDRAW);
}

static void look(struct replay *r, const char *period, int64_t version, int64_t at_us)
{
	const int year = year_of(period);
	struct alert_facts facts = { .version = version,
				     .now_us = at_us,
				     .calendar = r->past->calendar };
	struct alert_outcome outcome;
	struct rule_reading reading;
	const struct rule_facts *f = facts_of(r, year, at_us);

	rule_read(r->rule, f, r->memory.state != ALERT_CLOSED, &reading);
	memcpy(facts.period, period, sizeof(facts.period));
	facts.trip = reading.trip;
	facts.severity = reading.trip == TRIP_YES ? reading.severity : r->memory.severity;
	facts.later_known = later_known(r, year);
	alert_step(r->rule, &r->memory, &facts, &outcome);
	r->memory = outcome.memory;
	r->due_us = outcome.due_us;
	take(r, &outcome, f, &reading, at_us);
	if (r->memory.state == ALERT_CLOSED)
		r->memory = (struct alert_memory){ .state = ALERT_CLOSED };
}

/* The period whose reports are due next; -1: none. */
static int next_due(const struct replay *r)
{
	int next = -1;

	for (int i = 0; i < REPLAY_PERIODS_MAX; i++) {
		const struct seen *s = &r->seen[i];

		if (s->look && s->due_us != INT64_MAX &&
		    (next < 0 || s->due_us < r->seen[next].due_us))
			next = i;
	}
	return next;
}

/* What comes due before a time; reminders and escalation are nothing here. */
static void come_due(struct replay *r, int64_t until_us)
{
	for (;;) {
		const int year = next_due(r);
		const int64_t reports_us = year < 0 ? INT64_MAX : r->seen[year].due_us;
		const int64_t alert_us =
			r->due_us && r->memory.state != ALERT_CLOSED ? r->due_us : INT64_MAX;

		if (reports_us > until_us && alert_us > until_us)
			return;
		if (reports_us <= alert_us) {
			const struct replay_look *l = r->seen[year].look;

			r->seen[year].due_us = INT64_MAX;
			look(r, l->period, l->version, reports_us);
		} else {
			char period[PERIOD_CODE];

			memcpy(period, r->memory.period, sizeof(period));
			look(r, period, r->memory.counted, alert_us);
		}
	}
}

/* --- the past ----------------------------------------------------------------------------- */

static void take_plan(struct replay *r, int64_t at_us)
{
	const struct replay_plan *now = NULL;

	if (r->rule->kind != ALERT_ON_PLAN && r->rule->kind != ALERT_ON_FORECAST)
		return;
	for (size_t i = 0; i < r->past->plans_n && !now; i++) {
		const struct replay_plan *p = &r->past->plans[i];

		if (p->from_us <= at_us && at_us < p->until_us)
			now = p;
	}
	if (now != r->plan)
		forget_facts(r, 0);
	r->plan = now;
}

static void take_moves(struct replay *r, size_t *m, int64_t until_us)
{
	const struct replay_past *past = r->past;

	for (; *m < past->moves_n && past->moves[*m].at_us <= until_us; (*m)++) {
		const int year = year_of(past->moves[*m].period);

		if (year < 0)
			continue;
		r->seen[year].move = &past->moves[*m];
		forget_facts(r, year);
	}
}

/* A computation from when its reports are overdue says so itself. */
static void take_look(struct replay *r, int year, const struct replay_look *l)
{
	struct seen *s = &r->seen[year];
	int64_t due_us;

	if (is_stale_rule(r) && !s->look &&
	    rule_due_us(&r->rule->due, r->past->calendar, FIRST_YEAR + year, &due_us, NULL) &&
	    due_us > l->at_us)
		s->due_us = due_us;
	s->look = l;
}

void rule_replay(const struct alert_rule *rule, const struct replay_past *past,
		 replay_raised *raised, void *context)
{
	struct alert_rule quiet = *rule;
	struct replay r = { .rule = &quiet, .past = past, .raised = raised, .context = context };
	size_t m = 0;

	quiet.repeat_days = 0;
	quiet.steps_n = 0;
	for (int i = 0; i < REPLAY_PERIODS_MAX; i++)
		r.seen[i].due_us = INT64_MAX;
	for (size_t i = 0; i < past->looks_n; i++) {
		const struct replay_look *l = &past->looks[i];
		const int year = year_of(l->period);

		come_due(&r, l->at_us);
		take_plan(&r, l->at_us);
		take_moves(&r, &m, l->at_us);
		if (year < 0)
			continue;
		take_look(&r, year, l);
		look(&r, l->period, l->version, l->at_us);
	}
	come_due(&r, past->now_us);
	end(&r, 0, false);
}
