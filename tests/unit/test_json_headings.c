/* SPDX-License-Identifier: Apache-2.0 */
/* What headings of offices' tables mean, and what their cells hold. */
#include <string.h>

#include "base/str.h"
#include "lib/check.h"
#include "json/headings.h"
#include "json/sheet_cells.h"
#include "json/workbook_styles.h"

static bool find(const char *text, struct heading *out, const struct office_unit **unit)
{
	char plain[HEADING_BYTES];

	heading_plain(text, plain, unit);
	return heading_find(plain, out);
}

/* Every statistics name of fields.def is itself, with its unit, and with 数 behind it. */
static void statistics_names(void **state)
{
	(void)state;
	for (int f = 0; f < STAGE_FIELD_COUNT; f++) {
		const char *zh = stage_fields[f].zh, *sign = stage_fields[f].sign;
		char text[4][HEADING_BYTES];

		snprintf(text[0], HEADING_BYTES, "%s数", zh);
		snprintf(text[1], HEADING_BYTES, " %s\n", zh);
		snprintf(text[2], HEADING_BYTES, "%s(%s)", zh, sign);
		snprintf(text[3], HEADING_BYTES, "初中%s(单位:%s)", zh, sign);
		for (int i = 0; i < 4; i++) {
			const struct office_unit *unit = NULL;
			struct heading h;

			assert_true(find(text[i], &h, &unit));
			assert_int_equal(h.kind, COLUMN_STAGE);
			assert_int_equal(h.field, f);
			assert_int_equal(h.stage, i == 3 ? STAGE_JUNIOR : -1);
			assert_int_equal(unit != NULL, i >= 2);
		}
	}
	for (int f = 0; f < SITE_FIELD_COUNT; f++) {
		struct heading h;

		assert_true(find(site_fields[f].zh, &h, NULL));
		assert_int_equal(h.kind, COLUMN_SITE);
		assert_int_equal(h.field, f);
		assert_non_null(office_unit_find(site_fields[f].sign));
	}
}

static void variants(void **state)
{
	static const struct {
		const char *text;
		enum column_kind kind;
		int field;
	} same[] = {
		{ "学校(机构)标识码", COLUMN_SCHOOL, 0 },
		{ "其中:县级以上骨干教师", COLUMN_STAGE, STAGE_teachers_backbone },
		{ "体育+音乐+美术+艺术专任教师", COLUMN_STAGE, STAGE_teachers_pe_art },
		{ "教学及教学辅助用房面积", COLUMN_SITE, SITE_teaching_area },
		{ "体育、艺术专任教师(人)", COLUMN_STAGE, STAGE_teachers_pe_art },
		{ "在校生数(小学)", COLUMN_STAGE, STAGE_students },
		{ "专任教师-小学(人)", COLUMN_STAGE, STAGE_teachers },
		{ "\ufeff教学班\u200b数", COLUMN_STAGE, STAGE_classes },
	};
	static const char *const others[] = {
		"",           "图书(册)", "专任教师(不含兼职)", "在校生数(女)",
		"持证上岗率", "生均面积", "音乐专用教室数",     "美术专用教室数(间)"
	};
	struct heading h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		assert_true(find(same[i].text, &h, NULL));
		assert_int_equal(h.kind, same[i].kind);
		assert_int_equal(h.field, same[i].field);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(find(others[i], &h, NULL));
	assert_int_equal(heading_stage("小学基本情况"), STAGE_PRIMARY);
	assert_int_equal(heading_stage("小学、初中"), -1);
	assert_int_equal(heading_stage("某县中小学基本情况"), -1);
	assert_int_equal(heading_stage("小学、初级中学"), -1);
	assert_int_equal(heading_stage("初级中学基本情况"), STAGE_JUNIOR);
	assert_int_equal(office_unit_find("单位:万元")->power, 4);
	assert_null(office_unit_find("亿元"));
}

/* However it is written, a unit at the heading's end is one; a name that ends in such a word, and a
 * figure per something, are none. */
static void units_of_headings(void **state)
{
	static const char *const same[] = { "(万元)",  "[万元]",     "/万元",  " 万 元",
					    "(万 元)", " 单位:万元", "\n万元", "（单位：万元）",
					    "、万元",  "万元" };
	static const char *const others[] = { "/人/万元", "(元/人)", "元/人", " 十万 元" };
	static const char *const none[] = { "万元", "教学仪器 百万元", "教学仪器百 万元",
					    "公元年" };
	const struct office_unit *unit;
	char text[HEADING_BYTES];
	struct heading h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		snprintf(text, sizeof(text), "教学仪器设备资产值%s", same[i]);
		assert_true(find(text, &h, &unit));
		assert_int_equal(h.field, SITE_equipment_value);
		assert_non_null(unit);
		assert_string_equal(unit->zh, "万元");
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		snprintf(text, sizeof(text), "教学仪器设备资产值%s", others[i]);
		assert_false(find(text, &h, &unit));
	}
	assert_true(find("运动场地面积/亩", &h, &unit));
	assert_int_equal(unit->power, OFFICE_UNIT_STRANGE);
	assert_false(find("在校生数/班", &h, &unit));
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		heading_plain(none[i], text, &unit);
		assert_null(unit);
	}
}

static void units_of_notes(void **state)
{
	struct said_units said = { .several = { false } };

	(void)state;
	heading_units_in("填表单位:某某局 单位名称:人和小学 (单位:元/人) 单位:人次", &said);
	for (int u = 0; u < UNIT_KINDS; u++)
		assert_null(said.unit[u]);
	heading_units_in("(单位:所、%、元)", &said);
	heading_units_in("计量单位:人、间、平方 米;金额单位：万 元", &said);
	assert_string_equal(said.unit[UNIT_AREA]->zh, "平方米");
	assert_true(said.several[UNIT_MONEY]);
	assert_false(said.several[UNIT_COUNT]);
}

static void periods(void **state)
{
	static const struct {
		const char *text;
		const char *period; /* NULL: none */
	} whole[] = {
		{ "2025", "2025" },
		{ " 2025学年 ", "2025" },
		{ "2025-2026学年", "2025" },
		{ "2025—2026学年度", "2025" },
		{ "2025/26", "2025" },
		{ "2025-2026 学年", "2025" },
		{ "2025", "2025" },
		{ "2025-2027", NULL },
		{ "1999", NULL },
		{ "25", NULL },
		{ "20251", NULL },
		{ "2025-09-01", NULL },
		{ "", NULL },
	};
	char period[PERIOD_CODE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		const bool found = heading_period(whole[i].text, period);

		assert_int_equal(found, whole[i].period != NULL);
		if (found)
			assert_string_equal(period, whole[i].period);
	}
}

/* A range is the school year that it begins in, however it is written; several are not one. */
static void periods_of_titles(void **state)
{
	static const struct {
		const char *text;
		const char *first; /* NULL: none */
		const char *other;
	} titles[] = {
		{ "鸠江区2024—2025学年初统计表", "2024", NULL },
		{ "2024 - 2025学年", "2024", NULL },
		{ "2024—2025 学年", "2024", NULL },
		{ "2024/2025 学年第一学期", "2024", NULL },
		{ "2024年—2025年学年", "2024", NULL },
		{ "2024年至2025年学年", "2024", NULL },
		{ "2024到2025学年", "2024", NULL },
		{ "2024〜2025学年", "2024", NULL },
		{ "2024‐2025学年度", "2024", NULL },
		{ "2024─25学年", "2024", NULL },
		{ "2024－2025学年", "2024", NULL },
		{ "2024.9-2025.8 2024学年", "2024", NULL },
		{ "2024学年(2024—2025学年)", "2024", NULL },
		{ "2025年9月上报2024学年", "2024", NULL },
		{ "2024年度学年", "2024", NULL },
		{ "２０２４学年", "2024", NULL },
		{ "2024学年、2025学年对比", "2024", "2025" },
		{ "2024、2025学年", "2024", "2025" },
		{ "2023—2024、2024—2025学年", "2023", "2024" },
		{ "2023学年与2025学年、2021学年", "2023", "2025" },
		{ "2024-2026学年", "2024", "2026" },
		{ "2025-2024学年", "2025", "2024" },
		{ "2025年教育统计", NULL, NULL },
		{ "学年", NULL, NULL },
		{ "24学年", NULL, NULL },
		{ "12024学年", NULL, NULL },
		{ "2024.9-2025.8", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		char found[2][PERIOD_CODE];
		const int n = heading_periods_in(titles[i].text, found, 0);

		if (n != (titles[i].first != NULL) + (titles[i].other != NULL) ||
		    (n && !str_equal(found[0], titles[i].first)) ||
		    (n > 1 && !str_equal(found[1], titles[i].other)))
			fail_msg("%s: %d, %s", titles[i].text, n, n ? found[0] : "");
		if (n == 1)
			assert_int_equal(heading_periods_in("2024学年", found, n), 1);
	}
}

/* What a cell gives as a number: the text, or the code of the mistake behind '!'. */
static void number(enum sheet_cell_kind kind, const char *text, int power, char out[64])
{
	const struct sheet_cell cell = { kind, text, strlen(text) };
	char plain[SHEET_TEXT_BYTES];
	struct problems problems = { .n = 0 };
	struct reader r;

	reader_init(&r, &problems);
	if (sheet_cell_number(&r, &cell, power, plain)) {
		assert_int_equal(problems.n, 0);
		str_copy(out, 64, plain);
	} else {
		assert_int_equal(problems.n, 1);
		snprintf(out, 64, "!%s", problems.items[0].code);
	}
}

static void numbers(void **state)
{
	static const struct {
		enum sheet_cell_kind kind;
		const char *text;
		int power;
		const char *wanted;
	} cases[] = {
		{ SHEET_NUMBER, "1200", 0, "1200" },
		{ SHEET_NUMBER, "-0.3", 0, "-0.3" },
		{ SHEET_TEXT, " 480 ", 0, "480" },
		{ SHEET_TEXT, "1200.50", 0, "1200.50" },
		{ SHEET_NUMBER, "96.5", 4, "965000" },
		{ SHEET_NUMBER, "0.000001", 4, "00000.01" },
		{ SHEET_NUMBER, "12.345678", 4, "123456.78" },
		{ SHEET_NUMBER, "12.3456785", 4, "!too_many_decimals" },
		{ SHEET_NUMBER, "-2", 4, "-20000" },
		{ SHEET_TEXT, "1,234", 0, "!thousands_separator" },
		{ SHEET_TEXT, "1,234.5", 0, "!thousands_separator" },
		{ SHEET_TEXT, "840,5", 0, "!wrong_type" },
		{ SHEET_DATE, "45901", 0, "!date" },
		{ SHEET_TEXT, "95%", 0, "!percent" },
		{ SHEET_PERCENT, "0.95", 0, "!percent" },
		{ SHEET_PERCENT, "0.95", 4, "!percent" },
		{ SHEET_SCALED, "965000", 4, "!scaled" },
		{ SHEET_TEXT, "\u200b\u2009480\u200e\ufeff", 0, "480" },
		{ SHEET_TEXT, "2025-09-01", 0, "!date" },
		{ SHEET_TEXT, "2025年9月1日", 0, "!date" },
		{ SHEET_TEXT, "9月1日", 0, "!date" },
		{ SHEET_TEXT, "无", 0, "!wrong_type" },
		{ SHEET_TEXT, "480人", 0, "!wrong_type" },
		{ SHEET_TEXT, "1 200", 0, "!wrong_type" },
		{ SHEET_TEXT, "1.", 0, "!wrong_type" },
		{ SHEET_NUMBER, "1e+31", 0, "!wrong_type" },
		{ SHEET_BOOL, "TRUE", 0, "!wrong_type" },
		{ SHEET_ERROR, "#DIV/0!", 0, "!cell_error" },
		{ SHEET_ERROR, SHEET_UNCALCULATED, 0, "!cell_error" },
		{ SHEET_LONG, "", 0, "!too_long" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		number(cases[i].kind, cases[i].text, cases[i].power, out);
		assert_string_equal(out, cases[i].wanted);
	}
}

static void rooms(void **state)
{
	static const struct {
		const char *text;
		const char *wanted; /* or the code of the mistake behind '!' */
	} cases[] = {
		{ "96", "96" },
		{ "96;90.5", "96;90.5" },
		{ " 96; 90 ;\n90.5 ", "96;90;90.5" },
		{ "96\n90 \r\n 88\n,\n90", "96;90;88;90" },
		{ "96 90", "!wrong_type" },
		{ "2间", "!wrong_type" },
		{ "96;\xe3\x80\x80"
		  "90",
		  "96;90" },
		{ "96、90.5", "96;90.5" },
		{ "96，100", "96;100" },
		{ "96、 100", "96;100" },
		{ "96, 100", "96;100" },
		{ "96,90,88.5", "96;90;88.5" },
		{ "96.5,100", "96.5;100" },
		{ "1096,100", "1096;100" },
		{ "96,1000", "96;1000" },
		{ "96,100", "!thousands_separator" },
		{ "1,096", "!thousands_separator" },
		{ "88;1,096.5", "!thousands_separator" },
		{ "0", ";" },
		{ "无", ";" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct sheet_cell cell = { SHEET_TEXT, cases[i].text, strlen(cases[i].text) };
		char out[SHEET_TEXT_BYTES];
		struct problems problems = { .n = 0 };
		struct reader r;

		reader_init(&r, &problems);
		if (!sheet_cell_rooms(&r, &cell, out))
			snprintf(out, sizeof(out), "!%s", problems.items[0].code);
		assert_string_equal(out, cases[i].wanted);
	}
}

static void what_formats_show(void **state)
{
	static const struct {
		const char *code;
		enum shown wanted;
	} cases[] = {
		{ "yyyy\\-mm\\-dd", SHOWN_AS_DATE },
		{ "[$-804]yyyy\"年\"m\"月\";@", SHOWN_AS_DATE },
		{ "[h]:mm:ss", SHOWN_AS_DATE },
		{ "mm:ss.000", SHOWN_AS_DATE },
		{ "D/M/YY", SHOWN_AS_DATE },
		{ "0%", SHOWN_AS_PERCENT },
		{ "0.0%;[Red]\\-0.0%", SHOWN_AS_PERCENT },
		{ "0.0\\%", SHOWN_PLAIN },
		{ "0\"%\"", SHOWN_PLAIN },
		{ "General", SHOWN_PLAIN },
		{ "0\\.0,\"万\"", SHOWN_SCALED },
		{ "0!.0,", SHOWN_SCALED },
		{ "#,##0,", SHOWN_SCALED },
		{ "0,.00", SHOWN_SCALED },
		{ "#,##0.00,,\"百万\"", SHOWN_SCALED },
		{ "[>=10000]0!.0,\"万\";0", SHOWN_SCALED },
		{ "0;-0,", SHOWN_SCALED },
		{ "#,##0.00_ ;[Red]\\-#,##0.00\\ ", SHOWN_PLAIN },
		{ "_ * #,##0_ ;_ * \\-#,##0_ ;_ * \"-\"_ ;_ @_ ", SHOWN_PLAIN },
		{ "0\",\"", SHOWN_PLAIN },
		{ "[$-409]mmmm\\ d, yyyy", SHOWN_AS_DATE },
		{ "0!d", SHOWN_PLAIN },
		{ "0.00", SHOWN_PLAIN },
		{ "#,##0\"days\"", SHOWN_PLAIN },
		{ "[Red]0.00;[Yellow]-0.00", SHOWN_PLAIN },
		{ "0_d;\\d0", SHOWN_PLAIN },
		{ "0.0m", SHOWN_PLAIN },
		{ "@", SHOWN_PLAIN },
		{ "\"never closed", SHOWN_PLAIN },
		{ "[", SHOWN_PLAIN },
		{ "\\", SHOWN_PLAIN },
		{ "", SHOWN_PLAIN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (format_shows(cases[i].code) != cases[i].wanted)
			fail_msg("%s", cases[i].code);
	}
}

static void references(void **state)
{
	static const struct {
		const char *sheet;
		const char *wanted;
	} cases[] = {
		{ "Sheet1", "Sheet1!F12" }, { "附表 1", "'附表 1'!F12" }, { "小学", "小学!F12" },
		{ "a'b", "'a''b'!F12" },    { "2025", "'2025'!F12" },     { "AB12", "'AB12'!F12" },
		{ "R1C1", "'R1C1'!F12" },   { "x-y", "'x-y'!F12" },       { "a_b.c", "a_b.c!F12" },
	};
	char out[SHEET_REFERENCE];
	char longest[WORKBOOK_NAME];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		sheet_reference(cases[i].sheet, 12, 5, out);
		assert_string_equal(out, cases[i].wanted);
	}
	sheet_reference_column("Sheet1", 27, out);
	assert_string_equal(out, "Sheet1!AB");
	memset(longest, '\'', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	sheet_reference(longest, WORKBOOK_ROWS, WORKBOOK_COLUMNS - 1, out);
	assert_true(strlen(out) < sizeof(out));
	assert_string_equal(out + strlen(out) - 8, "IV100000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statistics_names),  cmocka_unit_test(variants),
		cmocka_unit_test(units_of_headings), cmocka_unit_test(units_of_notes),
		cmocka_unit_test(periods),           cmocka_unit_test(periods_of_titles),
		cmocka_unit_test(numbers),           cmocka_unit_test(rooms),
		cmocka_unit_test(what_formats_show), cmocka_unit_test(references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
