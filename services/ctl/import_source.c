/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/import_line.h"

#define PROBE     512
#define HELD_SIZE (LINES_BYTES_MAX + 1 + IMPORT_PART_MAX)

/* By the first bytes, behind a mark and blanks. */
static const struct kind {
	const char *magic;
	size_t len;
	const char *type; /* NULL: it is refused, with … */
	const char *why;
} kinds[] = {
	{ "{", 1, "application/x-ndjson", NULL },
	{ "PK\003\004", 4, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	  NULL },
	{ "\037\213", 2, NULL,
	  "是 gzip,请先解压: gunzip -c 文件 | junhengctl import - / is gzip, unpack it: gunzip -c "
	  "FILE | junhengctl import -" },
	{ "[", 1, NULL,
	  "是 JSON 数组,须为 NDJSON,每行一个对象 / is an array of JSON: NDJSON has an object a "
	  "line" },
	{ "\320\317\021\340", 4, NULL,
	  "是旧式 .xls,请另存为 .xlsx / is an old .xls: save it as .xlsx" },
};
#define NDJSON   kinds[0].type
#define WORKBOOK kinds[1].type
#define CSV      "text/csv"

static bool ends_in(const char *text, const char *end)
{
	const size_t a = strlen(text), b = strlen(end);

	return a >= b && strcasecmp(text + a - b, end) == 0;
}

static enum err find_type(struct import_source *s, struct err_info *info)
{
	const size_t n = input_peek(&s->input, PROBE);
	const char *p = s->input.data + s->input.at;
	size_t at = n >= 3 && !memcmp(p, "\xef\xbb\xbf", 3) ? 3 : 0;

	while (at < n && memchr(" \t\r\n", p[at], 4))
		at++;
	s->type = ends_in(s->name, ".ndjson") || at == n ? NDJSON : CSV;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (n - at < kinds[i].len || memcmp(p + at, kinds[i].magic, kinds[i].len) != 0)
			continue;
		if (!kinds[i].type)
			return err_set(info, ERR_MALFORMED, "%s %s", s->name, kinds[i].why);
		s->type = kinds[i].type;
	}
	s->lined = str_equal(s->type, NDJSON);
	s->workbook = str_equal(s->type, WORKBOOK);
	return ERR_OK;
}

static enum err open_file(struct import_source *s, const char *path, struct err_info *info)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct stat st;

	str_copy(s->name, sizeof(s->name), slash ? slash + 1 : path ? path : "stdin");
	s->input.fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (s->input.fd < 0)
		return err_set(info, ERR_IO, "%s: %s", path, strerror(errno));
	s->owned = path != NULL;
	if (fstat(s->input.fd, &st) == 0 && S_ISREG(st.st_mode))
		s->size = (int64_t)st.st_size;
	return ERR_OK;
}

enum err import_source_open(struct import_source *s, const char *path,
			    const volatile sig_atomic_t *stop, struct err_info *info)
{
	enum err e;

	*s = (struct import_source){ .size = 0 };
	e = open_file(s, path, info);
	if (e != ERR_OK)
		return e;
	s->held = malloc(HELD_SIZE);
	e = input_init(&s->input, s->input.fd, stop);
	if (e == ERR_OK)
		e = lines_init(&s->lines, &s->input);
	if (e != ERR_OK || !s->held)
		e = err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	else
		e = find_type(s, info);
	if (e != ERR_OK)
		import_source_close(s);
	return e;
}

void import_source_close(struct import_source *s)
{
	if (s->owned)
		close(s->input.fd);
	s->owned = false;
	free(s->held);
	s->held = NULL;
	lines_release(&s->lines);
	input_release(&s->input);
}

static bool is_blank(const struct lines *l)
{
	return strspn(l->text, " \t") == l->len;
}

static bool read_line(struct import_source *s)
{
	s->line_began = (struct import_mark){ s->input.taken, s->lines.number };
	return lines_next(&s->lines);
}

/* The first line that is not blank; it waits. */
static enum import_kind next_lined(struct import_source *s)
{
	while (!s->line_waits) {
		if (!read_line(s))
			return IMPORT_END;
		s->line_waits = !is_blank(&s->lines);
	}
	s->began = s->line_began;
	if (import_line_is_single(s->lines.text, s->lines.len)) {
		s->line_waits = false;
		return IMPORT_LINE;
	}
	s->pad = s->lines.number - 1;
	return IMPORT_ROWS;
}

enum import_kind import_source_next(struct import_source *s)
{
	s->over = false;
	s->held_n = 0;
	if (s->lined)
		return next_lined(s);
	if (s->begun || !input_peek(&s->input, 1))
		return IMPORT_END;
	s->begun = true;
	return IMPORT_ROWS;
}

/* The next line into what is held; false when the stretch is over. */
static bool hold_line(struct import_source *s)
{
	struct lines *l = &s->lines;

	if (!s->line_waits) {
		if (!read_line(s))
			return false;
		if (import_line_is_single(l->text, l->len)) {
			s->line_waits = true;
			return false;
		}
	}
	s->line_waits = false;
	memcpy(s->held, l->text, l->len);
	s->held[l->len] = '\n';
	s->held_at = 0;
	s->held_n = l->len + 1;
	return true;
}

/* Some bytes of the stretch, at most n; 0 at its end. */
static size_t take_some(struct import_source *s, char *out, size_t n)
{
	if (!s->held_n && s->pad) {
		const size_t some = s->pad < (int64_t)n ? (size_t)s->pad : n;

		memset(out, '\n', some);
		s->pad -= (int64_t)some;
		return some;
	}
	if (!s->held_n && !s->lined)
		return input_take(&s->input, out, n);
	if (!s->held_n && !hold_line(s))
		return 0;
	if (n > s->held_n)
		n = s->held_n;
	memcpy(out, s->held + s->held_at, n);
	s->held_at += n;
	s->held_n -= n;
	return n;
}

size_t import_source_part(struct import_source *s, char *out, size_t n)
{
	size_t done = 0;

	while (done < n && !s->over) {
		const size_t some = take_some(s, out + done, n - done);

		done += some;
		s->over = !some;
	}
	return done;
}

void import_source_unread(struct import_source *s, const char *bytes, size_t n)
{
	memmove(s->held + n, s->held + s->held_at, s->held_n);
	memcpy(s->held, bytes, n);
	s->held_at = 0;
	s->held_n += n;
	s->over = false;
}

bool import_source_rewind(struct import_source *s)
{
	if (!input_seek(&s->input, s->began.bytes))
		return false;
	s->lines.number = s->began.lines;
	s->line_waits = s->begun = false;
	return true;
}

const char *import_source_failure(const struct import_source *s)
{
	return s->input.error ? strerror(s->input.error) : NULL;
}

size_t import_source_part_bytes(const struct import_source *s)
{
	/* A few parts fewer: what is put before the rows is not in the file. */
	const int64_t least = s->size / (IMPORT_PARTS_MOST - 24) + 1;

	return least <= (int64_t)IMPORT_PART_BYTES ? IMPORT_PART_BYTES
	       : least < (int64_t)IMPORT_PART_MAX  ? (size_t)least
						   : IMPORT_PART_MAX;
}
