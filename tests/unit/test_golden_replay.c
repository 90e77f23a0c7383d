/* SPDX-License-Identifier: Apache-2.0 */
/* Rules tried on what has been: the cases of tests/golden/alerts/replay.json. Run in the
 * repository, or with JUNHENG_ROOT set to it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/rule_replay.h"
#include "lib/golden_calendar.h"
#include "lib/golden_cases.h"
#include "lib/national.h"
#include "json/rule_json.h"

#define MANY 16

static const char *title;

#define CHECK(ok) check_case(ok, title, __LINE__)

static const json_t *member(const json_t *doc, const char *name)
{
	return json_object_get(doc, name);
}

static int64_t time_of(const json_t *value)
{
	int64_t us = 0;

	CHECK(time_parse(json_string_value(value), &us));
	return us;
}

static int64_t number(const json_t *row, size_t at)
{
	return json_integer_value(json_array_get(row, at));
}

static double figure(const json_t *row, size_t at, bool *ret_has)
{
	const json_t *value = json_array_get(row, at);

	*ret_has = json_is_number(value);
	return json_number_value(value);
}

/* --- what has been -------------------------------------------------------------------------- */

struct room {
	struct alert_rule rule;
	struct replay_move moves[MANY];
	struct replay_look looks[MANY];
	struct replay_version versions[MANY];
	struct replay_edge edges[MANY];
	struct replay_entry entries[MANY];
};

/* How many rows a case has, and each of them: a time and a period first. */
static size_t rows_of(const json_t *doc, const char *name)
{
	const size_t n = json_array_size(member(doc, name));

	CHECK(n <= MANY);
	return n;
}

static const json_t *row_of(const json_t *doc, const char *name, size_t i, int64_t *ret_us,
			    char period[PERIOD_CODE])
{
	const json_t *row = json_array_get(member(doc, name), i);

	*ret_us = time_of(json_array_get(row, 0));
	str_copy(period, PERIOD_CODE, json_string_value(json_array_get(row, 1)));
	return row;
}

static void read_moves(const json_t *doc, struct room *room, struct replay_past *past)
{
	past->moves_n = rows_of(doc, "moves");
	past->moves = room->moves;
	for (size_t i = 0; i < past->moves_n; i++) {
		struct replay_move *m = &room->moves[i];
		const json_t *row = row_of(doc, "moves", i, &m->at_us, m->period);

		CHECK(status_parse(json_string_value(json_array_get(row, 2)), &m->status));
		m->value = figure(row, 3, &m->has_value);
		m->limit = figure(row, 4, &m->has_limit);
	}
}

static void read_looks(const json_t *doc, struct room *room, struct replay_past *past)
{
	const size_t edges = rows_of(doc, "edges");

	past->versions_n = rows_of(doc, "versions");
	past->versions = room->versions;
	for (size_t i = 0; i < past->versions_n; i++) {
		struct replay_version *v = &room->versions[i];

		v->version = number(row_of(doc, "versions", i, &v->at_us, v->period), 2);
	}
	for (size_t i = 0; i < edges; i++) {
		struct replay_edge *e = &room->edges[i];
		const json_t *row = row_of(doc, "edges", i, &e->at_us, e->period);

		e->compared = (int)number(row, 2);
		e->jumping = (int)number(row, 3);
	}
	past->looks_n = rows_of(doc, "looks");
	past->looks = room->looks;
	for (size_t i = 0; i < past->looks_n; i++) {
		struct replay_look *l = &room->looks[i];

		l->version = number(row_of(doc, "looks", i, &l->at_us, l->period), 2);
		l->known = true;
	}
	rule_replay_jumps(room->versions, past->versions_n, room->edges, edges, room->looks,
			  past->looks_n);
}

static void read_entries(const json_t *doc, struct room *room, struct replay_past *past)
{
	past->entries_n = rows_of(doc, "entries");
	past->entries = room->entries;
	for (size_t i = 0; i < past->entries_n; i++) {
		struct replay_entry *e = &room->entries[i];
		const json_t *row = row_of(doc, "entries", i, &e->at_us, e->period);

		CHECK(ledger_state_parse(json_string_value(json_array_get(row, 2)), &e->state));
		e->deadline_us = time_date_over(json_string_value(json_array_get(row, 3)));
	}
}

static void read_rule(const json_t *doc, struct alert_rule *out)
{
	char *text = json_dumps(member(doc, "rule"), 0);
	struct problems problems = { .n = 0 };

	assert_non_null(text);
	CHECK(json_read_rule(text, strlen(text), out, &problems, NULL) == ERR_OK);
	free(text);
}

/* --- what is raised ------------------------------------------------------------------------- */

struct raised {
	const json_t *doc;
	size_t n;
};

static void on_raised(const struct replayed *a, void *context)
{
	struct raised *r = context;
	const json_t *row = json_array_get(member(r->doc, "raised"), r->n);
	const json_t *severity = json_array_get(member(r->doc, "severities"), r->n);
	const json_t *ended = json_array_get(row, 4);
	char at[TIME_TEXT];
	bool has;

	if (!row || a->fired_us != time_of(json_array_get(row, 0))) {
		fprintf(stderr, "\"%s\": %s fired at %s\n", title, a->period,
			time_format(a->fired_us, at));
		fail();
	}
	CHECK(str_equal(a->period, json_string_value(json_array_get(row, 1))));
	CHECK(a->value == figure(row, 2, &has) && a->has_value == has);
	CHECK(a->limit == figure(row, 3, &has) && a->has_limit == has);
	CHECK(a->ended_us == (json_is_string(ended) ? time_of(ended) : 0));
	CHECK(!a->ended_us || str_equal(a->withdrawn ? "withdrawn" : "resolved",
					json_string_value(json_array_get(row, 5))));
	if (severity)
		CHECK(str_equal(severity_names[a->severity], json_string_value(severity)));
	r->n++;
}

static struct calendar calendar;

static void run_case(json_t *doc)
{
	const char *item = json_string_value(member(doc, "item"));
	struct replay_past past = { .standard = &national, .calendar = &calendar };
	struct raised raised = { .doc = doc };
	struct room room = { .rule = { .version = 1 } };

	title = json_string_value(member(doc, "title"));
	read_rule(doc, &room.rule);
	read_moves(doc, &room, &past);
	read_looks(doc, &room, &past);
	read_entries(doc, &room, &past);
	past.now_us = time_of(member(doc, "now"));
	if (item)
		past.item = (size_t)item_find(&national, item);
	CHECK(rule_replay(&room.rule, &past, on_raised, &raised) ==
	      json_is_true(member(doc, "provisional")));
	CHECK(raised.n == json_array_size(member(doc, "raised")));
}

static void test_replay(void **state)
{
	(void)state;
	golden_calendar(2026, &calendar);
	golden_cases("tests/golden/alerts/replay.json", run_case);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_replay) };
	const char *root = getenv("JUNHENG_ROOT");

	if (root && chdir(root) != 0)
		return 1;
	return cmocka_run_group_tests_name("golden replay", tests, NULL, NULL);
}
