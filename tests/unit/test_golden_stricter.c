/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a standard is at least as strict as its base: the cases of tests/golden/stricter/
 * (tests/golden/README.md). Run in the repository, or with JUNHENG_ROOT set to it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "lib/check.h"
#include "lib/golden_read.h"
#include "json/documents.h"
#include "json/merge_patch.h"

static json_t *national;

/* The document with a patch (RFC 7396) laid over it. */
static json_t *patched(const json_t *document, json_t *patch)
{
	json_t *copy = json_deep_copy(document), *out = NULL;

	assert_int_equal(merge_patch(copy, patch, &out), ERR_OK);
	json_decref(copy);
	return out;
}

static void parse(const char *title, const json_t *document, struct standard *out)
{
	char *text = json_dumps(document, JSON_COMPACT);
	struct err_info info = { .text = "" };

	assert_non_null(text);
	if (json_parse_standard(text, strlen(text), out, &info)) {
		fprintf(stderr, "\"%s\": %s %s\n", title, info.pointer, info.text);
		fail();
	}
	free(text);
}

static void run_case(const json_t *base, const json_t *doc)
{
	static struct standard base_standard, standard;
	const char *title = json_string_value(json_object_get(doc, "title"));
	const json_t *weaker = json_object_get(doc, "weaker");
	json_t *document = patched(base, json_object_get(doc, "patch"));
	struct standard_finding finding;
	bool stricter;

	assert_true(title && (json_is_null(weaker) || json_is_string(weaker)));
	parse(title, base, &base_standard);
	str_copy(base_standard.id, sizeof(base_standard.id), "national-2017");
	parse(title, document, &standard);
	POISON(finding);
	stricter = standard_is_stricter(&standard, &base_standard, &finding);
	if (stricter != json_is_null(weaker) ||
	    (!stricter && !str_equal(finding.pointer, json_string_value(weaker)))) {
		fprintf(stderr, "\"%s\": weaker at %s, expected %s\n", title,
			stricter ? "no place" : finding.pointer,
			json_is_null(weaker) ? "no place" : json_string_value(weaker));
		fail();
	}
	if (stricter) {
		assert_poisoned(finding);
	} else {
		assert_string_equal(finding.code, "weaker");
		assert_non_null(strstr(finding.text, "national-2017 / weaker"));
	}
	json_decref(document);
}

static void test_file(void **state)
{
	json_error_t error;
	json_t *doc = json_load_file(*state, JSON_REJECT_DUPLICATES, &error), *base, *one;
	size_t i;

	if (!doc) {
		fprintf(stderr, "%s: line %d: %s\n", (const char *)*state, error.line, error.text);
		fail();
	}
	assert_true(json_is_string(json_object_get(doc, "source")));
	base = json_object_get(doc, "base") ? patched(national, json_object_get(doc, "base"))
					    : json_incref(national);
	json_array_foreach(json_object_get(doc, "cases"), i, one) run_case(base, one);
	assert_true(i > 0);
	json_decref(base);
	json_decref(doc);
}

int main(void)
{
	static char on_national[] = "tests/golden/stricter/national.json";
	static char on_province[] = "tests/golden/stricter/province.json";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_file, on_national),
		cmocka_unit_test_prestate(test_file, on_province),
	};
	const char *root = getenv("JUNHENG_ROOT");
	int failed;

	if (root && chdir(root))
		return 2;
	national = json_load_file(GOLDEN_STANDARD, 0, NULL);
	if (!national) {
		fprintf(stderr, "test_golden_stricter: start me in the repository\n");
		return 2;
	}
	failed = cmocka_run_group_tests_name("golden stricter", tests, NULL, NULL);
	json_decref(national);
	return failed;
}
