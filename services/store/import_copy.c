/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as COPY takes them: of reports, which are most of them, in its binary form; all others as
 * text. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/columns.h"
#include "store/copy_row.h"
#include "store/import_session.h"

#define COPY_MAX ((size_t)4 << 20)

struct stage_rows *stage_rows_new(void)
{
	struct stage_rows *rows = calloc(1, sizeof(*rows));

	for (int i = 0; rows && i < STAGE_TABLES; i++)
		buf_init(&rows->text[i], COPY_MAX);
	return rows;
}

void stage_rows_free(struct stage_rows *rows)
{
	if (!rows)
		return;
	for (int i = 0; i < STAGE_TABLES; i++)
		buf_release(&rows->text[i]);
	free(rows);
}

size_t stage_rows_bytes(const struct stage_rows *rows)
{
	size_t n = 0;

	for (int i = 0; i < STAGE_TABLES; i++)
		n += rows->text[i].len;
	return n;
}

/* The letter that stands for it behind a backslash. */
static char escape_of(char c)
{
	switch (c) {
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	default:
		return c;
	}
}

static void add_text(struct buf *out, const char *text)
{
	while (*text) {
		const size_t plain = strcspn(text, "\\\t\n\r");

		buf_add(out, text, plain);
		text += plain;
		if (*text) {
			const char escaped[] = { '\\', escape_of(*text) };

			buf_add(out, escaped, sizeof(escaped));
			text++;
		}
	}
}

/* NULL is NULL. */
void stage_next_text(struct buf *out, const char *text)
{
	buf_add(out, "\t", 1);
	if (text)
		add_text(out, text);
	else
		buf_add(out, "\\N", 2);
}

static struct buf *begin(struct stage_rows *rows, enum stage_table table, int64_t row)
{
	struct buf *out = &rows->text[table];
	char text[INT64_TEXT];

	buf_add(out, text, str_from_int64(row, text));
	return out;
}

static enum err end(struct buf *out, struct err_info *info)
{
	buf_add(out, "\n", 1);
	return buf_failed(out) ? err_set(info, out->err, "no memory for rows") : ERR_OK;
}

static void next_params(struct buf *out, const struct params *p)
{
	for (int i = 0; i < p->n; i++)
		stage_next_text(out, p->value[i]);
}

enum err stage_region(struct stage_rows *rows, int64_t row, const struct region *region,
		      struct err_info *info)
{
	struct buf *out = begin(rows, STAGE_REGIONS, row);

	stage_next_text(out, region->code);
	stage_next_text(out, region->name);
	stage_next_text(out, region->targets);
	stage_next_text(out, region->recognised[0] ? region->recognised : NULL);
	return end(out, info);
}

enum err stage_school(struct stage_rows *rows, int64_t row, const struct school *school,
		      struct err_info *info)
{
	struct buf *out = begin(rows, STAGE_SCHOOLS, row);
	struct params p;

	params_init(&p);
	school_params(&p, school);
	next_params(out, &p);
	return end(out, info);
}

enum err stage_report(struct stage_rows *rows, int64_t row, const char *named, const char *period,
		      const char *school, const struct report *report, struct err_info *info)
{
	struct buf *out = &rows->text[STAGE_REPORTS];

	copy_row(out, 4 + REPORT_COLUMNS);
	copy_bigint(out, row);
	copy_text(out, named[0] ? named : NULL);
	copy_text(out, period);
	copy_text(out, school);
	report_copy(out, report);
	return buf_failed(out) ? err_set(info, out->err, "no memory for rows") : ERR_OK;
}

enum err stage_county_report(struct stage_rows *rows, int64_t row, const char *county,
			     const char *period, const char *document, struct err_info *info)
{
	struct buf *out = begin(rows, STAGE_COUNTY_REPORTS, row);

	stage_next_text(out, county);
	stage_next_text(out, period);
	stage_next_text(out, document);
	return end(out, info);
}

enum err stage_error(struct stage_rows *rows, int64_t row, int nth, const char *pointer,
		     const char *code, const char *detail, struct err_info *info)
{
	struct buf *out = begin(rows, STAGE_ERRORS, row);

	buf_printf(out, "\t%d", nth);
	stage_next_text(out, pointer);
	stage_next_text(out, code);
	stage_next_text(out, detail);
	return end(out, info);
}

enum err stage_refused(struct stage_rows *rows, int64_t row, const char *type, const char *code,
		       const char *period, struct err_info *info)
{
	struct buf *out = begin(rows, STAGE_REFUSED, row);

	stage_next_text(out, type);
	stage_next_text(out, code);
	stage_next_text(out, period);
	return end(out, info);
}

enum err stage_line(struct stage_rows *rows, int64_t row, const char *line, struct err_info *info)
{
	stage_next_text(begin(rows, STAGE_LINES, row), line);
	return end(&rows->text[STAGE_LINES], info);
}

enum err stage_cell(struct stage_rows *rows, int64_t sheet, const char *pointer, const char *cell,
		    struct err_info *info)
{
	struct buf *out = begin(rows, STAGE_CELLS, sheet);

	stage_next_text(out, pointer);
	stage_next_text(out, cell);
	return end(out, info);
}

enum err stage_joined(struct stage_rows *rows, int64_t row, int64_t other, struct err_info *info)
{
	struct buf *out = begin(rows, STAGE_JOINED, row);
	char text[INT64_TEXT];

	(void)str_from_int64(other, text);
	stage_next_text(out, text);
	return end(out, info);
}
