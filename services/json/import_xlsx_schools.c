/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets with a row a school. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/import_xlsx_parts.h"
#include "json/trees.h"

/* A school and period whose figures are on several sheets. */
struct joined {
	int64_t at[WORKBOOK_SHEETS];
	int64_t refused[WORKBOOK_SHEETS]; /* the first row, while none was right; … */
	int spoilt;                       /* … of how many sheets */
	char code[SCHOOL_CODE];
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
	struct report report;
};

struct rows {
	struct import_xlsx *x;
	int sheet;
	const struct sheet_map *map;
	int code; /* places of columns */
	int period;
	int stages;
	struct joined *joined;
	size_t n;
	size_t size;
};

/* --- a row -------------------------------------------------------------------------------- */

/* A cell as the text that column_read() takes; false: noted. */
static bool text_of(struct reader *r, const struct sheet_column *c, const struct sheet_cell *cell,
		    char out[SHEET_TEXT_BYTES])
{
	char period[PERIOD_CODE];

	switch (c->column.kind) {
	case COLUMN_STAGE:
	case COLUMN_SITE:
	case COLUMN_DECLARED:
		return sheet_cell_number(r, cell, c->unit ? c->unit->power : 0, out);
	case COLUMN_ROOMS:
		return sheet_cell_rooms(r, cell, out);
	case COLUMN_PERIOD:
		if (!sheet_cell_text(r, cell, out))
			return false;
		if (heading_period(out, period))
			str_copy(out, SHEET_TEXT_BYTES, period);
		return true;
	case COLUMN_SCHOOL:
	case COLUMN_COUNTY:
		break;
	}
	return sheet_cell_text(r, cell, out);
}

static void read_cells(const struct rows *rows, struct reader *r, const struct sheet_row *row)
{
	char text[SHEET_TEXT_BYTES];

	for (size_t i = 0; i < rows->map->n && i < row->n; i++) {
		const struct sheet_column *c = &rows->map->at[i];
		size_t mark;

		if (c->role != HEADING_COLUMN || !sheet_column_is_read(c) ||
		    sheet_cell_is_empty(&row->cell[i]))
			continue;
		mark = reader_enter(r, c->column.name);
		/* A figure that cannot be read was given all the same. */
		if (c->column.kind == COLUMN_STAGE)
			rows->x->row.report.stages[c->column.stage].present = true;
		if (text_of(r, c, &row->cell[i], text))
			column_read(r, &c->column, text, &rows->x->row);
		reader_leave(r, mark);
	}
}

static void read_keys(const struct rows *rows, struct reader *r, const struct sheet_row *row)
{
	struct import_row *out = &rows->x->row;
	const char *period = import_xlsx_period(rows->x, rows->sheet);

	if (sheet_cell_is_empty(sheet_row_cell(row, (size_t)rows->code)))
		reader_missing(r, "school");
	if (rows->period < 0 || sheet_cell_is_empty(sheet_row_cell(row, (size_t)rows->period))) {
		if (period[0])
			str_copy(out->period, sizeof(out->period), period);
		else
			reader_missing(r, "period");
	}
	import_check_period(r, out->period, rows->x->last_period);
}

static void check_report(struct reader *r, const struct report *report)
{
	bool any = false;

	for (int s = 0; s < STAGE_COUNT; s++)
		any |= report->stages[s].present;
	if (!any)
		reader_problem(r, "empty", "至少填报一个学段 / must report at least one stage");
	if (r->found == 0)
		report_check_parts(r, report);
}

static enum err emit(struct import_xlsx *x, int64_t number, struct err_info *info)
{
	x->row.row = number;
	x->row.type = IMPORT_REPORT;
	return x->fn(number, x->problems.n ? NULL : &x->row, &x->problems, x->fn_context, info);
}

/* --- rows of several sheets --------------------------------------------------------------- */

static struct joined *find_joined(const struct rows *rows)
{
	const struct import_row *row = &rows->x->row;

	for (size_t i = 0; i < rows->n; i++) {
		if (str_equal(rows->joined[i].code, row->code) &&
		    str_equal(rows->joined[i].period, row->period))
			return &rows->joined[i];
	}
	return NULL;
}

static enum err add_joined(struct rows *rows, struct joined **ret, struct err_info *info)
{
	const struct import_row *row = &rows->x->row;
	struct joined *more = rows->joined;

	if (rows->n == IMPORT_JOINED_MAX)
		return err_set(info, ERR_TOO_BIG,
			       "分学段的工作簿最多 %d 所学校 / a workbook with a sheet a stage has "
			       "at most %d schools",
			       IMPORT_JOINED_MAX, IMPORT_JOINED_MAX);
	if (rows->n == rows->size) {
		rows->size = rows->size ? 2 * rows->size : 64;
		more = realloc(rows->joined, rows->size * sizeof(*more));
		if (!more)
			return err_set(info, ERR_NOMEM, "no memory for rows");
		rows->joined = more;
	}
	more = &rows->joined[rows->n++];
	*more = (struct joined){ .code = "" };
	str_copy(more->code, sizeof(more->code), row->code);
	str_copy(more->county, sizeof(more->county), row->county);
	str_copy(more->period, sizeof(more->period), row->period);
	report_init(&more->report);
	*ret = more;
	return ERR_OK;
}

static bool rooms_equal(const struct rooms *a, const struct rooms *b)
{
	return a->n == b->n &&
	       (a->n <= 0 || !memcmp(a->area, b->area, (size_t)a->n * sizeof(a->area[0])));
}

static void note(struct reader *r, const char *column, const char *code, const char *detail)
{
	const size_t mark = reader_enter(r, column);

	reader_problem(r, code, "%s", detail);
	reader_leave(r, mark);
}

/* The site is one: sheets that both tell of it must tell the same. */
static void differs(struct reader *r, const char *part, const char *name)
{
	char column[DECLARED_NAME + 12];

	if (snprintf(column, sizeof(column), "%s%s", part, name) > 0)
		note(r, column, "differs",
		     "与同校前一张表的数值不同 / is not what the sheet before says of the school");
}

static void join_site(struct reader *r, struct report *into, const struct report *more)
{
	for (int f = 0; f < SITE_FIELD_COUNT; f++) {
		if (into->site[f] == MISSING)
			into->site[f] = more->site[f];
		else if (more->site[f] != MISSING && more->site[f] != into->site[f])
			differs(r, "site.", site_fields[f].name);
	}
	for (int l = 0; l < ROOM_LIST_COUNT; l++) {
		if (into->rooms[l].n < 0)
			into->rooms[l] = more->rooms[l];
		else if (more->rooms[l].n >= 0 && !rooms_equal(&into->rooms[l], &more->rooms[l]))
			differs(r, "site.", room_lists[l].name);
	}
}

static void join(struct reader *r, struct report *into, const struct report *more)
{
	for (int s = 0; s < STAGE_COUNT; s++) {
		into->stages[s].present |= more->stages[s].present;
		for (int f = 0; f < STAGE_FIELD_COUNT; f++) {
			if (more->stages[s].figure[f] != MISSING)
				into->stages[s].figure[f] = more->stages[s].figure[f];
		}
	}
	join_site(r, into, more);
	for (int i = 0; i < more->declared_n; i++) {
		if (into->declared_n == DECLARED_MAX) {
			reader_problem(r, "too_many", "最多 %d 项 / at most %d figures",
				       DECLARED_MAX, DECLARED_MAX);
			return;
		}
		report_add_declared(into, more->declared[i].name, more->declared[i].value);
	}
}

static void note_twice(struct reader *r)
{
	note(r, "school", "duplicate_report",
	     "文件中同一学校同一学年重复 / the file has this school and period twice");
}

/* What is wrong with a row that the rows of its school before it are not. */
static void check_joined(struct reader *r, const struct joined *j, const struct rows *rows)
{
	const struct import_row *row = &rows->x->row;

	if (j->at[rows->sheet])
		note_twice(r);
	else if (j->county[0] && row->county[0] && !str_equal(j->county, row->county))
		differs(r, "", "county");
}

/* The row that was refused before the one that is taken in its place. */
static enum err tell_again(struct import_xlsx *x, int sheet, int64_t row, struct err_info *info)
{
	struct reader r;
	enum err e;

	import_xlsx_clear(x, &r);
	x->at[sheet] = row;
	note_twice(&r);
	x->again = true;
	e = emit(x, import_xlsx_number(sheet, row), info);
	x->again = false;
	return e;
}

/* A row that has no code or period of its own is told at once, as one that is refused. One that a
 * sheet has twice spoils nothing: as in a workbook of one sheet, the first that is right is taken.
 */
static enum err take_joined(struct rows *rows, struct reader *r, int64_t number,
			    struct err_info *info)
{
	struct import_xlsx *x = rows->x;
	struct joined *j = NULL;
	struct report whole;
	int64_t refused;

	if (!x->row.code[0] || !x->row.period[0])
		return emit(x, number, info);
	j = find_joined(rows);
	if (!j) {
		const enum err e = add_joined(rows, &j, info);

		if (e != ERR_OK)
			return e;
	}
	check_joined(r, j, rows);
	whole = j->report;
	if (r->found == 0)
		join(r, &whole, &x->row.report);
	refused = j->refused[rows->sheet];
	if (r->found > 0) {
		if (refused) {
			note_twice(r);
		} else if (!j->at[rows->sheet]) {
			j->refused[rows->sheet] = x->at[rows->sheet];
			j->spoilt++;
		}
		return emit(x, number, info);
	}
	j->report = whole;
	j->at[rows->sheet] = x->at[rows->sheet];
	j->refused[rows->sheet] = 0;
	j->spoilt -= refused != 0;
	if (!j->county[0])
		str_copy(j->county, sizeof(j->county), x->row.county);
	return refused ? tell_again(x, rows->sheet, refused, info) : ERR_OK;
}

/* Those that are whole now. One that is spoilt was told of, row by row. */
static enum err emit_joined(struct rows *rows, struct err_info *info)
{
	struct import_xlsx *x = rows->x;
	enum err e = ERR_OK;

	for (size_t i = 0; i < rows->n && e == ERR_OK; i++) {
		const struct joined *j = &rows->joined[i];
		int first = 0;
		struct reader r;

		if (j->spoilt)
			continue;
		import_xlsx_clear(x, &r);
		memcpy(x->at, j->at, sizeof(x->at));
		str_copy(x->row.code, sizeof(x->row.code), j->code);
		str_copy(x->row.county, sizeof(x->row.county), j->county);
		str_copy(x->row.period, sizeof(x->row.period), j->period);
		x->row.report = j->report;
		check_report(&r, &x->row.report);
		while (!j->at[first])
			first++;
		e = emit(x, import_xlsx_number(first, j->at[first]), info);
	}
	return e;
}

/* --- sheets ------------------------------------------------------------------------------- */

static enum err on_row(const struct sheet_row *row, void *context, struct err_info *info)
{
	struct rows *rows = context;
	struct import_xlsx *x = rows->x;
	const int64_t number = import_xlsx_number(rows->sheet, row->row);
	struct reader r;

	if (import_xlsx_is_none(rows->map, rows->code, row))
		return ERR_OK;
	import_xlsx_clear(x, &r);
	x->at[rows->sheet] = row->row;
	read_cells(rows, &r, row);
	import_xlsx_check_stage(rows->map, rows->stages, row, &r);
	read_keys(rows, &r, row);
	if (x->joins)
		return take_joined(rows, &r, number, info);
	check_report(&r, &x->row.report);
	return emit(x, number, info);
}

static bool is_of_schools(const struct import_xlsx *x, int sheet)
{
	return import_xlsx_is_read(x, sheet) && x->maps[sheet]->form == SHEET_FORM_SCHOOLS;
}

/* Whether two sheets have a figure of a stage in common: then they are about different schools. */
static bool share_figures(const struct sheet_map *a, const struct sheet_map *b)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct sheet_column *c = &a->at[i];

		if (sheet_column_is_read(c) && c->role == HEADING_COLUMN &&
		    (c->column.kind == COLUMN_STAGE || c->column.kind == COLUMN_DECLARED) &&
		    sheet_map_named(b, c->column.name) >= 0)
			return true;
	}
	return false;
}

/* Several sheets of schools, each with figures that no other has. */
static bool are_joined(const struct import_xlsx *x)
{
	int n = 0;

	for (int i = 0; i < x->sheets; i++) {
		if (!is_of_schools(x, i))
			continue;
		n++;
		for (int k = 0; k < i; k++) {
			if (is_of_schools(x, k) && share_figures(x->maps[i], x->maps[k]))
				return false;
		}
	}
	return n > 1;
}

enum err import_xlsx_schools(struct import_xlsx *x, struct err_info *info)
{
	struct rows rows = { .x = x };
	enum err e = ERR_OK;

	x->cells_n = 0;
	x->joins = are_joined(x);
	for (int i = 0; i < x->sheets && e == ERR_OK; i++) {
		if (!is_of_schools(x, i))
			continue;
		rows.sheet = i;
		rows.map = x->maps[i];
		rows.code = sheet_map_column(rows.map, COLUMN_SCHOOL);
		rows.period = sheet_map_column(rows.map, COLUMN_PERIOD);
		rows.stages = import_xlsx_stage_column(rows.map);
		e = workbook_read(x->wb, i, on_row, &rows, info);
	}
	if (e == ERR_OK)
		e = emit_joined(&rows, info);
	free(rows.joined);
	return e;
}
