/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/alerting.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"

/* One county on its way. */
struct stepping {
	const struct recompute_input *in;
	const struct county_judgement *judged;
	const struct entry_standing *entries;
	int year; /* that names the period */
	int64_t now_us;
	bool taken[OPEN_ALERTS_MAX]; /* alerts that have their rule and item */
	struct transition *out;
	size_t n;
	int64_t due_us;
};

/* --- facts -------------------------------------------------------------------------------- */

static void add_before(const struct stepping *s, const struct former_figures *former,
		       struct rule_facts *f)
{
	for (size_t i = 0; i < former->n; i++) {
		if (former->items[i].year != s->year - 1)
			continue;
		f->has_before = true;
		f->before = former->items[i].value;
	}
}

/* Where the county was when the plan was made: the latest figure that is no later. */
static void find_start(const struct stepping *s, const struct former_figures *former,
		       enum status status, struct plan_latest *out, int *ret_year)
{
	*out = (struct plan_latest){ .status = status };
	*ret_year = 0;
	for (size_t i = 0; i < former->n; i++) {
		if (former->items[i].year > s->in->plan_first_year)
			continue;
		out->has_value = true;
		out->value = plan_millionths(former->items[i].value);
		*ret_year = former->items[i].year;
	}
}

/* What the plan's line wants at the end of the period's year. */
static void add_plan(const struct stepping *s, size_t item, struct rule_facts *f)
{
	const struct plan *plan = &s->in->plan;
	struct plan_latest start;
	struct plan_line line;
	struct plan_value value;
	char date[32];
	int year;

	find_start(s, &s->in->former[item], f->item.status, &start, &year);
	if (!plan_line_make(plan, s->in->standard, item, &start, year, plan->recognition_year,
			    &line))
		return;
	snprintf(date, sizeof(date), "%04d-12-31", s->year);
	if (!plan_line_at(&line, date, &value))
		return;
	f->wanted = value.wanted;
	if (value.wanted == PLAN_WANTED_VALUE)
		f->wanted_value = (double)value.num / (double)value.den / PLAN_ONE;
}

static void add_forecast(const struct stepping *s, size_t item, const struct plan_item *what,
			 struct rule_facts *f)
{
	const struct former_figures *former = &s->in->former[item];
	struct forecast_point points[FORECAST_POINTS_MAX], aim;
	struct forecast_crossing crossing;
	struct forecast forecast;
	int planned = forecast_planned_year(&s->in->plan, item, what);
	size_t n = 0;
	bool has_aim;

	if (!planned)
		planned = s->in->plan.recognition_year;
	if (!f->item.has_value || !what->has_limit || planned <= s->year)
		return;
	for (size_t i = 0; i < former->n && n < FORECAST_POINTS_MAX - 1; i++)
		points[n++] = (struct forecast_point){ former->items[i].year,
						       plan_millionths(former->items[i].value) };
	points[n++] = (struct forecast_point){ s->year, plan_millionths(f->item.value) };
	has_aim = forecast_aim(&s->in->plan, item, what, &points[n - 1], &aim);
	if (!forecast_make(points, n, has_aim ? &aim : NULL, &forecast) ||
	    !forecast_crossing(&forecast, what, points[n - 1].value, &crossing))
		return;
	f->foretold = true;
	f->chance = forecast_on_time(&forecast, &crossing, planned);
}

/* When a day is over in China. */
static bool day_is_over_at(const char *date, int64_t *ret_us)
{
	if (!time_parse_date(date, ret_us))
		return false;
	*ret_us += DAY_US - CHINA_AHEAD_US;
	return true;
}

/* When an entry of the ledger that is still to be done is late; 0 never. */
static int64_t late_at(const struct entry_standing *entry)
{
	int64_t at_us = 0;

	if (!entry->here || (entry->state != LEDGER_OPEN && entry->state != LEDGER_RETURNED) ||
	    !day_is_over_at(entry->deadline, &at_us))
		return 0;
	return at_us;
}

static void add_ledger(const struct stepping *s, size_t item, struct rule_facts *f)
{
	const struct entry_standing *entry = &s->entries[item];
	const int64_t late_us = late_at(entry);

	f->in_ledger = entry->here && entry->state != LEDGER_WITHDRAWN;
	f->overdue = late_us && s->now_us >= late_us;
}

static void gather(const struct stepping *s, size_t item, struct rule_facts *f)
{
	struct plan_item what;

	*f = (struct rule_facts){ .schools = -1 };
	item_get(s->judged, s->in->standard, item, &f->item);
	plan_item_get(s->in->standard, item, &what);
	f->rising = what.rising;
	if (what.unit == PLAN_FAILING && f->item.has_value)
		f->schools = (int64_t)f->item.value;
	add_before(s, &s->in->former[item], f);
	add_ledger(s, item, f);
	if (s->in->has_plan) {
		add_plan(s, item, f);
		add_forecast(s, item, &what, f);
	}
}

/* --- steps -------------------------------------------------------------------------------- */

static const char *reason_of(const struct alert_outcome *outcome, const struct alert_memory *before)
{
	const struct alert_memory *after = &outcome->memory;

	switch (outcome->action) {
	case ALERT_NONE:
	case ALERT_NOTE:
		break;
	case ALERT_PEND:
		return "tripped";
	case ALERT_FIRE:
		return before->state == ALERT_PENDING ? "held" : "tripped";
	case ALERT_CHANGE:
		return after->severity > before->severity ? "worse" : "better";
	case ALERT_REMIND:
		return "reminder";
	case ALERT_ESCALATE:
		return outcome->step->unresolved ? "unresolved" : "unacknowledged";
	case ALERT_RESOLVE:
		return before->state == ALERT_PENDING ? "passed" : "cleared";
	case ALERT_WITHDRAW:
		return "no_data";
	}
	return NULL;
}

static const struct open_alert *find_open(struct stepping *s, const struct alert_rule *rule,
					  const char *item)
{
	for (size_t i = 0; i < s->in->alerts_n; i++) {
		const struct open_alert *a = &s->in->alerts[i];

		if (!s->taken[i] && str_equal(a->rule, rule->id) && str_equal(a->item, item)) {
			s->taken[i] = true;
			return a;
		}
	}
	return NULL;
}

static void come_due(struct stepping *s, int64_t due_us)
{
	if (due_us && (!s->due_us || due_us < s->due_us))
		s->due_us = due_us;
}

static void step(struct stepping *s, const struct alert_rule *rule, const struct rule_facts *f,
		 bool later_known)
{
	static const struct alert_memory none = { .state = ALERT_CLOSED };
	const struct open_alert *open = find_open(s, rule, f->item.name);
	const struct alert_memory *memory = open ? &open->memory : &none;
	struct alert_facts facts = { .version = s->in->facts.version,
				     .now_us = s->now_us,
				     .later_known = later_known,
				     .calendar = s->in->calendar };
	struct transition *t = &s->out[s->n];
	struct alert_outcome outcome;
	struct rule_reading reading;

	rule_read(rule, f, open != NULL, &reading);
	facts.trip = reading.trip;
	facts.severity = reading.trip == TRIP_YES ? reading.severity : memory->severity;
	str_copy(facts.period, sizeof(facts.period), s->in->facts.period);
	alert_step(rule, memory, &facts, &outcome);
	come_due(s, outcome.due_us);
	if (outcome.action == ALERT_NONE)
		return;
	*t = (struct transition){ .action = outcome.action,
				  .alert = open ? open->id : 0,
				  .rule = rule->id,
				  .kind = rule_kind_names[rule->kind],
				  .reason = reason_of(&outcome, memory),
				  .has_value = f->item.has_value,
				  .has_limit = reading.has_limit,
				  .value = f->item.value,
				  .limit = reading.limit,
				  .memory = outcome.memory };
	str_copy(t->item, sizeof(t->item), f->item.name);
	s->n++;
}

/* Whether schools have not reported when they should have. */
static void step_reports(struct stepping *s, const struct alert_rule *rule)
{
	const size_t missing = s->judged->missing_schools;
	struct rule_facts f = { .item = { .name = RULE_REPORTS,
					  .has_value = true,
					  .value = (double)missing,
					  .has_limit = true },
				.schools = (int64_t)missing };
	bool later_known = false;
	char date[32];
	int64_t due_us = 0;

	snprintf(date, sizeof(date), "%04d-%s", s->year, rule->due);
	if (!day_is_over_at(date, &due_us))
		return;
	f.overdue = s->now_us >= due_us;
	if (!f.overdue && missing)
		come_due(s, due_us);
	for (size_t i = 0; i < items_count(s->in->standard) && !later_known; i++)
		later_known = s->in->later_known[i];
	step(s, rule, &f, later_known);
}

/* An alert about what there is not any more: a rule, an item, or the two together. */
static void withdraw(struct stepping *s, const struct open_alert *a)
{
	struct transition *t = &s->out[s->n++];

	*t = (struct transition){ .action = ALERT_WITHDRAW,
				  .alert = a->id,
				  .rule = a->rule,
				  .kind = a->kind,
				  .reason = "rule_gone",
				  .memory = a->memory };
	str_copy(t->item, sizeof(t->item), a->item);
}

static void step_item(struct stepping *s, size_t item)
{
	const int64_t late_us = late_at(&s->entries[item]);
	struct rule_facts f;

	gather(s, item, &f);
	for (size_t r = 0; r < s->in->rules_n; r++) {
		const struct alert_rule *rule = s->in->rules[r];

		if (!rule_covers(rule, s->in->standard, item))
			continue;
		if (rule->kind == ALERT_ON_OVERDUE && late_us > s->now_us)
			come_due(s, late_us);
		step(s, rule, &f, s->in->later_known[item]);
	}
}

size_t alerting_step(const struct recompute_input *in, const struct county_judgement *judged,
		     const struct entry_standing entries[ITEMS_MAX],
		     struct transition out[TRANSITIONS_MAX], int64_t *ret_due_us)
{
	struct stepping s = {
		.in = in, .judged = judged, .entries = entries, .now_us = in->now_us, .out = out
	};
	const size_t items = items_count(in->standard);
	int64_t year = 0;

	if (str_to_int64(in->facts.period, &year))
		s.year = (int)year;
	for (size_t i = 0; i < items; i++)
		step_item(&s, i);
	for (size_t r = 0; r < in->rules_n; r++) {
		if (in->rules[r]->kind == ALERT_ON_STALE)
			step_reports(&s, in->rules[r]);
	}
	for (size_t i = 0; i < in->alerts_n; i++) {
		if (!s.taken[i] && str_equal(in->alerts[i].memory.period, in->facts.period))
			withdraw(&s, &in->alerts[i]);
	}
	*ret_due_us = s.due_us;
	return s.n;
}
