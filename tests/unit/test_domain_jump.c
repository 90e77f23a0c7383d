/* SPDX-License-Identifier: Apache-2.0 */
/* Changes no school makes: by how much, of which figures, and of which schools. */
#include "base/str.h"
#include "domain/jump.h"
#include "domain/rule.h"
#include "lib/check.h"

#define HALF (RULE_ONE / 2)

static struct report of(int64_t students, int64_t area)
{
	struct report r;

	report_init(&r);
	if (students != MISSING) {
		r.stages[STAGE_PRIMARY].present = true;
		r.stages[STAGE_PRIMARY].figure[STAGE_students] = students;
	}
	r.site[SITE_teaching_area] = area;
	return r;
}

static void test_share(void **state)
{
	static const struct {
		int64_t students[2], area[2];
		bool jumps;
	} cases[] = {
		{ { 200, 300 }, { 100, 100 }, false }, /* half as many more: not more than that */
		{ { 200, 301 }, { 100, 100 }, true },
		{ { 200, 100 }, { 100, 100 }, false },
		{ { 200, 99 }, { 100, 100 }, true },
		{ { 200, 200 }, { 100, 151 }, true },
		{ { 200, 200 }, { AMOUNT_MAX, 1 }, true }, /* products stay within their type */
		{ { 200, 200 }, { 1, AMOUNT_MAX }, true },
		{ { 200, 200 }, { 0, 1 }, true }, /* from nothing */
		{ { 200, 200 }, { 0, 0 }, false },
		{ { 200, MISSING }, { MISSING, 5 }, false }, /* what is missing is no change */
		{ { MISSING, 200 }, { 5, MISSING }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct report before = of(cases[i].students[0], cases[i].area[0]);
		const struct report now = of(cases[i].students[1], cases[i].area[1]);

		if (jump_is_there(&before, &now, HALF) != cases[i].jumps) {
			print_message("row %zu\n", i);
			fail();
		}
	}
}

/* Figures that others may change at will are none: rooms, funds, who moves in. */
static void test_other_figures(void **state)
{
	struct report before = of(200, 100), now = of(200, 100);

	(void)state;
	before.site[SITE_public_funds] = 1;
	now.site[SITE_public_funds] = 1000;
	before.stages[STAGE_SENIOR].present = now.stages[STAGE_SENIOR].present = true;
	before.stages[STAGE_SENIOR].figure[STAGE_students] = 1;
	now.stages[STAGE_SENIOR].figure[STAGE_students] = 1000;
	assert_false(jump_is_there(&before, &now, HALF));
}

static void test_schools(void **state)
{
	struct school_facts before[3] = { { .reported = true },
					  { .reported = true },
					  { .reported = true } };
	struct school_facts now[4] = { { .reported = true },
				       { .reported = false },
				       { .reported = true },
				       { .reported = true } };
	const struct county_facts a = { .schools = before, .n = 3 }, b = { .schools = now, .n = 4 };
	static const char *const codes_before[] = { "2134000001", "2134000002", "2134000004" };
	static const char *const codes_now[] = { "2134000001", "2134000002", "2134000003",
						 "2134000004" };
	size_t list[4], compared;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		str_copy(before[i].school.code, sizeof(before[i].school.code), codes_before[i]);
		before[i].report = of(200, 100);
	}
	for (size_t i = 0; i < 4; i++) {
		str_copy(now[i].school.code, sizeof(now[i].school.code), codes_now[i]);
		now[i].report = of(900, 100);
	}
	now[0].report = of(200, 100);
	/* The second has not reported, the third is new: the first and the fourth are compared. */
	assert_int_equal(jump_find(&a, &b, HALF, list, &compared), 1);
	assert_int_equal(list[0], 3);
	assert_int_equal(compared, 2);
	assert_int_equal(jump_find(&(struct county_facts){ .n = 0 }, &b, HALF, NULL, &compared), 0);
	assert_int_equal(compared, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_other_figures),
		cmocka_unit_test(test_schools),
	};

	return cmocka_run_group_tests_name("jumps", tests, NULL, NULL);
}
