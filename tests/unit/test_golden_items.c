/* SPDX-License-Identifier: Apache-2.0 */
/* Judges the items of every case of tests/golden/items/ and compares with what it expects
 * (tests/golden/README.md). A member that is not known fails, so that nothing is expected in
 * vain; so does an item of the national standard that no case is about. Run in the repository,
 * or with JUNHENG_ROOT set to it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "domain/item.h"
#include "domain/items.h"
#include "lib/check.h"
#include "lib/golden_read.h"

#define FOLDER "tests/golden/items"

static json_t *base;

/* By item of the national standard and by status: how many cases expect it. */
static int seen[STANDARD_ITEMS_MAX][STATUS_COUNT];

struct judged {
	const char *file;
	const char *title;
	const char *item;
	struct golden_county county;
	struct standard standard;
	struct county_judgement j;
	struct merge_index index;
};

#define FAIL(x, ...)                                                                   \
	do {                                                                           \
		fprintf(stderr, "%s: \"%s\": %s: ", (x)->file, (x)->title, (x)->item); \
		fprintf(stderr, __VA_ARGS__);                                          \
		fprintf(stderr, "\n");                                                 \
		fail();                                                                \
	} while (0)

static void expect_text(const struct judged *x, const char *what, const char *actual,
			const json_t *expected)
{
	if (!json_is_string(expected) || !str_equal(actual, json_string_value(expected)))
		FAIL(x, "%s is %s, expected %s", what, actual,
		     json_is_string(expected) ? json_string_value(expected) : "a string");
}

static void expect_integer(const struct judged *x, const char *what, int64_t actual,
			   const json_t *expected)
{
	if (!json_is_integer(expected) || actual != json_integer_value(expected))
		FAIL(x, "%s is %lld, expected %lld", what, (long long)actual,
		     (long long)json_integer_value(expected));
}

static void expect_bool(const struct judged *x, const char *what, bool actual,
			const json_t *expected)
{
	if (!json_is_boolean(expected) || actual != json_is_true(expected))
		FAIL(x, "%s is %d", what, actual);
}

/* The nearest double, to the last bit; null: there is no value. */
static void expect_figure(const struct judged *x, const char *what, bool has, double actual,
			  const json_t *expected)
{
	const double want = json_number_value(expected);

	if (json_is_null(expected) ? has : !has || !json_is_number(expected) || !(actual == want))
		FAIL(x, "%s is %.17g (exists: %d), expected %.17g", what, actual, has, want);
}

/* Tenths of a percent, hundredths of anything else. */
static void expect_display(const struct judged *x, const char *what, enum measure measure,
			   int64_t rounded, const json_t *expected)
{
	const int decimals = measure == MEASURE_PERCENT ? 1 : 2;
	const long long unit = decimals == 1 ? 10 : 100, n = llabs((long long)rounded);
	char text[40];

	assert_true(snprintf(text, sizeof(text), "%s%lld.%0*lld", rounded < 0 ? "-" : "", n / unit,
			     decimals, n % unit) > 0);
	expect_text(x, what, text, expected);
}

static void expect_condition(const struct judged *x, const struct condition *c,
			     const struct condition_judgement *j, const char *key, const json_t *v)
{
	if (str_equal(key, "status"))
		expect_text(x, key, status_names[j->status], v);
	else if (str_equal(key, "value"))
		expect_figure(x, key, j->has_value, j->value, v);
	else if (str_equal(key, "display"))
		expect_display(x, key, c->measure, j->rounded, v);
	else if (str_equal(key, "rounding_sensitive"))
		expect_bool(x, key, j->rounding_sensitive, v);
	else
		FAIL(x, "unknown expectation conditions.%s", key);
}

static void expect_conditions(const struct judged *x, const struct item_rule *rule,
			      const struct item_judgement *j, const json_t *list)
{
	size_t i;
	json_t *one;

	assert_int_equal(json_array_size(list), rule->n);
	json_array_foreach(list, i, one)
	{
		const char *key;
		json_t *v;

		json_object_foreach(one, key, v)
			expect_condition(x, &rule->conditions[i], &j->conditions[i], key, v);
	}
}

static void expect_schools(const struct judged *x, size_t item, enum status status,
			   const json_t *list)
{
	size_t found[64];
	const size_t n = item_schools(&x->county.facts, &x->index, &x->standard, item, status,
				      found, ARRAY_LEN(found));

	if (n != json_array_size(list)) {
		FAIL(x, "%zu schools are %s", n, status_names[status]);
		return;
	}
	for (size_t i = 0; i < n; i++)
		expect_text(x, status_names[status], x->county.facts.schools[found[i]].school.code,
			    json_array_get(list, i));
}

static void expect_reliefs(const struct judged *x, const struct item_judgement *j,
			   const json_t *doc)
{
	size_t n = 0;

	for (int r = 0; r < RELIEF_COUNT; r++) {
		const json_t *v = json_object_get(doc, relief_names[r]);

		n += v != NULL;
		if (v || j->relieved[r])
			expect_integer(x, relief_names[r], (int64_t)j->relieved[r], v);
	}
	assert_int_equal(n, json_object_size(doc));
}

/* --- one school ------------------------------------------------------------------- */

static void expect_rooms(const struct judged *x, const char *what, const int have[ROOM_LIST_COUNT],
			 const json_t *list)
{
	assert_int_equal(json_array_size(list), ROOM_LIST_COUNT);
	for (int i = 0; i < ROOM_LIST_COUNT; i++) {
		const json_t *v = json_array_get(list, (size_t)i);

		/* null: the list is missing */
		if (json_is_null(v) ? have[i] != -1 : have[i] != json_integer_value(v))
			FAIL(x, "%s[%d] is %d", what, i, have[i]);
	}
}

static void expect_lack(const struct judged *x, int64_t lack, const json_t *v)
{
	if (json_is_null(v) && lack == MISSING)
		return;
	expect_integer(x, "lack", lack, v);
}

static void expect_school_member(const struct judged *x, const struct condition *c,
				 const struct school_item *s, const char *key, const json_t *v)
{
	if (str_equal(key, "status"))
		expect_text(x, key, status_names[s->status], v);
	else if (str_equal(key, "value"))
		expect_figure(x, key, s->has_value, s->value.value, v);
	else if (str_equal(key, "display"))
		expect_display(x, key, c->measure, s->value.rounded, v);
	else if (str_equal(key, "threshold"))
		expect_figure(x, key, true, (double)s->threshold / STANDARD_SCALE, v);
	else if (str_equal(key, "rounding_sensitive"))
		expect_bool(x, key, s->rounding_sensitive, v);
	else if (str_equal(key, "relief"))
		expect_text(x, key, s->relief < 0 ? "" : relief_names[s->relief], v);
	else if (str_equal(key, "relief_decisive"))
		expect_bool(x, key, s->relief_decisive, v);
	else if (str_equal(key, "lack"))
		expect_lack(x, s->lack, v);
	else if (str_equal(key, "rooms_needed"))
		expect_integer(x, key, s->rooms_needed, v);
	else if (str_equal(key, "rooms"))
		expect_rooms(x, key, s->rooms_have, v);
	else if (!str_equal(key, "condition"))
		FAIL(x, "unknown expectation %s", key);
}

static size_t find_school(const struct judged *x, const char *code)
{
	size_t i = 0;

	while (i < x->county.facts.n && !str_equal(x->county.facts.schools[i].school.code, code))
		i++;
	return i;
}

static void expect_school(const struct judged *x, size_t item, const char *code, json_t *doc)
{
	const int condition = (int)json_integer_value(json_object_get(doc, "condition"));
	const struct condition *c = &x->standard.items[item].conditions[condition];
	const size_t at = find_school(x, code);
	struct school_item s;
	struct merged merged;
	const char *key;
	json_t *v;

	if (at == x->county.facts.n || !merged_get(&x->index, &x->county.facts, at, &merged)) {
		FAIL(x, "no school %s", code);
		return;
	}
	assert_true(condition_is_of_schools(c));
	POISON(s);
	school_item_judge(&x->county.facts, &x->standard, item, condition, &merged, &s);
	json_object_foreach(doc, key, v) expect_school_member(x, c, &s, key, v);
}

/* --- groups ----------------------------------------------------------------------- */

static void expect_group(const struct judged *x, const struct condition *c, const char *name,
			 json_t *doc)
{
	struct answers_share share;
	const char *key;
	int g = 0;
	json_t *v;

	while (g < ANSWER_GROUPS && !str_equal(answer_group_names[g], name))
		g++;
	assert_in_range(g, 0, ANSWER_GROUPS - 1);
	POISON(share);
	answers_judge(&x->county.facts.report->answers[g], &x->standard, c, &share);
	json_object_foreach(doc, key, v)
	{
		const struct condition_judgement j = { share.status, share.has_value,
						       share.value.value, share.value.rounded,
						       share.rounding_sensitive };

		expect_condition(x, c, &j, key, v);
	}
}

/* ---------------------------------------------------------------------------------- */

static void expect_counts(const struct judged *x, size_t item, const char *key, json_t *v)
{
	const struct item_judgement *j = &x->j.items[item];
	const char *name;
	json_t *one;

	if (str_equal(key, "schools")) {
		expect_integer(x, key, (int64_t)j->schools, v);
	} else if (str_equal(key, "schools_met")) {
		expect_integer(x, key, (int64_t)j->schools_met, v);
	} else if (str_equal(key, "not_met")) {
		assert_int_equal(j->schools_failed, json_array_size(v));
		expect_schools(x, item, STATUS_NOT_MET, v);
	} else if (str_equal(key, "no_data")) {
		expect_schools(x, item, STATUS_NO_DATA, v);
	} else if (str_equal(key, "reliefs")) {
		expect_reliefs(x, j, v);
	} else if (str_equal(key, "school")) {
		json_object_foreach(v, name, one) expect_school(x, item, name, one);
	} else if (str_equal(key, "groups")) {
		json_object_foreach(v, name, one)
			expect_group(x, &x->standard.items[item].conditions[0], name, one);
	} else {
		FAIL(x, "unknown expectation %s", key);
	}
}

static void expect_item(struct judged *x, const char *name, json_t *doc)
{
	const int at = standard_item(&x->standard, name);
	const struct item_judgement *j = &x->j.items[at];
	const char *key;
	json_t *v;

	x->item = name;
	if (at < 0) {
		FAIL(x, "no such item");
		return;
	}
	json_object_foreach(doc, key, v)
	{
		if (str_equal(key, "status"))
			expect_text(x, key, status_names[j->status], v);
		else if (str_equal(key, "rounding_sensitive"))
			expect_bool(x, key, j->rounding_sensitive, v);
		else if (str_equal(key, "value") || str_equal(key, "display"))
			expect_condition(x, &x->standard.items[at].conditions[0], &j->conditions[0],
					 key, v);
		else if (str_equal(key, "conditions"))
			expect_conditions(x, &x->standard.items[at], j, v);
		else
			expect_counts(x, (size_t)at, key, v);
	}
	if (item_group_of(name) != GROUP_OWN)
		seen[at][j->status]++;
}

static void run_case(const char *file, const json_t *doc)
{
	static struct judged x;
	json_t *expect = json_object_get(doc, "expect");
	const char *name;
	json_t *v;
	size_t n;

	x = (struct judged){ .file = file,
			     .title = json_string_value(json_object_get(doc, "title")),
			     .item = "verdict" };
	assert_non_null(x.title);
	assert_true(json_object_size(json_object_get(expect, "items")) > 0);
	if (!golden_read(doc, base, &x.standard, &x.county)) {
		FAIL(&x, "cannot be read");
		return;
	}
	POISON(x.j);
	assert_int_equal(county_judge(&x.county.facts, &x.standard, x.county.records, x.county.cap,
				      &n, &x.j),
			 ERR_OK);
	merge_index_init(&x.index, &x.county.facts);
	if (json_object_get(expect, "verdict"))
		expect_text(&x, "verdict", verdict_names[x.j.verdict],
			    json_object_get(expect, "verdict"));
	json_object_foreach(json_object_get(expect, "items"), name, v) expect_item(&x, name, v);
	golden_free(&x.county);
}

static void test_file(void **state)
{
	char path[256];
	json_error_t error;
	json_t *doc, *one;
	size_t i;

	assert_true(snprintf(path, sizeof(path), FOLDER "/%s", (const char *)*state) > 0);
	doc = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!doc) {
		fprintf(stderr, "%s: line %d: %s\n", path, error.line, error.text);
		fail();
	}
	assert_true(json_is_string(json_object_get(doc, "title")));
	assert_true(json_is_string(json_object_get(doc, "source")));
	assert_true(json_array_size(json_object_get(doc, "cases")) > 0);
	json_array_foreach(json_object_get(doc, "cases"), i, one) run_case(*state, one);
	json_decref(doc);
}

/* Runs last: each national item was met, was not, and missed something. */
static void test_all_seen(void **state)
{
	static const enum status all[] = { STATUS_MET, STATUS_NOT_MET, STATUS_NO_DATA };
	const char *name;
	json_t *v;
	int item = 0;

	(void)state;
	json_object_foreach(json_object_get(base, "items"), name, v)
	{
		for (size_t i = 0; i < ARRAY_LEN(all); i++) {
			if (!seen[item][all[i]]) {
				fprintf(stderr, "no case where %s is %s\n", name,
					status_names[all[i]]);
				fail();
			}
		}
		item++;
	}
}

#define FILES_MAX 32

static int is_case(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	return len > 5 && str_equal(entry->d_name + len - 5, ".json");
}

int main(void)
{
	const char *root = getenv("JUNHENG_ROOT");
	struct CMUnitTest tests[FILES_MAX + 1];
	struct dirent **files = NULL;
	int n, failed;

	if (root && chdir(root))
		return 2;
	base = json_load_file(GOLDEN_STANDARD, 0, NULL);
	n = scandir(FOLDER, &files, is_case, alphasort);
	if (!base || n < 1 || n > FILES_MAX) {
		fprintf(stderr, "test_golden_items: no cases: start me in the repository\n");
		return 2;
	}
	for (int i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = files[i]->d_name,
						.test_func = test_file,
						.initial_state = files[i]->d_name };
	tests[n] = (struct CMUnitTest)cmocka_unit_test(test_all_seen);
	failed = _cmocka_run_group_tests("golden items", tests, (size_t)n + 1, NULL, NULL);
	for (int i = 0; i < n; i++)
		free(files[i]);
	free(files);
	json_decref(base);
	return failed;
}
