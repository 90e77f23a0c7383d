/* SPDX-License-Identifier: Apache-2.0 */
/* Judged items as an answer, by the standards that ship; and what schools declare. */
#include "json/items.h"

#include <jansson.h>

#include "base/auto.h"
#include "base/str.h"
#include "lib/check.h"
#include "lib/standard_file.h"
#include "json/documents.h"

#define SCHOOLS 140
#define FAILING 120 /* more than are listed */

static struct standard standard;
static struct county_report report, previous;
static struct school_facts schools[SCHOOLS];
static struct record records[JUDGED_STAGES * SCHOOLS];

/* --- texts of values ------------------------------------------------------------------------ */

static void test_measure_format(void **state)
{
	static const struct {
		enum measure measure;
		int64_t rounded;
		const char *text;
	} rows[] = {
		{ MEASURE_PERCENT, 0, "0.0" },
		{ MEASURE_PERCENT, 975, "97.5" },
		{ MEASURE_PERCENT, 1000, "100.0" },
		{ MEASURE_PERCENT, -3, "-0.3" },
		{ MEASURE_PERCENT, -30, "-3.0" },
		{ MEASURE_YUAN, 812350, "8123.50" },
		{ MEASURE_PERSONS, 200000, "2000.00" },
		{ MEASURE_AREA, 450, "4.50" },
		{ MEASURE_ROOMS, 100, "1.00" },
		{ MEASURE_NUMBER, -5, "-0.05" },
		{ MEASURE_PERCENT, INT64_MIN, "-922337203685477580.8" },
	};
	char text[24];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_string_equal(measure_format(rows[i].measure, rows[i].rounded, text),
				    rows[i].text);
}

/* --- items ---------------------------------------------------------------------------------- */

static void add_school(size_t i, int64_t students, int founded)
{
	struct school_facts *s = &schools[i];

	memset(s, 0, sizeof(*s));
	str_copy(s->school.code, sizeof(s->school.code), "2134000000");
	s->school.code[9] = (char)('0' + i % 10);
	s->school.code[8] = (char)('0' + i / 10 % 10);
	s->school.code[7] = (char)('0' + i / 100);
	str_copy(s->school.kind, sizeof(s->school.kind), "211");
	str_copy(s->school.locale, sizeof(s->school.locale), "111");
	s->school.sponsor = 1;
	s->school.founded = founded;
	s->reported = true;
	report_init(&s->report);
	s->report.stages[STAGE_PRIMARY].present = true;
	s->report.stages[STAGE_PRIMARY].figure[STAGE_students] = students;
}

static void read_county(const char *text, struct county_report *out)
{
	assert_int_equal(json_parse_county_report(text, strlen(text), &standard, out, NULL),
			 ERR_OK);
}

/* The answer of n schools, which is one JSON object with a member for each item. */
static const char *answer(size_t n, struct county_report *now, struct county_report *before)
{
	static struct county_judgement judgement;
	static struct merge_index index;
	static char text[256 << 10];
	struct county_facts facts = {
		.county = "340207",
		.period = "2025",
		.schools = schools,
		.n = n,
		.report = now,
		.previous = before,
	};
	auto_buf struct buf out;
	size_t records_n;
	json_t *root;

	merge_index_init(&index, &facts);
	assert_int_equal(county_judge(&facts, &standard, records, ARRAY_LEN(records), &records_n,
				      &judgement),
			 ERR_OK);
	buf_init(&out, sizeof(text));
	json_write_items(&facts, &index, &standard, &judgement, &out);
	assert_false(buf_failed(&out));
	root = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_object_size(root), standard.items_n);
	json_decref(root);
	str_copy(text, sizeof(text), out.data);
	return text;
}

/* Byte for byte: it is stored and shown as it was written. */
static void check_item(const char *text, const char *item, const char *expected)
{
	auto_buf struct buf member;

	buf_init(&member, 4096);
	buf_printf(&member, "\"%s\":%s", item, expected);
	if (!strstr(text, member.data))
		fail_msg("wanted %s in\n%s", member.data, text);
}

static void test_county_items(void **state)
{
	const char *text;

	(void)state;
	standard_file_load("national-2017", &standard);
	read_county(
		"{\"items\":{\"G1\":{\"confirmed\":true,\"evidence\":\"e\"},"
		"\"G7\":{\"value\":8123.5},\"G8\":{\"teacher\":99.99,\"civil_servant\":100},"
		"\"G11\":{\"eligible\":1000,\"moved\":120,\"backbone_moved\":20},"
		"\"G14\":{\"plan\":200,\"allocated\":100,\"rural_tilt\":false},"
		"\"Q2\":{\"children\":0,\"enrolled\":0},"
		"\"Q9\":{\"subjects\":[{\"subject\":\"数学\",\"level\":3,\"difference\":0.15}]},"
		"\"S1\":{\"groups\":{\"students\":{\"valid\":0,\"satisfied\":0},"
		"\"parents\":{\"valid\":400,\"satisfied\":341}}},"
		"\"V1\":{\"confirmed\":false}}}",
		&report);
	add_school(0, 400, 2020);
	text = answer(1, &report, NULL);
	check_item(text, "G1", "{\"status\":\"met\",\"rounding_sensitive\":false}");
	check_item(text, "G2", "{\"status\":\"no_data\",\"rounding_sensitive\":false}");
	check_item(text, "G7",
		   "{\"status\":\"met\",\"value\":8123.5,\"display\":\"8123.50\","
		   "\"threshold\":8000,\"compare\":\"at_least\",\"measure\":\"yuan\","
		   "\"rounding_sensitive\":false}");
	/* 99.99 % is shown as 100.0 %: that would be met. */
	check_item(text, "G8",
		   "{\"status\":\"not_met\",\"value\":99.99,\"display\":\"100.0\","
		   "\"threshold\":100,\"compare\":\"at_least\",\"measure\":\"percent\","
		   "\"rounding_sensitive\":true}");
	check_item(text, "G11",
		   "{\"status\":\"not_met\",\"value\":12,\"display\":\"12.0\",\"threshold\":10,"
		   "\"compare\":\"at_least\",\"measure\":\"percent\",\"conditions\":["
		   "{\"rule\":\"ratio\",\"status\":\"met\",\"value\":12,\"display\":\"12.0\","
		   "\"threshold\":10,\"compare\":\"at_least\",\"measure\":\"percent\"},"
		   "{\"rule\":\"ratio\",\"status\":\"not_met\",\"value\":16.666666666666668,"
		   "\"display\":\"16.7\",\"threshold\":20,\"compare\":\"at_least\","
		   "\"measure\":\"percent\"}],\"rounding_sensitive\":false}");
	check_item(text, "G14",
		   "{\"status\":\"not_met\",\"value\":50,\"display\":\"50.0\",\"threshold\":50,"
		   "\"compare\":\"at_least\",\"measure\":\"percent\",\"conditions\":["
		   "{\"rule\":\"ratio\",\"status\":\"met\",\"value\":50,\"display\":\"50.0\","
		   "\"threshold\":50,\"compare\":\"at_least\",\"measure\":\"percent\"},"
		   "{\"rule\":\"confirmed\",\"status\":\"not_met\"}],"
		   "\"rounding_sensitive\":false}");
	/* Nothing by nothing has no value. */
	check_item(text, "Q2",
		   "{\"status\":\"undefined\",\"threshold\":95,\"compare\":\"at_least\","
		   "\"measure\":\"percent\",\"rounding_sensitive\":false}");
	check_item(text, "Q9", "{\"status\":\"not_met\",\"rounding_sensitive\":false}");
	check_item(text, "S1",
		   "{\"status\":\"met\",\"value\":85.25,\"display\":\"85.3\",\"threshold\":85,"
		   "\"compare\":\"at_least\",\"measure\":\"percent\",\"groups\":{"
		   "\"students\":{\"valid\":0,\"satisfied\":0},"
		   "\"parents\":{\"valid\":400,\"satisfied\":341,\"value\":85.25,"
		   "\"display\":\"85.3\"}},\"rounding_sensitive\":false}");
	check_item(text, "V1", "{\"status\":\"met\",\"rounding_sensitive\":false}");
}

/* Without a report there is no value to tell, and there are no groups. */
static void test_nothing_reported(void **state)
{
	const char *text;

	(void)state;
	standard_file_load("national-2017", &standard);
	add_school(0, 400, 2020);
	text = answer(1, NULL, NULL);
	check_item(text, "G7",
		   "{\"status\":\"no_data\",\"threshold\":8000,\"compare\":\"at_least\","
		   "\"measure\":\"yuan\",\"rounding_sensitive\":false}");
	check_item(text, "S1",
		   "{\"status\":\"no_data\",\"threshold\":85,\"compare\":\"at_least\","
		   "\"measure\":\"percent\",\"rounding_sensitive\":false}");
}

static void test_schools(void **state)
{
	json_t *root, *item;
	const char *text;

	(void)state;
	standard_file_load("national-2017", &standard);
	for (size_t i = 0; i < SCHOOLS; i++)
		add_school(i, 400, 2020);
	/* An old one may be larger: 2400. */
	add_school(1, 2400, 2010);
	add_school(3, 2001, 2020);
	text = answer(SCHOOLS, NULL, NULL);
	check_item(text, "G4",
		   "{\"status\":\"not_met\",\"schools_total\":140,\"schools_met\":139,"
		   "\"schools\":[\"2134000003\"],\"reliefs\":{\"large_school\":1},"
		   "\"conditions\":[{\"rule\":\"ratio\",\"status\":\"not_met\"},"
		   "{\"rule\":\"ratio\",\"status\":\"not_applicable\"}],"
		   "\"rounding_sensitive\":false}");
	/* Of what they did not report, none is known to fail. */
	check_item(text, "G9",
		   "{\"status\":\"no_data\",\"schools_total\":140,\"schools_met\":0,"
		   "\"schools\":[],\"rounding_sensitive\":false}");
	for (size_t i = 0; i < FAILING; i++)
		add_school(i, 2001, 2020);
	root = json_loads(answer(SCHOOLS, NULL, NULL), 0, NULL);
	item = json_object_get(root, "G4");
	assert_int_equal(json_array_size(json_object_get(item, "schools")), ITEM_SCHOOLS_LISTED);
	assert_string_equal(json_string_value(json_array_get(json_object_get(item, "schools"), 99)),
			    "2134000099");
	assert_int_equal(json_integer_value(json_object_get(item, "schools_more")),
			 FAILING - ITEM_SCHOOLS_LISTED);
	json_decref(root);
}

/* Growth, and a display that decides. */
static void test_province(void **state)
{
	const char *text;

	(void)state;
	standard_file_load("shandong-2024", &standard);
	read_county("{\"items\":{\"SD2\":{\"spending\":103,\"pupils\":10},"
		    "\"G8\":{\"teacher\":99.99,\"civil_servant\":100}}}",
		    &report);
	read_county("{\"items\":{\"SD2\":{\"spending\":100,\"pupils\":10}}}", &previous);
	add_school(0, 400, 2020);
	text = answer(1, &report, &previous);
	check_item(text, "SD2",
		   "{\"status\":\"met\",\"value\":3,\"display\":\"3.0\",\"threshold\":0,"
		   "\"compare\":\"more_than\",\"measure\":\"percent\","
		   "\"rounding_sensitive\":false}");
	check_item(text, "G8",
		   "{\"status\":\"met\",\"value\":99.99,\"display\":\"100.0\",\"threshold\":100,"
		   "\"compare\":\"at_least\",\"measure\":\"percent\",\"rounding_sensitive\":true}");
	text = answer(1, &previous, &report);
	check_item(text, "SD2",
		   "{\"status\":\"not_met\",\"value\":-2.912621359223301,\"display\":\"-2.9\","
		   "\"threshold\":0,\"compare\":\"more_than\",\"measure\":\"percent\","
		   "\"rounding_sensitive\":false}");
}

/* --- what schools declare ------------------------------------------------------------------- */

#define DECLARED(members) "{\"stages\":{\"primary\":{\"students\":9}},\"declared\":{" members "}}"

static enum err read_school(const char *body, struct report *out, struct problems *p)
{
	p->n = 0;
	return json_read_report(body, strlen(body), kind_find("211"), out, p, NULL);
}

static void test_declared_round_trip(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf out;
	struct report r;

	(void)state;
	assert_int_equal(read_school(DECLARED("\"zoo\":1.25,\"a_1\":480,\"books\":0"), &r, p),
			 ERR_OK);
	assert_int_equal(r.declared_n, 3);
	assert_string_equal(r.declared[0].name, "a_1");
	assert_string_equal(r.declared[2].name, "zoo");
	assert_int_equal(report_declared(&r, "a_1"), 48000);
	assert_int_equal(report_declared(&r, "zoo"), 125);
	assert_int_equal(report_declared(&r, "books"), 0);
	assert_true(report_declared(&r, "beds") == MISSING);
	buf_init(&out, 4096);
	buf_str(&out, "{");
	json_write_report(&r, &out);
	buf_str(&out, "}");
	assert_string_equal(out.data, DECLARED("\"a_1\":480,\"books\":0,\"zoo\":1.25"));
}

static void test_declared_patch(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	static const char change[] = "{\"declared\":{\"zoo\":null,\"b\":2}}";
	struct report r, out;

	(void)state;
	assert_int_equal(read_school(DECLARED("\"zoo\":1.25,\"a_1\":480"), &r, p), ERR_OK);
	assert_int_equal(
		json_patch_report(&r, change, strlen(change), kind_find("211"), &out, p, NULL),
		ERR_OK);
	assert_int_equal(out.declared_n, 2);
	assert_int_equal(report_declared(&out, "b"), 200);
	assert_true(report_declared(&out, "zoo") == MISSING);
}

static void test_declared_bad(void **state)
{
	static const struct {
		const char *body;
		const char *pointer;
		const char *code;
	} bad[] = {
		{ DECLARED("\"Zoo\":1"), "/declared/Zoo", "unknown_field" },
		{ DECLARED("\"\":1"), "/declared/", "unknown_field" },
		{ DECLARED("\"zoo\":-1"), "/declared/zoo", "negative" },
		{ DECLARED("\"zoo\":1.005"), "/declared/zoo", "too_many_decimals" },
		{ DECLARED("\"zoo\":true"), "/declared/zoo", "wrong_type" },
		{ DECLARED("\"zoo\":1,\"zoo\":2"), "/declared/zoo", "duplicate_key" },
		{ DECLARED("\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,"
			   "\"i\":1,\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,"
			   "\"q\":1"),
		  "/declared/q", "too_many" },
		{ "{\"stages\":{\"primary\":{\"students\":9}},\"declared\":[]}", "/declared",
		  "wrong_type" },
	};
	struct problems *auto_free p = calloc(1, sizeof(*p));
	struct report r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		POISON(r);
		assert_int_equal(read_school(bad[i].body, &r, p), ERR_INVALID);
		assert_int_equal(p->n, 1);
		assert_string_equal(p->items[0].pointer, bad[i].pointer);
		assert_string_equal(p->items[0].code, bad[i].code);
		assert_poisoned(r);
	}
}

/* By the fields and the shares of 安徽. */
static void test_check_declared(void **state)
{
	static const struct {
		const char *declared;
		const char *pointer; /* NULL: right */
		const char *code;
	} rows[] = {
		{ DECLARED(""), NULL, NULL },
		{ DECLARED("\"fitness_passed\":8,\"fitness_tested\":9"), NULL, NULL },
		{ DECLARED("\"fitness_passed\":9,\"fitness_tested\":9"), NULL, NULL },
		/* A share needs both. */
		{ DECLARED("\"fitness_passed\":8"), NULL, NULL },
		{ DECLARED("\"fitness_passed\":9,\"fitness_tested\":8"), "/declared/fitness_passed",
		  "exceeds_whole" },
		{ DECLARED("\"fitness_tested\":8.5"), "/declared/fitness_tested", "not_integer" },
		{ DECLARED("\"fitness\":8"), "/declared/fitness", "unknown_field" },
	};
	struct problems *auto_free p = calloc(1, sizeof(*p));
	struct report r;

	(void)state;
	standard_file_load("anhui-2024", &standard);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(read_school(rows[i].declared, &r, p), ERR_OK);
		assert_int_equal(json_check_declared(&r, &standard, p),
				 rows[i].pointer ? ERR_INVALID : ERR_OK);
		assert_int_equal(p->n, rows[i].pointer ? 1 : 0);
		if (!rows[i].pointer)
			continue;
		assert_string_equal(p->items[0].pointer, rows[i].pointer);
		assert_string_equal(p->items[0].code, rows[i].code);
	}
	/* The nation has schools declare nothing. */
	standard_file_load("national-2017", &standard);
	assert_int_equal(read_school(DECLARED("\"fitness_tested\":8"), &r, p), ERR_OK);
	assert_int_equal(json_check_declared(&r, &standard, p), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measure_format),   cmocka_unit_test(test_county_items),
		cmocka_unit_test(test_nothing_reported), cmocka_unit_test(test_schools),
		cmocka_unit_test(test_province),         cmocka_unit_test(test_declared_round_trip),
		cmocka_unit_test(test_declared_patch),   cmocka_unit_test(test_declared_bad),
		cmocka_unit_test(test_check_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
