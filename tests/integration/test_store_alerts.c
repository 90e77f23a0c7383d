/* SPDX-License-Identifier: Apache-2.0 */
/* Recomputation: the figures are stored as they were judged, and the life of an alert is
 * told by events in order. The limit of a CV is crossed by the backbone teachers (R2). */
#include "base/str.h"
#include "lib/check.h"
#include "lib/store_world.h"

#define FIRING    "alert.firing"
#define RESOLVED  "alert.resolved"
#define WITHDRAWN "alert.withdrawn"

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

static void test_status(void **state)
{
	struct county_status auto_status status = { .version = 0 };
	struct event_list auto_events events = { .n = 0 };
	const struct indicator_judgement *r2;
	char school[SCHOOL_CODE];
	bool done;

	(void)state;
	world_failing(store, "341001");
	world_school_put(store, "341001", 3);
	assert_int_equal(store_status_get(store, "341001", "2019", &status, NULL), ERR_NOT_FOUND);
	assert_int_equal(store_status_get(store, "341001", "", &status, NULL), ERR_OK);
	assert_true(status.version == 0 && status.accepted_version == 3);
	assert_string_equal(status.standard, "");
	assert_int_equal(status.judgement.verdict, VERDICT_INCOMPLETE);
	store_status_release(&status);
	assert_int_equal(world_compute(store, "341001", WORLD_PERIOD, &events, &done, NULL),
			 ERR_OK);
	assert_int_equal(store_status_get(store, "341001", WORLD_PERIOD, &status, NULL), ERR_OK);
	assert_true(status.version == 3 && status.accepted_version == 3);
	assert_string_equal(status.standard, "national-2017");
	assert_int_equal(status.judgement.missing_schools, 1);
	assert_string_equal(status.missing[0], world_school("341001", 3, school));
	r2 = &status.judgement.stages[STAGE_PRIMARY].indicators[1];
	assert_true(r2->has_mean && r2->has_cv && r2->mean_rounded == 450);
	assert_near(r2->mean, 4.5, 1e-12);
	assert_near(r2->cv, 3.5 / 4.5, 1e-12);
	assert_near(r2->sd, 3.5, 1e-12);
	assert_int_equal(r2->cv_status, STATUS_NO_DATA); /* a school is missing */
	assert_int_equal(status.judgement.stages[STAGE_JUNIOR].status, STATUS_NOT_APPLICABLE);
}

static void assert_same_indicator(const struct indicator_judgement *a,
				  const struct indicator_judgement *b)
{
	assert_int_equal(a->has_mean, b->has_mean);
	assert_int_equal(a->has_cv, b->has_cv);
	assert_near(a->mean, b->mean, 0);
	assert_near(a->sd, b->sd, 0);
	assert_near(a->cv, b->cv, 0);
	assert_int_equal(a->mean_rounded, b->mean_rounded);
	assert_int_equal(a->cv_rounded, b->cv_rounded);
	assert_int_equal(a->cv_status, b->cv_status);
	assert_int_equal(a->rounding_sensitive, b->rounding_sensitive);
	assert_int_equal(a->records_met, b->records_met);
	assert_int_equal(a->schools, b->schools);
}

static void assert_same_stage(const struct stage_judgement *a, const struct stage_judgement *b)
{
	assert_int_equal(a->records, b->records);
	assert_int_equal(a->records_met, b->records_met);
	assert_int_equal(a->students, b->students);
	assert_int_equal(a->schools, b->schools);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->has_composite, b->has_composite);
	assert_near(a->composite_cv, b->composite_cv, 0);
	for (int i = 0; i < INDICATORS; i++)
		assert_same_indicator(&a->indicators[i], &b->indicators[i]);
}

/* What was judged is what is read, in every figure. */
static void test_figures_come_back(void **state)
{
	struct county_status auto_status status = { .version = 0 };
	struct county_facts auto_facts facts = { .n = 0 };
	struct county_judgement judged;
	const struct standard *auto_standard standard = NULL;
	struct record records[8];
	size_t n;

	(void)state;
	world_failing(store, "341002");
	assert_int_equal(world_judge(store, "341002", FIRING), 1);
	assert_int_equal(
		store_facts_get(store, "341002", WORLD_PERIOD, NULL, &facts, &standard, NULL),
		ERR_OK);
	assert_int_equal(county_judge(&facts, standard, records, 8, &n, &judged), ERR_OK);
	assert_int_equal(store_status_get(store, "341002", WORLD_PERIOD, &status, NULL), ERR_OK);
	for (int i = 0; i < JUDGED_STAGES; i++)
		assert_same_stage(&judged.stages[i], &status.judgement.stages[i]);
	assert_int_equal(status.judgement.verdict, judged.verdict);
}

static void only_alert(const char *county, const char *state, struct alert *out)
{
	struct alert_query query = { county, "", state, "", LEVEL_NONE, 0, 10 };
	struct alert_list auto_alerts list = { .n = 0 };

	assert_int_equal(store_alerts_list(store, &query, &list, NULL), ERR_OK);
	assert_int_equal(list.n, 1);
	*out = list.items[0];
	assert_int_equal(store_alert_get(store, out->id, out, NULL), ERR_OK);
}

static void test_fires_and_resolves(void **state)
{
	struct alert alert;
	struct alert again;

	(void)state;
	world_failing(store, "341003");
	assert_int_equal(world_judge(store, "341003", FIRING), 1);
	only_alert("341003", "firing", &alert);
	assert_string_equal(alert.item, "R2.primary.cv");
	assert_string_equal(alert.severity, "critical");
	assert_true(alert.has_value && alert.has_limit && alert.version == 2);
	assert_near(alert.limit, 0.5, 0);
	world_put(store, "341003", 2, 6); /* still above the limit: the same alert, newer value */
	assert_int_equal(world_judge(store, "341003", FIRING), 0);
	only_alert("341003", "firing", &again);
	assert_true(again.id == alert.id && again.value < alert.value && again.version == 3);
	world_put(store, "341003", 2, 38);
	assert_int_equal(world_judge(store, "341003", RESOLVED), 1);
	only_alert("341003", "resolved", &again);
	assert_int_equal(again.id, alert.id);
	world_put(store, "341003", 2, 5);
	assert_int_equal(world_judge(store, "341003", FIRING), 1);
	only_alert("341003", "firing", &again);
	assert_true(again.id > alert.id);
}

static void test_withdrawn(void **state)
{
	struct write_result result;
	struct alert alert;
	char school[SCHOOL_CODE];

	(void)state;
	world_failing(store, "341004");
	assert_int_equal(world_judge(store, "341004", FIRING), 1);
	assert_int_equal(store_report_delete(store, &world_actor, WORLD_PERIOD,
					     world_school("341004", 2, school), MATCH_ANY, &result,
					     NULL),
			 ERR_OK);
	assert_int_equal(world_judge(store, "341004", WITHDRAWN), 1);
	only_alert("341004", "withdrawn", &alert);
	assert_int_equal(alert.version, result.version);
}

static void put_in(const char *period, const char *county, int i, int backbone)
{
	struct write_result result;
	char school[SCHOOL_CODE];
	struct report report;

	world_report(&report, backbone);
	assert_int_equal(store_report_put(store, &world_actor, period,
					  world_school(county, i, school), &report, MATCH_ANY,
					  &result, NULL),
			 ERR_OK);
}

static size_t judge_in(const char *period, const char *county)
{
	struct event_list auto_events events = { .n = 0 };
	bool done;

	assert_int_equal(world_compute(store, county, period, &events, &done, NULL), ERR_OK);
	assert_true(done);
	return events.n;
}

/* An alert of one year goes on in the next, and an older year's correction does not touch it. */
static void test_carried(void **state)
{
	struct alert alert;

	(void)state;
	world_failing(store, "341005");
	assert_int_equal(judge_in("2025", "341005"), 1);
	put_in("2026", "341005", 1, 40);
	put_in("2026", "341005", 2, 5);
	assert_int_equal(judge_in("2026", "341005"), 0);
	only_alert("341005", "firing", &alert);
	assert_string_equal(alert.period, "2026");
	put_in("2025", "341005", 2, 40);
	assert_int_equal(judge_in("2025", "341005"), 0);
	put_in("2026", "341005", 2, 40);
	assert_int_equal(judge_in("2026", "341005"), 1);
	only_alert("341005", "resolved", &alert);
	put_in("2025", "341005", 2, 5); /* 2026 knows better */
	assert_int_equal(judge_in("2025", "341005"), 0);
}

static void test_events(void **state)
{
	struct event_list auto_events all = { .n = 0 };
	struct event_list auto_events some = { .n = 0 };
	int64_t last = 0;
	int64_t seqs[100];

	(void)state;
	assert_int_equal(store_events_last(store, &last, NULL), ERR_OK);
	assert_int_equal(store_events_after(store, 0, 1000, "", "", &all, NULL), ERR_OK);
	assert_true(last > 5 && (int64_t)all.n == last && last < 100);
	for (size_t i = 0; i < all.n; i++) {
		assert_int_equal(all.items[i].seq, i + 1);
		assert_string_equal(all.items[i].rule, "threshold");
		seqs[i] = all.items[i].seq;
	}
	assert_int_equal(store_events_after(store, 0, 1000, "3410", "341003", &some, NULL), ERR_OK);
	assert_int_equal(some.n, 3);
	event_list_release(&some);
	assert_int_equal(store_events_after(store, 2, 2, "341003", "", &some, NULL), ERR_OK);
	assert_int_equal(some.n, 2);
	event_list_release(&some);
	assert_int_equal(store_events_after(store, 0, 9, "3411", "341003", &some, NULL), ERR_OK);
	assert_int_equal(some.n, 0);
	event_list_release(&some);
	assert_int_equal(store_outbox_take(store, 600000, 1000, &some, NULL), ERR_OK);
	assert_int_equal(some.n, 0);
	event_list_release(&some);
	assert_int_equal(store_outbox_list(store, 0, 1000, &some, NULL), ERR_OK);
	assert_int_equal(some.n, all.n);
	event_list_release(&some);
	assert_int_equal(store_outbox_list(store, 2, 2, &some, NULL), ERR_OK);
	assert_int_equal(some.n, 2);
	assert_int_equal(some.items[0].seq, 3);
	/* Who takes them over has them for himself for a while. */
	event_list_release(&some);
	assert_int_equal(store_outbox_take(store, 0, 3, &some, NULL), ERR_OK);
	assert_int_equal(some.n, 3);
	event_list_release(&some);
	assert_int_equal(store_outbox_take(store, 600000, 1000, &some, NULL), ERR_OK);
	assert_int_equal(some.n, 0);
	assert_int_equal(store_outbox_done(store, seqs, all.n, NULL), ERR_OK);
	event_list_release(&some);
	assert_int_equal(store_outbox_list(store, 0, 1000, &some, NULL), ERR_OK);
	assert_int_equal(some.n, 0);
}

static void test_behind(void **state)
{
	struct county_keys keys = { .n = 0 };
	const struct recompute_input *in;
	struct recompute *rc;
	double oldest;
	int64_t n = 0;

	(void)state;
	world_sql("UPDATE county_result r SET computed_version = p.version FROM county_period p "
		  "WHERE (p.county, p.period) = (r.county, r.period)");
	assert_int_equal(store_behind_count(store, &n, &oldest, NULL), ERR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(world_begin(store, "341005", "2025", &rc, &in), ERR_OK);
	assert_null(rc); /* up to date */
	assert_int_equal(world_begin(store, "999999", "2025", &rc, &in), ERR_OK);
	assert_null(rc); /* unknown */
	world_put(store, "341005", 1, 39);
	put_in("2011", "341005", 1, 39);
	assert_int_equal(world_begin(store, "341005", "2011", &rc, &in), ERR_OK);
	assert_null(rc); /* no standard judges that year */
	assert_int_equal(store_behind_list(store, 10, 0, &keys, NULL), ERR_OK);
	assert_int_equal(keys.n, 1);
	assert_string_equal(keys.items[0].county, "341005");
	assert_string_equal(keys.items[0].period, "2025");
	county_keys_release(&keys);
	assert_int_equal(judge_in("2025", "341005"), 0);
	assert_int_equal(store_recompute_request(store, "341005", &n, NULL), ERR_OK);
	assert_int_equal(n, 3);
	assert_int_equal(store_behind_count(store, &n, &oldest, NULL), ERR_OK);
	assert_true(n == 2 && oldest > 0);
	assert_int_equal(judge_in("2025", "341005"), 0);
	assert_int_equal(judge_in("2026", "341005"), 0);
	assert_int_equal(store_behind_count(store, &n, &oldest, NULL), ERR_OK);
	assert_true(n == 0 && oldest <= 0);
}

/* Who holds a county is not waited for; nor do writers wait for who computes it. */
static void test_skips_locked(void **state)
{
	const struct recompute_input *in;
	struct recompute *first;
	struct recompute *second;

	(void)state;
	world_failing(store, "341006");
	assert_int_equal(world_begin(store, "341006", WORLD_PERIOD, &first, &in), ERR_OK);
	assert_non_null(first);
	assert_true(in->facts.version == 2 && in->computed_version == 0);
	/* The county's first result is only made by `first`: once it is there, it is skipped. */
	store_recompute_abort(first);
	assert_int_equal(world_judge(store, "341006", FIRING), 1);
	world_put(store, "341006", 2, 6);
	assert_int_equal(world_begin(store, "341006", WORLD_PERIOD, &first, &in), ERR_OK);
	assert_non_null(first);
	assert_int_equal(world_begin(store, "341006", WORLD_PERIOD, &second, &in), ERR_OK);
	assert_null(second);
	world_put(store, "341006", 2, 7);
	world_school_put(store, "341006", 3);
	store_recompute_abort(first);
	assert_int_equal(world_judge(store, "341006", WITHDRAWN), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_figures_come_back),
		cmocka_unit_test(test_fires_and_resolves),
		cmocka_unit_test(test_withdrawn),
		cmocka_unit_test(test_carried),
		cmocka_unit_test(test_skips_locked),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_behind),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
