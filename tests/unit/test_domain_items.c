/* SPDX-License-Identifier: Apache-2.0 */
/* What the golden cases of items cannot show: the largest sums, the item list, filters,
 * what a figure lacks. The rules themselves are in tests/golden/items/. */
#include "domain/items.h"

#include "base/str.h"
#include "domain/item.h"
#include "lib/check.h"
#include "lib/national.h"

/* --- a standard of few items ---------------------------------------------------------- */

/* Standards are too large for a stack frame, and each test wants its own. */
static struct standard standard;

static struct item_rule *add_item(const char *name)
{
	struct item_rule *item = &standard.items[standard.items_n++];

	str_copy(item->name, sizeof(item->name), name);
	item->group = item_group_of(name);
	return item;
}

static struct condition *add_condition(struct item_rule *item, enum rule rule)
{
	struct condition *c = &item->conditions[item->n++];

	c->rule = rule;
	c->stage = c->relief = -1;
	c->measure = MEASURE_NUMBER;
	return c;
}

static void add_term(struct sum *sum, enum source source, int field, bool minus)
{
	sum->terms[sum->n++] = (struct term){ minus, source, 0, field };
}

static int start(void **state)
{
	(void)state;
	standard = national;
	return 0;
}

static void test_item_list(void **state)
{
	static struct county_judgement j;
	struct condition *c;
	struct item item;

	(void)state;
	(void)add_condition(add_item("V1"), RULE_VETO);
	c = add_condition(add_item("G7"), RULE_RATIO);
	c->threshold = 8000000;
	c = add_condition(add_item("G4"), RULE_RATIO);
	c->each_school = true;
	c->threshold = 2000000;
	add_item("AH1");
	(void)add_condition(&standard.items[3], RULE_VETO);
	(void)add_condition(&standard.items[3], RULE_GROUPS);
	standard.items[3].conditions[1].threshold = 85500;
	assert_int_equal(items_count(&standard), 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(item_find(&standard, item_name(&standard, i)), i);
	assert_string_equal(item_name(&standard, 17), "G7");
	assert_int_equal(item_find(&standard, "G8"), -1);
	assert_string_equal(item_alert_rule(&standard, 0), "threshold");
	assert_string_equal(item_alert_rule(&standard, 16), "veto");
	assert_string_equal(item_alert_rule(&standard, 17), "threshold");
	assert_string_equal(item_alert_rule(&standard, 19), "threshold");

	j.items[0].status = STATUS_NOT_MET;
	j.items[1] = (struct item_judgement){ .status = STATUS_MET,
					      .n = 1,
					      .conditions = {
						      { STATUS_MET, true, 8123.5, 812350, 0 } } };
	j.items[2] = (struct item_judgement){
		.status = STATUS_NO_DATA, .schools = 9, .schools_met = 7, .schools_failed = 1
	};
	j.items[3].conditions[1] = (struct condition_judgement){ STATUS_MET, true, 90.5, 905, 0 };
	POISON(item);
	item_get(&j, &standard, 16, &item);
	assert_string_equal(item.name, "V1");
	assert_true(item.rule == &standard.items[0] && item.status == STATUS_NOT_MET);
	assert_true(item.indicator == -1 && !item.has_value && !item.has_limit);
	item_get(&j, &standard, 17, &item);
	assert_true(item.has_value && item.value == 8123.5 && item.has_limit && item.limit == 8000);
	item_get(&j, &standard, 18, &item);
	assert_true(item.has_value && item.value == 2 && item.has_limit && item.limit == 0);
	item_get(&j, &standard, 19, &item);
	assert_true(item.has_value && item.value == 90.5 && item.limit == 85.5);
	item_get(&j, &standard, 3, &item);
	assert_null(item.rule);
}

/* --- schools -------------------------------------------------------------------------- */

static struct school_facts schools[COUNTY_SCHOOLS_MAX];

static struct county_facts county_of(size_t n)
{
	memset(schools, 0, sizeof(schools));
	for (size_t i = 0; i < n; i++) {
		struct school_facts *s = &schools[i];

		for (size_t digit = 0, rest = i; digit < 10; digit++, rest /= 10)
			s->school.code[9 - digit] = (char)('0' + rest % 10);
		str_copy(s->school.kind, sizeof(s->school.kind), "211");
		str_copy(s->school.locale, sizeof(s->school.locale), "111");
		s->school.sponsor = 1;
		s->reported = true;
		report_init(&s->report);
		s->report.stages[STAGE_PRIMARY].present = true;
		s->report.stages[STAGE_PRIMARY].figure[STAGE_students] = 100;
	}
	return (struct county_facts){ .period = "2025", .schools = schools, .n = n };
}

static struct merge_index merge;

static enum status judge(const struct county_facts *facts)
{
	static struct item_judgement out[STANDARD_ITEMS_MAX];

	merge_index_init(&merge, facts);
	items_judge(facts, &merge, &standard, out);
	return out[0].status;
}

/* 5000 schools of 3·10¹³ yuan each, four times: 6·10¹⁷ yuan, more than 64 bits of fen. */
static void test_huge(void **state)
{
	struct county_facts facts = county_of(COUNTY_SCHOOLS_MAX);
	struct condition *c = add_condition(add_item("G7"), RULE_RATIO);
	struct county_sums sums;

	(void)state;
	for (int i = 0; i < TERMS_MAX; i++) {
		add_term(&c->of, SOURCE_SITE, SITE_public_funds, false);
		add_term(&c->to, SOURCE_SITE, SITE_public_funds_budget, false);
	}
	for (size_t i = 0; i < facts.n; i++) {
		schools[i].report.site[SITE_public_funds] = AMOUNT_SUM_MAX;
		schools[i].report.site[SITE_public_funds_budget] = AMOUNT_SUM_MAX;
	}
	c->measure = MEASURE_PERCENT;
	c->threshold = 100000;
	assert_int_equal(judge(&facts), STATUS_MET);
	county_sums(&facts, &merge, &standard, 0, 0, NULL, &sums);
	assert_true(sums.has_of && sums.has_to && sums.of == INT64_MAX && sums.to == INT64_MAX);
	/* One fen in 6·10¹⁹. */
	schools[4999].report.site[SITE_public_funds]--;
	assert_int_equal(judge(&facts), STATUS_NOT_MET);
	c->to.n = 0;
	c->measure = MEASURE_YUAN;
	c->compare = MORE_THAN;
	c->threshold = INT64_MAX;
	assert_int_equal(judge(&facts), STATUS_MET);
	for (int i = 0; i < TERMS_MAX; i++)
		c->of.terms[i].minus = true;
	assert_int_equal(judge(&facts), STATUS_NOT_MET);
	county_sums(&facts, &merge, &standard, 0, 0, NULL, &sums);
	assert_true(sums.of == -INT64_MAX && sums.to == 100);
	schools[17].report.site[SITE_public_funds] = MISSING;
	county_sums(&facts, &merge, &standard, 0, 0, NULL, &sums);
	assert_true(!sums.has_of && sums.has_to);
}

static void test_item_schools(void **state)
{
	struct county_facts facts = county_of(10);
	struct condition *c = add_condition(add_item("G5"), RULE_RATIO);
	size_t out[3];

	(void)state;
	c->each_school = true;
	add_term(&c->of, SOURCE_STAGE, STAGE_largest_class, false);
	c->compare = AT_MOST;
	c->threshold = 45000;
	for (size_t i = 0; i < 8; i++)
		schools[i].report.stages[0].figure[STAGE_largest_class] = i % 2 ? 46 : 45;
	schools[9].reported = false;
	merge_index_init(&merge, &facts);
	POISON(out);
	assert_int_equal(item_schools(&facts, &merge, &standard, 0, STATUS_NOT_MET, out, 3), 4);
	assert_true(out[0] == 1 && out[1] == 3 && out[2] == 5);
	assert_int_equal(item_schools(&facts, &merge, &standard, 0, STATUS_NO_DATA, out, 3), 2);
	assert_true(out[0] == 8 && out[1] == 9);
	assert_int_equal(item_schools(&facts, &merge, &standard, 0, STATUS_MET, NULL, 0), 4);
	assert_int_equal(item_schools(&facts, &merge, &standard, 0, STATUS_UNDEFINED, out, 3), 0);
}

static void test_filters(void **state)
{
	static const struct {
		enum filter filter;
		const char *kind, *locale;
		int sponsor;
		bool boarding, admits;
	} rows[] = {
		{ FILTER_urban_or_town, "211", "123", 1, false, true },
		{ FILTER_urban_or_town, "211", "210", 1, false, false },
		{ FILTER_urban_or_town, "211", "", 1, false, false },
		{ FILTER_rural, "211", "220", 1, false, true },
		{ FILTER_rural, "211", "112", 1, false, false },
		{ FILTER_public, "211", "111", 8, false, true },
		{ FILTER_public, "211", "111", 9, false, false },
		{ FILTER_private, "211", "111", 10, false, true },
		{ FILTER_private, "211", "111", 9, false, false },
		{ FILTER_day, "211", "111", 1, false, true },
		{ FILTER_day, "211", "111", 1, true, false },
		{ FILTER_boarding, "211", "111", 1, true, true },
		{ FILTER_boarding, "211", "111", 1, false, false },
		{ FILTER_integrated, "312", "111", 1, false, true },
		{ FILTER_integrated, "345", "111", 1, false, true },
		{ FILTER_integrated, "341", "111", 1, false, false },
		{ FILTER_single, "341", "111", 1, false, true },
		{ FILTER_single, "312", "111", 1, false, false },
	};
	struct county_facts facts = county_of(1);
	struct condition *c = add_condition(add_item("AH1"), RULE_RATIO);

	(void)state;
	c->each_school = true;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct school *s = &schools[0].school;

		str_copy(s->kind, sizeof(s->kind), rows[i].kind);
		str_copy(s->locale, sizeof(s->locale), rows[i].locale);
		s->sponsor = rows[i].sponsor;
		s->boarding = rows[i].boarding;
		c->filters = 1u << rows[i].filter;
		/* No terms: 1, at least 0. */
		assert_int_equal(judge(&facts),
				 rows[i].admits ? STATUS_MET : STATUS_NOT_APPLICABLE);
	}
}

/* --- what a figure lacks ---------------------------------------------------------------- */

static int64_t lack(const struct county_facts *facts)
{
	struct school_item s;
	struct merged m;

	merge_index_init(&merge, facts);
	assert_true(merged_get(&merge, facts, 0, &m));
	POISON(s);
	school_item_judge(facts, &standard, 0, 0, &m, &s);
	return s.lack;
}

static void test_lack(void **state)
{
	struct county_facts facts = county_of(1);
	struct condition *c = add_condition(add_item("AH1"), RULE_RATIO);
	int64_t *figure = schools[0].report.stages[0].figure;

	(void)state;
	c->each_school = true;
	c->threshold = 10000;
	c->measure = MEASURE_PERCENT;
	/* Without figures nothing can change. */
	c->compare = LESS_THAN;
	assert_true(lack(&facts) == MISSING);
	/* Of 100 pupils 4: 10 % is 6 more; more than 10 %, 7. */
	add_term(&c->of, SOURCE_STAGE, STAGE_migrant_students, false);
	add_term(&c->to, SOURCE_STAGE, STAGE_students, false);
	figure[STAGE_migrant_students] = 4;
	c->compare = AT_LEAST;
	assert_true(lack(&facts) == 6);
	c->compare = MORE_THAN;
	assert_true(lack(&facts) == 7);
	/* Of 100 pupils 14: at most 10 % is 4 fewer; less, 5. */
	figure[STAGE_migrant_students] = 14;
	c->compare = AT_MOST;
	assert_true(lack(&facts) == 4);
	c->compare = LESS_THAN;
	assert_true(lack(&facts) == 5);
	/* Less than nothing cannot be. */
	c->threshold = 0;
	assert_true(lack(&facts) == MISSING);
}

/* A figure that is in both sums, or is taken off. */
static void test_lack_of_twice(void **state)
{
	struct county_facts facts = county_of(1);
	struct condition *c = add_condition(add_item("AH1"), RULE_RATIO);
	int64_t *figure = schools[0].report.stages[0].figure;

	(void)state;
	c->each_school = true;
	c->threshold = 10000;
	c->measure = MEASURE_PERCENT;
	add_term(&c->of, SOURCE_STAGE, STAGE_migrant_students, false);
	/* (4 + x) / (100 + x) is 10 % with 6.67 more. */
	figure[STAGE_migrant_students] = 4;
	figure[STAGE_zone_students] = 96;
	add_term(&c->to, SOURCE_STAGE, STAGE_zone_students, false);
	add_term(&c->to, SOURCE_STAGE, STAGE_migrant_students, false);
	assert_true(lack(&facts) == 7);
	/* 100 - x of 100: to reach 95 % the figure shrinks from 8 to 5. */
	c->of.n = c->to.n = 0;
	add_term(&c->of, SOURCE_STAGE, STAGE_migrant_students, true);
	add_term(&c->of, SOURCE_STAGE, STAGE_students, false);
	add_term(&c->to, SOURCE_STAGE, STAGE_students, false);
	c->threshold = 95000;
	figure[STAGE_migrant_students] = 8;
	assert_true(lack(&facts) == 3);
}

static void test_lack_of_site(void **state)
{
	struct county_facts facts = county_of(1);
	struct condition *c = add_condition(add_item("AH1"), RULE_RATIO);

	(void)state;
	c->each_school = true;
	/* More than a figure can be. */
	add_term(&c->of, SOURCE_SITE, SITE_public_funds, false);
	schools[0].report.site[SITE_public_funds] = 100;
	c->measure = MEASURE_YUAN;
	c->threshold = INT64_MAX;
	assert_true(lack(&facts) == MISSING);
	/* Hundredths of yuan; whole rooms. */
	c->threshold = 5000;
	assert_true(lack(&facts) == 400);
	c->of.terms[0].field = SITE_multimedia_rooms;
	schools[0].report.site[SITE_multimedia_rooms] = 2;
	assert_true(lack(&facts) == 3);
	c->of.terms[0].field = SITE_training_budget;
	assert_true(lack(&facts) == MISSING);
}

/* The first figure may be the county's, or one that the standard declares. */
static void test_lack_of_declared(void **state)
{
	static struct county_report report;
	struct county_facts facts = county_of(1);
	struct item_rule *item = add_item("AH1");
	struct condition *c = add_condition(item, RULE_RATIO);

	(void)state;
	county_report_init(&report);
	facts.report = &report;
	c->each_school = true;
	c->threshold = 5000;
	str_copy(standard.fields[0].name, sizeof(standard.fields[0].name), "books");
	standard.fields_n = 1;
	add_term(&c->of, SOURCE_DECLARED, 0, false);
	assert_true(lack(&facts) == MISSING);
	schools[0].report.declared_n = 1;
	schools[0].report.declared[0] = (struct declared_figure){ "books", 300 };
	assert_true(lack(&facts) == 2);
	standard.fields[0].unit = UNIT_AREA;
	assert_true(lack(&facts) == 200);
	c->of.terms[0] = (struct term){ false, SOURCE_ITEM, 0, 0 };
	report.items[0].figure[0] = 2;
	assert_true(lack(&facts) == 3);
	item->fields[0].unit = UNIT_MONEY;
	assert_true(lack(&facts) == 498);
}

/* A list without subjects says as little as none. */
static void test_no_subjects(void **state)
{
	static struct county_report report;
	struct county_facts facts = county_of(0);

	(void)state;
	(void)add_condition(add_item("Q9"), RULE_SUBJECTS);
	county_report_init(&report);
	assert_int_equal(judge(&facts), STATUS_NO_DATA);
	facts.report = &report;
	assert_int_equal(judge(&facts), STATUS_NO_DATA);
	report.subjects_n = 0;
	assert_int_equal(judge(&facts), STATUS_NO_DATA);
}

/* --- the verdict ------------------------------------------------------------------------ */

static void test_largest_class(void **state)
{
	struct county_facts facts = county_of(2);
	struct condition *c = add_condition(add_item("AH1"), RULE_RATIO);

	(void)state;
	add_term(&c->of, SOURCE_STAGE, STAGE_largest_class, false);
	c->compare = AT_MOST;
	c->threshold = 45000;
	schools[0].report.stages[0].figure[STAGE_largest_class] = 45;
	schools[1].report.stages[0].figure[STAGE_largest_class] = 30;
	assert_int_equal(judge(&facts), STATUS_MET);
	schools[1].report.stages[0].figure[STAGE_largest_class] = 46;
	assert_int_equal(judge(&facts), STATUS_NOT_MET);
}

static void test_no_items(void **state)
{
	struct county_facts facts = county_of(1);
	struct record records[2];
	static struct county_judgement j;
	size_t n;

	(void)state;
	POISON(j);
	assert_int_equal(county_judge(&facts, &standard, records, 2, &n, &j), ERR_OK);
	assert_int_equal(j.items_n, 0);
	assert_int_equal(status_worst(STATUS_NOT_APPLICABLE, STATUS_MET), STATUS_MET);
	assert_int_equal(status_worst(STATUS_UNDEFINED, STATUS_MET), STATUS_UNDEFINED);
	assert_int_equal(status_worst(STATUS_UNDEFINED, STATUS_NO_DATA), STATUS_NO_DATA);
	assert_int_equal(status_worst(STATUS_NOT_MET, STATUS_NO_DATA), STATUS_NOT_MET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_item_list, start),
		cmocka_unit_test_setup(test_huge, start),
		cmocka_unit_test_setup(test_item_schools, start),
		cmocka_unit_test_setup(test_filters, start),
		cmocka_unit_test_setup(test_lack, start),
		cmocka_unit_test_setup(test_lack_of_twice, start),
		cmocka_unit_test_setup(test_lack_of_site, start),
		cmocka_unit_test_setup(test_lack_of_declared, start),
		cmocka_unit_test_setup(test_no_subjects, start),
		cmocka_unit_test_setup(test_largest_class, start),
		cmocka_unit_test_setup(test_no_items, start),
	};

	return cmocka_run_group_tests_name("items", tests, NULL, NULL);
}
