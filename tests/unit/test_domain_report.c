/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "domain/report.h"
#include "domain/school.h"
#include "domain/standard.h"
#include "lib/check.h"

static struct report empty(void)
{
	struct report r;

	POISON(r);
	report_init(&r);
	return r;
}

static void test_tables(void **state)
{
	(void)state;
	assert_string_equal(stage_fields[STAGE_students].name, "students");
	assert_string_equal(site_fields[SITE_teaching_area].name, "teaching_area");
	assert_int_equal(site_fields[SITE_teaching_area].unit, UNIT_AREA);
	assert_int_equal(site_fields[SITE_equipment_value].unit, UNIT_MONEY);
	assert_int_equal(site_fields[SITE_multimedia_rooms].unit, UNIT_COUNT);
	assert_string_equal(room_lists[ROOMS_art_rooms].name, "art_rooms");
	assert_string_equal(stage_names[STAGE_SENIOR], "senior");
	assert_int_equal(site_parts[0].part, SITE_indoor_sports_area);
	assert_int_equal(site_parts[0].whole, SITE_teaching_area);
	for (size_t i = 0; i < STAGE_PARTS; i++)
		assert_int_not_equal(stage_parts[i].part, stage_parts[i].whole);
}

static void test_init_and_equal(void **state)
{
	struct report a = empty(), b = empty();

	(void)state;
	assert_false(a.stages[STAGE_PRIMARY].present);
	assert_true(a.stages[STAGE_JUNIOR].figure[STAGE_students] == MISSING);
	assert_true(a.site[SITE_training_budget] == MISSING);
	assert_int_equal(a.rooms[ROOMS_music_rooms].n, -1);
	assert_true(report_equal(&a, &b));
	b.stages[STAGE_SENIOR].present = true;
	assert_false(report_equal(&a, &b));
	b = empty();
	b.stages[STAGE_SENIOR].figure[STAGE_students] = 0; /* which is not missing */
	assert_false(report_equal(&a, &b));
	b = empty();
	b.site[SITE_training_budget] = 0;
	assert_false(report_equal(&a, &b));
	b = empty();
	b.rooms[ROOMS_art_rooms].n = 0;
	assert_false(report_equal(&a, &b));
	a.rooms[ROOMS_art_rooms] = (struct rooms){ .n = 1, .area = { 9600, 7 } };
	b.rooms[ROOMS_art_rooms] = (struct rooms){ .n = 1, .area = { 9600, 8 } };
	assert_true(report_equal(&a, &b)); /* what lies beyond the list is no part of it */
	b.rooms[ROOMS_art_rooms].area[0] = 9000;
	assert_false(report_equal(&a, &b));
}

static void test_declared(void **state)
{
	struct report a = empty(), b = empty();

	(void)state;
	a.declared_n = b.declared_n = 2;
	a.declared[0] = b.declared[0] = (struct declared_figure){ "atlases", 700 };
	a.declared[1] = b.declared[1] = (struct declared_figure){ "books", 48000 };
	assert_true(report_equal(&a, &b));
	assert_true(report_declared(&a, "books") == 48000);
	assert_true(report_declared(&a, "book") == MISSING);
	b.declared[1].value = 0;
	assert_false(report_equal(&a, &b));
	b.declared[1] = (struct declared_figure){ "globes", 48000 };
	assert_false(report_equal(&a, &b));
	/* What either misses is missing in the sum. */
	report_add(&a, &b);
	assert_int_equal(a.declared_n, 1);
	assert_true(report_declared(&a, "atlases") == 1400);
	assert_true(report_declared(&a, "books") == MISSING);
	assert_false(report_equal(&a, &b));
	a.declared[0].value = b.declared[0].value = AMOUNT_SUM_MAX;
	report_add(&a, &b);
	assert_true(report_declared(&a, "atlases") == AMOUNT_SUM_MAX);
}

static void test_add_sums_and_keeps_missing(void **state)
{
	struct report a = empty(), b = empty();

	(void)state;
	a.stages[STAGE_PRIMARY].present = b.stages[STAGE_PRIMARY].present = true;
	a.stages[STAGE_PRIMARY].figure[STAGE_students] = 600;
	b.stages[STAGE_PRIMARY].figure[STAGE_students] = 400;
	a.stages[STAGE_PRIMARY].figure[STAGE_largest_class] = 44;
	b.stages[STAGE_PRIMARY].figure[STAGE_largest_class] = 51;
	a.stages[STAGE_PRIMARY].figure[STAGE_teachers] = 30;
	b.stages[STAGE_PRIMARY].figure[STAGE_teachers_backbone] = 3;
	a.site[SITE_teaching_area] = 100050;
	b.site[SITE_teaching_area] = 50025;
	a.site[SITE_equipment_value] = 1;
	report_add(&a, &b);
	assert_int_equal(a.stages[STAGE_PRIMARY].figure[STAGE_students], 1000);
	assert_int_equal(a.stages[STAGE_PRIMARY].figure[STAGE_largest_class], 51);
	assert_true(a.stages[STAGE_PRIMARY].figure[STAGE_teachers] == MISSING);
	assert_true(a.stages[STAGE_PRIMARY].figure[STAGE_teachers_backbone] == MISSING);
	assert_int_equal(a.site[SITE_teaching_area], 150075);
	assert_true(a.site[SITE_equipment_value] == MISSING);
	assert_true(a.site[SITE_sports_ground_area] == MISSING);
}

static void test_add_largest_class(void **state)
{
	struct report a = empty(), b = empty();
	int64_t *mine = &a.stages[STAGE_JUNIOR].figure[STAGE_largest_class];

	(void)state;
	a.stages[STAGE_JUNIOR].present = b.stages[STAGE_JUNIOR].present = true;
	*mine = 50;
	b.stages[STAGE_JUNIOR].figure[STAGE_largest_class] = 49;
	report_add(&a, &b);
	assert_int_equal(*mine, 50);
	b.stages[STAGE_JUNIOR].figure[STAGE_largest_class] = MISSING;
	report_add(&a, &b);
	assert_true(*mine == MISSING);
	b.stages[STAGE_JUNIOR].figure[STAGE_largest_class] = 49;
	report_add(&a, &b);
	assert_true(*mine == MISSING);
}

static void test_add_stage_of_one_side(void **state)
{
	struct report a = empty(), b = empty();

	(void)state;
	a.stages[STAGE_JUNIOR].present = true;
	a.stages[STAGE_JUNIOR].figure[STAGE_students] = 300;
	b.stages[STAGE_PRIMARY].present = true;
	b.stages[STAGE_PRIMARY].figure[STAGE_students] = 80;
	report_add(&a, &b);
	assert_true(a.stages[STAGE_PRIMARY].present);
	assert_int_equal(a.stages[STAGE_PRIMARY].figure[STAGE_students], 80);
	assert_int_equal(a.stages[STAGE_JUNIOR].figure[STAGE_students], 300);
	assert_false(a.stages[STAGE_SENIOR].present);
}

static void test_add_rooms(void **state)
{
	struct report a = empty(), b = empty();
	struct rooms *music = &a.rooms[ROOMS_music_rooms];

	(void)state;
	*music = (struct rooms){ .n = 1, .area = { 9600 } };
	b.rooms[ROOMS_music_rooms] = (struct rooms){ .n = 2, .area = { 7300, 5400 } };
	a.rooms[ROOMS_art_rooms].n = 0;
	report_add(&a, &b);
	assert_int_equal(music->n, 3);
	assert_int_equal(music->area[0], 9600);
	assert_int_equal(music->area[2], 5400);
	assert_int_equal(a.rooms[ROOMS_art_rooms].n, -1);
	b.rooms[ROOMS_music_rooms].n = ROOMS_MAX;
	report_add(&a, &b);
	assert_int_equal(music->n, ROOMS_MAX);
	music->n = -1;
	report_add(&a, &b);
	assert_int_equal(music->n, -1);
}

/* Sums of absurd amounts end where products with a weight still fit. */
static void test_add_ends(void **state)
{
	struct report a = empty(), b = empty();

	(void)state;
	a.site[SITE_equipment_value] = b.site[SITE_equipment_value] = AMOUNT_MAX;
	for (int i = 0; i < 10; i++)
		report_add(&a, &b);
	assert_int_equal(a.site[SITE_equipment_value], AMOUNT_SUM_MAX);
	assert_true(AMOUNT_SUM_MAX <= INT64_MAX / 3 / WEIGHT_MAX);
}

static void test_kinds(void **state)
{
	static const struct {
		const char *code;
		bool judged, point, primary, junior, senior;
	} rows[] = {
		{ "211", true, false, true, false, false },
		{ "218", true, true, true, false, false },
		{ "219", true, false, true, false, false },
		{ "311", true, false, false, true, false },
		{ "312", true, false, true, true, false },
		{ "319", true, false, false, true, false },
		{ "321", false, false, false, true, false },
		{ "341", true, false, false, true, true },
		{ "345", true, false, true, true, true },
		{ "362", false, false, false, true, true },
		{ "371", true, false, true, true, false },
		{ "519", false, false, true, true, true },
	};
	static const char *const unknown[] = { "", "21", "2111", "999", "36", "36x", "51a", "212" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct kind *k = kind_find(rows[i].code);

		assert_non_null(k);
		assert_int_equal(k->judged, rows[i].judged);
		assert_int_equal(k->teaching_point, rows[i].point);
		assert_int_equal(kind_has_stage(k, STAGE_PRIMARY), rows[i].primary);
		assert_int_equal(kind_has_stage(k, STAGE_JUNIOR), rows[i].junior);
		assert_int_equal(kind_has_stage(k, STAGE_SENIOR), rows[i].senior);
	}
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
		assert_null(kind_find(unknown[i]));
}

static void test_locales_and_sponsors(void **state)
{
	static const char *const known[] = { "111", "112", "121", "122", "123", "210", "220" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		assert_true(locale_is_known(known[i]));
		assert_int_equal(locale_is_rural(known[i]), known[i][0] == '2');
	}
	assert_false(locale_is_known("113"));
	assert_false(locale_is_known(""));
	for (int sponsor = 1; sponsor <= 10; sponsor++)
		assert_int_equal(school_is_public(&(struct school){ .sponsor = sponsor }),
				 sponsor <= 8);
	assert_false(school_is_public(&(struct school){ .sponsor = 0 }));
}

static void test_school_equal(void **state)
{
	const struct school a = { .code = "2134000001", .county = "340207", .kind = "211" };
	struct school b;

	(void)state;
#define DIFFERS(statement)                          \
	do {                                        \
		b = a;                              \
		assert_true(school_equal(&a, &b));  \
		statement;                          \
		assert_false(school_equal(&a, &b)); \
	} while (0)
	DIFFERS(b.code[9] = '2');
	DIFFERS(b.county[5] = '8');
	DIFFERS(str_copy(b.parent, sizeof(b.parent), "2134000002"));
	DIFFERS(str_copy(b.name, sizeof(b.name), "x"));
	DIFFERS(b.kind[2] = '8');
	DIFFERS(b.locale[0] = '1');
	DIFFERS(b.sponsor = 1);
	DIFFERS(b.founded = 1950);
	DIFFERS(b.boarding = true);
	DIFFERS(b.dense_centre = true);
	DIFFERS(b.closed = true);
#undef DIFFERS
}

static void test_weights(void **state)
{
	const struct standard s = {
		.weights = { { "312", { 100, 110, 0 } }, { "341", { 0, 100, 120 } } },
		.weight_rows = 2,
	};

	(void)state;
	assert_int_equal(standard_weight(&s, "312", STAGE_JUNIOR), 110);
	assert_int_equal(standard_weight(&s, "341", STAGE_SENIOR), 120);
	assert_int_equal(standard_weight(&s, "341", STAGE_PRIMARY), WEIGHT_ONE);
	assert_int_equal(standard_weight(&s, "371", STAGE_JUNIOR), WEIGHT_ONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_init_and_equal),
		cmocka_unit_test(test_declared),
		cmocka_unit_test(test_add_sums_and_keeps_missing),
		cmocka_unit_test(test_add_largest_class),
		cmocka_unit_test(test_add_stage_of_one_side),
		cmocka_unit_test(test_add_rooms),
		cmocka_unit_test(test_add_ends),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_locales_and_sponsors),
		cmocka_unit_test(test_school_equal),
		cmocka_unit_test(test_weights),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
