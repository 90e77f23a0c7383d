/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/timeutil.h"
#include "domain/alert.h"
#include "domain/item.h"
#include "lib/check.h"
#include "lib/national.h"

/* --- a model: random lives, held against what was said of them ------------------------------ */

#define STEPS 400
#define LIVES 3000

/* The same numbers each run. */
static uint32_t seed;
static unsigned rnd(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* What a reader of the event log knows. */
struct told {
	enum alert_state state;
	enum severity severity;
	enum alert_level level;
	bool acknowledged; /* by people */
};

static void replay(struct told *t, const struct alert_outcome *o)
{
	switch (o->action) {
	case ALERT_NONE:
	case ALERT_NOTE:
		return;
	case ALERT_PEND:
		assert_int_equal(t->state, ALERT_CLOSED);
		t->state = ALERT_PENDING;
		return;
	case ALERT_FIRE:
		assert_int_not_equal(t->state, ALERT_FIRING);
		t->state = ALERT_FIRING;
		t->severity = o->memory.severity;
		t->level = LEVEL_NONE;
		return;
	case ALERT_CHANGE:
		assert_int_equal(t->state, ALERT_FIRING);
		assert_int_not_equal(t->severity, o->memory.severity);
		t->severity = o->memory.severity;
		return;
	case ALERT_REMIND:
		assert_int_equal(t->state, ALERT_FIRING);
		return;
	case ALERT_ESCALATE:
		assert_int_equal(t->state, ALERT_FIRING);
		assert_true(o->memory.level > t->level); /* only ever up, and each once */
		assert_true(o->step->unresolved || !t->acknowledged);
		assert_int_equal(o->step->to, o->memory.level);
		t->level = o->memory.level;
		t->severity = o->memory.severity;
		return;
	case ALERT_RESOLVE:
	case ALERT_WITHDRAW:
		assert_int_not_equal(t->state, ALERT_CLOSED);
		t->state = ALERT_CLOSED;
		return;
	}
}

/* The run of one condition, counted the plain way: from the first computation that said so. */
struct run {
	int64_t since_us;
	int times;
	char period[PERIOD_CODE];
	int64_t version;
};

static void run_add(struct run *r, const struct alert_facts *f)
{
	if (!r->times)
		r->since_us = f->now_us;
	if (!r->times || strcmp(r->period, f->period) != 0 || f->version > r->version)
		r->times++;
	str_copy(r->period, sizeof(r->period), f->period);
	r->version = f->version;
}

/* Terms that lives go through; nobody knows those behind. */
static const int term_days[][2] = {
	{ 17775, 17916 },
	{ 17947, 18087 }, /* 2018-09-01 to 2019-01-20, 2019-02-20 to 2019-07-10 */
	{ 18140, 18271 },
	{ 18312, 18448 }, /* 2019-09-01 to 2020-01-10, 2020-02-20 to 2020-07-05 */
};
static struct calendar calendar;

static void know_terms(void)
{
	for (size_t i = 0; i < ARRAY_LEN(term_days); i++) {
		struct calendar_year *y = &calendar.years[18 + i / 2];

		y->has_terms = true;
		y->terms[i % 2] = (struct calendar_term){ term_days[i][0], term_days[i][1] };
	}
}

static bool terms_over(int64_t since_us, int terms, int64_t now_us)
{
	for (size_t i = 0; i < ARRAY_LEN(term_days); i++) {
		const int64_t over_us = (term_days[i][1] + 1) * DAY_US - DAY_US / 3; /* China */

		if (since_us < over_us && --terms == 0)
			return now_us >= over_us;
	}
	return false;
}

static bool run_kept(const struct run *r, const struct rule_hold *hold, int64_t now_us)
{
	if (r->times < hold->confirmations)
		return false;
	return hold->terms ? terms_over(r->since_us, hold->terms, now_us)
			   : now_us - r->since_us >= hold->days * DAY_US;
}

/* Sometimes in terms instead of days. */
static void maybe_terms(struct rule_hold *hold)
{
	hold->terms = rnd(4) ? 0 : 1 + (int)rnd(3);
	if (hold->terms)
		hold->days = 0;
}

static void random_rule(struct alert_rule *rule)
{
	*rule = (struct alert_rule){ .hold = { 1 + (int)rnd(3), (int)rnd(2) * (int)rnd(12) },
				     .clear_hold = { 1 + (int)rnd(2), (int)rnd(2) * (int)rnd(6) },
				     .repeat_days = (int)rnd(2) * 7,
				     .steps_n = rnd(RULE_STEPS_MAX + 1) };
	maybe_terms(&rule->hold);
	maybe_terms(&rule->clear_hold);
	for (size_t i = 0; i < rule->steps_n; i++)
		rule->steps[i] = (struct rule_step){
			.to = (enum alert_level)(LEVEL_COUNTY + i),
			.working_days = (i ? rule->steps[i - 1].working_days : 0) + 1 + (int)rnd(8),
			.unresolved = rnd(2) == 0
		};
}

/* So many working days behind a time, Monday to Friday, counted one by one. */
static int64_t plain_end(int64_t from_us, int working_days)
{
	const int64_t ahead = INT64_C(8) * DAY_US / 24; /* China */
	int64_t day = (from_us + ahead) / DAY_US;
	const int64_t begun = day;

	while (working_days > 0) {
		day++;
		working_days -= (day + 3) % 7 < 5; /* 1 January 1970 was a Thursday */
	}
	return from_us + (day - begun) * DAY_US;
}

/* The level that an alert has to be at which goes on, fired then, and was at one before. */
static enum alert_level wanted_level(const struct alert_rule *rule, const struct alert_facts *f,
				     const struct told *t, int64_t fired_us)
{
	enum alert_level level = t->level;

	for (size_t i = 0; i < rule->steps_n; i++) {
		const struct rule_step *step = &rule->steps[i];

		if (step->to > level && (step->unresolved || !t->acknowledged) &&
		    f->now_us >= plain_end(fired_us, step->working_days))
			level = step->to;
	}
	return level;
}

static void random_facts(struct alert_facts *f, unsigned *ret_year)
{
	f->now_us += rnd(3) ? (int64_t)rnd(5) * DAY_US / 2 : 0;
	if (rnd(40) == 0 && *ret_year < 2040) {
		++*ret_year;
		f->version = 0;
	}
	snprintf(f->period, sizeof(f->period), "%04u", *ret_year % 10000);
	f->version += rnd(3) > 0;
	f->trip = rnd(20) == 0 ? TRIP_UNKNOWN : rnd(3) ? TRIP_YES : TRIP_NO;
	f->severity = rnd(4) ? SEVERITY_WARNING : SEVERITY_CRITICAL;
}

/* What the plain count says should be told of these facts. */
static enum alert_state expected(const struct alert_rule *rule, const struct alert_memory *m,
				 const struct alert_facts *f, struct run *on, struct run *off)
{
	const bool same = str_equal(m->period, f->period);

	if (f->trip == TRIP_UNKNOWN)
		return m->state == ALERT_CLOSED || !same ? m->state : ALERT_CLOSED;
	if (f->trip == TRIP_YES) {
		if (m->state == ALERT_CLOSED)
			*on = (struct run){ .times = 0 };
		*off = (struct run){ .times = 0 };
		run_add(on, f);
		return m->state == ALERT_FIRING || run_kept(on, &rule->hold, f->now_us)
			       ? ALERT_FIRING
			       : ALERT_PENDING;
	}
	if (m->state != ALERT_FIRING)
		return ALERT_CLOSED;
	if (!off->times) { /* a version that was counted for the one is not news for the other */
		off->since_us = f->now_us;
		off->times = 1;
		str_copy(off->period, sizeof(off->period), f->period);
		off->version = f->version;
	} else {
		run_add(off, f);
	}
	return run_kept(off, &rule->clear_hold, f->now_us) ? ALERT_CLOSED : ALERT_FIRING;
}

/* Nothing is told twice: the same look again, as after a crash, changes nothing. */
static void check_again(const struct alert_rule *rule, const struct alert_outcome *o,
			const struct alert_facts *f)
{
	struct alert_outcome again;

	if (o->memory.state == ALERT_CLOSED)
		return;
	alert_step(rule, &o->memory, f, &again);
	assert_true(again.action == ALERT_NONE || again.action == ALERT_NOTE);
	assert_memory_equal(&again.memory, &o->memory, sizeof(again.memory));
	assert_int_equal(again.due_us, o->due_us);
}

static void live(void)
{
	struct alert_memory memory = { .state = ALERT_CLOSED };
	struct run on = { .times = 0 }, off = { .times = 0 };
	/* 2019-04-14 */
	struct alert_facts f = { .now_us = 18000 * DAY_US, .calendar = &calendar };
	struct told told = { .state = ALERT_CLOSED };
	int64_t fired_us = 0;
	struct alert_rule rule;
	unsigned year = 2020;

	random_rule(&rule);
	for (int i = 0; i < STEPS; i++) {
		struct alert_outcome o;
		enum alert_state want;
		enum alert_level level;
		bool was_firing;

		random_facts(&f, &year);
		memory.quiet_us = rnd(5) == 0   ? ALERT_QUIET
				  : rnd(5) == 0 ? f.now_us + (int64_t)rnd(9) * DAY_US
						: 0;
		told.acknowledged = memory.acknowledged = rnd(4) == 0;
		want = expected(&rule, &memory, &f, &on, &off);
		was_firing = memory.state == ALERT_FIRING;
		level = was_firing && f.trip == TRIP_YES ? wanted_level(&rule, &f, &told, fired_us)
							 : told.level;
		alert_step(&rule, &memory, &f, &o);
		assert_int_equal(o.memory.state, want); /* no event without a cause, none missing */
		replay(&told, &o);
		assert_int_equal(told.state, o.memory.state); /* the log rebuilds the state */
		if (told.state == ALERT_FIRING) {
			assert_int_equal(told.severity, o.memory.severity);
			assert_int_equal(told.level, o.memory.level);
			if (was_firing)
				assert_int_equal(told.level, level); /* none missing */
			else
				fired_us = f.now_us;
		}
		assert_true(!o.due_us || o.due_us > f.now_us);
		check_again(&rule, &o, &f);
		memory = o.memory;
	}
}

static void test_model(void **state)
{
	(void)state;
	seed = 20260301;
	know_terms();
	for (int i = 0; i < LIVES; i++)
		live();
}

static void test_in_force(void **state)
{
	static const struct alert_rule rules[] = {
		{ .id = "near", .region = "340207", .enabled = true },
		{ .id = "near", .region = "34", .enabled = true },
		{ .id = "plan", .region = "34", .enabled = false },
		{ .id = "near", .region = "", .enabled = true },
		{ .id = "plan", .region = "", .enabled = true },
		{ .id = "veto", .region = "", .enabled = true },
	};
	const struct alert_rule *out[RULES_OF_COUNTY_MAX];

	(void)state;
	assert_int_equal(rules_in_force(rules, ARRAY_LEN(rules), "340207", out), 2);
	assert_ptr_equal(out[0], &rules[0]);
	assert_ptr_equal(out[1], &rules[5]); /* plan is switched off by the province */
	assert_int_equal(rules_in_force(rules, ARRAY_LEN(rules), "340208", out), 2);
	assert_ptr_equal(out[0], &rules[1]);
	assert_int_equal(rules_in_force(rules, ARRAY_LEN(rules), "350102", out), 3);
	assert_ptr_equal(out[1], &rules[4]);
}

static void test_patterns(void **state)
{
	(void)state;
	assert_true(rule_name_matches("R*.cv", "R2.primary.cv"));
	assert_true(rule_name_matches("*", "G7"));
	assert_true(rule_name_matches("G7", "G7"));
	assert_true(rule_name_matches("*.*.cv", "R2.primary.cv"));
	assert_true(rule_name_matches("R2.p*y.c*v", "R2.primary.cv"));
	assert_false(rule_name_matches("R*.cv", "R2.primary.schools"));
	assert_false(rule_name_matches("G1", "G11"));
	assert_false(rule_name_matches("", "G1"));
	assert_false(rule_name_matches("*x", "R2.primary.cv"));
}

static void test_item_names(void **state)
{
	(void)state;
	assert_int_equal(RESOURCE_ITEMS, 16);
	assert_int_equal(items_count(&national), 16);
	assert_string_equal(item_name(&national, 0), "R1.primary.cv");
	assert_string_equal(item_name(&national, 7), "schools.primary");
	assert_string_equal(item_name(&national, 9), "R2.junior.cv");
	assert_string_equal(item_name(&national, 15), "schools.junior");
	for (size_t i = 0; i < RESOURCE_ITEMS; i++)
		assert_int_equal(item_find(&national, item_name(&national, i)), i);
	assert_int_equal(item_find(&national, "R8.primary.cv"), -1);
	assert_int_equal(item_find(&national, "R2.primary"), -1);
	assert_int_equal(item_find(&national, "G3"), -1);
	assert_int_equal(item_find(&national, ""), -1);
}

static void test_item_get(void **state)
{
	struct county_judgement j;
	struct item item;

	(void)state;
	memset(&j, 0, sizeof(j));
	j.stages[STAGE_PRIMARY].indicators[1] = (struct indicator_judgement){
		.has_cv = true, .cv = 0.501787, .cv_status = STATUS_NOT_MET
	};
	j.stages[STAGE_JUNIOR].records = 9;
	j.stages[STAGE_JUNIOR].records_met = 7;
	j.stages[STAGE_JUNIOR].schools = STATUS_NOT_MET;
	POISON(item);
	item_get(&j, &national, 1, &item);
	assert_string_equal(item.name, "R2.primary.cv");
	assert_int_equal(item.stage, STAGE_PRIMARY);
	assert_int_equal(item.indicator, 1);
	assert_int_equal(item.status, STATUS_NOT_MET);
	assert_true(item.has_value && item.value == 0.501787 && item.has_limit &&
		    item.limit == 0.5);
	POISON(item);
	item_get(&j, &national, 15, &item);
	assert_string_equal(item.name, "schools.junior");
	assert_int_equal(item.stage, STAGE_JUNIOR);
	assert_int_equal(item.indicator, -1);
	assert_int_equal(item.status, STATUS_NOT_MET);
	assert_true(item.has_value && item.value == 2 && item.has_limit && item.limit == 0);
	item_get(&j, &national, 7, &item);
	assert_false(item.has_value);
	item_get(&j, &national, 8, &item);
	assert_string_equal(item.name, "R1.junior.cv");
	assert_true(!item.has_value && item.limit == 0.45);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),    cmocka_unit_test(test_in_force),
		cmocka_unit_test(test_patterns), cmocka_unit_test(test_item_names),
		cmocka_unit_test(test_item_get),
	};

	return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
