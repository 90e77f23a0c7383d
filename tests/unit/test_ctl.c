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
		cmocka_unit_test(test_exit_codes),     cmocka_unit_test(test_args),
		cmocka_unit_test(test_args_wrong),     cmocka_unit_test(test_sse),
		cmocka_unit_test(test_sse_is_bounded), cmocka_unit_test(test_problem),
		cmocka_unit_test(test_width),
	};

	return cmocka_run_group_tests(tests, open_nowhere, close_nowhere);
}
