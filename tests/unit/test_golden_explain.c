/* SPDX-License-Identifier: Apache-2.0 */
/* Explains every case of tests/golden/explain/ and compares with what it expects
 * (tests/golden/README.md). A member that is not known fails, so that nothing is
 * expected in vain. Run in the repository, or with JUNHENG_ROOT set to it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/explain.h"
#include "lib/check.h"
#include "lib/golden_read.h"

static json_t *base;

struct explained {
	struct golden_county county;
	struct standard standard;
	struct county_judgement j;
	struct merge_index index;
	struct explain_item item;
	const struct record *records; /* of the item's stage */
	size_t n;
	size_t missing;
	const char *title;
};

#define FAIL(x, ...)                                                         \
	do {                                                                 \
		fprintf(stderr, "\"%s\": %s: ", (x)->title, (x)->item.name); \
		fprintf(stderr, __VA_ARGS__);                                \
		fprintf(stderr, "\n");                                       \
		fail();                                                      \
	} while (0)

/* A string is a printed figure, equal to its last digit; null: there is none. */
static void expect_figure(const struct explained *x, const char *what, bool has, double actual,
			  const json_t *expected)
{
	const char *text = json_string_value(expected);
	const char *point = text ? strchr(text, '.') : NULL;
	const double want = text ? strtod(text, NULL) : json_number_value(expected);
	const double room =
		point ? 0.5 * pow(10, -(double)strlen(point + 1)) * (1 + 1e-9) : 1e-12 * fabs(want);

	if (json_is_null(expected) ? has : !has || !(fabs(actual - want) <= room))
		FAIL(x, "%s is %.17g, expected %.17g", what, actual, want);
}

/* scale hundredths (or whole units, 1) against the number in the file. */
static void expect_amount(const struct explained *x, const char *what, int64_t actual, int scale,
			  const json_t *expected)
{
	const int64_t want = llround(json_number_value(expected) * scale);

	if (!json_is_number(expected) || actual != want)
		FAIL(x, "%s is %lld, expected %lld", what, (long long)actual, (long long)want);
}

static void expect_text(const struct explained *x, const char *what, const char *actual,
			const json_t *expected)
{
	if (!json_is_string(expected) || !str_equal(actual, json_string_value(expected)))
		FAIL(x, "%s is %s", what, actual);
}

static const char *code_of(const struct explained *x, const struct record *r)
{
	return x->county.facts.schools[r->school].school.code;
}

/* --- a CV ----------------------------------------------------------------------- */

static void expect_contribution(const struct explained *x, const struct contribution *c,
				json_t *doc)
{
	double without = 0;
	const bool has =
		explain_cv_without(x->records, x->n, x->item.indicator, c->record, &without);
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		if (str_equal(key, "school"))
			expect_text(x, key, code_of(x, &x->records[c->record]), v);
		else if (str_equal(key, "share"))
			expect_figure(x, key, true, c->share, v);
		else if (str_equal(key, "percent"))
			expect_figure(x, key, true, c->percent, v);
		else if (str_equal(key, "deviation"))
			expect_figure(x, key, true, c->deviation, v);
		else if (str_equal(key, "without"))
			expect_figure(x, key, has, without, v);
		else
			FAIL(x, "unknown expectation %s", key);
	}
}

static void expect_cv(const struct explained *x, json_t *doc)
{
	const struct indicator_judgement *j =
		&x->j.stages[x->item.stage].indicators[x->item.indicator];
	struct contribution list[16];
	struct explain_total total;
	const size_t n = explain_cv(x->records, x->n, x->item.indicator, j, list);
	const char *key;
	json_t *v;

	explain_total(x->records, x->n, x->item.indicator, &total);
	json_object_foreach(doc, key, v)
	{
		if (str_equal(key, "total")) {
			assert_true(total.exact);
			expect_amount(x, key, total.hundredths, 100, v);
		} else if (str_equal(key, "students")) {
			expect_amount(x, key, total.students, 1, v);
		} else if (str_equal(key, "records")) {
			assert_int_equal(json_array_size(v), n);
			for (size_t i = 0; i < n; i++)
				expect_contribution(x, &list[i], json_array_get(v, i));
		} else {
			FAIL(x, "unknown expectation %s", key);
		}
	}
}

/* --- what schools lack ------------------------------------------------------------ */

static void expect_missing(const struct explained *x, const struct record *r, int indicator,
			   const json_t *list)
{
	struct figure_ref figures[EXPLAIN_FIGURES_MAX];
	struct merged merged;
	size_t n;

	assert_true(merged_get(&x->index, &x->county.facts, r->school, &merged));
	n = explain_missing(&merged, r->stage, indicator, figures);
	assert_int_equal(json_array_size(list), n);
	for (size_t i = 0; i < n; i++) {
		const struct figure_ref *f = &figures[i];
		char text[64];

		assert_true(snprintf(text, sizeof(text), "%s %s",
				     f->stage < 0 ? "site" : stage_names[f->stage],
				     f->stage < 0 ? site_fields[f->field].name
						  : stage_fields[f->field].name) > 0);
		expect_text(x, "missing", text, json_array_get(list, i));
	}
}

static void expect_lack(const struct explained *x, const struct record *r, int i, json_t *doc)
{
	static const char *const lifts[] = { "none", "floor", "threshold" };
	const int scale = indicators[i].per_hundred ? 1 : 100;
	struct lack lack = { .shared = false };
	enum lift lift[INDICATORS];
	const char *key;
	json_t *v;

	if (r->values[i].status != STATUS_NO_DATA)
		explain_lack(r, &x->standard, i, &lack);
	explain_lift(r, &x->standard, lift);
	json_object_foreach(doc, key, v)
	{
		if (str_equal(key, "to_threshold"))
			expect_amount(x, key, lack.to_threshold, scale, v);
		else if (str_equal(key, "to_floor"))
			expect_amount(x, key, lack.to_floor, scale, v);
		else if (str_equal(key, "share_to_threshold"))
			expect_amount(x, key, lack.share_to_threshold, 100, v);
		else if (str_equal(key, "share_to_floor"))
			expect_amount(x, key, lack.share_to_floor, 100, v);
		else if (str_equal(key, "lift"))
			expect_text(x, key, lifts[lift[i]], v);
		else if (str_equal(key, "missing"))
			expect_missing(x, r, i, v);
		else
			FAIL(x, "unknown expectation %s", key);
	}
}

static void expect_short(const struct explained *x, const struct record *r, json_t *doc)
{
	const char *key;
	json_t *v;

	json_object_foreach(doc, key, v)
	{
		int i = 0;

		if (str_equal(key, "school")) {
			expect_text(x, key, code_of(x, r), v);
			continue;
		}
		while (i < INDICATORS && !str_equal(indicators[i].code, key))
			i++;
		if (i == INDICATORS)
			FAIL(x, "unknown expectation %s", key);
		else
			expect_lack(x, r, i, v);
	}
}

static void expect_schools(const struct explained *x, json_t *doc)
{
	struct shortfall list[16];
	struct explain_counts counts;
	const size_t n = explain_shortfalls(x->records, x->n, x->item.indicator, list);
	const char *key;
	json_t *v;

	explain_count(x->records, x->n, x->item.indicator, &x->standard, x->missing, &counts);
	assert_int_equal(counts.not_met + counts.no_data, n);
	json_object_foreach(doc, key, v)
	{
		if (str_equal(key, "status")) {
			expect_text(x, key, status_names[counts.status], v);
		} else if (str_equal(key, "rounding_sensitive")) {
			assert_int_equal(counts.rounding_sensitive, json_is_true(v));
		} else if (str_equal(key, "records")) {
			assert_int_equal(json_array_size(v), n);
			for (size_t i = 0; i < n; i++)
				expect_short(x, &x->records[list[i].record], json_array_get(v, i));
		} else {
			FAIL(x, "unknown expectation %s", key);
		}
	}
}

static void run_item(struct explained *x, const char *name, json_t *doc)
{
	const struct stage_judgement *stages = x->j.stages;

	assert_true(explain_item_parse(name, &x->item));
	x->n = stages[x->item.stage].records;
	x->records = x->county.records;
	if (x->item.stage != STAGE_PRIMARY)
		x->records += stages[STAGE_PRIMARY].records;
	x->missing = 0;
	for (size_t i = 0; i < x->county.facts.n; i++)
		x->missing += school_is_missing_from(&x->county.facts.schools[i],
						     x->county.facts.period, x->item.stage);
	if (x->item.part == EXPLAIN_CV)
		expect_cv(x, doc);
	else
		expect_schools(x, doc);
}

static void run_case(const json_t *doc)
{
	json_t *expect = json_object_get(doc, "expect");
	struct explained x = { .title = json_string_value(json_object_get(doc, "title")) };
	const char *name;
	json_t *v;
	size_t n;

	assert_non_null(x.title);
	assert_true(json_object_size(expect) > 0);
	assert_true(golden_read(doc, base, &x.standard, &x.county));
	assert_true(x.county.facts.n <= 16);
	assert_int_equal(county_judge(&x.county.facts, &x.standard, x.county.records, x.county.cap,
				      &n, &x.j),
			 ERR_OK);
	merge_index_init(&x.index, &x.county.facts);
	json_object_foreach(expect, name, v) run_item(&x, name, v);
	golden_free(&x.county);
}

static void test_file(void **state)
{
	json_error_t error;
	json_t *doc = json_load_file(*state, JSON_REJECT_DUPLICATES, &error);
	size_t i;
	json_t *one;

	if (!doc) {
		fprintf(stderr, "%s: line %d: %s\n", (const char *)*state, error.line, error.text);
		fail();
	}
	assert_true(json_is_string(json_object_get(doc, "source")));
	assert_true(json_array_size(json_object_get(doc, "cases")) > 0);
	json_array_foreach(json_object_get(doc, "cases"), i, one) run_case(one);
	json_decref(doc);
}

int main(void)
{
	static char shares[] = "tests/golden/explain/shares.json";
	static char lacks[] = "tests/golden/explain/lacks.json";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_file, shares),
		cmocka_unit_test_prestate(test_file, lacks),
	};
	const char *root = getenv("JUNHENG_ROOT");
	int failed;

	if (root && chdir(root))
		return 2;
	base = json_load_file(GOLDEN_STANDARD, 0, NULL);
	if (!base) {
		fprintf(stderr, "test_golden_explain: start me in the repository\n");
		return 2;
	}
	failed = cmocka_run_group_tests_name("golden explain", tests, NULL, NULL);
	json_decref(base);
	return failed;
}
