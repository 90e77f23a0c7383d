/* SPDX-License-Identifier: Apache-2.0 */
/* A sheet that is one county's own report: a row a figure, told by its field:
 *
 *	county, period            whose it is
 *	G11.moved, G1.evidence    a member of an item
 *	S1.parents.valid          of a group
 *	Q9.1.level                of the first, second … subject
 *
 * They become the document that a client would have sent, and are read as one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/import_xlsx_parts.h"
#include "json/trees.h"

static void release(struct county_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->line[i].value);
	free(lines->line);
}

/* --- rows --------------------------------------------------------------------------------- */

static void copy_cell(const struct sheet_row *row, int column, char *out, size_t size)
{
	out[0] = '\0';
	if (column >= 0 && (size_t)column < row->n)
		heading_trim(row->cell[column].text, out, size);
}

/* A value of which nobody says what it is. Who has filled it in, below, is none. */
static bool is_nameless(const struct sheet_row *row, int value)
{
	if (sheet_cell_is_empty(sheet_row_cell(row, (size_t)value)))
		return false;
	for (size_t i = 0; i < row->n; i++) {
		char text[HEADING_BYTES];

		heading_trim(row->cell[i].text, text, sizeof(text));
		if (row->cell[i].kind == SHEET_TEXT && strchr(text, ':'))
			return false;
	}
	return true;
}

static enum err on_row(const struct sheet_row *row, void *context, struct err_info *info)
{
	struct county_lines *lines = context;
	struct county_line *line = &lines->line[lines->n];
	const struct sheet_cell *value;

	if (row->row <= lines->map->last_header)
		return ERR_OK;
	if (lines->n == COUNTY_CELLS_MAX) {
		lines->too_many = true;
		return ERR_OK;
	}
	*line = (struct county_line){ .row = row->row };
	copy_cell(row, lines->field, line->field, sizeof(line->field));
	copy_cell(row, lines->unit, line->unit, sizeof(line->unit));
	if (!line->field[0] && !is_nameless(row, lines->value))
		return ERR_OK;
	lines->n++;
	if ((size_t)lines->value >= row->n)
		return ERR_OK;
	value = &row->cell[lines->value];
	line->kind = value->kind;
	if (sheet_cell_is_empty(value))
		return ERR_OK;
	line->value = strdup(value->text);
	return line->value ? ERR_OK : err_set(info, ERR_NOMEM, "no memory for rows");
}

static const struct county_line *find_line(const struct county_lines *lines, const char *field)
{
	for (size_t i = 0; i < lines->n; i++) {
		if (str_equal(lines->line[i].field, field))
			return &lines->line[i];
	}
	return NULL;
}

bool county_line_is_key(const struct county_line *line)
{
	return str_equal(line->field, "county") || str_equal(line->field, "period");
}

bool county_line_is_empty(const struct county_line *line)
{
	return !line->value && line->kind != SHEET_LONG;
}

struct sheet_cell county_line_cell(const struct county_line *line)
{
	const char *text = line->value ? line->value : "";

	return (struct sheet_cell){ county_line_is_empty(line) ? SHEET_EMPTY : line->kind, text,
				    strlen(text) };
}

/* --- whose it is -------------------------------------------------------------------------- */

/* false: noted. */
static bool read_key(struct reader *r, const struct county_lines *lines, const char *key, char *out,
		     size_t digits)
{
	const struct county_line *line = find_line(lines, key);
	char text[SHEET_TEXT_BYTES];
	struct sheet_cell cell;
	bool ok = false;
	size_t mark;

	if (!line || county_line_is_empty(line)) {
		reader_missing(r, key);
		return false;
	}
	cell = county_line_cell(line);
	mark = reader_enter(r, key);
	if (sheet_cell_text(r, &cell, text)) {
		char period[PERIOD_CODE];

		if (digits == PERIOD_CODE - 1 && heading_period(text, period))
			str_copy(text, sizeof(text), period);
		ok = str_is_digits(text, digits);
		if (ok)
			str_copy(out, digits + 1, text);
		else
			reader_problem(r, "bad_format", "须为 %zu 位数字 / must be %zu digits",
				       digits, digits);
	}
	reader_leave(r, mark);
	return ok;
}

/* Figures below another county's code are not those of the first. */
static void refuse_repeated(struct import_xlsx *x, struct reader *r,
			    const struct county_lines *lines, const char *key)
{
	const size_t mark = reader_enter(r, key);
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++) {
		const struct county_line *line = &lines->line[i];
		size_t nth;

		if (!str_equal(line->field, key) || county_line_is_empty(line) || !n++)
			continue;
		nth = reader_enter_index(r, n - 1); /* each has its cell */
		import_xlsx_note_cell(x, r, line->row);
		reader_problem(r, "duplicate_key",
			       "一张表只填一个县一个学年 / a sheet is of one county and period");
		reader_leave(r, nth);
	}
	reader_leave(r, mark);
}

/* --- the report --------------------------------------------------------------------------- */

/* Whether a pointer is a place, or within it. */
static bool is_within(const char *pointer, const char *place)
{
	const char end = str_starts(pointer, place) ? pointer[strlen(place)] : '-';

	return end == '\0' || end == '/';
}

/* A figure that could not be read is not missing as well. */
static void drop_repeated(struct problems *problems, size_t first)
{
	size_t n = first;

	for (size_t i = first; i < problems->n; i++) {
		bool repeated = false;

		for (size_t k = 0; k < first; k++)
			repeated |=
				is_within(problems->items[k].pointer, problems->items[i].pointer);
		if (!repeated)
			problems->items[n++] = problems->items[i];
	}
	problems->n = n;
}

static enum err read_document(struct import_xlsx *x, struct reader *r,
			      const struct county_lines *lines, const struct standard *standard)
{
	auto_json json_t *root = json_object();
	json_t *items = json_object(); /* borrowed from root */
	size_t before;
	enum err e;

	if (!root || !items || json_object_set_new(root, "items", items))
		return ERR_NOMEM;
	e = import_xlsx_items(x, r, lines, standard, items);
	if (e != ERR_OK)
		return e;
	before = x->problems.n;
	e = county_report_from_tree(r, root, standard, &x->scratch, &x->row.document);
	drop_repeated(&x->problems, before);
	return e == ERR_NOMEM ? e : ERR_OK;
}

static void note_key(struct import_xlsx *x, const struct county_lines *lines, const char *key)
{
	const struct county_line *line = find_line(lines, key);
	struct county_cell *cell = &x->cells[x->cells_n];

	if (!line || snprintf(cell->pointer, sizeof(cell->pointer), "/%s", key) < 0)
		return;
	cell->row = line->row;
	x->cells_n++;
}

static enum err read_report(struct import_xlsx *x, struct reader *r,
			    const struct county_lines *lines)
{
	struct import_row *row = &x->row;
	const struct standard *standard;
	const bool has_county = read_key(r, lines, "county", row->county, COUNTY_CODE - 1);
	const bool has_period = read_key(r, lines, "period", row->period, PERIOD_CODE - 1);

	refuse_repeated(x, r, lines, "county");
	refuse_repeated(x, r, lines, "period");
	if (lines->too_many)
		reader_problem(r, "too_many", "最多 %d 行 / at most %d rows", COUNTY_CELLS_MAX,
			       COUNTY_CELLS_MAX);
	import_check_period(r, row->period, x->last_period);
	if (!has_county || !has_period)
		return ERR_OK;
	standard = x->standard(row->county, row->period, x->context);
	if (standard)
		return read_document(x, r, lines, standard);
	if (r->found == 0)
		reader_problem(
			r, "no_standard",
			"没有评估该县该学年的标准 / no standard judges this county and period");
	return ERR_OK;
}

/* A template that came back as it went out would take away all that the county has reported. */
static bool has_value(const struct county_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		if (!county_line_is_key(&lines->line[i]) && !county_line_is_empty(&lines->line[i]))
			return true;
	}
	return false;
}

static enum err read_lines(struct import_xlsx *x, int sheet, struct county_lines *lines,
			   struct err_info *info)
{
	const struct county_line *county;
	struct reader r;
	int64_t number;
	enum err e = workbook_read(x->wb, sheet, on_row, lines, info);

	if (e != ERR_OK || !has_value(lines))
		return e;
	county = find_line(lines, "county");
	import_xlsx_clear(x, &r);
	x->cells_n = 0;
	x->cells_sheet = sheet;
	x->at[sheet] = county ? county->row : lines->map->last_header;
	number = import_xlsx_number(sheet, x->at[sheet]);
	note_key(x, lines, "county");
	note_key(x, lines, "period");
	e = read_report(x, &r, lines);
	if (e != ERR_OK)
		return err_set(info, e, "%s", err_text(e));
	x->row.row = number;
	x->row.type = IMPORT_COUNTY_REPORT;
	return x->fn(number, x->problems.n ? NULL : &x->row, &x->problems, x->fn_context, info);
}

enum err import_xlsx_county(struct import_xlsx *x, int sheet, struct err_info *info)
{
	struct county_lines lines = { .map = x->maps[sheet] };
	enum err e = ERR_NOMEM;

	lines.field = sheet_map_role(lines.map, HEADING_FIELD);
	lines.value = sheet_map_role(lines.map, HEADING_VALUE);
	lines.unit = sheet_map_role(lines.map, HEADING_UNIT);
	lines.line = calloc(COUNTY_CELLS_MAX, sizeof(*lines.line));
	x->cells = calloc(COUNTY_CELLS_MAX + 2, sizeof(*x->cells));
	if (lines.line && x->cells)
		e = read_lines(x, sheet, &lines, info);
	release(&lines);
	free(x->cells);
	x->cells = NULL;
	return e;
}
