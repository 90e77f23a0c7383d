/* SPDX-License-Identifier: Apache-2.0 */
/* Many threads on one store: nothing is lost or doubled, numbers have no gaps, and a
 * database that goes away and comes back costs errors, never a restart. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "lib/check.h"
#include "lib/store_world.h"

#define THREADS 8
#define ROUNDS  60

static struct store *store;

static int setup(void **state)
{
	(void)state;
	store = world_store(6, 20000, ""); /* fewer than threads: they queue up */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	store_free(store);
	return 0;
}

struct worker {
	pthread_t thread;
	int number;
	int64_t done;   /* calls that succeeded */
	int64_t down;   /* … that could not reach the database */
	int64_t wrong;  /* … that failed otherwise */
	enum err worst; /* one of the wrong ones */
};

static void count(struct worker *w, enum err err)
{
	if (!err)
		w->done++;
	else if (err == ERR_DB_DOWN)
		w->down++;
	else
		w->wrong++;
	if (err && err != ERR_DB_DOWN)
		w->worst = err;
}

static void run_all(struct worker *workers, void *(*work)(void *))
{
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .number = i };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
}

/* The sum of what the threads did; none may have failed but for want of a database. */
static int64_t join_all(struct worker *workers, int64_t *ret_down)
{
	int64_t done = 0;

	*ret_down = 0;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].wrong)
			fail_msg("%lld calls failed: %s", (long long)workers[i].wrong,
				 err_text(workers[i].worst));
		done += workers[i].done;
		*ret_down += workers[i].down;
	}
	return done;
}

static enum err put(const char *county, int school, int backbone, struct write_result *out)
{
	char code[SCHOOL_CODE];
	struct report report;

	world_report(&report, backbone);
	if (snprintf(code, sizeof(code), "%s%04d", county, school) >= (int)sizeof(code))
		return ERR_INVALID;
	return store_report_put(store, &world_actor, WORLD_PERIOD, code, &report, MATCH_ANY, out,
				NULL);
}

/* Half of the writes go to one school, the rest to one for each thread. */
static void *put_work(void *context)
{
	struct worker *w = context;

	for (int i = 0; i < ROUNDS; i++) {
		struct write_result result;
		const int school = i % 2 ? 1 : w->number + 2;

		count(w, put("342001", school, w->number * ROUNDS + i, &result));
	}
	return NULL;
}

static void test_puts(void **state)
{
	struct worker workers[THREADS];
	int64_t down;

	(void)state;
	world_county(store, "342001", THREADS + 1);
	run_all(workers, put_work);
	assert_int_equal(join_all(workers, &down), THREADS * ROUNDS);
	assert_int_equal(down, 0);
	assert_int_equal(world_sql("SELECT version FROM county_period WHERE county = '342001'"),
			 THREADS * ROUNDS);
	/* Every version is there once, in a report or in history. */
	assert_int_equal(
		world_sql("SELECT count(DISTINCT version) FROM (SELECT version FROM report "
			  "WHERE county = '342001' UNION ALL SELECT version FROM "
			  "report_history WHERE county = '342001') AS v"),
		THREADS * ROUNDS);
	assert_int_equal(world_sql("SELECT count(*) FROM report_history WHERE county = '342001'"),
			 THREADS * ROUNDS - THREADS - 1);
	/* History is seamless: each version ends where the next begins. */
	assert_int_equal(
		world_sql("SELECT count(*) FROM (SELECT superseded_at, lead(received_at) OVER "
			  "(PARTITION BY school ORDER BY version) AS next FROM (SELECT school, "
			  "version, received_at, superseded_at FROM report_history UNION ALL "
			  "SELECT school, version, received_at, NULL FROM report) AS v WHERE "
			  "left(school, 6) = '342001') AS w WHERE superseded_at IS DISTINCT FROM "
			  "next"),
		0);
}

/* The same new schools from all threads, into two counties in turn. */
static void *school_work(void *context)
{
	struct worker *w = context;

	for (int i = 0; i < ROUNDS / 4; i++) {
		struct school school = {
			.name = "校", .kind = "211", .locale = "111", .sponsor = 1
		};
		struct write_result result;

		if (snprintf(school.code, sizeof(school.code), "342002%04d", i / 2) >
		    (int)sizeof(school.code))
			break;
		str_copy(school.county, sizeof(school.county),
			 (w->number + i) % 2 ? "342002" : "342003");
		count(w, store_school_put(store, &world_actor, &school, MATCH_ANY, &result, NULL));
		count(w, put("342002", i / 2, w->number * ROUNDS + i, &result));
	}
	return NULL;
}

static void test_schools_move(void **state)
{
	struct worker workers[THREADS];
	int64_t down;

	(void)state;
	world_county(store, "342002", 0);
	world_county(store, "342003", 0);
	run_all(workers, school_work);
	assert_int_equal(join_all(workers, &down), THREADS * (ROUNDS / 4) * 2);
	assert_int_equal(down, 0);
	assert_int_equal(
		world_sql("SELECT count(*) FROM report r JOIN school s ON s.code = r.school "
			  "WHERE s.county <> r.county"),
		0);
	assert_int_equal(world_sql("SELECT count(*) FROM school s JOIN (SELECT code, max(version) "
				   "AS last, count(*) AS n FROM school_history GROUP BY code) AS h "
				   "USING (code) WHERE s.version <> h.last + 1 OR h.last <> h.n"),
			 0);
}

#define COUNTIES 4

static atomic_int computed; /* of the counties, by the threads of compute_work */

/* Two threads a county compete for it while its reports change; every third computation is
 * given up. */
static void *compute_work(void *context)
{
	struct worker *w = context;
	char county[COUNTY_CODE];

	if (snprintf(county, sizeof(county), "34201%d", w->number % COUNTIES) >=
	    (int)sizeof(county))
		return NULL;
	for (int i = 0; i < ROUNDS; i++) {
		struct event_list auto_events events = { .n = 0 };
		struct write_result result;
		const struct recompute_input *in;
		struct recompute *rc = NULL;
		bool done = false;

		count(w, put(county, 2, i % 2 ? 5 : 39, &result));
		if (i % 3 == 0) {
			count(w, world_begin(store, county, WORLD_PERIOD, &rc, &in));
			store_recompute_abort(rc);
		}
		count(w, world_compute(store, county, WORLD_PERIOD, &events, &done, NULL));
		if (done)
			atomic_fetch_add(&computed, 1);
	}
	return NULL;
}

static atomic_bool stop;

/* Someone who reads along: each event comes once, in order, without a gap. */
static void *follow(void *context)
{
	struct worker *w = context;

	while (!atomic_load(&stop)) {
		struct event_list auto_events events = { .n = 0 };

		if (store_events_after(store, w->done, 100, "", "", &events, NULL))
			continue;
		for (size_t i = 0; i < events.n; i++) {
			if (events.items[i].seq == w->done + 1)
				w->done++;
			else
				w->wrong++;
		}
	}
	return NULL;
}

static void test_recompute_together(void **state)
{
	struct worker workers[THREADS];
	struct worker reader = { .number = 0 };
	int64_t down;

	(void)state;
	for (int i = 0; i < COUNTIES; i++) {
		char county[COUNTY_CODE];

		assert_in_range(snprintf(county, sizeof(county), "34201%d", i), 6, 6);
		world_county(store, county, 2);
		world_put(store, county, 1, 40);
	}
	atomic_store(&stop, false);
	assert_int_equal(pthread_create(&reader.thread, NULL, follow, &reader), 0);
	run_all(workers, compute_work);
	join_all(workers, &down);
	assert_int_equal(down, 0);
	assert_true(atomic_load(&computed) > COUNTIES);
	atomic_store(&stop, true);
	pthread_join(reader.thread, NULL);
	assert_int_equal(reader.wrong, 0);
	assert_int_equal(world_sql("SELECT count(*) - (SELECT seq FROM event_counter) FROM event"),
			 0);
	assert_int_equal(world_sql("SELECT seq FROM event_counter"),
			 world_sql("SELECT max(seq) FROM event"));
	/* Each alert's life begins with firing and ends with resolved, once each. */
	assert_int_equal(world_sql("SELECT count(*) FROM (SELECT alert, string_agg(type, ' ' ORDER "
				   "BY seq) AS life FROM event GROUP BY alert) AS e WHERE life NOT "
				   "IN ('alert.firing', 'alert.firing alert.resolved')"),
			 0);
	assert_int_equal(world_sql("SELECT count(*) FROM alert WHERE id NOT IN (SELECT alert FROM "
				   "event)"),
			 0);
}

static void *put_until_stopped(void *context)
{
	struct worker *w = context;

	for (int i = 0; !atomic_load(&stop); i++) {
		struct write_result result = { .changed = false };
		const enum err err = put("342001", w->number + 1, i % 60, &result);

		/* What it says may be there already, if those before it were cut off. */
		if (err || result.changed)
			count(w, err);
	}
	return NULL;
}

static void pause_ms(int ms)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

/* Every connection is cut, again and again, and the versions still add up. */
static void test_cut_connections(void **state)
{
	struct worker workers[THREADS];
	struct store_stats stats;
	int64_t down;
	int64_t done;
	int64_t before;
	int64_t after;

	(void)state;
	world_put(store, "342001", 1, 1); /* one idle connection at least */
	world_sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
		  "application_name = 'test_store'");
	pause_ms(100);
	world_put(store, "342001", 1, 2); /* an idle connection that died is no failure */
	before = world_sql("SELECT version FROM county_period WHERE county = '342001'");
	atomic_store(&stop, false);
	run_all(workers, put_until_stopped);
	for (int i = 0; i < 10; i++) {
		pause_ms(50);
		world_sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
			  "application_name = 'test_store'");
	}
	atomic_store(&stop, true);
	done = join_all(workers, &down);
	after = world_sql("SELECT version FROM county_period WHERE county = '342001'");
	assert_true(done > 0);
	/* What was answered is there; what was cut off may be. */
	assert_in_range(after - before, done, done + down);
	store_stats(store, &stats);
	assert_true(stats.broken > 0 && stats.in_use == 0 && stats.open <= 6);
	world_put(store, "342001", 1, 61);
}

static void *hold(void *context)
{
	struct worker *w = context;
	struct write_result result;

	count(w, put("342001", 1, 1000 + w->number, &result));
	return NULL;
}

/* The school's turn is taken by someone else: all connections wait for it, and who finds none
 * free is told so in time. */
static void test_exhausted(void **state)
{
	struct store *small = world_store(1, 2000, "");
	struct stored_report got;
	struct store *big = store;
	struct worker w = { .number = 0 };
	struct store_stats stats;
	int64_t start;

	(void)state;
	store = small;
	world_put(store, "342001", 1, 1);
	world_sql("BEGIN; SELECT pg_advisory_xact_lock(3420010001)");
	assert_int_equal(pthread_create(&w.thread, NULL, hold, &w), 0);
	pause_ms(200);
	start = time_monotonic_us();
	assert_int_equal(store_report_get(small, WORLD_PERIOD, "3420010002", &got, NULL), ERR_OK);
	/* lock_timeout (1.2 s) came first: the writer was told "busy", the reader went on */
	assert_in_range(time_monotonic_us() - start, 500000, 1900000);
	pthread_join(w.thread, NULL);
	assert_int_equal(w.worst, ERR_BUSY);
	store_stats(small, &stats);
	assert_true(stats.waits >= 1 && stats.timeouts == 0 && stats.broken == 0);
	world_sql("ROLLBACK");
	world_put(store, "342001", 1, 3);
	store_free(small);
	store = big;
}

static void test_timeouts(void **state)
{
	/* No lock_timeout: the statement's own comes first, and is no reason to reconnect. */
	struct store *slow = world_store(1, 3000, "-c%20lock_timeout%3D0");
	struct stored_report got;
	struct worker w = { .number = 0 };
	struct store *big = store;
	struct store_stats stats;

	(void)state;
	store = slow;
	world_put(store, "342001", 1, 4);
	world_sql("BEGIN; SELECT pg_advisory_xact_lock(3420010001)");
	assert_int_equal(pthread_create(&w.thread, NULL, hold, &w), 0);
	pause_ms(200);
	/* pool_wait_ms is 2000, the statement's time 3000 */
	assert_int_equal(store_report_get(slow, WORLD_PERIOD, "3420010002", &got, NULL), ERR_BUSY);
	pthread_join(w.thread, NULL);
	assert_int_equal(w.down, 1);
	world_sql("ROLLBACK");
	assert_int_equal(store_report_get(slow, WORLD_PERIOD, "3420010002", &got, NULL), ERR_OK);
	store_stats(slow, &stats);
	assert_true(stats.timeouts == 1 && stats.broken == 0 && stats.open == 1);
	store_free(slow);
	store = big;
}

static void test_unreachable(void **state)
{
	static const char *const urls[] = { "host=127.0.0.1 port=1 user=x dbname=x",
					    "postgresql://x:secret@127.0.0.1:1,127.0.0.1:2/x" };
	struct store_options o = { .application = "test_store",
				   .connections = 1,
				   .statement_timeout_ms = 1000,
				   .pool_wait_ms = 1000 };
	struct err_info info;
	struct store *s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		o.url = urls[i];
		assert_int_equal(store_new(&o, &s, NULL), ERR_OK);
		assert_int_equal(store_ready(s, &info), ERR_DB_DOWN);
		assert_null(strstr(info.text, "secret"));
		store_free(s);
	}
	o.url = "postgresql://x:secret@[::1/x";
	assert_int_equal(store_new(&o, &s, &info), ERR_CONFIG);
	assert_null(strstr(info.text, "secret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_puts),
		cmocka_unit_test(test_schools_move),
		cmocka_unit_test(test_recompute_together),
		cmocka_unit_test(test_cut_connections),
		cmocka_unit_test(test_exhausted),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_unreachable),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
