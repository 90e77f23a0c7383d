/* SPDX-License-Identifier: Apache-2.0 */
#include "api/import_sheets.h"

#include <stdlib.h>

#include "api/csv_write.h"

#define SEND_BYTES ((size_t)96 << 10)

void sheets_release(struct sheets *s)
{
	import_book_release(&s->book);
	stage_rows_free(s->out.rows);
}

/* --- rows --------------------------------------------------------------------------------- */

static enum err send_rows(struct sheets *s, struct err_info *info)
{
	s->counts->rows += s->out.counts.rows;
	s->counts->rejected += s->out.counts.rejected;
	s->out.counts = (struct import_counts){ .rows = 0 };
	return stage_send(s->st, s->out.rows, info);
}

static enum err on_row(int64_t number, struct import_row *row, struct problems *problems,
		       void *context, struct err_info *info)
{
	struct sheets *s = context;
	const enum err e =
		look_at_sheet_row(s->look, s->book.xlsx, number, row, problems, &s->out, info);

	if (e != ERR_OK)
		return e;
	if (!s->goes_on(s->context))
		return err_set(info, ERR_CONFLICT, "stopped");
	return stage_rows_bytes(s->out.rows) > SEND_BYTES ? send_rows(s, info) : ERR_OK;
}

static enum err on_place(int sheet, const char *pointer, const char *cell, void *context,
			 struct err_info *info)
{
	return stage_cell(((struct sheets *)context)->out.rows, sheet, pointer, cell, info);
}

static enum err read_rows(struct sheets *s, struct err_info *info)
{
	enum err e = import_xlsx_places(s->book.xlsx, on_place, s, info), sent;

	if (e == ERR_OK)
		e = import_xlsx_read(s->book.xlsx, on_row, s, info);
	if (e != ERR_OK && e != ERR_MALFORMED && e != ERR_TOO_BIG)
		return e;
	/* Of a file that breaks off, what is wrong up to there is told, too. */
	sent = send_rows(s, e == ERR_OK ? info : NULL);
	return e == ERR_OK ? sent : e;
}

/* --- the whole ---------------------------------------------------------------------------- */

/* Without a person there is no doubt. */
static enum err refuse(struct sheets *s, const int64_t *numbers, struct err_info *info)
{
	enum err e = look_stage_problems(s->look, &s->problems, numbers, &s->out, info);

	if (e == ERR_OK)
		e = send_rows(s, info);
	return e == ERR_OK
		       ? err_set(info, ERR_MALFORMED,
				 "表头须由人确认:用 ?preview=true 上传,查看后提交 / the headings "
				 "need a person: send it with ?preview=true, look, and commit")
		       : e;
}

static enum err keep_mapping(struct sheets *s, struct err_info *info)
{
	auto_buf struct buf mapping;

	buf_init(&mapping, REPLY_BYTES_MAX);
	import_xlsx_write_mapping(s->book.xlsx, &mapping);
	if (buf_failed(&mapping))
		return err_set(info, mapping.err, "the mapping is too large");
	return store_import_map(s->api->store, s->job->id, mapping.data, info);
}

static enum err open_book(struct sheets *s, struct err_info *info)
{
	auto_import_texts struct import_texts texts = { .choices = NULL };
	enum err e = store_import_texts(s->api->store, s->job->id, &texts, info);

	if (e == ERR_OK)
		e = import_book_open(s->api, s->job, texts.choices, look_standard, s->look,
				     &s->book, &s->problems, info);
	if (e == ERR_INVALID) /* its commit was checked by a program that knew other fields */
		return err_set(info, ERR_MALFORMED,
			       "指定的列有误 / the columns that were chosen are wrong");
	return e == ERR_OK ? keep_mapping(s, info) : e;
}

enum err sheets_read(struct sheets *s, struct buf *header, struct err_info *info)
{
	int64_t numbers[PROBLEMS_MAX];
	enum err e;

	s->out.rows = stage_rows_new();
	if (!s->out.rows)
		return err_set(info, ERR_NOMEM, "no memory for an import");
	e = open_book(s, info);
	if (e != ERR_OK)
		return e;
	import_book_letters(&s->book, header);
	return import_xlsx_is_settled(s->book.xlsx, &s->problems, numbers)
		       ? read_rows(s, info)
		       : refuse(s, numbers, info);
}

/* --- lines -------------------------------------------------------------------------------- */

struct lines {
	struct sheets *s;
	const int64_t *wanted;
	size_t n;
	size_t at;
	size_t bytes;
};

static enum err on_line(int64_t number, const struct sheet_row *row, void *context,
			struct err_info *info)
{
	struct lines *l = context;
	auto_buf struct buf text;
	enum err e;

	buf_init(&text, IMPORT_LINE_MAX);
	while (l->at < l->n && l->wanted[l->at] < number)
		l->at++;
	if (l->at == l->n || l->wanted[l->at] != number)
		return ERR_OK;
	for (size_t i = 0; i < row->n; i++) {
		if (i)
			buf_str(&text, ",");
		csv_cell(&text, row->cell[i].text);
	}
	if (buf_failed(&text) || !import_keeps_line(&l->bytes, text.len))
		return ERR_OK;
	e = stage_line(l->s->out.rows, number, text.data, info);
	if (e != ERR_OK || stage_rows_bytes(l->s->out.rows) <= SEND_BYTES)
		return e;
	return stage_send(l->s->st, l->s->out.rows, info);
}

enum err sheets_keep_lines(struct sheets *s, const int64_t *wanted, size_t n, struct err_info *info)
{
	struct lines l = { s, wanted, n, 0, 0 };
	enum err e;

	if (!s->book.xlsx || !n)
		return ERR_OK;
	e = import_xlsx_lines(s->book.xlsx, on_line, &l, info);
	if (e != ERR_OK && e != ERR_MALFORMED && e != ERR_TOO_BIG)
		return e;
	return stage_send(s->st, s->out.rows, info);
}
