/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be tried, and the evidence of a stored document. */
#include "base/str.h"
#include "lib/check.h"
#include "json/evidence.h"
#include "json/trial.h"

static enum err read(const char *body, struct trial_document *out, struct problems *problems)
{
	struct err_info info;

	*problems = (struct problems){ .n = 0 };
	return json_read_trial(body, strlen(body), out, problems, &info);
}

static void test_trial(void **state)
{
	auto_trial struct trial_document t = { .standard = NULL };
	struct problems problems;

	(void)state;
	assert_int_equal(read("{\"region\":\"3402\",\"period\":\"2025\"}", &t, &problems), ERR_OK);
	assert_string_equal(t.region, "3402");
	assert_string_equal(t.period, "2025");
	assert_null(t.standard);
	assert_int_equal(read("{\"standard\":{\"cv_limit\": {\"primary\": 0.45}},\"region\":\"34\","
			      "\"period\":\"2025\"}",
			      &t, &problems),
			 ERR_OK);
	assert_non_null(strstr(t.standard, "\"primary\":0.45"));
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *body;
		const char *pointer;
		const char *code;
	} rows[] = {
		{ "{\"period\":\"2025\"}", "/region", "required" },
		{ "{\"region\":\"34\"}", "/period", "required" },
		{ "{\"region\":\"340\",\"period\":\"2025\"}", "/region", "bad_format" },
		{ "{\"region\":\"\",\"period\":\"2025\"}", "/region", "empty" },
		{ "{\"region\":\"3402071\",\"period\":\"2025\"}", "/region", "too_long" },
		{ "{\"region\":34,\"period\":\"2025\"}", "/region", "wrong_type" },
		{ "{\"region\":\"34\",\"period\":\"1999\"}", "/period", "bad_format" },
		{ "{\"region\":\"34\",\"period\":\"2025\",\"standard\":[]}", "/standard",
		  "wrong_type" },
		{ "{\"region\":\"34\",\"period\":\"2025\",\"standard\":{\"a\":{\"b\":1,\"b\":2}}}",
		  "/standard/a/b", "duplicate_key" },
		{ "{\"region\":\"34\",\"period\":\"2025\",\"limit\":1}", "/limit",
		  "unknown_field" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct trial_document t;
		struct problems problems;

		POISON(t);
		assert_int_equal(read(rows[i].body, &t, &problems), ERR_INVALID);
		assert_int_equal(problems.n, 1);
		assert_string_equal(problems.items[0].pointer, rows[i].pointer);
		assert_string_equal(problems.items[0].code, rows[i].code);
		assert_poisoned(t);
	}
}

static void test_evidence(void **state)
{
	static const char document[] =
		"{\"items\":{\"G1\":{\"confirmed\":true,\"evidence\":\"规划“甲”\\n\"},"
		"\"V1\":{\"confirmed\":false}}}";
	static const char *const wanted[][2] = { { "G1", "\"规划“甲”\\u000a\"" },
						 { "V1", "null" },
						 { "G2", "null" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		auto_buf struct buf out;

		buf_init(&out, 1000);
		json_write_evidence(document, wanted[i][0], &out);
		assert_string_equal(out.data, wanted[i][1]);
		buf_release(&out);
		json_write_evidence(NULL, wanted[i][0], &out);
		assert_string_equal(out.data, "null");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trial),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
