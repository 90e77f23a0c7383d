/* SPDX-License-Identifier: Apache-2.0 */
/* The form as a workbook: a sheet a table, with real numbers, ready for A4 paper.
 *
 *	row 1      the title, over all columns
 *	row 2      county, school year, standard, version
 *	row 3      headings; it and what is above stay on screen and on every page
 *	row 4 …    the table
 *	last row   a note
 *
 * Rows go to a temporary file as they are written, so memory stays small however many schools
 * there are. Texts are written as texts: a name that begins with = is no formula. */
#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "api/form_model.h"
#include "api/xlsx_file.h"
#include "base/auto.h"

#define HEADING_ROW  2
#define FIRST_ROW    3
#define DECIMALS_MAX 3
#define A4           9
#define NOTE_HEIGHT  30
#define TITLE_BYTES  1024
#define SECOND_US    1000000

/* Places of the formats. */
enum {
	TITLE,
	SUBTITLE,
	NOTE,
	HEADING,
	TEXT,
	STATUSES,
	NUMBERS = STATUSES + STATUS_COUNT,
	FORMATS = NUMBERS + DECIMALS_MAX + 1
};

struct sheet {
	lxw_worksheet *to;
	const struct form *form;
	const struct form_table *table;
	lxw_format *const *formats;
};

static bool make_formats(lxw_workbook *book, lxw_format *f[FORMATS])
{
	static const char *const shapes[DECIMALS_MAX + 1] = { "0", "0.0", "0.00", "0.000" };

	for (int i = 0; i < FORMATS; i++) {
		f[i] = workbook_add_format(book);
		if (!f[i])
			return false;
	}
	format_set_bold(f[TITLE]);
	format_set_font_size(f[TITLE], 14);
	format_set_align(f[TITLE], LXW_ALIGN_CENTER);
	format_set_align(f[SUBTITLE], LXW_ALIGN_CENTER);
	format_set_text_wrap(f[NOTE]);
	format_set_align(f[NOTE], LXW_ALIGN_VERTICAL_TOP);
	xlsx_set_border(f[HEADING], LXW_ALIGN_CENTER);
	format_set_bold(f[HEADING]);
	format_set_text_wrap(f[HEADING]);
	xlsx_set_border(f[TEXT], LXW_ALIGN_LEFT);
	format_set_text_wrap(f[TEXT]);
	for (int i = 0; i < STATUS_COUNT; i++)
		xlsx_set_border(f[STATUSES + i], LXW_ALIGN_CENTER);
	format_set_bold(f[STATUSES + STATUS_NOT_MET]);
	format_set_font_color(f[STATUSES + STATUS_NOT_MET], LXW_COLOR_RED);
	for (int i = 0; i <= DECIMALS_MAX; i++) {
		xlsx_set_border(f[NUMBERS + i], LXW_ALIGN_RIGHT);
		format_set_num_format(f[NUMBERS + i], shapes[i]);
	}
	return true;
}

static lxw_error write_cell(const struct sheet *s, lxw_row_t row, lxw_col_t column,
			    const struct form_cell *cell)
{
	static const double powers[DECIMALS_MAX + 1] = { 1, 10, 100, 1000 };
	char number[FORM_NUMBER_TEXT];
	const char *text = form_cell_text(s->form, cell, number);

	switch (cell->kind) {
	case FORM_NUMBER:
		return worksheet_write_number(s->to, row, column,
					      (double)cell->scaled / powers[cell->decimals],
					      s->formats[NUMBERS + cell->decimals]);
	case FORM_TEXT:
		return xlsx_text(s->to, row, column, text, s->formats[TEXT]);
	case FORM_STATUS:
		return xlsx_text(s->to, row, column, text,
				 s->formats[STATUSES + (int)cell->status]);
	case FORM_EMPTY:
	case FORM_KINDS:
		break;
	}
	return worksheet_write_blank(s->to, row, column, s->formats[TEXT]);
}

static lxw_error write_rows(const struct sheet *s)
{
	const struct form_table *t = s->table;
	lxw_error e = LXW_NO_ERROR;

	for (size_t i = 0; i < t->columns_n && e == LXW_NO_ERROR; i++)
		e = xlsx_text(s->to, HEADING_ROW, (lxw_col_t)i, t->columns[i].zh,
			      s->formats[HEADING]);
	for (size_t i = 0; i < t->n && e == LXW_NO_ERROR; i++)
		e = write_cell(s, FIRST_ROW + (lxw_row_t)(i / t->columns_n),
			       (lxw_col_t)(i % t->columns_n), &t->cells[i]);
	return e;
}

/* A text over all columns. */
static lxw_error write_line(const struct sheet *s, lxw_row_t row, const char *text, int format)
{
	return xlsx_text_over(s->to, row, 0, row, (lxw_col_t)(s->table->columns_n - 1), text,
			      s->formats[format]);
}

static lxw_error write_titles(const struct sheet *s)
{
	const struct form_county *c = s->form->county;
	const struct form_title *title = &form_titles[s->table->id];
	char text[TITLE_BYTES];
	lxw_error e;

	if (snprintf(text, sizeof(text), "%s %s", title->name, title->zh) < 0)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	e = write_line(s, 0, text, TITLE);
	if (e != LXW_NO_ERROR)
		return e;
	if (snprintf(text, sizeof(text), "%s(%s)  学年 %s  标准 %s 第 %lld 版  数据版本 %lld",
		     c->name, c->facts.county, c->facts.period, c->standard->id,
		     (long long)c->standard->version, (long long)c->facts.version) < 0)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	return write_line(s, 1, text, SUBTITLE);
}

static lxw_error write_note(const struct sheet *s)
{
	const lxw_row_t row = FIRST_ROW + (lxw_row_t)form_rows(s->table);
	const lxw_error e = worksheet_set_row(s->to, row, NOTE_HEIGHT, NULL);

	return e == LXW_NO_ERROR ? write_line(s, row, form_titles[s->table->id].note, NOTE) : e;
}

static lxw_error set_up(const struct sheet *s)
{
	lxw_error e = LXW_NO_ERROR;

	for (size_t i = 0; i < s->table->columns_n && e == LXW_NO_ERROR; i++)
		e = worksheet_set_column(s->to, (lxw_col_t)i, (lxw_col_t)i,
					 s->table->columns[i].width, NULL);
	worksheet_freeze_panes(s->to, FIRST_ROW, 0);
	worksheet_set_landscape(s->to);
	worksheet_set_paper(s->to, A4);
	worksheet_fit_to_pages(s->to, 1, 0);
	worksheet_center_horizontally(s->to);
	if (e == LXW_NO_ERROR)
		e = worksheet_repeat_rows(s->to, 0, HEADING_ROW);
	return e == LXW_NO_ERROR ? worksheet_set_footer(s->to, "&C&P / &N") : e;
}

static lxw_error write_sheet(lxw_workbook *book, const struct form *form,
			     const struct form_table *t, lxw_format *const *formats)
{
	static lxw_error (*const steps[])(const struct sheet *) = { set_up, write_titles,
								    write_rows, write_note };
	const struct sheet s = { workbook_add_worksheet(book, form_titles[t->id].name), form, t,
				 formats };
	lxw_error e = s.to ? LXW_NO_ERROR : LXW_ERROR_MEMORY_MALLOC_FAILED;

	for (size_t i = 0; i < ARRAY_LEN(steps) && e == LXW_NO_ERROR; i++)
		e = steps[i](&s);
	return e;
}

static lxw_error write_book(const char *path, const void *context)
{
	const struct form *form = context;
	/* The library wants to be able to change it, and does not. */
	char title[] = "县域义务教育优质均衡发展申报表";
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	int64_t computed_us = 0;
	/* Not the time of this request: the same figures are the same bytes. */
	const bool known = time_parse(form->county->computed_at, &computed_us);
	lxw_doc_properties properties = { .title = title,
					  .created =
						  known ? (time_t)(computed_us / SECOND_US) : 0 };
	lxw_workbook *book = workbook_new_opt(path, &options);
	lxw_format *formats[FORMATS];
	lxw_error e = LXW_ERROR_MEMORY_MALLOC_FAILED;
	lxw_error closed;

	if (!book)
		return e;
	if (make_formats(book, formats))
		e = workbook_set_properties(book, &properties);
	for (size_t i = 0; i < form->tables_n && e == LXW_NO_ERROR; i++)
		e = write_sheet(book, form, &form->tables[i], formats);
	closed = workbook_close(book);
	return e == LXW_NO_ERROR ? closed : e;
}

enum err form_write_xlsx(const struct form *form, struct buf *out, struct err_info *info)
{
	return xlsx_write(write_book, form, out, info);
}
