/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "domain/alert.h"
#include "domain/item.h"
#include "lib/check.h"
#include "lib/national.h"

static enum alert_action step(bool open, const char *open_period, const char *period,
			      enum status status, bool later_known)
{
	struct alert_facts f = { .open = open, .status = status, .later_known = later_known };

	str_copy(f.open_period, sizeof(f.open_period), open_period);
	str_copy(f.period, sizeof(f.period), period);
	return alert_step(&f);
}

static void test_none_open(void **state)
{
	(void)state;
	for (int s = 0; s < STATUS_COUNT; s++) {
		const enum status status = (enum status)s;

		assert_int_equal(step(false, "", "2025", status, false),
				 status == STATUS_NOT_MET ? ALERT_FIRE : ALERT_NONE);
		assert_int_equal(step(false, "", "2025", status, true), ALERT_NONE);
	}
}

/* Every state of the table in alert.h; whether a later period knows the item
 * matters to none that is open. */
static void test_open(void **state)
{
	static const struct {
		const char *period;
		enum alert_action by_status[STATUS_COUNT]; /* met, not_met, then the unknown */
	} rows[] = {
		{ "2025",
		  { ALERT_RESOLVE, ALERT_KEEP, ALERT_WITHDRAW, ALERT_WITHDRAW, ALERT_WITHDRAW } },
		{ "2026", { ALERT_RESOLVE, ALERT_CARRY, ALERT_NONE, ALERT_NONE, ALERT_NONE } },
		{ "2024", { ALERT_NONE, ALERT_NONE, ALERT_NONE, ALERT_NONE, ALERT_NONE } },
	};

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		for (int s = 0; s < STATUS_COUNT; s++) {
			const enum alert_action want = rows[r].by_status[s];

			assert_int_equal(step(true, "2025", rows[r].period, (enum status)s, false),
					 want);
			assert_int_equal(step(true, "2025", rows[r].period, (enum status)s, true),
					 want);
		}
	}
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
		cmocka_unit_test(test_none_open),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_item_names),
		cmocka_unit_test(test_item_get),
	};

	return cmocka_run_group_tests_name("alert", tests, NULL, NULL);
}
