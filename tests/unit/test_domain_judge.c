/* SPDX-License-Identifier: Apache-2.0 */
/* What the golden cases cannot show: limits, untouched outputs, order, splits
 * and reliefs as ratios. The rules themselves are in tests/golden/. */
#include "domain/judge.h"

#include "base/str.h"
#include "domain/indicator.h"
#include "lib/check.h"
#include "lib/national.h"

static struct school_facts school(const char *code, const char *kind)
{
	struct school_facts s;

	memset(&s, 0, sizeof(s));
	str_copy(s.school.code, sizeof(s.school.code), code);
	str_copy(s.school.kind, sizeof(s.school.kind), kind);
	str_copy(s.school.locale, sizeof(s.school.locale), "111");
	report_init(&s.report);
	return s;
}

static void put_students(struct school_facts *s, enum stage stage, int64_t students)
{
	s->reported = true;
	s->report.stages[stage].present = true;
	s->report.stages[stage].figure[STAGE_students] = students;
}

static void test_limits(void **state)
{
	struct school_facts one = school("2134000001", "211");
	struct county_facts facts = { .schools = &one, .n = 1 };
	struct record records[2];
	struct county_judgement j;
	size_t n;

	(void)state;
	POISON(records);
	POISON(j);
	POISON(n);
	assert_int_equal(county_judge(&facts, &national, records, 1, &n, &j), ERR_TOO_BIG);
	facts.n = COUNTY_SCHOOLS_MAX + 1;
	assert_int_equal(county_judge(&facts, &national, records, 100000, &n, &j), ERR_TOO_BIG);
	assert_poisoned(records);
	assert_poisoned(j);
	assert_poisoned(n);
}

static void test_no_school(void **state)
{
	struct county_facts facts = { .n = 0 };
	struct county_judgement j;
	size_t n;

	(void)state;
	POISON(j);
	POISON(n);
	assert_int_equal(county_judge(&facts, &national, NULL, 0, &n, &j), ERR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(j.verdict, VERDICT_INCOMPLETE);
	assert_int_equal(j.stages[0].status, STATUS_NOT_APPLICABLE);
	assert_int_equal(j.stages[1].indicators[6].cv_status, STATUS_NOT_APPLICABLE);
	assert_false(j.stages[1].has_composite);
}

static void test_order(void **state)
{
	struct school_facts s[] = { school("2134000001", "211"), school("3134000002", "312"),
				    school("3134000003", "311"), school("3134000004", "345") };
	struct county_facts facts = { .schools = s, .n = ARRAY_LEN(s) };
	static const struct {
		size_t school;
		enum stage stage;
	} want[] = { { 0, STAGE_PRIMARY }, { 1, STAGE_PRIMARY }, { 3, STAGE_PRIMARY },
		     { 1, STAGE_JUNIOR },  { 2, STAGE_JUNIOR },  { 3, STAGE_JUNIOR } };
	struct record records[8];
	struct county_judgement j;
	size_t n;

	(void)state;
	put_students(&s[0], STAGE_PRIMARY, 100);
	put_students(&s[1], STAGE_PRIMARY, 100);
	put_students(&s[1], STAGE_JUNIOR, 100);
	put_students(&s[2], STAGE_JUNIOR, 100);
	put_students(&s[3], STAGE_PRIMARY, 100);
	put_students(&s[3], STAGE_JUNIOR, 100);
	put_students(&s[3], STAGE_SENIOR, 100);
	POISON(records);
	assert_int_equal(county_judge(&facts, &national, records, 8, &n, &j), ERR_OK);
	assert_int_equal(n, ARRAY_LEN(want));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(records[i].school, want[i].school);
		assert_int_equal(records[i].stage, want[i].stage);
		assert_int_equal(records[i].status, STATUS_NO_DATA);
		assert_true(records[i].values[0].num == 0 && records[i].values[0].den == 1);
	}
	assert_int_equal(j.stages[0].students, 300);
}

/* The split as a ratio: 6000 m² over 600 + 1.1 × 300 weighted pupils. */
static void test_split(void **state)
{
	struct school_facts s = school("3134000001", "312");
	struct merged m = { .info = &s.school };
	struct indicator_ratio ratio;

	(void)state;
	put_students(&s, STAGE_PRIMARY, 600);
	put_students(&s, STAGE_JUNIOR, 300);
	s.report.site[SITE_equipment_value] = 600000;
	m.report = s.report;
	POISON(ratio);
	assert_true(indicator_compute(&m, &national, STAGE_PRIMARY, 5, &ratio));
	assert_true(ratio.num == 600000 * 100 && ratio.den == 93000 && !ratio.relief);
	assert_true(indicator_compute(&m, &national, STAGE_JUNIOR, 5, &ratio));
	assert_true(ratio.num == 600000 * 110 && ratio.den == 93000);
	m.report.stages[STAGE_JUNIOR].present = false;
	assert_true(indicator_compute(&m, &national, STAGE_PRIMARY, 5, &ratio));
	assert_true(ratio.num == 600000 && ratio.den == 600);
	POISON(ratio);
	assert_false(indicator_compute(&m, &national, STAGE_PRIMARY, 4, &ratio));
	assert_false(indicator_compute(&m, &national, STAGE_PRIMARY, 3, &ratio));
	assert_false(indicator_compute(&m, &national, STAGE_PRIMARY, 0, &ratio));
	m.report.site[SITE_teaching_area] = 10;
	assert_false(indicator_compute(&m, &national, STAGE_PRIMARY, 3, &ratio));
	m.report.site[SITE_sports_ground_area] = 10;
	assert_false(indicator_compute(&m, &national, STAGE_PRIMARY, 4, &ratio));
	assert_poisoned(ratio);
	/* A part above its whole does not get this far; it would count as 0. */
	m.report.site[SITE_indoor_sports_area] = 11;
	assert_true(indicator_compute(&m, &national, STAGE_PRIMARY, 3, &ratio));
	assert_int_equal(ratio.num, 0);
}

static void test_missing_school(void **state)
{
	struct school_facts s = school("2134000001", "211");

	(void)state;
	assert_true(school_is_missing(&s, "2025"));
	s.school.closed = true;
	assert_false(school_is_missing(&s, "2025"));
	s = school("2134000001", "513");
	assert_false(school_is_missing(&s, "2025"));
	s = school("2134000001", "???");
	assert_false(school_is_missing(&s, "2025"));
	s = school("2134000001", "211");
	s.school.founded = 2025;
	assert_true(school_is_missing(&s, "2025"));
	s.school.founded = 2026; /* not there yet */
	assert_false(school_is_missing(&s, "2025"));
	s = school("2134000001", "211");
	s.reported = true;
	assert_false(school_is_missing(&s, "2025"));
}

/* As many schools as there may be, all of them campuses of the first. */
static void test_largest_county(void **state)
{
	static struct school_facts s[COUNTY_SCHOOLS_MAX];
	static struct record records[JUDGED_STAGES * COUNTY_SCHOOLS_MAX];
	struct county_facts facts = { .schools = s, .n = COUNTY_SCHOOLS_MAX };
	struct county_judgement j;
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNTY_SCHOOLS_MAX; i++) {
		s[i] = school("2134000000", "211");
		for (size_t digit = 0, rest = i; digit < 4; digit++, rest /= 10)
			s[i].school.code[9 - digit] = (char)('0' + rest % 10);
		if (i)
			str_copy(s[i].school.parent, SCHOOL_CODE, "2134000000");
		put_students(&s[i], STAGE_PRIMARY, COUNT_MAX);
		s[i].report.stages[STAGE_PRIMARY].figure[STAGE_teachers_backbone] = COUNT_MAX;
		s[i].report.site[SITE_equipment_value] = AMOUNT_MAX;
	}
	assert_int_equal(county_judge(&facts, &national, records, ARRAY_LEN(records), &n, &j),
			 ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(records[0].students, INT64_C(5000) * COUNT_MAX);
	assert_true(records[0].values[1].value == 100);
	assert_true(records[0].values[5].value == 600);
	for (size_t i = 0; i < COUNTY_SCHOOLS_MAX; i++)
		s[i].school.parent[0] = '\0';
	assert_int_equal(county_judge(&facts, &national, records, ARRAY_LEN(records), &n, &j),
			 ERR_OK);
	assert_int_equal(n, COUNTY_SCHOOLS_MAX);
	assert_true(j.stages[0].indicators[5].cv == 0);
}

static void test_names(void **state)
{
	enum status status;
	enum verdict verdict;

	(void)state;
	for (int i = 0; i < STATUS_COUNT; i++) {
		assert_true(status_parse(status_names[i], &status));
		assert_int_equal(status, i);
	}
	for (int i = 0; i < VERDICT_COUNT; i++) {
		assert_true(verdict_parse(verdict_names[i], &verdict));
		assert_int_equal(verdict, i);
	}
	POISON(status);
	POISON(verdict);
	assert_false(status_parse("", &status));
	assert_false(verdict_parse("no_data", &verdict));
	assert_poisoned(status);
	assert_poisoned(verdict);
	assert_string_equal(indicators[6].code, "R7");
	assert_true(indicators[6].site && indicators[6].per_hundred);
	assert_false(indicators[2].site || indicators[3].per_hundred);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),         cmocka_unit_test(test_no_school),
		cmocka_unit_test(test_order),          cmocka_unit_test(test_split),
		cmocka_unit_test(test_missing_school), cmocka_unit_test(test_largest_county),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
