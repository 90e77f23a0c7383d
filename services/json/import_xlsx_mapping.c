/* SPDX-License-Identifier: Apache-2.0 */
/* What was recognised in a workbook, as a person is shown it; and what they say of it. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/import_xlsx_parts.h"
#include "json/write.h"

/* --- shown -------------------------------------------------------------------------------- */

static void write_problem(struct buf *out, enum column_problem problem)
{
	json_name(out, "problem");
	if (problem == COLUMN_FINE) {
		buf_str(out, "null");
		return;
	}
	buf_str(out, "{");
	json_member_text(out, "code", column_problem_texts[problem].code);
	json_member_text(out, "detail", column_problem_texts[problem].detail);
	buf_str(out, "}");
}

static void write_column(struct buf *out, const struct sheet_column *c, size_t at)
{
	char letters[SHEET_CELL_NAME];
	int64_t factor = 1;

	sheet_cell_name(1, at, letters, sizeof(letters));
	letters[strlen(letters) - 1] = '\0';
	for (int i = 0; c->unit && i < c->unit->power; i++)
		factor *= 10;
	buf_str(out, "{");
	json_member_text(out, "column", letters);
	json_member_text(out, "heading", c->heading);
	json_member_text_or_null(out, "field",
				 sheet_column_is_read(c) ? sheet_column_name(c) : NULL);
	json_member_text_or_null(out, "unit", c->unit ? c->unit->zh : NULL);
	json_member_int(out, "factor", factor);
	json_name(out, "first");
	buf_str(out, "[");
	for (int i = 0; i < SHEET_FIRST && c->first[i][0]; i++) {
		if (i)
			buf_str(out, ",");
		json_text(out, c->first[i]);
	}
	buf_str(out, "]");
	write_problem(out, c->problem);
	buf_str(out, "}");
}

static void write_sheet(const struct import_xlsx *x, int sheet, struct buf *out)
{
	const struct sheet_map *map = x->maps[sheet];
	const bool read = import_xlsx_is_read(x, sheet);
	bool any = false;

	buf_str(out, "{");
	json_member_text(out, "sheet", workbook_sheet_name(x->wb, sheet));
	json_member_bool(out, "hidden", workbook_sheet_hidden(x->wb, sheet));
	json_member_text_or_null(out, "form", read ? sheet_form_names[map->form] : NULL);
	json_name(out, "header_rows");
	buf_str(out, "[");
	for (int64_t r = map->header; r && r <= map->last_header; r++)
		buf_printf(out, "%s%lld", r > map->header ? "," : "", (long long)r);
	buf_str(out, "]");
	json_member_text_or_null(out, "period",
				 read && map->form == SHEET_FORM_SCHOOLS &&
						 sheet_map_column(map, COLUMN_PERIOD) < 0
					 ? import_xlsx_period(x, sheet)
					 : NULL);
	json_name(out, "columns");
	buf_str(out, "[");
	for (size_t c = 0; c < map->n; c++) {
		if (!map->at[c].heading[0])
			continue;
		if (any)
			buf_str(out, ",");
		write_column(out, &map->at[c], c);
		any = true;
	}
	buf_str(out, "]}");
}

void import_xlsx_write_mapping(const struct import_xlsx *x, struct buf *out)
{
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	const bool settled = problems && import_xlsx_is_settled(x, problems, NULL);

	buf_str(out, "{");
	json_member_bool(out, "settled", settled);
	json_name(out, "sheets");
	buf_str(out, "[");
	for (int i = 0; i < x->sheets; i++) {
		if (i)
			buf_str(out, ",");
		write_sheet(x, i, out);
	}
	buf_str(out, "]");
	json_name(out, "to_settle");
	buf_str(out, "[");
	for (size_t i = 0; problems && i < problems->n; i++) {
		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "pointer", problems->items[i].pointer);
		json_member_text(out, "code", problems->items[i].code);
		json_member_text(out, "detail", problems->items[i].detail);
		buf_str(out, "}");
	}
	buf_str(out, "]}");
}

/* --- chosen ------------------------------------------------------------------------------- */

/* "F" is 5; false when it is no column of the map. */
static bool column_of(const char *letters, const struct sheet_map *map, size_t *out)
{
	const size_t n = strlen(letters);
	size_t column = 0;

	if (!n || n > 2 || strspn(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
		return false;
	for (; *letters; letters++)
		column = column * 26 + (size_t)(*letters - 'A') + 1;
	*out = column - 1;
	return column <= map->n;
}

/* Who has the field by its heading alone makes way for whom it was given to. Two whom it was given
 * to are doubled: see sheet_map_settle(). */
static void give_way(struct sheet_map *map, size_t chosen)
{
	const struct sheet_column *c = &map->at[chosen];

	for (size_t i = 0; i < map->n; i++) {
		struct sheet_column *other = &map->at[i];

		if (i != chosen && !other->chosen && !other->picked &&
		    other->role == HEADING_COLUMN && str_equal(other->column.name, c->column.name))
			other->role = HEADING_KNOWN, other->problem = COLUMN_FINE;
	}
}

static bool choose_field(struct reader *r, const json_t *value, struct sheet_map *map, size_t at)
{
	struct sheet_column *c = &map->at[at];
	struct column column;

	if (!reader_is_string(r, value))
		return false;
	if (!column_find(json_string_value(value), &column)) {
		reader_problem(r, "unknown_column", "没有此列 / no such column");
		return false;
	}
	c->role = HEADING_COLUMN;
	c->column = column;
	c->problem = COLUMN_FINE;
	c->picked = true;
	return true;
}

static void choose_unit(struct reader *r, const json_t *value, struct sheet_column *c)
{
	const struct office_unit *unit;

	if (!value || !reader_is_string(r, value))
		return;
	unit = office_unit_find(json_string_value(value));
	if (unit) {
		c->unit = unit;
		c->noted = false;
		c->chosen = true;
	} else {
		reader_problem(r, "unknown_unit",
			       "须为 人、班、间、㎡、元 或 万元 / must be one of these");
	}
}

static void choose_with_unit(struct reader *r, json_t *value, struct sheet_map *map, size_t at)
{
	const char *key;
	json_t *member;
	size_t mark;

	json_object_foreach(value, key, member)
	{
		if (!str_equal(key, "field") && !str_equal(key, "unit"))
			reader_unknown(r, key);
	}
	if (!json_object_get(value, "field")) {
		reader_missing(r, "field");
		return;
	}
	mark = reader_enter(r, "field");
	if (choose_field(r, json_object_get(value, "field"), map, at)) {
		reader_leave(r, mark);
		mark = reader_enter(r, "unit");
		choose_unit(r, json_object_get(value, "unit"), &map->at[at]);
		give_way(map, at);
	}
	reader_leave(r, mark);
}

static void choose_column(struct reader *r, json_t *value, struct sheet_map *map,
			  const char *letters)
{
	size_t at = 0;

	if (!column_of(letters, map, &at)) {
		reader_problem(r, "unknown_column", "表中没有此列 / the sheet has no such column");
	} else if (json_is_null(value)) {
		map->at[at].role = HEADING_KNOWN;
		map->at[at].problem = COLUMN_FINE;
	} else if (json_is_object(value)) {
		choose_with_unit(r, value, map, at);
	} else if (choose_field(r, value, map, at)) {
		give_way(map, at);
	}
}

static void choose_columns(struct reader *r, json_t *columns, struct sheet_map *map)
{
	const char *letters;
	json_t *value;

	if (!reader_is_object(r, columns))
		return;
	if (!map->n) {
		reader_problem(r, "no_form",
			       "此表没有可识别的表头 / the sheet has no headings that are "
			       "understood");
		return;
	}
	json_object_foreach(columns, letters, value)
	{
		const size_t mark = reader_enter(r, letters);

		choose_column(r, value, map, letters);
		reader_leave(r, mark);
	}
	sheet_map_settle(map);
}

static void choose_sheet(struct reader *r, struct import_xlsx *x, const char *name, json_t *value)
{
	const char *key;
	json_t *member;
	int sheet = 0;

	while (sheet < x->sheets && !str_equal(workbook_sheet_name(x->wb, sheet), name))
		sheet++;
	if (sheet == x->sheets) {
		reader_problem(r, "unknown_sheet", "没有此工作表 / there is no such sheet");
		return;
	}
	x->left_out[sheet] = json_is_null(value);
	if (json_is_null(value) || !reader_is_object(r, value))
		return;
	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(r, key);

		if (str_equal(key, "columns"))
			choose_columns(r, member, x->maps[sheet]);
		else
			reader_problem(r, "unknown_field", "没有此字段 / no such field");
		reader_leave(r, mark);
	}
}

static void choose_member(struct reader *r, struct import_xlsx *x, const char *key, json_t *value)
{
	const char *name;
	json_t *sheet;

	if (str_equal(key, "period")) {
		if (reader_year(r, value, x->period) && strcmp(x->period, x->last_period) > 0)
			reader_problem(r, "impossible_period",
				       "学年须为 2000 到 %s / a period is 2000 to %s",
				       x->last_period, x->last_period);
		x->period_is_chosen = true;
		return;
	}
	if (!str_equal(key, "sheets")) {
		reader_problem(r, "unknown_field", "没有此字段 / no such field");
		return;
	}
	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, name, sheet)
	{
		const size_t mark = reader_enter(r, name);

		choose_sheet(r, x, name, sheet);
		reader_leave(r, mark);
	}
}

enum err import_xlsx_choose(struct import_xlsx *x, const char *choices, struct problems *problems,
			    struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct reader r;
	const char *key;
	json_t *value;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, choices, strlen(choices), &root, info);
	if (!root)
		return e;
	json_object_foreach(root, key, value)
	{
		const size_t mark = reader_enter(&r, key);

		choose_member(&r, x, key, value);
		reader_leave(&r, mark);
	}
	return reader_result(&r);
}
