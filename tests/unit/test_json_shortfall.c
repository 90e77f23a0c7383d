/* SPDX-License-Identifier: Apache-2.0 */
/* What a county's items lack: bounded however many schools there are, and in the office's words. */
#include "json/shortfall.h"

#include <jansson.h>

#include "base/str.h"
#include "lib/check.h"
#include "lib/standard_file.h"
#include "json/shortfall_text.h"

#define SCHOOLS 200

static struct standard standard;
static struct school_facts schools[SCHOOLS];
static struct record records[JUDGED_STAGES * SCHOOLS];
static struct county_judgement judged;
static struct merge_index merge_index;

/* A primary school of 200 pupils that lacks everything, but for 10 backbone teachers of every
 * second.
 */
static void add_school(size_t i, const char *name)
{
	static const enum stage_field zeros[] = { STAGE_teachers_above_degree,
						  STAGE_teachers_pe_art };
	struct school_facts *s = &schools[i];
	int64_t *figure = s->report.stages[STAGE_PRIMARY].figure;

	memset(s, 0, sizeof(*s));
	assert_int_equal(snprintf(s->school.code, sizeof(s->school.code), "2134%06zu", i), 10);
	str_copy(s->school.name, sizeof(s->school.name), name);
	str_copy(s->school.kind, sizeof(s->school.kind), "211");
	str_copy(s->school.locale, sizeof(s->school.locale), "111");
	s->school.sponsor = 3;
	s->reported = true;
	report_init(&s->report);
	s->report.stages[STAGE_PRIMARY].present = true;
	for (size_t k = 0; k < ARRAY_LEN(zeros); k++)
		figure[zeros[k]] = 0;
	figure[STAGE_students] = 200;
	figure[STAGE_teachers_backbone] = i % 2 ? 10 : 0;
	figure[STAGE_largest_class] = 60;
	for (int k = 0; k < SITE_FIELD_COUNT; k++)
		s->report.site[k] = 0;
}

static void judge(size_t n, const char *name, struct shortfall_view *out)
{
	static struct county_facts facts;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		add_school(i, name);
	facts = (struct county_facts){ .schools = schools, .n = n, .version = 1 };
	str_copy(facts.county, sizeof(facts.county), "340207");
	str_copy(facts.period, sizeof(facts.period), "2025");
	assert_int_equal(
		county_judge(&facts, &standard, records, ARRAY_LEN(records), &count, &judged),
		ERR_OK);
	merge_index_init(&merge_index, &facts);
	*out = (struct shortfall_view){ &facts, &merge_index, &standard, &judged, records };
}

/* The document of an item, which is JSON. */
static json_t *write(const struct shortfall_view *v, const char *item, struct buf *text)
{
	const int at = item_find(&standard, item);
	json_t *root;

	assert_true(at >= 0);
	assert_int_equal(json_write_shortfall(v, (size_t)at, text), ERR_OK);
	assert_false(buf_failed(text));
	assert_true(text->len <= SHORTFALL_BYTES);
	root = json_loads(text->data, 0, NULL);
	assert_non_null(root);
	return root;
}

static json_int_t more_of(const json_t *root)
{
	return json_integer_value(json_object_get(root, "more"));
}

/* Of every item that is not met, with names as long as they may be and full of what JSON escapes:
 * the listed and the rest are all there are. */
static void test_bounded(void **state)
{
	static const char *const names[] = {
		"某某小学", "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
			    "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
			    "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
			    "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
	};
	static const struct {
		const char *item;
		size_t schools; /* behind it, of 200 */
	} rows[] = { { "schools.primary", 200 }, { "R2.primary.cv", 100 }, { "G5", 200 } };

	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(names); n++) {
		struct shortfall_view v;

		judge(SCHOOLS, names[n], &v);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			auto_buf struct buf text;
			json_t *root;
			size_t listed;

			buf_init(&text, SHORTFALL_BYTES);
			root = write(&v, rows[i].item, &text);
			listed = json_array_size(json_object_get(root, "schools"));
			assert_true(listed > 0 && listed <= SHORTFALL_SCHOOLS_LISTED);
			assert_int_equal(listed + (size_t)more_of(root), rows[i].schools);
			json_decref(root);
		}
	}
}

static void test_met(void **state)
{
	struct shortfall_view v;
	auto_buf struct buf text;
	json_t *root;

	(void)state;
	judge(1, "某某小学", &v); /* one school alone differs from none */
	buf_init(&text, SHORTFALL_BYTES);
	root = write(&v, "R2.primary.cv", &text);
	assert_int_equal(json_array_size(json_object_get(root, "schools")), 0);
	json_decref(root);
}

static void test_words(void **state)
{
	static const double value = 9.0 / 11, limit = 0.5;
	static const char shortfall[] =
		"{\"title\":{\"zh\":\"差异\",\"en\":\"x\"},\"compare\":\"at_most\",\"unit\":\"cv\","
		"\"lack\":0.318182,\"figures\":[],\"schools\":[{\"school\":\"2134000001\",\"name\":"
		"\"甲小学\",\"stage\":\"primary\",\"lacks\":[{\"indicator\":\"R2\",\"figure\":"
		"\"/stages/primary/teachers_backbone\",\"to\":\"mean\",\"lack\":18,\"unit\":"
		"\"teachers\"},{\"figure\":\"/site/teaching_area\",\"to\":\"floor\",\"lack\":12.5,"
		"\"unit\":\"m2\"},{\"figure\":\"/declared/"
		"books\",\"to\":\"threshold\",\"lack\":null,"
		"\"unit\":\"number\"},{\"figure\":\"/declared/"
		"fitness\",\"name\":\"体质达标学生数\","
		"\"to\":\"threshold\",\"lack\":7,\"unit\":\"persons\"}]}],\"more\":3}";
	struct shortfall_words auto_shortfall_words w;

	(void)state;
	assert_int_equal(json_shortfall_words(shortfall, &value, &limit, &w, NULL), ERR_OK);
	assert_string_equal(w.title, "差异");
	assert_string_equal(w.value, "0.818");
	assert_string_equal(w.limit, "≤ 0.5");
	assert_string_equal(w.gap, "0.3182");
	assert_string_equal(
		w.details.data,
		"甲小学(小学):R2 县级以上骨干教师缺 18 人(至县均值)、教学及辅助用房面积缺 12.5 "
		"m²(至下限)、books须调整、体质达标学生数缺 7 人\n另有 3 所");
}

static void test_words_without_a_figure(void **state)
{
	struct err_info info = { .code = ERR_OK };
	struct shortfall_words auto_shortfall_words w;
	struct shortfall_words broken;

	(void)state;
	assert_int_equal(json_shortfall_words("{\"title\":{\"zh\":\"规划\"},\"compare\":null,"
					      "\"unit\":null,\"lack\":null,\"figures\":[],"
					      "\"schools\":[],\"more\":0}",
					      NULL, NULL, &w, NULL),
			 ERR_OK);
	assert_string_equal(w.value, "未达标");
	assert_string_equal(w.limit, "达标");
	assert_string_equal(w.gap, "");
	assert_string_equal(w.details.data, "");
	assert_int_equal(json_shortfall_words("{", NULL, NULL, &broken, &info), ERR_DB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_met),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_words_without_a_figure),
	};

	standard_file_load("national-2017", &standard);
	return cmocka_run_group_tests_name("shortfall", tests, NULL, NULL);
}
