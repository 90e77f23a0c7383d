/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's own parts: what it reads, and what it makes of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/auto.h"
#include "ctl/args.h"
#include "ctl/exits.h"
#include "ctl/import_line.h"
#include "ctl/lines.h"
#include "ctl/problem.h"
#include "ctl/sse.h"
#include "ctl/table.h"

static FILE *nowhere;

static int open_nowhere(void **state)
{
	(void)state;
	nowhere = fopen("/dev/null", "we");
	return nowhere ? 0 : -1;
}

static int close_nowhere(void **state)
{
	(void)state;
	return fclose(nowhere);
}

static void test_exit_codes(void **state)
{
	static const struct {
		long status;
		int code;
	} of_status[] = {
		{ 200, CTL_OK },          { 201, CTL_OK },          { 400, CTL_REFUSED },
		{ 401, CTL_REFUSED },     { 403, CTL_REFUSED },     { 404, CTL_REFUSED },
		{ 422, CTL_REFUSED },     { 429, CTL_UNREACHABLE }, { 500, CTL_FAILED },
		{ 503, CTL_UNREACHABLE }, { 302, CTL_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(of_status); i++)
		assert_int_equal(exit_of_status(of_status[i].status), of_status[i].code);
	assert_int_equal(exit_of_err(ERR_OK), 0);
	assert_int_equal(exit_of_err(ERR_DB), 1);
	assert_int_equal(exit_of_err(ERR_IO), 1);
	assert_int_equal(exit_of_err(ERR_CONFIG), 1);
	assert_int_equal(exit_of_err(ERR_DB_DOWN), 3);
	assert_int_equal(exit_of_err(ERR_BUSY), 3);
	assert_int_equal(exit_of_err(ERR_INVALID), 4);
	assert_int_equal(exit_of_err(ERR_NOT_FOUND), 4);
	assert_int_equal(exit_of_err(ERR_UNAUTHORIZED), 4);
}

static const struct option options[] = {
	{ "name", "TEXT", "", false },
	{ "flag", NULL, "", false },
	{ NULL, NULL, NULL, false },
};

static char word_name[] = "--name", word_name_x[] = "--name=x", word_flag[] = "--flag",
	    word_flag_x[] = "--flag=x", word_y[] = "y", word_dash[] = "-", word_short[] = "-n",
	    word_end[] = "--", word_other[] = "--other";

static void test_args(void **state)
{
	char *good[] = { word_name, word_y, word_dash, word_flag, word_end, word_short };
	char *same[] = { word_name_x };
	struct args a;
	int64_t n = 0;

	(void)state;
	assert_true(args_parse(6, good, options, 2, &a, nowhere));
	assert_string_equal(args_value(&a, "name"), "y");
	assert_true(args_flag(&a, "flag"));
	assert_int_equal(a.n, 2);
	assert_string_equal(a.words[0], "-");
	assert_string_equal(a.words[1], "-n");
	assert_true(args_parse(1, same, options, 0, &a, nowhere));
	assert_string_equal(args_value(&a, "name"), "x");
	assert_false(args_flag(&a, "flag"));
	assert_false(args_number(&a, "name", 1, 1, 9, &n, nowhere));
	a.values[0] = "9";
	assert_true(args_number(&a, "name", 1, 1, 9, &n, nowhere));
	assert_int_equal(n, 9);
	a.values[0] = "10";
	assert_false(args_number(&a, "name", 1, 1, 9, &n, nowhere));
	a.values[0] = NULL;
	assert_true(args_number(&a, "name", 4, 1, 9, &n, nowhere));
	assert_int_equal(n, 4);
}

static void test_args_wrong(void **state)
{
	static char *const bad[][3] = {
		{ word_other },  { word_short },           { word_name },
		{ word_flag_x }, { word_flag, word_flag }, { word_y, word_y },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char *argv[3] = { bad[i][0], bad[i][1], bad[i][2] };
		struct args a;

		assert_false(args_parse(argv[1] ? 2 : 1, argv, options, 1, &a, nowhere));
	}
}

static void test_lines(void **state)
{
	static const char text[] = "one\r\n\n三\nlast";
	FILE *file = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");
	struct lines l;

	(void)state;
	assert_int_equal(lines_init(&l, file), ERR_OK);
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "one");
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "");
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "三");
	assert_int_equal(l.number, 3);
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "last");
	assert_int_equal(l.bytes, sizeof(text) - 1);
	assert_false(lines_next(&l));
	lines_release(&l);
	fclose(file);
}

/* One byte too long, exactly long enough, and the line behind. */
static void test_lines_too_long(void **state)
{
	FILE *file = tmpfile();
	struct lines l;

	(void)state;
	for (size_t extra = 2; extra-- > 0;) {
		for (size_t i = 0; i < LINES_BYTES_MAX + extra; i++)
			putc('x', file);
		putc('\n', file);
	}
	fputs("after", file);
	rewind(file);
	assert_int_equal(lines_init(&l, file), ERR_OK);
	assert_true(lines_next(&l));
	assert_true(l.too_long);
	assert_int_equal(l.len, LINES_BYTES_MAX);
	assert_true(lines_next(&l));
	assert_false(l.too_long);
	assert_int_equal(l.len, LINES_BYTES_MAX);
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "after");
	assert_int_equal(l.number, 3);
	lines_release(&l);
	fclose(file);
}

static void read_line(const char *text, struct import_line *out)
{
	struct err_info info;

	assert_int_equal(import_line_read(text, strlen(text), out, &info), ERR_OK);
	assert_int_equal(out->len, strlen(out->body));
}

static void test_import_lines(void **state)
{
	static const struct {
		const char *text;
		enum import_group group;
		const char *path;
		const char *body;
	} cases[] = {
		{ "{\"type\":\"region\",\"code\":\"34\",\"name\":\"安徽省\"}", IMPORT_PROVINCE,
		  "/v1/regions/34", "{\"name\":\"安徽省\"}" },
		{ "{\"type\":\"region\",\"code\":\"3402\",\"name\":\"x\"}", IMPORT_PREFECTURE,
		  "/v1/regions/3402", "{\"name\":\"x\"}" },
		{ "{\"type\":\"region\",\"code\":\"340207\"}", IMPORT_COUNTY, "/v1/regions/340207",
		  "{}" },
		{ " {\"code\":\"2134000017\",\"type\":\"school\",\"county\":\"340207\"} ",
		  IMPORT_SCHOOL, "/v1/schools/2134000017", "{\"county\":\"340207\"}" },
		{ "{\"type\":\"school\",\"code\":\"2134000018\",\"parent\":\"2134000017\"}",
		  IMPORT_CAMPUS, "/v1/schools/2134000018", "{\"parent\":\"2134000017\"}" },
		{ "{\"type\":\"school\",\"code\":\"2134000018\",\"parent\":\"\"}", IMPORT_SCHOOL,
		  "/v1/schools/2134000018", "{\"parent\":\"\"}" },
		{ "{\"type\":\"report\",\"period\":\"2025\",\"school\":\"2134000017\","
		  "\"site\":{\"teaching_area\":4321.07,\"equipment_value\":8999999999999.99}}",
		  IMPORT_REPORT, "/v1/reports/2025/2134000017", NULL },
		{ "{\"type\":\"county_report\",\"period\":\"2025\",\"county\":\"340207\","
		  "\"items\":{}}",
		  IMPORT_REPORT, "/v1/county-reports/2025/340207", "{\"items\":{}}" },
		{ "{\"type\":\"plan\",\"county\":\"340207\",\"safeguards\":[]}", IMPORT_REPORT,
		  "/v1/plans/340207", "{\"safeguards\":[]}" },
		{ "{\"type\":\"standard\",\"id\":\"anhui-2024\",\"base\":\"national-2017\"}",
		  IMPORT_STANDARD, "/v1/standards/anhui-2024", "{\"base\":\"national-2017\"}" },
		{ "{\"type\":\"standard\",\"id\":\"x123456789012345678901234567890\"}",
		  IMPORT_STANDARD, "/v1/standards/x123456789012345678901234567890", "{}" },
		{ "{\"type\":\"publication\",\"region\":\"34\",\"period\":\"2025\"}",
		  IMPORT_PUBLICATION, "/v1/publications",
		  "{\"region\":\"34\",\"period\":\"2025\"}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct import_line line;

		read_line(cases[i].text, &line);
		assert_int_equal(line.group, cases[i].group);
		assert_string_equal(line.path, cases[i].path);
		assert_string_equal(line.method, line.group == IMPORT_PUBLICATION ? "POST" : "PUT");
		if (cases[i].body)
			assert_string_equal(line.body, cases[i].body);
		free(line.body);
	}
}

/* Decimals go through a double; what is sent must read as the same double again. */
static void test_import_keeps_numbers(void **state)
{
	struct import_line line;

	(void)state;
	read_line("{\"type\":\"report\",\"period\":\"2025\",\"school\":\"1\",\"a\":4321.07}",
		  &line);
	assert_true(strtod(strchr(line.body, ':') + 1, NULL) == 4321.07);
	free(line.body);
	read_line("{\"type\":\"standard\",\"id\":\"x\",\"cv_limit\":{\"primary\":0.48}}", &line);
	assert_string_equal(line.body, "{\"cv_limit\":{\"primary\":0.48}}");
	free(line.body);
	read_line("{\"type\":\"report\",\"period\":\"2025\",\"school\":\"1\",\"a\":12}", &line);
	assert_string_equal(line.body, "{\"a\":12}");
	free(line.body);
}

static void test_import_refuses(void **state)
{
	static const struct {
		const char *text;
		enum err e;
	} cases[] = {
		{ "nonsense", ERR_MALFORMED },
		{ "[]", ERR_MALFORMED },
		{ "{\"type\":\"school\"", ERR_MALFORMED },
		{ "{\"type\":\"school\",\"type\":\"school\"}", ERR_MALFORMED },
		{ "{}", ERR_INVALID },
		{ "{\"type\":1}", ERR_INVALID },
		{ "{\"type\":\"pupil\",\"code\":\"1\"}", ERR_INVALID },
		{ "{\"type\":\"school\"}", ERR_INVALID },
		{ "{\"type\":\"school\",\"code\":7}", ERR_INVALID },
		{ "{\"type\":\"school\",\"code\":\"\"}", ERR_INVALID },
		{ "{\"type\":\"school\",\"code\":\"../keys\"}", ERR_INVALID },
		{ "{\"type\":\"school\",\"code\":\"12345678901234567\"}", ERR_INVALID },
		{ "{\"type\":\"report\",\"period\":\"2025\"}", ERR_INVALID },
		{ "{\"type\":\"report\",\"school\":\"1\"}", ERR_INVALID },
		{ "{\"type\":\"county_report\",\"period\":\"2025\"}", ERR_INVALID },
		{ "{\"type\":\"standard\"}", ERR_INVALID },
		{ "{\"type\":\"standard\",\"id\":\"anhui/2024\"}", ERR_INVALID },
		{ "{\"type\":\"standard\",\"id\":\"x1234567890123456789012345678901\"}",
		  ERR_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct import_line line = { .body = NULL };
		struct err_info info = { .text = "" };

		assert_int_equal(
			import_line_read(cases[i].text, strlen(cases[i].text), &line, &info),
			cases[i].e);
		assert_null(line.body);
		assert_true(*info.text);
	}
}

/* What a stream said, as one text: "id type data|". */
static void on_event(const struct sse_event *e, void *context)
{
	buf_printf(context, "%s %s %s|", e->id, e->type, e->data);
}

static void expect_stream(const char *stream, const char *events)
{
	/* In pieces of every size: where they are cut must not matter. */
	for (size_t piece = 1; piece <= strlen(stream); piece++) {
		auto_buf struct buf got;
		struct sse s;

		buf_init(&got, 4096);
		sse_init(&s, on_event, &got);
		for (size_t at = 0; at < strlen(stream); at += piece) {
			const size_t left = strlen(stream) - at;

			assert_true(sse_feed(&s, stream + at, left < piece ? left : piece));
		}
		assert_string_equal(got.data, events);
		sse_release(&s);
	}
}

static void test_sse(void **state)
{
	(void)state;
	expect_stream("id: 1\nevent: alert.firing\ndata: {}\n\n", "1 alert.firing {}|");
	expect_stream("data:a\r\ndata: b\r\n\r\ndata\r\r", " message a\nb| message |");
	expect_stream(": heartbeat\n\nid: 5\n\ndata: x\n\ndata: y\n\n", "5 message x|5 message y|");
	expect_stream("retry: 1000\n\nunknown: 1\ndata: x\n\ndata: never ended\n", " message x|");
}

static void test_sse_is_bounded(void **state)
{
	static char much[1024];
	auto_buf struct buf got;
	struct sse s;
	size_t fed = 0;

	(void)state;
	memset(much, 'x', sizeof(much));
	buf_init(&got, 64);
	sse_init(&s, on_event, &got);
	while (sse_feed(&s, much, sizeof(much)))
		fed += sizeof(much);
	assert_in_range(fed, SSE_BYTES_MAX - sizeof(much), SSE_BYTES_MAX);
	sse_restart(&s);
	assert_true(sse_feed(&s, "id: 7\nretry: 250\ndata: fine\n\n", 30));
	assert_string_equal(got.data, "7 message fine|");
	assert_int_equal(s.retry_ms, 250);
	sse_restart(&s);
	assert_string_equal(s.id, "7");
	sse_release(&s);
}

static void test_problem(void **state)
{
	static const char body[] =
		"{\"type\":\"/problems/invalid-value\",\"title\":\"T\",\"status\":422,"
		"\"detail\":\"D\\u001b[31m\",\"errors\":[{\"pointer\":\"/a\",\"code\":\"negative\","
		"\"detail\":\"no\"},{\"pointer\":\"/b\"}]}";
	auto_buf struct buf out;

	(void)state;
	buf_init(&out, 1024);
	problem_explain(422, body, sizeof(body) - 1, &out);
	assert_string_equal(out.data, "422 T: D?[31m\n  /a: no (negative)\n  /b: ");
	buf_release(&out);
	problem_explain(502, "<html>", 6, &out);
	assert_string_equal(out.data, "502");
}

static void test_width(void **state)
{
	auto_table struct table t;

	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("R2.primary.cv"), 13);
	assert_int_equal(text_width("小学 / primary"), 14);
	assert_int_equal(text_width("m²"), 2);
	table_init(&t, 2);
	for (int i = 0; i < 1000; i++)
		table_cell(&t, "a\tb", COLOUR_RED);
	assert_int_equal(t.n, 1000);
	assert_string_equal(t.cells[999], "a?b");
	table_print(&t, nowhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_args_wrong),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lines_too_long),
		cmocka_unit_test(test_import_lines),
		cmocka_unit_test(test_import_keeps_numbers),
		cmocka_unit_test(test_import_refuses),
		cmocka_unit_test(test_sse),
		cmocka_unit_test(test_sse_is_bounded),
		cmocka_unit_test(test_problem),
		cmocka_unit_test(test_width),
	};

	return cmocka_run_group_tests(tests, open_nowhere, close_nowhere);
}
