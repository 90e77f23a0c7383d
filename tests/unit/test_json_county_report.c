/* SPDX-License-Identifier: Apache-2.0 */
/* What a county reports, read by the items of its standard: every mistake by its place, what is
 * right comes back as it was sent, and what is stored is read by whatever standard judges it. */
#include "base/auto.h"
#include "base/str.h"
#include "lib/check.h"
#include "lib/standard_file.h"
#include "json/documents.h"

struct world {
	struct standard national;
	struct standard shandong;
	struct county_report report;
};
static struct world *w;

static int setup(void **state)
{
	(void)state;
	w = calloc(1, sizeof(*w));
	assert_non_null(w);
	standard_file_load("national-2017", &w->national);
	standard_file_load("shandong-2024", &w->shandong);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(w);
	return 0;
}

static int64_t figure(const struct standard *s, const char *item, const char *field)
{
	const int i = standard_item(s, item);
	int f;

	assert_true(i >= 0);
	f = declared_field_find(s->items[i].fields, s->items[i].fields_n, field);
	assert_true(f >= 0);
	return w->report.items[i].figure[f];
}

/* --- what is refused ---------------------------------------------------------------------- */

#define ITEMS(members)   "{\"items\":{" members "}}"
#define SUBJECT(members) ITEMS("\"Q9\":{\"subjects\":[{" members "}]}")
#define PARENTS(members) ITEMS("\"S1\":{\"groups\":{\"parents\":{" members "}}}")
#define MATHS            "{\"subject\":\"数学\",\"level\":3,\"difference\":0.1}"
#define FOUR(x)          x "," x "," x "," x

static const struct bad {
	const char *body;
	const char *pointer;
	const char *code;
} bad[] = {
	/* clang-format off */
	{ "{}",                                                       "/items", "required" },
	{ "{\"items\":[]}",                                           "/items", "wrong_type" },
	{ "{\"items\":{},\"period\":\"2025\"}",                       "/period", "unknown_field" },
	{ ITEMS("\"G99\":{\"value\":1}"),                             "/items/G99", "unknown_item" },
	{ ITEMS("\"R1\":{\"value\":1}"),                              "/items/R1", "unknown_item" },
	{ ITEMS("\"\":{\"value\":1}"),                                "/items/", "unknown_item" },
	{ ITEMS("\"G7\":{}"),                                         "/items/G7", "empty" },
	{ ITEMS("\"G7\":8000"),                                       "/items/G7", "wrong_type" },
	{ ITEMS("\"G7\":null"),                                       "/items/G7", "wrong_type" },
	{ ITEMS("\"G7\":{\"amount\":1}"),                             "/items/G7/amount", "unknown_field" },
	{ ITEMS("\"G7\":{\"value\":\"1\"}"),                          "/items/G7/value", "wrong_type" },
	{ ITEMS("\"G7\":{\"value\":null}"),                           "/items/G7/value", "wrong_type" },
	{ ITEMS("\"G7\":{\"value\":-1}"),                             "/items/G7/value", "negative" },
	{ ITEMS("\"G7\":{\"value\":8123.505}"),                       "/items/G7/value", "too_many_decimals" },
	{ ITEMS("\"G7\":{\"value\":1e15}"),                           "/items/G7/value", "too_big" },
	{ ITEMS("\"G7\":{\"value\":1,\"value\":2}"),                  "/items/G7/value", "duplicate_key" },
	/* G3 is of schools: a county has nothing to say of it. */
	{ ITEMS("\"G3\":{\"confirmed\":true}"),                       "/items/G3/confirmed", "unknown_field" },
	{ ITEMS("\"G11\":{\"moved\":1.5}"),                           "/items/G11/moved", "not_integer" },
	{ ITEMS("\"G11\":{\"moved\":10000001}"),                      "/items/G11/moved", "too_big" },
	/* Flags and their evidence. */
	{ ITEMS("\"G1\":{\"confirmed\":1,\"evidence\":\"e\"}"),       "/items/G1/confirmed", "wrong_type" },
	{ ITEMS("\"G1\":{\"confirmed\":true}"),                       "/items/G1/evidence", "required" },
	{ ITEMS("\"V1\":{\"confirmed\":true}"),                       "/items/V1/evidence", "required" },
	{ ITEMS("\"G14\":{\"rural_tilt\":true}"),                     "/items/G14/evidence", "required" },
	{ ITEMS("\"G1\":{\"confirmed\":true,\"evidence\":\"\"}"),     "/items/G1/evidence", "empty" },
	{ ITEMS("\"G1\":{\"confirmed\":true,\"evidence\":7}"),        "/items/G1/evidence", "wrong_type" },
	{ ITEMS("\"G1\":{\"confirmed\":true,\"evidence\":\"a\\nb\"}"), "/items/G1/evidence", "bad_format" },
	/* A part above its whole, or below nothing. */
	{ ITEMS("\"G11\":{\"eligible\":10,\"moved\":11}"),            "/items/G11/moved", "exceeds_whole" },
	{ ITEMS("\"G11\":{\"moved\":3,\"backbone_moved\":4}"),        "/items/G11/backbone_moved", "exceeds_whole" },
	{ ITEMS("\"G15\":{\"eligible\":10,\"public\":6,\"purchased\":5}"), "/items/G15/public", "exceeds_whole" },
	{ ITEMS("\"Q1\":{\"graduating\":1,\"moved_in\":2,\"moved_out\":0,\"intake\":9,\"deaths\":0}"), "/items/Q1/graduating", "exceeds_whole" },
	{ ITEMS("\"Q1\":{\"graduating\":0,\"moved_in\":0,\"moved_out\":0,\"intake\":1,\"deaths\":2}"), "/items/Q1/graduating", "exceeds_whole" },
	/* Recognition. */
	{ ITEMS("\"S1\":{\"groups\":[]}"),                            "/items/S1/groups", "wrong_type" },
	{ ITEMS("\"S1\":{\"groups\":{}}"),                            "/items/S1/groups", "empty" },
	{ ITEMS("\"S1\":{\"groups\":{\"cooks\":{}}}"),                "/items/S1/groups/cooks", "unknown_field" },
	{ ITEMS("\"S1\":{\"groups\":{\"parents\":5}}"),               "/items/S1/groups/parents", "wrong_type" },
	{ ITEMS("\"G7\":{\"groups\":{}}"),                            "/items/G7/groups", "unknown_field" },
	{ PARENTS("\"valid\":5"),                                     "/items/S1/groups/parents/satisfied", "required" },
	{ PARENTS("\"satisfied\":5"),                                 "/items/S1/groups/parents/valid", "required" },
	{ PARENTS("\"valid\":5,\"satisfied\":6"),                     "/items/S1/groups/parents/satisfied", "exceeds_whole" },
	{ PARENTS("\"valid\":-5,\"satisfied\":1"),                    "/items/S1/groups/parents/valid", "negative" },
	{ PARENTS("\"valid\":5,\"satisfied\":1,\"unsure\":1"),        "/items/S1/groups/parents/unsure", "unknown_field" },
	/* National monitoring. */
	{ ITEMS("\"Q9\":{\"subjects\":{}}"),                          "/items/Q9/subjects", "wrong_type" },
	{ ITEMS("\"Q9\":{\"subjects\":[]}"),                          "/items/Q9/subjects", "too_many" },
	{ ITEMS("\"Q9\":{\"subjects\":[1]}"),                         "/items/Q9/subjects/0", "wrong_type" },
	{ ITEMS("\"Q9\":{\"subjects\":[" FOUR(FOUR(MATHS)) "," MATHS "]}"), "/items/Q9/subjects", "too_many" },
	{ ITEMS("\"Q9\":{\"subjects\":[" MATHS "," MATHS "]}"),       "/items/Q9/subjects/1", "duplicate_key" },
	{ SUBJECT("\"level\":3,\"difference\":0.1"),                  "/items/Q9/subjects/0/subject", "required" },
	{ SUBJECT("\"subject\":\"数学\",\"difference\":0.1"),         "/items/Q9/subjects/0/level", "required" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":3"),                "/items/Q9/subjects/0/difference", "required" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":0,\"difference\":0.1"), "/items/Q9/subjects/0/level", "not_allowed" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":7,\"difference\":0.1"), "/items/Q9/subjects/0/level", "not_allowed" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":3.0,\"difference\":0.1"), "/items/Q9/subjects/0/level", "not_allowed" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":\"iii\",\"difference\":0.1"), "/items/Q9/subjects/0/level", "not_allowed" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":\"VII\",\"difference\":0.1"), "/items/Q9/subjects/0/level", "not_allowed" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":3,\"difference\":-0.1"), "/items/Q9/subjects/0/difference", "negative" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":3,\"difference\":9.1"), "/items/Q9/subjects/0/difference", "too_big" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":3,\"difference\":0.1234567"), "/items/Q9/subjects/0/difference", "too_many_decimals" },
	{ SUBJECT("\"subject\":\"数学\",\"level\":3,\"difference\":0.1,\"score\":1"), "/items/Q9/subjects/0/score", "unknown_field" },
	/* clang-format on */
};

static enum err read_by(const struct standard *s, const char *body, struct buf *text,
			struct problems *problems)
{
	buf_init(text, COUNTY_REPORT_BYTES);
	return json_read_county_report(body, strlen(body), s, &w->report, text, problems, NULL);
}

/* Each has this one mistake and no other, and leaves nothing behind. */
static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct problems *auto_free p = calloc(1, sizeof(*p));
		auto_buf struct buf text;

		POISON(w->report);
		assert_int_equal(read_by(&w->national, bad[i].body, &text, p), ERR_INVALID);
		if (p->n != 1 || !str_equal(p->items[0].pointer, bad[i].pointer) ||
		    !str_equal(p->items[0].code, bad[i].code))
			fail_msg("%s\n  wanted %s %s, got %zu: %s %s, %s %s", bad[i].body,
				 bad[i].pointer, bad[i].code, p->n, p->items[0].pointer,
				 p->items[0].code, p->items[1].pointer, p->items[1].code);
		assert_true(str_is_utf8(p->items[0].detail, strlen(p->items[0].detail)));
		assert_non_null(strstr(p->items[0].detail, " / "));
		assert_poisoned(w->report);
		assert_int_equal(text.len, 0);
	}
}

static void test_every_mistake_at_once(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text;

	(void)state;
	assert_int_equal(read_by(&w->national,
				 ITEMS("\"G1\":{\"confirmed\":true},\"G99\":{},"
				       "\"G11\":{\"eligible\":1,\"moved\":2,\"x\":0}"),
				 &text, p),
			 ERR_INVALID);
	assert_int_equal(p->n, 4);
	assert_string_equal(p->items[0].pointer, "/items/G1/evidence");
	assert_string_equal(p->items[1].pointer, "/items/G99");
	assert_non_null(strstr(p->items[1].detail, "G15"));
	assert_non_null(strstr(p->items[1].detail, "V7"));
	assert_string_equal(p->items[2].pointer, "/items/G11/x");
	assert_string_equal(p->items[3].pointer, "/items/G11/moved");
}

static void test_evidence_length(void **state)
{
	for (size_t chars = EVIDENCE_CHARS; chars <= EVIDENCE_CHARS + 1; chars++) {
		struct problems *auto_free p = calloc(1, sizeof(*p));
		auto_buf struct buf body, text;

		(void)state;
		buf_init(&body, COUNTY_REPORT_BYTES);
		buf_str(&body, "{\"items\":{\"G1\":{\"confirmed\":true,\"evidence\":\"");
		for (size_t i = 0; i < chars; i++)
			buf_str(&body, "证");
		buf_str(&body, "\"}}}");
		if (chars == EVIDENCE_CHARS) {
			assert_int_equal(read_by(&w->national, body.data, &text, p), ERR_OK);
			assert_string_equal(text.data, body.data);
		} else {
			assert_int_equal(read_by(&w->national, body.data, &text, p), ERR_INVALID);
			assert_string_equal(p->items[0].pointer, "/items/G1/evidence");
			assert_string_equal(p->items[0].code, "too_long");
		}
	}
}

static void test_malformed(void **state)
{
	static const char *const bodies[] = { "", "[]", "{\"items\":", "{\"items\":{}}x", "\xff" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct problems *auto_free p = calloc(1, sizeof(*p));
		auto_buf struct buf text;

		POISON(w->report);
		assert_int_equal(read_by(&w->national, bodies[i], &text, p), ERR_MALFORMED);
		assert_poisoned(w->report);
	}
}

/* --- what is right ------------------------------------------------------------------------ */

/* In no order, with levels in each spelling. */
static const char whole[] =
	"{ \"items\": { \"V2\": { \"confirmed\": false },\n"
	"\"S1\": { \"groups\": { \"parents\": { \"valid\": 200, \"satisfied\": 171 } } },\n"
	"\"Q9\": { \"subjects\": [ { \"difference\": 0.149999, \"subject\": \"数学\", \"level\": 3 "
	"},"
	" { \"subject\": \"语文\", \"level\": \"Ⅳ\", \"difference\": 9 },"
	" { \"subject\": \"科学\", \"level\": \"VI\", \"difference\": 0 } ] },\n"
	"\"G14\": { \"plan\": 100, \"rural_tilt\": true, \"evidence\": \"皖教〔2024〕1号\" },\n"
	"\"G11\": { \"moved\": 10, \"eligible\": 10, \"backbone_moved\": 0 },\n"
	"\"G7\": { \"value\": 8123.50 }, \"G8\": { \"teacher\": 9000000000000, "
	"\"civil_servant\": 0.01 } } }";

static const char again[] =
	"{\"items\":{\"G7\":{\"value\":8123.5},"
	"\"G8\":{\"teacher\":9000000000000,\"civil_servant\":0.01},"
	"\"G11\":{\"moved\":10,\"eligible\":10,\"backbone_moved\":0},"
	"\"G14\":{\"plan\":100,\"rural_tilt\":true,\"evidence\":\"皖教〔2024〕1号\"},"
	"\"Q9\":{\"subjects\":[{\"difference\":0.149999,\"subject\":\"数学\",\"level\":\"III\"},"
	"{\"subject\":\"语文\",\"level\":\"IV\",\"difference\":9},"
	"{\"subject\":\"科学\",\"level\":\"VI\",\"difference\":0}]},"
	"\"S1\":{\"groups\":{\"parents\":{\"valid\":200,\"satisfied\":171}}},"
	"\"V2\":{\"confirmed\":false}}}";

static void check_figures(const struct standard *s)
{
	assert_int_equal(figure(s, "G7", "value"), 812350);
	assert_int_equal(figure(s, "G8", "civil_servant"), 1);
	assert_int_equal(figure(s, "G8", "teacher"), AMOUNT_MAX);
	assert_int_equal(figure(s, "G11", "backbone_moved"), 0);
	assert_int_equal(figure(s, "G14", "rural_tilt"), 1);
	assert_true(figure(s, "G14", "allocated") == MISSING);
	assert_int_equal(figure(s, "V2", "confirmed"), 0);
	assert_true(figure(s, "V1", "confirmed") == MISSING);
	assert_true(w->report.items[standard_item(s, "V2")].reported);
	assert_false(w->report.items[standard_item(s, "V1")].reported);
	assert_int_equal(w->report.subjects_n, 3);
	assert_string_equal(w->report.subjects[0].name, "数学");
	assert_int_equal(w->report.subjects[0].level, 3);
	assert_int_equal(w->report.subjects[0].difference, 149999);
	assert_int_equal(w->report.subjects[1].level, 4);
	assert_int_equal(w->report.subjects[1].difference, 9 * DIFFERENCE_ONE);
	assert_int_equal(w->report.answers[ANSWERS_parents].satisfied, 171);
	assert_true(w->report.answers[ANSWERS_students].valid == MISSING);
}

static void test_round_trip(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text, twice;

	(void)state;
	assert_int_equal(read_by(&w->national, whole, &text, p), ERR_OK);
	assert_int_equal(p->n, 0);
	assert_string_equal(text.data, again);
	check_figures(&w->national);
	assert_int_equal(read_by(&w->national, text.data, &twice, p), ERR_OK);
	assert_string_equal(twice.data, again);
	check_figures(&w->national);
}

static void test_empty(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text;

	(void)state;
	assert_int_equal(read_by(&w->national, "{\"items\":{}}", &text, p), ERR_OK);
	assert_string_equal(text.data, "{\"items\":{}}");
	assert_int_equal(w->report.subjects_n, -1);
	for (int i = 0; i < w->national.items_n; i++)
		assert_false(w->report.items[i].reported);
}

/* A province's items, also where a share is of another item's figure. */
static void test_province(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text, other;

	(void)state;
	assert_int_equal(read_by(&w->shandong,
				 ITEMS("\"SD1\":{\"to_rural\":9},\"G11\":{\"moved\":9}"), &text, p),
			 ERR_OK);
	assert_string_equal(text.data, ITEMS("\"G11\":{\"moved\":9},\"SD1\":{\"to_rural\":9}"));
	assert_int_equal(read_by(&w->shandong,
				 ITEMS("\"SD1\":{\"to_rural\":10},\"G11\":{\"moved\":9}"), &other,
				 p),
			 ERR_INVALID);
	assert_int_equal(p->n, 1);
	assert_string_equal(p->items[0].pointer, "/items/SD1/to_rural");
	assert_string_equal(p->items[0].code, "exceeds_whole");
}

static enum err patch(const char *text, struct buf *out, struct problems *p)
{
	buf_init(out, COUNTY_REPORT_BYTES);
	p->n = 0;
	return json_patch_county_report(again, text, strlen(text), &w->national, &w->report, out, p,
					NULL);
}

static void test_patch(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf same, less, bad_one, doubled, list;

	(void)state;
	assert_int_equal(patch("{}", &same, p), ERR_OK);
	assert_string_equal(same.data, again);
	assert_int_equal(patch(ITEMS("\"Q9\":null,\"S1\":null,\"G8\":null,\"V2\":null,\"G7\":null,"
				     "\"G1\":{\"confirmed\":false},"
				     "\"G14\":{\"rural_tilt\":false,\"evidence\":null}"),
			       &less, p),
			 ERR_OK);
	assert_string_equal(less.data,
			    ITEMS("\"G1\":{\"confirmed\":false},"
				  "\"G11\":{\"moved\":10,\"eligible\":10,\"backbone_moved\":0},"
				  "\"G14\":{\"plan\":100,\"rural_tilt\":false}"));
	assert_int_equal(w->report.subjects_n, -1);
	/* The result is validated as a whole. */
	assert_int_equal(patch(ITEMS("\"G14\":{\"evidence\":null}"), &bad_one, p), ERR_INVALID);
	assert_string_equal(p->items[0].pointer, "/items/G14/evidence");
	assert_int_equal(
		patch("{\"items\":{\"G7\":{\"value\":1}},\"items\":{\"G11\":{\"eligible\":9}}}",
		      &doubled, p),
		ERR_INVALID);
	assert_int_equal(p->n, 2);
	assert_string_equal(p->items[0].code, "duplicate_key");
	assert_string_equal(p->items[1].pointer, "/items/G11/moved");
	assert_int_equal(patch("[]", &list, p), ERR_MALFORMED);
}

/* --- what is stored ------------------------------------------------------------------------- */

static void test_lenient(void **state)
{
	static const char text[] =
		"{\"items\":{\"G7\":{\"value\":8000,\"of_before\":1},\"SD4\":{\"confirmed\":true},"
		"\"G11\":{\"eligible\":12.5,\"moved\":3},\"G1\":{\"confirmed\":7},"
		"\"G8\":5,\"S1\":{\"groups\":{\"cooks\":{},\"heads\":{\"valid\":2,"
		"\"satisfied\":1}}}}}";
	struct err_info info;

	(void)state;
	POISON(w->report);
	assert_int_equal(
		json_parse_county_report(text, strlen(text), &w->national, &w->report, &info),
		ERR_OK);
	assert_int_equal(figure(&w->national, "G7", "value"), 800000);
	assert_int_equal(figure(&w->national, "G11", "moved"), 3);
	assert_true(figure(&w->national, "G11", "eligible") == MISSING);
	assert_true(figure(&w->national, "G1", "confirmed") == MISSING);
	assert_true(figure(&w->national, "G8", "teacher") == MISSING);
	assert_false(w->report.items[standard_item(&w->national, "G8")].reported);
	assert_int_equal(w->report.answers[ANSWERS_heads].valid, 2);
	assert_int_equal(w->report.subjects_n, -1);
	/* By a standard that knows the item. */
	assert_int_equal(
		json_parse_county_report(text, strlen(text), &w->shandong, &w->report, &info),
		ERR_OK);
	assert_int_equal(figure(&w->shandong, "SD4", "confirmed"), 1);
	assert_int_equal(json_parse_county_report("{}", 2, &w->national, &w->report, &info),
			 ERR_OK);
	assert_int_equal(json_parse_county_report("[", 1, &w->national, &w->report, &info),
			 ERR_MALFORMED);
}

static void test_lenient_reads_what_strict_wrote(void **state)
{
	struct err_info info;

	(void)state;
	assert_int_equal(
		json_parse_county_report(again, strlen(again), &w->shandong, &w->report, &info),
		ERR_OK);
	check_figures(&w->shandong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_every_mistake_at_once),
		cmocka_unit_test(test_evidence_length),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_province),
		cmocka_unit_test(test_patch),
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_lenient_reads_what_strict_wrote),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
