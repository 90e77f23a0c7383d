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

#define PARTS       3
#define FIELD_BYTES (3 * DECLARED_NAME)

/* What a sheet says, kept until the county and the period are known. */
struct line {
	int64_t row;
	char field[FIELD_BYTES];
	char unit[16];
	enum sheet_cell_kind kind;
	char *value; /* owned; NULL when the cell is empty */
};

struct lines {
	const struct sheet_map *map;
	int field, value, unit; /* places of columns; unit may be -1 */
	struct line *line;
	size_t n;
	bool too_many;
};

static void release(struct lines *lines)
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

static enum err on_row(const struct sheet_row *row, void *context, struct err_info *info)
{
	struct lines *lines = context;
	struct line *line = &lines->line[lines->n];
	const struct sheet_cell *value;

	if (row->row <= lines->map->last_header)
		return ERR_OK;
	if (lines->n == COUNTY_CELLS_MAX) {
		lines->too_many = true;
		return ERR_OK;
	}
	*line = (struct line){ .row = row->row };
	copy_cell(row, lines->field, line->field, sizeof(line->field));
	copy_cell(row, lines->unit, line->unit, sizeof(line->unit));
	if (!line->field[0])
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

static const struct line *find_line(const struct lines *lines, const char *field)
{
	for (size_t i = 0; i < lines->n; i++) {
		if (str_equal(lines->line[i].field, field))
			return &lines->line[i];
	}
	return NULL;
}

static struct sheet_cell cell_of(const struct line *line)
{
	const char *text = line->value ? line->value : "";

	return (struct sheet_cell){ line->value || line->kind == SHEET_LONG ? line->kind
									    : SHEET_EMPTY,
				    text, strlen(text) };
}

/* --- whose it is -------------------------------------------------------------------------- */

/* false: noted. */
static bool read_key(struct reader *r, const struct lines *lines, const char *key, char *out,
		     size_t digits)
{
	const struct line *line = find_line(lines, key);
	char text[SHEET_TEXT_BYTES];
	struct sheet_cell cell;
	bool ok = false;
	size_t mark;

	if (!line || !(line->value || line->kind == SHEET_LONG)) {
		reader_missing(r, key);
		return false;
	}
	cell = cell_of(line);
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

/* --- the document ------------------------------------------------------------------------- */

struct parts {
	int n;
	char text[PARTS][DECLARED_NAME];
};

static bool split(const char *field, struct parts *out)
{
	out->n = 0;
	while (out->n < PARTS) {
		const size_t len = strcspn(field, ".");

		if (!len || len >= DECLARED_NAME)
			return false;
		memcpy(out->text[out->n], field, len);
		out->text[out->n++][len] = '\0';
		if (!field[len])
			return out->n > 1;
		field += len + 1;
	}
	return false;
}

struct document {
	struct reader *r;
	struct import_xlsx *x;
	const struct standard *standard;
	json_t *items;
	int subject; /* that the last row was of, 0: none */
	bool failed; /* no memory */
};

/* The member of that name, made when it is not there. Borrowed. */
static json_t *child(struct document *d, json_t *parent, const char *name, bool array)
{
	json_t *found = json_object_get(parent, name);

	if (found)
		return found;
	found = array ? json_array() : json_object();
	if (json_object_set_new(parent, name, found))
		d->failed = true;
	return d->failed ? NULL : found;
}

static json_t *number_of(const char *text)
{
	int64_t whole = 0;

	return str_to_int64(text, &whole) ? json_integer(whole) : json_real(strtod(text, NULL));
}

static json_t *read_number(struct document *d, const struct sheet_cell *cell, int power)
{
	char text[SHEET_TEXT_BYTES];

	return sheet_cell_number(d->r, cell, power, text) ? number_of(text) : NULL;
}

static json_t *read_flag(struct document *d, const struct sheet_cell *cell)
{
	static const char *const yes[] = { "是", "TRUE", "true", "已确认", "1" };
	static const char *const no[] = { "否", "FALSE", "false", "0" };
	char text[SHEET_TEXT_BYTES];

	if (!sheet_cell_text(d->r, cell, text))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (str_equal(yes[i], text))
			return json_true();
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		if (str_equal(no[i], text))
			return json_false();
	}
	reader_problem(d->r, "not_allowed", "须为 是 或 否 / must be 是 (yes) or 否 (no)");
	return NULL;
}

static json_t *read_text(struct document *d, const struct sheet_cell *cell)
{
	char text[SHEET_TEXT_BYTES];

	return sheet_cell_words(d->r, cell, text) ? json_string(text) : NULL;
}

/* A figure of an item: in 万元 it may be, where it is money. */
static json_t *read_figure(struct document *d, const struct declared_field *field,
			   const struct line *line)
{
	const struct office_unit *unit = office_unit_find(line->unit);
	const struct sheet_cell cell = cell_of(line);

	if (field->flag)
		return read_flag(d, &cell);
	if (field->unit == UNIT_COUNT || !line->unit[0])
		return read_number(d, &cell, 0);
	if (unit && unit->unit == field->unit)
		return read_number(d, &cell, unit->power);
	reader_problem(d->r, "unknown_unit", "%s", column_problem_texts[COLUMN_WRONG_UNIT].detail);
	return NULL;
}

static json_t *read_member(struct document *d, const struct parts *p, const struct line *line)
{
	const int i = standard_item(d->standard, p->text[0]);
	const char *last = p->text[p->n - 1];
	const struct sheet_cell cell = cell_of(line);
	const struct item_rule *rule = i < 0 ? NULL : &d->standard->items[i];
	int f = -1;

	if (rule && p->n == 2)
		f = declared_field_find(rule->fields, rule->fields_n, last);
	if (f >= 0)
		return read_figure(d, &rule->fields[f], line);
	if (p->n == 2 || str_equal(last, "subject") || str_equal(last, "level"))
		return read_text(d, &cell);
	return read_number(d, &cell, 0);
}

/* A subject's rows follow one another: a new number is a new element. */
static json_t *subject(struct document *d, json_t *item, const char *number)
{
	json_t *subjects = child(d, item, "subjects", true);
	int64_t n = 0;

	if (!subjects || !str_to_int64(number, &n) || n < 1 || n > SUBJECTS_MAX)
		return NULL;
	if (n != d->subject && json_array_append_new(subjects, json_object()))
		d->failed = true;
	d->subject = (int)n;
	return json_array_get(subjects, json_array_size(subjects) - 1);
}

static bool is_number(const char *text)
{
	return *text >= '0' && *text <= '9';
}

static void enter_group(struct document *d, const struct parts *p)
{
	(void)reader_enter(d->r, "groups");
	(void)reader_enter(d->r, p->text[1]);
}

/* Where the row's figure goes; the reader stands there. NULL: the field is none (noted). */
static json_t *place_of(struct document *d, const struct parts *p)
{
	json_t *item = child(d, d->items, p->text[0], false);
	json_t *subjects;

	(void)reader_enter(d->r, p->text[0]);
	if (p->n == 2 || !item)
		return item;
	if (!is_number(p->text[1])) {
		enter_group(d, p);
		item = child(d, item, "groups", false);
		return item ? child(d, item, p->text[1], false) : NULL;
	}
	item = subject(d, item, p->text[1]);
	subjects = json_object_get(json_object_get(d->items, p->text[0]), "subjects");
	(void)reader_enter(d->r, "subjects");
	(void)reader_enter_index(d->r, json_array_size(subjects) - 1);
	return item;
}

static void note_cell(struct document *d, int64_t row)
{
	struct county_cell *cell = &d->x->cells[d->x->cells_n++];

	cell->row = row;
	str_copy(cell->pointer, sizeof(cell->pointer), d->r->at.text);
}

/* A row whose cell is empty is remembered, too: there what is missing would be. */
static void remember(struct document *d, const struct parts *p, int64_t row)
{
	(void)reader_enter(d->r, p->text[0]);
	if (p->n == PARTS && !is_number(p->text[1]))
		enter_group(d, p);
	if (p->n == 2 || !is_number(p->text[1])) {
		(void)reader_enter(d->r, p->text[p->n - 1]);
		note_cell(d, row);
	}
}

static void take_line(struct document *d, const struct line *line)
{
	struct parts p;
	json_t *place, *value;

	if (!split(line->field, &p)) {
		(void)reader_enter(d->r, line->field);
		note_cell(d, line->row);
		reader_problem(d->r, "unknown_field", "没有此字段 / no such field");
		return;
	}
	if (!line->value && line->kind != SHEET_LONG) {
		remember(d, &p, line->row);
		return;
	}
	place = place_of(d, &p);
	(void)reader_enter(d->r, p.text[p.n - 1]);
	note_cell(d, line->row);
	if (!place) {
		reader_problem(d->r, "unknown_field", "没有此字段 / no such field");
		return;
	}
	if (json_object_get(place, p.text[p.n - 1])) {
		reader_problem(d->r, "duplicate_key", "重复 / is there twice");
		return;
	}
	value = read_member(d, &p, line);
	if (value && json_object_set_new(place, p.text[p.n - 1], value))
		d->failed = true;
}

/* Items of which nothing was told are not there. */
static void take_lines(struct document *d, const struct lines *lines)
{
	const size_t top = reader_enter(d->r, "items");
	const size_t mark = d->r->at.len;

	for (size_t i = 0; i < lines->n && !d->failed; i++) {
		if (str_equal(lines->line[i].field, "county") ||
		    str_equal(lines->line[i].field, "period"))
			continue;
		take_line(d, &lines->line[i]);
		reader_leave(d->r, mark);
	}
	reader_leave(d->r, top);
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

static enum err read_document(struct import_xlsx *x, struct reader *r, const struct lines *lines,
			      const struct standard *standard)
{
	auto_json json_t *root = json_object();
	struct document d = { .r = r, .x = x, .standard = standard, .items = json_object() };
	size_t before;
	enum err e;

	if (!root || !d.items || json_object_set_new(root, "items", d.items))
		return ERR_NOMEM;
	take_lines(&d, lines);
	if (d.failed)
		return ERR_NOMEM;
	before = x->problems.n;
	e = county_report_from_tree(r, root, standard, &x->scratch, &x->row.document);
	drop_repeated(&x->problems, before);
	return e == ERR_NOMEM ? e : ERR_OK;
}

static void note_key(struct import_xlsx *x, const struct lines *lines, const char *key)
{
	const struct line *line = find_line(lines, key);
	struct county_cell *cell = &x->cells[x->cells_n];

	if (!line || snprintf(cell->pointer, sizeof(cell->pointer), "/%s", key) < 0)
		return;
	cell->row = line->row;
	x->cells_n++;
}

static enum err read_report(struct import_xlsx *x, struct reader *r, const struct lines *lines)
{
	struct import_row *row = &x->row;
	const struct standard *standard;
	const bool has_county = read_key(r, lines, "county", row->county, COUNTY_CODE - 1);
	const bool has_period = read_key(r, lines, "period", row->period, PERIOD_CODE - 1);

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

static enum err read_lines(struct import_xlsx *x, int sheet, struct lines *lines,
			   struct err_info *info)
{
	const struct line *county;
	struct reader r;
	int64_t number;
	enum err e = workbook_read(x->wb, sheet, on_row, lines, info);

	if (e != ERR_OK)
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
	struct lines lines = { .map = x->maps[sheet] };
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
