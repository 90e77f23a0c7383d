/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars, read strictly: every mistake by its place; laid over one another, and told. */
#include "base/auto.h"
#include "base/str.h"
#include "lib/check.h"
#include "json/calendar_json.h"

#define YEAR 2026

#define WITH(members) "{\"source\":\"s\"," members "}"
#define HOLIDAY(m)    WITH("\"holidays\":[{\"name\":\"x\"," m "}]")
#define FROM_TO(a, b) HOLIDAY("\"from\":\"" a "\",\"to\":\"" b "\"")
#define WORKED(d)     WITH("\"worked\":[" d "]")
#define TERMS(a, b)   WITH("\"terms\":{\"first\":{" a "},\"second\":{" b "}}")
#define DAYS(a, b)    "\"begin\":\"" a "\",\"end\":\"" b "\""
#define FIRST         DAYS("2026-09-01", "2027-01-31")
#define SECOND        DAYS("2027-03-01", "2027-07-15")

static const struct bad {
	const char *body;
	const char *pointer;
	const char *code;
} bad[] = {
	/* clang-format off */
	{ "{}",                                  "/source", "required" },
	{ "{\"source\":null}",                   "/source", "wrong_type" },
	{ WITH("\"region\":null"),               "/region", "wrong_type" },
	{ WITH("\"region\":\"340\""),            "/region", "bad_format" },
	{ WITH("\"days\":[]"),                   "/days", "unknown_field" },
	{ WITH("\"holidays\":null"),             "/holidays", "wrong_type" },
	{ WITH("\"holidays\":[null]"),           "/holidays/0", "wrong_type" },
	{ HOLIDAY("\"to\":\"2026-01-01\""),      "/holidays/0/from", "required" },
	{ HOLIDAY("\"from\":null"),              "/holidays/0/from", "wrong_type" },
	{ HOLIDAY("\"from\":\"2026-01-01\",\"to\":null"), "/holidays/0/to", "wrong_type" },
	{ FROM_TO("2026-06-31", "2026-07-01"),   "/holidays/0/from", "bad_format" },
	{ FROM_TO("2026-07-02", "2026-07-01"),   "/holidays/0/to", "backwards" },
	{ FROM_TO("2025-12-31", "2026-01-01"),   "/holidays/0/from", "outside_year" },
	{ FROM_TO("2026-12-31", "2027-01-01"),   "/holidays/0/to", "outside_year" },
	{ WORKED("\"2026-02-27\""),              "/worked/0", "not_weekend" },
	{ WORKED("\"2024-02-04\""),              "/worked/0", "outside_year" },
	{ WORKED("\"2026-02-28\",\"2026-02-28\""), "/worked/1", "duplicate_key" },
	{ WITH("\"terms\":null"),                "/terms", "wrong_type" },
	{ WITH("\"terms\":{\"first\":{" FIRST "}}"), "/terms/second", "required" },
	{ TERMS(DAYS("2026-07-31", "2027-01-31"), SECOND), "/terms/first/begin", "outside_year" },
	{ TERMS(FIRST, DAYS("2027-03-01", "2027-08-01")),  "/terms/second/end", "outside_year" },
	{ TERMS(FIRST, DAYS("2027-03-02", "2027-03-01")),  "/terms/second/end", "backwards" },
	{ TERMS(FIRST, DAYS("2027-01-31", "2027-07-15")),  "/terms/second/begin", "overlaps" },
	/* clang-format on */
};

static enum err read(const char *body, const char *region, char ret_region[COUNTY_CODE],
		     struct buf *text, struct problems *problems)
{
	struct err_info info = { .text = "" };

	return json_read_calendar(body, strlen(body), YEAR, region, ret_region, text, problems,
				  &info);
}

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct problems *auto_free problems = calloc(1, sizeof(*problems));
		char region[COUNTY_CODE];
		auto_buf struct buf text;
		enum err e;

		assert_non_null(problems);
		buf_init(&text, CALENDAR_BYTES);
		POISON(region);
		e = read(bad[i].body, "34", region, &text, problems);
		if (e != ERR_INVALID || problems->n != 1 ||
		    !str_equal(problems->items[0].pointer, bad[i].pointer) ||
		    !str_equal(problems->items[0].code, bad[i].code)) {
			fprintf(stderr, "%s: %zu, %s %s\n", bad[i].body, problems->n,
				problems->items[0].pointer, problems->items[0].code);
			fail();
		}
		assert_poisoned(region);
		assert_int_equal(text.len, 0);
	}
}

/* Only the country's must have holidays: its document makes the year known. */
static void test_region(void **state)
{
	static const struct {
		const char *body;
		const char *by_default;
		const char *region;
	} cases[] = {
		{ WITH("\"region\":\"34\""), "", "34" },
		{ "{\"source\":\"s\"}", "34", "34" },
		{ "{\"source\":\"s\"}", "3402", "3402" },
		{ WITH("\"region\":\"\",\"holidays\":[{\"name\":\"x\",\"from\":\"2026-01-01\"}]"),
		  "34", "" },
		{ WITH("\"region\":\"\""), "34", NULL },
		{ WITH("\"holidays\":[]"), "", NULL },
		{ WITH("\"worked\":[\"2026-02-28\"]"), "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problems *auto_free problems = calloc(1, sizeof(*problems));
		char region[COUNTY_CODE] = "?";
		auto_buf struct buf text;
		enum err e;

		assert_non_null(problems);
		buf_init(&text, CALENDAR_BYTES);
		e = read(cases[i].body, cases[i].by_default, region, &text, problems);
		assert_int_equal(e, cases[i].region ? ERR_OK : ERR_INVALID);
		assert_string_equal(region, cases[i].region ? cases[i].region : "?");
		if (e == ERR_OK)
			assert_null(strstr(text.data, "region"));
		else
			assert_string_equal(problems->items[0].pointer, "/holidays");
	}
}

static const char below[] =
	WITH("\"holidays\":[{\"name\":\"a\",\"from\":\"2026-02-16\",\"to\":\"2026-02-17\"}],"
	     "\"worked\":[\"2026-02-28\"],\"terms\":{\"first\":{" FIRST "},\"second\":{" SECOND
	     "},\"default\":true}");
static const char above[] =
	WITH("\"holidays\":[{\"name\":\"b\",\"from\":\"2026-02-17\"}],\"worked\":[\"2026-02-14\"]");

#define TOLD_TERMS \
	"\"terms\":{\"region\":\"\",\"default\":true,\"first\":{" FIRST "},\"second\":{" SECOND "}}"

static void test_whole(void **state)
{
	struct calendar_year laid = { .known = false };
	struct err_info info = { .text = "" };
	auto_buf struct buf out;
	auto_buf struct buf none;

	(void)state;
	buf_init(&out, 4096);
	buf_init(&none, 4096);
	assert_int_equal(json_write_calendar(below, above, "34", YEAR, &out, &info), ERR_OK);
	assert_string_equal(
		out.data,
		"\"days\":[{\"date\":\"2026-02-14\",\"working\":true,\"region\":\"34\"},"
		"{\"date\":\"2026-02-16\",\"working\":false,\"name\":\"a\",\"region\":\"\"},"
		"{\"date\":\"2026-02-17\",\"working\":false,\"name\":\"b\",\"region\":\"34\"},"
		"{\"date\":\"2026-02-28\",\"working\":true,\"region\":\"\"}]," TOLD_TERMS);
	assert_int_equal(json_write_calendar(NULL, above, "34", YEAR, &none, &info), ERR_OK);
	assert_non_null(strstr(none.data, "\"terms\":null"));

	assert_int_equal(json_lay_calendar(above, YEAR, false, &laid, &info), ERR_OK);
	assert_false(laid.known || laid.has_terms);
	assert_int_equal(json_lay_calendar(below, YEAR, true, &laid, &info), ERR_OK);
	assert_true(laid.known && laid.has_terms && laid.default_terms);
	assert_int_equal(laid.marks[day_of_year(day_of(2026, 2, 14))], CALENDAR_WORKED);
	assert_int_equal(laid.marks[day_of_year(day_of(2026, 2, 16))], CALENDAR_HOLIDAY);
	assert_int_equal(laid.marks[day_of_year(day_of(2026, 2, 18))], CALENDAR_PLAIN);
	assert_int_equal(laid.terms[1].begin, day_of(2027, 3, 1));
}

/* What is stored and cannot be read is ours to mend, not the client's. */
static void test_stored_wrong(void **state)
{
	static const char *const texts[] = { "", "[]", "{}", WORKED("\"2026-02-27\"") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct calendar_year laid;
		struct err_info info = { .text = "" };
		auto_buf struct buf out;

		buf_init(&out, 4096);
		POISON(laid);
		assert_int_equal(json_lay_calendar(texts[i], YEAR, true, &laid, &info), ERR_DB);
		assert_poisoned(laid);
		assert_int_equal(json_write_calendar(below, texts[i], "34", YEAR, &out, &info),
				 ERR_DB);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_region),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_stored_wrong),
	};

	return cmocka_run_group_tests_name("json calendar", tests, NULL, NULL);
}
