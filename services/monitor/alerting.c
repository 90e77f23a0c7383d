/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/alerting.h"

#include <string.h>

#include "base/str.h"
#include "domain/jump.h"

/* One county on its way. */
struct stepping {
	const struct recompute_input *in;
	const struct county_judgement *judged;
	const struct entry_standing *entries;
	int year; /* that names the period */
	int64_t now_us;
	bool knows_any;              /* the period says of some item whether it is met */
	bool taken[OPEN_ALERTS_MAX]; /* alerts that have their rule and item */
	struct transition *out;
	size_t n;
	int64_t due_us;
};

/* --- facts -------------------------------------------------------------------------------- */

/* item: of domain/plan.h. Returns when its entry of the ledger is late; 0 never. */
static int64_t gather(const struct stepping *s, size_t item, struct rule_facts *f)
{
	const struct rule_setting setting = { .standard = s->in->standard,
					      .year = s->year,
					      .plan = s->in->has_plan ? &s->in->plan : NULL,
					      .plan_first_year = s->in->plan_first_year,
					      .target_year = s->in->target_year };
	struct item judged;

	plan_item_judged(s->judged, s->in->standard, item, &judged);
	rule_facts_get(&setting, item, &judged, &s->in->former[item], f);
	return item < items_count(s->in->standard)
		       ? rule_facts_ledger(&s->entries[item], s->now_us, f)
		       : 0;
}

/* --- steps -------------------------------------------------------------------------------- */

/* What is gone: the item, the plan that the rule rests on, or the data. */
static const char *why_withdrawn(const struct alert_rule *rule, const struct rule_facts *f,
				 enum trip trip)
{
	const bool planned = rule->kind == ALERT_ON_PLAN || rule->kind == ALERT_ON_FORECAST;

	if (trip == TRIP_GONE)
		return "not_applicable";
	return planned && !f->has_plan ? "plan_gone" : "no_data";
}

static const char *reason_of(const struct alert_rule *rule, const struct rule_facts *f,
			     enum trip trip, const struct alert_outcome *outcome,
			     const struct alert_memory *before)
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
		return why_withdrawn(rule, f, trip);
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

static struct transition transition_of(const struct alert_rule *rule,
				       const struct alert_outcome *outcome,
				       const struct alert_memory *before,
				       const struct rule_facts *f,
				       const struct rule_reading *reading)
{
	struct transition t = { .action = outcome->action,
				.rule = rule->id,
				.kind = rule_kind_names[rule->kind],
				.reason = reason_of(rule, f, reading->trip, outcome, before),
				.has_value = f->item.has_value,
				.has_limit = reading->has_limit,
				.value = f->item.value,
				.limit = reading->limit,
				.memory = outcome->memory };

	str_copy(t.item, sizeof(t.item), f->item.name);
	return t;
}

/* An alert about what there is not any more: a rule, its kind, an item, or the two together. */
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

/* An alert of a rule that was of another kind then is about another condition: it is over, and
 * *open becomes NULL. False when a later period was the last to know it: that one says so, and
 * until then no other is begun. */
static bool is_free_of_kinds(struct stepping *s, const struct alert_rule *rule,
			     const struct open_alert **open)
{
	const struct open_alert *a = *open;

	if (!a || str_equal(a->kind, rule_kind_names[rule->kind]))
		return true;
	if (strcmp(a->memory.period, s->in->facts.period) > 0)
		return false;
	withdraw(s, a);
	*open = NULL;
	return true;
}

static void step(struct stepping *s, const struct alert_rule *rule, const struct rule_facts *f,
		 bool settled)
{
	static const struct alert_memory none = { .state = ALERT_CLOSED };
	const struct open_alert *open = find_open(s, rule, f->item.name);
	const struct alert_memory *memory;
	struct alert_facts facts = { .version = s->in->facts.version,
				     .now_us = s->now_us,
				     .settled = rule_is_settled(rule, f, settled),
				     .unanswered = !rule_is_answered(rule, f, s->knows_any),
				     .calendar = s->in->calendar };
	struct alert_outcome outcome;
	struct rule_reading reading;
	struct transition *t;

	if (!is_free_of_kinds(s, rule, &open))
		return;
	memory = open ? &open->memory : &none;
	rule_read(rule, f, open != NULL, &reading);
	facts.trip = reading.trip;
	facts.severity = reading.trip == TRIP_YES ? reading.severity : memory->severity;
	str_copy(facts.period, sizeof(facts.period), s->in->facts.period);
	alert_step(rule, memory, &facts, &outcome);
	come_due(s, outcome.due_us);
	if (outcome.action == ALERT_NONE)
		return;
	t = &s->out[s->n];
	*t = transition_of(rule, &outcome, memory, f, &reading);
	t->alert = open ? open->id : 0;
	s->n++;
}

/* Whether schools have not reported when they should have. */
static void step_reports(struct stepping *s, const struct alert_rule *rule)
{
	const size_t missing = s->judged->missing_schools;
	struct rule_facts f;
	int64_t due_us;

	rule_facts_reports(&rule->due, s->in->calendar, s->year, (int64_t)missing, s->now_us, &f,
			   &due_us);
	if (!f.undated && !f.overdue && missing)
		come_due(s, due_us);
	step(s, rule, &f, s->in->later_knows_any);
}

/* Whether schools changed as no school does. */
static void step_schools(struct stepping *s, const struct alert_rule *rule)
{
	size_t compared;
	const size_t jumping =
		jump_find(&s->in->schools_before, &s->in->facts, rule->margin, NULL, &compared);
	struct rule_facts f;

	rule_facts_jumps((int64_t)jumping, (int64_t)compared, &f);
	step(s, rule, &f, s->in->later_knows_any);
}

/* That figures were late is over with this, if they were the period's: how it begins, see
 * alerting_late(). */
static void step_figures(struct stepping *s, const struct alert_rule *rule)
{
	struct rule_facts f;

	rule_facts_figures(rule, 0, &f);
	for (size_t i = 0; i < s->in->alerts_n; i++) {
		const struct open_alert *a = &s->in->alerts[i];

		if (!str_equal(a->rule, rule->id) || !str_equal(a->item, RULE_FIGURES))
			continue;
		if (str_equal(a->memory.period, s->in->facts.period)) {
			step(s, rule, &f, false);
			return;
		}
		s->taken[i] = true;
	}
}

static void step_item(struct stepping *s, size_t item)
{
	struct rule_facts f;
	const int64_t late_us = gather(s, item, &f);

	for (size_t r = 0; r < s->in->rules_n; r++) {
		const struct alert_rule *rule = s->in->rules[r];

		if (!rule_covers(rule, s->in->standard, item))
			continue;
		if (rule->kind == ALERT_ON_OVERDUE && late_us > s->now_us)
			come_due(s, late_us);
		step(s, rule, &f, s->in->settled[plan_item_basis(s->in->standard, item)]);
	}
}

static bool is_in_force(const struct stepping *s, const char *rule)
{
	for (size_t i = 0; i < s->in->rules_n; i++) {
		if (str_equal(s->in->rules[i]->id, rule))
			return true;
	}
	return false;
}

/* Alerts that no rule is about here. One of an earlier period is over when its item is gone, or is
 * of another kind now, by the standard of this one; that its rule is gone, its own period says. */
static void withdraw_rest(struct stepping *s)
{
	for (size_t i = 0; i < s->in->alerts_n; i++) {
		const struct open_alert *a = &s->in->alerts[i];
		const int order = strcmp(a->memory.period, s->in->facts.period);

		if (!s->taken[i] &&
		    (order == 0 || (order < 0 && s->knows_any && is_in_force(s, a->rule))))
			withdraw(s, a);
	}
}

size_t alerting_step(const struct recompute_input *in, const struct county_judgement *judged,
		     const struct entry_standing entries[ITEMS_MAX],
		     struct transition out[TRANSITIONS_MAX], int64_t *ret_due_us)
{
	struct stepping s = { .in = in,
			      .judged = judged,
			      .entries = entries,
			      .now_us = in->now_us,
			      .out = out,
			      .due_us = in->target_until_us };
	const size_t items = plan_items_count(in->standard);
	int64_t year = 0;

	if (str_to_int64(in->facts.period, &year))
		s.year = (int)year;
	s.knows_any = items_any_known(judged, in->standard);
	for (size_t i = 0; i < items; i++)
		step_item(&s, i);
	for (size_t r = 0; r < in->rules_n; r++) {
		if (in->rules[r]->kind == ALERT_ON_STALE)
			step_reports(&s, in->rules[r]);
		else if (in->rules[r]->of_schools)
			step_schools(&s, in->rules[r]);
		else if (in->rules[r]->kind == ALERT_ON_LATE)
			step_figures(&s, in->rules[r]);
	}
	withdraw_rest(&s);
	*ret_due_us = s.due_us;
	return s.n;
}

/* The alert that one rule begins. */
static bool begin_late(const struct late_county *county, const struct alert_rule *rule,
		       struct transition *out)
{
	static const struct alert_memory none = { .state = ALERT_CLOSED };
	struct alert_facts facts = { .version = county->version,
				     .now_us = county->now_us,
				     .calendar = county->calendar };
	struct alert_rule plain = *rule;
	struct alert_outcome outcome;
	struct rule_reading reading;
	struct rule_facts f;

	rule_facts_figures(rule, county->minutes, &f);
	plain.hold = (struct rule_hold){ .confirmations = 1 };
	plain.steps_n = 0;
	rule_read(&plain, &f, false, &reading);
	str_copy(facts.period, sizeof(facts.period), county->key.period);
	facts.trip = reading.trip;
	facts.severity = reading.severity;
	alert_step(&plain, &none, &facts, &outcome);
	if (outcome.action == ALERT_FIRE)
		*out = transition_of(rule, &outcome, &none, &f, &reading);
	return outcome.action == ALERT_FIRE;
}

bool alerting_late(const struct late_county *county, struct transition *out)
{
	for (size_t i = 0; i < county->rules_n; i++) {
		const struct alert_rule *rule = county->rules[i];

		if (rule->kind == ALERT_ON_LATE && begin_late(county, rule, out))
			return true;
	}
	return false;
}
