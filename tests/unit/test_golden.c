/* SPDX-License-Identifier: Apache-2.0 */
/* Judges every case of tests/golden/ and compares with what it expects. The
 * format is told in tests/golden/README.md; a member that this driver does not
 * know fails, so that nothing is expected in vain. Run in the repository, or
 * with JUNHENG_ROOT set to it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/decimal.h"
#include "base/str.h"
#include "lib/check.h"
#include "lib/golden_read.h"

static json_t *base;

/* Where we are, for a failure's message. */
static const char *file_name;
static const char *case_title;

struct judged {
	struct golden_county county;
	struct standard standard;
	struct county_judgement j;
	size_t n;
};

#define FAIL(...)                                                       \
	do {                                                            \
		fprintf(stderr, "%s: \"%s\": ", file_name, case_title); \
		fprintf(stderr, __VA_ARGS__);                           \
		fprintf(stderr, "\n");                                  \
		fail();                                                 \
	} while (0)

static void expect_text(const char *what, const char *actual, const json_t *expected)
{
	if (!json_is_string(expected) || !str_equal(actual, json_string_value(expected)))
		FAIL("%s is %s, expected %s", what, actual,
		     json_is_string(expected) ? json_string_value(expected) : "a string");
}

static void expect_integer(const char *what, int64_t actual, const json_t *expected)
{
	if (!json_is_integer(expected) || actual != json_integer_value(expected))
		FAIL("%s is %lld, expected %lld", what, (long long)actual,
		     (long long)json_integer_value(expected));
}

static void expect_bool(const char *what, bool actual, const json_t *expected)
{
	if (!json_is_boolean(expected) || actual != json_is_true(expected))
		FAIL("%s is %d", what, actual);
}

/* A string is a printed figure: equal to its last digit. A number is equal to
 * twelve digits. Null: there is no such figure. */
static void expect_figure(const char *what, bool has, double actual, const json_t *expected)
{
	double want, room;

	if (json_is_null(expected) || !has) {
		if (has || !json_is_null(expected))
			FAIL("%s: exists %d", what, has);
		return;
	}
	if (json_is_string(expected)) {
		const char *text = json_string_value(expected);
		const char *point = strchr(text, '.');
		const int decimals = point ? (int)strlen(point + 1) : 0;

		want = strtod(text, NULL);
		room = 0.5 * pow(10, -decimals) * (1 + 1e-9);
	} else {
		assert_true(json_is_number(expected));
		want = json_number_value(expected);
		room = 1e-12 * fabs(want);
	}
	if (!(fabs(actual - want) <= room))
		FAIL("%s is %.17g, expected %.17g", what, actual, want);
}

/* A figure as the form shows it: a whole number of 10^-decimals as text. */
static void expect_display(const char *what, bool has, int64_t rounded, int decimals,
			   const json_t *expected)
{
	const long long unit = decimals == 3 ? 1000 : 100;
	char text[32];

	if (!has) {
		if (!json_is_null(expected))
			FAIL("%s does not exist", what);
		return;
	}
	assert_true(snprintf(text, sizeof(text), "%lld.%0*lld", (long long)rounded / unit, decimals,
			     (long long)rounded % unit) > 0);
	expect_text(what, text, expected);
}

static void expect_indicator(const struct indicator_judgement *j, const char *where, json_t *doc)
{
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		char what[64];

		assert_true(snprintf(what, sizeof(what), "%s.%s", where, key) > 0);
		if (str_equal(key, "mean"))
			expect_figure(what, j->has_mean, j->mean, v);
		else if (str_equal(key, "sd"))
			expect_figure(what, j->has_mean, j->sd, v);
		else if (str_equal(key, "cv"))
			expect_figure(what, j->has_cv, j->cv, v);
		else if (str_equal(key, "mean_display"))
			expect_display(what, j->has_mean, j->mean_rounded, 2, v);
		else if (str_equal(key, "cv_display"))
			expect_display(what, j->has_cv, j->cv_rounded, 3, v);
		else if (str_equal(key, "cv_status"))
			expect_text(what, status_names[j->cv_status], v);
		else if (str_equal(key, "schools"))
			expect_text(what, status_names[j->schools], v);
		else if (str_equal(key, "records_met"))
			expect_integer(what, (int64_t)j->records_met, v);
		else if (str_equal(key, "rounding_sensitive"))
			expect_bool(what, j->rounding_sensitive, v);
		else
			FAIL("unknown expectation %s", what);
	}
}

static int find_indicator(const char *code)
{
	for (int i = 0; i < INDICATORS; i++) {
		if (str_equal(indicators[i].code, code))
			return i;
	}
	return -1;
}

static void expect_stage(const struct stage_judgement *j, const char *stage, json_t *doc)
{
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		const int i = find_indicator(key);
		char what[48];

		assert_true(snprintf(what, sizeof(what), "%s.%s", stage, key) > 0);
		if (i >= 0)
			expect_indicator(&j->indicators[i], what, v);
		else if (str_equal(key, "records"))
			expect_integer(what, (int64_t)j->records, v);
		else if (str_equal(key, "records_met"))
			expect_integer(what, (int64_t)j->records_met, v);
		else if (str_equal(key, "students"))
			expect_integer(what, j->students, v);
		else if (str_equal(key, "schools"))
			expect_text(what, status_names[j->schools], v);
		else if (str_equal(key, "status"))
			expect_text(what, status_names[j->status], v);
		else if (str_equal(key, "composite_cv"))
			expect_figure(what, j->has_composite, j->composite_cv, v);
		else
			FAIL("unknown expectation %s", what);
	}
}

static void expect_ratio(const struct record_value *r, const char *where, json_t *doc)
{
	const bool has = r->status != STATUS_NO_DATA;
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		char what[64];

		assert_true(snprintf(what, sizeof(what), "%s.%s", where, key) > 0);
		if (str_equal(key, "status"))
			expect_text(what, status_names[r->status], v);
		else if (str_equal(key, "value"))
			expect_figure(what, has, r->value, v);
		else if (str_equal(key, "display"))
			expect_display(what, has, r->rounded, 2, v);
		else if (str_equal(key, "floor_met"))
			expect_bool(what, r->floor_met, v);
		else if (str_equal(key, "relief"))
			expect_bool(what, r->relief, v);
		else if (str_equal(key, "rounding_sensitive"))
			expect_bool(what, r->rounding_sensitive, v);
		else
			FAIL("unknown expectation %s", what);
	}
}

static const struct record *find_record(const struct judged *c, const char *school,
					const char *stage)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct record *r = &c->county.records[i];

		if (str_equal(c->county.facts.schools[r->school].school.code, school) &&
		    str_equal(stage_names[r->stage], stage))
			return r;
	}
	return NULL;
}

static void expect_record_member(const struct record *r, const char *key, json_t *v)
{
	const int i = find_indicator(key);

	if (i >= 0)
		expect_ratio(&r->values[i], key, v);
	else if (str_equal(key, "status"))
		expect_text("record.status", status_names[r->status], v);
	else if (str_equal(key, "met_count"))
		expect_integer("record.met_count", r->met_count, v);
	else if (str_equal(key, "students") && json_is_null(v))
		assert_true(r->students == MISSING);
	else if (str_equal(key, "students"))
		expect_integer("record.students", r->students, v);
	else if (!str_equal(key, "school") && !str_equal(key, "stage"))
		FAIL("unknown expectation record.%s", key);
}

static void expect_record(const struct judged *c, json_t *doc)
{
	const char *school = json_string_value(json_object_get(doc, "school"));
	const char *stage = json_string_value(json_object_get(doc, "stage"));
	const struct record *r;
	const char *key;
	json_t *v;

	assert_true(school && stage);
	r = find_record(c, school, stage);
	if (!r) {
		FAIL("no record %s %s", school, stage);
		return;
	}
	json_object_foreach(doc, key, v) expect_record_member(r, key, v);
}

static void expect_absent(const struct judged *c, json_t *doc)
{
	const char *school = json_string_value(json_object_get(doc, "school"));
	const char *stage = json_string_value(json_object_get(doc, "stage"));

	assert_true(school && stage);
	if (find_record(c, school, stage))
		FAIL("there is a record %s %s", school, stage);
}

static void expect_member(const struct judged *c, const char *key, json_t *v)
{
	size_t i;
	json_t *item;

	if (str_equal(key, "verdict")) {
		expect_text(key, verdict_names[c->j.verdict], v);
	} else if (str_equal(key, "missing_schools")) {
		expect_integer(key, (int64_t)c->j.missing_schools, v);
	} else if (str_equal(key, "primary")) {
		expect_stage(&c->j.stages[STAGE_PRIMARY], key, v);
	} else if (str_equal(key, "junior")) {
		expect_stage(&c->j.stages[STAGE_JUNIOR], key, v);
	} else if (str_equal(key, "records")) {
		json_array_foreach(v, i, item) expect_record(c, item);
	} else if (str_equal(key, "absent")) {
		json_array_foreach(v, i, item) expect_absent(c, item);
	} else {
		FAIL("unknown expectation %s", key);
	}
}

static void judge_document(const json_t *doc, struct judged *c)
{
	if (!golden_read(doc, base, &c->standard, &c->county)) {
		FAIL("cannot be read");
		return;
	}
	assert_int_equal(county_judge(&c->county.facts, &c->standard, c->county.records,
				      c->county.cap, &c->n, &c->j),
			 ERR_OK);
}

static void run_case(const json_t *doc)
{
	json_t *expect = json_object_get(doc, "expect");
	struct judged c;
	const char *key;
	json_t *v;

	if (json_object_size(expect) == 0)
		FAIL("expects nothing");
	judge_document(doc, &c);
	json_object_foreach(expect, key, v) expect_member(&c, key, v);
	golden_free(&c.county);
}

/* --- thresholds.json: one figure beside its threshold and its floor ----------- */

/* A school that meets everything by far, as a document to put one figure into. */
static json_t *model_school(const char *stage, int64_t pupils)
{
	const json_int_t n = (json_int_t)pupils;

	return json_pack(
		"{s:[{s:s, s:s, s:{s:{s:I, s:I, s:I, s:I}}, s:{s:I, s:I, s:I, s:I, s:I}}]}",
		"schools", "code", "2134000001", "kind",
		str_equal(stage, "primary") ? "211" : "311", "stages", stage, "students", n,
		"teachers_above_degree", n, "teachers_backbone", n, "teachers_pe_art", n, "site",
		"teaching_area", 100 * n, "indoor_sports_area", (json_int_t)0, "sports_ground_area",
		100 * n, "equipment_value", 10000 * n, "multimedia_rooms", n);
}

static void set_figure(json_t *doc, const char *stage, const char *field, json_t *value)
{
	json_t *school = json_array_get(json_object_get(doc, "schools"), 0);
	json_t *figures = json_object_get(json_object_get(school, "stages"), stage);

	if (!json_object_get(figures, field))
		figures = json_object_get(school, "site");
	assert_non_null(json_object_get(figures, field));
	assert_int_equal(json_object_set(figures, field, value), 0);
}

static bool lists(const json_t *row, const char *key, const char *side)
{
	size_t i;
	const json_t *v;

	json_array_foreach(json_object_get(row, key), i, v)
	{
		if (str_equal(json_string_value(v), side))
			return true;
	}
	return false;
}

/* At a threshold, what falls short is above its floor, so the record still
 * meets; at a floor, what falls short fails the record. */
static void run_side(const json_t *row, const char *side, bool at_floor)
{
	const char *stage = json_string_value(json_object_get(row, "stage"));
	const char *code = json_string_value(json_object_get(row, "indicator"));
	const int64_t pupils = json_integer_value(json_object_get(row, "pupils"));
	const bool reaches = !str_equal(side, "under");
	json_t *doc = model_school(stage, pupils);
	const struct record_value *v;
	struct judged c;

	set_figure(doc, stage, json_string_value(json_object_get(row, "field")),
		   json_object_get(row, side));
	judge_document(doc, &c);
	assert_int_equal(c.n, 1);
	v = &c.county.records[0].values[find_indicator(code)];
	if ((v->status == STATUS_MET) != (reaches && !at_floor) ||
	    v->floor_met != (reaches || !at_floor) ||
	    c.county.records[0].status != (reaches || !at_floor ? STATUS_MET : STATUS_NOT_MET) ||
	    v->rounding_sensitive != lists(row, "sensitive", side))
		FAIL("%s %s %s %s: %s, floor met %d, sensitive %d",
		     at_floor ? "floor" : "threshold", stage, code, side, status_names[v->status],
		     v->floor_met, v->rounding_sensitive);
	golden_free(&c.county);
	json_decref(doc);
}

static void run_rows(const json_t *rows, bool at_floor)
{
	static const char *const sides[] = { "under", "on", "over" };
	size_t i;
	json_t *row;

	assert_int_equal(json_array_size(rows), JUDGED_STAGES * INDICATORS);
	json_array_foreach(rows, i, row)
	{
		for (size_t s = 0; s < ARRAY_LEN(sides); s++)
			run_side(row, sides[s], at_floor);
	}
}

static void run_document(json_t *doc)
{
	json_t *cases = json_object_get(doc, "cases");
	size_t i;
	json_t *one;

	case_title = json_string_value(json_object_get(doc, "title"));
	assert_non_null(case_title);
	assert_true(json_is_string(json_object_get(doc, "source")));
	if (json_object_get(doc, "thresholds")) {
		run_rows(json_object_get(doc, "thresholds"), false);
		run_rows(json_object_get(doc, "floors"), true);
		return;
	}
	if (!cases) {
		run_case(doc);
		return;
	}
	json_array_foreach(cases, i, one)
	{
		case_title = json_string_value(json_object_get(one, "title"));
		assert_non_null(case_title);
		run_case(one);
	}
}

static void test_file(void **state)
{
	char path[256];
	json_error_t error;
	json_t *doc;

	file_name = *state;
	case_title = "";
	assert_true(snprintf(path, sizeof(path), "tests/golden/%s", file_name) < (int)sizeof(path));
	doc = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!doc) {
		FAIL("line %d: %s", error.line, error.text);
		return;
	}
	run_document(doc);
	json_decref(doc);
}

#define FILES_MAX 64

static int is_case(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	return len > 5 && str_equal(entry->d_name + len - 5, ".json");
}

int main(void)
{
	const char *root = getenv("JUNHENG_ROOT");
	struct CMUnitTest tests[FILES_MAX];
	struct dirent **files = NULL;
	int n, failed;

	if (root && chdir(root))
		return 2;
	base = json_load_file(GOLDEN_STANDARD, 0, NULL);
	n = scandir("tests/golden", &files, is_case, alphasort);
	if (!base || n < 1 || n > FILES_MAX) {
		fprintf(stderr, "test_golden: no cases: start me in the repository\n");
		return 2;
	}
	for (int i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = files[i]->d_name,
						.test_func = test_file,
						.initial_state = files[i]->d_name };
	failed = _cmocka_run_group_tests("golden", tests, (size_t)n, NULL, NULL);
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	json_decref(base);
	return failed;
}
