/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and lives of alerts: the cases of tests/golden/alerts/ (tests/golden/README.md). Run in the
 * repository, or with JUNHENG_ROOT set to it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/alert.h"
#include "lib/golden_calendar.h"
#include "lib/golden_cases.h"
#include "json/rule_json.h"

static const char *title;

#define CHECK(ok) check_case(ok, title, __LINE__)

static const json_t *member(const json_t *doc, const char *name)
{
	return json_object_get(doc, name);
}

/* The place of a name in a list. */
static int find(const char *const *names, int n, const json_t *value)
{
	for (int i = 0; i < n; i++) {
		if (str_equal(names[i], json_string_value(value)))
			return i;
	}
	CHECK(false);
	return 0;
}

static void read_rule(const json_t *doc, struct alert_rule *out)
{
	char *text = json_dumps(member(doc, "rule"), 0);
	struct problems problems = { .n = 0 };

	title = json_string_value(member(doc, "title"));
	assert_non_null(text);
	*out = (struct alert_rule){ .version = 1 };
	CHECK(json_read_rule(text, strlen(text), out, &problems, NULL) == ERR_OK);
	free(text);
}

/* --- what trips a rule ---------------------------------------------------------------------- */

static double number(const json_t *doc, const char *name, bool *ret_has)
{
	const json_t *value = member(doc, name);

	*ret_has = json_is_number(value);
	return *ret_has ? json_number_value(value) : 0;
}

static void read_facts(const json_t *doc, struct rule_facts *f)
{
	const json_t *wanted = member(doc, "wanted"), *schools = member(doc, "schools");
	bool has;

	*f = (struct rule_facts){ .schools = schools ? json_integer_value(schools) : -1 };
	if (member(doc, "status"))
		f->item.status =
			(enum status)find(status_names, STATUS_COUNT, member(doc, "status"));
	f->item.value = number(doc, "value", &f->item.has_value);
	f->item.limit = number(doc, "limit", &f->item.has_limit);
	f->before = number(doc, "before", &f->has_before);
	f->rising = json_is_true(member(doc, "rising"));
	f->overdue = json_is_true(member(doc, "overdue"));
	f->in_ledger = json_is_true(member(doc, "in_ledger"));
	f->wanted_value = number(doc, "wanted", &has);
	f->wanted = has ? PLAN_WANTED_VALUE : wanted ? PLAN_WANTED_MET : PLAN_WANTED_NOTHING;
	f->has_plan = wanted || json_is_true(member(doc, "plan"));
	f->arrived = json_is_true(member(doc, "arrived"));
	f->foretold = member(doc, "chance") != NULL;
	if (f->foretold)
		f->chance = (enum forecast_chance)find(forecast_chance_names, FORECAST_CHANCES,
						       member(doc, "chance"));
}

static const char *const trip_names[] = { "no", "yes", "unknown", "gone" };

static void run_rule(json_t *doc)
{
	struct rule_reading reading;
	struct alert_rule rule;
	struct rule_facts facts;

	read_rule(doc, &rule);
	read_facts(doc, &facts);
	POISON(reading);
	rule_read(&rule, &facts, json_is_true(member(doc, "open")), &reading);
	if (reading.trip !=
	    (enum trip)find(trip_names, ARRAY_LEN(trip_names), member(doc, "trip"))) {
		fprintf(stderr, "\"%s\": %s\n", title, trip_names[reading.trip]);
		fail();
	}
	if (reading.trip == TRIP_YES)
		CHECK(reading.severity ==
		      (enum severity)find(severity_names, SEVERITIES, member(doc, "severity")));
	if (member(doc, "against"))
		CHECK(reading.has_limit &&
		      reading.limit == json_number_value(member(doc, "against")));
}

/* --- lives ---------------------------------------------------------------------------------- */

static const char *const action_names[] = { "none",   "note",     "pend",    "fire",    "change",
					    "remind", "escalate", "resolve", "withdraw" };

static struct calendar calendar;

/* Midnight in China at the beginning of a day; 0 where none is said. */
static int64_t midnight_of(const json_t *date)
{
	const char *text = json_string_value(date);
	int day = 0;

	CHECK(!text || day_parse(text, &day));
	return text ? day * DAY_US - 8 * DAY_US / 24 : 0;
}

/* Midnight in China of a date; or so many days behind the beginning of the case. */
static int64_t time_of(const json_t *when, int64_t from_us)
{
	if (json_is_string(when))
		return midnight_of(when);
	/* 0 would be no time at all */
	return from_us + 1 + (int64_t)(json_number_value(when) * DAY_US);
}

static int64_t due_of(const json_t *when, int64_t from_us)
{
	return json_is_string(when) || json_number_value(when) > 0 ? time_of(when, from_us) : 0;
}

/* The level that it has gone up to by now, and that it is provisional, where a step says so. */
static void check_besides(const json_t *one, const struct alert_outcome *outcome)
{
	const json_t *level = json_array_get(one, 8), *provisional = json_array_get(one, 9);

	if (level)
		CHECK(str_equal(alert_level_names[outcome->memory.level],
				json_string_value(level)));
	CHECK((outcome->action == ALERT_ESCALATE) == (outcome->step != NULL));
	if (provisional)
		CHECK(outcome->memory.provisional == json_is_true(provisional));
}

static void run_life(json_t *doc)
{
	const int64_t from_us = midnight_of(member(doc, "from"));
	struct alert_memory memory = { .state = ALERT_CLOSED };
	struct alert_rule rule;
	json_t *one;
	size_t i;

	read_rule(doc, &rule);
	json_array_foreach(json_object_get(doc, "steps"), i, one)
	{
		const char *mark = json_string_value(json_array_get(one, 6));
		const int64_t due_us = due_of(json_array_get(one, 7), from_us);
		const json_t *severity = json_array_get(one, 4);
		struct alert_facts f = { .version = json_integer_value(json_array_get(one, 2)),
					 .now_us = time_of(json_array_get(one, 0), from_us),
					 .calendar = &calendar };
		struct alert_outcome outcome;
		int want;

		str_copy(f.period, sizeof(f.period), json_string_value(json_array_get(one, 1)));
		f.trip = (enum trip)find(trip_names, ARRAY_LEN(trip_names), json_array_get(one, 3));
		if (f.trip == TRIP_YES)
			f.severity = (enum severity)find(severity_names, SEVERITIES, severity);
		f.settled = mark && str_equal(mark, "settled");
		f.unanswered = mark && str_equal(mark, "unanswered");
		memory.acknowledged = mark && str_equal(mark, "quiet");
		memory.quiet_us = memory.acknowledged ? ALERT_QUIET : 0;
		POISON(outcome);
		alert_step(&rule, &memory, &f, &outcome);
		want = find(action_names, ARRAY_LEN(action_names), json_array_get(one, 5));
		if ((int)outcome.action != want || outcome.due_us != due_us) {
			fprintf(stderr, "\"%s\", step %zu: %s, due %lld\n", title, i,
				action_names[outcome.action], (long long)outcome.due_us);
			fail();
		}
		check_besides(one, &outcome);
		memory = outcome.memory;
	}
	assert_true(i > 0);
}

static void run_due(json_t *doc)
{
	json_t *text = json_pack("{s:s, s:s, s:O}", "region", "", "kind", "stale", "due",
				 json_object_get(doc, "due"));
	json_t *whole = json_pack("{s:o}", "rule", text);
	const char *want = json_string_value(member(doc, "day"));
	bool provisional = false;
	int64_t due_us = 0;
	struct alert_rule rule;
	int day = 0;

	assert_non_null(whole);
	read_rule(whole, &rule);
	title = json_string_value(member(doc, "title"));
	json_decref(whole);
	if (rule_due_us(&rule.due, &calendar, (int)json_integer_value(member(doc, "year")), &due_us,
			&provisional) != (want != NULL)) {
		fprintf(stderr, "\"%s\": %lld\n", title, (long long)due_us);
		fail();
	}
	if (!want)
		return;
	/* The day is over at midnight, in China. */
	CHECK(day_parse(want, &day));
	if (due_us != (day + 1) * DAY_US - 8 * DAY_US / 24) {
		fprintf(stderr, "\"%s\": %lld\n", title, (long long)(due_us / DAY_US));
		fail();
	}
	CHECK(provisional == json_is_true(member(doc, "provisional")));
}

static void test_due(void **state)
{
	(void)state;
	golden_calendar(2026, &calendar);
	golden_cases("tests/golden/alerts/due.json", run_due);
}

static void test_rules(void **state)
{
	(void)state;
	golden_cases("tests/golden/alerts/rules.json", run_rule);
}

static void test_lives(void **state)
{
	(void)state;
	golden_calendar(2026, &calendar);
	golden_cases("tests/golden/alerts/life.json", run_life);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_lives),
		cmocka_unit_test(test_due),
	};
	const char *root = getenv("JUNHENG_ROOT");

	if (root && chdir(root))
		return 2;
	return cmocka_run_group_tests_name("golden alerts", tests, NULL, NULL);
}
