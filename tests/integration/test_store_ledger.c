/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger as the store keeps it: who is late, and that no computation steps from a state that is
 * over. */
#include <pthread.h>
#include <time.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "lib/check.h"
#include "lib/store_world.h"
#include "store/ledger.h"

#define COUNTIES 3
#define WAIT_US  20000000

static struct store *store;

static int setup(void **state)
{
	(void)state;
	store = world_store(4, 5000, "");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	store_free(store);
	return 0;
}

/* A county with an entry for R2's CV; gives the entry. */
static int64_t fall(const char *county)
{
	world_failing(store, county);
	assert_int_equal(world_judge(store, county, "alert.firing"), 1);
	return world_sql("SELECT id FROM ledger_entry WHERE county = '%s' AND item = "
			 "'R2.primary.cv' AND state = 'open'",
			 county);
}

static struct write_result say(int64_t entry, const char *deadline)
{
	char document[200];
	struct ledger_change change = { LEDGER_EDITED, document, "", MATCH_ANY };
	struct write_result done;

	assert_true(snprintf(document, sizeof(document),
			     "{\"department\":null,\"responsible\":null,\"deadline\":\"%s\","
			     "\"evidence\":[],\"notes\":null}",
			     deadline) > 0);
	assert_int_equal(store_ledger_change(store, &world_actor, entry, &change, &done, NULL),
			 ERR_OK);
	return done;
}

/* Of three that have a deadline one is late, another has met it, and a third has time. */
static void test_overdue(void **state)
{
	static const char *const counties[COUNTIES] = { "361001", "361002", "361003" };
	static const char *const deadlines[COUNTIES] = { "2020-01-01", "2020-01-02", "2099-01-01" };
	const struct ledger_query late = { .region = "3610",
					   .state = "",
					   .item = "",
					   .department = "",
					   .overdue = "t",
					   .limit = 9 };
	struct ledger_list auto_ledger_list list = { .n = 0 };
	int64_t entries[COUNTIES];

	(void)state;
	for (int i = 0; i < COUNTIES; i++) {
		entries[i] = fall(counties[i]);
		assert_true(say(entries[i], deadlines[i]).changed);
		assert_false(say(entries[i], deadlines[i]).changed);
	}
	assert_int_equal(store_ledger_list(store, &late, &list, NULL), ERR_OK);
	assert_int_equal(list.n, 2);
	assert_true(list.items[0].id == entries[0] && list.items[1].id == entries[1]);
	ledger_list_release(&list);
	/* A deadline that was set has the county looked at, and told of. */
	for (int i = 0; i < COUNTIES; i++)
		assert_int_equal(world_judge(store, counties[i], "alert.firing"), i < 2);
	world_put(store, counties[1], 2, 40);
	assert_int_equal(world_judge(store, counties[1], "alert.resolved"), 2);
	assert_int_equal(store_ledger_list(store, &late, &list, NULL), ERR_OK);
	assert_int_equal(list.n, 1);
	assert_true(list.items[0].id == entries[0]);
}

struct confirming {
	int64_t entry;
	enum err err;
};

static void *confirm(void *context)
{
	struct confirming *c = context;
	struct ledger_change change = { LEDGER_CONFIRMED, NULL, "", MATCH_ANY };
	struct write_result done;

	c->err = store_ledger_change(store, &world_actor, c->entry, &change, &done, NULL);
	return NULL;
}

static void wait_for_a_lock(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const int64_t end = time_monotonic_us() + WAIT_US;

	while (!world_sql(
		"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
		"datname = current_database()")) {
		if (time_monotonic_us() > end)
			fail_msg("nobody waits for the computation");
		nanosleep(&pause, NULL);
	}
}

/* Met, and about to be confirmed while the county is computed to be not met any more: who confirms
 * waits, and is told that the data do not show it. */
static void test_waits(void **state)
{
	static const char county[] = "361011";
	const struct recompute_input *in;
	struct confirming c = { .entry = fall(county) };
	struct recompute *held = NULL;
	pthread_t thread;

	(void)state;
	world_put(store, county, 2, 40);
	assert_int_equal(world_judge(store, county, "alert.resolved"), 1);
	world_put(store, county, 2, 5);
	assert_int_equal(world_begin(store, county, WORLD_PERIOD, &held, &in), ERR_OK);
	assert_non_null(held);
	assert_int_equal(pthread_create(&thread, NULL, confirm, &c), 0);
	wait_for_a_lock();
	store_recompute_abort(held);
	assert_int_equal(pthread_join(thread, NULL), 0);
	/* Nothing was computed: it was met. Then it falls, and comes back. */
	assert_int_equal(c.err, ERR_OK);
	assert_int_equal(world_judge(store, county, "alert.firing"), 1);
	assert_int_equal(world_sql("SELECT count(*) FROM ledger_entry WHERE id = %lld AND state = "
				   "'open' AND struck_at IS NULL",
				   (long long)c.entry),
			 1);
	confirm(&c);
	assert_int_equal(c.err, ERR_CONFLICT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overdue),
		cmocka_unit_test(test_waits),
	};

	return cmocka_run_group_tests_name("store_ledger", tests, setup, teardown);
}
