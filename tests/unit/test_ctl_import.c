/* SPDX-License-Identifier: Apache-2.0 */
/* What an import of the command line reads, and what it remembers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/str.h"
#include "ctl/import_line.h"
#include "ctl/import_source.h"
#include "ctl/import_state.h"
#include "ctl/pack.h"

static char folder[] = "/tmp/jht.ctl.XXXXXX";
static char path[sizeof(folder) + 16];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void write_file(const char *text, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* A pipe that holds the text, and is at its end behind it. */
static int pipe_of(const char *text, size_t len)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, len), len);
	close(ends[1]);
	return ends[0];
}

static void test_input(void **state)
{
	static const char text[] = "0123456789";
	const int fd = pipe_of(text, 10);
	struct input in;
	char got[16];

	(void)state;
	assert_int_equal(input_init(&in, fd, NULL), ERR_OK);
	assert_int_equal(input_peek(&in, 4), 10);
	assert_int_equal(input_byte(&in), '0');
	assert_int_equal(input_peek(&in, 9), 9);
	assert_memory_equal(in.data + in.at, "123456789", 9);
	assert_int_equal(input_take(&in, got, 4), 4);
	assert_memory_equal(got, "1234", 4);
	assert_int_equal(in.taken, 5);
	assert_int_equal(input_take(&in, got, sizeof(got)), 5);
	assert_int_equal(input_byte(&in), -1);
	assert_int_equal(in.taken, 10);
	assert_false(input_seek(&in, 0));
	assert_int_equal(in.error, 0);
	input_release(&in);
	close(fd);
	write_file(text, 10);
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_int_equal(input_init(&in, fileno(file), NULL), ERR_OK);
	assert_int_equal(input_take(&in, got, 10), 10);
	assert_int_equal(input_byte(&in), -1);
	assert_true(input_seek(&in, 3));
	assert_int_equal(input_byte(&in), '3');
	assert_int_equal(in.taken, 4);
	input_release(&in);
	fclose(file);
}

static void test_lines(void **state)
{
	static const char text[] = "\xef\xbb\xbfone\r\n\n三\nlast";
	const int fd = pipe_of(text, sizeof(text) - 1);
	struct input in;
	struct lines l;

	(void)state;
	assert_int_equal(input_init(&in, fd, NULL), ERR_OK);
	assert_int_equal(lines_init(&l, &in), ERR_OK);
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "one");
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "");
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "三");
	assert_int_equal(l.number, 3);
	assert_true(lines_next(&l));
	assert_string_equal(l.text, "last");
	assert_int_equal(in.taken, sizeof(text) - 1);
	assert_false(lines_next(&l));
	lines_release(&l);
	input_release(&in);
	close(fd);
}

/* One byte too long, exactly long enough, and the line behind. */
static void test_lines_too_long(void **state)
{
	FILE *file = fopen(path, "w+e");
	struct input in;
	struct lines l;

	(void)state;
	for (size_t extra = 2; extra-- > 0;) {
		for (size_t i = 0; i < LINES_BYTES_MAX + extra; i++)
			putc('x', file);
		putc('\n', file);
	}
	fputs("after", file);
	rewind(file);
	assert_int_equal(input_init(&in, fileno(file), NULL), ERR_OK);
	assert_int_equal(lines_init(&l, &in), ERR_OK);
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
	input_release(&in);
	fclose(file);
}

static void test_single_lines(void **state)
{
	static const struct {
		const char *text;
		bool single;
	} cases[] = {
		{ "{\"type\":\"standard\",\"id\":\"x\"}", true },
		{ " {\"id\":\"x\" , \"type\" : \"standard\"}", true },
		{ "{\"type\":\"publication\"}", true },
		{ "{\"type\":\"school\",\"name\":\"standard\"}", false },
		{ "{\"type\":\"standard\",\"type\":\"standard\"}", false },
		{ "{\"type\":\"standard\"", false },
		{ "{\"type\":\"report\"}", false },
		{ "[\"standard\"]", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(import_line_is_single(cases[i].text, strlen(cases[i].text)),
				 cases[i].single);
}

static void test_line_requests(void **state)
{
	static const struct {
		const char *text;
		const char *path; /* NULL: refused */
		const char *body;
	} cases[] = {
		{ "{\"type\":\"standard\",\"id\":\"anhui-2024\",\"base\":\"national-2017\"}",
		  "/v1/standards/anhui-2024", "{\"base\":\"national-2017\"}" },
		{ "{\"type\":\"standard\",\"id\":\"x123456789012345678901234567890\"}",
		  "/v1/standards/x123456789012345678901234567890", "{}" },
		/* decimals as they were written */
		{ "{\"type\":\"standard\",\"id\":\"x\",\"cv_limit\":{\"primary\":0.48}}",
		  "/v1/standards/x", "{\"cv_limit\":{\"primary\":0.48}}" },
		{ "{\"type\":\"plan\",\"county\":\"340207\",\"tasks\":[]}", "/v1/plans/340207",
		  "{\"tasks\":[]}" },
		{ "{\"type\":\"publication\",\"region\":\"34\",\"period\":\"2025\"}",
		  "/v1/publications", "{\"region\":\"34\",\"period\":\"2025\"}" },
		{ "{\"type\":\"standard\"}", NULL, NULL },
		{ "{\"type\":\"standard\",\"id\":7}", NULL, NULL },
		{ "{\"type\":\"standard\",\"id\":\"\"}", NULL, NULL },
		{ "{\"type\":\"standard\",\"id\":\"../keys\"}", NULL, NULL },
		{ "{\"type\":\"standard\",\"id\":\"x1234567890123456789012345678901\"}", NULL,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;
		struct import_line line = { .body = NULL };
		struct err_info info = { .text = "" };
		const enum err e = import_line_read(text, strlen(text), &line, &info);

		assert_int_equal(e, cases[i].path ? ERR_OK : ERR_INVALID);
		if (!cases[i].path) {
			assert_null(line.body);
			assert_true(*info.text);
			continue;
		}
		assert_string_equal(line.path, cases[i].path);
		assert_string_equal(line.body, cases[i].body);
		assert_int_equal(line.len, strlen(line.body));
		assert_int_equal(line.publishes, str_equal(line.path, "/v1/publications"));
		free(line.body);
	}
}

/* The stretch in parts of n bytes, joined. */
static void read_stretch(struct import_source *s, size_t n, const char *expected)
{
	auto_buf struct buf got;
	char part[64];
	size_t len;

	buf_init(&got, 4096);
	while ((len = import_source_part(s, part, n)) > 0)
		buf_add(&got, part, len);
	assert_string_equal(got.data, expected);
}

#define ROWS_1   "{\"type\":\"region\"}\nnonsense\n"
#define STANDARD "{\"type\":\"standard\",\"id\":\"x\"}"
#define ROWS_2   "{\"type\":\"report\"}\n\n{\"type\":\"school\"}\n"
#define BULLETIN "{\"type\":\"publication\"}"

static void test_source_stretches(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf\n" ROWS_1 STANDARD "\r\n \n" ROWS_2 BULLETIN "\n" BULLETIN;
	struct err_info info;

	(void)state;
	write_file(text, sizeof(text) - 1);
	for (size_t n = 1; n < 64; n++) {
		struct import_source auto_import_source s = { .size = 0 };

		assert_int_equal(import_source_open(&s, path, NULL, &info), ERR_OK);
		assert_string_equal(s.name, "file");
		assert_string_equal(s.type, "application/x-ndjson");
		assert_int_equal(s.size, sizeof(text) - 1);
		assert_int_equal(import_source_next(&s), IMPORT_ROWS);
		read_stretch(&s, n, "\n" ROWS_1);
		assert_int_equal(import_source_next(&s), IMPORT_LINE);
		assert_string_equal(s.lines.text, STANDARD);
		assert_int_equal(s.lines.number, 4);
		/* Its rows have the numbers of the file, also the second time. */
		assert_int_equal(import_source_next(&s), IMPORT_ROWS);
		read_stretch(&s, n, "\n\n\n\n\n" ROWS_2);
		assert_true(import_source_rewind(&s));
		assert_int_equal(import_source_next(&s), IMPORT_ROWS);
		read_stretch(&s, n, "\n\n\n\n\n" ROWS_2);
		for (int64_t number = 9; number <= 10; number++) {
			assert_int_equal(import_source_next(&s), IMPORT_LINE);
			assert_string_equal(s.lines.text, BULLETIN);
			assert_int_equal(s.lines.number, number);
		}
		assert_int_equal(import_source_next(&s), IMPORT_END);
		assert_null(import_source_failure(&s));
	}
}

static void test_source_gives_back(void **state)
{
	struct import_source auto_import_source s = { .size = 0 };
	struct err_info info;
	char part[64];

	(void)state;
	write_file(ROWS_1 ROWS_2, strlen(ROWS_1 ROWS_2));
	assert_int_equal(import_source_open(&s, path, NULL, &info), ERR_OK);
	assert_int_equal(import_source_next(&s), IMPORT_ROWS);
	assert_int_equal(import_source_part(&s, part, 40), 40);
	import_source_unread(&s, part, 40);
	assert_int_equal(import_source_part(&s, part, 10), 10);
	assert_memory_equal(part, ROWS_1, 10);
	import_source_unread(&s, part, 10);
	read_stretch(&s, 7, ROWS_1 ROWS_2);
	/* also the last bytes, when the end was seen */
	import_source_unread(&s, "end", 3);
	read_stretch(&s, 7, "end");
}

static void test_source_types(void **state)
{
	static const struct {
		const char *text;
		const char *type; /* NULL: refused */
	} cases[] = {
		{ "\n {\"type\":", "application/x-ndjson" },
		{ "school,period\n1,2", "text/csv" },
		{ "\xef\xbb\xbfschool,period\n1,2", "text/csv" },
		{ "PK\003\004rest",
		  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
		{ "\037\213\010", NULL },
		{ "\320\317\021\340\241", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct import_source auto_import_source s = { .size = 0 };
		struct err_info info = { .text = "" };
		enum err e;

		write_file(cases[i].text, strlen(cases[i].text));
		e = import_source_open(&s, path, NULL, &info);
		assert_int_equal(e, cases[i].type ? ERR_OK : ERR_MALFORMED);
		if (!cases[i].type) {
			assert_true(*info.text);
			continue;
		}
		assert_string_equal(s.type, cases[i].type);
		assert_int_equal(import_source_next(&s), IMPORT_ROWS);
		/* A file that is not of lines comes as it is. */
		read_stretch(&s, 5, cases[i].text[0] == '\n' ? "\n {\"type\":\n" : cases[i].text);
		assert_int_equal(import_source_next(&s), IMPORT_END);
	}
	struct import_source s = { .size = (int64_t)IMPORT_PART_BYTES * 900 };

	assert_int_equal(import_source_part_bytes(&s), IMPORT_PART_BYTES);
	s.size = (int64_t)IMPORT_PART_BYTES * 1500;
	assert_in_range(import_source_part_bytes(&s), s.size / 1020, IMPORT_PART_MAX);
	s.size *= 10;
	assert_int_equal(import_source_part_bytes(&s), IMPORT_PART_MAX);
}

static struct import_state *open_state(const char *what, bool *ret_anew)
{
	struct import_state *s = NULL;
	struct err_info info = { .text = "" };

	*ret_anew = false;
	assert_int_equal(import_state_open(path, what, &s, ret_anew, &info), ERR_OK);
	return s;
}

/* What was saved is there again. */
static void test_state(void **state)
{
	struct import_done done = { .counts = { 5, 4, 3, 2, 1 } };
	struct err_info info;
	struct import_state *s;
	char key[IMPORT_KEY];
	bool anew;

	(void)state;
	unlink(path);
	s = open_state("here", &anew);
	assert_false(anew);
	memset(done.sha256, 'a', IMPORT_HASH - 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(import_state_finish(s, &done, &info), ERR_OK);
	import_state_begin(s);
	str_copy(key, sizeof(key), s->key);
	s->job = 7;
	s->parts_n = 2;
	s->parts[1] = s->parts[0] = (struct import_part){ .bytes = 9 };
	memset(s->parts[0].sha256, 'b', IMPORT_HASH - 1);
	memset(s->parts[1].sha256, 'c', IMPORT_HASH - 1);
	assert_int_equal(import_state_save(s, &info), ERR_OK);
	assert_int_equal(import_state_save(s, &info), ERR_OK);
	import_state_close(s, false);

	s = open_state("here", &anew);
	assert_false(anew);
	assert_int_equal(s->done_n, 100);
	assert_int_equal(s->done[99].counts.unchanged, 2);
	assert_int_equal(s->done[99].counts.rejected, 1);
	assert_string_equal(s->key, key);
	assert_int_equal(s->job, 7);
	assert_false(s->committed);
	assert_int_equal(s->parts_n, 2);
	assert_int_equal(s->parts[1].bytes, 9);
	assert_int_equal(s->parts[1].sha256[0], 'c');
	import_state_close(s, false);
}

/* One of another service, or no state at all; behind test_state. */
static void test_state_of_others(void **state)
{
	struct err_info info;
	struct import_state *s;
	bool anew;

	(void)state;
	s = open_state("elsewhere", &anew);
	assert_true(anew);
	assert_int_equal(s->done_n, 0);
	assert_string_equal(s->key, "");
	import_state_close(s, false);
	assert_int_equal(access(path, F_OK), -1); /* it says nothing */
	/* what is something else is somebody's */
	write_file("nonsense", 8);
	assert_int_equal(import_state_open(path, "here", &s, &anew, &info), ERR_IO);
	assert_non_null(strstr(info.text, "no state"));
	assert_int_equal(access(path, F_OK), 0);
	write_file("{\"version\":1,\"wh", 16);
	s = open_state("here", &anew);
	assert_true(anew);
	import_state_begin(s);
	assert_int_equal(import_state_save(s, &info), ERR_OK);
	import_state_close(s, true);
	assert_int_equal(access(path, F_OK), -1);
	/* kept nowhere */
	anew = false;
	assert_int_equal(import_state_open(NULL, "here", &s, &anew, &info), ERR_OK);
	import_state_begin(s);
	assert_int_equal(import_state_save(s, &info), ERR_OK);
	import_state_close(s, false);
	assert_int_equal(import_state_open("/nonexistent/x", "here", &s, &anew, &info), ERR_IO);
}

static void test_pack(void **state)
{
	static char text[40000], packed[40000], unpacked[40001];
	z_stream z = { .next_in = (unsigned char *)packed,
		       .next_out = (unsigned char *)unpacked,
		       .avail_out = sizeof(unpacked) };
	uint32_t random = 1;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		random = random * 1664525 + 1013904223;
		text[i] = (char)('0' + (random >> 24) % 10);
	}
	n = pack(text, sizeof(text), packed, sizeof(packed));
	assert_in_range(n, 1, sizeof(text) / 2);
	z.avail_in = (unsigned)n;
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, sizeof(text));
	assert_memory_equal(unpacked, text, sizeof(text));
	inflateEnd(&z);
	/* as it is: what packs like a bomb, what does not pack, what does not fit */
	memset(text, '\n', sizeof(text));
	assert_int_equal(pack(text, sizeof(text), packed, sizeof(packed)), 0);
	assert_int_equal(pack("ab", 2, packed, sizeof(packed)), 0);
	assert_int_equal(pack(unpacked, 30000, packed, 100), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lines_too_long),
		cmocka_unit_test(test_single_lines),
		cmocka_unit_test(test_line_requests),
		cmocka_unit_test(test_source_stretches),
		cmocka_unit_test(test_source_gives_back),
		cmocka_unit_test(test_source_types),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_state_of_others),
		cmocka_unit_test(test_pack),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
