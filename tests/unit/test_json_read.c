/* SPDX-License-Identifier: Apache-2.0 */
/* Strict readers: each row is a document and every mistake that must be reported. */

#include "base/auto.h"
#include "base/str.h"
#include "lib/check.h"
#include "json/documents.h"

struct expected {
	const char *pointer;
	const char *code;
};

struct bad {
	const char *kind; /* NULL: of any */
	const char *body;
	struct expected problems[6];
};

#define PRIMARY(members) "{\"stages\":{\"primary\":{" members "}}}"
#define SITE(members)    "{\"stages\":{\"primary\":{\"students\":1}},\"site\":{" members "}}"
#define P                "/stages/primary"

/* clang-format off */
static const struct bad reports[] = {
	{ NULL, "{}",                                     { { "/stages", "required" } } },
	{ NULL, "{\"stages\":{}}",                        { { "/stages", "empty" } } },
	{ NULL, PRIMARY(""),                              { { P, "empty" } } },
	{ NULL, "{\"stages\":[]}",                        { { "/stages", "wrong_type" } } },
	{ NULL, "{\"stages\":{\"primary\":7}}",           { { P, "wrong_type" } } },
	{ NULL, "{\"stages\":{\"nursery\":{}},\"a\":1}",  { { "/stages/nursery", "unknown_field" }, { "/a", "unknown_field" } } },
	{ NULL, PRIMARY("\"pupils\":1"),                  { { P "/pupils", "unknown_field" } } },
	{ NULL, PRIMARY("\"a/b~c\":1"),                   { { P "/a~1b~0c", "unknown_field" } } },
	{ NULL, PRIMARY("\"students\":-1"),               { { P "/students", "negative" } } },
	{ NULL, PRIMARY("\"students\":1.5"),              { { P "/students", "not_integer" } } },
	{ NULL, PRIMARY("\"students\":12.0"),             { { P "/students", "not_integer" } } },
	{ NULL, PRIMARY("\"students\":1e2"),              { { P "/students", "not_integer" } } },
	{ NULL, PRIMARY("\"students\":\"12\""),           { { P "/students", "wrong_type" } } },
	{ NULL, PRIMARY("\"students\":null"),             { { P "/students", "wrong_type" } } },
	{ NULL, PRIMARY("\"students\":true"),             { { P "/students", "wrong_type" } } },
	{ NULL, PRIMARY("\"students\":10000001"),         { { P "/students", "too_big" } } },
	{ NULL, PRIMARY("\"students\":9223372036854775808"), { { P "/students", "too_big" } } },
	{ NULL, SITE("\"teaching_area\":1e400"),          { { "/site/teaching_area", "too_big" } } },
	{ NULL, PRIMARY("\"students\":1,\"students\":1"), { { P "/students", "duplicate_key" } } },
	{ NULL, PRIMARY("\"students\":1,\"students\":-1"), { { P "/students", "duplicate_key" }, { P "/students", "negative" } } },
	{ NULL, "{\"stages\":{},\"stages\":{\"primary\":{\"students\":2}}}", { { "/stages", "duplicate_key" } } },
	{ NULL, PRIMARY("\"students\":5,\"largest_class\":6,\"teachers\":3,\"teachers_certified\":4"),
	        { { P "/largest_class", "exceeds_whole" }, { P "/teachers_certified", "exceeds_whole" } } },
	{ NULL, "{\"stages\":{\"senior\":{\"students\":5,\"classes\":1}}}", { { "/stages/senior/classes", "unknown_field" } } },
	{ "211", "{\"stages\":{\"junior\":{\"students\":5}}}", { { "/stages/junior", "not_of_kind" } } },
	{ "341", PRIMARY("\"students\":-5"),              { { P, "not_of_kind" }, { P "/students", "negative" } } },
	{ NULL, SITE("\"teaching_area\":1.234"),          { { "/site/teaching_area", "too_many_decimals" } } },
	{ NULL, SITE("\"teaching_area\":-0.01"),          { { "/site/teaching_area", "negative" } } },
	{ NULL, SITE("\"teaching_area\":9000000000001"),  { { "/site/teaching_area", "too_big" } } },
	{ NULL, SITE("\"teaching_area\":\"5\""),          { { "/site/teaching_area", "wrong_type" } } },
	{ NULL, SITE("\"teaching_area\":5,\"indoor_sports_area\":5.01"), { { "/site/indoor_sports_area", "exceeds_whole" } } },
	{ NULL, SITE("\"multimedia_rooms\":2.5"),         { { "/site/multimedia_rooms", "not_integer" } } },
	{ NULL, SITE("\"music_rooms\":96"),               { { "/site/music_rooms", "wrong_type" } } },
	{ NULL, SITE("\"music_rooms\":[96,-1,\"x\"]"),    { { "/site/music_rooms/1", "negative" }, { "/site/music_rooms/2", "wrong_type" } } },
	{ NULL, SITE("\"library\":1"),                    { { "/site/library", "unknown_field" } } },
};

static const struct bad schools[] = {
	{ NULL, "{}", { { "/name", "required" }, { "/county", "required" }, { "/kind", "required" },
	                { "/locale", "required" }, { "/sponsor", "required" } } },
	{ NULL, "{\"name\":\"\",\"county\":\"34020\",\"kind\":\"999\",\"locale\":\"113\",\"sponsor\":\"11\"}",
	  { { "/name", "empty" }, { "/county", "bad_format" }, { "/kind", "not_allowed" },
	    { "/locale", "not_allowed" }, { "/sponsor", "not_allowed" } } },
	{ NULL, "{\"name\":1,\"county\":340207,\"kind\":211,\"locale\":111,\"sponsor\":1}",
	  { { "/name", "wrong_type" }, { "/county", "wrong_type" }, { "/kind", "wrong_type" },
	    { "/locale", "wrong_type" }, { "/sponsor", "wrong_type" } } },
	{ NULL, "{\"name\":\"a\\u0007b\",\"county\":\"340207\",\"kind\":\"211\",\"locale\":\"111\",\"sponsor\":\"01\",\"boarding\":1}",
	  { { "/name", "bad_format" }, { "/sponsor", "not_allowed" }, { "/boarding", "wrong_type" } } },
	{ NULL, "{\"name\":\"12345678901234567890123456789012345678901\",\"county\":\"340207\",\"kind\":\"211\",\"locale\":\"111\",\"sponsor\":\"1\",\"founded\":0,\"parent\":\"1\",\"code\":\"x\"}",
	  { { "/name", "too_long" }, { "/founded", "not_allowed" }, { "/parent", "bad_format" }, { "/code", "unknown_field" } } },
};

static const struct bad regions[] = {
	{ NULL, "{}", { { "/name", "required" } } },
	{ NULL, "{\"name\":\"x\",\"targets\":[],\"code\":\"34\"}", { { "/targets", "wrong_type" }, { "/code", "unknown_field" } } },
};

static const char *const no_json[] = {
	"", " ", "{", "[]", "null", "7", "\"x\"", "{\"stages\":{}", "{\"stages\":{}} x", "{'a':1}",
	"{\"a\":1,}", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":\"\xff\"}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}",
	"\xef\xbb\xbf{}", "{\"a\" 1}", "{\"a\":1,\"a\":2", "[{\"a\":1,\"a\":2}]",
	"{\"a\":\"\\u00\xe5\x88\xb0\"}",
};
/* clang-format on */

static void check(const struct bad *b, enum err e, const struct problems *p, const void *out,
		  const void *poison, size_t size)
{
	size_t n = 0;

	while (n < ARRAY_LEN(b->problems) && b->problems[n].pointer)
		n++;
	if (e != ERR_INVALID || p->n != n)
		print_message("%s: err %d, %zu problems, first %s %s\n", b->body, (int)e, p->n,
			      p->items[0].pointer, p->items[0].code);
	assert_int_equal(e, ERR_INVALID);
	assert_int_equal(p->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(p->items[i].pointer, b->problems[i].pointer);
		assert_string_equal(p->items[i].code, b->problems[i].code);
		assert_non_null(strstr(p->items[i].detail, " / "));
	}
	assert_memory_equal(out, poison, size);
}

static void test_bad_reports(void **state)
{
	struct report poison;

	(void)state;
	memset(&poison, 0xa5, sizeof(poison));
	for (size_t i = 0; i < ARRAY_LEN(reports); i++) {
		const struct bad *b = &reports[i];
		struct problems p = { .n = 0 };
		struct report out = poison;
		const enum err e =
			json_read_report(b->body, strlen(b->body),
					 b->kind ? kind_find(b->kind) : NULL, &out, &p, NULL);

		check(b, e, &p, &out, &poison, sizeof(out));
	}
}

static void test_bad_schools(void **state)
{
	struct school poison;

	(void)state;
	memset(&poison, 0xa5, sizeof(poison));
	for (size_t i = 0; i < ARRAY_LEN(schools); i++) {
		const struct bad *b = &schools[i];
		struct problems p = { .n = 0 };
		struct school out = poison;
		const enum err e = json_read_school(b->body, strlen(b->body), &out, &p, NULL);

		check(b, e, &p, &out, &poison, sizeof(out));
	}
}

static void test_bad_regions(void **state)
{
	struct region_document poison;

	(void)state;
	memset(&poison, 0xa5, sizeof(poison));
	for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
		const struct bad *b = &regions[i];
		struct problems p = { .n = 0 };
		struct region_document out = poison;
		const enum err e = json_read_region(b->body, strlen(b->body), &out, &p, NULL);

		check(b, e, &p, &out, &poison, sizeof(out));
	}
}

static void test_malformed(void **state)
{
	struct report poison;

	(void)state;
	memset(&poison, 0xa5, sizeof(poison));
	for (size_t i = 0; i < ARRAY_LEN(no_json); i++) {
		struct err_info info = { .code = ERR_OK };
		struct problems p = { .n = 0 };
		struct report out = poison;

		assert_int_equal(
			json_read_report(no_json[i], strlen(no_json[i]), NULL, &out, &p, &info),
			ERR_MALFORMED);
		assert_int_equal(p.n, 0);
		assert_non_null(strstr(info.text, " / "));
		assert_true(str_is_utf8(info.text, strlen(info.text)));
		assert_memory_equal(&out, &poison, sizeof(out));
	}
}

/* What is wrong, and what would be right, in both languages and in full. */
static void test_words_of_malformed(void **state)
{
	/* clang-format off */
	static const struct {
		const char *body, *text;
	} cases[] = {
		{ "nonsense", "第 8 个字符 'nonsense':须以 { 开始 / character 8: must begin with {" },
		{ "{\"a\":1,}", "第 8 个字符 '}':须为双引号内的字段名,末项后无逗号 / character 8: must be a name in double quotes; no comma behind the last" },
		{ "{\"a\":1 \"b\":2}", "第 10 个字符 '\"b\"':须为逗号或 } / character 10: must be a comma or }" },
		{ "{\"a\":[1 2]}", "第 9 个字符 '2':须为逗号或 ] / character 9: must be a comma or ]" },
		{ "{\"a\" 1}", "第 6 个字符 '1':字段名后须有冒号 / character 6: a colon must follow the name" },
		{ "{\"a\":}", "第 6 个字符 '}':此处须为一个值 / character 6: a value must be here" },
		{ "{\"a\":\n 01}", "第 2 行第 2 列 '0':不合 JSON:标点须半角,文字须双引号,数无前导零 / line 2, column 2: not JSON: texts are in double quotes, numbers without leading zeros" },
		{ "\xef\xbc\xbb]", "第 1 个字符 '\xef\xbc\xbb':须以 { 开始 / character 1: must begin with {" },
		{ "{\"a\":1", "第 6 个字符:没有写完,缺值、引号或右括号 / character 6: ends too early: a value, a quote or a bracket is missing" },
		{ "{} x", "第 4 个字符 'x':对象之后不能再有内容 / character 4: nothing may follow the object" },
		{ "{\"a\":\"\\q\"}", "第 8 个字符 '\"\\q':\\ 之后有误,\\ 本身须写作 \\\\ / character 8: no such escape: write \\ as \\\\" },
		{ "{\"a\":\"\x1b\"}", "字符串内不能有控制字符" },
		{ "{\"a\":\"x\n\"}", "字符串内不能换行" },
		{ "{\"a\":\"\\ud800\"}", "\\u 之后须为" },
		{ "{\"a\":\"\xff\"}", "不是 UTF-8" },
		{ "{\"a\":\"\\u0000\"}", "字符串内不能有 \\u0000" },
		{ "{\"a\\u0000\":1}", "字段名内不能有 \\u0000" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err_info info = { .code = ERR_OK };
		struct problems p = { .n = 0 };
		struct report out;

		assert_int_equal(json_read_report(cases[i].body, strlen(cases[i].body), NULL, &out,
						  &p, &info),
				 ERR_MALFORMED);
		if (!strstr(info.text, cases[i].text))
			print_message("%s\n", info.text);
		assert_non_null(strstr(info.text, cases[i].text));
		assert_non_null(strstr(info.text, " / "));
		assert_true(strlen(info.text) < sizeof(p.items[0].detail));
	}
}

/* A raw zero byte, and nesting that would exhaust a parser's stack. */
static void test_hostile(void **state)
{
	static char deep[60000];
	struct problems p = { .n = 0 };
	struct report out;

	(void)state;
	memset(deep, '[', sizeof(deep));
	assert_int_equal(json_read_report(deep, sizeof(deep), NULL, &out, &p, NULL), ERR_MALFORMED);
	assert_int_equal(json_read_report("{\"a\0b\":1}", 9, NULL, &out, &p, NULL), ERR_MALFORMED);
	assert_int_equal(json_read_report("{}\0", 3, NULL, &out, &p, NULL), ERR_MALFORMED);
}

static void test_too_many_problems(void **state)
{
	auto_buf struct buf body;
	struct problems p = { .n = 0 };
	struct report out;

	(void)state;
	buf_init(&body, 1 << 16);
	buf_str(&body, "{\"stages\":{\"primary\":{\"students\":1");
	for (int i = 0; i < 70; i++)
		buf_printf(&body, ",\"x%d\":1", i);
	buf_str(&body, "}}}");
	assert_int_equal(json_read_report(body.data, body.len, NULL, &out, &p, NULL), ERR_INVALID);
	assert_int_equal(p.n, PROBLEMS_MAX);
	assert_int_equal(p.more, 70 - PROBLEMS_MAX);
}

static void test_rooms_limit(void **state)
{
	auto_buf struct buf body;
	struct problems p = { .n = 0 };
	struct report out;

	(void)state;
	buf_init(&body, 1 << 16);
	buf_str(&body, "{\"stages\":{\"primary\":{\"students\":1}},\"site\":{\"art_rooms\":[1");
	for (int i = 0; i < ROOMS_MAX; i++)
		buf_str(&body, ",1");
	buf_str(&body, "]}}");
	assert_int_equal(json_read_report(body.data, body.len, NULL, &out, &p, NULL), ERR_INVALID);
	assert_string_equal(p.items[0].pointer, "/site/art_rooms");
	assert_string_equal(p.items[0].code, "too_many");
}

static void test_good_school(void **state)
{
	static const char body[] =
		"{\"name\":\"芜湖市第一小学\",\"county\":\"340207\",\"kind\":\"312\",\"locale\":"
		"\"121\",\"sponsor\":\"10\",\"founded\":1905,\"boarding\":true,\"parent\":"
		"\"2134000001\"}";
	struct problems p = { .n = 0 };
	struct school s = { .code = "2134000002" };
	auto_buf struct buf out;

	(void)state;
	assert_int_equal(json_read_school(body, strlen(body), &s, &p, NULL), ERR_OK);
	assert_string_equal(s.code, "2134000002");
	assert_int_equal(s.sponsor, 10);
	assert_true(s.boarding);
	assert_false(s.closed);
	buf_init(&out, 4096);
	buf_str(&out, "{");
	json_write_school(&s, &out);
	buf_str(&out, "}");
	assert_string_equal(out.data,
			    "{\"name\":\"芜湖市第一小学\",\"county\":\"340207\",\"kind\":\"312\","
			    "\"locale\":\"121\",\"sponsor\":\"10\",\"founded\":1905,\"boarding\":"
			    "true,\"dense_centre\":false,\"closed\":false,\"parent\":"
			    "\"2134000001\"}");
}

/* Targets that would not fit where they are kept, blanks and all. */
static void test_long_targets(void **state)
{
	auto_buf struct buf body;
	struct problems p = { .n = 0 };
	struct region_document r;

	(void)state;
	buf_init(&body, 1 << 16);
	buf_str(&body, "{\"name\":\"x\",\"targets\":{\"a\":[1");
	for (int i = 0; i < 1500; i++)
		buf_str(&body, ",1");
	buf_str(&body, "]}}");
	assert_int_equal(json_read_region(body.data, body.len, &r, &p, NULL), ERR_INVALID);
	assert_string_equal(p.items[0].code, "too_long");
}

static void test_good_region(void **state)
{
	static const char body[] =
		"{ \"targets\": { \"share\": 0.7, \"n\": [1, 2.25] }, \"name\": \"x\" }";
	static const char tall[] = "{\"name\":\"x\",\"targets\":{\"true e5\":true,\"n\":1e300}}";
	struct problems p = { .n = 0 };
	struct region_document r;

	(void)state;
	assert_int_equal(json_read_region(body, strlen(body), &r, &p, NULL), ERR_OK);
	assert_string_equal(r.targets, "{\"share\":0.7,\"n\":[1,2.25]}");
	assert_int_equal(json_read_region(tall, strlen(tall), &r, &p, NULL), ERR_INVALID);
	assert_string_equal(p.items[0].code, "too_big");
	assert_int_equal(json_read_region("{\"name\":\"x\"}", 12, &r, &p, NULL), ERR_OK);
	assert_string_equal(r.targets, "{}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_reports),        cmocka_unit_test(test_bad_schools),
		cmocka_unit_test(test_bad_regions),        cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_words_of_malformed), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_too_many_problems),  cmocka_unit_test(test_rooms_limit),
		cmocka_unit_test(test_good_school),        cmocka_unit_test(test_good_region),
		cmocka_unit_test(test_long_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
