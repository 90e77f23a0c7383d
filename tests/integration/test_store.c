/* SPDX-License-Identifier: Apache-2.0 */
/* The store against a real PostgreSQL: what is written is read back, nothing is written
 * by what is refused, and history keeps what was superseded. */
#include "base/decimal.h"
#include "base/str.h"
#include "lib/check.h"
#include "lib/store_world.h"
#include "store/keys.h"
#include "store/migrate.h"

#define COUNTY "340207"

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

static void test_ready(void **state)
{
	(void)state;
	assert_int_equal(store_ready(store, NULL), ERR_OK);
	assert_int_equal(store_migrate(getenv("JUNHENG_DATABASE_URL"), NULL, NULL, NULL), ERR_OK);
	world_sql("UPDATE schema_migration SET version = version + 1000 WHERE version = 1");
	assert_int_equal(store_ready(store, NULL), ERR_CONFIG);
	assert_int_equal(store_migrate(getenv("JUNHENG_DATABASE_URL"), NULL, NULL, NULL),
			 ERR_CONFLICT);
	world_sql("UPDATE schema_migration SET version = 1 WHERE version = 1001");
	world_sql("UPDATE schema_migration SET sha256 = sha256(sha256) WHERE version = 1");
	assert_int_equal(store_migrate(getenv("JUNHENG_DATABASE_URL"), NULL, NULL, NULL),
			 ERR_CONFLICT);
}

static void test_regions(void **state)
{
	struct region region = { .code = "34", .name = "安徽省", .targets = "{\"share\": 4.20}" };
	struct region got;
	struct write_result result;
	struct err_info info;

	(void)state;
	assert_int_equal(store_region_put(store, &world_actor, &region, 1, &result, NULL),
			 ERR_PRECONDITION);
	assert_int_equal(store_region_put(store, &world_actor, &region, MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_true(result.created && result.changed && result.version == 1);
	assert_string_equal(result.county, "");
	assert_int_equal(
		store_region_put(store, &world_actor, &region, MATCH_EXISTS, &result, NULL),
		ERR_OK);
	assert_true(!result.created && !result.changed && result.version == 1);
	assert_int_equal(store_region_get(store, "34", &got, NULL), ERR_OK);
	assert_string_equal(got.targets, "{\"share\": 4.20}");
	str_copy(region.targets, sizeof(region.targets), "{");
	assert_int_equal(store_region_put(store, &world_actor, &region, 1, &result, &info),
			 ERR_INVALID);
	assert_string_equal(info.pointer, "/targets");
	world_county(store, COUNTY, 0);
	assert_int_equal(store_region_delete(store, &world_actor, "34", MATCH_ANY, NULL),
			 ERR_CONFLICT);
	POISON(got);
	assert_int_equal(store_region_get(store, "35", &got, NULL), ERR_NOT_FOUND);
	assert_poisoned(got);
}

static void test_region_comes_back(void **state)
{
	struct region region = { .code = "350101", .name = "县", .targets = "{}" };
	struct region got;
	struct write_result result;

	(void)state;
	assert_int_equal(store_region_put(store, &world_actor, &region, MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_string_equal(result.county, "350101");
	assert_int_equal(store_region_delete(store, &world_actor, "350101", 9, NULL),
			 ERR_PRECONDITION);
	assert_int_equal(store_region_delete(store, &world_actor, "350101", 1, NULL), ERR_OK);
	assert_int_equal(store_region_delete(store, &world_actor, "350101", MATCH_ANY, NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(store_region_get(store, "350101", &got, NULL), ERR_NOT_FOUND);
	assert_int_equal(store_region_put(store, &world_actor, &region, MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_true(result.created && result.version == 3);
}

static enum err put_school(const char *code, const char *county, const char *parent,
			   struct err_info *info)
{
	struct school school = { .name = "校", .kind = "211", .locale = "111", .sponsor = 10 };
	struct write_result result;

	str_copy(school.code, sizeof(school.code), code);
	str_copy(school.county, sizeof(school.county), county);
	str_copy(school.parent, sizeof(school.parent), parent);
	return store_school_put(store, &world_actor, &school, MATCH_ANY, &result, info);
}

static void test_schools(void **state)
{
	struct school school = { .code = "3402070001",
				 .county = COUNTY,
				 .name = "赭山小学",
				 .kind = "211",
				 .locale = "111",
				 .sponsor = 2,
				 .founded = 1902,
				 .boarding = true };
	struct write_result result;
	struct school got;
	struct err_info info;
	int64_t version = 0;

	(void)state;
	assert_int_equal(store_school_put(store, &world_actor, &school, MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_true(result.created && result.version == 1);
	assert_int_equal(store_school_put(store, &world_actor, &school, 1, &result, NULL), ERR_OK);
	assert_false(result.changed);
	school.dense_centre = true;
	assert_int_equal(store_school_put(store, &world_actor, &school, 1, &result, NULL), ERR_OK);
	assert_true(result.changed && result.version == 2);
	assert_int_equal(store_school_put(store, &world_actor, &school, 1, &result, NULL),
			 ERR_PRECONDITION);
	assert_int_equal(store_school_get(store, school.code, &got, &version, NULL), ERR_OK);
	assert_true(school_equal(&got, &school) && version == 2);
	assert_int_equal(put_school("3402070002", "999999", "", &info), ERR_INVALID);
	assert_string_equal(info.reason, "unknown_county");
	assert_int_equal(put_school("3402070002", COUNTY, "9999999999", &info), ERR_INVALID);
	assert_string_equal(info.reason, "unknown_parent");
	assert_int_equal(put_school("3402070002", "350101", school.code, &info), ERR_INVALID);
	assert_string_equal(info.reason, "not_allowed");
	assert_int_equal(put_school("3402070002", COUNTY, school.code, NULL), ERR_OK);
	assert_int_equal(put_school("3402070003", COUNTY, "3402070002", &info), ERR_INVALID);
	assert_string_equal(info.pointer, "/parent");
	assert_int_equal(put_school(school.code, COUNTY, "3402070002", &info), ERR_INVALID);
	assert_int_equal(put_school(school.code, "350101", "", &info), ERR_INVALID);
	assert_int_equal(store_school_delete(store, &world_actor, school.code, MATCH_ANY, NULL),
			 ERR_CONFLICT);
	assert_int_equal(store_school_delete(store, &world_actor, "3402070002", 1, NULL), ERR_OK);
	assert_int_equal(store_school_delete(store, &world_actor, "3402070002", 1, NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(put_school("3402070002", COUNTY, "", NULL), ERR_OK);
	assert_int_equal(store_school_get(store, "3402070002", &got, &version, NULL), ERR_OK);
	assert_int_equal(version, 2);
	assert_int_equal(world_sql("SELECT count(*) FROM school_history WHERE superseded_by = 7"),
			 2);
}

static void test_report(void **state)
{
	struct stored_report got;
	struct write_result result;
	struct report report;
	struct err_info info;
	const char *school = "3402070001";

	(void)state;
	world_report(&report, 10);
	report.site[SITE_public_funds] = AMOUNT_MAX;
	report.stages[STAGE_SENIOR].present = true;
	report.stages[STAGE_SENIOR].figure[STAGE_students] = 0;
	assert_int_equal(store_report_put(store, &world_actor, "2025", "9999999999", &report,
					  MATCH_ANY, &result, &info),
			 ERR_NOT_FOUND);
	assert_string_equal(info.reason, "unknown_school");
	assert_int_equal(store_report_get(store, "2025", school, &got, NULL), ERR_NOT_FOUND);
	assert_int_equal(store_report_put(store, &world_actor, "2025", school, &report,
					  MATCH_EXISTS, &result, NULL),
			 ERR_PRECONDITION);
	assert_int_equal(store_report_put(store, &world_actor, "2025", school, &report, MATCH_ANY,
					  &result, NULL),
			 ERR_OK);
	assert_true(result.created && result.changed && result.version == 1);
	assert_string_equal(result.county, COUNTY);
	assert_int_equal(
		store_report_put(store, &world_actor, "2025", school, &report, 1, &result, NULL),
		ERR_OK);
	assert_true(!result.created && !result.changed && result.version == 1);
	assert_int_equal(store_report_get(store, "2025", school, &got, NULL), ERR_OK);
	assert_true(report_equal(&got.report, &report) && got.version == 1);
	report.site[SITE_teaching_area]++;
	assert_int_equal(
		store_report_put(store, &world_actor, "2025", school, &report, 1, &result, NULL),
		ERR_OK);
	assert_true(!result.created && result.changed && result.version == 2);
	assert_int_equal(
		store_report_put(store, &world_actor, "2025", school, &report, 1, &result, NULL),
		ERR_PRECONDITION);
	assert_int_equal(store_report_delete(store, &world_actor, "2025", school, 1, &result, NULL),
			 ERR_PRECONDITION);
	assert_int_equal(store_report_delete(store, &world_actor, "2025", school, 2, &result, NULL),
			 ERR_OK);
	assert_true(result.version == 3);
	assert_int_equal(store_report_delete(store, &world_actor, "2025", school, 2, &result, NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(
		world_sql("SELECT count(*) FROM report_history WHERE superseded_by = 7 AND "
			  "school = '%s' AND received_at < superseded_at AND music_rooms = "
			  "'{96.00,73.50}' AND art_rooms = '{90.00}' AND public_funds = %s",
			  school, "9000000000000.00"),
		2);
}

/* No transaction number is used up, so nothing is written and no disk waited for. Others of
 * the cluster may use one up now and then. */
static void test_same_report_writes_nothing(void **state)
{
	struct write_result result;
	struct report report;
	bool nothing = false;

	(void)state;
	world_report(&report, 10);
	for (int i = 0; i < 10 && !nothing; i++) {
		int64_t before;

		assert_int_equal(store_report_put(store, &world_actor, "2023", "3402070001",
						  &report, MATCH_ANY, &result, NULL),
				 ERR_OK);
		before = world_sql("SELECT txid_current()");
		assert_int_equal(store_report_put(store, &world_actor, "2023", "3402070001",
						  &report, MATCH_EXISTS, &result, NULL),
				 ERR_OK);
		assert_false(result.changed);
		nothing = world_sql("SELECT txid_current()") == before + 1;
	}
	assert_true(nothing);
	assert_int_equal(store_report_delete(store, &world_actor, "2023", "3402070001",
					     MATCH_EXISTS, &result, NULL),
			 ERR_OK);
}

/* Sets of figures that PostgreSQL might round or cut: all bounds, all missing. */
static void test_report_extremes(void **state)
{
	struct stored_report got;
	struct write_result result;
	struct report report;

	(void)state;
	report_init(&report);
	report.stages[STAGE_JUNIOR].present = true;
	report.stages[STAGE_JUNIOR].figure[STAGE_students] = COUNT_MAX;
	for (int i = 0; i < ROOM_LIST_COUNT; i++) {
		report.rooms[i].n = ROOMS_MAX;
		for (int k = 0; k < ROOMS_MAX; k++)
			report.rooms[i].area[k] = AMOUNT_MAX - k;
	}
	assert_int_equal(store_report_put(store, &world_actor, "2024", "3402070001", &report,
					  MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_int_equal(store_report_get(store, "2024", "3402070001", &got, NULL), ERR_OK);
	assert_true(report_equal(&got.report, &report));
	assert_int_equal(store_report_delete(store, &world_actor, "2024", "3402070001", MATCH_ANY,
					     &result, NULL),
			 ERR_OK);
}

/* Two counties; one school with its report goes from the one to the other. */
static void test_school_moves(void **state)
{
	const struct standard *auto_standard standard = NULL;
	struct county_facts auto_facts facts = { .n = 0 };
	struct school school;
	struct write_result result;

	(void)state;
	assert_int_equal(store_standard_get(store, "national-2017", 0, &standard, NULL), ERR_OK);
	world_county(store, "340301", 2);
	world_county(store, "340302", 1);
	world_put(store, "340301", 1, 10);
	world_put(store, "340301", 2, 10);
	assert_int_equal(store_school_get(store, "3403010001", &school, NULL, NULL), ERR_OK);
	str_copy(school.county, sizeof(school.county), "340302");
	assert_int_equal(store_school_put(store, &world_actor, &school, MATCH_ANY, &result, NULL),
			 ERR_OK);
	assert_int_equal(
		store_facts_get(store, "340302", WORLD_PERIOD, standard, &facts, NULL, NULL),
		ERR_OK);
	assert_int_equal(facts.n, 2);
	assert_true(facts.schools[0].reported && !facts.schools[1].reported);
	store_facts_release(&facts);
	assert_int_equal(
		store_facts_get(store, "340301", WORLD_PERIOD, standard, &facts, NULL, NULL),
		ERR_OK);
	assert_int_equal(facts.n, 1);
	assert_int_equal(facts.version, 3);
	assert_int_equal(world_sql("SELECT count(*) FROM report_history h JOIN report r USING "
				   "(school, period) WHERE h.county = '340301' AND r.county = "
				   "'340302' AND h.superseded_at = r.received_at"),
			 1);
	assert_int_equal(store_school_delete(store, &world_actor, "3403010001", MATCH_ANY, NULL),
			 ERR_CONFLICT);
}

static void test_facts_of_nothing(void **state)
{
	const struct standard *auto_standard standard = NULL;
	struct county_facts facts;
	char period[PERIOD_CODE];

	(void)state;
	POISON(facts);
	assert_int_equal(store_facts_get(store, COUNTY, "2011", NULL, &facts, &standard, NULL),
			 ERR_NOT_FOUND);
	assert_poisoned(facts);
	assert_null(standard);
	world_county(store, "340399", 1);
	world_put(store, "340399", 1, 10);
	world_sql("DELETE FROM report WHERE county = '340399'; DELETE FROM school WHERE county = "
		  "'340399'");
	assert_int_equal(
		store_facts_get(store, "340399", WORLD_PERIOD, NULL, &facts, &standard, NULL),
		ERR_OK);
	assert_true(facts.n == 0 && facts.version == 1);
	store_facts_release(&facts);
	assert_int_equal(store_latest_period(store, "340399", period, NULL), ERR_OK);
	assert_string_equal(period, WORLD_PERIOD);
	assert_int_equal(store_latest_period(store, "999999", period, NULL), ERR_NOT_FOUND);
}

static void test_standard(void **state)
{
	const struct standard *auto_standard s = NULL;
	const struct standard *auto_standard again = NULL;

	(void)state;
	assert_int_equal(store_standard_for(store, COUNTY, "2016", &s, NULL), ERR_NOT_FOUND);
	assert_int_equal(store_standard_for(store, COUNTY, "2025", &s, NULL), ERR_OK);
	assert_string_equal(s->source, "教督〔2017〕6号; 2019年工作规程");
	assert_string_equal(s->id, "national-2017");
	assert_int_equal(s->threshold[STAGE_PRIMARY][0], 4200);
	assert_int_equal(s->threshold[STAGE_JUNIOR][5], 2500000);
	assert_int_equal(s->cv_limit[STAGE_JUNIOR], 450);
	assert_int_equal(standard_weight(s, "345", STAGE_SENIOR), 132);
	assert_int_equal(standard_weight(s, "341", STAGE_JUNIOR), 100);
	assert_true(s->reliefs[RELIEF_extra_sports_area] && !s->judge_rounded &&
		    s->floor_percent == 85);
	/* What a version says is read once, and shared. */
	assert_int_equal(store_standard_get(store, s->id, s->version, &again, NULL), ERR_OK);
	assert_ptr_equal(s, again);
	assert_int_equal(store_standard_get(store, s->id, 99, &again, NULL), ERR_NOT_FOUND);
}

static enum err create_key(const char *region, const char *expires, char token[KEY_TOKEN])
{
	struct api_key key = { .label = "局", .role = ROLE_SUPERVISOR };
	int64_t id = 0;

	str_copy(key.region, sizeof(key.region), region);
	str_copy(key.expires_at, sizeof(key.expires_at), expires);
	return store_key_create(store, &key, &id, token, NULL);
}

static struct school found; /* by find_key */
static int64_t found_version;

static enum err find_key(const char *token, const char *code, struct api_key *out)
{
	return store_key_find(store, token, code, out, &found, &found_version, NULL);
}

static void test_keys(void **state)
{
	struct api_key_list list = { .n = 0 };
	struct api_key key;
	char token[KEY_TOKEN];

	(void)state;
	assert_int_equal(create_key("340", "", token), ERR_INVALID);
	assert_int_equal(create_key("34020x", "", token), ERR_INVALID);
	assert_int_equal(create_key("34", "tomorrow", token), ERR_INVALID);
	assert_int_equal(create_key("34", "2031-02-30", token), ERR_INVALID);
	assert_int_equal(create_key("34", "2031-02-03T10:00:00", token), ERR_INVALID);
	assert_int_equal(create_key("34", "2001-01-01", token), ERR_OK);
	assert_int_equal(find_key(token, "", &key), ERR_UNAUTHORIZED);
	assert_int_equal(create_key("3402", "2091-01-01T08:00:00.5+08:00", token), ERR_OK);
	assert_int_equal(find_key(token, "", &key), ERR_OK);
	assert_string_equal(key.expires_at, "2091-01-01T00:00:00.500000Z");
	assert_true(key.role == ROLE_SUPERVISOR && str_equal(key.region, "3402"));
	assert_int_equal(found_version, 0);
	assert_int_equal(find_key(token, "9999999999", &key), ERR_OK);
	assert_int_equal(found_version, 0);
	assert_int_equal(find_key(token, "3402070001", &key), ERR_OK);
	assert_true(found_version == 2 && str_equal(found.name, "赭山小学"));
	assert_int_equal(store_key_revoke(store, key.id, NULL), ERR_OK);
	assert_int_equal(store_key_revoke(store, 99999, NULL), ERR_NOT_FOUND);
	assert_int_equal(find_key(token, "", &key), ERR_UNAUTHORIZED);
	token[5] ^= 1;
	assert_int_equal(find_key(token, "", &key), ERR_UNAUTHORIZED);
	assert_int_equal(find_key("", "", &key), ERR_UNAUTHORIZED);
	assert_int_equal(store_key_list(store, &list, NULL), ERR_OK);
	assert_int_equal(list.n, 2);
	assert_string_not_equal(list.items[1].revoked_at, "");
	api_key_list_release(&list);
	assert_int_equal(world_sql("SELECT count(*) FROM api_key WHERE length(hash) = 32"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regions),
		cmocka_unit_test(test_region_comes_back),
		cmocka_unit_test(test_schools),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_same_report_writes_nothing),
		cmocka_unit_test(test_report_extremes),
		cmocka_unit_test(test_school_moves),
		cmocka_unit_test(test_facts_of_nothing),
		cmocka_unit_test(test_standard),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_ready),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
