/* SPDX-License-Identifier: Apache-2.0 */
/* Counties that are computed together: what each comes to is what it would come to alone, whoever
 * is held by somebody is left out, and who has changed meanwhile is told. */
#include "base/str.h"
#include "lib/check.h"
#include "lib/store_world.h"
#include "monitor/evaluate.h"

#define LOT 4

/* Nothing for the ledger. */
static const struct ledger_moves no_moves = { .n = 0 };

static struct store *store;
static struct telling telling;
static struct evaluator evaluator;

static int setup(void **state)
{
	(void)state;
	store = world_store(4, 5000, "");
	telling_init(&telling);
	return evaluator_init(&evaluator, store, &telling) == ERR_OK ? 0 : 1;
}

static int teardown(void **state)
{
	(void)state;
	evaluator_release(&evaluator);
	telling_release(&telling);
	store_free(store);
	return 0;
}

/* Counties from a code on, whose second school has few backbone teachers: R2's CV is not met. */
static void make_lot(int first, struct county_key keys[LOT])
{
	for (int i = 0; i < LOT; i++) {
		assert_int_equal(
			snprintf(keys[i].county, sizeof(keys[i].county), "%06d", first + i), 6);
		str_copy(keys[i].period, sizeof(keys[i].period), WORLD_PERIOD);
		world_county(store, keys[i].county, 2);
		world_put(store, keys[i].county, 1, 40);
		world_put(store, keys[i].county, 2, 5 + i);
	}
}

static void evaluate(const struct county_key *keys, size_t n, struct evaluation *out)
{
	assert_int_equal(evaluate_counties(&evaluator, keys, n, false, out, NULL), ERR_OK);
}

static int64_t text_of(const char *county, const char *table)
{
	return world_sql("SELECT ('x' || substr(md5(string_agg(f::text, ',' ORDER BY f::text)), 1, "
			 "15))::bit(60)::bigint FROM (SELECT (to_jsonb(t) - 'county') f FROM %s t "
			 "WHERE county = '%s') x",
			 table, county);
}

/* Figures and alerts are those that the counties have when each is computed by itself. */
static void test_as_alone(void **state)
{
	static const char *const tables[] = { "stage_result", "indicator_result" };
	struct county_key alone[LOT], together[LOT];
	struct evaluation done;

	(void)state;
	make_lot(351000, alone);
	make_lot(352000, together);
	for (int i = 0; i < LOT; i++)
		assert_int_equal(world_judge(store, alone[i].county, "alert.firing"), 1);
	evaluate(together, LOT, &done);
	assert_int_equal(done.n, LOT);
	assert_int_equal(done.events.n, LOT);
	assert_true(done.ticket == 1);
	for (size_t i = 0; i < LOT; i++) {
		assert_int_equal(done.events.items[i].seq, done.events.items[0].seq + (int64_t)i);
		assert_string_equal(done.events.items[i].county, together[i].county);
		assert_true(done.done[i].version == 2 && !done.done[i].behind);
		for (size_t t = 0; t < ARRAY_LEN(tables); t++)
			assert_int_equal(text_of(alone[i].county, tables[t]),
					 text_of(together[i].county, tables[t]));
	}
	event_list_release(&done.events);
	/* Up to date; and what was asked for again tells nothing again. */
	evaluate(together, LOT, &done);
	assert_true(done.n == 0 && done.ticket == 0);
	world_sql("UPDATE county_result SET stale = true WHERE county LIKE '352%%'");
	evaluate(together, LOT, &done);
	assert_true(done.n == LOT && done.events.n == 0 && done.ticket == 0);
	event_list_release(&done.events);
}

/* One county is somebody's, one is unknown, one is up to date: the others are computed. */
static void test_leaves_out(void **state)
{
	const struct recompute_input *in;
	struct county_key keys[LOT];
	struct evaluation done;
	struct recompute *held;

	(void)state;
	make_lot(353000, keys);
	assert_int_equal(world_judge(store, keys[1].county, "alert.firing"), 1);
	assert_int_equal(world_begin(store, keys[0].county, WORLD_PERIOD, &held, &in), ERR_OK);
	assert_non_null(held);
	str_copy(keys[2].county, sizeof(keys[2].county), "999998");
	evaluate(keys, LOT, &done);
	assert_int_equal(done.n, 1);
	assert_string_equal(done.done[0].key.county, keys[3].county);
	event_list_release(&done.events);
	store_recompute_abort(held);
	evaluate(keys, LOT, &done);
	assert_int_equal(done.n, 1);
	assert_string_equal(done.done[0].key.county, keys[0].county);
	event_list_release(&done.events);
}

/* A change that comes while a lot is computed, and one that comes between its figures and its
 * commit, when whoever is told of it finds the county locked. */
static void test_tells_behind(void **state)
{
	struct county_judgement *auto_free judgement = calloc(1, sizeof(*judgement));
	struct recomputed done[RECOMPUTE_MAX];
	struct event_list auto_events events = { .n = 0 };
	const struct recompute_input *in = NULL;
	struct county_key keys[LOT];
	struct recompute *rc;
	size_t n;

	(void)state;
	assert_non_null(judgement);
	judgement->verdict = VERDICT_INCOMPLETE;
	make_lot(354000, keys);
	assert_int_equal(store_recompute_begin(store, keys, LOT, false, &rc, NULL), ERR_OK);
	assert_non_null(rc);
	world_put(store, keys[1].county, 1, 41);
	for (int i = 0; i < LOT; i++) {
		assert_int_equal(store_recompute_next(rc, &in, NULL), ERR_OK);
		assert_non_null(in);
		assert_string_equal(in->facts.county, keys[i].county);
		assert_int_equal(in->facts.n, 2);
		assert_int_equal(
			store_recompute_judged(rc, judgement, "{}", NULL, 0, 0, &no_moves, NULL),
			ERR_OK);
	}
	assert_int_equal(store_recompute_next(rc, &in, NULL), ERR_OK);
	assert_null(in);
	assert_false(store_recompute_tells(rc));
	assert_int_equal(store_recompute_write(rc, NULL), ERR_OK);
	world_put(store, keys[2].county, 1, 41);
	assert_int_equal(store_recompute_commit(rc, &events, done, &n, NULL), ERR_OK);
	assert_int_equal(n, LOT);
	for (int i = 0; i < LOT; i++) {
		assert_int_equal(done[i].version, 2);
		assert_int_equal(done[i].behind, i == 1 || i == 2);
	}
}

/* A lot that cannot be judged leaves nothing, and the connection is of use again. */
static void test_all_or_nothing(void **state)
{
	const struct recompute_input *in = NULL;
	struct county_key keys[LOT];
	struct evaluation done;
	struct recompute *rc;

	(void)state;
	make_lot(355000, keys);
	assert_int_equal(store_recompute_begin(store, keys, LOT, false, &rc, NULL), ERR_OK);
	assert_int_equal(store_recompute_next(rc, &in, NULL), ERR_OK);
	store_recompute_abort(rc);
	assert_int_equal(world_sql("SELECT count(*) FROM county_result WHERE county LIKE '355%%' "
				   "AND computed_version > 0"),
			 0);
	evaluate(keys, LOT, &done);
	assert_int_equal(done.n, LOT);
	event_list_release(&done.events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_alone),
		cmocka_unit_test(test_leaves_out),
		cmocka_unit_test(test_tells_behind),
		cmocka_unit_test(test_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
