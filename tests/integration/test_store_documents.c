/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept as documents: standards and their versions, what counties themselves report; and
 * what schools declare. */
#include "base/str.h"
#include "lib/check.h"
#include "lib/store_world.h"
#include "store/county_reports.h"

static struct store *store;

/* A copy of the national document for a region and its dates, put or (NULL) removed. */
static enum err put_standard(const char *id, const char *region, const char *from, bool remove,
			     struct standard_write *out)
{
	struct standard_documents auto_documents list = { .n = 0 };
	struct standard_document auto_document national = { .version = 0 };
	struct standard_document d = { .version = 0 };

	assert_int_equal(store_standard_documents(store, &list, NULL), ERR_OK);
	assert_int_equal(store_standard_document(store, "national-2017", 1, &national, NULL),
			 ERR_OK);
	str_copy(d.id, sizeof(d.id), id);
	str_copy(d.region, sizeof(d.region), region);
	str_copy(d.from, sizeof(d.from), from);
	d.document = remove ? NULL : national.document;
	d.resolved = national.resolved;
	return store_standard_put(store, &world_actor, &d, 1, list.epoch, MATCH_ANY, out, NULL);
}

static int64_t stale(const char *county)
{
	return world_sql("SELECT count(*) FROM county_result WHERE stale AND county = '%s'",
			 county);
}

/* A province's goes before the country's, and whoever it judges is judged anew. */
static void test_standard_of_a_province(void **state)
{
	const struct standard *auto_standard s = NULL;
	const struct standard *auto_standard before = NULL;
	struct standard_write done;
	int64_t then;

	(void)state;
	world_county(store, "360101", 1);
	world_put(store, "360101", 1, 10);
	world_judge(store, "360101", "");
	assert_int_equal(stale("360101"), 0);
	then = world_sql("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
	assert_int_equal(put_standard("jiangxi-2024", "36", "2024", false, &done), ERR_OK);
	assert_true(done.created && done.changed && done.version == 1 && done.counties == 1);
	assert_int_equal(stale("360101"), 1);
	assert_int_equal(store_standard_for(store, "360101", WORLD_PERIOD, &s, NULL), ERR_OK);
	assert_string_equal(s->id, "jiangxi-2024");
	assert_int_equal(store_standard_as_of(store, "360101", WORLD_PERIOD, then, &before, NULL),
			 ERR_OK);
	assert_string_equal(before->id, "national-2017");
	world_judge(store, "360101", "");
	/* The same again changes nothing, and has nobody computed again. */
	assert_int_equal(put_standard("jiangxi-2024", "36", "2024", false, &done), ERR_OK);
	assert_true(!done.created && !done.changed && done.version == 1 && done.counties == 0);
	assert_int_equal(stale("360101"), 0);
	assert_int_equal(put_standard("jiangxi-2024", "", "", true, &done), ERR_OK);
	assert_int_equal(done.counties, 1);
	assert_int_equal(put_standard("jiangxi-2024", "", "", true, &done), ERR_NOT_FOUND);
	assert_int_equal(world_sql("SELECT count(*) FROM standard_history WHERE id = "
				   "'jiangxi-2024' AND version = 1"),
			 1);
}

static void test_standards_have_turns(void **state)
{
	struct standard_documents auto_documents list = { .n = 0 };
	struct err_info info;
	struct standard_write done;

	(void)state;
	assert_int_equal(store_standard_documents(store, &list, NULL), ERR_OK);
	assert_int_equal(put_standard("turns-2024", "37", "2024", false, &done), ERR_OK);
	assert_int_equal(store_standard_put(store, &world_actor, &list.items[0], 1, list.epoch,
					    MATCH_ANY, &done, &info),
			 ERR_BUSY);
	assert_string_equal(info.reason, "epoch");
	assert_int_equal(put_standard("turns-2024", "", "", true, &done), ERR_OK);
}

#define FUNDS(value) "{\"items\":{\"G7\":{\"value\":" value "}}}"

static struct write_result put_own(const char *county, const char *document, int64_t match,
				   enum err wanted)
{
	struct write_result result = { .version = -1 };

	assert_int_equal(store_county_report_put(store, &world_actor, WORLD_PERIOD, county,
						 document, match, &result, NULL),
			 wanted);
	return result;
}

static void test_county_report(void **state)
{
	const struct standard *auto_standard standard = NULL;
	struct stored_county_report auto_county_report stored = { .document = NULL };
	struct county_facts auto_facts facts = { .n = 0 };
	struct write_result r;

	(void)state;
	put_own("999998", FUNDS("1"), MATCH_ANY, ERR_NOT_FOUND);
	world_county(store, "360201", 1);
	put_own("360201", NULL, MATCH_ANY, ERR_NOT_FOUND);
	r = put_own("360201", FUNDS("8123.5"), MATCH_ANY, ERR_OK);
	assert_true(r.created && r.changed && r.version == 1);
	world_put(store, "360201", 1, 10);
	r = put_own("360201", FUNDS("8123.50"), MATCH_ANY, ERR_OK); /* the same number */
	assert_true(!r.created && !r.changed && r.version == 1);
	put_own("360201", FUNDS("8000"), 7, ERR_PRECONDITION);
	r = put_own("360201", FUNDS("8000"), 1, ERR_OK);
	assert_true(r.changed && r.version == 3);
	assert_int_equal(store_county_report_get(store, WORLD_PERIOD, "360201", &stored, NULL),
			 ERR_OK);
	assert_string_equal(stored.document, FUNDS("8000"));
	assert_int_equal(
		store_facts_get(store, "360201", WORLD_PERIOD, NULL, &facts, &standard, NULL),
		ERR_OK);
	assert_int_equal(facts.version, 3);
	assert_non_null(facts.report);
	assert_null(facts.previous);
	assert_int_equal(facts.report->items[standard_item(standard, "G7")].figure[0], 800000);
	r = put_own("360201", NULL, MATCH_ANY, ERR_OK);
	assert_int_equal(r.version, 4);
	assert_int_equal(world_sql("SELECT count(*) FROM county_report_history WHERE county = "
				   "'360201'"),
			 2);
}

/* What a school declares comes back, and is part of whether a report is the same. */
static void test_declared(void **state)
{
	struct write_result result;
	struct stored_report stored;
	struct report report;
	char school[SCHOOL_CODE];

	(void)state;
	world_county(store, "360301", 1);
	world_report(&report, 10);
	report.rooms[ROOMS_art_rooms].n = 0; /* none, which is not missing */
	report.declared_n = 2;
	report.declared[0] = (struct declared_figure){ "fitness_passed", 46500 };
	report.declared[1] = (struct declared_figure){ "fitness_tested", 48000 };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_report_put(store, &world_actor, WORLD_PERIOD,
						  world_school("360301", 1, school), &report,
						  MATCH_ANY, &result, NULL),
				 ERR_OK);
		assert_int_equal(result.changed, i == 0);
	}
	assert_int_equal(store_report_get(store, WORLD_PERIOD, school, &stored, NULL), ERR_OK);
	assert_true(report_equal(&stored.report, &report));
	report.declared[1].value++;
	assert_int_equal(store_report_put(store, &world_actor, WORLD_PERIOD, school, &report,
					  MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_true(result.changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_standard_of_a_province),
		cmocka_unit_test(test_standards_have_turns),
		cmocka_unit_test(test_county_report),
		cmocka_unit_test(test_declared),
	};
	int failed;

	store = world_store(4, 10000, "");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	store_free(store);
	return failed;
}
