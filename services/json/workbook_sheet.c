/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a sheet, and its merged ranges. */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "json/workbook_parts.h"
#include "json/workbook_text.h"
#include "json/workbook_xml.h"

enum element { ROOT = 1, DATA, ROW, CELL, FORMULA, VALUE, INLINE, RUN, TEXT, MERGES, MERGE };

/* Of both: a pass that wants rows does not look at ranges, and the other way round. */
static const struct xml_rule row_rules[] = {
	{ XML_TOP, "worksheet", ROOT }, { ROOT, "sheetData", DATA },
	{ DATA, "row", ROW },           { ROW, "c", CELL },
	{ CELL, "f", FORMULA },         { CELL, "v", VALUE },
	{ CELL, "is", INLINE },         { INLINE, "t", TEXT },
	{ INLINE, "r", RUN },           { RUN, "t", TEXT },
};

static const struct xml_rule merge_rules[] = {
	{ XML_TOP, "worksheet", ROOT },
	{ ROOT, "mergeCells", MERGES },
	{ MERGES, "mergeCell", MERGE },
};

/* What a cell's t says (ECMA-376, 18.18.11 ST_CellType). */
enum type { NUMBER, SHARED, BOOLEAN, ERROR, FORMULA_TEXT, INLINE_TEXT, DATE };

static const struct {
	const char *name;
	enum type type;
} types[] = {
	{ "n", NUMBER }, { "s", SHARED },         { "b", BOOLEAN },
	{ "e", ERROR },  { "str", FORMULA_TEXT }, { "inlineStr", INLINE_TEXT },
	{ "d", DATE },
};

struct rows {
	struct workbook *wb;
	sheet_row_fn *fn;
	void *context;
	int64_t row;    /* the one being read; 0: none was */
	int64_t column; /* -1: none was, of this row */
	enum type type;
	enum shown shown; /* the cell is, if it is a number */
	bool formula;     /* it has one, … */
	bool result;      /* … and a value */
	bool too_long;    /* the cell's text */
	size_t len;
	char value[WORKBOOK_TEXT + 1]; /* of the cell */
	size_t n;                      /* cells of this row, up to the last that is not empty */
	struct sheet_cell cell[WORKBOOK_COLUMNS];
	bool own[WORKBOOK_COLUMNS];  /* its text is in `text`: until the row's end, at */
	size_t at[WORKBOOK_COLUMNS]; /* this place */
	struct buf text;
};

/* Something is wrong with the cell, or with the row. */
static enum err bad_place(const struct rows *r, struct err_info *info, const char *zh,
			  const char *en)
{
	char place[SHEET_CELL_NAME];

	sheet_cell_name(r->row, r->column < 0 ? 0 : (size_t)r->column, place, sizeof(place));
	return err_at(info, ERR_MALFORMED, "", "damaged",
		      "工作簿已损坏:%s (%s) / the workbook is damaged: %s (%s)", zh, place, en,
		      place);
}

static enum err beyond(const struct rows *r, struct err_info *info)
{
	char place[SHEET_CELL_NAME];

	sheet_cell_name(r->row, (size_t)r->column, place, sizeof(place));
	return err_at(info, ERR_TOO_BIG, "", "too_large",
		      "%s:一个工作表最多 %d 行、%d 列 / a sheet has at most %d rows and %d columns",
		      place, WORKBOOK_ROWS, WORKBOOK_COLUMNS, WORKBOOK_ROWS, WORKBOOK_COLUMNS);
}

/* --- where rows and cells are --------------------------------------------------------------- */

static enum err begin_row(struct rows *r, const char **attrs, struct err_info *info)
{
	const char *number = xml_attr(attrs, "r");
	int64_t row = r->row + 1;

	r->column = -1;
	if (number && !str_to_int64(number, &row))
		row = 0;
	if (row <= r->row || row > SHEET_LAST_ROW)
		return bad_place(r, info, "行号有误", "the number of the row behind");
	r->row = row;
	r->n = 0;
	r->text.len = 0;
	return ERR_OK;
}

static enum err begin_cell(struct rows *r, const char **attrs, struct err_info *info)
{
	const char *place = xml_attr(attrs, "r");
	const char *type = xml_attr(attrs, "t");
	const char *style = xml_attr(attrs, "s");
	size_t column = (size_t)(r->column + 1);
	int64_t row = r->row;

	if (place && !cell_place(place, strlen(place), &row, &column))
		row = 0;
	if (row != r->row || (int64_t)column <= r->column || column >= SHEET_LAST_COLUMN)
		return bad_place(r, info, "单元格的位置有误", "the place of the cell behind");
	r->column = (int64_t)column;
	r->len = 0;
	r->too_long = r->formula = r->result = false;
	r->shown = style ? styles_show(&r->wb->styles, style) : SHOWN_PLAIN;
	r->type = NUMBER;
	for (size_t i = 0; type && i < ARRAY_LEN(types); i++) {
		if (str_equal(types[i].name, type)) {
			r->type = types[i].type;
			return ERR_OK;
		}
	}
	return type ? bad_place(r, info, "单元格的类型未知", "a cell of an unknown type") : ERR_OK;
}

/* --- what is in them ------------------------------------------------------------------------ */

/* Numbers are written with blanks around them by some. */
static void trim(struct rows *r)
{
	const char *const blank = " \t\r\n";
	size_t from;

	while (r->len && strchr(blank, r->value[r->len - 1]))
		r->len--;
	r->value[r->len] = '\0';
	from = strspn(r->value, blank);
	r->len -= from;
	memmove(r->value, r->value + from, r->len + 1);
}

static enum err keep(struct rows *r, enum sheet_cell_kind kind, const char *text, size_t len,
		     struct err_info *info)
{
	const size_t column = (size_t)r->column;

	if (kind == SHEET_EMPTY)
		return ERR_OK;
	if (r->row > WORKBOOK_ROWS || column >= WORKBOOK_COLUMNS)
		return beyond(r, info);
	while (r->n <= column) {
		r->cell[r->n] = (struct sheet_cell){ SHEET_EMPTY, "", 0 };
		r->own[r->n++] = false;
	}
	r->cell[column] = (struct sheet_cell){ kind, text, len };
	return ERR_OK;
}

/* The same of a text that is there for this cell only: it is copied. */
static enum err keep_copy(struct rows *r, enum sheet_cell_kind kind, const char *text, size_t len,
			  struct err_info *info)
{
	const enum err e = keep(r, len ? kind : SHEET_EMPTY, "", len, info);

	if (e != ERR_OK || !len)
		return e;
	r->own[r->column] = true;
	r->at[r->column] = r->text.len;
	buf_add(&r->text, text, len);
	buf_add(&r->text, "", 1);
	return r->text.err;
}

static enum err end_shared(struct rows *r, struct err_info *info)
{
	struct sheet_cell cell;
	int64_t i;

	trim(r);
	if (!str_to_int64(r->value, &i) || i < 0 || !strings_get(&r->wb->strings, (size_t)i, &cell))
		return bad_place(r, info, "没有此文本", "a text that is not there");
	return keep(r, cell.kind, cell.text, cell.len, info);
}

static enum err end_number(struct rows *r, struct err_info *info)
{
	static const enum sheet_cell_kind kinds[] = { [SHOWN_PLAIN] = SHEET_NUMBER,
						      [SHOWN_AS_DATE] = SHEET_DATE,
						      [SHOWN_AS_PERCENT] = SHEET_PERCENT,
						      [SHOWN_SCALED] = SHEET_SCALED };
	char number[NUMBER_TEXT];

	trim(r);
	if (!r->len)
		return ERR_OK;
	if (!number_text(r->value, number))
		return bad_place(r, info, "不是数值", "a number that is none");
	return keep_copy(r, kinds[r->shown], number, strlen(number), info);
}

static enum err end_bool(struct rows *r, struct err_info *info)
{
	trim(r);
	if (str_equal(r->value, "1") || str_equal(r->value, "true"))
		return keep(r, SHEET_BOOL, "TRUE", 4, info);
	if (str_equal(r->value, "0") || str_equal(r->value, "false"))
		return keep(r, SHEET_BOOL, "FALSE", 5, info);
	return r->len ? bad_place(r, info, "不是逻辑值", "a TRUE or FALSE that is none") : ERR_OK;
}

static enum err end_text(struct rows *r, struct err_info *info)
{
	return keep_copy(r, r->type == ERROR ? SHEET_ERROR : SHEET_TEXT, r->value,
			 text_unescape(r->value, r->len), info);
}

static enum err end_cell(struct rows *r, struct err_info *info)
{
	const bool is_text = r->type == FORMULA_TEXT || r->type == INLINE_TEXT || r->type == DATE;

	if (r->formula && !r->result)
		return keep(r, SHEET_ERROR, SHEET_UNCALCULATED, 1, info);
	if (r->too_long)
		return is_text ? keep(r, SHEET_LONG, "", 0, info)
			       : bad_place(r, info, "值过长", "a value that is too long");
	r->value[r->len] = '\0';
	if (is_text || r->type == ERROR)
		return end_text(r, info);
	if (!r->len)
		return ERR_OK;
	if (r->type == SHARED)
		return end_shared(r, info);
	return r->type == BOOLEAN ? end_bool(r, info) : end_number(r, info);
}

static enum err end_row(struct rows *r, struct err_info *info)
{
	const struct sheet_row row = { r->row, r->n, r->cell };

	if (!r->n)
		return ERR_OK;
	/* Only now does the buffer stay where it is. */
	for (size_t i = 0; i < r->n; i++) {
		if (r->own[i])
			r->cell[i].text = r->text.data + r->at[i];
	}
	return r->fn(&row, r->context, info);
}

/* --- the pass over rows ----------------------------------------------------------------------- */

static enum err on_start(void *context, int element, const char **attrs, struct err_info *info)
{
	struct rows *r = context;

	if (element == ROW)
		return begin_row(context, attrs, info);
	r->formula = r->formula || element == FORMULA;
	r->result = r->result || element == VALUE;
	return element == CELL ? begin_cell(context, attrs, info) : ERR_OK;
}

static enum err on_text(void *context, int element, const char *text, size_t len,
			struct err_info *info)
{
	struct rows *r = context;

	(void)info;
	if (element != (r->type == INLINE_TEXT ? TEXT : VALUE))
		return ERR_OK;
	if (len > WORKBOOK_TEXT - r->len) {
		r->too_long = true;
		return ERR_OK;
	}
	memcpy(r->value + r->len, text, len);
	r->len += len;
	return ERR_OK;
}

static enum err on_end(void *context, int element, struct err_info *info)
{
	if (element == CELL)
		return end_cell(context, info);
	return element == ROW ? end_row(context, info) : ERR_OK;
}

enum err workbook_read(struct workbook *wb, int sheet, sheet_row_fn *fn, void *context,
		       struct err_info *info)
{
	static const struct xml_reader reader = {
		.what = "sheet",
		.namespaces = xml_spreadsheet,
		.rules = row_rules,
		.n = ARRAY_LEN(row_rules),
		.start = on_start,
		.end = on_end,
		.text = on_text,
	};
	struct rows *auto_free r = calloc(1, sizeof(*r));
	enum err e;

	if (!r)
		return ERR_NOMEM;
	r->wb = wb;
	r->fn = fn;
	r->context = context;
	buf_init(&r->text, (size_t)WORKBOOK_COLUMNS * (WORKBOOK_TEXT + 1));
	e = xml_read(wb->package, wb->sheet[sheet].part, &reader, r, info);
	buf_release(&r->text);
	return e;
}

/* --- the pass over merged ranges -------------------------------------------------------------- */

struct merges {
	struct sheet_range *range;
	size_t n, room;
};

/* "A1:C2" */
static bool read_range(const char *text, struct sheet_range *out)
{
	const char *colon = strchr(text, ':');
	const size_t first = colon ? (size_t)(colon - text) : strlen(text);
	const char *last = colon ? colon + 1 : text;

	return cell_place(text, first, &out->row, &out->column) &&
	       cell_place(last, strlen(last), &out->last_row, &out->last_column) &&
	       out->row <= out->last_row && out->column <= out->last_column;
}

static enum err on_merge(void *context, int element, const char **attrs, struct err_info *info)
{
	const char *ref = xml_attr(attrs, "ref");
	struct merges *m = context;
	struct sheet_range range;

	if (element != MERGE)
		return ERR_OK;
	if (!ref || !read_range(ref, &range))
		return err_at(info, ERR_MALFORMED, "", "damaged",
			      "工作簿已损坏:合并单元格 / the workbook is damaged: merged cells");
	if (m->n == WORKBOOK_MERGES)
		return err_at(info, ERR_TOO_BIG, "", "too_large",
			      "合并单元格超过 %d 处 / more than %d merged ranges", WORKBOOK_MERGES,
			      WORKBOOK_MERGES);
	if (m->n == m->room) {
		const size_t room = m->room ? 2 * m->room : 64;
		struct sheet_range *grown = realloc(m->range, room * sizeof(*grown));

		if (!grown)
			return ERR_NOMEM;
		m->range = grown;
		m->room = room;
	}
	m->range[m->n++] = range;
	return ERR_OK;
}

enum err workbook_merges(struct workbook *wb, int sheet, struct sheet_range **ret_ranges,
			 size_t *ret_n, struct err_info *info)
{
	static const struct xml_reader reader = {
		.what = "sheet",
		.namespaces = xml_spreadsheet,
		.rules = merge_rules,
		.n = ARRAY_LEN(merge_rules),
		.start = on_merge,
	};
	struct merges m = { 0 };
	const enum err e = xml_read(wb->package, wb->sheet[sheet].part, &reader, &m, info);

	if (e != ERR_OK) {
		free(m.range);
		return e;
	}
	*ret_ranges = m.range;
	*ret_n = m.n;
	return ERR_OK;
}
