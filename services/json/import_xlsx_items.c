/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a county's own report, from the rows of a sheet: see import_xlsx_county.c. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/import_xlsx_parts.h"

#define PARTS 3 /* of a field's name */

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
	json_t *items;    /* borrowed */
	json_t *subjects; /* borrowed: { item: { number: place in its list } } */
	bool failed;      /* no memory */
};

/* The member of that name, made when it is not there; NULL when it is something else. Borrowed. */
static json_t *child(struct document *d, json_t *parent, const char *name, bool array)
{
	json_t *found = json_object_get(parent, name);

	if (found)
		return (array ? json_is_array(found) : json_is_object(found)) ? found : NULL;
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

/* A figure of an item: in 万元 it may be, where it is money. What is counted may be called
 * anything, but not a known unit of something else, or of more than one (万人). */
static json_t *read_figure(struct document *d, const struct declared_field *field,
			   const struct county_line *line)
{
	const struct office_unit *unit = heading_unit(line->unit);
	const struct sheet_cell cell = county_line_cell(line);

	if (field->flag)
		return read_flag(d, &cell);
	if (!line->unit[0] || (field->unit == UNIT_COUNT && !unit))
		return read_number(d, &cell, 0);
	if (unit && unit->unit == field->unit && unit->power != OFFICE_UNIT_STRANGE)
		return read_number(d, &cell, unit->power);
	reader_problem(d->r, "unknown_unit", "%s", column_problem_texts[COLUMN_WRONG_UNIT].detail);
	return NULL;
}

static json_t *read_member(struct document *d, const struct parts *p,
			   const struct county_line *line)
{
	const int i = standard_item(d->standard, p->text[0]);
	const char *last = p->text[p->n - 1];
	const struct sheet_cell cell = county_line_cell(line);
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

/* Where a subject is in its item's list: the next one, when its number comes for the first time.
 * Its rows need not follow one another. -1: that is no subject's number. */
static int subject(struct document *d, const struct parts *p)
{
	json_t *places = child(d, d->subjects, p->text[0], false);
	char number[INT64_TEXT];
	int64_t n = 0;

	if (!places || !str_to_int64(p->text[1], &n) || n < 1 || n > SUBJECTS_MAX)
		return -1;
	str_from_int64(n, number);
	if (!json_object_get(places, number) &&
	    json_object_set_new(places, number, json_integer((json_int_t)json_object_size(places))))
		d->failed = true;
	return (int)json_integer_value(json_object_get(places, number));
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

static void enter_subject(struct document *d, int at)
{
	(void)reader_enter(d->r, "subjects");
	(void)reader_enter_index(d->r, (size_t)at);
}

static json_t *place_of_subject(struct document *d, json_t *item, const struct parts *p)
{
	const int at = subject(d, p);
	json_t *list = at < 0 ? NULL : child(d, item, "subjects", true);

	if (!list) {
		(void)reader_enter(d->r, p->text[1]);
		return NULL;
	}
	enter_subject(d, at);
	if (json_array_size(list) == (size_t)at && json_array_append_new(list, json_object()))
		d->failed = true;
	return json_array_get(list, (size_t)at);
}

/* Where the row's figure goes; the reader stands there. NULL: the field is none (noted). */
static json_t *place_of(struct document *d, const struct parts *p)
{
	json_t *item = child(d, d->items, p->text[0], false);

	(void)reader_enter(d->r, p->text[0]);
	if (p->n == 2 || !item)
		return item;
	if (is_number(p->text[1]))
		return place_of_subject(d, item, p);
	enter_group(d, p);
	item = child(d, item, "groups", false);
	return item ? child(d, item, p->text[1], false) : NULL;
}

void import_xlsx_note_cell(struct import_xlsx *x, const struct reader *r, int64_t row)
{
	struct county_cell *cell = &x->cells[x->cells_n++];

	cell->row = row;
	str_copy(cell->pointer, sizeof(cell->pointer), r->at.text);
}

/* A row whose cell is empty is remembered, too: there what is missing would be. */
static void remember(struct document *d, const struct parts *p, int64_t row)
{
	const int at = p->n == PARTS && is_number(p->text[1]) ? subject(d, p) : -1;

	(void)reader_enter(d->r, p->text[0]);
	if (at >= 0)
		enter_subject(d, at);
	else if (p->n == PARTS)
		enter_group(d, p);
	(void)reader_enter(d->r, p->text[p->n - 1]);
	import_xlsx_note_cell(d->x, d->r, row);
}

static void take_line(struct document *d, const struct county_line *line)
{
	struct parts p;
	json_t *place, *value;
	bool twice;

	if (!line->field[0]) {
		(void)reader_enter_index(d->r, (size_t)line->row);
		import_xlsx_note_cell(d->x, d->r, line->row);
		reader_problem(d->r, "required",
			       "此行的“字段”为空,不知是哪一项的值 / the row's 字段 (field) is "
			       "empty: whose value this is, is not said");
		return;
	}
	if (!split(line->field, &p)) {
		(void)reader_enter(d->r, line->field);
		import_xlsx_note_cell(d->x, d->r, line->row);
		reader_problem(d->r, "unknown_field", "没有此字段 / no such field");
		return;
	}
	if (county_line_is_empty(line)) {
		remember(d, &p, line->row);
		return;
	}
	place = place_of(d, &p);
	(void)reader_enter(d->r, p.text[p.n - 1]);
	twice = place && json_object_get(place, p.text[p.n - 1]);
	if (twice) /* it has a cell of its own */
		(void)reader_enter_index(d->r, d->x->cells_n);
	import_xlsx_note_cell(d->x, d->r, line->row);
	if (!place) {
		reader_problem(d->r, "unknown_field", "没有此字段 / no such field");
		return;
	}
	if (twice) {
		reader_problem(d->r, "duplicate_key", "重复 / is there twice");
		return;
	}
	value = read_member(d, &p, line);
	if (value && json_object_set_new(place, p.text[p.n - 1], value))
		d->failed = true;
}

static void take_lines(struct document *d, const struct county_lines *lines, bool empty)
{
	const size_t mark = d->r->at.len;

	for (size_t i = 0; i < lines->n && !d->failed; i++) {
		const struct county_line *line = &lines->line[i];

		if (county_line_is_key(line) || county_line_is_empty(line) != empty)
			continue;
		take_line(d, line);
		reader_leave(d->r, mark);
	}
}

/* Items of which nothing was told are not there. */
enum err import_xlsx_items(struct import_xlsx *x, struct reader *r,
			   const struct county_lines *lines, const struct standard *standard,
			   json_t *items)
{
	auto_json json_t *subjects = json_object();
	struct document d = { r, x, standard, items, subjects, !subjects };
	const size_t top = reader_enter(r, "items");

	/* Those that are empty last: where they belong, the others say. */
	take_lines(&d, lines, false);
	take_lines(&d, lines, true);
	reader_leave(r, top);
	return d.failed ? ERR_NOMEM : ERR_OK;
}
