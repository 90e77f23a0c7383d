/* SPDX-License-Identifier: Apache-2.0 */
/* Plans, read by the items of a standard: every mistake by its place; and told again. */
#include "base/auto.h"
#include "base/str.h"
#include "lib/check.h"
#include "lib/standard_file.h"
#include "json/plan_json.h"

#define FIRST 2026

struct world {
	struct standard national;
	struct standard shandong;
	struct plan plan;
	struct plan_latest latest[STANDARD_ITEMS_MAX];
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

#define WITH(members)   "{\"recognition_year\":\"2030\"," members "}"
#define MILESTONE(m)    WITH("\"milestones\":[{" m "}]")
#define TARGET(item, t) MILESTONE("\"item\":\"" item "\",\"year\":\"2027\",\"target\":" t)
#define YEAR(y)         MILESTONE("\"item\":\"G1\",\"target\":\"met\",\"year\":" y)
#define TASK(m)         WITH("\"tasks\":[{" m "}]")
#define G1_2027         "{\"item\":\"G1\",\"year\":\"2027\",\"target\":\"met\"}"

static const struct bad {
	const char *body;
	const char *pointer;
	const char *code;
} bad[] = {
	/* clang-format off */
	{ "{\"recognition_year\":2030}",             "/recognition_year", "wrong_type" },
	{ "{\"recognition_year\":\"30\"}",           "/recognition_year", "bad_format" },
	{ "{\"recognition_year\":\"1999\"}",         "/recognition_year", "bad_format" },
	{ "{\"recognition_year\":\"2025\"}",         "/recognition_year", "too_early" },
	{ "{\"recognition_year\":\"2047\"}",         "/recognition_year", "too_late" },
	{ "{\"recognition_year\":null}",             "/recognition_year", "wrong_type" },
	{ "{\"goals\":[]}",                          "/goals", "unknown_field" },
	{ WITH("\"milestones\":{}"),                 "/milestones", "wrong_type" },
	{ WITH("\"milestones\":null"),               "/milestones", "wrong_type" },
	{ WITH("\"milestones\":[1]"),                "/milestones/0", "wrong_type" },
	{ WITH("\"milestones\":[" G1_2027 "," G1_2027 "]"), "/milestones/1", "duplicate_key" },
	{ MILESTONE("\"year\":\"2027\",\"target\":1"), "/milestones/0/item", "required" },
	{ MILESTONE("\"item\":\"G1\",\"target\":\"met\""), "/milestones/0/year", "required" },
	{ MILESTONE("\"item\":\"G1\",\"year\":\"2027\""), "/milestones/0/target", "required" },
	{ TARGET("G99", "1"),                        "/milestones/0/item", "unknown_item" },
	{ TARGET("R8.primary.cv", "0.4"),            "/milestones/0/item", "unknown_item" },
	{ YEAR("2027"),                              "/milestones/0/year", "wrong_type" },
	{ YEAR("\"2025\""),                          "/milestones/0/year", "too_early" },
	{ YEAR("\"2031\""),                          "/milestones/0/year", "too_late" },
	{ TARGET("G1", "1"),                         "/milestones/0/target", "not_allowed" },
	{ TARGET("V1", "true"),                      "/milestones/0/target", "not_allowed" },
	{ TARGET("Q9", "\"Met\""),                   "/milestones/0/target", "not_allowed" },
	{ TARGET("R2.primary.cv", "\"met\""),        "/milestones/0/target", "wrong_type" },
	{ TARGET("R2.primary.cv", "-0.000001"),      "/milestones/0/target", "negative" },
	{ TARGET("R2.primary.cv", "10.000001"),      "/milestones/0/target", "too_big" },
	{ TARGET("R2.primary.cv", "0.4800001"),      "/milestones/0/target", "too_many_decimals" },
	{ TARGET("schools.primary", "0.5"),          "/milestones/0/target", "not_integer" },
	{ TARGET("schools.primary", "5001"),         "/milestones/0/target", "too_big" },
	{ TARGET("G3", "-1"),                        "/milestones/0/target", "negative" },
	{ TARGET("G8", "1000000000.5"),              "/milestones/0/target", "too_big" },
	{ TARGET("G8", "1e300"),                     "/milestones/0/target", "too_big" },
	{ TARGET("G8", "100.0005"),                  "/milestones/0/target", "too_many_decimals" },
	{ TARGET("G14", "100.001"),                  "/milestones/0/target", "too_big" },
	{ TARGET("S1", "100.001"),                   "/milestones/0/target", "too_big" },
	{ TASK("\"text\":\"x\""),                    "/tasks/0/year", "required" },
	{ TASK("\"year\":\"2027\""),                 "/tasks/0/text", "required" },
	{ TASK("\"year\":\"2027\",\"text\":\" \""),  "/tasks/0/text", "empty" },
	{ TASK("\"year\":\"2031\",\"text\":\"x\""),  "/tasks/0/year", "too_late" },
	{ TASK("\"year\":\"2027\",\"text\":\"x\",\"who\":\"y\""), "/tasks/0/who", "unknown_field" },
	{ TASK("\"year\":\"2027\",\"text\":\"x\",\"items\":\"G1\""), "/tasks/0/items", "wrong_type" },
	{ TASK("\"year\":\"2027\",\"text\":\"x\",\"items\":[\"G0\"]"), "/tasks/0/items/0", "unknown_item" },
	{ TASK("\"year\":\"2027\",\"text\":\"x\",\"items\":[\"G1\",\"G1\"]"), "/tasks/0/items/1", "duplicate_key" },
	{ WITH("\"safeguards\":\"x\""),              "/safeguards", "wrong_type" },
	{ WITH("\"safeguards\":[\"a\\nb\"]"),        "/safeguards/0", "bad_format" },
	{ "{\"safeguards\":[],\"safeguards\":[]}",   "/safeguards", "duplicate_key" },
	/* clang-format on */
};

static enum err read_by(const struct standard *s, const char *body, struct buf *text,
			struct problems *problems)
{
	buf_init(text, PLAN_BYTES);
	return json_read_plan(body, strlen(body), s, FIRST, &w->plan, text, problems, NULL);
}

/* Each has this one mistake and no other, and leaves nothing behind. */
static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct problems *auto_free p = calloc(1, sizeof(*p));
		auto_buf struct buf text;

		POISON(w->plan);
		if (read_by(&w->national, bad[i].body, &text, p) != ERR_INVALID || p->n != 1 ||
		    !str_equal(p->items[0].pointer, bad[i].pointer) ||
		    !str_equal(p->items[0].code, bad[i].code))
			fail_msg("%s: %zu problems, first %s %s", bad[i].body, p->n,
				 p->items[0].pointer, p->items[0].code);
		assert_non_null(strstr(p->items[0].detail, " / "));
		assert_poisoned(w->plan);
		assert_int_equal(text.len, 0);
	}
}

/* What grows may be planned to shrink less, but not by more than all of it; and a province's own
 * items are the province's. */
static void test_growth(void **state)
{
	static const struct {
		const char *target, *code;
	} cases[] = {
		{ "-2.5", NULL }, { "-100", NULL }, { "-100.001", "too_small" }, { "3", NULL }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problems *auto_free p = calloc(1, sizeof(*p));
		auto_buf struct buf text;
		char body[160];

		assert_true(snprintf(body, sizeof(body), TARGET("SD2", "%s"), cases[i].target) > 0);
		assert_int_equal(read_by(&w->shandong, body, &text, p),
				 cases[i].code ? ERR_INVALID : ERR_OK);
		assert_true(!cases[i].code || str_equal(p->items[0].code, cases[i].code));
		assert_true(cases[i].code ||
			    w->plan.milestones[0].target ==
				    plan_millionths(strtod(cases[i].target, NULL)));
		buf_release(&text);
		assert_int_equal(read_by(&w->national, body, &text, p), ERR_INVALID);
	}
}

static void test_malformed(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text;

	(void)state;
	assert_int_equal(read_by(&w->national, "[]", &text, p), ERR_MALFORMED);
	assert_int_equal(json_parse_plan("nothing", 7, &w->national, &w->plan, NULL),
			 ERR_MALFORMED);
}

#define PLAN                                                                                \
	"{ \"safeguards\": [\"经费\"], \"recognition_year\": \"2030\", \"milestones\": [" \
	"{ \"item\": \"S1\", \"year\": \"2027\", \"target\": 90 },"                         \
	"{ \"item\": \"R2.primary.cv\", \"year\": \"2028\", \"target\": 0.480 },"           \
	"{ \"item\": \"R2.primary.cv\", \"year\": \"2026\", \"target\": 0.612345 },"        \
	"{ \"item\": \"G1\", \"year\": \"2030\", \"target\": \"met\" } ] }"

static const char canonical[] =
	"{\"milestones\":[{\"item\":\"R2.primary.cv\",\"year\":\"2026\",\"target\":0.612345},"
	"{\"item\":\"R2.primary.cv\",\"year\":\"2028\",\"target\":0.48},"
	"{\"item\":\"G1\",\"year\":\"2030\",\"target\":\"met\"},"
	"{\"item\":\"S1\",\"year\":\"2027\",\"target\":90}],"
	"\"recognition_year\":\"2030\",\"tasks\":[],\"safeguards\":[\"经费\"]}";

static void test_good(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text;

	(void)state;
	assert_int_equal(read_by(&w->national, PLAN, &text, p), ERR_OK);
	assert_string_equal(text.data, canonical);
	assert_int_equal(w->plan.recognition_year, 2030);
	assert_int_equal(w->plan.n, 4);
	assert_int_equal(w->plan.milestones[0].year, 2026);
	assert_int_equal(w->plan.milestones[0].target, 612345);
	assert_true(w->plan.milestones[2].met);
	assert_int_equal(w->plan.milestones[3].target, 90 * PLAN_ONE);
}

static void test_empty(void **state)
{
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text;

	(void)state;
	assert_int_equal(read_by(&w->national, "{}", &text, p), ERR_OK);
	assert_string_equal(text.data, "{\"milestones\":[],\"tasks\":[],\"safeguards\":[]}");
	assert_int_equal(w->plan.recognition_year, 0);
	assert_int_equal(w->plan.n, 0);
}

static void test_patch(void **state)
{
	static const char patch[] = "{\"recognition_year\":null,\"safeguards\":[\"组织\"],"
				    "\"milestones\":[" G1_2027 "]}";
	struct problems *auto_free p = calloc(1, sizeof(*p));
	auto_buf struct buf text;

	(void)state;
	buf_init(&text, PLAN_BYTES);
	assert_int_equal(json_patch_plan(canonical, patch, strlen(patch), &w->national, FIRST,
					 &w->plan, &text, p, NULL),
			 ERR_OK);
	assert_string_equal(text.data, "{\"milestones\":[" G1_2027
				       "],\"tasks\":[],\"safeguards\":[\"组织\"]}");
	assert_int_equal(w->plan.recognition_year, 0);
}

/* By another standard, a stored plan is what that knows of it. */
static void test_parse(void **state)
{
	static const char stored[] = "{\"recognition_year\":\"2024\",\"milestones\":["
				     "{\"item\":\"SD9\",\"year\":\"2023\",\"target\":1},"
				     "{\"item\":\"G1\",\"year\":\"2023\",\"target\":7},"
				     "{\"item\":\"G7\",\"year\":\"2023\",\"target\":8000.5}]}";

	(void)state;
	POISON(w->plan);
	assert_int_equal(json_parse_plan(stored, strlen(stored), &w->national, &w->plan, NULL),
			 ERR_OK);
	assert_int_equal(w->plan.recognition_year, 2024);
	assert_int_equal(w->plan.n, 1);
	assert_int_equal(w->plan.milestones[0].item, plan_item_find(&w->national, "G7"));
	assert_int_equal(w->plan.milestones[0].target, INT64_C(8000500000));
}

static const struct plan_latest *latest_of(const char *name)
{
	return &w->latest[standard_item(&w->national, name)];
}

static void test_latest(void **state)
{
	static const char items[] =
		"{\"G7\":{\"status\":\"not_met\",\"value\":7999.99},"
		"\"G3\":{\"status\":\"not_met\",\"schools_total\":40,\"schools_met\":37},"
		"\"G5\":{\"status\":\"not_applicable\",\"schools_total\":0,\"schools_met\":0},"
		"\"G1\":{\"status\":\"not_met\"},\"S1\":{\"status\":\"no_data\"},"
		"\"G8\":{\"status\":\"splendid\",\"value\":1}}";

	(void)state;
	POISON(w->latest);
	json_plan_latest(items, &w->national, w->latest);
	assert_true(latest_of("G7")->has_value && latest_of("G7")->status == STATUS_NOT_MET);
	assert_int_equal(latest_of("G7")->value, INT64_C(7999990000));
	assert_true(latest_of("G3")->has_value);
	assert_int_equal(latest_of("G3")->value, 3 * PLAN_ONE);
	assert_true(!latest_of("G5")->has_value &&
		    latest_of("G5")->status == STATUS_NOT_APPLICABLE);
	assert_true(!latest_of("G1")->has_value && latest_of("G1")->status == STATUS_NOT_MET);
	assert_true(!latest_of("S1")->has_value && latest_of("S1")->status == STATUS_NO_DATA);
	assert_true(!latest_of("G8")->has_value && latest_of("G8")->status == STATUS_NO_DATA);
	assert_true(!latest_of("V7")->has_value && latest_of("V7")->status == STATUS_NO_DATA);
}

static void test_write(void **state)
{
	static const struct plan_derived derived[] = {
		{ "G7", { 2027, false, INT64_C(7250500000) } },
		{ "R2.primary.cv", { 2028, false, 506667 } },
		{ "G2", { 2030, true, 0 } },
	};
	auto_buf struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	buf_str(&out, "{");
	assert_int_equal(json_write_plan(canonical, derived, ARRAY_LEN(derived), &out, NULL),
			 ERR_OK);
	assert_string_equal(
		out.data,
		"{\"recognition_year\":\"2030\",\"milestones\":["
		"{\"item\":\"R2.primary.cv\",\"year\":\"2026\",\"target\":0.612345},"
		"{\"item\":\"R2.primary.cv\",\"year\":\"2028\",\"target\":0.48},"
		"{\"item\":\"G1\",\"year\":\"2030\",\"target\":\"met\"},"
		"{\"item\":\"S1\",\"year\":\"2027\",\"target\":90},"
		"{\"item\":\"G7\",\"year\":\"2027\",\"target\":7250.5,\"derived\":true},"
		"{\"item\":\"R2.primary.cv\",\"year\":\"2028\",\"target\":0.506667,\"derived\":"
		"true},"
		"{\"item\":\"G2\",\"year\":\"2030\",\"target\":\"met\",\"derived\":true}],"
		"\"tasks\":[],\"safeguards\":[\"经费\"]");
	assert_int_equal(json_write_plan("?", NULL, 0, &out, NULL), ERR_DB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),    cmocka_unit_test(test_bad),
		cmocka_unit_test(test_malformed), cmocka_unit_test(test_good),
		cmocka_unit_test(test_empty),     cmocka_unit_test(test_patch),
		cmocka_unit_test(test_parse),     cmocka_unit_test(test_latest),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests_name("plans as documents", tests, setup, teardown);
}
