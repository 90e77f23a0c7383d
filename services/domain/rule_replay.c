/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rule_replay.h"

#include <string.h>

#define FIRST_YEAR 2000

struct replay {
	const struct alert_rule *rule;
	const struct plan_item *what;
	const struct calendar *calendar;
	const struct replay_move *now[REPLAY_PERIODS_MAX]; /* by year; NULL: nothing yet */
	struct alert_memory memory;
	int64_t due_us;
	bool open; /* alert is one that has fired */
	struct replayed alert;
	replay_raised *raised;
	void *context;
};

bool rule_can_replay(const struct alert_rule *rule)
{
	return rule->kind == ALERT_ON_THRESHOLD || rule->kind == ALERT_ON_VETO ||
	       rule->kind == ALERT_ON_NEAR || rule->kind == ALERT_ON_JUMP;
}

/* Of four digits; -1 when it is no year of ours. */
static int year_of(const char *period)
{
	int year = 0;

	for (int i = 0; i < PERIOD_CODE - 1; i++)
		year = 10 * year + (period[i] - '0');
	year -= FIRST_YEAR;
	return year >= 0 && year < REPLAY_PERIODS_MAX ? year : -1;
}

static bool is_known(const struct replay_move *m)
{
	return m && (m->status == STATUS_MET || m->status == STATUS_NOT_MET);
}

static bool later_known(const struct replay *r, int year)
{
	for (int i = year + 1; i < REPLAY_PERIODS_MAX; i++) {
		if (is_known(r->now[i]))
			return true;
	}
	return false;
}

static void gather(const struct replay *r, int year, struct rule_facts *f)
{
	const struct replay_move *m = r->now[year], *before = year ? r->now[year - 1] : NULL;

	*f = (struct rule_facts){ .rising = r->what->rising, .schools = -1 };
	f->item.status = m ? m->status : STATUS_NO_DATA;
	if (m) {
		f->item.has_value = m->has_value;
		f->item.value = m->value;
		f->item.has_limit = m->has_limit;
		f->item.limit = m->limit;
	}
	if (r->what->unit == PLAN_FAILING && f->item.has_value)
		f->schools = (int64_t)f->item.value;
	f->has_before = before && before->has_value;
	f->before = f->has_before ? before->value : 0;
}

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
	struct alert_facts facts = { .version = version, .now_us = at_us, .calendar = r->calendar };
	struct alert_outcome outcome;
	struct rule_reading reading;
	struct rule_facts f;

	if (year < 0)
		return;
	gather(r, year, &f);
	rule_read(r->rule, &f, r->memory.state != ALERT_CLOSED, &reading);
	memcpy(facts.period, period, sizeof(facts.period));
	facts.trip = reading.trip;
	facts.severity = reading.trip == TRIP_YES ? reading.severity : r->memory.severity;
	facts.later_known = later_known(r, year);
	alert_step(r->rule, &r->memory, &facts, &outcome);
	r->memory = outcome.memory;
	r->due_us = outcome.due_us;
	take(r, &outcome, &f, &reading, at_us);
	if (r->memory.state == ALERT_CLOSED)
		r->memory = (struct alert_memory){ .state = ALERT_CLOSED };
}

/* What comes due before a time; reminders and escalation are nothing here. */
static void come_due(struct replay *r, int64_t until_us)
{
	while (r->due_us && r->due_us <= until_us && r->memory.state != ALERT_CLOSED) {
		char period[PERIOD_CODE];

		memcpy(period, r->memory.period, sizeof(period));
		look(r, period, r->memory.counted, r->due_us);
	}
}

void rule_replay(const struct alert_rule *rule, const struct plan_item *what,
		 const struct calendar *calendar, const struct replay_move *moves, size_t moves_n,
		 const struct replay_look *looks, size_t looks_n, int64_t now_us,
		 replay_raised *raised, void *context)
{
	struct alert_rule quiet = *rule;
	struct replay r = { .rule = &quiet,
			    .what = what,
			    .calendar = calendar,
			    .raised = raised,
			    .context = context };
	size_t m = 0;

	quiet.repeat_days = 0;
	quiet.steps_n = 0;
	for (size_t i = 0; i < looks_n; i++) {
		come_due(&r, looks[i].at_us);
		for (; m < moves_n && moves[m].at_us <= looks[i].at_us; m++) {
			const int year = year_of(moves[m].period);

			if (year >= 0)
				r.now[year] = &moves[m];
		}
		look(&r, looks[i].period, looks[i].version, looks[i].at_us);
	}
	come_due(&r, now_us);
	end(&r, 0, false);
}
