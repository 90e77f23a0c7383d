/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a standard from one computation to the next: their alerts, what is remembered of
 * them, and that no computation misses a change of what it rests on. */
#include <pthread.h>
#include <time.h>

#include "base/problems.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "lib/check.h"
#include "lib/store_world.h"
#include "store/county_reports.h"
#include "store/history.h"
#include "json/documents.h"

#define FIRING    "alert.firing"
#define RESOLVED  "alert.resolved"
#define WITHDRAWN "alert.withdrawn"
#define ID        "made-up-2025"

/* Nothing for the ledger. */
static const struct ledger_moves no_moves = { .n = 0 };

static struct store *store;

/* --- standards and reports of this test ------------------------------------------------------- */

#define VETO      "{\"rule\":\"veto\",\"flag\":\"confirmed\"}"
#define CONFIRMED "{\"rule\":\"confirmed\",\"flag\":\"confirmed\"}"
#define CURED     "{\"rule\":\"confirmed\",\"flag\":\"cured\"}"
#define OVERLAY(region, conditions)                                                 \
	"{\"title\":\"made up\",\"source\":\"made up\",\"base\":\"national-2017\"," \
	"\"region\":\"" region "\",\"valid_from\":\"2025\",\"items\":{\"XV\":" conditions "}}"
#define ITEM(condition) "{\"zh\":\"某项\",\"en\":\"some item\",\"conditions\":[" condition "]}"

/* text: laid over the national standard; NULL removes it. */
static enum err put_overlay(const char *text, struct standard_write *out)
{
	struct standard_documents auto_documents list = { .n = 0 };
	struct standard_document auto_document national = { .version = 0 };
	struct standard *auto_free s = calloc(1, sizeof(*s));
	struct problems problems = { .n = 0 };
	struct standard_document d = { .id = ID };
	struct err_info info = { .text = "" };
	struct buf auto_buf resolved;

	buf_init(&resolved, STANDARD_BYTES);
	assert_non_null(s);
	assert_int_equal(store_standard_documents(store, &list, NULL), ERR_OK);
	assert_int_equal(store_standard_document(store, "national-2017", 0, &national, NULL),
			 ERR_OK);
	if (text && json_resolve_standard(text, strlen(text), national.resolved, &resolved, s,
					  &problems, &info) != ERR_OK)
		fail_msg("%s: %s %s", info.text, problems.items[0].pointer,
			 problems.items[0].detail);
	str_copy(d.base, sizeof(d.base), "national-2017");
	str_copy(d.region, sizeof(d.region), s->region);
	str_copy(d.from, sizeof(d.from), s->from);
	d.document = (char *)(uintptr_t)text; /* only read */
	d.resolved = resolved.data;
	return store_standard_put(store, &world_actor, &d, 1, list.epoch, MATCH_ANY, out, NULL);
}

static struct standard_write overlay(const char *text)
{
	struct standard_write done;

	assert_int_equal(put_overlay(text, &done), ERR_OK);
	return done;
}

static void put_own(const char *period, const char *county, const char *document)
{
	struct write_result result;

	assert_int_equal(store_county_report_put(store, &world_actor, period, county, document,
						 MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_true(result.changed);
}

#define FLAG(item, value) "{\"items\":{\"" item "\":{\"confirmed\":" value "}}}"

/* The type of the only event of a computation, "" for none. */
static const char *judged(const char *period, const char *county, struct event *out)
{
	struct event_list auto_events events = { .n = 0 };
	bool done;

	assert_int_equal(world_compute(store, county, period, &events, &done, NULL), ERR_OK);
	assert_true(done);
	assert_in_range(events.n, 0, 1);
	if (!events.n)
		return "";
	*out = events.items[0];
	return out->type;
}

static int64_t stale(const char *county, const char *period)
{
	return world_sql("SELECT stale::integer FROM county_result WHERE county = '%s' AND period "
			 "= '%s'",
			 county, period);
}

/* --- alerts ------------------------------------------------------------------------------------
 */

static void test_veto(void **state)
{
	struct county_status auto_status status = { .version = 0 };
	struct event event;

	(void)state;
	world_county(store, "380101", 0);
	put_own("2025", "380101", FLAG("V1", "true"));
	assert_string_equal(judged("2025", "380101", &event), FIRING);
	assert_string_equal(event.item, "V1");
	assert_string_equal(event.rule, "veto");
	assert_int_equal(store_status_get(store, "380101", "2025", &status, NULL), ERR_OK);
	assert_int_equal(status.judgement.verdict, VERDICT_NOT_MET);
	assert_string_equal(status.failing, "V1");
	assert_int_equal(status.standard_version, 1);
	assert_non_null(strstr(status.items, "\"V1\":{\"status\":\"not_met\""));
	assert_int_equal(str_starts(status.unknown, "G1,"), true);
	put_own("2025", "380101", FLAG("V1", "false"));
	assert_string_equal(judged("2025", "380101", &event), RESOLVED);
	assert_string_equal(event.rule, "veto");
}

/* An item that a province asks for, and no longer asks for. */
static void test_orphan(void **state)
{
	struct event event;

	(void)state;
	world_county(store, "380201", 0);
	overlay(OVERLAY("3802", ITEM(CONFIRMED)));
	put_own("2025", "380201", FLAG("XV", "false"));
	assert_string_equal(judged("2025", "380201", &event), FIRING);
	assert_string_equal(event.rule, "threshold");
	/* The country's standard of the year before, which knows no XV, says nothing of it. */
	put_own("2024", "380201", FLAG("G2", "true"));
	assert_int_equal(stale("380201", "2025"), 1);
	assert_string_equal(judged("2024", "380201", &event), "");
	assert_string_equal(judged("2025", "380201", &event), "");
	assert_int_equal(overlay(NULL).counties, 1);
	assert_string_equal(judged("2025", "380201", &event), WITHDRAWN);
	assert_string_equal(event.item, "XV");
}

/* An item that becomes one of another rule: its alert is withdrawn, and a new one fires, each by
 * its own number. */
static void test_rule_changes(void **state)
{
	struct event_list auto_events events = { .n = 0 };
	int64_t first;
	struct event event;
	bool done;

	(void)state;
	world_county(store, "380301", 0);
	overlay(OVERLAY("3803", ITEM(VETO)));
	put_own("2025", "380301", FLAG("XV", "true"));
	assert_string_equal(judged("2025", "380301", &event), FIRING);
	assert_string_equal(event.rule, "veto");
	first = event.alert;
	overlay(OVERLAY("3803", ITEM(VETO "," CURED)));
	assert_int_equal(world_compute(store, "380301", "2025", &events, &done, NULL), ERR_OK);
	assert_int_equal(events.n, 2);
	assert_string_equal(events.items[0].type, FIRING);
	assert_string_equal(events.items[0].rule, "threshold");
	assert_true(events.items[0].alert > first);
	assert_string_equal(events.items[1].type, WITHDRAWN);
	assert_string_equal(events.items[1].rule, "veto");
	assert_int_equal(events.items[1].alert, first);
	overlay(NULL);
}

/* --- what is remembered ------------------------------------------------------------------------
 */

#define FUNDS(value) "{\"items\":{\"G7\":{\"value\":" value "}}}"

static void test_history(void **state)
{
	struct history_query query = {
		.county = "380401",
		.item = { .part = EXPLAIN_ITEM, .name = "G7", .indicator = -1 },
		.period = "",
		.after_period = "",
		.limit = 10
	};
	struct county_status auto_status now = { .version = 0 };
	struct county_status auto_status then = { .version = 0 };
	struct move_list auto_moves moves = { .n = 0 };
	struct event event;
	int64_t at;

	(void)state;
	world_county(store, "380401", 0);
	put_own("2025", "380401", FUNDS("8123.5"));
	judged("2025", "380401", &event);
	at = world_sql("SELECT (extract(epoch FROM computed_at) * 1000000)::bigint FROM "
		       "county_result WHERE county = '380401'");
	put_own("2025", "380401",
		"{\"items\":{\"G7\":{\"value\":8123.5},\"V1\":"
		"{\"confirmed\":false}}}");
	judged("2025", "380401", &event);
	put_own("2025", "380401", FUNDS("7000"));
	judged("2025", "380401", &event);
	assert_int_equal(store_history_list(store, &query, &moves, NULL), ERR_OK);
	assert_int_equal(moves.n, 2);
	assert_true(moves.items[0].version == 1 && moves.items[1].version == 3);
	assert_near(moves.items[0].value, 8123.5, 0);
	assert_near(moves.items[1].value, 7000, 0);
	assert_true(moves.items[0].has_limit);
	assert_int_equal(store_status_get(store, "380401", "2025", &now, NULL), ERR_OK);
	assert_non_null(strstr(now.items, "7000"));
	assert_int_equal(store_status_as_of(store, "380401", "2025", at, &then, NULL), ERR_OK);
	assert_non_null(strstr(then.items, "8123.5"));
	/* The same again: no further row of the items. */
	assert_int_equal(store_recompute_request(store, "380401", &at, NULL), ERR_OK);
	judged("2025", "380401", &event);
	assert_int_equal(world_sql("SELECT count(*) FROM item_result_log WHERE county = '380401'"),
			 3);
}

/* --- versions of standards ---------------------------------------------------------------------
 */

static void test_versions(void **state)
{
	struct standard_document auto_document d = { .version = 0 };
	const struct standard *auto_standard held = NULL;
	const struct standard *auto_standard again = NULL;
	const struct standard *auto_standard later = NULL;
	int64_t first;

	(void)state;
	first = overlay(OVERLAY("3805", ITEM(VETO))).version;
	assert_int_equal(store_standard_get(store, ID, 0, &held, NULL), ERR_OK);
	assert_int_equal(store_standard_get(store, ID, first, &again, NULL), ERR_OK);
	assert_ptr_equal(held, again);
	assert_int_equal(overlay(OVERLAY("3805", ITEM(CONFIRMED))).version, first + 1);
	assert_int_equal(store_standard_get(store, ID, 0, &later, NULL), ERR_OK);
	assert_true(later->version == first + 1 && held->version == first);
	/* A removal is counted, but nothing can be read of it. */
	assert_int_equal(overlay(NULL).version, first + 2);
	assert_int_equal(store_standard_document(store, ID, 0, &d, NULL), ERR_NOT_FOUND);
	assert_int_equal(store_standard_document(store, ID, first + 2, &d, NULL), ERR_NOT_FOUND);
	assert_int_equal(store_standard_document(store, ID, first, &d, NULL), ERR_OK);
	assert_string_equal(d.region, "3805");
}

/* A standard that moves from one region to another has the counties of both computed again. */
static void test_counties(void **state)
{
	struct event event;

	(void)state;
	world_county(store, "380601", 0);
	world_county(store, "380602", 0);
	world_county(store, "380701", 0);
	put_own("2025", "380601", FUNDS("8000"));
	put_own("2024", "380602", FUNDS("8000"));
	put_own("2025", "380701", FUNDS("8000"));
	assert_int_equal(overlay(OVERLAY("3806", ITEM(VETO))).counties, 1); /* from 2025 on */
	judged("2025", "380601", &event);
	judged("2025", "380701", &event);
	assert_int_equal(overlay(OVERLAY("3807", ITEM(VETO))).counties, 2);
	assert_int_equal(stale("380601", "2025") + stale("380701", "2025"), 2);
	overlay(NULL);
}

/* --- changes that come while a county is computed ----------------------------------------------
 */

#define WAIT_US 20000000

/* Until somebody waits for an advisory lock. */
static void wait_for_a_lock(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const int64_t end = time_monotonic_us() + WAIT_US;

	while (!world_sql(
		"SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
		"WHERE NOT l.granted AND l.locktype = 'advisory' AND d.datname = "
		"current_database()")) {
		if (time_monotonic_us() > end)
			fail_msg("nobody waits for the computation");
		nanosleep(&pause, NULL);
	}
}

static void *put_standard_work(void *context)
{
	struct standard_write done;

	*(enum err *)context = put_overlay(OVERLAY("3808", ITEM(CONFIRMED)), &done);
	return NULL;
}

static void *put_own_work(void *context)
{
	struct write_result result;

	*(enum err *)context = store_county_report_put(store, &world_actor, "2024", "380801",
						       FUNDS("7900"), MATCH_ANY, &result, NULL);
	return NULL;
}

/* A county's first computation is under way, begun by what was known then: a change waits for it,
 * and finds the result that it has to mark. */
static void assert_waits(const char *county, void *(*work)(void *))
{
	struct county_judgement *auto_free judgement = calloc(1, sizeof(*judgement));
	struct event_list auto_events events = { .n = 0 };
	const struct recompute_input *in;
	struct recompute *rc;
	enum err changed = ERR_DB;
	pthread_t thread;
	struct recomputed done[RECOMPUTE_MAX];
	size_t n = 0;

	assert_non_null(judgement);
	assert_int_equal(world_begin(store, county, "2025", &rc, &in), ERR_OK);
	assert_non_null(rc);
	assert_int_equal(pthread_create(&thread, NULL, work, &changed), 0);
	wait_for_a_lock();
	judgement->verdict = VERDICT_INCOMPLETE;
	assert_int_equal(store_recompute_judged(rc, judgement, "{}", NULL, 0, 0, &no_moves, NULL),
			 ERR_OK);
	assert_int_equal(store_recompute_commit(rc, &events, done, &n, NULL), ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(changed, ERR_OK);
	assert_int_equal(stale(county, "2025"), 1);
}

static void test_changes_wait(void **state)
{
	(void)state;
	world_county(store, "380801", 0);
	put_own("2025", "380801", FUNDS("8000"));
	assert_waits("380801", put_standard_work);
	assert_waits("380801", put_own_work);
	overlay(NULL);
}

static void test_reach(void **state)
{
	const struct actor neighbour = { .key = 7, .region = "3899" };
	struct write_result result;

	(void)state;
	world_county(store, "380901", 0);
	assert_int_equal(store_county_report_put(store, &neighbour, "2025", "380901", FUNDS("1"),
						 MATCH_ANY, &result, NULL),
			 ERR_FORBIDDEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_veto),         cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_rule_changes), cmocka_unit_test(test_history),
		cmocka_unit_test(test_versions),     cmocka_unit_test(test_counties),
		cmocka_unit_test(test_changes_wait), cmocka_unit_test(test_reach),
	};
	int failed;

	store = world_store(4, 10000, "");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	store_free(store);
	return failed;
}
