/* SPDX-License-Identifier: Apache-2.0 */
/* The application form as tables, from facts made by hand: no store. */
#include "api/evaluation.h"
#include "api/html.h"
#include "api/reply.h"
#include "base/str.h"
#include "lib/check.h"
#include "lib/national.h"

#define TEXT_MAX (1u << 20)

static struct school_facts two[2];
static struct form_county county;
static struct record records[5];

static void fill(struct school_facts *s, const char *code, const char *name, int64_t backbone)
{
	int64_t *figure = s->report.stages[STAGE_PRIMARY].figure;

	*s = (struct school_facts){ .reported = true };
	str_copy(s->school.code, sizeof(s->school.code), code);
	str_copy(s->school.name, sizeof(s->school.name), name);
	str_copy(s->school.kind, sizeof(s->school.kind), "211");
	str_copy(s->school.locale, sizeof(s->school.locale), "111");
	s->school.sponsor = 3;
	report_init(&s->report);
	s->report.stages[STAGE_PRIMARY].present = true;
	figure[STAGE_students] = 200;
	figure[STAGE_classes] = 5;
	figure[STAGE_teachers] = 80;
	figure[STAGE_teachers_above_degree] = 16;
	figure[STAGE_teachers_backbone] = backbone;
	figure[STAGE_teachers_pe_art] = 4;
	s->report.site[SITE_teaching_area] = 140000;
	s->report.site[SITE_indoor_sports_area] = 0;
	s->report.site[SITE_sports_ground_area] = 220000;
	s->report.site[SITE_equipment_value] = 60000000;
	s->report.site[SITE_multimedia_rooms] = 6;
}

/* Two primary schools; the second lacks one figure. */
static int set_up(void **state)
{
	(void)state;
	county = (struct form_county){ .standard = &national, .records = records };
	fill(&two[0], "2134000001", "=1+1小学", 2);
	fill(&two[1], "2134000002", "引\"号,逗\n小学", MISSING);
	county.facts = (struct county_facts){ .schools = two, .n = 2, .version = 7 };
	str_copy(county.facts.county, COUNTY_CODE, "340101");
	str_copy(county.facts.period, PERIOD_CODE, "2025");
	str_copy(county.name, sizeof(county.name), "甲县");
	str_copy(county.computed_at, sizeof(county.computed_at), "2026-01-02T03:04:05.000006Z");
	merge_index_init(&county.index, &county.facts);
	return county_judge(&county.facts, &national, records, ARRAY_LEN(records), &county.n,
			    &county.judgement) == ERR_OK
		       ? 0
		       : -1;
}

static const struct form_cell *cell_of(const struct form_table *t, size_t row, size_t column)
{
	return &t->cells[row * t->columns_n + column];
}

static void assert_cell(const struct form *form, enum form_id id, size_t row, size_t column,
			const char *text)
{
	char number[FORM_NUMBER_TEXT];
	const struct form_table *t = form_find(form, id);

	assert_non_null(t);
	assert_true(row < form_rows(t) && column < t->columns_n);
	assert_string_equal(form_cell_text(form, cell_of(t, row, column), number), text);
}

/* Whole rows, and cells of their column's kind. */
static void test_tables(void **state)
{
	auto_form struct form form;

	(void)state;
	POISON(form);
	assert_int_equal(form_build(&county, &form), ERR_OK);
	assert_int_equal(form.tables_n, FORM_OWN); /* the standard has none of a province's */
	for (size_t i = 0; i < form.tables_n; i++) {
		const struct form_table *t = &form.tables[i];

		assert_int_equal(t->id, i);
		assert_int_equal(t->n % t->columns_n, 0);
		for (size_t c = 0; c < t->n; c++) {
			const enum form_kind wanted = t->columns[c % t->columns_n].kind;

			if (wanted != FORM_EMPTY && t->cells[c].kind != FORM_EMPTY)
				assert_int_equal(t->cells[c].kind, wanted);
		}
	}
}

static void test_figures(void **state)
{
	auto_form struct form form;

	(void)state;
	assert_int_equal(form_build(&county, &form), ERR_OK);
	/* R2: 2 of 200, and unknown. */
	assert_cell(&form, FORM_RECORDS, 0, 9, "1.00");
	assert_cell(&form, FORM_RECORDS, 0, 15, "达标");
	assert_cell(&form, FORM_RECORDS, 1, 9, "");
	assert_cell(&form, FORM_RECORDS, 1, 15, "缺数据");
	assert_cell(&form, FORM_RECORDS, 1, 16, "缺:小学县级以上骨干教师");
	assert_cell(&form, FORM_INDICATORS, 1, 3, "1");
	assert_cell(&form, FORM_INDICATORS, 1, 6, "50.0");
	assert_cell(&form, FORM_INDICATORS, 15, 6, ""); /* no junior school at all */
	assert_cell(&form, FORM_DIFFERENCES, 1, 2, "0.000");
	assert_cell(&form, FORM_DIFFERENCES, 2, 2, "0.500");
	assert_cell(&form, FORM_DIFFERENCES, 3, 3, "缺数据");
}

static void test_numbers(void **state)
{
	char text[FORM_NUMBER_TEXT];

	(void)state;
	assert_string_equal(form_decimal_text(368, 3, text), "0.368");
	assert_string_equal(form_decimal_text(-5, 1, text), "-0.5");
	assert_string_equal(form_decimal_text(INT64_MIN, 0, text), "-9223372036854775808");
	assert_string_equal(form_threshold_text(4200, text), "4.2");
	assert_string_equal(form_threshold_text(2000000, text), "2000");
	assert_string_equal(form_threshold_text(4505, text), "4.505");
	assert_string_equal(form_threshold_text(0, text), "0");
	assert_int_equal(form_share(0, 0), 0);
	assert_int_equal(form_share(1, 3), 333);
	assert_int_equal(form_share(2, 3), 667);
	assert_int_equal(form_share(1, 2000), 1); /* 0.05 % is 0.1 %: half up */
	assert_int_equal(form_share(7, 7), 1000);
}

static void test_csv(void **state)
{
	auto_form struct form form;
	auto_buf struct buf out;

	(void)state;
	buf_init(&out, TEXT_MAX);
	assert_int_equal(form_build(&county, &form), ERR_OK);
	form_write_csv(&form, form_find(&form, FORM_RECORDS), &out);
	assert_true(str_starts(out.data, "\xEF\xBB\xBF序号,学校名称,"));
	assert_non_null(
		strstr(out.data, "\r\n1,\"'=1+1小学\",2134000001,小学,公办,小学,200,5,8.00,"));
	assert_non_null(strstr(out.data, "\r\n2,\"引\"\"号,逗\n小学\",2134000002,"));
	assert_string_equal(out.data + out.len - 2, "\r\n");
}

static void test_html(void **state)
{
	auto_buf struct buf out;

	(void)state;
	buf_init(&out, TEXT_MAX);
	html_text(&out, "<a href=\"x\">&'学");
	assert_string_equal(out.data, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;学");
}

static void test_file_names(void **state)
{
	struct reply rp;

	(void)state;
	reply_init(&rp);
	reply_file(&rp, "inline", "a.pdf", "甲\"\r\n .pdf");
	assert_string_equal(rp.disposition, "inline; filename=\"a.pdf\"; "
					    "filename*=UTF-8''%E7%94%B2%22%0D%0A%20.pdf");
	reply_release(&rp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),  cmocka_unit_test(test_figures),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_csv),
		cmocka_unit_test(test_html),    cmocka_unit_test(test_file_names),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
