/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "base/err.h"
#include "lib/check.h"

static void test_copy(void **state)
{
	char out[8];

	(void)state;
	str_copy(out, sizeof(out), "short");
	assert_string_equal(out, "short");
	str_copy(out, sizeof(out), "1234567");
	assert_string_equal(out, "1234567");
	str_copy(out, sizeof(out), "12345678");
	assert_string_equal(out, "1234567");
	/* Three bytes each: two fit, the third is not torn. */
	str_copy(out, sizeof(out), "鸠江区");
	assert_string_equal(out, "鸠江");
	str_copy(out, 1, "x");
	assert_string_equal(out, "");
}

static void test_trim(void **state)
{
	static const struct {
		const char *cut;
		const char *whole;
	} cases[] = {
		{ "a\xe9", "a" },
		{ "a\xe9\xb8", "a" },
		{ "a\xe9\xb8\xa0", "a\xe9\xb8\xa0" },
		{ "\xf0\x9f\x98", "" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xc3", "" },
		{ "", "" },
		{ "plain", "plain" },
		{ "\x80\x80\x80\x80", "\x80\x80\x80\x80" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[16];

		memset(text, 0, sizeof(text));
		memcpy(text, cases[i].cut, strlen(cases[i].cut));
		str_trim_utf8(text);
		assert_string_equal(text, cases[i].whole);
	}
}

static void test_compare(void **state)
{
	(void)state;
	assert_true(str_equal("a", "a"));
	assert_false(str_equal("a", "ab"));
	assert_true(str_starts("340207", "3402"));
	assert_true(str_starts("340207", ""));
	assert_false(str_starts("34", "3402"));
}

static void test_digits(void **state)
{
	(void)state;
	assert_true(str_is_digits("340207", 6));
	assert_false(str_is_digits("34020", 6));
	assert_false(str_is_digits("3402070", 6));
	assert_false(str_is_digits("34020x", 6));
	assert_true(str_is_digits("", 0));
}

static void test_to_int64(void **state)
{
	static const char *const bad[] = { "",
					   "-",
					   "+1",
					   " 1",
					   "1 ",
					   "1.0",
					   "0x10",
					   "9223372036854775808",
					   "-9223372036854775809",
					   "99999999999999999999",
					   "1a" };
	int64_t out;

	(void)state;
	assert_true(str_to_int64("0", &out) && out == 0);
	assert_true(str_to_int64("-17", &out) && out == -17);
	assert_true(str_to_int64("007", &out) && out == 7);
	assert_true(str_to_int64("9223372036854775807", &out) && out == INT64_MAX);
	assert_true(str_to_int64("-9223372036854775808", &out) && out == INT64_MIN);
	POISON(out);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_to_int64(bad[i], &out));
	assert_poisoned(out);
}

static void test_is_text(void **state)
{
	static const char *const good[] = { "", "school", "鸠江区第1小学", "\xf4\x8f\xbf\xbf",
					    "é" };
	static const char *const bad[] = {
		"tab\t",
		"line\n",
		"\x7f",
		"\xc2\x80", /* controls */
		"\xc0\xaf",
		"\xe0\x80\xaf",
		"\xf0\x80\x80\x80", /* over-long */
		"\xed\xa0\x80",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", /* no characters */
		"\xe9\xb8",
		"\x80",
		"\xe9\x28\xa1",
		"\xff", /* torn */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(str_is_text(good[i], strlen(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(str_is_text(bad[i], strlen(bad[i])));
	assert_false(str_is_text("a\0b", 3));
}

static void test_err(void **state)
{
	struct err_info info;

	(void)state;
	assert_int_equal(err_http(ERR_INVALID), 422);
	assert_string_equal(err_slug(ERR_NOT_FOUND), "not-found");
	assert_string_equal(err_text(ERR_OK), "成功 / success");
	assert_int_equal(err_set(NULL, ERR_BUSY, "x"), ERR_BUSY);
	assert_int_equal(err_at(NULL, ERR_BUSY, "/a", "b", "x"), ERR_BUSY);
	POISON(info);
	assert_int_equal(err_at(&info, ERR_INVALID, "/stages", "required", "%s %d", "six", 7),
			 ERR_INVALID);
	assert_int_equal(info.code, ERR_INVALID);
	assert_string_equal(info.pointer, "/stages");
	assert_string_equal(info.reason, "required");
	assert_string_equal(info.text, "six 7");
	assert_int_equal(err_set(&info, ERR_BUSY, "%300s", "区"), ERR_BUSY);
	assert_string_equal(info.pointer, "");
	assert_string_equal(info.reason, "");
	assert_true(strlen(info.text) < sizeof(info.text));
}

static void test_mend_utf8(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "安 a", "安 a" },
		{ "a\xe5\xae", "a\?\?" },
		{ "\xe5\xae.", "\?\?." },
		{ "\x89\xe5\xae\x89\xff", "?安?" },
		{ "\xed\xa0\x80", "\?\?\?" },
		{ "\xc0\xaf", "\?\?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[16];

		memcpy(text, cases[i][0], strlen(cases[i][0]) + 1);
		str_mend_utf8(text);
		assert_string_equal(text, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mend_utf8), cmocka_unit_test(test_copy),
		cmocka_unit_test(test_trim),      cmocka_unit_test(test_compare),
		cmocka_unit_test(test_digits),    cmocka_unit_test(test_to_int64),
		cmocka_unit_test(test_is_text),   cmocka_unit_test(test_err),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
