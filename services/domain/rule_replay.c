/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/rule_replay_parts.h"

#include <string.h>

#include "base/timeutil.h"
#include "domain/day.h"

int replay_year(const char *period)
{
	int year = 0;

	for (int i = 0; i < PERIOD_CODE - 1; i++)
		year = 10 * year + (period[i] - '0');
	year -= REPLAY_FIRST_YEAR;
	return year >= 0 && year < REPLAY_PERIODS_MAX ? year : -1;
}

/* domain/alert.h says what settles an item; reports and schools are settled where any item is. */
static bool settles(const struct replay *r, const struct seen *s)
{
	const bool knows_any = s->look && s->look->known;

	if (replay_is_of(r, ALERT_ON_STALE) || r->rule->of_schools)
		return knows_any;
	return s->move && (status_is_known(s->move->status) ||
			   (s->move->status == STATUS_NOT_APPLICABLE && knows_any));
}

static bool settled_later(const struct replay *r, int year)
{
	if (replay_is_of(r, ALERT_ON_LATE))
		return false;
	for (int i = year + 1; i < REPLAY_PERIODS_MAX; i++) {
		if (settles(r, &r->seen[i]))
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

static bool has_figure(const struct replay_move *m)
{
	return m && m->has_value && status_is_known(m->status);
}

/* The latest that a forecast takes. */
static void find_former(const struct replay *r, int year, struct former_figures *out)
{
	int first = year;

	out->n = 0;
	for (size_t n = 0; first > 0 && n < FORECAST_POINTS_MAX; first--) {
		const struct replay_move *m = r->seen[first - 1].move;

		n += has_figure(m);
	}
	for (int i = first; i < year; i++) {
		const struct replay_move *m = r->seen[i].move;

		if (!has_figure(m))
			continue;
		out->items[out->n].year = REPLAY_FIRST_YEAR + i;
		out->items[out->n].value = m->value;
		out->n++;
	}
}

static void gather(const struct replay *r, int year, struct rule_facts *f)
{
	const struct replay_move *m = r->seen[year].move;
	const struct rule_setting setting = { .standard = r->past->standard,
					      .year = REPLAY_FIRST_YEAR + year,
					      .plan = r->plan ? &r->plan->plan : NULL,
					      .plan_first_year = r->plan ? r->plan->first_year : 0,
					      .target_year = r->target_year };
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

/* What the ledger said then; it comes due when that is late. */
static void add_ledger(struct replay *r, struct seen *s, const char *period, int64_t at_us)
{
	const struct replay_past *past = r->past;
	struct entry_standing standing = { .state = LEDGER_NONE };
	int64_t late_us;

	while (r->entry < past->entries_n && past->entries[r->entry].at_us <= at_us)
		r->entry++;
	if (r->entry) {
		const struct replay_entry *e = &past->entries[r->entry - 1];

		standing = (struct entry_standing){ .state = e->state,
						    .here = strcmp(e->period, period) == 0,
						    .deadline_us = e->deadline_us };
	}
	late_us = rule_facts_ledger(&standing, at_us, &s->facts);
	s->due_us = late_us > at_us ? late_us : INT64_MAX;
}

static const struct rule_facts *facts_of(struct replay *r, int year, const char *period,
					 int64_t at_us)
{
	struct seen *s = &r->seen[year];
	int64_t due_us;

	if (replay_is_of(r, ALERT_ON_STALE))
		rule_facts_reports(&r->rule->due, r->past->calendar, REPLAY_FIRST_YEAR + year,
				   s->look->missing, at_us, &s->facts, &due_us);
	else if (replay_is_of(r, ALERT_ON_LATE))
		rule_facts_figures(r->rule, (double)r->late_minutes, &s->facts);
	else if (r->rule->of_schools)
		rule_facts_jumps(s->look->jumping, s->look->compared, &s->facts);
	else if (!s->has_facts)
		gather(r, year, &s->facts);
	if (replay_is_of(r, ALERT_ON_OVERDUE))
		add_ledger(r, s, period, at_us);
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

void replay_look(struct replay *r, const char *period, int64_t version, int64_t at_us)
{
	const int year = replay_year(period);
	struct alert_facts facts = { .version = version,
				     .now_us = at_us,
				     .calendar = r->past->calendar };
	struct alert_outcome outcome;
	struct rule_reading reading;
	const struct rule_facts *f = facts_of(r, year, period, at_us);

	r->now_us = at_us;
	rule_read(r->rule, f, r->memory.state != ALERT_CLOSED, &reading);
	memcpy(facts.period, period, sizeof(facts.period));
	facts.unanswered =
		!rule_is_answered(r->rule, f, r->seen[year].look && r->seen[year].look->known);
	facts.trip = reading.trip;
	facts.severity = reading.trip == TRIP_YES ? reading.severity : r->memory.severity;
	facts.settled = rule_is_settled(r->rule, f, settled_later(r, year));
	alert_step(r->rule, &r->memory, &facts, &outcome);
	r->memory = outcome.memory;
	r->due_us = outcome.due_us;
	r->provisional |= outcome.memory.provisional;
	take(r, &outcome, f, &reading, at_us);
	if (r->memory.state == ALERT_CLOSED)
		r->memory = (struct alert_memory){ .state = ALERT_CLOSED };
}

/* --- the past ----------------------------------------------------------------------------- */

static void take_plan(struct replay *r, int64_t at_us)
{
	const int this_year = day_year(day_in_china(at_us));
	const struct replay_plan *now = NULL;
	int target_year = 0;
	size_t above;

	if (r->rule->kind != ALERT_ON_PLAN && r->rule->kind != ALERT_ON_FORECAST)
		return;
	for (size_t i = 0; i < r->past->plans_n && !now; i++) {
		const struct replay_plan *p = &r->past->plans[i];

		if (p->from_us <= at_us && at_us < p->until_us)
			now = p;
	}
	if (now)
		target_year = plan_target_year(&now->plan, r->past->above, this_year, &above);
	if (now != r->plan || target_year != r->target_year)
		forget_facts(r, 0);
	r->plan = now;
	r->target_year = target_year;
}

static void take_moves(struct replay *r, size_t *m, int64_t until_us)
{
	const struct replay_past *past = r->past;

	for (; *m < past->moves_n && past->moves[*m].at_us <= until_us; (*m)++) {
		const int year = replay_year(past->moves[*m].period);

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

	if (replay_is_of(r, ALERT_ON_STALE) && !s->look &&
	    rule_due_us(&r->rule->due, r->past->calendar, REPLAY_FIRST_YEAR + year, &due_us,
			NULL) &&
	    due_us > l->at_us)
		s->due_us = due_us;
	s->look = l;
}

/* The first version of a period that is not computed. */
static void find_waiting(struct replay *r, int year)
{
	const struct replay_past *past = r->past;
	struct seen *s = &r->seen[year];

	while (s->waiting < past->versions_n &&
	       (replay_year(past->versions[s->waiting].period) != year ||
		past->versions[s->waiting].version <= s->computed))
		s->waiting++;
}

/* Of kind late a computation only ends what its period has waited for. */
static bool take_computed(struct replay *r, int year, const struct replay_look *l)
{
	struct seen *s = &r->seen[year];

	if (!replay_is_of(r, ALERT_ON_LATE))
		return true;
	if (l->version > s->computed)
		s->computed = l->version;
	find_waiting(r, year);
	return r->memory.state != ALERT_CLOSED && strcmp(r->memory.period, l->period) == 0;
}

static void replay_begin(struct replay *r, struct alert_rule *rule)
{
	rule->repeat_days = 0;
	rule->steps_n = 0;
	if (replay_is_of(r, ALERT_ON_LATE))
		rule->hold = (struct rule_hold){ .confirmations = 1 };
	for (int i = 0; i < REPLAY_PERIODS_MAX; i++) {
		r->seen[i].due_us = INT64_MAX;
		if (replay_is_of(r, ALERT_ON_LATE))
			find_waiting(r, i);
	}
}

bool rule_replay(const struct alert_rule *rule, const struct replay_past *past,
		 replay_raised *raised, void *context)
{
	struct alert_rule quiet = *rule;
	struct replay r = { .rule = &quiet, .past = past, .raised = raised, .context = context };
	size_t m = 0;

	replay_begin(&r, &quiet);
	for (size_t i = 0; i < past->looks_n; i++) {
		const struct replay_look *l = &past->looks[i];
		const int year = replay_year(l->period);

		replay_come_due(&r, l->at_us);
		take_plan(&r, l->at_us);
		replay_take_silent(&r, l->at_us);
		take_moves(&r, &m, l->at_us);
		if (year < 0)
			continue;
		take_look(&r, year, l);
		if (take_computed(&r, year, l))
			replay_look_at(&r, l);
	}
	replay_come_due(&r, past->now_us);
	end(&r, 0, false);
	return r.provisional;
}
